#include "libs/rpc/health.h"

#include <google/protobuf/wrappers.pb.h>

#include "libs/base/check.h"
#include "libs/rpc/errors.h"

namespace waymark::rpc {
namespace {

// On the wire HealthCheckRequest is one string numbered 1 and HealthCheckResponse one enum numbered
// 1 (github.com/grpc/grpc/blob/master/doc/health-checking.md): the same bytes as these two.
using Request = google::protobuf::StringValue;
using Response = google::protobuf::Int32Value;

}  // namespace

struct Health::Watcher {
  std::shared_ptr<ServerWriter<Response>> writer;
  int told = 0;
};

Health::Health(const std::vector<std::string>& services) {
  for (const std::string& service : services) serving_.emplace(service, false);
}

void Health::AddMethods(MethodTable& table) {
  table.Unary<Request, Response>(
      "/grpc.health.v1.Health/Check", Rule::AnyPrincipal(),
      [this](const CallContext&, Request request, Reply<Response> reply) {
        Status status = StatusOf(request.value());
        if (status == kServiceUnknown) {
          return reply(ProblemStatus(
              absl::StatusCode::kNotFound,
              {{"unknown_service", "service", "a service of this endpoint, or \"\" for all of them",
                "check the name and the port"}}));
        }
        Response response;
        response.set_value(status);
        reply(response);
      });
  table.ServerStream<Request, Response>(
      "/grpc.health.v1.Health/Watch", Rule::AnyPrincipal(),
      [this](const CallContext&, Request request, std::shared_ptr<ServerWriter<Response>> writer) {
        auto watcher = std::make_shared<Watcher>();
        watcher->writer = std::move(writer);
        Watch(request.value(), std::move(watcher));
      });
}

void Health::Watch(const std::string& service, std::shared_ptr<Watcher> watcher) {
  {
    std::lock_guard lock(mutex_);
    std::erase_if(watchers_, [](const auto& weak) { return weak.expired(); });
    watchers_.push_back(watcher);
  }
  // The stream holds the watcher for as long as it lives.
  watcher->writer->OnReady([this, service, watcher] {
    Status status = StatusOf(service);
    if (status == watcher->told) return;
    Response response;
    response.set_value(status);
    if (watcher->writer->Write(response)) watcher->told = status;
  });
}

void Health::SetServing(std::string_view service, bool serving) {
  {
    std::lock_guard lock(mutex_);
    auto found = serving_.find(service);
    WM_CHECK(found != serving_.end(), "the service is in the method table");
    found->second = serving;
  }
  Tell();
}

void Health::SetAllServing(bool serving) {
  {
    std::lock_guard lock(mutex_);
    for (auto& [service, state] : serving_) state = serving;
  }
  Tell();
}

void Health::Drain() {
  {
    std::lock_guard lock(mutex_);
    draining_ = true;
  }
  Tell();
}

Health::Status Health::StatusOf(const std::string& service) const {
  std::lock_guard lock(mutex_);
  if (!service.empty()) {
    auto found = serving_.find(service);
    if (found == serving_.end()) return kServiceUnknown;
    return found->second && !draining_ ? kServing : kNotServing;
  }
  for (const auto& [name, serving] : serving_) {
    if (!serving) return kNotServing;
  }
  return draining_ ? kNotServing : kServing;
}

void Health::Tell() {
  std::vector<std::shared_ptr<Watcher>> watchers;
  {
    std::lock_guard lock(mutex_);
    for (auto& weak : watchers_) {
      if (auto watcher = weak.lock()) watchers.push_back(std::move(watcher));
    }
  }
  for (auto& watcher : watchers) watcher->writer->Wake();
}

}  // namespace waymark::rpc
