#include "cli/story/invent.h"

#include <set>

#include "cli/story/people.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/identifiers/identifiers.h"

namespace waymark::cli::story {
namespace {

class InventTest : public ::testing::TestWithParam<const char*> {
 protected:
  Fortnight Tell() const { return Invent(ParseRfc3339(GetParam()).value()); }
};

TEST_P(InventTest, AboutFiveHundredIncidentsInOrderOfTimeWithinTheFortnight) {
  const absl::Time start = ParseRfc3339(GetParam()).value();
  const Fortnight fortnight = Tell();
  std::set<std::string> references;
  absl::Time last = start;
  for (const Happening& happening : fortnight.happenings) {
    EXPECT_GE(happening.at, last);
    last = happening.at;
    if (const auto* report = std::get_if<Report>(&happening.deed)) {
      EXPECT_TRUE(references.insert(report->incident.source_reference()).second);
      EXPECT_EQ(report->incident.reported_at().seconds(), absl::ToUnixSeconds(happening.at));
      EXPECT_LE(report->incident.occurred_at().seconds(), report->incident.reported_at().seconds());
    }
  }
  EXPECT_EQ(references.size(), 500u);
  // The clocks may go back in between.
  EXPECT_LT(last, start + absl::Hours(24) * kDays + absl::Hours(1));
}

TEST_P(InventTest, EveryWeekHoldsTheWholeStory) {
  const Fortnight fortnight = Tell();
  std::map<size_t, int> deeds;
  for (const Happening& happening : fortnight.happenings) ++deeds[happening.deed.index()];
  EXPECT_EQ(deeds.size(), std::variant_size_v<Deed>);
  EXPECT_EQ(fortnight.cast.size(), 6u);
}

TEST_P(InventTest, IsTheSameEveryTime) {
  const Fortnight one = Tell(), two = Tell();
  ASSERT_EQ(one.happenings.size(), two.happenings.size());
  for (size_t i = 0; i < one.happenings.size(); ++i) {
    EXPECT_EQ(one.happenings[i].at, two.happenings[i].at);
  }
}

TEST_P(InventTest, EverybodyHasIdentifiersThatGatewaysAccept) {
  identifiers::TelephoneCache telephones;
  for (int number = 0; number < 520; ++number) {
    const auto person = Resident(number);
    EXPECT_TRUE(telephones.Normalise(person.telephone(), "telephone").ok()) << number;
    EXPECT_TRUE(identifiers::NormalisePostcode(person.address().postcode(), "p").ok()) << number;
    EXPECT_TRUE(identifiers::NormaliseUprn(person.address().uprn(), "u").ok()) << number;
    EXPECT_TRUE(
        identifiers::NormaliseDateOfBirth(person.date_of_birth(), "d", absl::CivilDay(2026, 1, 1))
            .ok())
        << number;
  }
  for (const std::string& lsoa : Lsoas()) {
    EXPECT_TRUE(identifiers::NormaliseLsoa(lsoa, "l").ok()) << lsoa;
  }
}

INSTANTIATE_TEST_SUITE_P(AnyDayOfTheWeek, InventTest,
                         ::testing::Values("2026-11-08T00:00:00Z", "2026-11-09T00:00:00Z",
                                           "2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z",
                                           "2026-11-12T00:00:00Z", "2026-11-13T00:00:00Z",
                                           "2026-11-14T00:00:00Z", "2026-10-19T23:00:00Z"));

}  // namespace
}  // namespace waymark::cli::story
