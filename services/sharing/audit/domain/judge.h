// What a member makes of the signed states ("heads") of another member's audit log. Pure: proofs
// are checked by the caller, who says here whether they held.
//
// The rule of a witness: a head is accepted only when it continues the one accepted before. Where
// that is not shown, the log's owner is asked; where it cannot be, there is a finding with a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waymark::sharing::audit_room {

namespace finding {
// Something inside the log differs from what was signed before.
inline constexpr std::string_view kRewritten = "audit_rewritten";
// Leaves at its end are gone.
inline constexpr std::string_view kTruncated = "audit_truncated";
// It stands as it stood earlier: an old copy was put back.
inline constexpr std::string_view kRolledBack = "audit_rolled_back";
// Two heads were signed that do not belong to one log.
inline constexpr std::string_view kForked = "audit_forked";
// Nothing was published for long.
inline constexpr std::string_view kSilent = "audit_silent";
}  // namespace finding

// In words, for people: what it means and what to do.
std::string_view MeaningOf(std::string_view code);

struct Head {
  uint64_t size = 0;
  std::string root;  // 32 bytes
  friend bool operator==(const Head&, const Head&) = default;
};

enum class Proven { kUnknown, kHolds, kFails };

// What is known of a log when something new is said of it.
struct Known {
  std::optional<Head> latest;               // the newest accepted head; nullopt: none yet
  std::optional<std::string> root_at_size;  // of the accepted head of the claim's size
};

// A head that the log's owner published on its own topic.
struct Published {
  Head head;
  uint64_t from_size = 0;  // what it says that it published before
  // That `head` continues the accepted head of `from_size`; kUnknown when there is none.
  Proven from_there = Proven::kUnknown;
};

enum class Step {
  kAccept,  // it grew: it is the newest head now
  kStill,   // it stands as it stood
  kAsk,     // the owner has to prove that it continues the newest head
  kWait,    // it is beyond what was published: look again when more was
  kFound,
};

struct Judgement {
  Step step = Step::kStill;
  std::string_view code = "";  // of kFound
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

Judgement JudgePublished(const Known& known, const Published& published);

// The owner's answer about a head that it published. `log_size` is what it says it has now.
Judgement JudgeAnswer(const Head& head, uint64_t log_size, Proven from_latest);

// A head that somebody else shows (with a proof, or cosigned).
Judgement JudgeHeard(const Known& known, const Head& head);

// The owner's answer about a head that somebody else showed: does `published` continue it?
// kUnknown: the owner would not or could not say.
Judgement JudgeTied(const Head& published, uint64_t log_size, Proven into_published);

// The own log, against a head of it that was signed earlier. `root_now`: the root that the stored
// log has at that size; nullopt when it is shorter or its nodes are damaged.
Judgement JudgeOwn(uint64_t log_size, uint64_t published_size, const Head& signed_before,
                   const std::optional<std::string>& root_now);

}  // namespace waymark::sharing::audit_room
