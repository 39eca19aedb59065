// One plain HTTP GET, for a process's operator port on this machine.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace waymark::cli {

struct HttpAnswer {
  int code = 0;
  std::string body;
};

// `address` is "host:port"; a host of 0.0.0.0 or [::] is asked on this machine. Unavailable when
// nothing answers within `patience`. At most 4 MiB are read.
absl::StatusOr<HttpAnswer> HttpGet(const std::string& address, const std::string& path,
                                   absl::Duration patience);

}  // namespace waymark::cli
