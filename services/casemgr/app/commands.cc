// The RPCs of CaseRegisterService, and what each answers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/casemgr/adapters/answers.h"
#include "services/casemgr/adapters/words.h"
#include "services/casemgr/app/casemgr_app.h"
#include "services/casemgr/domain/call_card.h"
#include "services/casemgr/domain/close_case.h"
#include "waymark/casemgr/v1/casemgr.pb.h"

namespace waymark::casemgr {
namespace {

using runtime::Decision;
using runtime::Input;
using runtime_rpc::Repeat;

constexpr char kCallCard[] = "/waymark.casemgr.v1.CaseRegisterService/CallCard";
constexpr char kGetCase[] = "/waymark.casemgr.v1.CaseRegisterService/GetCase";
constexpr char kListCases[] = "/waymark.casemgr.v1.CaseRegisterService/ListCases";
constexpr char kListObligations[] = "/waymark.casemgr.v1.CaseRegisterService/ListObligations";
constexpr char kCloseCase[] = "/waymark.casemgr.v1.CaseRegisterService/CloseCase";

// A system of the agreements: a gateway that asks for itself, without a person.
constexpr char kGatewayRole[] = "gateway";
constexpr int kSubjectsMax = 32;

absl::Status NoSuchCase() {
  return rpc::ProblemStatus(absl::StatusCode::kNotFound,
                            {{"unknown_case", "case_id", "a case in which this agency has a part",
                              "list the cases of this agency"}});
}

// Null when there is none, or the agency has no part in it: the two look alike from outside.
const Case* CaseFor(Work& work, const std::string& agency, const std::string& case_id) {
  const Case* one = work.ledger.FindCase(case_id);
  return one != nullptr && one->HasPart(agency) ? one : nullptr;
}

// The most urgent first.
void SortClocks(google::protobuf::RepeatedPtrField<gateway::v1::Clock>& clocks) {
  std::sort(clocks.begin(), clocks.end(),
            [](const gateway::v1::Clock& one, const gateway::v1::Clock& other) {
              return std::make_tuple(one.has_ended_at(), FromProto(one.due_at()),
                                     one.obligation_id()) <
                     std::make_tuple(other.has_ended_at(), FromProto(other.due_at()),
                                     other.obligation_id());
            });
}

struct Door {
  runtime::Runtime& runtime;
  rpc::MethodTable& table;
  int partitions;
};

template <class Request, class Response>
void Add(const Door& door, const char* path, Repeat repeat) {
  door.table.Unary<Request, Response>(
      path, rpc::Rule::Gateways(),
      [&runtime = door.runtime, partitions = door.partitions, repeat](
          const rpc::CallContext& call, Request request, rpc::Reply<Response> reply) {
        runtime_rpc::SubmitCommand(runtime, config::CoreShard(request.partnership(), partitions),
                                   call, request, std::move(reply), repeat);
      });
}

}  // namespace

CasemgrApp::Result CasemgrApp::OnCommand(const runtime::View& view, const Input& input,
                                         runtime::Context& context) const {
  if (input.type == kCallCard) return OnCallCard(view, input, context);
  if (input.type == kGetCase) return OnGetCase(view, input, context);
  if (input.type == kListCases) return OnListCases(view, input, context);
  if (input.type == kListObligations) return OnListObligations(view, input, context);
  if (input.type == kCloseCase) return OnCloseCase(view, input, context);
  return absl::InvalidArgumentError(absl::StrCat("casemgr has no command ", input.type));
}

CasemgrApp::Result CasemgrApp::Ask(
    const runtime::View& view, runtime::Context& context, const common::v1::Caller& caller,
    const std::string& partnership,
    const std::function<absl::Status(Desk&, std::string&)>& answer) const {
  std::string reply;
  absl::Status refusal;
  Result decision = Run(view, context, partnership, [&](Desk& desk) {
    if (!desk.work.setting.IsMember(caller.agency())) {
      refusal = rpc::ProblemStatus(
          absl::StatusCode::kPermissionDenied,
          {{"not_a_member", "partnership", "a partnership of which the caller's agency is a member",
            "name one of your own partnerships"}});
      return absl::OkStatus();
    }
    refusal = answer(desk, reply);
    return absl::OkStatus();
  });
  if (!decision.ok()) return decision;
  if (!refusal.ok()) return Decision::Refuse(std::move(refusal));
  decision->reply = std::move(reply);
  return decision;
}

CasemgrApp::Result CasemgrApp::OnCallCard(const runtime::View& view, const Input& input,
                                          runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<v1::CallCardRequest>(input));
  return Ask(
      view, context, command.caller, command.partnership, [&](Desk& desk, std::string& reply) {
        if (command.request.subject_ids_size() > kSubjectsMax) {
          return rpc::ProblemStatus({"too_many", "subject_ids",
                                     absl::StrCat("at most ", kSubjectsMax),
                                     "ask with identifiers that fit fewer people"});
        }
        CardQuestion question;
        question.partnership = command.partnership;
        question.asker = command.caller.agency();
        question.asker_role =
            command.caller.person_role().empty() ? kGatewayRole : command.caller.person_role();
        question.purpose = command.request.purpose();
        question.subject_ids = ListOf(command.request.subject_ids());
        reply = ToProto(MakeCallCard(question, desk.work, *desk.partnership.agreements))
                    .SerializeAsString();
        return absl::OkStatus();
      });
}

CasemgrApp::Result CasemgrApp::OnGetCase(const runtime::View& view, const Input& input,
                                         runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<v1::GetCaseRequest>(input));
  return Ask(
      view, context, command.caller, command.partnership, [&](Desk& desk, std::string& reply) {
        const Case* one = CaseFor(desk.work, command.caller.agency(), command.request.case_id());
        if (one == nullptr) return NoSuchCase();
        v1::GetCaseResponse response;
        gateway::v1::ShowCaseResponse& shown = *response.mutable_case_();
        shown = Summary(*one, desk.work.ledger.IncidentsOf(one->subject_id).size());
        for (const Obligation& obligation : one->obligations) {
          *shown.add_clocks() = ToProto(*one, obligation, desk.work.setting.now);
        }
        SortClocks(*shown.mutable_clocks());
        for (const HistoryLine& line : desk.view.HistoryOfCase(one->id)) {
          *shown.add_history() = ToProto(line);
        }
        reply = response.SerializeAsString();
        return absl::OkStatus();
      });
}

CasemgrApp::Result CasemgrApp::OnListCases(const runtime::View& view, const Input& input,
                                           runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<v1::ListCasesRequest>(input));
  return Ask(
      view, context, command.caller, command.partnership, [&](Desk& desk, std::string& reply) {
        v1::ListCasesResponse response;
        for (const Case& one : desk.view.CasesToldTo(command.caller.agency())) {
          if (!one.HasPart(command.caller.agency())) continue;
          *response.add_cases() = Summary(one, desk.work.ledger.IncidentsOf(one.subject_id).size());
        }
        reply = response.SerializeAsString();
        return absl::OkStatus();
      });
}

CasemgrApp::Result CasemgrApp::OnListObligations(const runtime::View& view, const Input& input,
                                                 runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<v1::ListObligationsRequest>(input));
  return Ask(view, context, command.caller, command.partnership,
             [&](Desk& desk, std::string& reply) {
               v1::ListObligationsResponse response;
               for (const Case& one : desk.view.CasesToldTo(command.caller.agency())) {
                 if (!one.HasPart(command.caller.agency())) continue;
                 for (const Obligation& obligation : one.obligations) {
                   if (obligation.ended() && !command.request.ended()) continue;
                   *response.add_clocks() = ToProto(one, obligation, desk.work.setting.now);
                 }
               }
               SortClocks(*response.mutable_clocks());
               reply = response.SerializeAsString();
               return absl::OkStatus();
             });
}

CasemgrApp::Result CasemgrApp::OnCloseCase(const runtime::View& view, const Input& input,
                                           runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<v1::CloseCaseRequest>(input));
  const v1::CloseCaseRequest& request = command.request;
  return Ask(view, context, command.caller, command.partnership,
             [&](Desk& desk, std::string& reply) {
               const std::string& agency = command.caller.agency();
               if (CaseFor(desk.work, agency, request.case_id()) == nullptr) return NoSuchCase();
               CloseAsked asked{agency, request.case_id(), std::nullopt, request.asked_by_role(),
                                request.supervisor_role()};
               if (request.has_victim_told_at()) {
                 asked.victim_told_at = FromProto(request.victim_told_at());
               }
               const std::vector<Problem> problems = DecideClose(desk.work, asked);
               if (!problems.empty()) {
                 return rpc::ProblemStatus(absl::StatusCode::kFailedPrecondition, problems);
               }
               v1::CloseCaseResponse response;
               SetTime(desk.work.setting.now, response.mutable_closed_at());
               reply = response.SerializeAsString();
               return absl::OkStatus();
             });
}

void CasemgrApp::AddMethods(runtime::Runtime& runtime, rpc::MethodTable& table) const {
  const Door door{runtime, table, config_.core_partitions};
  Add<v1::CallCardRequest, v1::CallCardResponse>(door, kCallCard, Repeat::kRead);
  Add<v1::GetCaseRequest, v1::GetCaseResponse>(door, kGetCase, Repeat::kRead);
  Add<v1::ListCasesRequest, v1::ListCasesResponse>(door, kListCases, Repeat::kRead);
  Add<v1::ListObligationsRequest, v1::ListObligationsResponse>(door, kListObligations,
                                                               Repeat::kRead);
  Add<v1::CloseCaseRequest, v1::CloseCaseResponse>(door, kCloseCase, Repeat::kOnce);
}

}  // namespace waymark::casemgr
