// The serving side of a stream, and the answer of a unary call: what a handler holds.
//
// Flow is by pull. A stream keeps a small bounded buffer (Limits::stream_pending_messages) and no
// queue: when Write says false the message was not taken, and the function given to OnReady is
// called when there is room. So a service keeps a cursor per stream and copies nothing ahead of its
// reader:
//
//   writer->OnReady([this, cursor, writer] {
//     while (auto alert = store_.AlertAt(*cursor)) {
//       if (!writer->Write(*alert)) return;      // full: called again when there is room
//       cursor->Advance();
//     }
//   });
//   ...
//   writer->Wake();                              // there is something new: runs that function
//
// Every method is thread-safe and none blocks. The functions a stream calls (OnReady, Read,
// OnCancelled) are called one at a time for each stream, with no lock held, possibly before the
// registering call returns, on the transport's thread or on the thread that called Wake, Read or
// Write; they must not block. All of them are let go once the stream is over, so capturing the
// stream in its own callbacks leaks nothing as long as the stream is finished or its peer goes.
// Letting go of the last reference without Finish ends the stream with INTERNAL.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::rpc {

// Untyped form, implemented once in this library; handlers use the typed ones below.
class RawStream {
 public:
  virtual ~RawStream() = default;
  virtual bool Write(std::string message) = 0;
  virtual bool WriteWhenSent(std::string message) = 0;
  virtual void OnReady(std::function<void()> on_ready) = 0;
  virtual void Wake() = 0;
  virtual void Read(std::function<void(std::optional<std::string>)> done) = 0;
  virtual void Finish(absl::Status status) = 0;
  virtual void OnCancelled(std::function<void()> on_cancelled) = 0;
  virtual bool over() const = 0;
};

// INVALID_ARGUMENT: the bytes are not a message of this type.
absl::Status Undecodable(const std::string& type_name);

template <class Resp>
class ServerWriter {
 public:
  explicit ServerWriter(std::shared_ptr<RawStream> raw) : raw_(std::move(raw)) {}
  ~ServerWriter() {
    raw_->Finish(absl::InternalError("the service let go of the stream without ending it"));
  }
  ServerWriter(const ServerWriter&) = delete;
  ServerWriter& operator=(const ServerWriter&) = delete;

  // Takes `message` and returns true, or returns false when the buffer is full or the stream over.
  bool Write(const Resp& message) { return raw_->Write(message.SerializeAsString()); }
  // The same, but also refuses while an earlier message is taken and not yet with the transport:
  // for what must not wait here, because it may have to be taken back.
  bool WriteWhenSent(const Resp& message) {
    return raw_->WriteWhenSent(message.SerializeAsString());
  }
  // Calls `on_ready` at once, after a refused Write when there is room again, and on Wake.
  void OnReady(std::function<void()> on_ready) { raw_->OnReady(std::move(on_ready)); }
  // Runs the OnReady function now, or right after its present run.
  void Wake() { raw_->Wake(); }
  // Ends the stream after what was taken has been sent. Later calls change nothing.
  void Finish(absl::Status status) { raw_->Finish(std::move(status)); }
  // Called at most once, when the stream ended otherwise than by Finish: the peer went away or
  // cancelled, the deadline passed, a limit was broken, or the server drains. At once if it has.
  void OnCancelled(std::function<void()> on_cancelled) {
    raw_->OnCancelled(std::move(on_cancelled));
  }
  bool over() const { return raw_->over(); }

 protected:
  std::shared_ptr<RawStream> raw_;
};

template <class Req, class Resp>
class Duplex : public ServerWriter<Resp> {
 public:
  // nullopt: the client has no more (or the stream is over, or the server drains). A status: this
  // message could not be decoded; it may be refused by itself and the stream goes on.
  using Item = std::optional<absl::StatusOr<Req>>;

  using ServerWriter<Resp>::ServerWriter;

  // Asks for the next message; `done` is called exactly once. One Read at a time. A service that
  // does not read holds its client back by flow control.
  void Read(std::function<void(Item)> done) {
    this->raw_->Read([done = std::move(done)](std::optional<std::string> bytes) {
      if (!bytes) return done(std::nullopt);
      Req message;
      if (message.ParseFromString(*bytes)) return done(std::move(message));
      done(Item(Undecodable(message.GetTypeName())));
    });
  }
};

// Answers one unary call from any thread, at any later time, exactly once; copies share the answer.
// Letting go of the last copy unanswered answers INTERNAL. Answering twice stops the process.
class RawReply {
 public:
  explicit RawReply(std::function<void(absl::StatusOr<std::string>)> done);
  void operator()(absl::StatusOr<std::string> answer) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

template <class Resp>
class Reply {
 public:
  explicit Reply(RawReply raw) : raw_(std::move(raw)) {}
  void operator()(const absl::StatusOr<Resp>& answer) const {
    if (answer.ok()) {
      raw_(answer->SerializeAsString());
    } else {
      raw_(answer.status());
    }
  }

 private:
  RawReply raw_;
};

}  // namespace waymark::rpc
