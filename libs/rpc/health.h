// Inside the library: grpc.health.v1.Health for one endpoint. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rpc/method_table.h"

namespace waymark::rpc {

class Health {
 public:
  explicit Health(const std::vector<std::string>& services);

  // Check and Watch, for anyone with a certificate. The handlers refer to this object.
  void AddMethods(MethodTable& table);

  void SetServing(std::string_view service, bool serving);
  void SetAllServing(bool serving);
  // NOT_SERVING from now on, whatever is set later.
  void Drain();

 private:
  // The values of HealthCheckResponse.ServingStatus.
  enum Status { kServing = 1, kNotServing = 2, kServiceUnknown = 3 };
  struct Watcher;

  Status StatusOf(const std::string& service) const;
  void Watch(const std::string& service, std::shared_ptr<Watcher> watcher);
  void Tell();

  mutable std::mutex mutex_;
  std::map<std::string, bool, std::less<>> serving_;
  std::vector<std::weak_ptr<Watcher>> watchers_;
  bool draining_ = false;
};

}  // namespace waymark::rpc
