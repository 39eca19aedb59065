#include "cli/publish/publisher.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "cli/publish/mailbox.h"
#include "cli/publish/problems.h"
#include "libs/base/status.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::PublishIncidentsRequest;
using gateway::v1::PublishIncidentsResponse;

constexpr size_t kMessageBytesMax = (1 << 20) - 1024;  // the gateway takes 1 MiB

constexpr int kGlancesAtEnd = 20;  // tenths of a second

struct Letter {
  bool written = false;  // a write ended; otherwise a read did
  PublishStream::Item read{absl::UnknownError("")};
};

std::vector<Problem> ProblemsOf(const common::v1::Problems& refused) {
  std::vector<Problem> problems;
  for (const common::v1::Problem& problem : refused.problems()) {
    problems.push_back({problem.code(), problem.field(), problem.wanted(), problem.remedy()});
  }
  return problems;
}

bool IsFinal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

class Run {
 public:
  Run(IncidentSource& source, const PublishOptions& options, Ledger& ledger,
      const PublishWorld& world, PublishObserver& observer)
      : source_(source),
        options_(options),
        ledger_(ledger),
        world_(world),
        observer_(observer),
        pause_(options.retry_min),
        answered_at_(world.clock.Elapsed()) {}

  absl::Status Go() {
    while (true) {
      if (!world_.stop) ReadRows();
      observer_.Moved(ledger_, source_.bytes_read());
      if (rows_.empty()) {
        if (!more_) return EndWell();
        if (world_.stop) return absl::CancelledError("stopped");
      }
      if (world_.stop && (stream_ == nullptr || Waited() > options_.answer_within)) {
        return absl::CancelledError("stopped before every row under way was answered");
      }
      WM_RETURN_IF_ERROR(Step());
    }
  }

 private:
  struct Row {
    PublishIncidentsRequest request;
    absl::Duration not_before = -absl::InfiniteDuration();
    bool sent = false;  // on the present stream
  };

  absl::Duration Now() const { return world_.clock.Elapsed(); }
  absl::Duration Waited() const { return Now() - answered_at_; }

  void ReadRows() {
    while (more_ && rows_.size() < options_.in_flight_max) {
      if (!next_) next_ = source_.Next();
      if (!next_) {
        more_ = false;
        return;
      }
      const int64_t line = next_->line;
      if (line < options_.from_line || ledger_.Done(line)) {
        ledger_.Skip(line);
      } else if (next_->incident == nullptr) {
        ledger_.Open(line);
        Refuse(line, next_->problems);
      } else if (next_->incident->ByteSizeLong() > kMessageBytesMax) {
        ledger_.Open(line);
        Refuse(line, {TooLarge(kMessageBytesMax)});
      } else {
        const std::string& reference = next_->incident->source_reference();
        if (!reference.empty() && !references_.insert(reference).second) {
          return;  // an earlier revision is under way
        }
        // Who waited for nothing so far has not been kept waiting.
        if (rows_.empty()) answered_at_ = Now();
        ledger_.Open(line);
        PublishIncidentsRequest& request = rows_[line].request;
        request.set_partnership(options_.partnership);
        request.set_item(static_cast<uint64_t>(line));
        request.mutable_incident()->Swap(next_->incident.get());
      }
      next_.reset();
    }
  }

  absl::Status Step() {
    if (stream_ == nullptr && Now() >= open_at_) WM_RETURN_IF_ERROR(OpenStream());
    if (stream_ != nullptr && !writing_) WriteNext();
    if (std::optional<Letter> letter = mailbox_->Take(UntilNextTry())) {
      if (letter->written) {
        writing_ = false;  // a write that failed is told by the read that ends
        return absl::OkStatus();
      }
      return Handle(std::move(letter->read));
    }
    if (Waited() > options_.give_up_after) return GiveUp();
    if (stream_ != nullptr && Waited() > options_.answer_within && !AllHeldBack()) {
      return Lost(absl::DeadlineExceededError("the gateway does not answer"));
    }
    return absl::OkStatus();
  }

  absl::Duration UntilNextTry() const {
    if (stream_ == nullptr) return open_at_ - Now();
    absl::Duration until = absl::InfiniteDuration();
    for (const auto& [line, row] : rows_) {
      if (!row.sent) until = std::min(until, row.not_before - Now());
    }
    return writing_ ? absl::InfiniteDuration() : until;
  }

  absl::Status OpenStream() {
    absl::StatusOr<std::shared_ptr<PublishStream>> stream = world_.open();
    if (!stream.ok()) return Lost(stream.status());
    stream_ = *std::move(stream);
    mailbox_ = std::make_shared<Mailbox<Letter>>();
    writing_ = false;
    ReadAnswer();
    return absl::OkStatus();
  }

  void ReadAnswer() {
    stream_->Read([mailbox = mailbox_](PublishStream::Item item) {
      mailbox->Put({false, std::move(item)});
    });
  }

  void WriteNext() {
    for (auto& [line, row] : rows_) {
      if (row.sent || row.not_before > Now()) continue;
      row.sent = true;
      writing_ = true;
      stream_->Write(row.request, [mailbox = mailbox_](bool) {
        mailbox->Put({true, absl::UnknownError("a write")});
      });
      return;
    }
  }

  bool AllHeldBack() const {
    for (const auto& [line, row] : rows_) {
      if (row.sent || row.not_before <= Now()) return false;
    }
    return true;
  }

  absl::Status Handle(PublishStream::Item item) {
    if (!item.ok()) return Lost(item.status());
    if (!item->has_value()) return Lost(absl::UnavailableError("the gateway ended the stream"));
    ReadAnswer();
    Answered(**item);
    return absl::OkStatus();
  }

  void Answered(const PublishIncidentsResponse& response) {
    const auto line = static_cast<int64_t>(response.item());
    const auto row = rows_.find(line);
    // An answer to nothing that is asked: also the second one to a row.
    if (row == rows_.end() || !row->second.sent) return;
    if (response.has_receipt()) {
      Settle(row);
      ledger_.Settle(line);
      observer_.Taken(line, response.receipt());
    } else if (response.has_refused()) {
      Settle(row);
      Refuse(line, ProblemsOf(response.refused()));
    } else {
      row->second.sent = false;
      row->second.not_before = Now() + pause_;
      pause_ = std::min(pause_ * 2, options_.retry_max);
      observer_.TryingAgain(absl::UnavailableError(response.try_again()));
    }
  }

  void Settle(std::map<int64_t, Row>::iterator row) {
    references_.erase(row->second.request.incident().source_reference());
    rows_.erase(row);
    answered_at_ = Now();
    pause_ = options_.retry_min;
  }

  void Refuse(int64_t line, const std::vector<Problem>& problems) {
    ledger_.Settle(line);
    observer_.Refused(line, problems);
  }

  absl::Status Lost(const absl::Status& why) {
    stream_ = nullptr;
    for (auto& [line, row] : rows_) row.sent = false;
    if (IsFinal(why)) return why;
    last_loss_ = why;
    if (Waited() > options_.give_up_after) return GiveUp();
    observer_.TryingAgain(why);
    open_at_ = Now() + pause_;
    pause_ = std::min(pause_ * 2, options_.retry_max);
    return absl::OkStatus();
  }

  absl::Status GiveUp() {
    if (!last_loss_.ok()) return last_loss_;
    return absl::UnavailableError("the gateway decided nothing for too long");
  }

  // Nothing is open: ends the stream well, for a little while; how it ended changes nothing.
  absl::Status EndWell() {
    bool told = stream_ == nullptr;
    for (int glances = 0; stream_ != nullptr && glances < kGlancesAtEnd;) {
      if (!told && !writing_) {
        stream_->WritesDone();
        told = true;
      }
      const std::optional<Letter> letter = mailbox_->Take();
      if (!letter) {
        ++glances;
      } else if (letter->written) {
        writing_ = false;
      } else if (letter->read.ok() && letter->read->has_value()) {
        ReadAnswer();
      } else {
        break;
      }
    }
    stream_ = nullptr;
    return absl::OkStatus();
  }

  IncidentSource& source_;
  const PublishOptions& options_;
  Ledger& ledger_;
  const PublishWorld& world_;
  PublishObserver& observer_;

  std::map<int64_t, Row> rows_;       // read and not settled, by line
  std::set<std::string> references_;  // of rows_
  std::optional<IncidentRow> next_;   // read, but its reference is under way
  bool more_ = true;

  std::shared_ptr<PublishStream> stream_;
  std::shared_ptr<Mailbox<Letter>> mailbox_ = std::make_shared<Mailbox<Letter>>();
  bool writing_ = false;
  absl::Duration open_at_ = -absl::InfiniteDuration();
  absl::Duration pause_;
  absl::Duration answered_at_;
  absl::Status last_loss_;
};

}  // namespace

absl::Status Publish(IncidentSource& source, const PublishOptions& options, Ledger& ledger,
                     const PublishWorld& world, PublishObserver& observer) {
  return Run(source, options, ledger, world, observer).Go();
}

}  // namespace waymark::cli
