// What happened in the fortnight, asked of the gateways as their own people would ask, and told on
// the terminal or as JSON.
#pragma once

#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/partnership/local_partnership.h"
#include "cli/story/actors.h"
#include "cli/story/invent.h"
#include "cli/story/subscriber.h"
#include "cli/story/tell.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::cli::story {

struct Findings {
  // By case id; as the lead agency sees it.
  std::map<std::string, gateway::v1::ShowCaseResponse> cases;
  // By obligation id.
  std::map<std::string, gateway::v1::Clock> clocks;
  // By agency.
  std::map<std::string, std::vector<gateway::v1::AlertStatus>> alerts;
  std::map<std::string, std::vector<gateway::v1::ShareDecision>> shares;  // by origin
};

absl::StatusOr<Findings> Find(const LocalPartnership& partnership, Actors& actors);

using Subscribers = std::map<std::string, std::shared_ptr<Subscriber>>;  // by agency

void PrintReport(const Fortnight& fortnight, const Told& told, const Findings& findings,
                 const Subscribers& subscribers, std::ostream& out);
// One JSON object with the same figures.
void PrintReportJson(const Told& told, const Findings& findings, const Subscribers& subscribers,
                     std::ostream& out);

}  // namespace waymark::cli::story
