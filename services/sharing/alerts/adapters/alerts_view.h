// What the room alerts holds: typed, read only, for one decision or one Runtime::Read. No personal
// data is in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/sharing/alerts/domain/feed.h"
#include "waymark/gateway/v1/alert_kept.pb.h"

namespace waymark::sharing::alerts {

class AlertsView : public Feed {
 public:
  // `view` must outlive this.
  explicit AlertsView(const runtime::View& view) : view_(view) {}

  std::optional<gateway::v1::StoredAlert> Alert(std::string_view alert_id) const;
  std::vector<gateway::v1::StoredAlert> OfCase(std::string_view case_id) const;
  // The newest first.
  std::vector<gateway::v1::StoredAlert> Alerts(size_t max) const;
  std::optional<gateway::v1::StoredSubscription> Subscription(std::string_view name) const;
  // Sent and not confirmed, up to and including `seq`, with their numbers.
  std::vector<std::pair<uint64_t, gateway::v1::StoredDelivery>> Deliveries(
      std::string_view subscription, uint64_t seq) const;
  // Oldest first.
  std::vector<gateway::v1::AlertReminder> Reminders() const;
  gateway::v1::FeedEntry EntryAt(uint64_t seq) const;

  uint64_t head() const override;
  EntryKind KindAt(uint64_t seq) const override;
  uint64_t NewestOfAlertAt(uint64_t seq) const override;
  bool MissesShares(uint64_t seq) const override;

 private:
  const runtime::View& view_;
};

}  // namespace waymark::sharing::alerts
