#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/client_handle.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/open_call.h"

namespace waymark::rpc {
namespace {

absl::Status Late() { return absl::DeadlineExceededError("no answer within the deadline"); }

// One unary call: answered once, by the handler or by its deadline.
class LocalCall {
 public:
  LocalCall(std::shared_ptr<OpenCall> call, std::function<void(absl::StatusOr<std::string>)> done)
      : call_(std::move(call)), done_(std::move(done)) {}

  absl::Time deadline() const { return call_->context().deadline; }
  const OpenCall& call() const { return *call_; }

  void Complete(absl::StatusOr<std::string> answer) {
    if (answered_.exchange(true)) return;
    size_t bytes_max = call_->limits().response_bytes_max;
    if (answer.ok() && answer->size() > bytes_max) answer = TooLarge(answer->size(), bytes_max);
    call_->Ended(answer.status().code());
    if (answer.ok()) {
      done_(std::move(answer));
    } else {
      done_(Travelling(answer.status()));
    }
  }
  bool answered() const { return answered_; }

 private:
  const std::shared_ptr<OpenCall> call_;
  const std::function<void(absl::StatusOr<std::string>)> done_;
  std::atomic<bool> answered_ = false;
};

// Both ends of one stream: the wire of its StreamCore and the client's side.
class LocalStream : public Wire,
                    public RawClientStream,
                    public std::enable_shared_from_this<LocalStream> {
 public:
  void Start(std::shared_ptr<OpenCall> call) {
    bytes_max_ = call->limits().message_bytes_max;
    deadline_ = call->context().deadline;
    core_ = std::make_shared<StreamCore>(std::move(call), shared_from_this());
    core_->Start();
  }
  void Refuse(const absl::Status& status) { Close(Travelling(status)); }
  absl::Time deadline() const { return deadline_; }
  void Expire() {
    serial_.Run([self = shared_from_this()] {
      if (self->core_) self->core_->Abort(Late());
    });
  }

  void Send(std::string message) override {
    serial_.Run([self = shared_from_this(), message = std::move(message)] {
      self->arrived_ = message;
      self->Deliver();
    });
  }
  void Receive() override {
    serial_.Run([self = shared_from_this()] {
      self->wanted_ = true;
      self->Move();
    });
  }
  void Kill() override {
    serial_.Run([self = shared_from_this()] {
      self->arrived_.reset();
      if (self->core_) self->core_->Sent(false);
    });
  }
  void Close(const absl::Status& status) override {
    serial_.Run([self = shared_from_this(), status] {
      self->end_ = status;
      self->core_ = nullptr;
      self->Deliver();
      self->Move();
    });
  }

  void Read(std::function<void(absl::StatusOr<std::optional<std::string>>)> done) override {
    serial_.Run([self = shared_from_this(), done = std::move(done)] {
      WM_CHECK(!self->reader_, "one Read at a time");
      self->reader_ = done;
      self->Deliver();
    });
  }
  void Write(std::string message, std::function<void(bool)> done) override {
    serial_.Run([self = shared_from_this(), message = std::move(message), done = std::move(done)] {
      WM_CHECK(!self->written_, "one Write at a time");
      WM_CHECK(!self->half_closed_, "nothing is written after WritesDone");
      self->leaving_ = message;
      self->written_ = done;
      self->Move();
    });
  }
  void WritesDone() override {
    serial_.Run([self = shared_from_this()] {
      self->half_closed_ = true;
      self->Move();
    });
  }
  void Cancel() override {
    serial_.Run([self = shared_from_this()] {
      if (self->core_) self->core_->Abort(absl::CancelledError("cancelled by the caller"));
    });
  }

 private:
  // To the client: a message first, then the end.
  void Deliver() {
    if (!reader_) return;
    absl::StatusOr<std::optional<std::string>> item;
    if (arrived_) {
      item = std::move(arrived_);
      arrived_.reset();
      if (core_) core_->Sent(true);
    } else if (end_) {
      if (end_->ok()) {
        item = std::optional<std::string>();
      } else {
        item = *end_;
      }
    } else {
      return;
    }
    auto reader = std::move(reader_);
    reader_ = nullptr;
    reader(std::move(item));
  }

  // To the server.
  void Move() {
    if (written_ && (end_ || wanted_)) {
      auto written = std::move(written_);
      written_ = nullptr;
      bool too_large = leaving_.size() > bytes_max_;
      if (core_ && too_large) core_->Abort(TooLarge(leaving_.size(), bytes_max_));
      bool moves = core_ != nullptr && !end_ && !too_large;
      if (moves) {
        wanted_ = false;
        core_->Received(std::move(leaving_));
      }
      written(moves);
    } else if (half_closed_ && wanted_ && core_) {
      wanted_ = false;
      core_->Received(std::nullopt);
    }
  }

  size_t bytes_max_ = 0;
  absl::Time deadline_ = absl::InfiniteFuture();
  Serial serial_;
  // From here only in serial_, after Start.
  std::shared_ptr<StreamCore> core_;
  std::optional<std::string> arrived_;
  std::optional<absl::Status> end_;
  std::function<void(absl::StatusOr<std::optional<std::string>>)> reader_;
  std::string leaving_;
  std::function<void(bool)> written_;
  bool wanted_ = false;
  bool half_closed_ = false;
};

class LocalChannelImpl : public LocalChannel {
 public:
  LocalChannelImpl(std::shared_ptr<Endpoint> endpoint, Principal caller, Clock& clock)
      : endpoint_(std::move(endpoint)), caller_(std::move(caller)), clock_(clock) {}

  void Call(const std::string& path, std::string request, const CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    auto admitted = Admit(*endpoint_, caller_, path, Metadata(options));
    if (!admitted.ok()) return done(Travelling(admitted.status()));
    auto call = std::make_shared<LocalCall>(*std::move(admitted), std::move(done));
    const MethodTable::Entry& entry = call->call().entry();
    if (entry.info.kind != MethodKind::kUnary) {
      return call->Complete(absl::UnimplementedError("this method is a stream: open it"));
    }
    size_t bytes_max = call->call().limits().message_bytes_max;
    if (request.size() > bytes_max) return call->Complete(TooLarge(request.size(), bytes_max));
    if (call->deadline() <= clock_.Now()) return call->Complete(Late());
    entry.unary(call->call().context(), request,
                RawReply([call](absl::StatusOr<std::string> a) { call->Complete(std::move(a)); }));
    if (call->answered()) return;
    std::lock_guard lock(mutex_);
    Remember(calls_, std::weak_ptr<LocalCall>(call));
  }

  std::shared_ptr<RawClientStream> Open(const std::string& path,
                                        const CallOptions& options) override {
    auto stream = std::make_shared<LocalStream>();
    auto admitted = Admit(*endpoint_, caller_, path, Metadata(options));
    if (!admitted.ok()) {
      stream->Refuse(admitted.status());
    } else if ((*admitted)->entry().info.kind == MethodKind::kUnary) {
      (*admitted)->Ended(absl::StatusCode::kUnimplemented);
      stream->Refuse(absl::UnimplementedError("this method is not a stream: call it"));
    } else {
      stream->Start(*std::move(admitted));
      std::lock_guard lock(mutex_);
      Remember(streams_, std::weak_ptr<LocalStream>(stream));
    }
    return std::make_shared<ClientHandle>(stream);
  }

  void ExpireDeadlines() override {
    absl::Time now = clock_.Now();
    std::vector<std::shared_ptr<LocalCall>> calls;
    std::vector<std::shared_ptr<LocalStream>> streams;
    {
      std::lock_guard lock(mutex_);
      for (auto& weak : calls_) {
        if (auto call = weak.lock(); call && call->deadline() <= now) calls.push_back(call);
      }
      for (auto& weak : streams_) {
        if (auto open = weak.lock(); open && open->deadline() <= now) streams.push_back(open);
      }
    }
    for (auto& call : calls) call->Complete(Late());
    for (auto& stream : streams) stream->Expire();
  }

 private:
  CallMetadata Metadata(const CallOptions& options) const {
    return {options.bearer_token, options.idempotency_key, options.traceparent,
            clock_.Now() + options.timeout};
  }

  // Those that have ended are dropped whenever the vector would grow.
  template <class T>
  static void Remember(std::vector<std::weak_ptr<T>>& all, std::weak_ptr<T> one) {
    if (all.size() == all.capacity()) {
      std::erase_if(all, [](const auto& open) { return open.expired(); });
      all.reserve(2 * all.size() + 16);
    }
    all.push_back(std::move(one));
  }

  const std::shared_ptr<Endpoint> endpoint_;
  const Principal caller_;
  Clock& clock_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<LocalCall>> calls_;
  std::vector<std::weak_ptr<LocalStream>> streams_;
};

}  // namespace

std::shared_ptr<LocalChannel> LocalChannel::Create(std::shared_ptr<Endpoint> endpoint,
                                                   Principal caller, Clock& clock) {
  return std::make_shared<LocalChannelImpl>(std::move(endpoint), std::move(caller), clock);
}

}  // namespace waymark::rpc
