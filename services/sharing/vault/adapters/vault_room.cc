#include "services/sharing/vault/adapters/vault_room.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/vault/adapters/destroy_keys.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/intake_key.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/reindex.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/person.pb.h"
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

absl::Status KeepPersons(const Membership& membership, const runtime::View& view,
                         const IncidentTaken& taken, runtime::Changes& changes) {
  if (taken.has_index_slot() && !IndexGenerations(view)) {
    const keyed_index::Generations first{taken.index_slot(), std::nullopt};
    changes.Put(kHead, kIndexKey, first.Encode());
    UseSlot(view, changes, taken.index_slot());
  }
  WM_ASSIGN_OR_RETURN(keyed_index::KeyedIndex index, LoadIndex(membership, view));
  for (const gateway::v1::PersonKept& kept : taken.persons()) {
    changes.Put(kPersons, PersonPrefix(kept.person_id()), kept.person().SerializeAsString());
    for (const std::string& token : kept.tokens()) index.Put(changes, token, kept.person_id());
    UseSlot(view, changes, kept.person().key_slot());
  }
  return absl::OkStatus();
}

void KeepIncident(const runtime::View& view, const std::optional<StoredIncident>& before,
                  const StoredIncident& incident, absl::Time now, runtime::Changes& changes) {
  if (before) {
    // Its words lay under a key of its own while it had no party.
    if (before->private_owner() == before->incident_id() &&
        incident.private_owner() != before->private_owner()) {
      gateway::v1::KeysToDestroy own;
      own.add_slots(before->private_part().key_slot());
      DestroyKeys(own, now, changes);
    }
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

absl::Status EvolveIncident(const Membership& membership, const runtime::View& view,
                            const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  IncidentTaken taken;
  if (!taken.ParseFromString(event.payload)) return Unreadable(event);
  const std::optional<StoredIncident> before =
      VaultView(membership, view).Incident(taken.incident().incident_id());
  WM_RETURN_IF_ERROR(KeepPersons(membership, view, taken, changes));
  KeepIncident(view, before, taken.incident(), now, changes);
  if (taken.has_assessment()) KeepAssessment(taken.assessment(), changes);
  return absl::OkStatus();
}

// A pushed share lies under a slot of its own. The room disclosure has it destroyed when the share
// stands no longer; here it is recorded, so that it is done at start too.
absl::Status EvolveReceived(const Membership& membership, const runtime::View& view,
                            const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  gateway::v1::ShareReceived received;
  if (!received.ParseFromString(event.payload)) return Unreadable(event);
  if (received.share().has_pushed()) {
    UseSlot(view, changes, received.share().pushed().key_slot());
  }
  const std::string& state = received.share().state();
  if (state == "notified" || state == "pushed") return absl::OkStatus();
  const auto before =
      disclosure::DisclosureView(membership, view).Received(received.share().share_id());
  if (!before || !before->has_pushed()) return absl::OkStatus();
  RecordErased(before->pushed().key_slot(), now, changes);
  return absl::OkStatus();
}

absl::Status EvolveErasure(const Membership& membership, const runtime::View& view,
                           const runtime::Event& event, absl::Time now, runtime::Changes& changes) {
  if (event.type == kPersonErasing) {
    gateway::v1::PersonErasing erasing;
    WM_RETURN_IF_ERROR(ReadEvent(event, erasing));
    return EvolveErasing(membership, view, erasing, now, changes);
  }
  if (event.type == gateway::v1::TokensReindexed::descriptor()->full_name()) {
    gateway::v1::TokensReindexed step;
    WM_RETURN_IF_ERROR(ReadEvent(event, step));
    return EvolveReindexed(membership, view, step, now, changes);
  }
  if (event.type == gateway::v1::PersonKeysDestroyed::descriptor()->full_name()) {
    gateway::v1::PersonKeysDestroyed done;
    WM_RETURN_IF_ERROR(ReadEvent(event, done));
    EvolveKeysDestroyed(view, done, changes);
    return absl::OkStatus();
  }
  if (event.type == gateway::v1::KeyFileRewritten::descriptor()->full_name()) {
    gateway::v1::KeyFileRewritten done;
    WM_RETURN_IF_ERROR(ReadEvent(event, done));
    EvolveRewritten(view, done, now, changes);
    return absl::OkStatus();
  }
  if (event.type == gateway::v1::IntakeKeyAsked::descriptor()->full_name()) {
    return EvolveIntakeKeyAsked(event, now, changes);
  }
  if (event.type == gateway::v1::SealingKeyAdopted::descriptor()->full_name()) {
    return EvolveIntakeKeyAdopted(membership, event, changes);
  }
  gateway::v1::ErasedSlotsKnown known;
  WM_RETURN_IF_ERROR(ReadEvent(event, known));
  for (const uint64_t slot : known.slots()) changes.Put(kErasedSlots, BigEndian64(slot), "");
  return absl::OkStatus();
}

class VaultRoom : public Room {
 public:
  std::string_view name() const override { return "vault"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    std::vector<std::string> all;
    for (const std::string_view family :
         {kPersons, kTokens, kIncidents, kParts, kAssessments, kErasures, kErasedSlots, kHead}) {
      all.emplace_back(family);
    }
    std::vector<std::string> log = AuditColumnFamilies();
    std::move(log.begin(), log.end(), std::back_inserter(all));
    return all;
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all;
    for (const std::string_view type :
         {kErasePerson, kListErasures, kReconcile, kRound, kReindex, kDestroyKeys, kRewriteKeys,
          kWatchIntakeKey, kIntakeKeyDue, kAskIntakeKey}) {
      all.emplace_back(type);
    }
    for (const std::string_view effect : {kDestroyKeys, kRewriteKeys, kAskIntakeKey}) {
      all.push_back(absl::StrCat(ToAbsl(effect), ".failed"));
    }
    return all;
  }

  std::vector<std::string> Events() const override {
    return {std::string(door::kIncidentTaken),
            std::string(door::kAssessmentTaken),
            std::string(kAuditNoted),
            gateway::v1::ShareReceived::descriptor()->full_name(),
            std::string(kPersonErasing),
            gateway::v1::PersonKeysDestroyed::descriptor()->full_name(),
            gateway::v1::TokensReindexed::descriptor()->full_name(),
            gateway::v1::KeyFileRewritten::descriptor()->full_name(),
            gateway::v1::ErasedSlotsKnown::descriptor()->full_name(),
            gateway::v1::IntakeKeyAsked::descriptor()->full_name(),
            gateway::v1::SealingKeyAdopted::descriptor()->full_name()};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    const absl::Time now = context.now();
    if (input.type == kErasePerson) return DecideErase(membership, view, input, context);
    if (input.type == kListErasures) return DecideListErasures(membership, view);
    if (input.type == kReconcile) return DecideReconcile(membership, view, input, now);
    if (input.type == kRound || input.type == kReindex) {
      return DecideReindex(membership, view, input.type == kRound, /*from_nothing=*/false, now);
    }
    if (input.type == kDestroyKeys) return DecideKeysDestroyed(membership, view, input, now);
    if (input.type == kRewriteKeys) return DecideRewritten(membership, input, now);
    if (input.type == kWatchIntakeKey || input.type == kIntakeKeyDue) {
      return DecideAskIntakeKey();
    }
    if (input.type == kAskIntakeKey) return DecideIntakeKey(membership, view, input, now);
    // An effect that came to its dead end: the operator has the alarm, and at the next start it is
    // done before anything is served.
    return runtime::Decision{};
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext& context,
                      runtime::Changes& changes) override {
    if (event.type == kAuditNoted) return AppendAudit(membership, view, event, changes);
    if (event.type == gateway::v1::ShareReceived::descriptor()->full_name()) {
      return EvolveReceived(membership, view, event, context.at, changes);
    }
    if (event.type == door::kIncidentTaken) {
      return EvolveIncident(membership, view, event, context.at, changes);
    }
    if (event.type == door::kAssessmentTaken) {
      gateway::v1::AssessmentTaken taken;
      if (!taken.ParseFromString(event.payload)) return Unreadable(event);
      KeepAssessment(taken.assessment(), changes);
      return absl::OkStatus();
    }
    return EvolveErasure(membership, view, event, context.at, changes);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of two methods
    const rpc::Rule leads = OwnSystems(context.memberships).WithPerson({"data_protection_lead"});
    AddCommand<ErasePersonRequest, ErasePersonResponse>(table, std::string(kErasePerson), leads,
                                                        context);
    AddCommand<ListErasuresRequest, ListErasuresResponse>(table, std::string(kListErasures), leads,
                                                          context, runtime_rpc::Repeat::kRead);
  }
};

}  // namespace

std::unique_ptr<Room> MakeVaultRoom() { return std::make_unique<VaultRoom>(); }

}  // namespace waymark::sharing::vault
