// A person's token. Half of the inputs are signed as they stand, so that the fuzzer gets past the
// signature to the header and the claims.
#include "libs/crypto/token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "tests/fuzz/targets/input.h"

namespace {

std::string Base64(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(waymark::ToAbsl(bytes), &text);
  return text;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  static SeededRandom random(1);
  static const crypto::SigningKey key = crypto::SigningKey::Generate(random);
  static const crypto::VerifyKeySet keys = crypto::MakeKeySet({key.verify_key()});
  const crypto::TokenExpectations expected = {.issuer = "https://idp.example",
                                              .audience = "gateway",
                                              .now = absl::FromUnixSeconds(1'760'000'000),
                                              .lifetime_max = absl::Hours(12)};
  WM_CHECK(!crypto::VerifyToken(fuzz::Text(data, size), keys, expected).ok(),
           "nobody signed this token");
  fuzz::Pieces pieces(fuzz::Text(data, size));
  const std::string header = absl::StrCat("{\"alg\":\"EdDSA\",\"kid\":\"", key.verify_key().id(),
                                          "\",\"typ\":\"JWT\"", ToAbsl(pieces.Next()), "}");
  const std::string signed_part = absl::StrCat(Base64(header), ".", Base64(pieces.Rest()));
  const std::string token = absl::StrCat(signed_part, ".", Base64(key.Sign(signed_part)));
  const auto claims = crypto::VerifyToken(token, keys, expected);
  if (!claims.ok()) return 0;
  WM_CHECK(claims->issuer == expected.issuer && claims->audience == expected.audience,
           "a token for somebody else was believed");
  WM_CHECK(claims->expires_at > expected.now, "an expired token was believed");
  WM_CHECK(!claims->subject.empty() && !claims->agency.empty(), "a token of nobody was believed");
  return 0;
}
