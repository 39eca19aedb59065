// waymark rules: questions about a pack, answered offline.
#include <iostream>

#include "cli/rules/rules_command.h"
#include "cli/verbs/verbs.h"

namespace waymark::cli {

void AddRules(Verb root, Workshop& workshop) {
  const Verb verb = root.Sub("rules", "Answer questions about a pack: JSON lines in and out");
  const auto pack = std::make_shared<std::string>("fenland");
  verb.Text("--pack", pack.get(), "name of a shipped pack, or a path [fenland]");
  verb.Footer(
      "Ops: grade, assess, effective, ask, repeat, clock. Ends with 3 when a line was answered\n"
      "with an error. Example:\n"
      "  echo '{\"op\":\"grade\",\"harm\":\"significant\",\"pattern\":\"regular\"}' | waymark "
      "rules");
  verb.Does([&workshop, pack] {
    std::ios::sync_with_stdio(false);  // else a line is read byte by byte
    return RunRules(*pack, workshop.terminal.in, workshop.terminal.out, workshop.terminal.err,
                    ShippedFolder() + "/packs");
  });
}

}  // namespace waymark::cli
