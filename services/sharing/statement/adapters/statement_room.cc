#include "services/sharing/statement/adapters/statement_room.h"

#include <utility>

#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/statement/adapters/decisions.h"
#include "services/sharing/statement/adapters/keys.h"
#include "services/sharing/statement/adapters/leaves.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::sharing::statement {
namespace {

class StatementRoom : public Room {
 public:
  std::string_view name() const override { return "statement"; }

  std::vector<std::string> DomainColumnFamilies() const override { return {std::string(kLeaves)}; }

  std::vector<std::string> Inputs() const override {
    return {std::string(kMake), std::string(kExplain)};
  }

  std::vector<std::string> Events() const override { return {std::string(kAuditNoted)}; }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kMake) return DecideMake(membership, view, input, context);
    return DecideExplainPast(membership, view, input, context);
  }

  absl::Status Evolve(const Membership&, const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext&, runtime::Changes& changes) override {
    return IndexLeaf(view, event, changes);
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of two methods
    const rpc::Rule systems = OwnSystems(context.memberships);
    AddCommand<MakeStatementRequest, MakeStatementResponse>(
        table, std::string(kMake),
        rpc::Rule(systems).WithPerson({"data_protection_lead", "single_point_of_contact"}), context,
        runtime_rpc::Repeat::kRead);
    std::set<std::string> readers = CaseWorkers();
    readers.insert("data_protection_lead");
    AddCommand<ExplainPastRequest, ExplainPastResponse>(table, std::string(kExplain),
                                                        rpc::Rule(systems).WithPerson(readers),
                                                        context, runtime_rpc::Repeat::kRead);
  }
};

}  // namespace

std::unique_ptr<Room> MakeStatementRoom() { return std::make_unique<StatementRoom>(); }

}  // namespace waymark::sharing::statement
