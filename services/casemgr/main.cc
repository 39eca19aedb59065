// waymark-casemgr: one process, started as `waymark-casemgr --config FILE`. Options, exit codes and
// what it waits for: libs/process/run.h.
#include "libs/process/open_kafka.h"
#include "services/casemgr/casemgr_part.h"

int main(int argc, char** argv) {
  using namespace waymark;
  return process::Run({config::ServiceKind::kCasemgr, process::OpenKafka, casemgr::OpenPart}, argc,
                      argv);
}
