#include "services/sharing/override/adapters/overrides_view.h"

#include <algorithm>

#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/override/adapters/keys.h"

namespace waymark::sharing::overrides {

using gateway::v1::StoredOverride;

std::optional<StoredOverride> OverridesView::Find(std::string_view override_id) const {
  return ReadRow<StoredOverride>(view_, kOverrides, RowKey(override_id));
}

std::vector<StoredOverride> OverridesView::Of(std::string_view person_id) const {
  std::vector<StoredOverride> found;
  for (const std::string& id : LastParts(view_, kByPerson, RowKey(person_id))) {
    std::optional<StoredOverride> one = Find(id);
    WM_CHECK(one.has_value(), "an index names an override that is not there");
    found.push_back(*std::move(one));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return FromProto(a.decided_at()) < FromProto(b.decided_at());
  });
  return found;
}

std::vector<disclosure::Overriding> OverridesView::FactsOf(std::string_view person_id) const {
  std::vector<disclosure::Overriding> facts;
  for (const StoredOverride& one : Of(person_id)) {
    const auto gateway = agreement::ParseTerm<agreement::Gateway>(one.lawful_gateway());
    WM_CHECK(gateway.has_value(), "an override was kept without a lawful gateway");
    disclosure::Overriding overriding;
    overriding.id = one.override_id();
    overriding.decision_maker = one.decided_by();
    overriding.recipients.assign(one.recipients().begin(), one.recipients().end());
    overriding.fields.assign(one.fields().begin(), one.fields().end());
    overriding.purposes.assign(one.purposes().begin(), one.purposes().end());
    overriding.gateway = *gateway;
    overriding.expires = FromProto(one.expires_at());
    overriding.reversed = one.state() == gateway::v1::Override::STATE_REVERSED;
    facts.push_back(std::move(overriding));
  }
  return facts;
}

std::vector<StoredOverride> OverridesView::All() const {
  std::vector<StoredOverride> found;
  view_.Scan(kByTime, "", "", [&](std::string_view key, std::string_view) {
    KeyReader reader(key);
    const bool readable = reader.Number().ok();
    const absl::StatusOr<std::string> id = reader.Text();
    WM_CHECK(readable && id.ok(), "a key has another layout");
    std::optional<StoredOverride> one = Find(*id);
    WM_CHECK(one.has_value(), "an index names an override that is not there");
    found.push_back(*std::move(one));
    return true;
  });
  return found;
}

std::vector<std::string> OverridesView::SharesOn(std::string_view override_id) const {
  return LastParts(view_, kShares, RowKey(override_id));
}

}  // namespace waymark::sharing::overrides
