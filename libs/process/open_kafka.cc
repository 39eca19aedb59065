#include "libs/process/open_kafka.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/eventlog/kafka_log.h"

namespace waymark::process {

absl::StatusOr<OpenedLog> OpenKafka(const config::ProcessConfig& config, Clock& clock,
                                    telemetry::Log& logbook) {
  eventlog::KafkaOptions options;
  options.bootstrap = config.log.bootstrap;
  options.tls = eventlog::KafkaTlsOf(config.log.tls);
  options.client_id = std::string(config::NameOf(config.service));
  if (!config.agency.empty()) absl::StrAppend(&options.client_id, ".", config.agency);
  options.tell = [&logbook](std::string_view what) {
    logbook.Write(telemetry::Level::kWarning, "event_log", {{telemetry::Field::kDetail, what}});
  };
  WM_ASSIGN_OR_RETURN(std::unique_ptr<eventlog::KafkaLog> log,
                      eventlog::KafkaLog::Open(options, clock));
  const eventlog::KafkaLog& kafka = *log;
  return OpenedLog{std::move(log), [&kafka] { return kafka.Health(); }};
}

}  // namespace waymark::process
