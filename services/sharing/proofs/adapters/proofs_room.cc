#include "services/sharing/proofs/adapters/proofs_room.h"

#include "services/sharing/adapters/methods.h"
#include "services/sharing/proofs/adapters/export_log.h"

namespace waymark::sharing::proofs {
namespace {

class ProofsRoom : public Room {
 public:
  std::string_view name() const override { return "proofs"; }
  std::vector<std::string> DomainColumnFamilies() const override { return {}; }
  std::vector<std::string> Inputs() const override { return {std::string(kExportLog)}; }
  std::vector<std::string> Events() const override { return {}; }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    return DecideExport(membership, view, input, context);
  }

  absl::Status Evolve(const Membership&, const runtime::View&, const runtime::Event& event,
                      const runtime::EventContext&, runtime::Changes&) override {
    return absl::InternalError("the room proofs evolves no event, and no " + event.type);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    table.ServerStream<gateway::v1::ExportLogRequest, gateway::v1::ExportLogResponse>(
        std::string(kExportLog),
        OwnSystems(context.memberships).WithPerson({"auditor", "data_protection_lead"}),
        [context](const rpc::CallContext& call, gateway::v1::ExportLogRequest request,
                  std::shared_ptr<ExportWriter> writer) {
          ServeExport(context, call, request, std::move(writer));
        });
  }
};

}  // namespace

std::unique_ptr<Room> MakeProofsRoom() { return std::make_unique<ProofsRoom>(); }

}  // namespace waymark::sharing::proofs
