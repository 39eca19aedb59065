#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/grpc_convert.h"
#include "libs/rpc/open_call.h"
#include "libs/rpc/probe.h"
#include "libs/rpc/server.h"
#include "libs/rpc/tls.h"

namespace waymark::rpc {
namespace {

using Context = grpc::GenericCallbackServerContext;

constexpr char kBearer[] = "bearer ";
constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";

// Asked at every call: a connection may be older than its certificate's end or revocation.
absl::StatusOr<Principal> PeerOf(const Context& context, TlsSource& tls) {
  auto peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return ParsePrincipal("");
  auto certificates = peer->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (certificates.size() != 1) return ParsePrincipal("");
  WM_RETURN_IF_ERROR(tls.Judge({certificates[0].data(), certificates[0].size()}));
  // gRPC sets it only when the certificate names exactly one URI, and that is a SPIFFE one.
  auto uris = peer->FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (uris.size() != 1) return ParsePrincipal("");
  return ParsePrincipal({uris[0].data(), uris[0].size()});
}

std::string MetadataValue(const Context& context, const char* key) {
  const auto& all = context.client_metadata();
  auto found = all.find(key);
  return found == all.end() ? "" : std::string(found->second.data(), found->second.size());
}

absl::Time DeadlineOf(const Context& context) {
  auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

CallMetadata MetadataOf(const Context& context) {
  CallMetadata metadata;
  std::string authorization = MetadataValue(context, "authorization");
  size_t scheme = sizeof(kBearer) - 1;
  if (authorization.size() > scheme && strncasecmp(authorization.c_str(), kBearer, scheme) == 0) {
    metadata.bearer_token = authorization.substr(scheme);
  }
  metadata.idempotency_key = MetadataValue(context, "idempotency-key");
  metadata.traceparent = MetadataValue(context, "traceparent");
  metadata.deadline = DeadlineOf(context);
  return metadata;
}

// Adds the problems, which must happen before the status is sent.
grpc::Status Outgoing(Context& context, const absl::Status& status) {
  std::string problems = ProblemBytes(status);
  if (!problems.empty()) context.AddTrailingMetadata(kProblemMetadata, problems);
  return ToGrpc(status);
}

class RefusingReactor : public grpc::ServerGenericBidiReactor {
 public:
  RefusingReactor(Context& context, const absl::Status& status) {
    Finish(Outgoing(context, Travelling(status)));
  }
  void OnDone() override { delete this; }
};

// The deadline the endpoint gave, where the client's own is later or missing.
class DeadlineAlarm {
 public:
  void Set(const Context& context, const OpenCall& call, std::function<void()> late) {
    absl::Time given = call.context().deadline;
    absl::Time asked = DeadlineOf(context);
    if (given >= asked) return;
    absl::Duration left = given - SystemClock().Now();
    alarm_.Set(FromNow(std::max(left, absl::ZeroDuration())), [late = std::move(late)](bool rang) {
      if (rang) late();
    });
  }
  void Cancel() { alarm_.Cancel(); }

 private:
  grpc::Alarm alarm_;
};

absl::Status Late() { return absl::DeadlineExceededError("no answer within the deadline"); }

// Lives from CreateReactor to OnDone by its own reference, and longer while a reply is held.
class UnaryReactor : public grpc::ServerGenericBidiReactor,
                     public std::enable_shared_from_this<UnaryReactor> {
 public:
  UnaryReactor(Context& context, std::shared_ptr<OpenCall> call)
      : context_(context), call_(std::move(call)) {}

  void Start() {
    self_ = shared_from_this();
    alarm_.Set(context_, *call_, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->Complete(Late());
    });
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Complete(absl::InvalidArgumentError("the call ended before its request came"));
    size_t bytes_max = call_->limits().message_bytes_max;
    if (request_.Length() > bytes_max) return Complete(TooLarge(request_.Length(), bytes_max));
    std::string bytes;
    if (!ToString(request_, &bytes)) return Complete(absl::InternalError("unreadable request"));
    request_.Clear();
    call_->entry().unary(call_->context(), bytes,
                         RawReply([self = self_](absl::StatusOr<std::string> answer) {
                           self->Complete(std::move(answer));
                         }));
  }

  void OnCancel() override { Complete(absl::CancelledError("cancelled by the caller")); }

  void OnDone() override {
    alarm_.Cancel();
    self_ = nullptr;
  }

 private:
  void Complete(absl::StatusOr<std::string> answer) {
    if (completed_.exchange(true)) return;
    size_t bytes_max = call_->limits().response_bytes_max;
    if (answer.ok() && answer->size() > bytes_max) answer = TooLarge(answer->size(), bytes_max);
    call_->Ended(answer.status().code());
    if (!answer.ok()) return Finish(Outgoing(context_, Travelling(answer.status())));
    if (context_.method() == kHealthCheck) {
      const int64_t now = absl::ToUnixMillis(SystemClock().Now());
      context_.AddTrailingMetadata(kTimeMetadata, absl::StrCat(now));
    }
    response_ = ToBuffer(*answer);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  Context& context_;
  const std::shared_ptr<OpenCall> call_;
  std::shared_ptr<UnaryReactor> self_;
  std::atomic<bool> completed_ = false;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  DeadlineAlarm alarm_;
};

// The wire of one StreamCore.
class StreamReactor : public grpc::ServerGenericBidiReactor,
                      public Wire,
                      public std::enable_shared_from_this<StreamReactor> {
 public:
  explicit StreamReactor(Context& context) : context_(context) {}

  void Start(std::shared_ptr<OpenCall> call) {
    self_ = shared_from_this();
    bytes_max_ = call->limits().message_bytes_max;
    core_ = std::make_shared<StreamCore>(call, self_);
    alarm_.Set(context_, *call, [weak = std::weak_ptr<StreamCore>(core_)] {
      if (auto core = weak.lock()) core->Abort(Late());
    });
    core_->Start();
  }

  void Send(std::string message) override {
    outgoing_ = ToBuffer(message);
    StartWrite(&outgoing_);
  }
  void Receive() override { StartRead(&incoming_); }
  void Kill() override { context_.TryCancel(); }
  void Close(const absl::Status& status) override { Finish(Outgoing(context_, status)); }

  void OnReadDone(bool ok) override {
    if (!ok) return core_->Received(std::nullopt);
    std::string message;
    if (incoming_.Length() > bytes_max_) {
      return core_->Abort(TooLarge(incoming_.Length(), bytes_max_));
    }
    if (!ToString(incoming_, &message)) {
      return core_->Abort(absl::InternalError("unreadable message"));
    }
    incoming_.Clear();
    core_->Received(std::move(message));
  }
  void OnWriteDone(bool ok) override { core_->Sent(ok); }
  void OnCancel() override { core_->Abort(absl::CancelledError("cancelled by the caller")); }
  void OnDone() override {
    alarm_.Cancel();
    core_ = nullptr;
    self_ = nullptr;
  }

 private:
  Context& context_;
  size_t bytes_max_ = 0;
  std::shared_ptr<StreamReactor> self_;
  std::shared_ptr<StreamCore> core_;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  DeadlineAlarm alarm_;
};

// gRPC knows of one service without methods; the endpoint's table is all there is.
class Door : public grpc::CallbackGenericService {
 public:
  Door(std::shared_ptr<Endpoint> endpoint, std::shared_ptr<TlsSource> tls)
      : endpoint_(std::move(endpoint)), tls_(std::move(tls)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(Context* context) override {
    auto call = Admit(*endpoint_, PeerOf(*context, *tls_), context->method(), MetadataOf(*context));
    if (!call.ok()) return new RefusingReactor(*context, call.status());
    if ((*call)->entry().info.kind == MethodKind::kUnary) {
      auto reactor = std::make_shared<UnaryReactor>(*context, *std::move(call));
      reactor->Start();
      return reactor.get();
    }
    auto reactor = std::make_shared<StreamReactor>(*context);
    reactor->Start(*std::move(call));
    return reactor.get();
  }

 private:
  const std::shared_ptr<Endpoint> endpoint_;
  const std::shared_ptr<TlsSource> tls_;
};

class GrpcServer : public Server {
 public:
  GrpcServer(std::shared_ptr<Endpoint> endpoint, std::shared_ptr<TlsSource> tls)
      : endpoint_(std::move(endpoint)), tls_(std::move(tls)), door_(endpoint_, tls_) {}
  ~GrpcServer() override {
    if (server_ != nullptr) Close();
  }

  absl::Status Listen(const ServerConfig& config) {
    KeepCallbackThreads();
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&door_);
    builder.AddListeningPort(config.address, ServerTls(tls_), &port_);
    auto milliseconds = [](absl::Duration time) {
      return static_cast<int>(absl::ToInt64Milliseconds(time));
    };
    const Limits& limits = endpoint_->config().limits;
    builder.SetMaxReceiveMessageSize(static_cast<int>(limits.message_bytes_max));
    builder.SetMaxSendMessageSize(static_cast<int>(limits.response_bytes_max));
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, config.streams_per_connection_max);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               milliseconds(config.connection_age_max));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                               milliseconds(config.connection_age_grace));
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                               milliseconds(config.handshake_timeout));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10000);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      server_ = nullptr;
      return absl::UnavailableError(absl::StrCat(
          "cannot listen on ", config.address,
          "; another program may have the port, or the address is not this machine's"));
    }
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  bool Drain(absl::Duration grace) override {
    WM_CHECK(server_ != nullptr, "a server is drained once");
    endpoint_->BeginDrain();
    bool clean = WaitUntilIdle(*endpoint_, grace);
    Close();
    return clean;
  }

 private:
  // Ended calls get a moment for their last bytes; the rest is cancelled.
  void Close() {
    server_->Shutdown(FromNow(absl::Seconds(1)));
    server_->Wait();
    server_ = nullptr;
  }

  const std::shared_ptr<Endpoint> endpoint_;
  const std::shared_ptr<TlsSource> tls_;
  Door door_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerConfig config,
                                                      std::shared_ptr<Endpoint> endpoint) {
  WM_ASSIGN_OR_RETURN(auto tls, TlsSource::Open(config.tls_dir, config.tls_refresh));
  auto server = std::make_unique<GrpcServer>(std::move(endpoint), std::move(tls));
  WM_RETURN_IF_ERROR(server->Listen(config));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace waymark::rpc
