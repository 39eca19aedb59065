// waymark-intake: one process, started as `waymark-intake --config FILE`. Options, exit codes and
// what it waits for: libs/process/run.h.
#include "libs/process/open_kafka.h"
#include "services/intake/intake_part.h"

int main(int argc, char** argv) {
  using namespace waymark;
  return process::Run({config::ServiceKind::kIntake, process::OpenKafka, intake::OpenPart}, argc,
                      argv);
}
