// Certificates and revocation lists in PEM.
#include "libs/crypto/certificates.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string_view text = fuzz::Text(data, size);
  (void)crypto::ParseCertificate(text).ok();
  (void)crypto::CheckChain(text, text, text, absl::FromUnixSeconds(1'760'000'000)).ok();
  (void)crypto::CheckKeyMatches(text, text).ok();
  (void)crypto::RevocationListFileName(text).ok();
  return 0;
}
