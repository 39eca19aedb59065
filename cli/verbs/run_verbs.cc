// waymark run and rebuild: arguments to calls of cli/story/run_command.h.
#include "cli/verbs/verbs.h"

namespace waymark::cli {
namespace {

constexpr int kFirstPortMax = 65535 - 20;  // the operator's port is 20 on

}  // namespace

void AddRun(Verb root, Workshop& workshop, LocalCommands commands) {
  struct Options {
    RunOptions run;
    int64_t port = 7500;
  };
  const Verb run = root.Sub("run", "A whole partnership on this machine, with an invented story");
  const auto options = std::make_shared<Options>();
  options->run.data = workshop.default_data;
  options->run.source_folder = ShippedFolder();
  run.Text("--data", &options->run.data,
           "folder of the partnership; made when not there [" + workshop.default_data + "]");
  run.Flag("--fresh", &options->run.fresh, "remove what is there and begin again");
  run.Flag("--exit", &options->run.exit_after_story, "end after the story");
  run.Number("--port", &options->port, 1024, kFirstPortMax,
             "first of 21 ports on 127.0.0.1 [7500]");
  run.Text("--source", &options->run.source_folder, "folder with packs/ and agreements/");
  run.Flag("--json", &options->run.json, "for programs: one JSON object a line");
  run.Does([options, run_partnership = std::move(commands.run)] {
    options->run.first_port = static_cast<int>(options->port);
    return run_partnership(options->run);
  });

  struct Rebuild {
    std::string data, service;
  };
  const Verb rebuild =
      root.Sub("rebuild", "Make a core service's store anew from its own topic (while stopped)");
  const auto what = std::make_shared<Rebuild>();
  what->data = workshop.default_data;
  rebuild.Choice("service", &what->service, {"intake", "risk", "casemgr"}, "which",
                 Need::kRequired);
  rebuild.Text("--data", &what->data, "folder of the partnership [" + workshop.default_data + "]");
  rebuild.Does([what, rebuild_service = std::move(commands.rebuild)] {
    return rebuild_service(what->data, what->service);
  });
}

}  // namespace waymark::cli
