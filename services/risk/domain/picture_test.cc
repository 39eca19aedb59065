#include "services/risk/domain/picture.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"

namespace waymark::risk {
namespace {

using pack::Band;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(const char* text) { return ParseRfc3339(text).value(); }

class PictureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = config::LoadPack("fenland", "packs");
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    pack_ = *std::move(loaded);
  }
  Picture Judged(const std::vector<AgencyAssessment>& assessments,
                 const std::vector<rules::Incident>& incidents = {}) {
    auto picture = Judge(*pack_, now_, incidents, StandingsOf(assessments));
    EXPECT_TRUE(picture.ok());
    return *picture;
  }
  static rules::Incident Noise(const char* id, const char* occurred) {
    return {id, At(occurred), At(occurred) + absl::Minutes(5), "noise", "s1", "", "police"};
  }

  std::shared_ptr<const pack::Pack> pack_;
  const absl::Time now_ = At("2026-03-10T12:00:00Z");
};

TEST_F(PictureTest, NothingKnownIsNoBand) {
  const Picture picture = Judged({});
  EXPECT_EQ(picture.effective, std::nullopt);
  EXPECT_EQ(picture.highest, std::nullopt);
  EXPECT_THAT(picture.repeats, IsEmpty());
}

TEST_F(PictureTest, AnyAgencysHighIsEveryonesHigh) {
  const Picture picture = Judged({{"a1", "council", Band::kHigh, At("2026-03-09T10:00:00Z")},
                                  {"a2", "police", Band::kStandard, At("2026-03-10T10:00:00Z")}});
  EXPECT_EQ(picture.effective, Band::kHigh);
  EXPECT_THAT(picture.by, ElementsAre("council"));
  EXPECT_EQ(picture.since, At("2026-03-09T10:00:00Z"));
  EXPECT_EQ(picture.first_by, "council");
}

TEST_F(PictureTest, MediumBindsNobodyElse) {
  const Picture picture = Judged({{"a1", "council", Band::kMedium, At("2026-03-09T10:00:00Z")}});
  EXPECT_EQ(picture.effective, std::nullopt);
  EXPECT_EQ(picture.highest, Band::kMedium);
}

TEST_F(PictureTest, AnAgencysLaterBandSupersedesItsEarlierOne) {
  const Picture picture = Judged({{"a2", "council", Band::kMedium, At("2026-03-10T10:00:00Z")},
                                  {"a1", "council", Band::kHigh, At("2026-03-09T10:00:00Z")}});
  EXPECT_EQ(picture.effective, std::nullopt);
  EXPECT_EQ(picture.highest, Band::kMedium);
}

TEST_F(PictureTest, AHighConfirmedAgainStandsSinceTheFirst) {
  const Picture picture = Judged({{"a1", "council", Band::kHigh, At("2026-03-08T10:00:00Z")},
                                  {"a2", "council", Band::kHigh, At("2026-03-10T10:00:00Z")},
                                  {"a3", "police", Band::kHigh, At("2026-03-09T10:00:00Z")}});
  EXPECT_THAT(picture.by, ElementsAre("council", "police"));
  EXPECT_EQ(picture.since, At("2026-03-08T10:00:00Z"));
  EXPECT_EQ(picture.first_by, "council");
}

// A gateway whose clock is a little ahead must not have its HIGH overlooked: nothing would look
// again when the instant has come.
TEST_F(PictureTest, AnAgencyWhoseClockIsAheadIsHeardAtOnce) {
  const absl::Time ahead = now_ + absl::Milliseconds(3);
  const Picture picture = Judged({{"a1", "police", Band::kStandard, now_ - absl::Hours(1)},
                                  {"a2", "police", Band::kHigh, ahead}});
  EXPECT_EQ(picture.effective, Band::kHigh);
  EXPECT_THAT(picture.by, ElementsAre("police"));
  EXPECT_EQ(picture.since, ahead);
}

TEST_F(PictureTest, OfTwoOfOneInstantTheHigherStandsWhateverTheyAreCalled) {
  for (const auto& [high, low] : {std::pair("a1", "a2"), std::pair("a2", "a1")}) {
    const Picture picture = Judged({{low, "police", Band::kStandard, now_ - absl::Hours(1)},
                                    {high, "police", Band::kHigh, now_ - absl::Hours(1)}});
    EXPECT_EQ(picture.effective, Band::kHigh) << high;
  }
}

TEST_F(PictureTest, ThreeIncidentsInThirtyDaysAreARepeat) {
  const std::vector<rules::Incident> two = {Noise("i1", "2026-02-20T10:00:00Z"),
                                            Noise("i2", "2026-03-01T10:00:00Z")};
  std::vector<rules::Incident> three = two;
  three.push_back(Noise("i3", "2026-03-09T10:00:00Z"));
  const Picture before = Judged({}, two);
  const Picture after = Judged({}, three);
  EXPECT_THAT(NewlyFired(before.repeats, after.repeats),
              ElementsAre("case_review_6m", "response_30d"));
  EXPECT_FALSE(SameForPartners(before, after));
  EXPECT_TRUE(SameForPartners(after, Judged({}, three)));
}

}  // namespace
}  // namespace waymark::risk
