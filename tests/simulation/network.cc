#include "tests/simulation/network.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace waymark::simulation {
namespace {

constexpr absl::Duration kAnsweredWithin = absl::Seconds(30);

absl::Status Unreachable() { return absl::UnavailableError("the other side cannot be reached"); }

}  // namespace

// Answered once: by the server, by its absence or by the deadline; never once its caller is gone.
struct Network::Pending {
  Party& from;
  uint64_t incarnation;
  std::function<void(absl::StatusOr<std::string>)> done;

  void End(absl::StatusOr<std::string> answer) {
    auto told = std::move(done);
    done = nullptr;
    if (told != nullptr && from.incarnation() == incarnation) told(std::move(answer));
  }
};

class Network::LineChannel : public rpc::Channel {
 public:
  LineChannel(Network& network, Party& from, Party& to, rpc::Principal principal)
      : network_(network), from_(from), to_(to), principal_(std::move(principal)) {}

  void Call(const std::string& path, std::string request, const rpc::CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    auto pending = std::make_shared<Pending>(Pending{from_, from_.incarnation(), std::move(done)});
    const absl::Time now = network_.clock_.Now();
    network_.At(now + std::min(options.timeout, kAnsweredWithin), [pending] {
      pending->End(absl::DeadlineExceededError("no answer within the deadline"));
    });
    network_.At(now + network_.Delay(from_.name(), to_.name()),
                [this, pending, path, request = std::move(request), options] {
                  Arrive(pending, path, request, options);
                });
  }

  std::shared_ptr<rpc::RawClientStream> Open(const std::string&, const rpc::CallOptions&) override {
    return nullptr;  // no node opens a stream to another
  }

 private:
  void Arrive(const std::shared_ptr<Pending>& pending, const std::string& path,
              const std::string& request, const rpc::CallOptions& options) {
    if (pending->done == nullptr) return;
    const std::shared_ptr<rpc::Endpoint> endpoint = to_.endpoint();
    if (endpoint == nullptr || network_.IsCut(from_.name(), to_.name())) {
      return pending->End(Unreachable());
    }
    Exchange exchange{from_.name(), to_.name(), path, request, network_.trace_.lines(),
                      Unreachable()};
    const auto cached = network_.cache_.find(request);
    if (path == network_.cached_ && cached != network_.cache_.end()) {
      exchange.answer = cached->second;
      network_.on_exchange(exchange);
      return pending->End(cached->second);
    }
    if (channel_ == nullptr || at_ != to_.incarnation()) {
      channel_ = rpc::LocalChannel::Create(endpoint, principal_, to_.clock());
      at_ = to_.incarnation();
    }
    channel_->Call(path, request, options,
                   [network = &network_, pending, exchange](absl::StatusOr<std::string> answer) {
                     Exchange told = exchange;
                     told.answer = answer;
                     Return(*network, pending, told);
                   });
  }

  static void Return(Network& network, const std::shared_ptr<Pending>& pending,
                     const Exchange& exchange) {
    if (network.closed_) return;
    network.on_exchange(exchange);
    if (exchange.path == network.cached_ && exchange.answer.ok()) {
      network.cache_.emplace(exchange.request, *exchange.answer);
    }
    const bool lost = network.lose_one_in_ > 0 && network.dice_.OneIn(network.lose_one_in_);
    network.At(network.clock_.Now() + network.Delay(exchange.to, exchange.from),
               [&network, pending, exchange, lost] {
                 if (lost || network.IsCut(exchange.from, exchange.to)) {
                   return pending->End(Unreachable());
                 }
                 pending->End(exchange.answer);
               });
  }

  Network& network_;
  Party& from_;
  Party& to_;
  const rpc::Principal principal_;
  std::shared_ptr<rpc::LocalChannel> channel_;
  uint64_t at_ = 0;
};

bool Network::Deliver() {
  bool any = false;
  while (!queue_.empty() && queue_.begin()->first.first <= clock_.Now()) {
    const std::function<void()> what = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    what();
    any = true;
  }
  return any;
}

void Network::Heal() {
  cut_.clear();
  slow_.clear();
  lose_one_in_ = 0;
}

std::shared_ptr<rpc::Channel> Network::Line(Party& from, Party& to, rpc::Principal principal) {
  return std::make_shared<LineChannel>(*this, from, to, std::move(principal));
}

absl::Duration Network::Delay(const std::string& from, const std::string& to) {
  if (Has(slow_, from, to)) return dice_.Between(absl::Milliseconds(200), absl::Seconds(20));
  return dice_.Between(absl::ZeroDuration(), absl::Milliseconds(3));
}

}  // namespace waymark::simulation
