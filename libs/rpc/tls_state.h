// What this process's TLS directories hold, for metrics, health pages and alarms. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace waymark::rpc {

// One directory that a server or a channel of this process uses.
struct TlsState {
  std::string directory;
  std::string identity;               // the URI in the certificate in force
  absl::Time not_after;               // of the certificate in force
  absl::Time authority_not_after;     // of the authority in force that ends first
  absl::Time revocation_next_update;  // soonest of the lists in force; infinite future: no lists
  int taken_into_use = 0;             // how often files were, the first time included
  absl::Status on_disk;               // not OK: the files there are not in force, and why
};

// By directory.
std::vector<TlsState> TlsInUse();

}  // namespace waymark::rpc
