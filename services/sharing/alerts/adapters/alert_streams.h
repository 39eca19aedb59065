// The open alert streams of a process, so that they can be woken: when the feed grows (by the
// effect that GatewayEffects performs) and as time passes (by whoever drives the clock).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/rpc/channel.h"

namespace waymark::sharing::alerts {

// Other gateways, by partnership id and agency. Channels may be added until calls are served.
using PeerChannels = std::map<std::string, std::map<std::string, std::shared_ptr<rpc::Channel>>>;

// Without another message a stream says so at this interval.
inline constexpr absl::Duration kHeartbeatEvery = absl::Seconds(15);

// Thread-safe; nothing blocks.
class AlertStreams {
 public:
  class Member {
   public:
    virtual ~Member() = default;
    virtual const std::string& shard() const = 0;
    virtual void OnNews() = 0;
    virtual void OnTime(absl::Time now) = 0;
  };

  // There is something new in the feed of a membership.
  void Wake(std::string_view shard);
  // Call it every second or so, and whenever a virtual clock was moved: sends the heartbeats that
  // are due and looks at every feed once more.
  void Tick(absl::Time now);
  size_t open() const;

  void Add(std::weak_ptr<Member> member);

 private:
  std::vector<std::shared_ptr<Member>> Members() const;

  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<Member>> members_;
};

}  // namespace waymark::sharing::alerts
