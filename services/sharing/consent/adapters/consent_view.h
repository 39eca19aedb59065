// What other rooms may ask the room consent: typed, read only, for one decision.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "waymark/gateway/v1/consent_kept.pb.h"

namespace waymark::sharing::consent {

class ConsentView {
 public:
  // `view` must outlive this.
  explicit ConsentView(const runtime::View& view) : view_(view) {}
  std::optional<gateway::v1::StoredConsent> Find(std::string_view consent_id) const;
  // Withdrawn and expired ones included, in the order in which they were recorded.
  std::vector<gateway::v1::StoredConsent> Of(std::string_view person_id) const;

 private:
  const runtime::View& view_;
};

}  // namespace waymark::sharing::consent
