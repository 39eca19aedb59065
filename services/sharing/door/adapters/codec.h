// Between messages and the door's domain, and the identifiers library behind the domain's check.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "libs/base/problem.h"
#include "libs/identifiers/identifiers.h"
#include "services/sharing/door/domain/assess.h"
#include "services/sharing/door/domain/check.h"
#include "services/sharing/door/domain/incident.h"
#include "services/sharing/door/domain/look_up.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/common/v1/caller.pb.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::sharing::door {

GivenIdentity GivenOf(const gateway::v1::Identity& identity);
GivenIncident GivenOf(const gateway::v1::Incident& incident);
GivenJudgement GivenOf(const common::v1::Judgement& judgement);
template <class Map>
Answers AnswersOf(const Map& answers) {
  Answers copy;
  for (const auto& [item, option] : answers) copy[item] = option;
  return copy;
}

// The normal forms of libs/identifiers. Remembers telephone numbers for one decision.
class IdentifierLibrary : public IdentifierCheck {
 public:
  explicit IdentifierLibrary(absl::CivilDay today) : today_(today) {}
  std::optional<Problem> Check(IdentifierKind kind, std::string_view raw,
                               std::string_view field) override;

  // Of what has been checked: every field has a normal form.
  std::vector<identifiers::TokenInput> Tokens(const gateway::v1::Identity& identity);
  std::vector<identifiers::TokenInput> Tokens(const gateway::v1::Address& place);

 private:
  std::vector<identifiers::TokenInput> TokensOf(const identifiers::Identity& identity);
  absl::CivilDay today_;
  identifiers::TelephoneCache telephones_;
};

// A message of the assessment. `id` and `made_at` are the decision's.
common::v1::Assessment ToProto(const LocalAssessment& assessment, const Membership& membership,
                               const std::string& id, absl::Time made_at);

// The refusal that carries these problems. Wrong membership is PermissionDenied, the rest
// InvalidArgument.
absl::Status Refusal(const std::vector<Problem>& problems);
absl::Status Refusal(const Problem& problem);
// wrong_partnership or wrong_agency, or OK.
absl::Status CheckCaller(const Membership& membership, const std::string& partnership,
                         const common::v1::Caller& caller);

// The own history behind the domain's view.
class VaultHistory : public OwnHistory {
 public:
  explicit VaultHistory(const vault::VaultView& vault) : vault_(vault) {}
  std::vector<OwnIncident> IncidentsOf(const std::string& person_id) const override;
  std::vector<OwnAssessment> AssessmentsOf(const std::string& person_id) const override;

 private:
  const vault::VaultView& vault_;
};

OwnIncident OwnOf(const gateway::v1::StoredIncident& incident, std::vector<vault::Role> roles);

}  // namespace waymark::sharing::door
