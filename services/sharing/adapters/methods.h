// What every room's AddMethods needs: who may call, and the handler that submits a command.
//
//   AddCommand<RecordConsentRequest, RecordConsentResponse>(
//       table, "/waymark.gateway.v1.ConsentService/RecordConsent",
//       OwnSystems(context.memberships).WithPerson(CaseWorkers()), context);
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/rule.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/app/room.h"
#include "services/sharing/membership.h"
#include "waymark/common/v1/problem.pb.h"

namespace waymark::sharing {

// The systems of this agency that its agreements name, gateways apart. A system that no agreement
// names has no business here. There must be at least one.
rpc::Rule OwnSystems(const Memberships& memberships);

// Roles of people, as the agreements name them.
std::set<std::string> CallWorkers();  // call_handler, officer, supervisor, manager
std::set<std::string> CaseWorkers();  // officer, supervisor, manager
std::set<std::string> Supervisors();  // supervisor, manager

// PermissionDenied with `wrong_partnership` when this gateway has no such membership.
absl::StatusOr<const Membership*> FindMembership(const Memberships& memberships,
                                                 const std::string& partnership);

// A unary method whose request names its partnership and becomes one command of its membership.
template <class Req, class Resp>
void AddCommand(rpc::MethodTable& table, const std::string& path, rpc::Rule rule,
                const MethodContext& context,
                runtime_rpc::Repeat repeat = runtime_rpc::Repeat::kOnce) {
  table.Unary<Req, Resp>(
      path, std::move(rule),
      [context, repeat](const rpc::CallContext& call, Req request, rpc::Reply<Resp> reply) {
        const absl::StatusOr<const Membership*> membership =
            FindMembership(context.memberships, request.partnership());
        if (!membership.ok()) return reply(membership.status());
        runtime_rpc::SubmitCommand<Req, Resp>(context.runtime, (*membership)->Shard(), call,
                                              request, std::move(reply), repeat);
      });
}

// The problems of a refusal that was recorded, as the status its caller gets.
absl::Status RefusedStatus(const common::v1::Problems& refused);

// For commands whose refusal is recorded as well: the reply is a `Decided` with `response` or
// `refused`; the caller gets the one or the other as a status.
template <class Decided, class Resp>
std::function<void(absl::StatusOr<std::string>)> AnswerTo(rpc::Reply<Resp> reply) {
  return [reply = std::move(reply)](const absl::StatusOr<std::string>& bytes) {
    if (!bytes.ok()) return reply(bytes.status());
    Decided decided;
    if (!decided.ParseFromString(*bytes)) {
      return reply(absl::InternalError("a decision cannot be read"));
    }
    if (decided.has_response()) return reply(decided.response());
    reply(RefusedStatus(decided.refused()));
  };
}

// Such a command as a method; it is a read: every one is decided by itself.
template <class Req, class Resp, class Decided>
void AddRefusable(rpc::MethodTable& table, const std::string& path, rpc::Rule rule,
                  const MethodContext& context) {
  table.Unary<Req, Resp>(
      path, std::move(rule),
      [context](const rpc::CallContext& call, const Req& request, rpc::Reply<Resp> reply) {
        const absl::StatusOr<const Membership*> membership =
            FindMembership(context.memberships, request.partnership());
        if (!membership.ok()) return reply(membership.status());
        runtime_rpc::SubmitBytes(context.runtime, (*membership)->Shard(), call,
                                 request.partnership(), request.SerializeAsString(),
                                 runtime_rpc::Repeat::kRead, AnswerTo<Decided>(std::move(reply)));
      });
}

}  // namespace waymark::sharing
