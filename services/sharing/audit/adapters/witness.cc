#include "services/sharing/audit/adapters/witness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/merkle.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/topics.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/adapters/findings.h"
#include "services/sharing/audit/adapters/heard.h"
#include "services/sharing/audit/adapters/keys.h"
#include "services/sharing/audit/adapters/own_log.h"
#include "services/sharing/audit/domain/schedule.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::ConsistencyAnswer;
using gateway::v1::HeadAccepted;
using gateway::v1::HeadHeard;
using gateway::v1::HeadsTied;
using gateway::v1::ProofAsked;
using gateway::v1::StoredHead;
using gateway::v1::StoredSeen;

template <class Hashes>
std::vector<std::string> PathOf(const Hashes& hashes) {
  return {hashes.begin(), hashes.end()};
}

Head HeadOf(const StoredHead& head) { return {head.size(), head.root()}; }

template <class Hashes>
Proven Check(uint64_t from_size, const std::optional<std::string>& from_root, const Head& head,
             const Hashes& hashes) {
  if (!from_root) return Proven::kUnknown;
  const absl::Status holds =
      audit::VerifyConsistency(from_size, head.size, *from_root, head.root, PathOf(hashes));
  return holds.ok() ? Proven::kHolds : Proven::kFails;
}

// The source of a record, as another member's agency.
absl::StatusOr<std::string> AgencyOf(const Membership& membership, const runtime::Input& input) {
  for (const auto& [agency, peer] : membership.peers) {
    if (agency != membership.agency && config::GatewaySource(agency) == input.source) return agency;
  }
  return absl::InvalidArgumentError("no other member of the partnership");
}

// Accepts the head and, as long as nothing speaks against the log, cosigns it.
absl::Status Accept(const Membership& membership, const runtime::View& view,
                    const std::string& agency, const StoredHead& head, absl::Time now,
                    runtime::Decision& decision) {
  HeadAccepted accepted;
  accepted.set_agency(agency);
  *accepted.mutable_head() = head;
  if (!AuditView(view).Distrusted(agency, membership.agency)) {
    WM_ASSIGN_OR_RETURN(std::string note,
                        audit::Cosign(head.note(), membership.WitnessName(membership.agency),
                                      *membership.witness_key, now));
    accepted.mutable_cosigned()->set_agency(agency);
    accepted.mutable_cosigned()->set_note(std::move(note));
  }
  decision.events.push_back(MakeEvent(accepted));
  EndSilence(membership, view, agency, now, decision);
  return absl::OkStatus();
}

void Find(const Membership& membership, const runtime::View& view, const std::string& agency,
          std::string_view code, const StoredHead& head, absl::Time now,
          runtime::Decision& decision) {
  std::vector<std::string> evidence;
  if (const auto seen = AuditView(view).Seen(agency)) evidence.push_back(seen->head().note());
  evidence.push_back(head.note());
  AddFinding(membership, view,
             MakeFinding(membership, agency, code,
                         absl::StrCat("the checkpoint of size ", head.size()), evidence, now),
             decision);
}

// Another member cosigned this gateway's own log.
absl::StatusOr<runtime::Decision> TakeCosignature(const Membership& membership,
                                                  const runtime::View& view,
                                                  const std::string& witness,
                                                  const std::string& note, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const StoredHead head, ReadHead(membership, membership.agency, note, now));
  WM_ASSIGN_OR_RETURN(const audit::SignedCheckpoint parsed, audit::ParseCheckpoint(note));
  const absl::StatusOr<absl::Time> at = audit::VerifyCosignature(
      parsed, membership.WitnessName(witness), membership.peers.at(witness).witness_verify);
  if (!at.ok()) return absl::InvalidArgumentError("a cosignature that does not hold");
  runtime::Decision decision;
  const Judgement judgement = JudgeOwnHead(view, HeadOf(head));
  if (judgement.step == Step::kFound) {
    AddFinding(membership, view,
               MakeFinding(membership, membership.agency, judgement.code,
                           absl::StrCat("against the checkpoint of size ", head.size(), " that ",
                                        witness, " cosigned"),
                           {note}, now),
               decision);
    return decision;
  }
  const AuditView audit(view);
  const auto before = audit.CosignedBy(witness);
  if (before && before->size() > head.size()) return decision;
  gateway::v1::CosignatureTaken taken;
  taken.set_witness(witness);
  taken.mutable_cosignature()->set_size(head.size());
  *taken.mutable_cosignature()->mutable_at() = ToProto(*at);
  const auto witnessed = audit.Witnessed();
  if (!witnessed || witnessed->size() < head.size()) {
    taken.set_witnessed(note);
  } else if (witnessed->size() == head.size()) {
    absl::StatusOr<std::string> merged = audit::JoinSignatures(witnessed->note(), note);
    if (merged.ok()) taken.set_witnessed(*std::move(merged));
  }
  taken.set_witnessed_size(head.size());
  decision.events.push_back(MakeEvent(taken));
  return decision;
}

}  // namespace

absl::StatusOr<StoredHead> ReadHead(const Membership& membership, const std::string& agency,
                                    const std::string& note, absl::Time at) {
  const auto peer = membership.peers.find(agency);
  const absl::StatusOr<audit::SignedCheckpoint> parsed = audit::ParseCheckpoint(note);
  const std::string origin = membership.AuditOrigin(agency);
  if (peer == membership.peers.end() || !parsed.ok() || parsed->checkpoint.origin != origin ||
      !audit::VerifyCheckpoint(*parsed, origin, peer->second.audit_verify).ok()) {
    return absl::InvalidArgumentError("no checkpoint that the agency signed for its log");
  }
  StoredHead head;
  head.set_size(parsed->checkpoint.size);
  head.set_root(parsed->checkpoint.root);
  head.set_note(note);
  *head.mutable_at() = ToProto(at);
  return head;
}

absl::StatusOr<runtime::Decision> DecidePublished(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const std::string agency, AgencyOf(membership, input));
  gateway::v1::CheckpointPublished published;
  if (!published.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("no published checkpoint");
  }
  WM_ASSIGN_OR_RETURN(const StoredHead head, ReadHead(membership, agency, published.note(), now));
  const AuditView audit(view);
  Published claim{HeadOf(head), published.from_size(), Proven::kUnknown};
  claim.from_there = Check(published.from_size(), audit.RootOf(agency, published.from_size()),
                           claim.head, published.consistency());
  const Known known = audit.KnownOf(agency, head.size());
  const Judgement judgement = JudgePublished(known, claim);
  runtime::Decision decision;
  switch (judgement.step) {
    case Step::kAccept:
    case Step::kStill:
      WM_RETURN_IF_ERROR(Accept(membership, view, agency, head, now, decision));
      break;
    case Step::kAsk: {
      // Once something was found, its owner's answers change nothing.
      if (audit.Distrusted(agency, membership.agency)) break;
      ProofAsked asked;
      asked.set_agency(agency);
      *asked.mutable_head() = head;
      asked.mutable_ask()->set_agency(agency);
      asked.mutable_ask()->add_from_sizes(known.latest->size);
      asked.mutable_ask()->set_to_size(head.size());
      decision.events.push_back(MakeEvent(asked));
      break;
    }
    case Step::kFound:
      Find(membership, view, agency, judgement.code, head, now, decision);
      break;
    case Step::kWait:
      break;
  }
  return decision;
}

absl::StatusOr<runtime::Decision> DecideCosigned(const Membership& membership,
                                                 const runtime::View& view,
                                                 const runtime::Input& input, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const std::string witness, AgencyOf(membership, input));
  gateway::v1::CheckpointCosigned cosigned;
  if (!cosigned.ParseFromString(input.payload) || cosigned.agency() == witness) {
    return absl::InvalidArgumentError("no cosigned checkpoint");
  }
  if (cosigned.agency() == membership.agency) {
    return TakeCosignature(membership, view, witness, cosigned.note(), now);
  }
  runtime::Decision decision;
  auto heard = HeardCheckpoint(membership, view, cosigned.agency(), cosigned.note(), witness, now);
  if (heard) decision.events.push_back(*std::move(heard));
  return decision;
}

std::optional<runtime::Event> HeardCheckpoint(const Membership& membership,
                                              const runtime::View& view, const std::string& agency,
                                              const std::string& note,
                                              const std::string& heard_from, absl::Time now) {
  const absl::StatusOr<audit::SignedCheckpoint> parsed = audit::ParseCheckpoint(note);
  if (!parsed.ok() || agency == membership.agency) return std::nullopt;
  const AuditView audit(view);
  // Nearly always this: no signature need be checked for what is known.
  if (audit.RootOf(agency, parsed->checkpoint.size) == parsed->checkpoint.root) return std::nullopt;
  absl::StatusOr<StoredHead> head = ReadHead(membership, agency, note, now);
  if (!head.ok()) return std::nullopt;
  if (view.Get(kUntied, UntiedKey(agency, head->size(), head->root()))) return std::nullopt;
  HeadHeard heard;
  heard.set_agency(agency);
  *heard.mutable_head() = *std::move(head);
  heard.mutable_head()->set_heard_from(heard_from);
  return MakeEvent(heard);
}

absl::StatusOr<runtime::Decision> DecideProved(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input, absl::Time now) {
  ConsistencyAnswer answer;
  if (!answer.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("no answer about a log");
  }
  const std::string& agency = answer.ask().agency();
  const auto seen = AuditView(view).Seen(agency);
  runtime::Decision decision;
  if (!seen || !seen->has_asked() || seen->asked().size() != answer.ask().to_size()) {
    return decision;
  }
  const Head head = HeadOf(seen->asked());
  Proven proven = Proven::kUnknown;
  uint64_t log_size = head.size;
  if (answer.has_answer()) {
    log_size = answer.answer().size();
    if (answer.answer().paths_size() == 1 && answer.ask().from_sizes(0) == seen->head().size()) {
      proven =
          Check(seen->head().size(), seen->head().root(), head, answer.answer().paths(0).hashes());
    }
  }
  const Judgement judgement = JudgeAnswer(head, log_size, proven);
  if (judgement.step == Step::kAccept) {
    WM_RETURN_IF_ERROR(Accept(membership, view, agency, seen->asked(), now, decision));
  } else {
    Find(membership, view, agency, judgement.code, seen->asked(), now, decision);
  }
  return decision;
}

absl::StatusOr<runtime::Decision> DecideProvedHeard(const Membership& membership,
                                                    const runtime::View& view,
                                                    const runtime::Input& input, absl::Time now) {
  ConsistencyAnswer answer;
  if (!answer.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("no answer about a log");
  }
  const std::string& agency = answer.ask().agency();
  const AuditView audit(view);
  runtime::Decision decision;
  // The heads stay: whatever it publishes next has them looked at again.
  if (answer.away()) return decision;
  const std::optional<std::string> root = audit.RootOf(agency, answer.ask().to_size());
  // So many heads came since that it is not remembered; the newest is asked about next.
  if (!root) return decision;
  const Head into{answer.ask().to_size(), *root};
  const uint64_t log_size = answer.has_answer() ? answer.answer().size() : into.size;
  HeadsTied tied;
  tied.set_agency(agency);
  for (const StoredHead& head : audit.Untied(agency)) {
    const auto& sizes = answer.ask().from_sizes();
    const auto place = std::find(sizes.begin(), sizes.end(), head.size());
    if (place == sizes.end()) continue;
    const int index = static_cast<int>(place - sizes.begin());
    Proven proven = Proven::kUnknown;
    if (answer.has_answer() && index < answer.answer().paths_size()) {
      proven = Check(head.size(), head.root(), into, answer.answer().paths(index).hashes());
    }
    const Judgement judgement = JudgeTied(into, log_size, proven);
    if (judgement.step == Step::kFound) {
      Find(membership, view, agency, judgement.code, head, now, decision);
    }
    *tied.add_heads() = head;
  }
  if (tied.heads_size() > 0) decision.events.push_back(MakeEvent(tied));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideSilence(const Membership& membership,
                                                const runtime::View& view,
                                                const runtime::Input& input,
                                                const runtime::Context& context) {
  const absl::Time now = context.now();
  runtime::Decision decision;
  const auto seen = AuditView(view).Seen(input.payload);
  // This gateway itself was away, or looked at another hour: it listens for a while first.
  if (context.lateness() > kGrace) {
    gateway::v1::SilenceAwaited awaited;
    awaited.set_agency(input.payload);
    *awaited.mutable_until() = ToProto(now + kGrace);
    decision.events.push_back(MakeEvent(awaited));
    return decision;
  }
  const std::vector<std::string> evidence =
      seen ? std::vector{seen->head().note()} : std::vector<std::string>();
  AddFinding(membership, view,
             MakeFinding(membership, input.payload, finding::kSilent, "", evidence, now), decision);
  return decision;
}

absl::StatusOr<runtime::Decision> DecideTie(const Membership& membership, const runtime::View& view,
                                            const runtime::Input& input, absl::Time now) {
  const std::string& agency = input.payload;
  const AuditView audit(view);
  runtime::Decision decision;
  HeadsTied tied;
  tied.set_agency(agency);
  ProofAsked asked;
  asked.set_agency(agency);
  asked.mutable_ask()->set_agency(agency);
  for (const StoredHead& head : audit.Untied(agency)) {
    const Known known = audit.KnownOf(agency, head.size());
    const Judgement judgement = JudgeHeard(known, HeadOf(head));
    if (judgement.step == Step::kWait) continue;
    if (judgement.step == Step::kAsk) {
      asked.mutable_ask()->add_from_sizes(head.size());
      asked.mutable_ask()->set_to_size(known.latest->size);
      continue;
    }
    if (judgement.step == Step::kFound) {
      Find(membership, view, agency, judgement.code, head, now, decision);
    }
    *tied.add_heads() = head;
  }
  if (tied.heads_size() > 0) decision.events.push_back(MakeEvent(tied));
  if (asked.ask().from_sizes_size() > 0) decision.events.push_back(MakeEvent(asked));
  return decision;
}

absl::Status EvolveAccepted(const Membership& membership, const runtime::View& view,
                            const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  HeadAccepted accepted;
  WM_RETURN_IF_ERROR(ReadEvent(event, accepted));
  const std::string& agency = accepted.agency();
  StoredSeen seen;
  *seen.mutable_head() = accepted.head();
  if (accepted.has_cosigned()) {
    *seen.mutable_cosigned_at() = ToProto(now);
    changes.Send(membership.AuditOf(membership.agency), accepted.cosigned().GetTypeName(),
                 accepted.cosigned().SerializeAsString());
  }
  changes.Put(kSeen, RowKey(agency), seen.SerializeAsString());
  if (accepted.head().size() > 0) {
    changes.Put(kHeads, HeadKey(agency, accepted.head().size()), accepted.head().root());
  }
  std::vector<std::string> heads;
  const std::string prefix = RowKey(agency);
  view.Scan(kHeads, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    heads.emplace_back(key);
    return true;
  });
  for (size_t i = 0; i + kHeadsKept < heads.size(); ++i) changes.Delete(kHeads, heads[i]);
  changes.ArmTimer(absl::StrCat(ToAbsl(kSilence), ":", agency), now + kSilentAfter, kSilence,
                   agency);
  if (!AuditView(view).Untied(agency).empty()) {
    changes.ArmTimer(absl::StrCat(ToAbsl(kTie), ":", agency), now, kTie, agency);
  }
  return absl::OkStatus();
}

absl::Status EvolveAsked(const runtime::View& view, const runtime::Event& event,
                         runtime::Changes& changes) {
  ProofAsked asked;
  WM_RETURN_IF_ERROR(ReadEvent(event, asked));
  std::string_view kind = kProveHeard;
  if (asked.has_head()) {
    kind = kProve;
    StoredSeen seen = AuditView(view).Seen(asked.agency()).value_or(StoredSeen());
    *seen.mutable_asked() = asked.head();
    changes.Put(kSeen, RowKey(asked.agency()), seen.SerializeAsString());
  }
  changes.StartEffect(absl::StrCat(ToAbsl(kind), ":", asked.agency()), kind,
                      asked.ask().SerializeAsString());
  return absl::OkStatus();
}

absl::Status EvolveHeard(const runtime::View& view, const runtime::Event& event, absl::Time now,
                         runtime::Changes& changes) {
  HeadHeard heard;
  WM_RETURN_IF_ERROR(ReadEvent(event, heard));
  if (AuditView(view).Untied(heard.agency()).size() >= kUntiedMax) return absl::OkStatus();
  changes.Put(kUntied, UntiedKey(heard.agency(), heard.head().size(), heard.head().root()),
              heard.head().SerializeAsString());
  // Its own topic most often brings it by then.
  changes.ArmTimer(absl::StrCat(ToAbsl(kTie), ":", heard.agency()), NextOnGrid(now, kPublishEvery),
                   kTie, heard.agency());
  return absl::OkStatus();
}

absl::Status EvolveTied(const runtime::Event& event, runtime::Changes& changes) {
  HeadsTied tied;
  WM_RETURN_IF_ERROR(ReadEvent(event, tied));
  for (const StoredHead& head : tied.heads()) {
    changes.Delete(kUntied, UntiedKey(tied.agency(), head.size(), head.root()));
  }
  return absl::OkStatus();
}

absl::Status EvolveSilenceAwaited(const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::SilenceAwaited awaited;
  WM_RETURN_IF_ERROR(ReadEvent(event, awaited));
  changes.ArmTimer(absl::StrCat(ToAbsl(kSilence), ":", awaited.agency()),
                   FromProto(awaited.until()), kSilence, awaited.agency());
  return absl::OkStatus();
}

}  // namespace waymark::sharing::audit_room
