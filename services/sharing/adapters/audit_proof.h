// Proofs of what this membership hands over, and the check of what others hand over to it. What
// they say: proto/waymark/audit/v1/proof.proto; why: docs/adr/0006.
//
//   audit::v1::DisclosureProof proof;
//   CommitFields(membership, content.fields(), note, proof);
//   WM_ASSIGN_OR_RETURN(*proof.mutable_log(),
//                       NoteAndProve(membership, view, note, now, decision.events));
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/map.h"
#include "libs/agreement/decision.h"
#include "libs/audit/verify.h"
#include "libs/runtime/decider.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/membership.h"
#include "waymark/audit/v1/proof.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::sharing {

// Adds the leaf to `events` and proves it in the log as the leaf will leave it, with a checkpoint
// signed for that size. The proof holds from the batch of this decision on and must leave the
// process only in the decision's own reply and records. `events` must hold every leaf of the
// decision so far: so not for an input that several rooms decide. Errors are of the store.
absl::StatusOr<audit::v1::LogProof> NoteAndProve(const Membership& membership,
                                                 const runtime::View& view, const AuditNote& note,
                                                 absl::Time at,
                                                 std::vector<runtime::Event>& events);

// Draws a salt for each field, puts the commitments into the note's facts and the openings into the
// proof.
void CommitFields(const Membership& membership,
                  const google::protobuf::Map<std::string, std::string>& fields, AuditNote& note,
                  audit::v1::DisclosureProof& proof);

// The other facts that a verifier of a hand-over looks for.
enum class Form { kFetched, kPushed };
void StateHandOver(const gateway::v1::ShareContent& content, Form form,
                   const agreement::Decision& decided, AuditNote& note);

// Only the openings of these fields.
audit::v1::DisclosureProof Reduced(const audit::v1::DisclosureProof& proof,
                                   const std::map<std::string, std::string>& fields);

// The public keys of every member's log and of every witness.
audit::TrustedKeys PartnershipKeys(const Membership& membership);

// That `origin` recorded this hand-over to this agency before it handed it over. PermissionDenied
// names the first thing that is wrong.
absl::Status CheckHandOver(const Membership& membership, const std::string& origin,
                           const gateway::v1::ShareContent& content,
                           const audit::v1::DisclosureProof& proof);

}  // namespace waymark::sharing
