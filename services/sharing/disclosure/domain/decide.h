// Whether a share goes out, waits or falls away. Pure: facts in, a decision and a move out; nobody
// is named.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"

namespace waymark::sharing::disclosure {

// The purpose for which casemgr has gateways asked (docs/road.md); agreements declare it.
inline constexpr std::string_view kSharingPurpose = "prevent_asb";
// The role under which a notice or a pushed share reaches a partner: its gateway.
inline constexpr std::string_view kGatewayRole = "gateway";

// Catalogue fields that a gateway can fill from its vault; no other is ever asked for.
std::span<const std::string_view> HeldFields();

// A named decision-maker decided to share against or without consent. Only what it names is
// covered: these fields, to these recipients, for these purposes, on this lawful gateway.
struct Overriding {
  std::string id;
  std::string decision_maker;  // pseudonymous id of a person of this agency
  std::vector<std::string> recipients, fields, purposes;
  agreement::Gateway gateway = agreement::Gateway::kPublicTask;
  absl::Time expires = absl::InfinitePast();  // first instant at which it no longer holds
  bool reversed = false;
};
// "" while it stands; otherwise "override_reversed" or "override_expired".
std::string_view EndOf(const Overriding& overriding, absl::Time now);

// What is known of one person in one case.
struct SubjectFacts {
  std::optional<agreement::Band> band;
  std::optional<bool> child_at_risk, adult_at_risk, vital_interests;
  std::vector<agreement::ConsentFacts> consents;  // oldest first; withdrawn and expired included
  std::vector<Overriding> overrides;              // likewise; reversed and expired included
};

// One question about that person.
struct Question {
  std::string partnership, origin, recipient, recipient_role, purpose;
  agreement::Ask ask = agreement::Ask::kNotice;
  std::vector<std::string> fields;  // empty: HeldFields()
  std::optional<bool> has_interest;
};

// The same for the one of this id; "" too when there is none.
std::string_view EndOf(const SubjectFacts& facts, const std::string& override_id, absl::Time now);

// The best answer over all consents and overrides of the person: a permit before a refusal, then
// the one that releases most, then the newest consent, then the override that ends last. An answer
// that rests on an override says so (`override_receipt`) and does not outlive it.
agreement::Decision DecideShare(const agreement::Evaluator& agreements, const SubjectFacts& facts,
                                const Question& question, absl::Time now);

struct Settled {
  agreement::Decision decision;
  bool push = false;
};
// The question as a push first (it can be permitted only where a life, a child or an adult at risk
// is to be protected), otherwise as a notice. `question.ask` is ignored.
Settled DecideToTell(const agreement::Evaluator& agreements, const SubjectFacts& facts,
                     Question question, absl::Time now);

enum class State { kWaiting, kNotified, kPushed, kWithdrawn };
std::string_view StateName(State state);  // "waiting", ...
std::optional<State> ParseState(std::string_view name);

// A share as it stands.
struct Standing {
  State state = State::kWaiting;
  std::vector<std::string> released;
  std::string lawful_gateway;
  std::string consent_id = "";
  std::optional<absl::Time> ends = std::nullopt;
  std::string override_id = "";  // that it rests on; "" for none
};

enum class Move {
  kWait,      // not permitted: the row says why
  kTell,      // permitted: notify or push
  kKeep,      // permitted and told already, with the same fields on the same ground
  kRenew,     // the same, but notified as resting on another consent or ending at another time
  kReplace,   // still permitted, but other fields or another ground: take back, then tell
  kTakeBack,  // no longer permitted
  kRest,      // was taken back, and is still not permitted
};
// nullopt: there is no share yet. A withdrawn share is over: kTell then makes a new one.
Move NextMove(const std::optional<Standing>& standing, const Settled& settled);

// Why a share that falls away is taken back: "consent_withdrawn", "expired" (consent, agreement or
// override), "override_reversed", "not_permitted".
std::string_view ReasonToTakeBack(const agreement::Decision& decision);
// The same for a share that rests on the override `override_id`, "" for none.
std::string_view ReasonToTakeBack(const agreement::Decision& decision, const SubjectFacts& facts,
                                  const std::string& override_id, absl::Time now);

// The code, clause and ways out of a refusal, in words.
struct Refusal {
  std::string code;            // "consent_withdrawn": the first thing missing
  std::string clause;          // "fenland-isa 1 clause 2.2"; "" when none came into play
  std::string missing;         // in words, joined
  std::string remedy;          // which other lawful gateways would serve, in words
  std::string who_can_decide;  // roles, joined
};
Refusal Explained(const agreement::Decision& decision);
// "fenland-isa 1 clause 2.2" of a permit, otherwise the clause that stood in the way.
std::string ClauseOf(const agreement::Decision& decision);

}  // namespace waymark::sharing::disclosure
