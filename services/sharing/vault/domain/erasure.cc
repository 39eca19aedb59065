#include "services/sharing/vault/domain/erasure.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace waymark::sharing::vault {
namespace {

constexpr std::array<std::string_view, 5> kGrounds = {"no_longer_needed", "consent_withdrawn",
                                                      "objection", "unlawful", "legal_obligation"};

}  // namespace

std::vector<Problem> CheckErasure(const ErasureAsked& asked) {
  std::vector<Problem> problems;
  if (asked.source_reference.empty() == asked.person_id.empty()) {
    problems.push_back({"missing_field", "person_id",
                        "a source reference with a party, or a person id, and not both",
                        "name one person in one way"});
  }
  if (std::find(kGrounds.begin(), kGrounds.end(), asked.ground) == kGrounds.end()) {
    problems.push_back(
        {"unknown_ground", "ground",
         "no_longer_needed, consent_withdrawn, objection, unlawful or legal_obligation",
         "say on which ground of Article 17(1) UK GDPR the person is erased"});
  }
  return problems;
}

absl::Time RoundFor(absl::Time at) {
  const absl::Duration since = at - absl::UnixEpoch();
  return absl::UnixEpoch() + absl::Floor(since, absl::Hours(1)) + absl::Hours(1);
}

}  // namespace waymark::sharing::vault
