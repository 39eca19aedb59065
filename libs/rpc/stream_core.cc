#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/open_call.h"

namespace waymark::rpc {
namespace {

absl::Status Draining() {
  return ProblemStatus(absl::StatusCode::kUnavailable,
                       {{"draining", "", "a server that is not shutting down",
                         "connect again and go on from the last acknowledged item"}});
}

}  // namespace

StreamCore::StreamCore(std::shared_ptr<OpenCall> call, std::shared_ptr<Wire> wire)
    : call_(std::move(call)),
      duplex_(call_->entry().info.kind == MethodKind::kBidiStream),
      wire_(std::move(wire)) {}

void StreamCore::Start() {
  call_->Track(shared_from_this());
  if (duplex_) {
    counting_ = true;
    call_->entry().stream(call_->context(), "", shared_from_this());
    return;
  }
  Read([self = shared_from_this()](std::optional<std::string> request) {
    if (request) return self->call_->entry().stream(self->call_->context(), *request, self);
    self->Finish(absl::InvalidArgumentError("the call ended before its request came"));
  });
}

bool StreamCore::Write(std::string message) { return Take(std::move(message), false); }

bool StreamCore::WriteWhenSent(std::string message) { return Take(std::move(message), true); }

bool StreamCore::Take(std::string message, bool when_sent) {
  size_t bytes = message.size();
  if (bytes > call_->limits().response_bytes_max) {
    serial_.Run([self = shared_from_this(), bytes] {
      self->EndWithoutHandler(TooLarge(bytes, self->call_->limits().response_bytes_max));
    });
    return false;
  }
  {
    std::lock_guard lock(mutex_);
    if (closing_) return false;
    const bool full = pending_.size() >= call_->limits().stream_pending_messages;
    if (full || (when_sent && unsent_ > 0)) {
      refused_ = true;
      return false;
    }
    pending_.push_back(std::move(message));
    ++unsent_;
  }
  serial_.Run([self = shared_from_this()] { self->Pump(); });
  return true;
}

void StreamCore::OnReady(std::function<void()> on_ready) {
  serial_.Run([self = shared_from_this(), on_ready = std::move(on_ready)] {
    if (self->over()) return;
    self->on_ready_ = on_ready;
    self->on_ready_();
  });
}

void StreamCore::Wake() {
  {
    std::lock_guard lock(mutex_);
    if (woken_ || closing_) return;
    woken_ = true;
  }
  serial_.Run([self = shared_from_this()] {
    {
      std::lock_guard lock(self->mutex_);
      self->woken_ = false;
    }
    if (self->on_ready_ && !self->over()) self->on_ready_();
  });
}

void StreamCore::Read(std::function<void(std::optional<std::string>)> done) {
  serial_.Run([self = shared_from_this(), done = std::move(done)] {
    WM_CHECK(!self->reader_, "one Read at a time");
    self->reader_ = done;
    if (self->over() || self->client_ended_ || self->draining_) return self->Deliver(std::nullopt);
    if (self->receiving_) return;
    self->receiving_ = true;
    self->wire_->Receive();
  });
}

void StreamCore::Finish(absl::Status status) {
  if (!BeginClosing(status)) return;
  serial_.Run([self = shared_from_this()] {
    self->LetGo();
    self->Pump();
  });
}

void StreamCore::OnCancelled(std::function<void()> on_cancelled) {
  serial_.Run([self = shared_from_this(), on_cancelled = std::move(on_cancelled)] {
    if (self->cancelled_) return on_cancelled();
    if (!self->over()) self->on_cancelled_ = on_cancelled;
  });
}

bool StreamCore::over() const {
  std::lock_guard lock(mutex_);
  return closing_;
}

void StreamCore::Sent(bool ok) {
  serial_.Run([self = shared_from_this(), ok] {
    self->sending_ = false;
    {
      std::lock_guard lock(self->mutex_);
      if (self->unsent_ > 0) --self->unsent_;
    }
    if (self->aborted_) return self->Close(self->final_);
    if (!ok) {
      self->Abort(absl::CancelledError("the client went away"));
      return;
    }
    self->Pump();
    bool room = false;
    {
      std::lock_guard lock(self->mutex_);
      room = self->refused_ && !self->closing_ &&
             self->pending_.size() < self->call_->limits().stream_pending_messages;
      if (room) self->refused_ = false;
    }
    if (room && self->on_ready_) self->on_ready_();
  });
}

void StreamCore::Received(std::optional<std::string> message) {
  serial_.Run([self = shared_from_this(), message = std::move(message)]() mutable {
    self->receiving_ = false;
    if (!message) self->client_ended_ = true;
    if (!self->reader_) return;
    if (message && self->counting_) {
      absl::Status allowed = self->call_->CountItem();
      if (!allowed.ok()) return self->EndWithoutHandler(std::move(allowed));
    }
    self->Deliver(std::move(message));
  });
}

void StreamCore::Abort(absl::Status status) {
  serial_.Run([self = shared_from_this(), status = std::move(status)] {
    if (!self->wire_ || self->aborted_) return;
    self->aborted_ = true;
    {
      std::lock_guard lock(self->mutex_);
      self->cancelled_ = !self->closing_;
      self->closing_ = true;
      self->final_ = status;
      self->pending_.clear();
    }
    if (self->sending_) {
      self->wire_->Kill();
    } else {
      self->Close(status);
    }
    self->LetGo();
  });
}

void StreamCore::Drain() {
  serial_.Run([self = shared_from_this()] {
    if (!self->wire_ || self->over()) return;
    if (!self->duplex_) return self->EndWithoutHandler(Draining());
    self->draining_ = true;
    if (self->reader_) self->Deliver(std::nullopt);
  });
}

void StreamCore::Pump() {
  if (!wire_ || sending_ || aborted_) return;
  std::optional<std::string> next;
  bool last = false;
  {
    std::lock_guard lock(mutex_);
    if (!pending_.empty()) {
      next = std::move(pending_.front());
      pending_.pop_front();
    } else {
      last = closing_;
    }
  }
  if (next) {
    sending_ = true;
    wire_->Send(std::move(*next));
  } else if (last) {
    bool cut = draining_ && !client_ended_ && final_.ok();
    Close(cut ? Draining() : final_);
  }
}

void StreamCore::Deliver(std::optional<std::string> message) {
  auto reader = std::move(reader_);
  reader_ = nullptr;
  reader(std::move(message));
}

void StreamCore::EndWithoutHandler(absl::Status status) {
  if (!BeginClosing(status)) return;
  cancelled_ = true;
  LetGo();
  Pump();
}

bool StreamCore::BeginClosing(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (closing_) return false;
  closing_ = true;
  final_ = status;
  return true;
}

void StreamCore::Close(const absl::Status& status) {
  if (!wire_) return;
  call_->Ended(status.code());
  std::shared_ptr<Wire> wire = std::move(wire_);
  wire_ = nullptr;
  wire->Close(Travelling(status));
}

// The stream's own functions may hold the stream itself: they go when it is over.
void StreamCore::LetGo() {
  on_ready_ = nullptr;
  auto on_cancelled = std::move(on_cancelled_);
  on_cancelled_ = nullptr;
  if (reader_) Deliver(std::nullopt);
  if (cancelled_ && on_cancelled) on_cancelled();
}

}  // namespace waymark::rpc
