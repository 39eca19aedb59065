// The life of one process: `waymark-intake --config FILE` and its like. Reads the configuration,
// opens the part, serves until SIGTERM or SIGINT, and stops within the configured time.
//
//   int main(int argc, char** argv) {
//     return process::Run({config::ServiceKind::kIntake, process::OpenKafka, intake::OpenPart},
//                         argc, argv);
//   }
//
//   --config FILE   libs/config/process_config.h
//   --check         reads all that the start reads (configuration, partnership, pack, agreements,
//                   certificate) and ends; touches no data and no network
//   --rebuild       a core service with an empty data folder: from its own topic first
//   --version
//
// Logs are JSON lines on standard error. Waiting is right where another process or an operator at
// work will end it: the event log away, a peer not yet up; /readyz says so. It is wrong where
// nothing here will change by itself: then the process ends, with a line that says what was wrong
// and what to do, and one of these codes:
//
//   0  stopped by a signal, everything that was acknowledged is on disk
//   1  failed while running: the store or a decision
//   2  the command line or the configuration file
//   3  refused to start: data, keys, certificate, partnership, topics
//   4  an address cannot be listened on
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "libs/config/process_config.h"
#include "libs/process/part.h"

namespace waymark::process {

enum ExitCode {
  kExitStopped = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitRefused = 3,
  kExitPort = 4,
};

// The event log of a process, and how it is.
struct OpenedLog {
  std::unique_ptr<eventlog::EventLog> log;
  std::function<absl::Status()> health;  // OK while it answers; never waits
};
using OpenLog = std::function<absl::StatusOr<OpenedLog>(const config::ProcessConfig& config,
                                                        Clock& clock, telemetry::Log& logbook)>;

struct Program {
  config::ServiceKind service;
  OpenLog open_log;
  std::function<absl::StatusOr<std::unique_ptr<Part>>(const World&, const Seat&)> open_part;
};

int Run(const Program& program, int argc, char** argv);

}  // namespace waymark::process
