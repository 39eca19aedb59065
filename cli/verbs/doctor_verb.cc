// waymark doctor: what one process depends on, looked at from beside it.
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/doctor/doctor.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "libs/config/process_config.h"
#include "libs/eventlog/kafka_log.h"

namespace waymark::cli {
namespace {

const char* Word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return "ok";
    case Verdict::kNotLooked:
      return "not looked at";
    case Verdict::kWarning:
      return "WARNING";
    case Verdict::kBroken:
      break;
  }
  return "BROKEN";
}

void PrintJson(const Findings& findings, std::ostream& out) {
  auto list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"what", finding.what},
                    {"result", Word(finding.verdict)},
                    {"reason", finding.found},
                    {"remedy", finding.remedy}});
  }
  out << nlohmann::ordered_json({{"findings", list}}).dump() << "\n";
}

void PrintPlain(const Findings& findings, std::ostream& out) {
  for (const Finding& finding : findings) {
    out << Word(finding.verdict) << "  " << finding.what << ": " << finding.found << "\n";
    if (!finding.remedy.empty()) out << "        do: " << finding.remedy << "\n";
  }
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenKafka(const config::ProcessConfig& config,
                                                              Clock& clock) {
  eventlog::KafkaOptions options;
  options.bootstrap = config.log.bootstrap;
  options.tls = eventlog::KafkaTlsOf(config.log.tls);
  options.client_id = "doctor";
  auto log = eventlog::KafkaLog::Open(options, clock);
  if (!log.ok()) return log.status();
  return std::unique_ptr<eventlog::EventLog>(*std::move(log));
}

}  // namespace

void AddDoctor(Verb root, Workshop& workshop) {
  struct Options {
    std::string config;
    bool json = false;
  };
  const Verb verb = root.Sub("doctor", "Look at everything one process depends on");
  const auto options = std::make_shared<Options>();
  verb.Text("--config", &options->config, "the process's configuration file", Need::kRequired);
  verb.Flag("--json", &options->json, "findings as JSON");
  verb.Footer(
      "Ends with 0 when all is well or only warned of, 1 when something is broken, 2 when the "
      "configuration cannot be read. Changes nothing; works while the process runs and before.");
  verb.Does([&workshop, options] {
    const auto config = config::LoadProcessConfig(options->config);
    if (!config.ok()) {
      SayStatus(workshop.terminal, options->json, "doctor", config.status());
      return static_cast<int>(kExitUsage);
    }
    const Findings findings =
        Examine({*config, workshop.clock, [&] { return OpenKafka(*config, workshop.clock); }});
    (options->json ? PrintJson : PrintPlain)(findings, workshop.terminal.out);
    for (const Finding& finding : findings) {
      if (finding.verdict == Verdict::kBroken) return static_cast<int>(kExitFailed);
    }
    return static_cast<int>(kExitOk);
  });
}

}  // namespace waymark::cli
