#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/agreement/agreement_fixture.h"
#include "services/sharing/alerts/domain/feed.h"
#include "services/sharing/alerts/domain/mask.h"
#include "services/sharing/alerts/domain/waiting.h"

namespace waymark::sharing::alerts {
namespace {

using agreement::testing::kNow;
using ::testing::ElementsAre;
using ::testing::Pair;

struct Entry {
  EntryKind kind;
  std::string alert;
};

class MapFeed : public Feed {
 public:
  std::vector<Entry> entries;               // number 1 is the first
  std::map<std::string, uint64_t> missing;  // alerts that lack a share

  uint64_t head() const override { return entries.size(); }
  EntryKind KindAt(uint64_t seq) const override { return entries[seq - 1].kind; }
  uint64_t NewestOfAlertAt(uint64_t seq) const override {
    uint64_t newest = 0;
    for (uint64_t i = 1; i <= head(); ++i) {
      if (entries[i - 1].alert == entries[seq - 1].alert && KindAt(i) == EntryKind::kAlert) {
        newest = i;
      }
    }
    return newest;
  }
  bool MissesShares(uint64_t seq) const override {
    return missing.count(entries[seq - 1].alert) != 0;
  }
};

std::vector<uint64_t> All(const Feed& feed) {
  std::vector<uint64_t> sent;
  uint64_t after = 0;
  while (const auto next = NextEntry(feed, after)) {
    sent.push_back(*next);
    after = *next;
  }
  return sent;
}

TEST(FeedTest, SkipsWhatALaterEntrySaysBetterButNeverATombstone) {
  MapFeed feed;
  feed.entries = {{EntryKind::kAlert, "a"},     {EntryKind::kAlert, "b"},
                  {EntryKind::kAlert, "a"},     {EntryKind::kTombstone, "a"},
                  {EntryKind::kTombstone, "b"}, {EntryKind::kAlert, "b"}};
  EXPECT_THAT(All(feed), ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(std::nullopt, NextEntry(feed, 6));
  EXPECT_EQ(std::nullopt, NextEntry(MapFeed(), 0));
}

TEST(FeedTest, RetriesOnlyWhileAShareIsMissing) {
  MapFeed feed;
  feed.entries = {{EntryKind::kAlert, "a"}, {EntryKind::kRetry, "a"}};
  EXPECT_THAT(All(feed), ElementsAre(1));
  feed.missing["a"] = 1;
  EXPECT_THAT(All(feed), ElementsAre(1, 2));
  feed.entries.push_back({EntryKind::kAlert, "a"});
  EXPECT_THAT(All(feed), ElementsAre(3));
}

TEST(TokenTest, ReadsBackWhatItWroteAndNothingElse) {
  for (const uint64_t seq : {uint64_t{0}, uint64_t{255}, ~uint64_t{0}}) {
    EXPECT_EQ(seq, ParseToken(ToToken(seq)));
  }
  EXPECT_EQ("wm1-00000000000000ff", ToToken(255));
  for (const char* bad : {"", "wm1-", "wm1-00000000000000FF", "wm2-00000000000000ff",
                          "wm1-00000000000000f", "wm1-00000000000000ff0"}) {
    EXPECT_EQ(std::nullopt, ParseToken(bad)) << bad;
  }
}

TEST(NameTest, OneTo64OfAFewCharacters) {
  EXPECT_TRUE(IsSubscriptionName("housing-system_1"));
  EXPECT_TRUE(IsSubscriptionName(std::string(64, 'a')));
  EXPECT_FALSE(IsSubscriptionName(std::string(65, 'a')));
  for (const char* bad : {"", "A", "a b", "a/b"}) EXPECT_FALSE(IsSubscriptionName(bad)) << bad;
}

pack::Pack SmallPack() {
  pack::Pack pack;
  pack::Agency housing;
  housing.id = "housing";
  for (int day = 0; day < 5; ++day) housing.hours.days[day] = {{9 * 60, 17 * 60}};
  housing.due_soon_role = "officer";
  housing.breach_role = "director";
  pack.agencies = {housing};
  pack::ClockRule clock;
  clock.name = "alert_acknowledgement";
  clock.spec.calendar = calendar::CalendarKind::kAgency;
  clock.spec.length.minutes = 60;
  pack.clocks = {clock};
  pack.alerting.acknowledgement_clock = "alert_acknowledgement";
  pack.alerting.bands = {pack::Band::kHigh};
  return pack;
}

TEST(WaitTest, RunsInsideTheAgencysHours) {
  // Friday 10 October 2025, 16:30 in London: half an hour is left until Monday.
  const absl::Time friday = absl::FromUnixSeconds(1'760'110'200);
  const auto wait = WaitFor(SmallPack(), "housing", pack::Band::kHigh, friday);
  ASSERT_TRUE(wait.ok() && wait->has_value());
  EXPECT_EQ(friday + absl::Hours(65), (*wait)->due) << "Monday 09:30";
  EXPECT_EQ("officer", (*wait)->due_soon_role);
  EXPECT_EQ("director", (*wait)->escalation_role);
  EXPECT_FALSE(WaitFor(SmallPack(), "housing", pack::Band::kMedium, friday)->has_value());
  EXPECT_FALSE(WaitFor(SmallPack(), "fire", pack::Band::kHigh, friday)->has_value());
}

TEST(RetryTest, DoublesUpToAQuarterOfAnHour) {
  EXPECT_EQ(absl::Minutes(1), RetryAfter(1));
  EXPECT_EQ(absl::Minutes(2), RetryAfter(2));
  EXPECT_EQ(absl::Minutes(16), RetryAfter(5));
  EXPECT_EQ(absl::Minutes(16), RetryAfter(500));
}

TEST(MaskTest, ShowsWhatTheAgreementsReleaseWithoutALawfulGateway) {
  const auto agreements = std::get<agreement::Evaluator>(
      agreement::Compile({agreement::testing::Baseline(), agreement::testing::Isa()}));
  AlertQuestion question{"fenland",     "police",         "housing",
                         "case_system", "support_victim", agreement::Band::kHigh};
  AlertMask mask = MaskOf(agreements, question, kNow);
  EXPECT_TRUE(mask.band && mask.category && mask.area && mask.lead_contact);
  EXPECT_FALSE(mask.lead_agency) << "no clause lists it";
  EXPECT_EQ(1u, mask.withheld.count("case.lead_agency"));
  question.purpose = "curiosity";
  mask = MaskOf(agreements, question, kNow);
  EXPECT_FALSE(mask.band || mask.category || mask.area || mask.lead_contact);
  question.lead_agency = "housing";
  EXPECT_TRUE(MaskOf(agreements, question, kNow).band) << "its own case";
}

TEST(MergeTest, KeepsBothWhereSharesDiffer) {
  std::map<std::string, std::string> fields = {{"a", "1"}, {"b", "2"}};
  MergeFields({{"a", "1"}, {"b", "3"}, {"c", "4"}}, fields);
  EXPECT_THAT(fields, ElementsAre(Pair("a", "1"), Pair("b", "2 / 3"), Pair("c", "4")));
}

}  // namespace
}  // namespace waymark::sharing::alerts
