// Intake as the runtime sees it: which message goes to which decision.
//
//   IncidentReported, VictimAssessed, StockRegistered   records of every member's out topic
//   PersonErased                                        likewise: what led to them is forgotten
//   SealingKeyAdopted                                   likewise: older keys may go (sealing.h)
//   Resolve, MergeSubjects, SplitSubject                commands, by RPC from gateways
//
// One shard is one partition of the core topics and may hold several partnerships.
// Threads: as runtime::Service; nothing is kept between calls.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/pack/pack.h"
#include "libs/rpc/method_table.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/runtime.h"
#include "services/intake/adapters/index.h"
#include "services/intake/adapters/tokens.h"
#include "waymark/intake/v1/events.pb.h"

namespace waymark::intake {

struct IntakeConfig {
  // The pack of each partnership served here, by partnership id.
  std::map<std::string, std::shared_ptr<const pack::Pack>> packs;
  int core_partitions = 24;
};

class IntakeApp : public runtime::Service {
 public:
  IntakeApp(IntakeConfig config, IntakeKeys keys);

  std::vector<std::string> DomainColumnFamilies() const override;
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override;
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override;

  // IntakeService. `runtime` must outlive the endpoint.
  void AddMethods(runtime::Runtime& runtime, rpc::MethodTable& table) const;

 private:
  using Result = absl::StatusOr<runtime::Decision>;
  Result DecideReport(const runtime::View& view, const runtime::Input& input,
                      runtime::Context& context);
  Result DecideAssessment(const runtime::View& view, const runtime::Input& input);
  Result DecideErased(const runtime::View& view, const runtime::Input& input,
                      runtime::Context& context);
  Result DecideAdopted(const runtime::View& view, const runtime::Input& input) const;
  Result DecideCurrentKey(const runtime::View& view, const runtime::Input& input) const;
  Result DecideStock(const runtime::View& view, const runtime::Input& input);
  Result DecideResolve(const runtime::View& view, const runtime::Input& input) const;
  Result DecideMerge(const runtime::View& view, const runtime::Input& input, absl::Time now) const;
  Result DecideSplit(const runtime::View& view, const runtime::Input& input,
                     runtime::Context& context);

  absl::StatusOr<intake::v1::KeptPerson> Learn(const IndexView& index,
                                               const std::string& partnership,
                                               const MemberPerson& person,
                                               const std::vector<Token>& brought) const;
  absl::Status EvolveLinked(const runtime::View& view, const intake::v1::IncidentLinked& event,
                            runtime::Changes& changes);

  // InvalidArgument when the partnership is not served here.
  absl::StatusOr<const pack::Pack*> PackOf(const std::string& partnership) const;
  // The agency of a record from a member's out topic; InvalidArgument when it is none of ours.
  absl::StatusOr<std::string> Reporter(const runtime::Input& input,
                                       const std::string& partnership) const;

  IntakeConfig config_;
  TokenDesk tokens_;
};

}  // namespace waymark::intake
