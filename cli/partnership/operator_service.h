// The operator's port of a process: what runs here and how it is. Operators only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/base/version.h"
#include "libs/process/part.h"
#include "libs/rpc/server.h"

namespace waymark::cli {

using process::Part;

class OperatorDesk {
 public:
  struct Config {
    std::string partnership;
    std::string trust_domain;
    std::string endpoint;  // "127.0.0.1:7520"
    std::string tls_dir;
  };
  // `parts` and both clocks outlive the desk; `parts` is read on the transport's threads and must
  // not change any more.
  static absl::StatusOr<std::unique_ptr<OperatorDesk>> Listen(
      Config config, const std::vector<std::unique_ptr<Part>>& parts, Clock& decision_clock,
      Clock& real_clock);
  void Drain(absl::Duration grace) { server_->Drain(grace); }

 private:
  OperatorDesk() = default;
  std::shared_ptr<rpc::Endpoint> endpoint_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace waymark::cli
