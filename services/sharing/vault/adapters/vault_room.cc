#include "services/sharing/vault/adapters/vault_room.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/status.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::AssessmentKept;
using gateway::v1::IncidentTaken;
using gateway::v1::StoredIncident;

void UseSlot(const runtime::View& view, runtime::Changes& changes, uint64_t slot) {
  if (slot >= SlotsInUse(view)) changes.Put(kHead, kSlotsKey, BigEndian64(slot + 1));
}

void KeepAssessment(const AssessmentKept& kept, runtime::Changes& changes) {
  const common::v1::Assessment& assessment = kept.assessment().assessment();
  for (const std::string& person_id : kept.person_ids()) {
    changes.Put(kAssessments,
                TimedKey(person_id, FromProto(assessment.made_at()), assessment.assessment_id()),
                kept.assessment().SerializeAsString());
  }
}

void KeepPersons(const runtime::View& view, const IncidentTaken& taken, runtime::Changes& changes) {
  for (const gateway::v1::PersonKept& kept : taken.persons()) {
    changes.Put(kPersons, PersonPrefix(kept.person_id()), kept.person().SerializeAsString());
    for (const std::string& token : kept.person().tokens()) {
      changes.Put(kTokens, TokenKey(token, kept.person_id()), "");
    }
    UseSlot(view, changes, kept.person().key_slot());
  }
}

void KeepIncident(const runtime::View& view, const std::optional<StoredIncident>& before,
                  const StoredIncident& incident, runtime::Changes& changes) {
  if (before) {
    const absl::Time was_reported = FromProto(before->reported_at());
    for (const gateway::v1::ReportedParty& party : before->parties()) {
      changes.Delete(kParts, TimedKey(party.person_id(), was_reported, before->incident_id()));
    }
  }
  for (const gateway::v1::ReportedParty& party : incident.parties()) {
    gateway::v1::StoredPart part;
    *part.mutable_roles() = party.roles();
    changes.Put(
        kParts,
        TimedKey(party.person_id(), FromProto(incident.reported_at()), incident.incident_id()),
        part.SerializeAsString());
  }
  changes.Put(kIncidents, PersonPrefix(incident.incident_id()), incident.SerializeAsString());
  UseSlot(view, changes, incident.private_part().key_slot());
}

absl::Status Unreadable(const runtime::Event& event) {
  return absl::InternalError("the vault cannot read an event of type " + event.type);
}

class VaultRoom : public Room {
 public:
  std::string_view name() const override { return "vault"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    std::vector<std::string> all;
    for (const std::string_view family :
         {kPersons, kTokens, kIncidents, kParts, kAssessments, kHead}) {
      all.emplace_back(family);
    }
    std::vector<std::string> log = AuditColumnFamilies();
    std::move(log.begin(), log.end(), std::back_inserter(all));
    return all;
  }

  std::vector<std::string> Inputs() const override { return {}; }

  std::vector<std::string> Events() const override {
    return {std::string(door::kIncidentTaken), std::string(door::kAssessmentTaken),
            std::string(kAuditNoted), gateway::v1::ShareReceived::descriptor()->full_name()};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership&, const runtime::View&,
                                           const runtime::Input& input,
                                           runtime::Context&) override {
    return absl::InvalidArgumentError("the vault takes no input of type " + input.type);
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext&,
                      runtime::Changes& changes) override {
    if (event.type == kAuditNoted) return AppendAudit(membership, view, event, changes);
    if (event.type == gateway::v1::ShareReceived::descriptor()->full_name()) {
      gateway::v1::ShareReceived received;
      if (!received.ParseFromString(event.payload)) return Unreadable(event);
      // A pushed share lies under a slot of its own.
      if (received.share().has_pushed()) {
        UseSlot(view, changes, received.share().pushed().key_slot());
      }
      return absl::OkStatus();
    }
    if (event.type == door::kAssessmentTaken) {
      gateway::v1::AssessmentTaken taken;
      if (!taken.ParseFromString(event.payload)) return Unreadable(event);
      KeepAssessment(taken.assessment(), changes);
      return absl::OkStatus();
    }
    IncidentTaken taken;
    if (!taken.ParseFromString(event.payload)) return Unreadable(event);
    const std::optional<StoredIncident> before =
        VaultView(membership, view).Incident(taken.incident().incident_id());
    KeepPersons(view, taken, changes);
    KeepIncident(view, before, taken.incident(), changes);
    if (taken.has_assessment()) KeepAssessment(taken.assessment(), changes);
    return absl::OkStatus();
  }

  void AddMethods(const MethodContext&, rpc::MethodTable&) override {}
};

}  // namespace

std::unique_ptr<Room> MakeVaultRoom() { return std::make_unique<VaultRoom>(); }

}  // namespace waymark::sharing::vault
