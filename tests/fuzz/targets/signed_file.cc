// Detached signatures of several parties.
#include "libs/crypto/signed_file.h"

#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view text = fuzz::Text(data, size);
  const auto set = crypto::ParseSignatureSet(text);
  if (set.ok()) {
    WM_CHECK(crypto::FormatSignatureSet(*set) == text, "signatures change when written");
  }
  WM_CHECK(!crypto::VerifySignedFile("file", text, "agreement", {}, 1).ok(), "nobody has signed");
  return 0;
}
