// Proofs as a partner may send them, and files of trusted keys: whatever is invented here, nothing
// verifies, because nobody signed it.
#include "libs/audit/verify.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  const std::string text(fuzz::Text(data, size));
  static const crypto::SigningKey key = crypto::SigningKey::FromBytes(std::string(32, 'k')).value();
  audit::TrustedKeys keys;
  keys.AddLog("fenland.waymark/audit/police", key.verify_key());
  (void)audit::TrustedKeys::Parse(text).ok();
  audit::v1::LogProof log;
  if (log.ParseFromString(text)) {
    WM_CHECK(!audit::VerifyLogProof(log, keys, "log").ok(), "an invented leaf is in the log");
  }
  audit::v1::DisclosureProof disclosure;
  if (disclosure.ParseFromString(text)) {
    WM_CHECK(!audit::VerifyDisclosure(disclosure, keys).ok(), "an invented disclosure verifies");
  }
  gateway::v1::Alert alert;
  if (alert.ParseFromString(text)) {
    WM_CHECK(!audit::VerifyAlert(alert, keys).ok(), "an invented alert verifies");
  }
  return 0;
}
