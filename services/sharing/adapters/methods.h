// What every room's AddMethods needs: who may call, and the handler that submits a command.
//
//   AddCommand<RecordConsentRequest, RecordConsentResponse>(
//       table, "/waymark.gateway.v1.ConsentService/RecordConsent",
//       OwnSystems(context.memberships).WithPerson(CaseWorkers()), context);
#pragma once

#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/rule.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/app/room.h"
#include "services/sharing/membership.h"

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

}  // namespace waymark::sharing
