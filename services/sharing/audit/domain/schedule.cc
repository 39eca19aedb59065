#include "services/sharing/audit/domain/schedule.h"

namespace waymark::sharing::audit_room {

absl::Time NextOnGrid(absl::Time now, absl::Duration every) {
  return absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), every) + every;
}

}  // namespace waymark::sharing::audit_room
