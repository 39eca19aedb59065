#include "services/sharing/disclosure/domain/lease.h"

#include "gtest/gtest.h"

namespace waymark::sharing::disclosure {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

TEST(LeaseTest, LastsSixtySecondsAtMostAndEndsWithWhatItRestsOn) {
  EXPECT_EQ(kNow + absl::Seconds(60), LeaseEnd(kNow, std::nullopt));
  EXPECT_EQ(kNow + absl::Seconds(60), LeaseEnd(kNow, kNow + absl::Hours(1)));
  EXPECT_EQ(kNow + absl::Seconds(7), LeaseEnd(kNow, kNow + absl::Seconds(7)));
}

TEST(LeaseTest, AClockThatIsAheadGivesNoLongerLease) {
  EXPECT_EQ(kNow + absl::Seconds(60), LeaseHere(kNow, kNow + absl::Hours(3), kNow));
  EXPECT_EQ(kNow + absl::Seconds(5), LeaseHere(kNow, kNow + absl::Seconds(5), kNow));
}

TEST(LeaseTest, NoneIsGivenWithoutAnEndOrAfterIt) {
  EXPECT_EQ(std::nullopt, LeaseHere(kNow, std::nullopt, kNow));
  EXPECT_EQ(std::nullopt, LeaseHere(kNow, kNow, kNow));
  EXPECT_EQ(std::nullopt, LeaseHere(kNow, kNow + absl::Hours(3), kNow + absl::Seconds(60)));
  EXPECT_NE(std::nullopt, LeaseHere(kNow, kNow + absl::Hours(3), kNow + absl::Seconds(59)));
}

}  // namespace
}  // namespace waymark::sharing::disclosure
