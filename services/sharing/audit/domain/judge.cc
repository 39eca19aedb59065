#include "services/sharing/audit/domain/judge.h"

namespace waymark::sharing::audit_room {

std::string_view MeaningOf(std::string_view code) {
  if (code == finding::kRewritten) {
    return "something inside the log differs from what was signed before: keep its store as it is, "
           "and find out who changed it";
  }
  if (code == finding::kTruncated) {
    return "leaves that were signed for are gone from the end of the log: keep its store as it is, "
           "and find out who removed them";
  }
  if (code == finding::kRolledBack) {
    return "the log stands as it stood earlier, as if an old copy had been put back: what was "
           "recorded since then is missing";
  }
  if (code == finding::kForked) {
    return "two states were signed that do not belong to one log: somebody was shown another "
           "history";
  }
  return "no checkpoint was published for long: ring the agency, and see whether its gateway runs";
}

Judgement JudgePublished(const Known& known, const Published& published) {
  if (!known.latest) return {Step::kAccept};
  const Head& latest = *known.latest;
  const Head& head = published.head;
  if (head == latest) return {Step::kStill};
  // The owner forgot what it published since, and went on from there.
  if (published.from_size < latest.size && published.from_there == Proven::kHolds) {
    return {Step::kFound, finding::kRolledBack};
  }
  if (head.size == latest.size) return {Step::kFound, finding::kRewritten};
  if (head.size < latest.size) {
    if (!known.root_at_size) return {Step::kFound, finding::kTruncated};
    const bool as_before = *known.root_at_size == head.root;
    return {Step::kFound, as_before ? finding::kRolledBack : finding::kRewritten};
  }
  if (published.from_size == latest.size) {
    if (published.from_there == Proven::kHolds) return {Step::kAccept};
    if (published.from_there == Proven::kFails) return {Step::kFound, finding::kRewritten};
  }
  return {Step::kAsk};
}

Judgement JudgeAnswer(const Head& head, uint64_t log_size, Proven from_latest) {
  if (log_size < head.size) return {Step::kFound, finding::kTruncated};
  if (from_latest == Proven::kHolds) return {Step::kAccept};
  return {Step::kFound, finding::kRewritten};
}

Judgement JudgeHeard(const Known& known, const Head& head) {
  if (known.root_at_size) {
    if (*known.root_at_size == head.root) return {Step::kStill};
    return {Step::kFound, finding::kForked};
  }
  if (!known.latest || head.size > known.latest->size) return {Step::kWait};
  return {Step::kAsk};
}

Judgement JudgeTied(const Head& published, uint64_t log_size, Proven into_published) {
  if (log_size < published.size) return {Step::kFound, finding::kTruncated};
  if (into_published == Proven::kHolds) return {Step::kStill};
  const bool fails = into_published == Proven::kFails;
  return {Step::kFound, fails ? finding::kForked : finding::kRewritten};
}

Judgement JudgeOwn(uint64_t log_size, uint64_t published_size, const Head& signed_before,
                   const std::optional<std::string>& root_now) {
  if (log_size < signed_before.size) {
    // The store knows that it published as much: then it was cut, otherwise it is an old one.
    const bool cut = published_size >= signed_before.size;
    return {Step::kFound, cut ? finding::kTruncated : finding::kRolledBack};
  }
  if (root_now == signed_before.root) return {Step::kStill};
  // It grew again over what it had forgotten.
  if (published_size < signed_before.size) return {Step::kFound, finding::kRolledBack};
  return {Step::kFound, finding::kRewritten};
}

}  // namespace waymark::sharing::audit_room
