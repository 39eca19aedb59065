// The hard days of the year, for every calendar and two owners, as a table. Worked out a second
// time by the program under tests/rules_oracle.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/base/rfc3339.h"
#include "libs/calendar/sla_clock.h"

namespace waymark::calendar {
namespace {

// What stands at each place of a row.
struct Column {
  const char* calendar;
  std::optional<std::string> length;
};
const std::vector<Column> kColumns = {{"elapsed", "PT24H"},
                                      {"civil", "P1D"},
                                      {"civil", "P1M"},
                                      {"working", "P1D"},
                                      {"working", "P3D"},
                                      {"agency", "PT60M"},
                                      {"end_of_working_day", std::nullopt},
                                      {"review", "P7D"}};

struct Row {
  const char* name;
  const char* start;
  // Due instants; '>' after those whose duty passes to the cover, '?' after those past the data.
  std::vector<std::string> due;
};

std::string Due(const Column& column, const Owner& owner, const char* start) {
  ClockQuestion question;
  question.spec = ParseClockSpec({.calendar = column.calendar, .length = column.length}).value();
  question.owner = owner;
  question.start = ParseRfc3339(start).value();
  const Result<ClockResult> clock = ComputeClock(question);
  if (!clock.ok()) return clock.problem().code;
  return absl::StrCat(FormatRfc3339(clock->due), clock->handed_to ? ">" : "",
                      clock->beyond_horizon ? "?" : "");
}

void Check(const Owner& owner, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    ASSERT_EQ(row.due.size(), kColumns.size()) << row.name;
    for (size_t i = 0; i < kColumns.size(); ++i) {
      EXPECT_EQ(Due(kColumns[i], owner, row.start), row.due[i])
          << row.name << ", " << kColumns[i].calendar << " " << kColumns[i].length.value_or("");
    }
  }
}

// Open Monday to Friday 09:00-17:00. First half: Easter and the clock changes.
std::vector<Row> OfficeSpring() {
  return {
      {"the afternoon before Good Friday",
       "2026-04-02T14:00:00Z",
       {"2026-04-03T14:00:00Z", "2026-04-03T14:00:00Z", "2026-05-02T14:00:00Z",
        "2026-04-07T16:00:00Z", "2026-04-09T16:00:00Z", "2026-04-02T15:00:00Z",
        "2026-04-02T16:00:00Z", "2026-04-09T14:00:00Z"}},
      {"the evening before Good Friday",
       "2026-04-02T16:30:00Z",
       {"2026-04-03T16:30:00Z>", "2026-04-03T16:30:00Z>", "2026-05-02T16:30:00Z",
        "2026-04-07T16:00:00Z", "2026-04-09T16:00:00Z", "2026-04-07T09:00:00Z",
        "2026-04-07T16:00:00Z", "2026-04-09T16:30:00Z"}},
      {"Good Friday",
       "2026-04-03T10:00:00Z",
       {"2026-04-04T10:00:00Z>", "2026-04-04T10:00:00Z>", "2026-05-03T10:00:00Z",
        "2026-04-07T16:00:00Z", "2026-04-09T16:00:00Z", "2026-04-07T09:00:00Z",
        "2026-04-07T16:00:00Z", "2026-04-10T10:00:00Z"}},
      {"the night clocks go forward, before",
       "2026-03-29T00:30:00Z",
       {"2026-03-30T00:30:00Z>", "2026-03-29T23:30:00Z>", "2026-04-28T23:30:00Z",
        "2026-03-30T16:00:00Z", "2026-04-01T16:00:00Z", "2026-03-30T09:00:00Z",
        "2026-03-30T16:00:00Z", "2026-04-01T23:30:00Z"}},
      {"the night clocks go forward, after",
       "2026-03-29T01:30:00Z",
       {"2026-03-30T01:30:00Z>", "2026-03-30T01:30:00Z>", "2026-04-29T01:30:00Z",
        "2026-03-30T16:00:00Z", "2026-04-01T16:00:00Z", "2026-03-30T09:00:00Z",
        "2026-03-30T16:00:00Z", "2026-04-02T01:30:00Z"}},
      {"a day before clocks go forward, in the gap to come",
       "2026-03-28T01:30:00Z",
       {"2026-03-29T01:30:00Z>", "2026-03-29T01:00:00Z>", "2026-04-28T00:30:00Z",
        "2026-03-30T16:00:00Z", "2026-04-01T16:00:00Z", "2026-03-30T09:00:00Z",
        "2026-03-30T16:00:00Z", "2026-04-02T00:30:00Z"}},
      {"the night clocks go back, first pass",
       "2026-10-25T00:30:00Z",
       {"2026-10-26T00:30:00Z>", "2026-10-26T01:30:00Z>", "2026-11-25T01:30:00Z",
        "2026-10-26T17:00:00Z", "2026-10-28T17:00:00Z", "2026-10-26T10:00:00Z",
        "2026-10-26T17:00:00Z", "2026-10-30T01:30:00Z"}},
      {"the night clocks go back, second pass",
       "2026-10-25T01:30:00Z",
       {"2026-10-26T01:30:00Z>", "2026-10-26T01:30:00Z>", "2026-11-25T01:30:00Z",
        "2026-10-26T17:00:00Z", "2026-10-28T17:00:00Z", "2026-10-26T10:00:00Z",
        "2026-10-26T17:00:00Z", "2026-10-30T01:30:00Z"}},
  };
}

// Open Monday to Friday 09:00-17:00. Second half: leap day, Christmas, the end of the data.
std::vector<Row> OfficeWinter() {
  return {
      {"29 February",
       "2024-02-29T10:00:00Z",
       {"2024-03-01T10:00:00Z", "2024-03-01T10:00:00Z", "2024-03-29T10:00:00Z",
        "2024-03-01T17:00:00Z", "2024-03-05T17:00:00Z", "2024-02-29T11:00:00Z",
        "2024-02-29T17:00:00Z", "2024-03-07T10:00:00Z"}},
      {"31 January of a leap year",
       "2024-01-31T10:00:00Z",
       {"2024-02-01T10:00:00Z", "2024-02-01T10:00:00Z", "2024-02-29T10:00:00Z",
        "2024-02-01T17:00:00Z", "2024-02-05T17:00:00Z", "2024-01-31T11:00:00Z",
        "2024-01-31T17:00:00Z", "2024-02-07T10:00:00Z"}},
      {"Christmas Eve before a weekend",
       "2027-12-24T15:00:00Z",
       {"2027-12-25T15:00:00Z", "2027-12-25T15:00:00Z", "2028-01-24T15:00:00Z",
        "2027-12-29T17:00:00Z", "2027-12-31T17:00:00Z", "2027-12-24T16:00:00Z",
        "2027-12-24T17:00:00Z", "2027-12-31T15:00:00Z"}},
      {"Christmas Day on a Saturday",
       "2027-12-25T12:00:00Z",
       {"2027-12-26T12:00:00Z>", "2027-12-26T12:00:00Z>", "2028-01-25T12:00:00Z",
        "2027-12-29T17:00:00Z", "2027-12-31T17:00:00Z", "2027-12-29T10:00:00Z",
        "2027-12-29T17:00:00Z", "2027-12-31T12:00:00Z"}},
      {"New Year on a Saturday to come",
       "2027-12-31T18:00:00Z",
       {"2028-01-01T18:00:00Z>", "2028-01-01T18:00:00Z>", "2028-01-31T18:00:00Z",
        "2028-01-04T17:00:00Z", "2028-01-06T17:00:00Z", "2028-01-04T10:00:00Z",
        "2028-01-04T17:00:00Z", "2028-01-07T18:00:00Z"}},
      {"the last days that the data knows",
       "2028-12-29T12:00:00Z",
       {"2028-12-30T12:00:00Z", "2028-12-30T12:00:00Z", "2029-01-29T12:00:00Z?",
        "2029-01-01T17:00:00Z?", "2029-01-03T17:00:00Z?", "2028-12-29T13:00:00Z",
        "2028-12-29T17:00:00Z", "2029-01-05T12:00:00Z?"}},
  };
}

// Open on Saturdays 10:00-12:00 alone. First half: Easter and the clock changes.
std::vector<Row> SaturdaySpring() {
  return {
      {"the afternoon before Good Friday",
       "2026-04-02T14:00:00Z",
       {"2026-04-03T14:00:00Z>", "2026-04-03T14:00:00Z>", "2026-05-02T14:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T11:00:00Z", "2026-04-04T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T14:00:00Z"}},
      {"the evening before Good Friday",
       "2026-04-02T16:30:00Z",
       {"2026-04-03T16:30:00Z>", "2026-04-03T16:30:00Z>", "2026-05-02T16:30:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T11:00:00Z", "2026-04-04T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T16:30:00Z"}},
      {"Good Friday",
       "2026-04-03T10:00:00Z",
       {"2026-04-04T10:00:00Z", "2026-04-04T10:00:00Z", "2026-05-03T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T11:00:00Z", "2026-04-04T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T10:00:00Z"}},
      {"the night clocks go forward, before",
       "2026-03-29T00:30:00Z",
       {"2026-03-30T00:30:00Z>", "2026-03-29T23:30:00Z>", "2026-04-28T23:30:00Z",
        "2026-03-30T16:00:00Z>", "2026-04-01T16:00:00Z>", "2026-04-04T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-03T23:30:00Z>"}},
      {"the night clocks go forward, after",
       "2026-03-29T01:30:00Z",
       {"2026-03-30T01:30:00Z>", "2026-03-30T01:30:00Z>", "2026-04-29T01:30:00Z",
        "2026-03-30T16:00:00Z>", "2026-04-01T16:00:00Z>", "2026-04-04T10:00:00Z",
        "2026-04-04T11:00:00Z", "2026-04-04T01:30:00Z>"}},
      {"a day before clocks go forward, in the gap to come",
       "2026-03-28T01:30:00Z",
       {"2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z", "2026-04-28T00:30:00Z",
        "2026-03-30T16:00:00Z", "2026-04-01T16:00:00Z", "2026-03-28T11:00:00Z",
        "2026-03-28T12:00:00Z", "2026-04-04T00:30:00Z"}},
      {"the night clocks go back, first pass",
       "2026-10-25T00:30:00Z",
       {"2026-10-26T00:30:00Z>", "2026-10-26T01:30:00Z>", "2026-11-25T01:30:00Z",
        "2026-10-26T17:00:00Z>", "2026-10-28T17:00:00Z>", "2026-10-31T11:00:00Z",
        "2026-10-31T12:00:00Z", "2026-10-31T01:30:00Z>"}},
      {"the night clocks go back, second pass",
       "2026-10-25T01:30:00Z",
       {"2026-10-26T01:30:00Z>", "2026-10-26T01:30:00Z>", "2026-11-25T01:30:00Z",
        "2026-10-26T17:00:00Z>", "2026-10-28T17:00:00Z>", "2026-10-31T11:00:00Z",
        "2026-10-31T12:00:00Z", "2026-10-31T01:30:00Z>"}},
  };
}

// Open on Saturdays 10:00-12:00 alone. Second half: leap day, Christmas, the end of the data.
std::vector<Row> SaturdayWinter() {
  return {
      {"29 February",
       "2024-02-29T10:00:00Z",
       {"2024-03-01T10:00:00Z>", "2024-03-01T10:00:00Z>", "2024-03-29T10:00:00Z",
        "2024-03-01T17:00:00Z>", "2024-03-02T12:00:00Z", "2024-03-02T11:00:00Z",
        "2024-03-02T12:00:00Z", "2024-03-02T10:00:00Z>"}},
      {"31 January of a leap year",
       "2024-01-31T10:00:00Z",
       {"2024-02-01T10:00:00Z>", "2024-02-01T10:00:00Z>", "2024-02-29T10:00:00Z",
        "2024-02-01T17:00:00Z>", "2024-02-03T12:00:00Z", "2024-02-03T11:00:00Z",
        "2024-02-03T12:00:00Z", "2024-02-03T10:00:00Z>"}},
      {"Christmas Eve before a weekend",
       "2027-12-24T15:00:00Z",
       {"2027-12-25T15:00:00Z>", "2027-12-25T15:00:00Z>", "2028-01-24T15:00:00Z",
        "2027-12-29T17:00:00Z>", "2027-12-31T17:00:00Z>", "2028-01-08T11:00:00Z",
        "2028-01-08T12:00:00Z", "2027-12-31T15:00:00Z>"}},
      {"Christmas Day on a Saturday",
       "2027-12-25T12:00:00Z",
       {"2027-12-26T12:00:00Z>", "2027-12-26T12:00:00Z>", "2028-01-25T12:00:00Z",
        "2027-12-29T17:00:00Z>", "2027-12-31T17:00:00Z>", "2028-01-08T11:00:00Z",
        "2028-01-08T12:00:00Z", "2028-01-01T12:00:00Z>"}},
      {"New Year on a Saturday to come",
       "2027-12-31T18:00:00Z",
       {"2028-01-01T18:00:00Z>", "2028-01-01T18:00:00Z>", "2028-01-31T18:00:00Z",
        "2028-01-04T17:00:00Z>", "2028-01-06T17:00:00Z>", "2028-01-08T11:00:00Z",
        "2028-01-08T12:00:00Z", "2028-01-07T18:00:00Z>"}},
      {"the last days that the data knows",
       "2028-12-29T12:00:00Z",
       {"2028-12-30T12:00:00Z", "2028-12-30T12:00:00Z", "2029-01-29T12:00:00Z?",
        "2028-12-30T12:00:00Z", "2028-12-30T12:00:00Z", "2028-12-30T11:00:00Z",
        "2028-12-30T12:00:00Z", "2028-12-30T12:00:00Z"}},
  };
}

Owner OpenOn(const std::vector<const char*>& days, const char* from, const char* to) {
  HoursText hours;
  for (const char* day : days) hours[day] = {{from, to}};
  return {.name = "desk", .hours = ParseHours(hours).value(), .cover = "police"};
}

TEST(HardDays, OfAnOffice) {
  const Owner office = OpenOn({"mon", "tue", "wed", "thu", "fri"}, "09:00", "17:00");
  Check(office, OfficeSpring());
  Check(office, OfficeWinter());
}

TEST(HardDays, OfAnAgencyThatIsAlmostAlwaysClosed) {
  const Owner saturdays = OpenOn({"sat"}, "10:00", "12:00");
  Check(saturdays, SaturdaySpring());
  Check(saturdays, SaturdayWinter());
}

}  // namespace
}  // namespace waymark::calendar
