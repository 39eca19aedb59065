// The second half of a call that needs the register: asked after the gateway's own part (the audit
// leaf included) is committed, without holding a thread. A register that does not answer in time
// costs its part of the answer, never the own one.
#pragma once

#include <memory>

#include "libs/rpc/channel.h"
#include "libs/rpc/method_table.h"
#include "services/sharing/app/room.h"
#include "services/sharing/gateway_service.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {

// How long a reader waits for the register.
inline constexpr absl::Duration kRegisterBudget = absl::Seconds(2);

// Answer ShowCase, ListCases, ListClocks and CloseCase. `channel` may be null: the register is
// away. A closure is refused then, with `register_unavailable`; the register's own refusals pass
// through with all their problems.
using RegisterChannel = std::shared_ptr<rpc::Channel>;
void ServeShowCase(const MethodContext& context, RegisterChannel channel,
                   const rpc::CallContext& call, const gateway::v1::ShowCaseRequest& request,
                   rpc::Reply<gateway::v1::ShowCaseResponse> reply);
void ServeListCases(const MethodContext& context, RegisterChannel channel,
                    const rpc::CallContext& call, const gateway::v1::ListCasesRequest& request,
                    rpc::Reply<gateway::v1::ListCasesResponse> reply);
void ServeListClocks(const MethodContext& context, RegisterChannel channel,
                     const rpc::CallContext& call, const gateway::v1::ListClocksRequest& request,
                     rpc::Reply<gateway::v1::ListClocksResponse> reply);
void ServeCloseCase(const MethodContext& context, RegisterChannel channel,
                    const rpc::CallContext& call, const gateway::v1::CloseCaseRequest& request,
                    rpc::Reply<gateway::v1::CloseCaseResponse> reply);

}  // namespace waymark::sharing::duties
