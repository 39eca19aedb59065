// What other rooms may ask the room override: typed, read only, for one decision.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/sharing/disclosure/domain/decide.h"
#include "waymark/gateway/v1/override_kept.pb.h"

namespace waymark::sharing::overrides {

class OverridesView {
 public:
  // `view` must outlive this.
  explicit OverridesView(const runtime::View& view) : view_(view) {}

  std::optional<gateway::v1::StoredOverride> Find(std::string_view override_id) const;
  // Reversed and expired ones included, in the order in which they were decided.
  std::vector<gateway::v1::StoredOverride> Of(std::string_view person_id) const;
  // The same as facts of the share decision.
  std::vector<disclosure::Overriding> FactsOf(std::string_view person_id) const;
  // Every one, the newest first.
  std::vector<gateway::v1::StoredOverride> All() const;
  // Shares that rest, or rested, on it.
  std::vector<std::string> SharesOn(std::string_view override_id) const;

 private:
  const runtime::View& view_;
};

}  // namespace waymark::sharing::overrides
