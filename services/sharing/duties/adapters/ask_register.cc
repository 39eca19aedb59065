#include "services/sharing/duties/adapters/ask_register.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/duties/adapters/screen.h"
#include "waymark/casemgr/v1/casemgr.pb.h"

namespace waymark::sharing::duties {
namespace {

constexpr char kGetCase[] = "/waymark.casemgr.v1.CaseRegisterService/GetCase";
constexpr char kRegisterListCases[] = "/waymark.casemgr.v1.CaseRegisterService/ListCases";
constexpr char kListObligations[] = "/waymark.casemgr.v1.CaseRegisterService/ListObligations";
constexpr char kRegisterCloseCase[] = "/waymark.casemgr.v1.CaseRegisterService/CloseCase";
// Kept back from the caller's deadline for the way to them.
constexpr absl::Duration kForTheWay = absl::Milliseconds(100);

// The own part of a call: decided and committed first, then handed to `then`.
template <class Req, class Own, class Resp>
void Submit(const MethodContext& context, const rpc::CallContext& call, const Req& request,
            runtime_rpc::Repeat repeat, rpc::Reply<Resp> reply, std::function<void(Own)> then) {
  const absl::StatusOr<const Membership*> membership =
      FindMembership(context.memberships, request.partnership());
  if (!membership.ok()) return reply(membership.status());
  runtime_rpc::SubmitBytes(context.runtime, (*membership)->Shard(), call, request.partnership(),
                           request.SerializeAsString(), repeat,
                           [reply, then = std::move(then)](absl::StatusOr<std::string> bytes) {
                             absl::StatusOr<Own> own = rpc::Decode<Own>(bytes);
                             if (!own.ok()) return reply(own.status());
                             then(*std::move(own));
                           });
}

// Asks the register unless it is away or the caller has no time left.
template <class Told, class Req>
void Ask(const MethodContext& context, const RegisterChannel& channel, const rpc::CallContext& call,
         const char* path, const Req& request, std::function<void(absl::StatusOr<Told>)> done) {
  rpc::CallOptions options;
  options.timeout = std::min(kRegisterBudget, call.deadline - context.clock.Now() - kForTheWay);
  options.idempotency_key = call.idempotency_key;
  options.traceparent = call.traceparent;
  if (channel == nullptr || options.timeout <= absl::ZeroDuration()) {
    return done(absl::UnavailableError("the register cannot be asked"));
  }
  rpc::CallAsync<Told>(*channel, path, request, options, std::move(done));
}

absl::Status UnknownCase() {
  return rpc::ProblemStatus(absl::StatusCode::kNotFound,
                            {{"unknown_case", "case_id", "a case that this agency has a part in",
                              "look it up in the list of cases"}});
}

bool IsAway(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

}  // namespace

void ServeShowCase(const MethodContext& context, RegisterChannel channel,
                   const rpc::CallContext& call, const gateway::v1::ShowCaseRequest& request,
                   rpc::Reply<gateway::v1::ShowCaseResponse> reply) {
  using gateway::v1::ShowCaseResponse;
  Submit<gateway::v1::ShowCaseRequest, ShowCaseResponse, ShowCaseResponse>(
      context, call, request, runtime_rpc::Repeat::kRead, reply,
      [context, channel, call, request, reply](ShowCaseResponse own) {
        const bool known = !own.case_id().empty();
        casemgr::v1::GetCaseRequest asked;
        asked.set_partnership(request.partnership());
        asked.set_case_id(known ? own.case_id() : request.case_id());
        Ask<casemgr::v1::GetCaseResponse>(context, channel, call, kGetCase, asked,
                                          [reply, own = std::move(own), known](
                                              absl::StatusOr<casemgr::v1::GetCaseResponse> told) {
                                            if (told.ok() && !told->case_().case_id().empty()) {
                                              return reply(MergeCase(own, told->case_()));
                                            }
                                            if (!known) return reply(UnknownCase());
                                            reply(OwnAlone(own));
                                          });
      });
}

void ServeListCases(const MethodContext& context, RegisterChannel channel,
                    const rpc::CallContext& call, const gateway::v1::ListCasesRequest& request,
                    rpc::Reply<gateway::v1::ListCasesResponse> reply) {
  using gateway::v1::ListCasesResponse;
  Submit<gateway::v1::ListCasesRequest, ListCasesResponse, ListCasesResponse>(
      context, call, request, runtime_rpc::Repeat::kRead, reply,
      [context, channel, call, request, reply](ListCasesResponse own) {
        casemgr::v1::ListCasesRequest asked;
        asked.set_partnership(request.partnership());
        Ask<casemgr::v1::ListCasesResponse>(
            context, channel, call, kRegisterListCases, asked,
            [reply,
             own = std::move(own)](const absl::StatusOr<casemgr::v1::ListCasesResponse>& told) {
              reply(told.ok() ? MergeCases(own, *told) : OwnAlone(own));
            });
      });
}

void ServeListClocks(const MethodContext& context, RegisterChannel channel,
                     const rpc::CallContext& call, const gateway::v1::ListClocksRequest& request,
                     rpc::Reply<gateway::v1::ListClocksResponse> reply) {
  using gateway::v1::ListClocksResponse;
  Submit<gateway::v1::ListClocksRequest, ListClocksResponse, ListClocksResponse>(
      context, call, request, runtime_rpc::Repeat::kRead, reply,
      [context, channel, call, request, reply](ListClocksResponse own) {
        casemgr::v1::ListObligationsRequest asked;
        asked.set_partnership(request.partnership());
        asked.set_ended(request.ended());
        Ask<casemgr::v1::ListObligationsResponse>(
            context, channel, call, kListObligations, asked,
            [reply, own = std::move(own), ended = request.ended()](
                const absl::StatusOr<casemgr::v1::ListObligationsResponse>& told) {
              reply(told.ok() ? MergeClocks(own, *told, ended) : OwnAlone(own, ended));
            });
      });
}

void ServeCloseCase(const MethodContext& context, RegisterChannel channel,
                    const rpc::CallContext& call, const gateway::v1::CloseCaseRequest& request,
                    rpc::Reply<gateway::v1::CloseCaseResponse> reply) {
  using casemgr::v1::CloseCaseResponse;
  Submit<gateway::v1::CloseCaseRequest, casemgr::v1::CloseCaseRequest,
         gateway::v1::CloseCaseResponse>(
      context, call, request, runtime_rpc::Repeat::kOnce, reply,
      [context, channel, call, reply](const casemgr::v1::CloseCaseRequest& asked) {
        Ask<CloseCaseResponse>(
            context, channel, call, kRegisterCloseCase, asked,
            [reply](const absl::StatusOr<CloseCaseResponse>& told) {
              if (told.ok()) {
                gateway::v1::CloseCaseResponse response;
                *response.mutable_closed_at() = told->closed_at();
                return reply(response);
              }
              if (!IsAway(told.status())) return reply(told.status());
              reply(rpc::ProblemStatus(
                  absl::StatusCode::kUnavailable,
                  {{"register_unavailable", "", "the partnership's register within reach",
                    "ask again with the same idempotency key"}}));
            });
      });
}

}  // namespace waymark::sharing::duties
