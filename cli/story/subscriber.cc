#include "cli/story/subscriber.h"

#include <utility>

namespace waymark::cli::story {

using gateway::v1::SubscribeAlertsRequest;
using gateway::v1::SubscribeAlertsResponse;

std::shared_ptr<Subscriber> Subscriber::Start(rpc::Channel& channel, const std::string& partnership,
                                              const std::string& name, const std::string& purpose,
                                              const std::string& bearer_token) {
  rpc::CallOptions options;
  options.bearer_token = bearer_token;
  std::shared_ptr<Subscriber> subscriber(
      new Subscriber(rpc::OpenBidi<SubscribeAlertsRequest, SubscribeAlertsResponse>(
          channel, "/waymark.gateway.v1.AlertService/SubscribeAlerts", options)));
  SubscribeAlertsRequest first;
  first.mutable_start()->set_partnership(partnership);
  first.mutable_start()->set_subscription(name);
  first.mutable_start()->set_purpose(purpose);
  subscriber->Send(std::move(first));
  subscriber->ReadNext();
  return subscriber;
}

void Subscriber::Stop() { stream_->Cancel(); }

void Subscriber::ReadNext() {
  stream_->Read([self = shared_from_this()](Stream::Item item) {
    if (!item.ok()) {
      std::lock_guard lock(self->mutex_);
      self->status_ = item.status();
      return;
    }
    if (!item->has_value()) return;
    self->Take(**item);
    self->ReadNext();
  });
}

void Subscriber::Take(const SubscribeAlertsResponse& message) {
  if (message.has_heartbeat()) return;
  {
    std::lock_guard lock(mutex_);
    ++received_;
    if (message.has_alert()) {
      alerts_[message.alert().alert_id()] = message.alert();
      // What may still be said follows a tombstone; only a share told anew undoes it.
      if (!message.alert().fields().empty()) tombstones_.erase(message.alert().alert_id());
    } else if (message.has_tombstone()) {
      tombstones_[message.tombstone().alert_id()] = message.tombstone().reason();
      // What was taken back is not kept either.
      alerts_[message.tombstone().alert_id()].clear_fields();
    }
  }
  SubscribeAlertsRequest receipt;
  receipt.mutable_receipt()->set_resume_token(message.resume_token());
  Send(std::move(receipt));
}

void Subscriber::Send(SubscribeAlertsRequest message) {
  {
    std::lock_guard lock(mutex_);
    to_write_.push_back(std::move(message));
    if (to_write_.size() > 1) return;  // the write under way goes on with it
  }
  WriteFront();
}

void Subscriber::WriteFront() {
  SubscribeAlertsRequest message;
  {
    std::lock_guard lock(mutex_);
    message = to_write_.front();
  }
  stream_->Write(message, [self = shared_from_this()](bool written) {
    {
      std::lock_guard lock(self->mutex_);
      self->to_write_.pop_front();
      if (!written || self->to_write_.empty()) return;
    }
    self->WriteFront();
  });
}

std::map<std::string, gateway::v1::Alert> Subscriber::Alerts() const {
  std::lock_guard lock(mutex_);
  return alerts_;
}

std::map<std::string, std::string> Subscriber::Tombstones() const {
  std::lock_guard lock(mutex_);
  return tombstones_;
}

uint64_t Subscriber::received() const {
  std::lock_guard lock(mutex_);
  return received_;
}

absl::Status Subscriber::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace waymark::cli::story
