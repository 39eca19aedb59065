#include "cli/publish/incident_source.h"

#include <gmock/gmock.h>

#include <sstream>

#include "cli/publish/lines.h"
#include "cli/publish/utf8.h"
#include "cli/publish/when.h"
#include "libs/base/rfc3339.h"
#include "libs/rpc/errors.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "3: reference" for a good row, "3! code field; code field" for a bad one.
std::vector<std::string> Rows(const std::string& text, IncidentFormat format) {
  std::istringstream in(text);
  const auto source = OpenIncidents(in, format);
  std::vector<std::string> rows;
  if (!source.ok()) {
    for (const Problem& problem : rpc::ProblemsFrom(source.status())) {
      rows.push_back("header! " + problem.code + " " + problem.field);
    }
    return rows;
  }
  while (auto row = (*source)->Next()) {
    std::string shown = std::to_string(row->line);
    if (row->incident != nullptr) {
      shown += ": " + row->incident->source_reference();
    } else {
      shown += "!";
      for (const Problem& problem : row->problems)
        shown += " " + problem.code + " " + problem.field;
    }
    rows.push_back(shown);
  }
  return rows;
}

std::vector<std::string> Csv(const std::string& text) { return Rows(text, IncidentFormat::kCsv); }
std::vector<std::string> Json(const std::string& text) {
  return Rows(text, IncidentFormat::kJsonLines);
}

gateway::v1::Incident First(const std::string& text) {
  std::istringstream in(text);
  const auto row = OpenIncidents(in, IncidentFormat::kCsv).value()->Next();
  EXPECT_TRUE(row && row->incident != nullptr);
  return row && row->incident != nullptr ? *row->incident : gateway::v1::Incident();
}

TEST(CsvIncidents, ARowFillsEveryKindOfColumn) {
  const gateway::v1::Incident incident = First(
      "source_reference,revision,occurred_at,reported_at,category,location.postcode,grading.harm,"
      "answers.hate,officer.band,safeguarding.child_at_risk,party1.roles,party1.telephone,"
      "party2.roles,party2.house,summary\r\n"
      "F-1,2,2026-07-05 22:10,2026-07-06T09:00:00.5Z,nuisance,PE13 1AA,moderate,unknown,HIGH,yes,"
      "caller + victim,0113 496 0001,witness,12a,\"Loud, \"\"very\"\" loud\r\nat night\"\r\n");
  EXPECT_EQ(incident.source_reference(), "F-1");
  EXPECT_EQ(incident.revision(), 2u);
  EXPECT_EQ(incident.occurred_at().seconds(),
            absl::ToUnixSeconds(ParseRfc3339("2026-07-05T21:10:00Z").value()));
  EXPECT_EQ(incident.reported_at().nanos(), 500'000'000);
  EXPECT_EQ(incident.category(), common::v1::CATEGORY_NUISANCE);
  EXPECT_EQ(incident.location().postcode(), "PE13 1AA");
  EXPECT_EQ(incident.grading().harm(), "moderate");
  EXPECT_EQ(incident.answers().at("hate"), "unknown");
  EXPECT_EQ(incident.officer().band(), common::v1::BAND_HIGH);
  EXPECT_TRUE(incident.safeguarding().child_at_risk());
  ASSERT_EQ(incident.parties_size(), 2);
  EXPECT_THAT(incident.parties(0).roles(),
              ElementsAre(common::v1::ROLE_CALLER, common::v1::ROLE_VICTIM));
  EXPECT_EQ(incident.parties(0).identity().telephone(), "0113 496 0001");
  EXPECT_EQ(incident.parties(1).identity().address().house(), "12a");
  EXPECT_EQ(incident.summary(), "Loud, \"very\" loud\nat night");
}

TEST(CsvIncidents, AnEmptyCellLeavesItsFieldUnset) {
  const gateway::v1::Incident incident =
      First("source_reference,grading.harm,party1.roles,occurred_at\nF-1,,,\n");
  EXPECT_FALSE(incident.has_grading());
  EXPECT_EQ(incident.parties_size(), 0);
  EXPECT_FALSE(incident.has_occurred_at());
}

TEST(CsvIncidents, EveryCellThatCannotBeReadIsSaidByItsColumn) {
  EXPECT_THAT(Csv("source_reference,revision,occurred_at,category,party1.roles,"
                  "safeguarding.adult_at_risk\n"
                  "A,-1,2026-02-30 10:00,rowdy,caller+friend,true\n"
                  "B,1,2026-02-28 10:00,personal,caller,no\n"),
              ElementsAre("2! malformed revision malformed occurred_at malformed category "
                          "malformed party1.roles malformed safeguarding.adult_at_risk",
                          "3: B"));
}

TEST(CsvIncidents, AWrongNumberOfColumnsCostsThatRowOnly) {
  EXPECT_THAT(Csv("source_reference,type\nA,noise\nB\nC,noise,more\nD,noise\n"),
              ElementsAre("2: A", "3! wrong_column_count ", "4! wrong_column_count ", "5: D"));
}

TEST(CsvIncidents, AnUnterminatedQuoteCostsThatRowOnly) {
  EXPECT_THAT(Csv("source_reference,summary\nA,\"open\nB,plain\nC,plain\n"),
              ElementsAre("2! unterminated_quote ", "3: B", "4: C"));
  // Here the next row's opening quote closes it.
  EXPECT_THAT(Csv("source_reference,summary\nA,\"open\nB,\"closed\"\nC,plain\n"),
              ElementsAre("2! stray_quote ", "3: B", "4: C"));
}

TEST(CsvIncidents, QuotesWhereNoneMayStandAreRefused) {
  EXPECT_THAT(Csv("source_reference,summary\nA,he said \"no\"\nB,\"no\" he said\nC,\"\"\n"),
              ElementsAre("2! stray_quote ", "3! stray_quote ", "4: C"));
}

TEST(CsvIncidents, BadUtf8AndOversizedRowsAreRefusedAndTheNextGoOn) {
  const std::string row_max = "B," + std::string(kLineBytesMax - 2, 'x');
  EXPECT_THAT(Csv("source_reference,summary\nA,\xff\n" + row_max + "\nB" + row_max + "\nC,x\n"),
              ElementsAre("2! not_utf8 ", "3: B", "4! too_large ", "5: C"));
}

TEST(CsvIncidents, AByteOrderMarkAndEmptyLinesArePassedOver) {
  EXPECT_THAT(Csv("\xef\xbb\xbfsource_reference,type\n\nA,noise\n\n\nB,noise"),
              ElementsAre("3: A", "6: B"));
}

TEST(CsvIncidents, TheHeaderIsStrict) {
  EXPECT_THAT(Csv(""), ElementsAre("header! no_header "));
  EXPECT_THAT(Csv("type,colour,type\n"),
              ElementsAre("header! unknown_column colour", "header! repeated_column type",
                          "header! missing_column source_reference"));
  for (const char* column :
       {"parties", "party0.roles", "party21.roles", "party1.identity", "party01.roles", "answers.",
        "location", "location.house.x", "grading.", "party1.address", "occurred_at.seconds"}) {
    EXPECT_THAT(Csv("source_reference," + std::string(column) + "\n"),
                ElementsAre("header! unknown_column " + std::string(column)));
  }
  EXPECT_THAT(Csv("source_reference,party20.roles\nA,victim\n"), ElementsAre("2: A"));
}

TEST(JsonIncidents, EachLineIsReadByItself) {
  EXPECT_THAT(Json("{\"source_reference\":\"A\",\"category\":\"CATEGORY_NUISANCE\"}\n"
                   "\n"
                   "{\"source_reference\":\"B\"\n"
                   "[]\n"
                   "{\"sourceReference\":\"C\",\"parties\":[{\"roles\":[\"ROLE_VICTIM\"]}]}\n"),
              ElementsAre("1: A", "3! not_json ", "4! not_json ", "5: C"));
}

TEST(JsonIncidents, UnknownFieldsAndWrongValuesAreRefusedByTheirPath) {
  EXPECT_THAT(Json("{\"colour\":1}\n"
                   "{\"location\":{\"colour\":1}}\n"
                   "{\"parties\":[{},{\"identity\":{\"address\":{\"colour\":1}}}]}\n"
                   "{\"parties\":[{\"roles\":[\"ROLE_VICTIM\",\"ROLE_FRIEND\"]}]}\n"
                   "{\"category\":\"CATEGORY_ROWDY\"}\n"
                   "{\"occurred_at\":\"yesterday\"}\n"
                   "{\"source_reference\":\"A\",\"source_reference\":\"B\"}\n"),
              ElementsAre("1! unknown_field colour", "2! unknown_field location.colour",
                          "3! unknown_field parties[1].identity.address.colour",
                          "4! malformed parties[0].roles[1]", "5! malformed category",
                          "6! malformed occurred_at", "7! not_json "));
}

TEST(JsonIncidents, WhatProtobufWouldForgiveIsRefused) {
  EXPECT_THAT(Json("{'source_reference':'A'}\n{source_reference:\"B\"}\n"
                   "{\"source_reference\":\"C\",}\n"),
              ElementsAre("1! not_json ", "2! not_json ", "3! not_json "));
}

TEST(JsonIncidents, ProblemsNeverQuoteTheContent) {
  std::istringstream in("{\"occurred_at\":\"Ann Example\"}\n{\"parties\":\"Ann Example\"}\n");
  auto source = OpenIncidents(in, IncidentFormat::kJsonLines).value();
  for (int i = 0; i < 2; ++i) {
    const auto row = source->Next();
    ASSERT_TRUE(row && row->problems.size() == 1);
    EXPECT_THAT(Describe(row->problems[0]), ::testing::Not(HasSubstr("Ann")));
  }
}

TEST(JsonIncidents, DepthSizeAndBytesAreBounded) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string longest =
      "{\"source_reference\":\"A\"" + std::string(kLineBytesMax - 24, ' ') + "}";
  ASSERT_EQ(longest.size(), kLineBytesMax);
  EXPECT_THAT(Json(deep + "\n" + longest + "\r\n " + longest +
                   "\n{\"source_reference\":\"\xc3\"}\n" + "{\"source_reference\":\"E\"}"),
              ElementsAre("1! not_json ", "2: A", "3! too_large ", "4! not_utf8 ", "5: E"));
}

TEST(JsonIncidents, NothingIsNothing) {
  EXPECT_THAT(Json(""), ElementsAre());
  EXPECT_THAT(Json("\n \t\r\n"), ElementsAre());
}

TEST(Utf8, OnlyWellFormedTextPasses) {
  for (const char* good :
       {"", "Ann", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "a\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
  EXPECT_EQ(Utf8Length("caf\xc3\xa9"), 4u);
}

TEST(When, AnInstantOrALondonWallClock) {
  EXPECT_EQ(ParseWhen("2026-07-06 18:00"), ParseRfc3339("2026-07-06T17:00:00Z").value());
  EXPECT_EQ(ParseWhen("2026-07-06T18:00:00+01:00"), ParseRfc3339("2026-07-06T17:00:00Z").value());
  for (const char* bad : {"", "2026-07-06", "2026-07-06 24:00", "2026-07-06 12:60",
                          "2026-02-29 12:00", "2026-07-06 1a:00", "2026-07-06T18:00:00", "now"}) {
    EXPECT_EQ(ParseWhen(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace waymark::cli
