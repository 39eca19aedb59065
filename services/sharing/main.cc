// waymark-gateway: one process, started as `waymark-gateway --config FILE`. Options, exit codes and
// what it waits for: libs/process/run.h.
#include "libs/process/open_kafka.h"
#include "services/sharing/gateway_part.h"

int main(int argc, char** argv) {
  using namespace waymark;
  return process::Run({config::ServiceKind::kGateway, process::OpenKafka, sharing::OpenPart}, argc,
                      argv);
}
