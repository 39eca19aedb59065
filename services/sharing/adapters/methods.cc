#include "services/sharing/adapters/methods.h"

#include "libs/rpc/errors.h"

namespace waymark::sharing {
namespace {

constexpr std::string_view kGatewaySystem = "gateway";

}  // namespace

rpc::Rule OwnSystems(const Memberships& memberships) {
  std::set<std::string> systems;
  for (const auto& [partnership, membership] : memberships) {
    for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
      for (const agreement::Party& party : agreement.parties) {
        if (party.id != membership.agency) continue;
        for (const agreement::Role& role : party.roles) {
          if (role.is_system && role.id != kGatewaySystem) systems.insert(role.id);
        }
      }
    }
  }
  return rpc::Rule::Systems(std::move(systems));
}

std::set<std::string> CallWorkers() { return {"call_handler", "officer", "supervisor", "manager"}; }
std::set<std::string> CaseWorkers() { return {"officer", "supervisor", "manager"}; }
std::set<std::string> Supervisors() { return {"supervisor", "manager"}; }

absl::StatusOr<const Membership*> FindMembership(const Memberships& memberships,
                                                 const std::string& partnership) {
  const auto found = memberships.find(partnership);
  if (found != memberships.end()) return &found->second;
  return rpc::ProblemStatus(
      absl::StatusCode::kPermissionDenied,
      {{"wrong_partnership", "partnership", "a partnership this agency is a member of",
        "send it to the partnership that it belongs to"}});
}

absl::Status RefusedStatus(const common::v1::Problems& refused) {
  std::vector<Problem> problems;
  for (const common::v1::Problem& one : refused.problems()) {
    problems.push_back({one.code(), one.field(), one.wanted(), one.remedy()});
  }
  return rpc::ProblemStatus(absl::StatusCode::kPermissionDenied, problems);
}

}  // namespace waymark::sharing
