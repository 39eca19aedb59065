// A partner's system that subscribes to alerts at its own gateway, keeps what it was sent and
// confirms each. Callbacks come on the transport's threads; everything here is thread-safe.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/rpc/channel.h"
#include "waymark/gateway/v1/alert.pb.h"

namespace waymark::cli::story {

class Subscriber : public std::enable_shared_from_this<Subscriber> {
 public:
  // Subscribes and goes on by itself until Stop or the stream's end.
  static std::shared_ptr<Subscriber> Start(rpc::Channel& channel, const std::string& partnership,
                                           const std::string& name, const std::string& purpose,
                                           const std::string& bearer_token);
  void Stop();

  // Every alert in its latest version, by alert id.
  std::map<std::string, gateway::v1::Alert> Alerts() const;
  // Alerts that were taken back, with the reason, by alert id.
  std::map<std::string, std::string> Tombstones() const;
  uint64_t received() const;
  // Not OK once the stream has ended with an error.
  absl::Status status() const;

 private:
  using Stream =
      rpc::ClientStream<gateway::v1::SubscribeAlertsRequest, gateway::v1::SubscribeAlertsResponse>;
  explicit Subscriber(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  void ReadNext();
  void Send(gateway::v1::SubscribeAlertsRequest message);
  void WriteFront();
  void Take(const gateway::v1::SubscribeAlertsResponse& message);

  const std::shared_ptr<Stream> stream_;
  mutable std::mutex mutex_;
  std::deque<gateway::v1::SubscribeAlertsRequest> to_write_;  // front is being written
  std::map<std::string, gateway::v1::Alert> alerts_;
  std::map<std::string, std::string> tombstones_;
  uint64_t received_ = 0;
  absl::Status status_;
};

}  // namespace waymark::cli::story
