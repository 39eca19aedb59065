#include "services/sharing/duties/adapters/leaf.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"
#include "libs/rpc/errors.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::duties {
namespace {

absl::Status SealReason(const Membership& membership, const runtime::View& view,
                        const std::string& id, const Case* one, const std::string& reason,
                        AuditNote& note) {
  const vault::VaultView vault(membership, view);
  const std::string owner = one == nullptr || one->persons.empty() ? "" : one->persons.front();
  const std::optional<gateway::v1::StoredPerson> person =
      owner.empty() ? std::nullopt : vault.Person(owner);
  if (!person || !membership.person_keys->Key(person->key_slot()).ok()) {
    note.sealed_reason = crypto::AeadSeal(vault::LocalKey(membership, "reasons"),
                                          LengthPrefixed({"waymark-case-reason-v1", id}), reason,
                                          *membership.random);
    return absl::OkStatus();
  }
  WM_ASSIGN_OR_RETURN(gateway::v1::Sealed sealed,
                      vault::Seal(membership, {owner, vault::SealedField::kReasons, id, 1},
                                  person->key_slot(), reason));
  note.sealed_reason = std::move(*sealed.mutable_sealed());
  note.reason_key_of = owner;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<runtime::Event> Leaf(const Membership& membership, const runtime::View& view,
                                    runtime::Context& context, AuditNote note, const Case* one,
                                    const std::string& reason) {
  if (one != nullptr) {
    note.about = {one->id};
    note.about.insert(note.about.end(), one->persons.begin(), one->persons.end());
  }
  if (!reason.empty()) {
    const std::string id = context.NewId("reason");
    note.facts["reason"] = id;
    WM_RETURN_IF_ERROR(SealReason(membership, view, id, one, reason, note));
  }
  return NoteAudit(membership, note, context.now());
}

absl::Status Refusal(const std::vector<Problem>& problems) {
  static const auto* const kStanding =
      new std::set<std::string, std::less<>>{"case_closed", "profile_exists", "not_lead_agency",
                                             "not_called",  "already_held",   "not_registered"};
  absl::StatusCode code = absl::StatusCode::kFailedPrecondition;
  for (const Problem& problem : problems) {
    if (kStanding->count(problem.code) > 0) continue;
    code = absl::StatusCode::kInvalidArgument;
  }
  if (problems.size() == 1 && problems.front().code == "unknown_case") {
    code = absl::StatusCode::kNotFound;
  }
  return rpc::ProblemStatus(code, problems);
}

absl::Status CheckCaller(const Membership& membership, const common::v1::Caller& caller) {
  if (caller.agency() == membership.agency) return absl::OkStatus();
  return rpc::ProblemStatus(
      absl::StatusCode::kPermissionDenied,
      {{"wrong_agency", "", "a caller of this gateway's own agency", "use the own gateway"}});
}

}  // namespace waymark::sharing::duties
