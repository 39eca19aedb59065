// A dump of a gateway's memory would hold keys and names of people in the clear.
#pragma once

namespace waymark::telemetry {

// From now on this process and what it starts write no core file, whatever the machine's settings,
// and no other process of the same user may read its memory. Called first in every main().
void ForbidCoreDumps();

}  // namespace waymark::telemetry
