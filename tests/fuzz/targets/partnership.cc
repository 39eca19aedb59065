// The partnership directory: what is read is written and read again as the same.
#include "libs/config/partnership.h"

#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  absl::StatusOr<config::Partnership> first =
      config::ParsePartnership(fuzz::Text(data, size), "partnership.yaml");
  if (!first.ok()) return 0;
  const std::string written = config::PartnershipToYaml(*first);
  absl::StatusOr<config::Partnership> second =
      config::ParsePartnership(written, "partnership.yaml");
  WM_CHECK(second.ok(), "a directory that was read cannot be read back");
  WM_CHECK(config::PartnershipToYaml(*second) == written, "a directory changes when written");
  return 0;
}
