// `waymark run` and `waymark rebuild`: a whole partnership on this machine. The command line parses
// the arguments (cli/verbs/local_verbs.h) and calls these; each prints for people, blocks until it
// is done and returns the exit code of the command (cli/verbs/exit_codes.h).
#pragma once

#include <string>

namespace waymark::cli {

struct RunOptions {
  std::string data;               // folder of the partnership; made when it is not there
  bool fresh = false;             // remove what is there and begin again
  bool exit_after_story = false;  // end after the invented fortnight instead of running on
  int first_port = 7500;          // as in SetUpOptions
  std::string source_folder;      // holds packs/ and agreements/ as shipped
  bool json = false;              // for programs: one JSON object a line instead of words
};

int RunPartnership(const RunOptions& options);

// Makes the store of a core service ("intake", "risk", "casemgr") anew from its own topic, in the
// partnership at `data`, which must not be running.
int RebuildService(const std::string& data, const std::string& service);

}  // namespace waymark::cli
