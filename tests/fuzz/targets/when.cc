// Instants as people write them.
#include "cli/publish/when.h"

#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const auto at = cli::ParseWhen(std::string(fuzz::Text(data, size)));
  if (at) WM_CHECK(*at != absl::InfiniteFuture() && *at != absl::InfinitePast(), "not an instant");
  return 0;
}
