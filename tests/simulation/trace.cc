#include "tests/simulation/trace.h"

#include <cstdio>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "libs/crypto/hash.h"

namespace waymark::simulation {

void Trace::Say(const std::string& who, const std::string& what) {
  const std::string at = absl::FormatTime("%d %H:%M:%E3S", clock_.Now(), absl::UTCTimeZone());
  std::string line = absl::StrFormat("%6d %s %-16s %s", ++lines_, at, who, what);
  digest_ = absl::BytesToHexString(crypto::Sha256(digest_ + line));
  if (print_) std::puts(line.c_str());
  tail_.push_back(std::move(line));
  if (tail_.size() > kTailMax) tail_.pop_front();
}

}  // namespace waymark::simulation
