#include "services/sharing/alerts/adapters/alert_streams.h"

#include <algorithm>
#include <utility>

namespace waymark::sharing::alerts {

void AlertStreams::Wake(std::string_view shard) {
  for (const std::shared_ptr<Member>& member : Members()) {
    if (member->shard() == shard) member->OnNews();
  }
}

void AlertStreams::Tick(absl::Time now) {
  for (const std::shared_ptr<Member>& member : Members()) member->OnTime(now);
}

size_t AlertStreams::open() const { return Members().size(); }

void AlertStreams::Add(std::weak_ptr<Member> member) {
  std::lock_guard lock(mutex_);
  members_.push_back(std::move(member));
}

std::vector<std::shared_ptr<AlertStreams::Member>> AlertStreams::Members() const {
  std::vector<std::shared_ptr<Member>> alive;
  std::lock_guard lock(mutex_);
  members_.erase(std::remove_if(members_.begin(), members_.end(),
                                [&](const std::weak_ptr<Member>& weak) {
                                  std::shared_ptr<Member> member = weak.lock();
                                  if (member == nullptr) return true;
                                  alive.push_back(std::move(member));
                                  return false;
                                }),
                 members_.end());
  return alive;
}

}  // namespace waymark::sharing::alerts
