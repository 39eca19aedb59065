#include "libs/runtime/mailbox.h"

#include <algorithm>
#include <chrono>

namespace waymark::runtime {

absl::Status Mailbox::Submit(WaitingCommand& command) {
  std::lock_guard lock(mutex_);
  if (closed_) return absl::UnavailableError("this process is stopping or has failed");
  if (commands_.size() >= commands_max_) {
    return absl::ResourceExhaustedError("too many commands are waiting; try again later");
  }
  commands_.push_back(std::move(command));
  woken_ = true;
  arrived_.notify_one();
  return absl::OkStatus();
}

template <typename T>
void Mailbox::Add(std::vector<T>& to, T item) {
  std::lock_guard lock(mutex_);
  to.push_back(std::move(item));
  woken_ = true;
  arrived_.notify_one();
}

void Mailbox::Post(EffectReply reply) { Add(mail_.effects, std::move(reply)); }
void Mailbox::Post(AskReply reply) { Add(mail_.asks, std::move(reply)); }
void Mailbox::Post(Order order) { Add(mail_.orders, std::move(order)); }

void Mailbox::Wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  arrived_.notify_one();
}

Mail Mailbox::Take(size_t commands_max) {
  std::lock_guard lock(mutex_);
  woken_ = false;
  Mail taken = std::move(mail_);
  mail_ = {};
  const auto end =
      commands_.begin() + static_cast<std::ptrdiff_t>(std::min(commands_max, commands_.size()));
  taken.commands.assign(std::make_move_iterator(commands_.begin()), std::make_move_iterator(end));
  commands_.erase(commands_.begin(), end);
  if (!commands_.empty()) woken_ = true;
  return taken;
}

void Mailbox::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  woken_ = true;
  arrived_.notify_one();
}

bool Mailbox::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

bool Mailbox::has_commands() const {
  std::lock_guard lock(mutex_);
  return !commands_.empty();
}

bool Mailbox::Wait(absl::Duration timeout) {
  // An hour at most: the wall clock may be set, and wait_for does not take every duration.
  const auto limit = absl::ToChronoMilliseconds(
      std::clamp(absl::Ceil(timeout, absl::Milliseconds(1)), absl::ZeroDuration(), absl::Hours(1)));
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, limit, [this] { return woken_; });
}

}  // namespace waymark::runtime
