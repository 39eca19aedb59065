// AuditService.ExportLog: the whole log, tile by tile, as it stood when the export was recorded.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/rpc/stream.h"
#include "libs/runtime/decider.h"
#include "services/sharing/app/room.h"
#include "waymark/gateway/v1/audit.pb.h"

namespace waymark::sharing::proofs {

inline constexpr std::string_view kExportLog = "/waymark.gateway.v1.AuditService/ExportLog";

using ExportWriter = rpc::ServerWriter<gateway::v1::ExportLogResponse>;

// The export is a leaf of its own; the reply is the signed checkpoint that ends with it.
absl::StatusOr<runtime::Decision> DecideExport(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context);

void ServeExport(const MethodContext& context, const rpc::CallContext& call,
                 const gateway::v1::ExportLogRequest& request,
                 std::shared_ptr<ExportWriter> writer);

}  // namespace waymark::sharing::proofs
