#include "services/sharing/alerts/adapters/alert_stream.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/alerts/adapters/fetch_shares.h"
#include "services/sharing/alerts/adapters/keys.h"
#include "services/sharing/alerts/adapters/show.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/domain/lease.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::Alert;
using gateway::v1::ItemDecided;
using gateway::v1::SendRecorded;
using gateway::v1::SubscribeAlertsRequest;
using gateway::v1::SubscribeAlertsResponse;

absl::Status OutOfTurn(const std::string& wanted) {
  return rpc::ProblemStatus(
      {"out_of_turn", "message", wanted, "send `start` once, first, and `receipt` from then on"});
}

class Session : public AlertStreams::Member, public std::enable_shared_from_this<Session> {
 public:
  Session(const MethodContext& context, const PeerChannels& peers, AlertStreams& streams,
          rpc::CallContext call, std::shared_ptr<AlertDuplex> stream)
      : context_(context),
        peers_(peers),
        streams_(streams),
        call_(std::move(call)),
        stream_(std::move(stream)) {}

  void Start() {
    stream_->OnReady([self = shared_from_this()] { self->Pump(); });
    Read();
  }

  const std::string& shard() const override { return shard_; }

  void OnNews() override {
    {
      std::lock_guard lock(mutex_);
      news_ = true;
    }
    stream_->Wake();
  }

  void OnTime(absl::Time now) override {
    {
      std::lock_guard lock(mutex_);
      news_ = true;
      if (now - written_at_ >= kHeartbeatEvery) beat_ = now;
    }
    stream_->Wake();
  }

 private:
  // A message that waits until the subscriber has read the one before.
  struct Pending {
    SubscribeAlertsResponse message;
    uint64_t seq = 0;
    std::string case_id;
    std::set<std::string> shares;  // whose fields it carries
    absl::Time until;              // not to be written from then on
  };

  void Read() {
    stream_->Read(
        [self = shared_from_this()](AlertDuplex::Item item) { self->OnMessage(std::move(item)); });
  }

  void OnMessage(AlertDuplex::Item item) {
    if (!item) {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    if (!item) return stream_->Wake();
    if (!item->ok()) return stream_->Finish(item->status());
    const SubscribeAlertsRequest& message = **item;
    if (membership_ == nullptr) {
      if (!message.has_start()) return stream_->Finish(OutOfTurn("`start` first"));
      return Open(message.start());
    }
    if (!message.has_receipt()) return stream_->Finish(OutOfTurn("a `receipt`"));
    gateway::v1::TakeReceipt receipt;
    receipt.set_subscription(subscription_);
    receipt.set_resume_token(message.receipt().resume_token());
    Ask(kTakeReceipt, receipt, [this](const std::string&) { Read(); });
  }

  void Open(const SubscribeAlertsRequest::Start& start) {
    const absl::StatusOr<const Membership*> membership =
        FindMembership(context_.memberships, start.partnership());
    if (!membership.ok()) return stream_->Finish(membership.status());
    membership_ = *membership;
    shard_ = membership_->Shard();
    subscription_ = start.subscription();
    purpose_ = start.purpose();
    gateway::v1::OpenSubscription open;
    *open.mutable_start() = start;
    Ask(kOpen, open, [this](const std::string& reply) {
      gateway::v1::SubscriptionOpened opened;
      if (!opened.ParseFromString(reply)) return Fail();
      {
        std::lock_guard lock(mutex_);
        cursor_ = opened.after_seq();
        open_ = true;
        news_ = true;
        written_at_ = context_.clock.Now();
      }
      streams_.Add(weak_from_this());
      Read();
      stream_->Wake();
    });
  }

  // On the stream's own sequence: at start, when there is room, and on Wake.
  void Pump() {
    std::unique_lock lock(mutex_);
    if (pending_) {
      const Pending pending = *pending_;
      lock.unlock();
      const bool holds = StillHolds(pending);
      const bool written = holds && stream_->WriteWhenSent(pending.message);
      lock.lock();
      if (holds && !written) return;
      pending_.reset();
      if (written) {
        written_at_ = context_.clock.Now();
        beat_.reset();
        cursor_ = pending.seq;
      }
      busy_ = false;
      news_ = true;
    }
    if (ended_ && !busy_) {
      lock.unlock();
      return stream_->Finish(absl::OkStatus());
    }
    if (open_ && beat_ && !busy_) {
      SubscribeAlertsResponse message;
      *message.mutable_heartbeat()->mutable_at() = ToProto(*beat_);
      lock.unlock();
      const bool written = stream_->Write(message);
      lock.lock();
      if (!written) return;
      beat_.reset();
      written_at_ = context_.clock.Now();
    }
    if (!open_ || busy_ || !news_) return;
    news_ = false;
    busy_ = true;
    const uint64_t after = cursor_;
    lock.unlock();
    Next(after);
  }

  // Whether a message may be written at this instant: its lease runs, and nothing in it was
  // withdrawn while it waited. One that may not is decided and fetched again.
  bool StillHolds(const Pending& pending) const {
    const absl::Time now = context_.clock.Now();
    if (now >= pending.until) return false;
    if (pending.shares.empty()) return true;
    std::set<std::string> gone = pending.shares;
    const absl::Status read = context_.runtime.Read(shard_, [&](const runtime::View& view) {
      const disclosure::DisclosureView shares(*membership_, view);
      for (const auto& share : shares.LiveReceived(pending.case_id, now)) {
        gone.erase(share.share_id());
      }
    });
    return read.ok() && gone.empty();
  }

  // Looks before it asks, so that a tick of the clock costs no batch.
  bool HasMore(uint64_t after) const {
    bool more = false;
    const absl::Status read = context_.runtime.Read(shard_, [&](const runtime::View& view) {
      more = NextEntry(AlertsView(view), after).has_value();
    });
    return more || !read.ok();  // a store that fails says so in the answer to the command
  }

  void Next(uint64_t after) {
    if (!HasMore(after)) return Rest(std::nullopt);
    gateway::v1::NextItem next;
    next.set_subscription(subscription_);
    next.set_purpose(purpose_);
    next.set_after_seq(after);
    Ask(kNext, next, [this](const std::string& reply) {
      auto item = std::make_shared<ItemDecided>();
      if (!item->ParseFromString(reply)) return Fail();
      if (item->seq() == 0) return Rest(std::nullopt);
      FetchShares(*membership_, peers_,
                  {SystemReader(call_.system.role, subscription_), call_.system.role, purpose_,
                   call_.traceparent},
                  {item->fetch().begin(), item->fetch().end()}, context_.clock,
                  [self = shared_from_this(), item](Fetched fetched) {
                    self->Record(item, std::make_shared<Fetched>(std::move(fetched)));
                  });
    });
  }

  void Record(std::shared_ptr<ItemDecided> item, std::shared_ptr<Fetched> fetched) {
    const absl::Time now = context_.clock.Now();
    for (gateway::v1::FetchOutcome& outcome : fetched->outcomes) {
      const auto content = fetched->contents.find(outcome.share_id());
      if (content == fetched->contents.end()) continue;
      Alert tried;
      if (AddContent(*membership_, call_.system.role, purpose_, false, content->second, now,
                     tried)) {
        continue;
      }
      outcome.set_outcome("refused");
      outcome.set_code("not_allowed_by_own_agreement");
      fetched->contents.erase(content);
    }
    gateway::v1::RecordSend send;
    send.set_subscription(subscription_);
    send.set_purpose(purpose_);
    send.set_seq(item->seq());
    *send.mutable_entry() = item->entry();
    for (const auto& outcome : fetched->outcomes) *send.add_outcomes() = outcome;
    *send.mutable_share_ids() = item->share_ids();
    *send.mutable_item() = *item;
    *send.mutable_contents() = {fetched->contents.begin(), fetched->contents.end()};
    *send.mutable_checked_at() = ToProto(now);
    Ask(kRecordSend, send, [this, item, fetched, now](const std::string& reply) {
      SendRecorded recorded;
      if (!recorded.ParseFromString(reply)) return Fail();
      Send(*item, *fetched, recorded, now);
    });
  }

  // `now`: when what was fetched was checked; the message says what held then.
  void Send(const ItemDecided& item, const Fetched& fetched, const SendRecorded& recorded,
            absl::Time now) {
    if (recorded.again()) return Again();
    if (!recorded.send()) return Rest(item.seq());
    const std::set<std::string> drop(recorded.drop().begin(), recorded.drop().end());
    SubscribeAlertsResponse message;
    message.set_resume_token(recorded.resume_token());
    if (item.has_alert()) {
      *message.mutable_alert() = recorded.alert();
    } else {
      message.mutable_tombstone()->set_alert_id(item.entry().alert_id());
      message.mutable_tombstone()->set_version(recorded.version());
      message.mutable_tombstone()->set_reason(item.entry().reason());
    }
    Pending pending{std::move(message), item.seq(), item.alert().case_id(), {}, now};
    pending.until += disclosure::kLeaseAtMost;
    for (const std::string& pushed : item.share_ids()) pending.shares.insert(pushed);
    for (const auto& [share_id, content] : fetched.contents) {
      if (drop.count(share_id) != 0) continue;
      pending.shares.insert(share_id);
      pending.until = std::min(pending.until, fetched.leases.at(share_id));
    }
    {
      std::lock_guard lock(mutex_);
      pending_ = std::move(pending);
    }
    stream_->Wake();
  }

  // Nothing to write: rests until there is news, or goes on after `done`.
  void Rest(std::optional<uint64_t> done) {
    {
      std::lock_guard lock(mutex_);
      busy_ = false;
      if (done) {
        cursor_ = *done;
        news_ = true;
      }
    }
    stream_->Wake();
  }

  void Again() {
    {
      std::lock_guard lock(mutex_);
      busy_ = false;
      news_ = true;
    }
    stream_->Wake();
  }

  void Fail() { stream_->Finish(absl::InternalError("a reply of the gateway cannot be read")); }

  // Submits one command of this stream; a refusal ends the stream.
  template <class Request>
  void Ask(std::string_view method, const Request& request,
           std::function<void(const std::string&)> done) {
    if (stream_->over()) return;
    rpc::CallContext call = call_;
    call.method = std::string(method);
    runtime_rpc::SubmitBytes(
        context_.runtime, shard_, call, membership_->partnership, request.SerializeAsString(),
        runtime_rpc::Repeat::kRead,
        [self = shared_from_this(), done = std::move(done)](absl::StatusOr<std::string> reply) {
          if (!reply.ok()) return self->stream_->Finish(reply.status());
          done(*reply);
        });
  }

  const MethodContext context_;
  const PeerChannels& peers_;
  AlertStreams& streams_;
  const rpc::CallContext call_;
  const std::shared_ptr<AlertDuplex> stream_;
  // Set by `start`, before anything else of the session runs; constant from then on.
  const Membership* membership_ = nullptr;
  std::string shard_, subscription_, purpose_;

  std::mutex mutex_;
  bool open_ = false;
  bool ended_ = false;  // the subscriber closed its side, or the endpoint drains
  bool news_ = false;   // the feed may have grown
  bool busy_ = false;   // an item is on its way
  uint64_t cursor_ = 0;
  std::optional<Pending> pending_;
  absl::Time written_at_;
  std::optional<absl::Time> beat_;
};

}  // namespace

void ServeAlertStream(const MethodContext& context, const PeerChannels& peers,
                      AlertStreams& streams, const rpc::CallContext& call,
                      std::shared_ptr<AlertDuplex> stream) {
  std::make_shared<Session>(context, peers, streams, call, std::move(stream))->Start();
}

}  // namespace waymark::sharing::alerts
