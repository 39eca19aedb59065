// Inside the library: what admission hands a transport, and the one implementation of a serving
// stream over any transport.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "libs/rpc/endpoint.h"
#include "libs/rpc/serial.h"

namespace waymark::rpc {

class StreamCore;

// A call that was let in. It counts as open until Ended, or until it is let go.
class OpenCall {
 public:
  virtual ~OpenCall() = default;
  virtual const MethodTable::Entry& entry() const = 0;
  virtual const CallContext& context() const = 0;
  virtual const Limits& limits() const = 0;
  // Takes one message received on a stream off the caller's allowance.
  virtual absl::Status CountItem() = 0;
  // So that a drain reaches it.
  virtual void Track(const std::shared_ptr<StreamCore>& stream) = 0;
  // The first call counts, later ones change nothing.
  virtual void Ended(absl::StatusCode code) = 0;
};

// The gate. `caller` is an error when the peer could not be named. A refused call is recorded here.
absl::StatusOr<std::shared_ptr<OpenCall>> Admit(Endpoint& endpoint,
                                                const absl::StatusOr<Principal>& caller,
                                                const std::string& path,
                                                const CallMetadata& metadata);
// True when every call has ended within `patience` of real time.
bool WaitUntilIdle(Endpoint& endpoint, absl::Duration patience);

// RESOURCE_EXHAUSTED: a message larger than the limit.
absl::Status TooLarge(size_t bytes, size_t bytes_max);
// The status as it may travel: the message bounded, so that it fits in metadata.
absl::Status Travelling(const absl::Status& status);

// Port: what a transport does for one stream. Calls come one at a time; Close is the last.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void Send(std::string message) = 0;  // answered by StreamCore::Sent
  virtual void Receive() = 0;                  // answered by StreamCore::Received
  virtual void Kill() = 0;                     // makes a Send that is under way fail soon
  virtual void Close(const absl::Status& status) = 0;
};

class StreamCore : public RawStream, public std::enable_shared_from_this<StreamCore> {
 public:
  StreamCore(std::shared_ptr<OpenCall> call, std::shared_ptr<Wire> wire);

  // Calls the handler: at once for a bidirectional stream, after the request for a server stream.
  void Start();

  // For handlers (stream.h says what they mean).
  bool Write(std::string message) override;
  bool WriteWhenSent(std::string message) override;
  void OnReady(std::function<void()> on_ready) override;
  void Wake() override;
  void Read(std::function<void(std::optional<std::string>)> done) override;
  void Finish(absl::Status status) override;
  void OnCancelled(std::function<void()> on_cancelled) override;
  bool over() const override;

  // From the transport.
  void Sent(bool ok);
  void Received(std::optional<std::string> message);  // nullopt: the client has no more
  void Abort(absl::Status status);  // the peer is gone or the time is up: nothing more is sent
  // From the endpoint.
  void Drain();

 private:
  bool Take(std::string message, bool when_sent);
  // All below run in serial_.
  void Pump();
  void Deliver(std::optional<std::string> message);
  void EndWithoutHandler(absl::Status status);
  void Close(const absl::Status& status);
  void LetGo();
  bool BeginClosing(const absl::Status& status);  // thread-safe; false when already closing

  const std::shared_ptr<OpenCall> call_;
  const bool duplex_;
  Serial serial_;

  mutable std::mutex mutex_;  // guards the next six
  std::deque<std::string> pending_;
  size_t unsent_ = 0;  // pending_ and what is being sent
  bool refused_ = false;
  bool closing_ = false;
  bool woken_ = false;
  absl::Status final_;

  std::shared_ptr<Wire> wire_;  // from here only in serial_
  bool sending_ = false;
  bool receiving_ = false;
  bool counting_ = false;
  bool client_ended_ = false;
  bool draining_ = false;
  bool cancelled_ = false;
  bool aborted_ = false;
  std::function<void()> on_ready_;
  std::function<void()> on_cancelled_;
  std::function<void(std::optional<std::string>)> reader_;
};

}  // namespace waymark::rpc
