// An invented identity provider, for trying out: signs in anybody as anybody of an agency, with the
// key that set-up made for it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"

namespace waymark::cli {

// `now` is real time. NotFound: no such agency in this layout.
absl::StatusOr<std::string> IssuePersonToken(const Layout& layout, const std::string& agency,
                                             const std::string& person, const std::string& role,
                                             absl::Duration lifetime, absl::Time now,
                                             Random& random);

}  // namespace waymark::cli
