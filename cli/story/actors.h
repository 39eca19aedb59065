// The people and systems of the story as clients of their own gateways: real certificates, real
// tokens, real calls over mutual TLS. Used by the thread that steps the partnership.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"
#include "libs/config/partnership.h"
#include "libs/rpc/channel.h"

namespace waymark::cli::story {

// What a call waits on: one round of the partnership; false when there was nothing to do.
using Pump = std::function<absl::StatusOr<bool>()>;

class Actors {
 public:
  // All must outlive this. `real_clock` dates tokens.
  Actors(const Layout& layout, const config::Partnership& directory, Clock& real_clock,
         Random& random, Pump pump)
      : layout_(layout),
        directory_(directory),
        real_clock_(real_clock),
        random_(random),
        pump_(std::move(pump)) {}

  // Calls the agency's gateway as its system of that role, `person` ("" for none) signed in with
  // `person_role`, and steps the partnership until the answer is there.
  template <class Resp, class Req>
  absl::StatusOr<Resp> Call(const std::string& agency, const std::string& system,
                            const std::string& person_role, const std::string& path,
                            const Req& request, const std::string& idempotency_key = "") {
    absl::StatusOr<std::shared_ptr<rpc::Channel>> channel = ChannelOf(agency, system);
    if (!channel.ok()) return channel.status();
    rpc::CallOptions options;
    options.timeout = kCallTimeout;
    options.idempotency_key = idempotency_key;
    if (!person_role.empty()) {
      absl::StatusOr<std::string> token = TokenOf(agency, person_role);
      if (!token.ok()) return token.status();
      options.bearer_token = *std::move(token);
    }
    auto answer = std::make_shared<std::promise<absl::StatusOr<Resp>>>();
    std::future<absl::StatusOr<Resp>> future = answer->get_future();
    rpc::CallAsync<Resp>(
        **channel, path, request, options,
        [answer](absl::StatusOr<Resp> response) { answer->set_value(std::move(response)); });
    while (true) {
      absl::StatusOr<bool> busy = pump_();
      if (!busy.ok()) return busy.status();
      // The answer comes on another thread; wait for it only while there is nothing else to do.
      const auto patience = std::chrono::milliseconds(*busy ? 0 : 1);
      if (future.wait_for(patience) == std::future_status::ready) return future.get();
    }
  }

  absl::StatusOr<std::shared_ptr<rpc::Channel>> ChannelOf(const std::string& agency,
                                                          const std::string& system);

 private:
  static constexpr absl::Duration kCallTimeout = absl::Seconds(30);

  absl::StatusOr<std::string> TokenOf(const std::string& agency, const std::string& role);

  const Layout& layout_;
  const config::Partnership& directory_;
  Clock& real_clock_;
  Random& random_;
  const Pump pump_;
  std::map<std::string, std::shared_ptr<rpc::Channel>> channels_;
  std::map<std::string, std::string> tokens_;
};

}  // namespace waymark::cli::story
