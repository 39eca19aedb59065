#include "services/sharing/alerts/adapters/alerts_view.h"

#include "services/sharing/adapters/rows.h"
#include "services/sharing/alerts/adapters/keys.h"

namespace waymark::sharing::alerts {
namespace {

uint64_t NumberIn(std::string_view bytes) {
  const absl::StatusOr<uint64_t> number = KeyReader(bytes).Number();
  WM_CHECK(number.ok(), "a number of the feed has another layout");
  return *number;
}

}  // namespace

using gateway::v1::StoredAlert;

std::optional<StoredAlert> AlertsView::Alert(std::string_view alert_id) const {
  return ReadRow<StoredAlert>(view_, kAlerts, RowKey(alert_id));
}

std::vector<StoredAlert> AlertsView::OfCase(std::string_view case_id) const {
  std::vector<StoredAlert> found;
  for (const std::string& id : LastParts(view_, kOfCase, RowKey(case_id))) {
    std::optional<StoredAlert> alert = Alert(id);
    WM_CHECK(alert.has_value(), "an index names an alert that is not there");
    found.push_back(*std::move(alert));
  }
  return found;
}

std::vector<StoredAlert> AlertsView::Alerts(size_t max) const {
  std::vector<StoredAlert> found;
  view_.Scan(kByTime, "", "", [&](std::string_view key, std::string_view) {
    const absl::StatusOr<std::string> id = KeyReader(key.substr(sizeof(uint64_t))).Text();
    WM_CHECK(id.ok(), "a key has another layout");
    std::optional<StoredAlert> alert = Alert(*id);
    WM_CHECK(alert.has_value(), "an index names an alert that is not there");
    found.push_back(*std::move(alert));
    return found.size() < max;
  });
  return found;
}

std::optional<gateway::v1::StoredSubscription> AlertsView::Subscription(
    std::string_view name) const {
  return ReadRow<gateway::v1::StoredSubscription>(view_, kSubscriptions, RowKey(name));
}

std::vector<std::pair<uint64_t, gateway::v1::StoredDelivery>> AlertsView::Deliveries(
    std::string_view subscription, uint64_t seq) const {
  std::vector<std::pair<uint64_t, gateway::v1::StoredDelivery>> found;
  const std::string prefix = RowKey(subscription);
  view_.Scan(kDeliveries, prefix, DeliveryKey(subscription, seq + 1),
             [&](std::string_view key, std::string_view value) {
               found.emplace_back(NumberIn(key.substr(prefix.size())),
                                  ParsedRow<gateway::v1::StoredDelivery>(value));
               return true;
             });
  return found;
}

std::vector<gateway::v1::AlertReminder> AlertsView::Reminders() const {
  std::vector<gateway::v1::AlertReminder> found;
  view_.Scan(kReminders, "", "", [&](std::string_view, std::string_view value) {
    found.push_back(ParsedRow<gateway::v1::AlertReminder>(value));
    return true;
  });
  return found;
}

gateway::v1::FeedEntry AlertsView::EntryAt(uint64_t seq) const {
  const auto entry = ReadRow<gateway::v1::FeedEntry>(view_, kFeed, BigEndian64(seq));
  WM_CHECK(entry.has_value(), "the feed has no gaps");
  return *entry;
}

uint64_t AlertsView::head() const {
  const std::optional<std::string> head = view_.Get(kHead, kFeedKey);
  return head ? NumberIn(*head) : 0;
}

EntryKind AlertsView::KindAt(uint64_t seq) const {
  const std::optional<EntryKind> kind = ParseEntryKind(EntryAt(seq).kind());
  WM_CHECK(kind.has_value(), "an entry of the feed of no known kind");
  return *kind;
}

uint64_t AlertsView::NewestOfAlertAt(uint64_t seq) const {
  const std::optional<StoredAlert> alert = Alert(EntryAt(seq).alert_id());
  WM_CHECK(alert.has_value(), "an entry of the feed names an alert that is not there");
  return alert->latest_seq();
}

bool AlertsView::MissesShares(uint64_t seq) const {
  const std::optional<StoredAlert> alert = Alert(EntryAt(seq).alert_id());
  return alert && alert->unreached_size() > 0;
}

}  // namespace waymark::sharing::alerts
