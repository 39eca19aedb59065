// waymark-risk: one process, started as `waymark-risk --config FILE`. Options, exit codes and
// what it waits for: libs/process/run.h.
#include "libs/process/open_kafka.h"
#include "services/risk/risk_part.h"

int main(int argc, char** argv) {
  using namespace waymark;
  return process::Run({config::ServiceKind::kRisk, process::OpenKafka, risk::OpenPart}, argc, argv);
}
