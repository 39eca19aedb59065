#include "cli/pack/handbook.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "libs/calendar/sla_clock.h"
#include "libs/config/load_pack.h"

namespace waymark::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const pack::Pack> Pack(const std::string& name) {
  auto pack = config::LoadPack(name, "packs");
  EXPECT_TRUE(pack.ok()) << pack.status();
  return *std::move(pack);
}

TEST(Words, ClocksAndHours) {
  const auto due = [](calendar::ClockSpecText text) {
    return DueInWords(*calendar::ParseClockSpec(text));
  };
  EXPECT_EQ(due({.calendar = "elapsed", .length = "PT24H"}), "within 24 hours, day and night");
  EXPECT_EQ(due({.calendar = "civil", .length = "P1M"}), "within 1 month, at the same time of day");
  EXPECT_EQ(due({.calendar = "working", .length = "P1D"}), "within 1 working day");
  EXPECT_EQ(due({.calendar = "agency", .length = "PT60M"}), "within 60 minutes of opening time");
  EXPECT_EQ(due({.calendar = "end_of_working_day"}), "by the end of the working day");
  EXPECT_EQ(due({.calendar = "review", .length = "P7D"}),
            "every 7 days, counted from the last time");
  EXPECT_EQ(due({.calendar = "reminders", .days = std::vector<int64_t>{4, 7, 14}, .then = "P7D"}),
            "reminders after 4, 7 and 14 days, then every 7 days");
  EXPECT_EQ(HoursInWords(calendar::AlwaysOpen()), "always");
  const auto hours = calendar::ParseHours({{"mon", {{"09:00", "12:30"}, {"13:00", "17:00"}}},
                                           {"tue", {{"09:00", "12:30"}, {"13:00", "17:00"}}},
                                           {"sat", {{"10:00", "24:00"}}}});
  EXPECT_EQ(HoursInWords(*hours), "Mon to Tue 09:00-12:30 and 13:00-17:00, Sat 10:00-24:00");
}

// Every word that a pack has for people, and every number that they work by, is in its handbook.
TEST(Handbook, HoldsEverythingOfEveryShippedPack) {
  for (const auto& entry : std::filesystem::directory_iterator("packs")) {
    if (entry.path().extension() != ".yaml") continue;
    const auto pack = Pack(entry.path().stem().string());
    const std::string page = ToHtml(HandbookOf(*pack));
    std::vector<std::string> words;
    for (const pack::QuestionSet& set : pack->question_sets) {
      for (const pack::Question& question : set.questions) words.push_back(question.text);
      for (const pack::Trigger& trigger : set.triggers) words.push_back(trigger.text);
    }
    for (const pack::Matrix& matrix : pack->matrices) {
      for (const pack::Item& item : matrix.items) {
        words.push_back(item.text);
        for (const pack::Option& option : item.options) words.push_back(option.text);
      }
    }
    for (const pack::ClockRule& clock : pack->clocks) {
      words.push_back(clock.text);
      words.push_back(DueInWords(clock.spec));
    }
    for (const pack::Agency& agency : pack->agencies) {
      words.push_back(agency.name);
      words.push_back(HoursInWords(agency.hours));
      words.push_back(std::string(pack->RoleText(agency.breach_role)));
    }
    for (const pack::RepeatRule& rule : pack->repeat_rules) words.push_back(rule.text);
    for (const pack::Duty& duty : pack->duties) words.push_back(duty.text);
    for (const pack::Target& target : pack->targets) words.push_back(target.text);
    for (const pack::Label& standard : pack->standards) words.push_back(standard.text);
    for (const auto& [place, reason] : pack->local_reasons) words.push_back(reason);
    for (const std::string& note : pack->notes) words.push_back(note);
    words.push_back(pack->digest);
    for (const std::string& text : words) {
      const Handbook alone{text, {}, {}};
      const std::string title = ToHtml(alone);
      const size_t at = title.find("<h1>") + 4;
      EXPECT_THAT(page, HasSubstr(title.substr(at, title.find("</h1>") - at))) << pack->name;
    }
  }
}

TEST(Handbook, MarksWhatIsLocal) {
  const std::string page = ToMarkdown(HandbookOf(*Pack("fenland")));
  EXPECT_THAT(page, HasSubstr("| The agencies have met about the victim *(local)* |"));
  EXPECT_THAT(page,
              HasSubstr("| The victim's profile is entered | within 24 hours, day and night |"));
  EXPECT_THAT(page,
              HasSubstr("| Roddons | Mon to Fri 09:00-17:00 *(local)* | closed | Constabulary |"));
  EXPECT_THAT(page, HasSubstr("| HIGH | 24 to 31 |"));
  EXPECT_THAT(ToMarkdown(HandbookOf(*Pack("sussex"))), HasSubstr("| HIGH | 24 to 31 *(local)* |"));
}

TEST(Render, EscapesWhatAPackSays) {
  const std::string nasty = "<script>alert(1)</script> | \"a\" & 'b' *c* [d](e) _f_";
  const Handbook handbook{
      nasty, {{nasty, true}}, {{nasty, {}, {{nasty, {nasty, "x"}, {{{nasty}, {nasty, true}}}}}}}};
  const std::string html = ToHtml(handbook);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\"a\" & ")));
  EXPECT_THAT(html, HasSubstr("aria-label=\"&lt;script&gt;"));
  const std::string markdown = ToMarkdown(handbook);
  EXPECT_THAT(markdown, Not(HasSubstr("<script")));
  EXPECT_THAT(markdown, Not(HasSubstr(" | \"a\"")));
  EXPECT_THAT(markdown, Not(HasSubstr(" [d](e)")));
}

TEST(Render, OnePageStandsAloneAndIsHeaded) {
  const std::string html = ToHtml(HandbookOf(*Pack("fenland")));
  EXPECT_THAT(html, HasSubstr("<html lang=\"en-GB\">"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">Promise</th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">"));
  EXPECT_THAT(html, HasSubstr("<caption>Bands</caption>"));
  for (const char* fetched : {"<link", "<img", "src=", "url(", "http://", "https://", "<script"}) {
    EXPECT_THAT(html, Not(HasSubstr(fetched)));
  }
}

}  // namespace
}  // namespace waymark::cli
