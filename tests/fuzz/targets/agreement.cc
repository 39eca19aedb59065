// An agreement or the statutory baseline: reading it, compiling it, and its signatures.
#include "libs/config/agreement_loader.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view text = fuzz::Text(data, size);
  absl::StatusOr<agreement::Agreement> agreement = config::ParseAgreement(text, "agreement.yaml");
  if (!agreement.ok()) return 0;
  WM_CHECK(agreement->signed_by.empty(), "nobody has signed this");
  // Whether it makes sense is said, one way or the other.
  (void)config::CompileOrStatus({*agreement}).ok();
  WM_CHECK(!config::ParseSignedAgreement(text, text, "agreement.yaml", {}).ok(),
           "an agreement is not its own signatures");
  return 0;
}
