#include "services/sharing/audit/adapters/audit_room.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/audit/adapters/calls.h"
#include "services/sharing/audit/adapters/findings.h"
#include "services/sharing/audit/adapters/keys.h"
#include "services/sharing/audit/adapters/own_log.h"
#include "services/sharing/audit/adapters/witness.h"

namespace waymark::sharing::audit_room {
namespace {

// Messages of checkpoint.proto and checkpoint_kept.proto.
std::string Name(std::string_view message) {
  return absl::StrCat("waymark.gateway.v1.", ToAbsl(message));
}

class AuditRoom : public Room {
 public:
  std::string_view name() const override { return "audit"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    std::vector<std::string> all;
    for (const std::string_view family : {kOwn, kCosigned, kSeen, kHeads, kUntied, kFindings}) {
      all.emplace_back(family);
    }
    return all;
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all = {Name("CheckpointPublished"), Name("CheckpointCosigned"),
                                    Name("AuditFindingTold")};
    for (const std::string_view type : {kPublish, kSelfAudit, kSilence, kTie, kStart, kShowLog,
                                        kProveConsistency, kAlarm, kProve, kProveHeard}) {
      all.emplace_back(type);
    }
    for (const std::string_view effect : {kAlarm, kProve, kProveHeard}) {
      all.push_back(absl::StrCat(ToAbsl(effect), ".failed"));
    }
    return all;
  }

  std::vector<std::string> Events() const override {
    std::vector<std::string> all = {std::string(kAuditNoted)};
    for (const std::string_view message :
         {"AuditStarted", "CheckpointMade", "CosignatureTaken", "HeadAccepted", "ProofAsked",
          "HeadHeard", "HeadsTied", "AuditFound", "SilenceAwaited", "SelfAudited"}) {
      all.push_back(Name(message));
    }
    return all;
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    const absl::Time now = context.now();
    if (input.type == Name("CheckpointPublished")) {
      return DecidePublished(membership, view, input, now);
    }
    if (input.type == Name("CheckpointCosigned")) {
      return DecideCosigned(membership, view, input, now);
    }
    if (input.type == Name("AuditFindingTold")) return DecideTold(membership, view, input);
    if (input.type == kPublish) return DecidePublish(membership, view, now);
    if (input.type == kSelfAudit) return DecideSelfAudit(membership, view, now);
    if (input.type == kSilence) return DecideSilence(membership, view, input, context);
    if (input.type == kTie) return DecideTie(membership, view, input, now);
    if (input.type == kStart) return DecideStart(membership, view, input);
    if (input.type == kShowLog) return DecideShowLog(membership, view, input);
    if (input.type == kProveConsistency) return DecideProveConsistency(membership, view, input);
    if (input.type == kProve) return DecideProved(membership, view, input, now);
    if (input.type == kProveHeard) return DecideProvedHeard(membership, view, input, now);
    // An alarm was raised, or an owner did not answer for a day: its silence is found by the clock.
    return runtime::Decision();
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext& context,
                      runtime::Changes& changes) override {
    const absl::Time now = context.at;
    if (event.type == kAuditNoted) return EvolveGrew(view, now, changes);
    if (event.type == Name("AuditStarted")) return EvolveStarted(membership, view, now, changes);
    if (event.type == Name("CheckpointMade")) return EvolveMade(membership, event, now, changes);
    if (event.type == Name("CosignatureTaken")) return EvolveCosignature(event, changes);
    if (event.type == Name("HeadAccepted")) {
      return EvolveAccepted(membership, view, event, now, changes);
    }
    if (event.type == Name("ProofAsked")) return EvolveAsked(view, event, changes);
    if (event.type == Name("HeadHeard")) return EvolveHeard(view, event, now, changes);
    if (event.type == Name("HeadsTied")) return EvolveTied(event, changes);
    if (event.type == Name("AuditFound")) return EvolveFound(membership, view, event, changes);
    if (event.type == Name("SilenceAwaited")) return EvolveSilenceAwaited(event, changes);
    return EvolveSelfAudited(event, changes);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of two methods
    AddCommand<ShowLogRequest, ShowLogResponse>(
        table, std::string(kShowLog),
        OwnSystems(context.memberships).WithPerson({"data_protection_lead", "auditor"}), context,
        runtime_rpc::Repeat::kRead);
    AddCommand<ProveConsistencyRequest, ProveConsistencyResponse>(
        table, std::string(kProveConsistency), rpc::Rule::Gateways(), context,
        runtime_rpc::Repeat::kRead);
  }
};

}  // namespace

std::unique_ptr<Room> MakeAuditRoom() { return std::make_unique<AuditRoom>(); }

}  // namespace waymark::sharing::audit_room
