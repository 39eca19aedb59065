#include "services/sharing/statement/domain/statement.h"

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/agreement/agreement_fixture.h"
#include "services/sharing/disclosure/domain/decide.h"
#include "services/sharing/statement/domain/story.h"
#include "services/sharing/statement/domain/words.h"

namespace waymark::sharing::statement {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'780'000'000);

Recorded Leaf(const std::string& what, int hour, std::map<std::string, std::string> facts) {
  static uint64_t index = 0;
  return {++index,
          what,
          kStart + absl::Hours(hour),
          {"share-1", "case-1", "person-1"},
          "prevent_asb",
          std::move(facts)};
}

Recorded Decided(int hour, const std::string& state, const std::string& fields = "") {
  return Leaf("share_decided", hour,
              {{"state", state},
               {"fields", fields},
               {"recipient", "housing"},
               {"lawful_gateway", fields.empty() ? "" : "consent"},
               {"because", state == "withdrawn" ? "consent_withdrawn" : ""}});
}

TEST(StoryTest, RepeatedDecisionsAreOneChapterAndReadingsKeepTheirPlace) {
  const std::vector<ShareStory> stories = StoriesOf(
      {Decided(0, "waiting"), Decided(1, "waiting"), Decided(2, "notified", "person.name"),
       Leaf("share_fetched", 3,
            {{"reader", "s-7"},
             {"reader_role", "officer"},
             {"field.person.name", "ab"},
             {"copy", "taken"}}),
       Decided(4, "notified", "person.name"), Decided(5, "withdrawn"),
       Leaf("fetch_refused", 6, {{"code", "consent_withdrawn"}})});
  ASSERT_THAT(stories, SizeIs(1));
  const ShareStory& story = stories[0];
  EXPECT_EQ("housing", story.recipient);
  ASSERT_THAT(story.chapters, SizeIs(3));
  EXPECT_EQ("waiting", story.chapters[0].state);
  EXPECT_THAT(story.chapters[1].fields, ElementsAre("person.name"));
  EXPECT_EQ("consent_withdrawn", story.chapters[2].because);
  ASSERT_THAT(story.readings, SizeIs(2));
  EXPECT_THAT(story.readings[0].fields, ElementsAre("person.name"));
  EXPECT_TRUE(story.readings[0].copy);
  EXPECT_EQ("consent_withdrawn", story.readings[1].refused);
  EXPECT_TRUE(story.EverTold());
  EXPECT_EQ(nullptr, story.Live());
  EXPECT_EQ(nullptr, story.At(kStart - absl::Seconds(1)));
  EXPECT_EQ("notified", story.At(kStart + absl::Hours(4))->state);
}

TEST(StoryTest, OtherLeavesAndUnknownSharesAreLeftOut) {
  EXPECT_THAT(StoriesOf({Leaf("share_fetched", 0, {}), Leaf("publish", 1, {})}), IsEmpty());
  EXPECT_TRUE(TellsOfSharing("share_decided"));
  EXPECT_TRUE(TellsOfSharing("consent_withdrawn"));
  EXPECT_FALSE(TellsOfSharing("publish"));
  EXPECT_FALSE(TellsOfSharing("share_explained"));
}

TEST(WordsTest, EveryLawfulGatewayHasASentenceAndAStatute) {
  for (const agreement::Gateway gateway : agreement::kAllGateways) {
    EXPECT_FALSE(LawOf(gateway).why.empty()) << agreement::Name(gateway);
    EXPECT_FALSE(LawOf(gateway).statute.empty()) << agreement::Name(gateway);
  }
  EXPECT_THAT(std::string(LawOf(agreement::Gateway::kPublicTask).statute),
              HasSubstr("Crime and Disorder Act 1998 section 115"));
}

TEST(WordsTest, AnOldClauseIsNotMadeUp) {
  const auto agreements = std::get<agreement::Evaluator>(
      agreement::Compile({agreement::testing::Baseline(), agreement::testing::Isa()}));
  EXPECT_EQ("Clause 2", ClauseWords(agreements, "fenland-isa 1 clause 2"));
  EXPECT_EQ("", ClauseWords(agreements, "fenland-isa 0 clause 2"));
  EXPECT_EQ("your home address", FieldWords("person.address"));
  EXPECT_EQ("earlier offences", FieldWords("offending.history"));
  for (const std::string_view field : disclosure::HeldFields()) {
    EXPECT_NE(std::string(field), FieldWords(field));
  }
  EXPECT_EQ("you withdrew your consent", ReasonWords("consent_withdrawn"));
  EXPECT_EQ("something new", ReasonWords("something_new"));
}

Statement Full() {
  Statement statement;
  statement.agency = "Fenland Constabulary";
  statement.person = "Ann <Example> & \"Co\"";
  statement.made_at = kStart;
  SharedPart part;
  part.recipient = "Roddons Housing Association";
  part.fields = {"full name", "home address with UPRN"};
  part.since = kStart - absl::Hours(48);
  part.why = "Stop anti-social behaviour.";
  part.law = "You agreed to it in writing.";
  part.statute = "UK GDPR Article 6(1)(a)";
  part.clause = "fenland-isa 1 clause 2.2";
  part.opened = {{kStart - absl::Hours(40), "somebody acting as officer", "Stop it.", true}};
  part.until = kStart - absl::Hours(1);
  part.ended_because = "you withdrew your consent";
  part.copy_outstanding = true;
  statement.shared = {part};
  statement.not_shared = {{"Fire Service", kStart - absl::Hours(3), "you had not given consent"}};
  statement.data_protection = "data.protection@police.fenland.example";
  statement.desk = "0113 496 0101";
  statement.log_size = 42;
  statement.log_root = "ab12";
  return statement;
}

TEST(StatementTest, TheTextTellsEverythingInShortLines) {
  const std::string text = AsText(Full());
  for (const char* words :
       {"Who was told", "Roddons Housing Association", "full name and home address with UPRN",
        "UK GDPR Article 6(1)(a)", "somebody acting as officer",
        "because you withdrew your consent", "has not yet confirmed", "What was not shared",
        "Fire Service", "None is on record", "To complain",
        "data.protection@police.fenland.example", "ico.org.uk", "42 entries"}) {
    std::string flat = text;
    for (char& c : flat) c = c == '\n' ? ' ' : c;
    while (flat.find("  ") != std::string::npos) flat.replace(flat.find("  "), 2, " ");
    EXPECT_THAT(flat, HasSubstr(words));
  }
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(StatementTest, TheHtmlIsSelfContainedAndEscapesEveryValue) {
  Statement statement = Full();
  statement.shared[0].recipient = "<script>alert(1)</script>";
  statement.shared[0].opened[0].by = "\"><img src=x onerror=alert(1)>";
  const std::string html = AsHtml(statement);
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")),
                          Not(HasSubstr("http://")), Not(HasSubstr("src=\""))));
  EXPECT_THAT(html, HasSubstr("Ann &lt;Example&gt; &amp; &quot;Co&quot;"));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, AllOf(HasSubstr("<html lang=\"en-GB\">"), HasSubstr("<h1>"),
                          HasSubstr("default-src 'none'"), HasSubstr("@media print")));
}

TEST(StatementTest, NothingSharedIsSaidPlainly) {
  Statement empty;
  empty.agency = "Fenland Constabulary";
  EXPECT_THAT(AsText(empty), HasSubstr("Nobody was told anything about you."));
  EXPECT_THAT(AsHtml(empty), HasSubstr("Nobody was told anything about you."));
}

}  // namespace
}  // namespace waymark::sharing::statement
