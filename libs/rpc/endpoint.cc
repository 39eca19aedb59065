#include "libs/rpc/endpoint.h"

#include <condition_variable>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/health.h"
#include "libs/rpc/open_call.h"
#include "libs/rpc/rate_limit.h"

namespace waymark::rpc {
namespace {

constexpr size_t kIdempotencyKeyMax = 128;

absl::Status Refusal(absl::StatusCode code, Problem problem) {
  return ProblemStatus(code, {std::move(problem)});
}

// W3C trace context, version 00: 2-32-16-2 lower-case hexadecimal digits.
bool IsTraceparent(std::string_view text) {
  if (text.size() != 55) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 2 || i == 35 || i == 52;
    bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !digit) return false;
  }
  return true;
}

bool IsIdempotencyKey(std::string_view key) {
  if (key.size() > kIdempotencyKeyMax) return false;
  for (char c : key) {
    if (c < 0x21 || c > 0x7e) return false;
  }
  return true;
}

class EndpointImpl;

class OpenCallImpl : public OpenCall {
 public:
  OpenCallImpl(std::shared_ptr<EndpointImpl> endpoint, const MethodTable::Entry& entry,
               CallContext context, std::string principal, absl::Time began)
      : endpoint_(std::move(endpoint)),
        entry_(entry),
        context_(std::move(context)),
        principal_(std::move(principal)),
        began_(began) {}
  ~OpenCallImpl() override { Ended(absl::StatusCode::kCancelled); }

  const MethodTable::Entry& entry() const override { return entry_; }
  const CallContext& context() const override { return context_; }
  const Limits& limits() const override;
  absl::Status CountItem() override;
  void Track(const std::shared_ptr<StreamCore>& stream) override;
  void Ended(absl::StatusCode code) override;

 private:
  const std::shared_ptr<EndpointImpl> endpoint_;
  const MethodTable::Entry& entry_;
  const CallContext context_;
  const std::string principal_;
  const absl::Time began_;
  std::atomic<bool> ended_ = false;
};

class EndpointImpl : public Endpoint, public std::enable_shared_from_this<EndpointImpl> {
 public:
  EndpointImpl(EndpointConfig config, MethodTable table, PersonVerifier* persons, Clock& clock)
      : config_(std::move(config)),
        table_(std::move(table)),
        persons_(persons),
        clock_(clock),
        health_(table_.Services()),
        calls_(config_.limits.calls_per_second, config_.limits.calls_burst),
        items_(config_.limits.stream_items_per_second, config_.limits.stream_items_burst) {
    health_.AddMethods(table_);
  }

  void SetServing(std::string_view service, bool serving) override {
    health_.SetServing(service, serving);
  }
  void SetAllServing(bool serving) override { health_.SetAllServing(serving); }
  const MethodTable& table() const override { return table_; }
  const EndpointConfig& config() const override { return config_; }

  void BeginDrain() override {
    std::vector<std::shared_ptr<StreamCore>> streams;
    {
      std::lock_guard lock(mutex_);
      if (draining_) return;
      draining_ = true;
      for (auto& [call, weak] : streams_) {
        if (auto stream = weak.lock()) streams.push_back(std::move(stream));
      }
    }
    health_.Drain();
    for (auto& stream : streams) stream->Drain();
  }

  size_t open_calls() const override {
    std::lock_guard lock(mutex_);
    return open_;
  }

  bool WaitUntilIdle(absl::Duration patience) {
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, absl::ToChronoNanoseconds(patience), [&] { return open_ == 0; });
  }

  absl::StatusOr<std::shared_ptr<OpenCall>> Admit(const absl::StatusOr<Principal>& caller,
                                                  const std::string& path,
                                                  const CallMetadata& metadata) {
    absl::Time now = clock_.Now();
    std::string principal = caller.ok() ? caller->Text() : "";
    auto call = Decide(caller, principal, path, metadata, now);
    if (!call.ok() && config_.on_call) {
      const char* known = table_.Find(path) == nullptr ? "" : path.c_str();
      config_.on_call({known, principal, call.status().code(), absl::ZeroDuration(),
                       IsTraceparent(metadata.traceparent) ? metadata.traceparent : ""});
    }
    return call;
  }

  absl::Status CountItem(const std::string& principal) {
    std::lock_guard lock(mutex_);
    absl::Duration wait = items_.Take(principal, clock_.Now());
    if (wait == absl::ZeroDuration()) return absl::OkStatus();
    return RateLimited("messages on streams", items_, wait);
  }

  void Track(const OpenCall* call, const std::shared_ptr<StreamCore>& stream) {
    {
      std::lock_guard lock(mutex_);
      streams_.emplace(call, stream);
      if (!draining_) return;
    }
    stream->Drain();
  }

  void Ended(const OpenCall* call, const std::string& principal, CallRecord record,
             absl::Time began) {
    {
      std::lock_guard lock(mutex_);
      --open_;
      if (call->entry().info.kind != MethodKind::kUnary) {
        auto open = streams_of_.find(principal);
        if (--open->second == 0) streams_of_.erase(open);
      }
      streams_.erase(call);
      if (open_ == 0) idle_.notify_all();
    }
    record.took = clock_.Now() - began;
    if (config_.on_call) config_.on_call(record);
  }

 private:
  absl::StatusOr<std::shared_ptr<OpenCall>> Decide(const absl::StatusOr<Principal>& caller,
                                                   const std::string& principal,
                                                   const std::string& path,
                                                   const CallMetadata& metadata, absl::Time now) {
    if (!caller.ok()) return caller.status();
    if (caller->trust_domain != config_.trust_domain) {
      return Refusal(absl::StatusCode::kPermissionDenied,
                     {"other_trust_domain", "",
                      absl::StrCat("a certificate of the trust domain ", config_.trust_domain),
                      "connect with a certificate issued for this platform"});
    }
    if (absl::Status rate = TakeCall(principal, now); !rate.ok()) return rate;
    const MethodTable::Entry* entry = table_.Find(path);
    if (entry == nullptr) {
      return Refusal(absl::StatusCode::kUnimplemented,
                     {"unknown_method", "", "a method that this endpoint serves",
                      "check the service, the method and the port"});
    }
    std::optional<Person> person;
    if (!metadata.bearer_token.empty()) {
      auto verified = VerifyPerson(metadata.bearer_token);
      if (!verified.ok()) return verified.status();
      person = *std::move(verified);
    }
    absl::Status permitted = entry->info.rule.Check(*caller, person, config_.own_agency);
    if (!permitted.ok()) return permitted;
    if (!IsIdempotencyKey(metadata.idempotency_key)) {
      return Refusal(absl::StatusCode::kInvalidArgument,
                     {"idempotency_key", "idempotency-key",
                      "at most 128 printable ASCII characters without spaces",
                      "send another key, for example a random UUID"});
    }
    bool stream = entry->info.kind != MethodKind::kUnary;
    if (absl::Status room = TakePlace(principal, stream); !room.ok()) return room;
    CallContext context{*caller,
                        std::move(person),
                        metadata.idempotency_key,
                        IsTraceparent(metadata.traceparent) ? metadata.traceparent : "",
                        path,
                        DeadlineOf(metadata.deadline, stream, now)};
    return std::make_shared<OpenCallImpl>(shared_from_this(), *entry, std::move(context), principal,
                                          now);
  }

  absl::StatusOr<Person> VerifyPerson(const std::string& token) {
    absl::StatusOr<Person> person = persons_ == nullptr
                                        ? absl::UnauthenticatedError("no token is taken here")
                                        : persons_->Verify(token);
    if (person.ok()) return person;
    return Refusal(absl::StatusCode::kUnauthenticated,
                   {"person_token", "authorization",
                    absl::StrCat("a valid bearer token (", person.status().message(), ")"),
                    "have the agency's identity provider issue a new token"});
  }

  absl::Status TakeCall(const std::string& principal, absl::Time now) {
    std::lock_guard lock(mutex_);
    if (draining_) {
      return Refusal(absl::StatusCode::kUnavailable,
                     {"draining", "", "a server that is not shutting down", "connect again"});
    }
    absl::Duration wait = calls_.Take(principal, now);
    if (wait == absl::ZeroDuration()) return absl::OkStatus();
    return RateLimited("calls", calls_, wait);
  }

  absl::Status TakePlace(const std::string& principal, bool stream) {
    std::lock_guard lock(mutex_);
    if (open_ >= config_.limits.calls_open_max) {
      return Refusal(absl::StatusCode::kResourceExhausted,
                     {"too_many_calls", "",
                      absl::StrCat("at most ", config_.limits.calls_open_max, " open calls"),
                      "send the same request again later"});
    }
    if (stream) {
      size_t most = config_.limits.streams_open_per_principal_max;
      size_t& open = streams_of_[principal];
      if (open >= most) {
        return Refusal(absl::StatusCode::kResourceExhausted,
                       {"too_many_streams", "",
                        absl::StrCat("at most ", most, " open streams for each caller"),
                        "end a stream before opening another"});
      }
      ++open;
    }
    ++open_;
    return absl::OkStatus();
  }

  static absl::Status RateLimited(const char* what, const RateLimit& limit, absl::Duration wait) {
    return Refusal(
        absl::StatusCode::kResourceExhausted,
        {"rate_limited", "", absl::StrCat("at most ", limit.per_second(), " ", what, " a second"),
         absl::StrCat("wait ", absl::ToInt64Milliseconds(wait) + 1,
                      " ms, then send the same again")});
  }

  absl::Time DeadlineOf(absl::Time asked, bool stream, absl::Time now) const {
    const Limits& limits = config_.limits;
    if (stream) return std::min(asked, now + limits.stream_age_max);
    if (asked == absl::InfiniteFuture()) return now + limits.unary_deadline_default;
    return std::min(asked, now + limits.unary_deadline_max);
  }

  const EndpointConfig config_;
  MethodTable table_;
  PersonVerifier* const persons_;
  Clock& clock_;
  Health health_;

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  RateLimit calls_;
  RateLimit items_;
  size_t open_ = 0;
  std::map<std::string, size_t> streams_of_;
  std::map<const OpenCall*, std::weak_ptr<StreamCore>> streams_;
  bool draining_ = false;
};

const Limits& OpenCallImpl::limits() const { return endpoint_->config().limits; }

absl::Status OpenCallImpl::CountItem() { return endpoint_->CountItem(principal_); }

void OpenCallImpl::Track(const std::shared_ptr<StreamCore>& stream) {
  endpoint_->Track(this, stream);
}

void OpenCallImpl::Ended(absl::StatusCode code) {
  if (ended_.exchange(true)) return;
  CallRecord record{entry_.info.path, principal_, code, absl::ZeroDuration(), context_.traceparent};
  endpoint_->Ended(this, principal_, std::move(record), began_);
}

EndpointImpl& Impl(Endpoint& endpoint) { return static_cast<EndpointImpl&>(endpoint); }

}  // namespace

std::shared_ptr<Endpoint> Endpoint::Create(EndpointConfig config, MethodTable table,
                                           PersonVerifier* persons, Clock& clock) {
  const Limits& limits = config.limits;
  WM_CHECK(limits.calls_per_second > 0 && limits.calls_burst >= 1, "limits are positive");
  WM_CHECK(limits.stream_items_per_second > 0 && limits.stream_items_burst >= 1,
           "limits are positive");
  WM_CHECK(limits.stream_pending_messages >= 1, "a stream holds at least one message");
  return std::make_shared<EndpointImpl>(std::move(config), std::move(table), persons, clock);
}

absl::StatusOr<std::shared_ptr<OpenCall>> Admit(Endpoint& endpoint,
                                                const absl::StatusOr<Principal>& caller,
                                                const std::string& path,
                                                const CallMetadata& metadata) {
  return Impl(endpoint).Admit(caller, path, metadata);
}

bool WaitUntilIdle(Endpoint& endpoint, absl::Duration patience) {
  return Impl(endpoint).WaitUntilIdle(patience);
}

absl::Status TooLarge(size_t bytes, size_t bytes_max) {
  return Refusal(absl::StatusCode::kResourceExhausted,
                 {"message_too_large", "",
                  absl::StrCat("at most ", bytes_max, " bytes in one message, not ", bytes),
                  "send less in one message"});
}

}  // namespace waymark::rpc
