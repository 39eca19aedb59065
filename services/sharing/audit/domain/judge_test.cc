#include "services/sharing/audit/domain/judge.h"

#include <set>

#include "gtest/gtest.h"
#include "services/sharing/audit/domain/schedule.h"

namespace waymark::sharing::audit_room {
namespace {

const std::string kA(32, 'a'), kB(32, 'b'), kC(32, 'c');

Known KnownAt(uint64_t size, const std::string& root) { return {Head{size, root}, std::nullopt}; }
Judgement Found(std::string_view code) { return {Step::kFound, code}; }
constexpr Judgement kAccepted{Step::kAccept};
constexpr Judgement kStill{Step::kStill};
constexpr Judgement kAsked{Step::kAsk};
constexpr Judgement kWaits{Step::kWait};

TEST(JudgePublished, TheFirstHeadIsTaken) {
  EXPECT_EQ(JudgePublished({}, {{7, kA}, 3, Proven::kUnknown}), kAccepted);
}

TEST(JudgePublished, AHeadThatContinuesTheNewestIsTaken) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 7, Proven::kHolds}), kAccepted);
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{7, kA}, 7, Proven::kHolds}), kStill);
}

TEST(JudgePublished, AProofThatFailsIsARewrittenLog) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 7, Proven::kFails}), Found("audit_rewritten"));
}

TEST(JudgePublished, AnotherRootOfASizeThatWasSeenIsARewrittenLog) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{7, kB}, 7, Proven::kUnknown}),
            Found("audit_rewritten"));
  EXPECT_EQ(JudgePublished({Head{7, kA}, kB}, {{5, kC}, 4, Proven::kUnknown}),
            Found("audit_rewritten"));
}

TEST(JudgePublished, AShorterLogIsTruncatedOrAnOldCopy) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{5, kB}, 7, Proven::kUnknown}),
            Found("audit_truncated"));
  EXPECT_EQ(JudgePublished({Head{7, kA}, kB}, {{5, kB}, 4, Proven::kHolds}),
            Found("audit_rolled_back"));
}

TEST(JudgePublished, ALogThatWentOnFromAnOldCopyIsFoundWhateverItsSize) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{6, kB}, 5, Proven::kHolds}),
            Found("audit_rolled_back"));
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{7, kB}, 5, Proven::kHolds}),
            Found("audit_rolled_back"));
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 5, Proven::kHolds}),
            Found("audit_rolled_back"));
}

TEST(JudgePublished, WhereAHeadInBetweenWasMissedTheOwnerIsAsked) {
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 8, Proven::kUnknown}), kAsked);
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 5, Proven::kUnknown}), kAsked);
  EXPECT_EQ(JudgePublished(KnownAt(7, kA), {{9, kB}, 5, Proven::kFails}), kAsked);
}

TEST(JudgeAnswer, OnlyAProofThatHoldsIsEnough) {
  EXPECT_EQ(JudgeAnswer({9, kB}, 9, Proven::kHolds), kAccepted);
  EXPECT_EQ(JudgeAnswer({9, kB}, 12, Proven::kFails), Found("audit_rewritten"));
  EXPECT_EQ(JudgeAnswer({9, kB}, 12, Proven::kUnknown), Found("audit_rewritten"));
  EXPECT_EQ(JudgeAnswer({9, kB}, 8, Proven::kUnknown), Found("audit_truncated"));
}

TEST(JudgeHeard, AHeadIsTiedOrWaitsOrIsAFork) {
  EXPECT_EQ(JudgeHeard({Head{7, kA}, kB}, {5, kB}), kStill);
  EXPECT_EQ(JudgeHeard({Head{7, kA}, kB}, {5, kC}), Found("audit_forked"));
  EXPECT_EQ(JudgeHeard(KnownAt(7, kA), {5, kC}), kAsked);
  EXPECT_EQ(JudgeHeard(KnownAt(7, kA), {8, kC}), kWaits);
  EXPECT_EQ(JudgeHeard({}, {8, kC}), kWaits);
  EXPECT_EQ(JudgeTied({7, kA}, 9, Proven::kHolds), kStill);
  EXPECT_EQ(JudgeTied({7, kA}, 9, Proven::kFails), Found("audit_forked"));
  EXPECT_EQ(JudgeTied({7, kA}, 9, Proven::kUnknown), Found("audit_rewritten"));
  EXPECT_EQ(JudgeTied({7, kA}, 6, Proven::kUnknown), Found("audit_truncated"));
}

TEST(JudgeOwn, TheOwnLogIsHeldAgainstWhatWasSigned) {
  EXPECT_EQ(JudgeOwn(9, 7, {7, kA}, kA), kStill);
  EXPECT_EQ(JudgeOwn(9, 7, {7, kA}, kB), Found("audit_rewritten"));
  EXPECT_EQ(JudgeOwn(9, 7, {7, kA}, std::nullopt), Found("audit_rewritten"));
  EXPECT_EQ(JudgeOwn(6, 7, {7, kA}, std::nullopt), Found("audit_truncated"));
  EXPECT_EQ(JudgeOwn(6, 5, {7, kA}, std::nullopt), Found("audit_rolled_back"));
  EXPECT_EQ(JudgeOwn(9, 5, {7, kA}, kB), Found("audit_rolled_back"));
}

TEST(MeaningOf, EveryFindingIsExplainedInItsOwnWords) {
  std::set<std::string_view> words;
  for (const std::string_view code : {finding::kRewritten, finding::kTruncated,
                                      finding::kRolledBack, finding::kForked, finding::kSilent}) {
    EXPECT_TRUE(words.insert(MeaningOf(code)).second) << code;
  }
}

TEST(Schedule, TheGridIsTheSameForAll) {
  const absl::Time at = absl::FromUnixSeconds(1'760'000'000);  // 08:53:20
  EXPECT_EQ(NextOnGrid(at, absl::Minutes(1)), at + absl::Seconds(40));
  EXPECT_EQ(NextOnGrid(at + absl::Seconds(39), absl::Minutes(1)), at + absl::Seconds(40));
  EXPECT_EQ(NextOnGrid(at + absl::Seconds(40), absl::Minutes(1)), at + absl::Seconds(100));
}

}  // namespace
}  // namespace waymark::sharing::audit_room
