// A sealed share, and what HPKE takes apart. Half of the inputs are sealed and signed, so that what
// lies inside is fuzzed too.
#include "libs/base/clock.h"
#include "libs/crypto/sealed_share.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  static SeededRandom random(1);
  static const crypto::SigningKey sender = crypto::SigningKey::Generate(random);
  static const crypto::HpkePrivateKey recipient = crypto::HpkePrivateKey::Generate(random);
  const std::string_view text = fuzz::Text(data, size);
  const crypto::ShareParties parties = {"police", "housing"};
  WM_CHECK(!crypto::OpenShare(text, parties, sender.verify_key(), recipient).ok(),
           "nobody sealed this share");
  if (crypto::ParseHpke(text).ok()) {
    WM_CHECK(!crypto::HpkeOpen(recipient, *crypto::ParseHpke(text), "info", "aad").ok(),
             "nobody sealed these bytes");
  }
  fuzz::Pieces pieces(text);
  const crypto::ShareParts parts = {std::string(pieces.Next()), std::string(pieces.Rest())};
  const auto sealed = crypto::SealShare(parts, parties, sender, recipient.public_key(), random);
  if (!sealed.ok()) return 0;
  const auto opened = crypto::OpenShare(*sealed, parties, sender.verify_key(), recipient);
  WM_CHECK(opened.ok() && opened->header == parts.header && opened->content == parts.content,
           "a share does not open as it was sealed");
  return 0;
}
