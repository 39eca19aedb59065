// The URI in a certificate that says which system calls.
#include "libs/rpc/identity.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view text = fuzz::Text(data, size);
  const auto principal = rpc::ParsePrincipal(text);
  if (principal.ok()) WM_CHECK(principal->Text() == text, "an identity changes when written");
  return 0;
}
