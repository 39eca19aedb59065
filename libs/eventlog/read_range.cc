#include "libs/eventlog/read_range.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::eventlog {
namespace {

class Wakes {
 public:
  void Wake() {
    std::lock_guard lock(mutex_);
    woken_ = true;
    wake_.notify_one();
  }
  // False when nobody woke it in time.
  bool Wait(absl::Duration patience) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait_for(lock, absl::ToChronoMilliseconds(patience), [this] { return woken_; })) {
      return false;
    }
    woken_ = false;
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
};

}  // namespace

absl::StatusOr<std::vector<Fetched>> ReadRange(EventLog& log, const TopicPartition& at,
                                               int64_t begin, int64_t end,
                                               absl::Duration patience) {
  std::vector<Fetched> records;
  if (begin >= end) return records;
  Wakes wakes;
  WM_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, log.OpenReader({{at, begin}}));
  reader->OnReady([&wakes] { wakes.Wake(); });
  for (int64_t next = begin; next < end;) {
    WM_ASSIGN_OR_RETURN(std::vector<Fetched> some, reader->Poll(static_cast<size_t>(end - next)));
    if (some.empty() && !wakes.Wait(patience)) {
      return absl::UnavailableError(absl::StrCat(ToString(at), " cannot be read from ", next,
                                                 " to ", end, "; try again later"));
    }
    for (Fetched& one : some) {
      next = one.offset + 1;
      if (one.offset < end) records.push_back(std::move(one));
    }
  }
  return records;
}

}  // namespace waymark::eventlog
