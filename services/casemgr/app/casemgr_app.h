// Casemgr as the runtime sees it: which message goes to which decision.
//
//   IncidentLinked, AssessmentLinked, SubjectsMerged, SubjectSplit,
//   PersonForgotten                                                    records of intake
//   SubjectRiskChanged                                                 records of risk
//   ProfileRecorded, ConferenceCalled, ConferenceHeld                  records of member gateways
//   casemgr.due_soon, .breach, .take_over, .opening                    timers
//   CallCard, GetCase, ListCases, ListObligations, CloseCase           commands, by RPC from
//   gateways
//
// Every other type on those topics is somebody else's and is passed over. One shard is one
// partition of the core topics and may hold several partnerships. Threads: as runtime::Service;
// nothing is kept between calls.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rpc/method_table.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/runtime.h"
#include "services/casemgr/adapters/store.h"
#include "services/casemgr/app/casemgr_config.h"
#include "services/casemgr/domain/work.h"
#include "waymark/common/v1/caller.pb.h"

namespace waymark::casemgr {

class CasemgrApp : public runtime::Service {
 public:
  explicit CasemgrApp(CasemgrConfig config);

  std::vector<std::string> DomainColumnFamilies() const override;
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override;
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override;

  // CaseRegisterService. `runtime` must outlive the endpoint.
  void AddMethods(runtime::Runtime& runtime, rpc::MethodTable& table) const;

 private:
  // Everything one decision works with.
  struct Desk {
    const CasemgrPartnership& partnership;
    const StoreView& view;
    Work& work;
  };
  using Result = absl::StatusOr<runtime::Decision>;
  using RecordDecider = Result (CasemgrApp::*)(const runtime::View&, const runtime::Input&,
                                               runtime::Context&) const;

  // Runs `decide` for a partnership and adds what members are to be told; its error is the result.
  // InvalidArgument when the partnership is not served in this shard.
  Result Run(const runtime::View& view, runtime::Context& context, const std::string& partnership,
             const std::function<absl::Status(Desk&)>& decide) const;
  absl::StatusOr<const CasemgrPartnership*> PartnershipOf(const std::string& id,
                                                          const std::string& shard) const;

  Result OnIncident(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnAssessment(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnMerge(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnSplit(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnForgotten(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnRisk(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnProfile(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnConferenceCalled(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnConferenceHeld(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnTimer(const runtime::View&, const runtime::Input&, runtime::Context&) const;

  // commands.cc
  Result OnCommand(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  // Runs `answer` for a member that asks, or refuses when the caller is none.
  Result Ask(const runtime::View& view, runtime::Context& context, const common::v1::Caller& caller,
             const std::string& partnership,
             const std::function<absl::Status(Desk&, std::string& reply)>& answer) const;
  Result OnCallCard(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnGetCase(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnListCases(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnListObligations(const runtime::View&, const runtime::Input&, runtime::Context&) const;
  Result OnCloseCase(const runtime::View&, const runtime::Input&, runtime::Context&) const;

  const CasemgrConfig config_;
  std::map<std::string, RecordDecider, std::less<>> deciders_;  // by input type
};

}  // namespace waymark::casemgr
