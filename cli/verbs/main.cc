// The `waymark` command. Its verbs are listed in all_verbs.cc; each group is one file beside it.
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/verbs/log_verbs.h"
#include "cli/verbs/verbs.h"
#include "libs/calendar/civil.h"

using namespace waymark;
using namespace waymark::cli;

int main(int argc, char** argv) {
  // gRPC's own words about failed handshakes say less than what is said here.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  if (const absl::Status zones = calendar::CheckTimeZoneData(); !zones.ok()) {
    std::cerr << "waymark: " << zones.message() << "\n";
    return 1;
  }
  SystemClock clock;
  SystemRandom random;
  const char* data = std::getenv("WAYMARK_DATA");
  Terminal terminal{std::cin, std::cout, std::cerr, isatty(STDERR_FILENO) == 1};
  Workshop workshop{
      terminal,
      clock,
      random,
      data != nullptr && *data != '\0' ? data : "var/waymark",
      [&](const ConnectionOptions& options) { return ConnectGateway(options, clock, random); },
      ConnectOperator};
  CommandLine line("waymark", "Let the agencies of a partnership see the same victim.", terminal);
  AddEveryVerb(line, workshop, {RunPartnership, RebuildService});
  AddLog(line.Root(), workshop, CopyLogToKafka);
  return line.Run({argv + 1, argv + argc});
}
