#include "libs/process/operator_port.h"

#include <httplib.h>

#include <atomic>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace waymark::process {
namespace {

constexpr size_t kThreads = 2;
constexpr time_t kReadSeconds = 5;
constexpr size_t kRequestBytesMax = 8 << 10;
constexpr char kText[] = "text/plain; version=0.0.4";
constexpr char kJson[] = "application/json";

}  // namespace

struct OperatorPort::Impl {
  httplib::Server server;
  Answers answers;
  int port = 0;
  std::atomic<bool> ended{false};
  std::thread thread;

  void AddAnswers() {
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_read_timeout(kReadSeconds);
    server.set_keep_alive_max_count(1);
    server.set_payload_max_length(kRequestBytesMax);
    server.Get("/livez", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("{\"live\":true}\n", kJson);
    });
    server.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const Reasons reasons = answers.readiness();
      const nlohmann::json body = {{"ready", reasons.empty()}, {"reasons", reasons}};
      response.status = reasons.empty() ? 200 : 503;
      const auto replace = nlohmann::json::error_handler_t::replace;
      response.set_content(body.dump(-1, ' ', false, replace) + "\n", kJson);
    });
    server.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(answers.metrics(), kText);
    });
  }
};

OperatorPort::OperatorPort(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OperatorPort::~OperatorPort() {
  // A stop before the thread has begun to listen would be lost.
  while (!impl_->server.is_running() && !impl_->ended) std::this_thread::yield();
  impl_->server.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

absl::StatusOr<std::unique_ptr<OperatorPort>> OperatorPort::Listen(const std::string& address,
                                                                   Answers answers) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(address, ": wanted \"host:port\""));
  }
  const std::string host = address.substr(0, colon);
  auto impl = std::make_unique<Impl>();
  impl->answers = std::move(answers);
  impl->AddAnswers();
  // Two processes must not share the port, as the library would let them.
  impl->server.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  impl->port = port == 0 ? impl->server.bind_to_any_port(host) : port;
  const bool bound = port == 0 ? impl->port > 0 : impl->server.bind_to_port(host, port);
  if (!bound) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address,
                     "; another program may have the port, or the address is not this machine's: "
                     "stop the other program, or set `operator` to a free address"));
  }
  impl->thread = std::thread([raw = impl.get()] {
    raw->server.listen_after_bind();
    raw->ended = true;
  });
  return std::unique_ptr<OperatorPort>(new OperatorPort(std::move(impl)));
}

int OperatorPort::port() const { return impl_->port; }

}  // namespace waymark::process
