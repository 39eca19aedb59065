#include "tests/simulation/subscriber.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace waymark::simulation {
namespace {

using gateway::v1::SubscribeAlertsRequest;
using gateway::v1::SubscribeAlertsResponse;

constexpr const char* kSubscribe = "/waymark.gateway.v1.AlertService/SubscribeAlerts";

}  // namespace

struct Subscriber::Session : public std::enable_shared_from_this<Session> {
  Subscriber* owner = nullptr;  // null once the owner has let go
  std::shared_ptr<rpc::ClientStream<SubscribeAlertsRequest, SubscribeAlertsResponse>> stream;
  bool ended = false;
  bool writing = false;

  void ReadOn() {
    stream->Read([self = shared_from_this()](
                     const absl::StatusOr<std::optional<SubscribeAlertsResponse>>& item) {
      if (!item.ok() || !item->has_value()) {
        self->ended = true;
        return;
      }
      if (self->owner == nullptr) return;
      self->owner->Took(*self, **item);
      self->ReadOn();
    });
  }

  void Confirm(const std::string& token) {
    if (writing || ended) return;  // a later receipt confirms this one too
    writing = true;
    SubscribeAlertsRequest receipt;
    receipt.mutable_receipt()->set_resume_token(token);
    stream->Write(receipt, [self = shared_from_this()](bool) { self->writing = false; });
  }
};

Subscriber::Subscriber(World& world, GatewayNode& gateway, Book& book)
    : world_(world), gateway_(gateway), book_(book) {
  gateway.on_stop = [this] { Drop(); };
}

Subscriber::~Subscriber() {
  Drop();
  gateway_.on_stop = nullptr;
}

void Subscriber::Maintain() {
  if (session_ != nullptr && session_->ended) Drop();
  if (session_ != nullptr || !gateway_.up()) return;
  const auto channel =
      gateway_.SystemChannel(gateway_.membership().agency == "housing" ? "alerts" : "console");
  session_ = std::make_shared<Session>();
  session_->owner = this;
  session_->stream =
      rpc::OpenBidi<SubscribeAlertsRequest, SubscribeAlertsResponse>(*channel, kSubscribe);
  SubscribeAlertsRequest start;
  start.mutable_start()->set_partnership(kPartnership);
  start.mutable_start()->set_subscription("desk");
  start.mutable_start()->set_purpose("prevent_asb");
  // Its own mark, or the gateway's.
  if (world_.dice.OneIn(2)) start.mutable_start()->set_resume_token(token_);
  session_->stream->Write(start, [](bool) {});
  session_->ReadOn();
}

void Subscriber::Drop() {
  if (session_ == nullptr) return;
  const std::shared_ptr<Session> session = std::move(session_);
  session->owner = nullptr;
  session->stream->Cancel();
}

void Subscriber::Took(Session& session, const SubscribeAlertsResponse& message) {
  if (message.has_heartbeat()) return;
  const std::string& agency = gateway_.membership().agency;
  const std::string what =
      message.has_alert()
          ? absl::StrCat("gets alert ", message.alert().alert_id(), " v", message.alert().version(),
                         " with ", message.alert().fields_size(), " fields")
          : absl::StrCat("gets tombstone of ", message.tombstone().alert_id(), ": ",
                         message.tombstone().reason());
  world_.trace.Say(agency + "/desk", what);
  book_.received.push_back({agency, world_.trace.lines(), world_.clock.Now(), message});
  if (world_.dice.OneIn(4)) return;  // it dies before it has kept it, or is slow to say so
  token_ = message.resume_token();
  session.Confirm(token_);
}

}  // namespace waymark::simulation
