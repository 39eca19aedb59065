// Publishes rows over the stream PublishIncidents: bounded in flight, what is not decided is sent
// again, a lost stream is opened again and what was not answered goes first.
//
// Rows of one source reference are never in flight together, so that revisions arrive in the order
// of the file whatever has to be sent again. A row that was sent and not answered may have been
// taken; sending it again is harmless (the gateway answers that it is already held).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/publish/checkpoint.h"
#include "cli/publish/incident_source.h"
#include "libs/base/clock.h"
#include "libs/rpc/channel.h"

namespace waymark::gateway::v1 {
class IncidentReceipt;
class PublishIncidentsRequest;
class PublishIncidentsResponse;
}  // namespace waymark::gateway::v1

namespace waymark::cli {

struct PublishOptions {
  std::string partnership;
  int64_t from_line = 1;                               // rows that begin before it are passed over
  size_t in_flight_max = 64;                           // rows sent and not yet answered
  absl::Duration retry_min = absl::Milliseconds(200);  // before the next try; doubles
  absl::Duration retry_max = absl::Seconds(5);
  absl::Duration answer_within = absl::Seconds(30);  // then the stream is given up for a new one
  absl::Duration give_up_after = absl::Minutes(1);   // without a single answer
};

// What happens, as it happens; called on the thread of Publish.
class PublishObserver {
 public:
  virtual ~PublishObserver() = default;
  virtual void Taken(int64_t line, const gateway::v1::IncidentReceipt& receipt) = 0;
  virtual void Refused(int64_t line, const std::vector<Problem>& problems) = 0;
  // The stream was lost, or a row could not be decided; another try follows.
  virtual void TryingAgain(const absl::Status& why) = 0;
  // After every step; for progress and checkpoints.
  virtual void Moved(const Ledger& ledger, int64_t bytes_read) = 0;
};

using PublishStream =
    rpc::ClientStream<gateway::v1::PublishIncidentsRequest, gateway::v1::PublishIncidentsResponse>;

struct PublishWorld {
  // Opens a new stream, with a fresh token where one is needed.
  std::function<absl::StatusOr<std::shared_ptr<PublishStream>>()> open;
  Clock& clock;
  // Set from outside (a signal): no more rows are read, answers under way are awaited.
  const std::atomic<bool>& stop;
};

// Blocks until every row is settled (OK, also when some were refused), `stop` was seen (CANCELLED),
// nothing was answered for too long (UNAVAILABLE), or the gateway refused the whole stream.
absl::Status Publish(IncidentSource& source, const PublishOptions& options, Ledger& ledger,
                     const PublishWorld& world, PublishObserver& observer);

}  // namespace waymark::cli
