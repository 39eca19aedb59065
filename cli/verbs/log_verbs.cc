#include "cli/verbs/log_verbs.h"

#include <memory>
#include <string>
#include <utility>

namespace waymark::cli {

void AddLog(const Verb& root, const Workshop& workshop,
            std::function<int(const CopyLogOptions&)> copy_log) {
  const Verb log = root.Sub("log", "The event log that the processes share");
  const Verb copy =
      log.Sub("copy", "The embedded log to Kafka, offsets and all: from one process to many");
  const auto options = std::make_shared<CopyLogOptions>();
  const auto bootstrap = std::make_shared<std::string>();
  options->data = workshop.default_data;
  copy.Text("--data", &options->data,
            "folder of the partnership, not running [" + workshop.default_data + "]");
  copy.Text("--bootstrap", bootstrap.get(), "a broker of the Kafka, host:port", Need::kRequired);
  copy.Text("--tls", &options->tls, "folder of an operator's certificate", Need::kRequired);
  copy.Does([options, bootstrap, copy_log = std::move(copy_log)] {
    options->bootstrap = {*bootstrap};
    return copy_log(*options);
  });
}

}  // namespace waymark::cli
