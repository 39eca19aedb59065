#include "libs/telemetry/core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "libs/base/check.h"

namespace waymark::telemetry {

void ForbidCoreDumps() {
  const rlimit none{0, 0};
  WM_CHECK(setrlimit(RLIMIT_CORE, &none) == 0, "the system refused to forbid core files");
#ifndef __SANITIZE_ADDRESS__  // the leak check traces its own process
  // Also where core files go to a program (kernel.core_pattern), which a limit of 0 does not stop.
  WM_CHECK(prctl(PR_SET_DUMPABLE, 0) == 0, "the system refused to forbid dumps");
#endif
}

}  // namespace waymark::telemetry
