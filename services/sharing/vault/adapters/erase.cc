#include "services/sharing/vault/adapters/erase.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/vault/adapters/destroy_keys.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/reindex.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "services/sharing/vault/domain/erasure.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::ErasePersonRequest;
using gateway::v1::ErasePersonResponse;
using gateway::v1::KeysToDestroy;
using gateway::v1::PersonErasing;
using gateway::v1::StoredErasure;
using gateway::v1::StoredIncident;

// Of an erasure that only an old copy of the store did not know of.
constexpr char kRestored[] = "restored";

// The incident without the person: what it says of them, coded as it is, goes too.
StoredIncident Without(StoredIncident incident, const std::string& person_id) {
  const std::vector<std::string> assessed = VaultView::AssessedIn(incident);
  const bool about_them = std::find(assessed.begin(), assessed.end(), person_id) != assessed.end();
  auto& parties = *incident.mutable_parties();
  parties.erase(std::remove_if(parties.begin(), parties.end(),
                               [&](const auto& party) { return party.person_id() == person_id; }),
                parties.end());
  for (std::string& place : *incident.mutable_places()) {
    if (place == person_id) place.clear();
  }
  if (incident.private_owner() == person_id) {
    incident.clear_private_owner();
    incident.clear_private_part();
  }
  if (about_them) {
    incident.clear_assessment();
    incident.clear_grading();
    incident.clear_answers();
    incident.clear_officer_band();
    incident.clear_safeguarding();
  }
  return incident;
}

absl::StatusOr<PersonErasing> Erasing(const Membership& membership, const runtime::View& view,
                                      const std::string& person_id, const std::string& ground,
                                      absl::Time now) {
  const VaultView vault(membership, view);
  PersonErasing erasing;
  gateway::v1::Erasure& erasure = *erasing.mutable_stored()->mutable_erasure();
  erasure.set_person_id(person_id);
  erasure.set_ground(ground);
  *erasure.mutable_ordered_at() = ToProto(now);
  *erasure.mutable_complete_by() = ToProto(now + kErasureCompleteWithin);
  erasing.mutable_stored()->add_key_slots(vault.Person(person_id)->key_slot());
  for (const Part& part : vault.PartsOf(person_id)) {
    std::optional<StoredIncident> before = vault.Incident(part.incident_id);
    if (!before) continue;
    if (!before->reference_key().empty()) erasing.add_reference_keys(before->reference_key());
    StoredIncident after = Without(*before, person_id);
    if (after.parties().empty()) {
      erasing.add_incidents_gone(after.incident_id());
    } else {
      *erasing.add_incidents() = std::move(after);
    }
    *erasing.add_incidents_before() = *std::move(before);
  }
  absl::StatusOr<std::vector<std::string>> tokens = vault.OpenTokens(person_id);
  if (!tokens.ok() && !absl::IsNotFound(tokens.status())) return tokens.status();
  if (tokens.ok()) {
    for (std::string& token : *tokens) erasing.add_tokens(std::move(token));
  }
  erasing.mutable_outbound()->set_person_id(person_id);
  erasing.mutable_outbound()->set_partnership(membership.partnership);
  return erasing;
}

// The leaf comes after the event: there is nobody any more under whose key it could be sealed, and
// that an erasure happened is to stay provable.
void Erase(const Membership& membership, const common::v1::Caller& caller,
           const PersonErasing& erasing, absl::Time now, runtime::Decision& decision) {
  decision.events.push_back(MakeEvent(erasing));
  AuditNote note;
  note.what = "person_erased";
  note.caller = caller;
  note.about = {erasing.stored().erasure().person_id()};
  note.facts = {{"ground", erasing.stored().erasure().ground()},
                {"incidents", absl::StrCat(erasing.incidents_before_size())}};
  decision.events.push_back(NoteAudit(membership, note, now));
}

std::string ReplyWith(const Membership& membership, const runtime::View& view,
                      const StoredErasure& stored) {
  ErasePersonResponse response;
  *response.mutable_erasure() = stored.erasure();
  for (const std::string& agency :
       disclosure::DisclosureView(membership, view).CopiesOfPerson(stored.erasure().person_id())) {
    response.add_copies_outstanding(agency);
  }
  return response.SerializeAsString();
}

std::string PersonIn(const VaultView& vault, const ErasePersonRequest& request) {
  if (!request.person_id().empty()) return request.person_id();
  const std::optional<StoredIncident> incident =
      vault.IncidentByReference(request.source_reference());
  const int place = static_cast<int>(request.party());
  if (!incident || request.party() >= static_cast<uint32_t>(incident->places_size())) return "";
  return incident->places(place);
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideErase(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ErasePersonRequest>(input));
  const ErasePersonRequest& request = command.request;
  const std::vector<Problem> problems =
      CheckErasure({request.source_reference(), request.person_id(), request.ground()});
  if (!problems.empty()) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems));
  }
  const VaultView vault(membership, view);
  const std::string person_id = PersonIn(vault, request);
  runtime::Decision decision;
  if (const std::optional<StoredErasure> before = vault.Erasure(person_id)) {
    decision.reply = ReplyWith(membership, view, *before);
    return decision;
  }
  if (!vault.Person(person_id)) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        absl::StatusCode::kNotFound,
        {{"unknown_person", request.person_id().empty() ? "source_reference" : "person_id",
          "a person whom this gateway holds",
          "look at the reference and the place; an erased person is found by id only"}}));
  }
  WM_ASSIGN_OR_RETURN(const PersonErasing erasing,
                      Erasing(membership, view, person_id, request.ground(), context.now()));
  Erase(membership, command.caller, erasing, context.now(), decision);
  decision.reply = ReplyWith(membership, view, erasing.stored());
  return decision;
}

absl::StatusOr<runtime::Decision> DecideListErasures(const Membership& membership,
                                                     const runtime::View& view) {
  gateway::v1::ListErasuresResponse response;
  for (StoredErasure& one : VaultView(membership, view).Erasures()) {
    *response.add_erasures() = std::move(*one.mutable_erasure());
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideReconcile(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now) {
  gateway::v1::ReconcileErasures asked;
  if (!asked.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a list of erased slots that cannot be read");
  }
  const std::set<uint64_t> erased(asked.erased_slots().begin(), asked.erased_slots().end());
  std::vector<std::string> persons;
  view.Scan(kPersons, "", "", [&](std::string_view key, std::string_view value) {
    if (erased.count(ParsedRow<gateway::v1::StoredPerson>(value).key_slot()) == 0) return true;
    const absl::StatusOr<std::string> id = KeyReader(key).Text();
    WM_CHECK(id.ok(), "a key of the vault has another layout");
    persons.push_back(*id);
    return true;
  });
  runtime::Decision decision;
  for (const std::string& person_id : persons) {
    WM_ASSIGN_OR_RETURN(const PersonErasing erasing,
                        Erasing(membership, view, person_id, kRestored, now));
    Erase(membership, {}, erasing, now, decision);
  }
  const auto index = IndexGenerations(view);
  if (index && erased.count(index->current) != 0) {
    WM_ASSIGN_OR_RETURN(runtime::Decision again, DecideReindex(membership, view, /*begin=*/true,
                                                               /*from_nothing=*/true, now));
    for (runtime::Event& event : again.events) decision.events.push_back(std::move(event));
  }
  gateway::v1::ErasedSlotsKnown known;
  for (const uint64_t slot : erased) known.add_slots(slot);
  decision.events.push_back(MakeEvent(known));
  return decision;
}

absl::Status EvolveErasing(const Membership& membership, const runtime::View& view,
                           const PersonErasing& erasing, absl::Time now,
                           runtime::Changes& changes) {
  const std::string& person_id = erasing.stored().erasure().person_id();
  for (const StoredIncident& before : erasing.incidents_before()) {
    changes.Delete(kParts,
                   TimedKey(person_id, FromProto(before.reported_at()), before.incident_id()));
  }
  for (const StoredIncident& after : erasing.incidents()) {
    changes.Put(kIncidents, PersonPrefix(after.incident_id()), after.SerializeAsString());
  }
  for (const std::string& gone : erasing.incidents_gone()) {
    changes.Delete(kIncidents, PersonPrefix(gone));
  }
  const std::string prefix = PersonPrefix(person_id);
  std::vector<std::string> assessments;
  view.Scan(kAssessments, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    assessments.emplace_back(key);
    return true;
  });
  for (const std::string& key : assessments) changes.Delete(kAssessments, key);
  WM_ASSIGN_OR_RETURN(keyed_index::KeyedIndex index, LoadIndex(membership, view));
  for (const std::string& token : erasing.tokens()) index.Delete(changes, token, person_id);
  changes.Delete(kPersons, prefix);
  changes.Put(kErasures, prefix, erasing.stored().SerializeAsString());
  KeysToDestroy keys;
  *keys.mutable_slots() = erasing.stored().key_slots();
  keys.set_person_id(person_id);
  DestroyKeys(keys, now, changes);
  changes.Send(membership.Out(), kPersonErased, erasing.outbound().SerializeAsString());
  return absl::OkStatus();
}

}  // namespace waymark::sharing::vault
