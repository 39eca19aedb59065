#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/client_handle.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_connect.h"
#include "libs/rpc/grpc_convert.h"
#include "libs/rpc/serial.h"
#include "libs/rpc/tls.h"

namespace waymark::rpc {
namespace {

constexpr int kReceiveBytesMax = 4 << 20;

void Prepare(grpc::ClientContext& context, const CallOptions& options) {
  if (options.timeout != absl::InfiniteDuration()) {
    context.set_deadline(FromNow(std::max(options.timeout, absl::ZeroDuration())));
  }
  if (!options.bearer_token.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", options.bearer_token));
  }
  if (!options.idempotency_key.empty()) {
    context.AddMetadata("idempotency-key", options.idempotency_key);
  }
  if (!options.traceparent.empty()) context.AddMetadata("traceparent", options.traceparent);
}

absl::Status Incoming(const grpc::ClientContext& context, const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto& trailers = context.GetServerTrailingMetadata();
  auto problems = trailers.find(kProblemMetadata);
  return StatusFromWire(status.error_code(), status.error_message(),
                        problems == trailers.end()
                            ? ""
                            : std::string(problems->second.data(), problems->second.size()));
}

struct UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

// A hold keeps gRPC from ending the call while the client may still start something; it goes when
// the server has ended the stream or the client cancels.
class GrpcStream : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                   public RawClientStream,
                   public std::enable_shared_from_this<GrpcStream> {
 public:
  void Start(grpc::GenericStub& stub, const std::string& path, const CallOptions& options) {
    self_ = shared_from_this();
    Prepare(context_, options);
    stub.PrepareBidiStreamingCall(&context_, path, {}, this);
    AddHold();
    StartCall();
  }

  void Read(std::function<void(absl::StatusOr<std::optional<std::string>>)> done) override {
    serial_.Run([self = shared_from_this(), done = std::move(done)] {
      WM_CHECK(!self->reader_, "one Read at a time");
      self->reader_ = done;
      if (self->end_) return self->DeliverEnd();
      if (!self->closed_) self->StartRead(&self->incoming_);
    });
  }
  void Write(std::string message, std::function<void(bool)> done) override {
    serial_.Run([self = shared_from_this(), message = std::move(message), done = std::move(done)] {
      WM_CHECK(!self->written_, "one Write at a time");
      WM_CHECK(!self->half_closed_, "nothing is written after WritesDone");
      if (self->closed_) return done(false);
      self->written_ = done;
      self->outgoing_ = ToBuffer(message);
      self->StartWrite(&self->outgoing_);
    });
  }
  void WritesDone() override {
    serial_.Run([self = shared_from_this()] {
      if (self->half_closed_) return;
      self->half_closed_ = true;
      if (!self->closed_) self->StartWritesDone();
    });
  }
  void Cancel() override {
    serial_.Run([self = shared_from_this()] {
      if (self->end_) return;
      self->context_.TryCancel();
      self->CloseOnce();
    });
  }

  void OnReadDone(bool ok) override {
    serial_.Run([self = shared_from_this(), ok] {
      if (!ok) return self->CloseOnce();  // the status comes with OnDone
      std::string message;
      if (!ToString(self->incoming_, &message)) {
        self->context_.TryCancel();
        return self->CloseOnce();
      }
      auto reader = std::move(self->reader_);
      self->reader_ = nullptr;
      reader(std::optional<std::string>(std::move(message)));
    });
  }
  void OnWriteDone(bool ok) override {
    serial_.Run([self = shared_from_this(), ok] {
      auto written = std::move(self->written_);
      self->written_ = nullptr;
      written(ok);
    });
  }
  void OnDone(const grpc::Status& status) override {
    serial_.Run([self = shared_from_this(), status] {
      self->end_ = Incoming(self->context_, status);
      self->closed_ = true;
      if (self->reader_) self->DeliverEnd();
      self->self_ = nullptr;
    });
  }

 private:
  void CloseOnce() {
    if (closed_) return;
    closed_ = true;
    RemoveHold();
  }
  void DeliverEnd() {
    auto reader = std::move(reader_);
    reader_ = nullptr;
    if (end_->ok()) return reader(std::optional<std::string>());
    reader(*end_);
  }

  grpc::ClientContext context_;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  Serial serial_;
  // From here only in serial_, after Start.
  std::shared_ptr<GrpcStream> self_;
  std::function<void(absl::StatusOr<std::optional<std::string>>)> reader_;
  std::function<void(bool)> written_;
  std::optional<absl::Status> end_;
  bool closed_ = false;
  bool half_closed_ = false;
};

class GrpcChannel : public Channel {
 public:
  explicit GrpcChannel(const std::shared_ptr<grpc::Channel>& channel) : stub_(channel) {}

  void Call(const std::string& path, std::string request, const CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    auto call = std::make_shared<UnaryCall>();
    Prepare(call->context, options);
    call->request = ToBuffer(request);
    stub_.UnaryCall(&call->context, path, {}, &call->request, &call->response,
                    [call, done = std::move(done)](grpc::Status status) {
                      if (!status.ok()) return done(Incoming(call->context, status));
                      std::string bytes;
                      if (ToString(call->response, &bytes)) return done(std::move(bytes));
                      done(absl::InternalError("the answer cannot be read"));
                    });
  }

  std::shared_ptr<RawClientStream> Open(const std::string& path,
                                        const CallOptions& options) override {
    auto stream = std::make_shared<GrpcStream>();
    stream->Start(stub_, path, options);
    return std::make_shared<ClientHandle>(stream);
  }

 private:
  grpc::GenericStub stub_;
};

}  // namespace

std::shared_ptr<Channel> WrapGrpc(const std::string& target,
                                  const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  KeepCallbackThreads();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return std::make_shared<GrpcChannel>(grpc::CreateCustomChannel(target, credentials, arguments));
}

absl::StatusOr<std::shared_ptr<Channel>> ConnectGrpc(GrpcChannelConfig config) {
  WM_ASSIGN_OR_RETURN(auto credentials,
                      ChannelTls(config.tls_dir, config.tls_refresh, config.expected_server));
  return WrapGrpc(config.target, credentials);
}

}  // namespace waymark::rpc
