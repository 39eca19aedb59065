// Work on a case by a named person.
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/duties/adapters/codec.h"
#include "services/sharing/duties/adapters/decisions.h"
#include "services/sharing/duties/adapters/duties_view.h"
#include "services/sharing/duties/adapters/facts.h"
#include "services/sharing/duties/adapters/leaf.h"
#include "services/sharing/duties/adapters/screen.h"
#include "services/sharing/duties/domain/identity.h"
#include "services/sharing/duties/domain/work_on_case.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {
namespace {

constexpr char kPurpose[] = "case_management";
// Who signs a closure where the pack names no role for it.
constexpr char kAnySupervisor[] = "supervisor";

// One command being decided.
struct Desk {
  const Membership& membership;
  const runtime::View& view;
  runtime::Context& context;
  Docket& docket;
};

template <class Repeated>
std::vector<std::string> List(const Repeated& repeated) {
  return {repeated.begin(), repeated.end()};
}

std::optional<absl::Time> Given(bool has, const google::protobuf::Timestamp& at) {
  return has ? std::optional<absl::Time>(sharing::FromProto(at)) : std::nullopt;
}

absl::StatusOr<runtime::Decision> Decided(Desk& desk, const std::string& case_id, AuditNote note,
                                          const std::string& reason, std::string reply) {
  runtime::Decision decision;
  decision.events = EventsOf(desk.membership, desk.docket, desk.context);
  note.purpose = kPurpose;
  WM_ASSIGN_OR_RETURN(runtime::Event leaf,
                      Leaf(desk.membership, desk.view, desk.context, std::move(note),
                           desk.docket.Find(case_id), reason));
  decision.events.push_back(std::move(leaf));
  decision.reply = std::move(reply);
  return decision;
}

void PutDischarged(const Desk& desk, const Done& done, gateway::v1::Clock* clock) {
  const Case* one = desk.docket.Find(done.case_id);
  *clock = ClockOf(*one, *done.discharged, desk.context.now());
}

absl::StatusOr<runtime::Decision> CreateProfile(Desk& desk, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::CreateProfileRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(desk.membership, command.caller));
  const gateway::v1::CreateProfileRequest& request = command.request;
  IdentityAnswer identity;
  if (const Case* one = desk.docket.Find(request.case_id())) {
    const absl::Time now = desk.context.now();
    identity =
        MayEnterIdentity(*desk.membership.agreements,
                         {desk.membership.partnership, desk.membership.agency, one->interested,
                          one->band, FactsOf(desk.membership, desk.view, *one), now});
  }
  Profile profile;
  profile.risks = List(request.risks());
  profile.support = List(request.support());
  profile.update_interval_days = request.update_interval_days();
  profile.contact_preferences = List(request.contact_preferences());
  profile.identity_entered = identity.entered;
  const Done done = DecideCreateProfile(desk.docket, request.case_id(), std::move(profile));
  if (!done.problems.empty()) return runtime::Decision::Refuse(Refusal(done.problems));
  gateway::v1::CreateProfileResponse response;
  *response.mutable_created_at() = sharing::ToProto(desk.context.now());
  if (done.discharged) PutDischarged(desk, done, response.mutable_discharged());
  response.set_identity_entered(identity.entered);
  response.set_identity_withheld_because(identity.withheld_because);
  AuditNote note{"create_profile", command.caller, {}, "", "", "", {}};
  note.facts["identity_entered"] = identity.entered ? "true" : "false";
  return Decided(desk, done.case_id, std::move(note), "", response.SerializeAsString());
}

absl::StatusOr<runtime::Decision> CallConference(Desk& desk, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::CallConferenceRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(desk.membership, command.caller));
  const gateway::v1::CallConferenceRequest& request = command.request;
  const Done done = DecideCallConference(
      desk.docket, {request.case_id(), Given(request.has_scheduled_for(), request.scheduled_for()),
                    List(request.invited())});
  if (!done.problems.empty()) return runtime::Decision::Refuse(Refusal(done.problems));
  gateway::v1::CallConferenceResponse response;
  *response.mutable_scheduled_for() = request.scheduled_for();
  for (const std::string& agency : done.agencies) response.add_invited(agency);
  if (done.discharged) PutDischarged(desk, done, response.mutable_discharged());
  AuditNote note{"call_conference", command.caller, {}, "", "", "", {}};
  return Decided(desk, done.case_id, std::move(note), "", response.SerializeAsString());
}

absl::StatusOr<runtime::Decision> HoldConference(Desk& desk, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::HoldConferenceRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(desk.membership, command.caller));
  const gateway::v1::HoldConferenceRequest& request = command.request;
  const Done done = DecideHoldConference(
      desk.docket, {request.case_id(), Given(request.has_held_at(), request.held_at()),
                    List(request.attended()), request.chair_role()});
  if (!done.problems.empty()) return runtime::Decision::Refuse(Refusal(done.problems));
  gateway::v1::HoldConferenceResponse response;
  if (done.discharged) PutDischarged(desk, done, response.mutable_discharged());
  for (const std::string& agency : done.agencies) response.add_absent(agency);
  AuditNote note{"hold_conference", command.caller, {}, "", "", "", {}};
  note.facts["chair_role"] = request.chair_role();
  return Decided(desk, done.case_id, std::move(note), "", response.SerializeAsString());
}

// The reply is the request to the register, which decides.
absl::StatusOr<runtime::Decision> CloseCase(Desk& desk, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::CloseCaseRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(desk.membership, command.caller));
  const gateway::v1::CloseCaseRequest& request = command.request;
  Done done = CheckClose(desk.docket, {request.case_id(), command.caller.person_subject(),
                                       request.supervisor(), !request.reason().empty()});
  const Case* one = desk.docket.Find(request.case_id());
  if (one != nullptr && one->provisional) {
    done.problems.push_back({"not_registered", "case_id", "a case that the register knows",
                             "close it once the partnership can be reached"});
  }
  if (!done.problems.empty()) return runtime::Decision::Refuse(Refusal(done.problems));
  const std::string& role = desk.membership.pack->supervision.role;
  casemgr::v1::CloseCaseRequest asked;
  asked.set_partnership(desk.membership.partnership);
  asked.set_case_id(done.case_id);
  if (request.has_victim_told_at()) *asked.mutable_victim_told_at() = request.victim_told_at();
  asked.set_asked_by_role(command.caller.person_role());
  asked.set_supervisor_role(role.empty() ? kAnySupervisor : role);
  AuditNote note{"close_case", command.caller, {}, "", "", "", {}};
  note.facts["supervisor"] = request.supervisor();
  return Decided(desk, done.case_id, std::move(note), request.reason(), asked.SerializeAsString());
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideWork(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  const DutiesView kept(view);
  const Setting setting = SettingOf(membership, context);
  Docket docket(kept, setting);
  Desk desk{membership, view, context, docket};
  if (input.type == kCreateProfile) return CreateProfile(desk, input);
  if (input.type == kCallConference) return CallConference(desk, input);
  if (input.type == kHoldConference) return HoldConference(desk, input);
  return CloseCase(desk, input);
}

}  // namespace waymark::sharing::duties
