#include "services/sharing/door/adapters/door_room.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/door/adapters/keys.h"
#include "services/sharing/door/adapters/publish_stream.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/stock.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::AssessmentTaken;
using gateway::v1::IncidentTaken;
using gateway::v1::StockTaken;

absl::Status Unreadable(const runtime::Event& event) {
  return absl::InternalError(absl::StrCat("the door cannot read an event of type ", event.type));
}

// Tells the room `duties` in the next batch that this agency holds somebody at HIGH.
void Nudge(const std::string& person_id, const std::string& incident_id,
           const common::v1::Assessment& assessment, gateway::v1::HighAssessed high, absl::Time now,
           runtime::Changes& changes) {
  high.set_person_id(person_id);
  high.set_incident_id(incident_id);
  *high.mutable_assessed_at() = assessment.made_at();
  high.set_band(common::v1::BAND_HIGH);
  high.set_assessment_id(assessment.assessment_id());
  high.set_instrument(assessment.instrument());
  changes.ArmTimer(
      absl::StrCat(std::string(kHighAssessed), "/", person_id, "/", assessment.assessment_id()),
      now, kHighAssessed, high.SerializeAsString());
}

absl::Status EvolveIncident(const Membership& membership, const runtime::Event& event,
                            absl::Time now, runtime::Changes& changes) {
  IncidentTaken taken;
  if (!taken.ParseFromString(event.payload)) return Unreadable(event);
  changes.Put(kReferences, taken.reference_key(), taken.reference().SerializeAsString());
  changes.Send(membership.Out(), kIncidentReported, taken.outbound().SerializeAsString());
  gateway::v1::HighAssessed high;
  high.set_category(taken.incident().category());
  *high.mutable_area() = taken.incident().area();
  for (const std::string& person_id : taken.high_person_ids()) {
    Nudge(person_id, taken.incident().incident_id(), taken.incident().assessment(), high, now,
          changes);
  }
  return absl::OkStatus();
}

absl::Status EvolveAssessment(const Membership& membership, const runtime::View& view,
                              const runtime::Event& event, absl::Time now,
                              runtime::Changes& changes) {
  AssessmentTaken taken;
  if (!taken.ParseFromString(event.payload)) return Unreadable(event);
  for (const gateway::v1::VictimAssessed& out : taken.outbound()) {
    changes.Send(membership.Out(), kVictimAssessed, out.SerializeAsString());
  }
  const std::optional<gateway::v1::StoredIncident> incident =
      vault::VaultView(membership, view).Incident(taken.incident_id());
  gateway::v1::HighAssessed high;
  if (incident) {
    high.set_category(incident->category());
    *high.mutable_area() = incident->area();
  }
  for (const std::string& person_id : taken.high_person_ids()) {
    Nudge(person_id, taken.incident_id(), taken.assessment().assessment().assessment(), high, now,
          changes);
  }
  return absl::OkStatus();
}

absl::Status EvolveStock(const Membership& membership, const runtime::Event& event,
                         runtime::Changes& changes) {
  StockTaken taken;
  if (!taken.ParseFromString(event.payload)) return Unreadable(event);
  for (const std::string& key : taken.entry_keys()) changes.Put(kStock, key, "");
  changes.Send(membership.Out(), kStockRegistered, taken.outbound().SerializeAsString());
  return absl::OkStatus();
}

// Their references are closed: what was erased is not taken in again.
absl::Status EvolveErasing(const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::PersonErasing erasing;
  if (!erasing.ParseFromString(event.payload)) return Unreadable(event);
  gateway::v1::StoredReference closed;
  closed.set_erased(true);
  for (const std::string& key : erasing.reference_keys()) {
    changes.Put(kReferences, key, closed.SerializeAsString());
  }
  return absl::OkStatus();
}

class DoorRoom : public Room {
 public:
  explicit DoorRoom(const std::map<std::string, CoreChannels>& core) : core_(core) {}

  std::string_view name() const override { return "door"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    return {std::string(kReferences), std::string(kStock)};
  }

  std::vector<std::string> Inputs() const override {
    return {std::string(kPublishIncident), std::string(kAssessVictim), std::string(kRegisterStock),
            std::string(kLookUp)};
  }

  std::vector<std::string> Events() const override {
    return {std::string(kIncidentTaken), std::string(kAssessmentTaken), std::string(kStockTaken),
            std::string(vault::kPersonErasing)};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kPublishIncident) {
      return DecidePublish(membership, view, input, sealer_, context);
    }
    if (input.type == kAssessVictim) return DecideAssessment(membership, view, input, context);
    if (input.type == kRegisterStock) return DecideStock(membership, view, input, context);
    return DecideLookUp(membership, view, input, sealer_, context);
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext& context,
                      runtime::Changes& changes) override {
    if (event.type == vault::kPersonErasing) return EvolveErasing(event, changes);
    if (event.type == kStockTaken) return EvolveStock(membership, event, changes);
    if (event.type == kAssessmentTaken) {
      return EvolveAssessment(membership, view, event, context.at, changes);
    }
    return EvolveIncident(membership, event, context.at, changes);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of four methods
    const rpc::Rule systems = OwnSystems(context.memberships);
    AddCommand<PublishIncidentRequest, PublishIncidentResponse>(
        table, std::string(kPublishIncident), systems, context);
    table.BidiStream<PublishIncidentsRequest, PublishIncidentsResponse>(
        std::string(kPublishIncidents), systems,
        [context](const rpc::CallContext& call, std::shared_ptr<PublishDuplex> stream) {
          ServePublishStream(context, call, std::move(stream));
        });
    AddCommand<AssessVictimRequest, AssessVictimResponse>(
        table, std::string(kAssessVictim), rpc::Rule(systems).WithPerson(CaseWorkers()), context);
    AddCommand<RegisterStockRequest, RegisterStockResponse>(table, std::string(kRegisterStock),
                                                            systems, context);
    table.Unary<LookUpRequest, LookUpResponse>(
        std::string(kLookUp), rpc::Rule(systems).WithPerson(CallWorkers()),
        [this, context](const rpc::CallContext& call, LookUpRequest request,
                        rpc::Reply<LookUpResponse> reply) {
          LookUp(context, call, std::move(request), std::move(reply));
        });
  }

 private:
  void LookUp(const MethodContext& context, const rpc::CallContext& call,
              gateway::v1::LookUpRequest request,
              rpc::Reply<gateway::v1::LookUpResponse> reply) const {
    const absl::StatusOr<const Membership*> membership =
        FindMembership(context.memberships, request.partnership());
    if (!membership.ok()) return reply(membership.status());
    const auto found = core_.find(request.partnership());
    CoreChannels core = found == core_.end() ? CoreChannels() : found->second;
    runtime_rpc::SubmitBytes(
        context.runtime, (*membership)->Shard(), call, request.partnership(),
        request.SerializeAsString(), runtime_rpc::Repeat::kRead,
        [context, reply, core = std::move(core), membership = *membership,
         purpose = request.purpose(),
         traceparent = call.traceparent](absl::StatusOr<std::string> bytes) {
          if (!bytes.ok()) return reply(bytes.status());
          gateway::v1::LookUpDecided decided;
          if (!decided.ParseFromString(*bytes)) {
            return reply(absl::InternalError("the answer of the vault cannot be read"));
          }
          AskPartners(
              *membership, core, context.clock, purpose, std::move(decided), traceparent,
              [reply](gateway::v1::LookUpResponse response) { reply(std::move(response)); });
        });
  }

  runtime_rpc::TokenSealer sealer_;
  const std::map<std::string, CoreChannels>& core_;
};

}  // namespace

std::unique_ptr<Room> MakeDoorRoom(const std::map<std::string, CoreChannels>& core) {
  return std::make_unique<DoorRoom>(core);
}

}  // namespace waymark::sharing::door
