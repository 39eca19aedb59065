// The calling side: one port, two transports. GrpcChannel speaks mTLS to a Server anywhere;
// LocalChannel hands the call to an Endpoint of this process, under a principal given to it,
// through the same admission, limits and codecs. One suite of tests runs over both. Thread-safe.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/endpoint.h"

namespace waymark::rpc {

struct CallOptions {
  // From now. Infinite: the server's default for unary calls, its maximum age for streams.
  absl::Duration timeout = absl::InfiniteDuration();
  std::string bearer_token;  // the person on whose behalf; "" when none
  std::string idempotency_key;
  std::string traceparent;
};

// The calling side of a stream. Callbacks come one at a time, never under a lock, possibly before
// the call that gave them returns. Thread-safe. Letting go of the last reference cancels.
class RawClientStream {
 public:
  virtual ~RawClientStream() = default;
  // One at a time. `done` gets a message, nullopt when the server ended the stream well, or the
  // status it ended with. After an end every further Read gets the same end.
  virtual void Read(std::function<void(absl::StatusOr<std::optional<std::string>>)> done) = 0;
  // One at a time. `done` gets true when the next may be written, false when the stream is over.
  virtual void Write(std::string message, std::function<void(bool)> done) = 0;
  virtual void WritesDone() = 0;
  virtual void Cancel() = 0;
};

class Channel {
 public:
  virtual ~Channel() = default;
  // `done` is called exactly once. A status carries the problems the server sent (errors.h).
  virtual void Call(const std::string& path, std::string request, const CallOptions& options,
                    std::function<void(absl::StatusOr<std::string>)> done) = 0;
  virtual std::shared_ptr<RawClientStream> Open(const std::string& path,
                                                const CallOptions& options) = 0;
};

struct GrpcChannelConfig {
  std::string target;   // "127.0.0.1:7443", "dns:///intake:7443"
  std::string tls_dir;  // as for ServerConfig
  // The server's certificate must carry exactly this principal; its host name is not looked at.
  Principal expected_server;
  absl::Duration tls_refresh = absl::Seconds(10);  // at least 1 s
};

// FAILED_PRECONDITION when the TLS files are missing or do not match. Connects on first use and
// again after a loss (200 ms to 5 s apart); a call made while the server cannot be reached fails
// with UNAVAILABLE at once.
absl::StatusOr<std::shared_ptr<Channel>> ConnectGrpc(GrpcChannelConfig config);

// Calls dispatch synchronously: a handler that answers at once has answered before Call returns.
class LocalChannel : public Channel {
 public:
  // `clock` is for timeouts and must be the endpoint's.
  static std::shared_ptr<LocalChannel> Create(std::shared_ptr<Endpoint> endpoint, Principal caller,
                                              Clock& clock);
  // Ends with DEADLINE_EXCEEDED every call and stream whose deadline is not later than the clock's
  // now. There are no threads and no timers here: whoever moves the clock calls this.
  virtual void ExpireDeadlines() = 0;
};

// ---- Typed helpers ----

template <class Resp>
absl::StatusOr<Resp> Decode(const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) return bytes.status();
  Resp response;
  if (!response.ParseFromString(*bytes)) return Undecodable(response.GetTypeName());
  return response;
}

template <class Resp, class Req>
void CallAsync(Channel& channel, const std::string& path, const Req& request,
               const CallOptions& options, std::function<void(absl::StatusOr<Resp>)> done) {
  channel.Call(
      path, request.SerializeAsString(), options,
      [done = std::move(done)](absl::StatusOr<std::string> bytes) { done(Decode<Resp>(bytes)); });
}

// Blocks until answered. Not from a handler, and over a LocalChannel only when the handler answers
// at once or another thread drives it.
template <class Resp, class Req>
absl::StatusOr<Resp> Call(Channel& channel, const std::string& path, const Req& request,
                          const CallOptions& options = {}) {
  auto answer = std::make_shared<std::promise<absl::StatusOr<std::string>>>();
  channel.Call(
      path, request.SerializeAsString(), options,
      [answer](absl::StatusOr<std::string> bytes) { answer->set_value(std::move(bytes)); });
  return Decode<Resp>(answer->get_future().get());
}

template <class Req, class Resp>
class ClientStream {
 public:
  using Item = absl::StatusOr<std::optional<Resp>>;

  explicit ClientStream(std::shared_ptr<RawClientStream> raw) : raw_(std::move(raw)) {}

  void Read(std::function<void(Item)> done) {
    raw_->Read([done = std::move(done)](absl::StatusOr<std::optional<std::string>> bytes) {
      done(DecodeItem(std::move(bytes)));
    });
  }
  void Write(const Req& message, std::function<void(bool)> done) {
    raw_->Write(message.SerializeAsString(), std::move(done));
  }
  void WritesDone() { raw_->WritesDone(); }
  void Cancel() { raw_->Cancel(); }

  // Blocking forms; not from a callback.
  Item Next() {
    auto item = std::make_shared<std::promise<Item>>();
    Read([item](Item read) { item->set_value(std::move(read)); });
    return item->get_future().get();
  }
  bool Send(const Req& message) {
    auto written = std::make_shared<std::promise<bool>>();
    Write(message, [written](bool ok) { written->set_value(ok); });
    return written->get_future().get();
  }

 private:
  static Item DecodeItem(absl::StatusOr<std::optional<std::string>> bytes) {
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) return std::optional<Resp>();
    Resp message;
    if (!message.ParseFromString(**bytes)) return Undecodable(message.GetTypeName());
    return std::optional<Resp>(std::move(message));
  }

  std::shared_ptr<RawClientStream> raw_;
};

template <class Req, class Resp>
std::shared_ptr<ClientStream<Req, Resp>> OpenBidi(Channel& channel, const std::string& path,
                                                  const CallOptions& options = {}) {
  return std::make_shared<ClientStream<Req, Resp>>(channel.Open(path, options));
}

template <class Resp, class Req>
std::shared_ptr<ClientStream<Req, Resp>> OpenServerStream(Channel& channel, const std::string& path,
                                                          const Req& request,
                                                          const CallOptions& options = {}) {
  auto raw = channel.Open(path, options);
  raw->Write(request.SerializeAsString(), [raw](bool written) {
    if (written) raw->WritesDone();  // otherwise the first Read says why
  });
  return std::make_shared<ClientStream<Req, Resp>>(std::move(raw));
}

}  // namespace waymark::rpc
