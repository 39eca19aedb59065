#include "services/sharing/consent/adapters/consent_view.h"

#include <algorithm>

#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/keys.h"

namespace waymark::sharing::consent {

std::optional<gateway::v1::StoredConsent> ConsentView::Find(std::string_view consent_id) const {
  return ReadRow<gateway::v1::StoredConsent>(view_, kConsents, RowKey(consent_id));
}

std::vector<gateway::v1::StoredConsent> ConsentView::Of(std::string_view person_id) const {
  std::vector<gateway::v1::StoredConsent> found;
  for (const std::string& id : LastParts(view_, kByPerson, RowKey(person_id))) {
    std::optional<gateway::v1::StoredConsent> consent = Find(id);
    WM_CHECK(consent.has_value(), "an index names a consent that is not there");
    found.push_back(*std::move(consent));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return FromProto(a.recorded_at()) < FromProto(b.recorded_at());
  });
  return found;
}

}  // namespace waymark::sharing::consent
