// From one process to many: what the embedded event log of a partnership holds is copied to Kafka,
// record by record and with the same offsets, so that each service's store goes on in its own
// process where it was. The stores themselves stay as they are.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"

namespace waymark::cli {

struct CopyLogOptions {
  std::string data;                    // folder of the partnership, which must not be running
  std::vector<std::string> bootstrap;  // of the Kafka, whose topics are there (`topics apply`)
  std::string tls;                     // an operator's certificate
};

struct Copied {
  int partitions = 0;  // that hold anything
  int64_t records = 0;
};

// Copies what `to` lacks; a copy that was cut short is taken up where it ended. FailedPrecondition,
// naming the partition: the beginning is no longer in `from` (retention), or `to` holds more than
// `from`, so that offsets would not be the same.
absl::StatusOr<Copied> CopyRecords(eventlog::EventLog& from, eventlog::EventLog& to,
                                   const std::vector<eventlog::TopicPartition>& partitions);

// As the command: prints what it did, returns the exit code.
int CopyLogToKafka(const CopyLogOptions& options);

}  // namespace waymark::cli
