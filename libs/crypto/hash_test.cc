#include "libs/crypto/hash.h"

#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/crypto/mac.h"

namespace waymark::crypto {
namespace {

std::string Hex(std::string_view hex) { return FromHex(hex).value(); }

// FIPS 180-4 examples.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, InPiecesGivesTheSameAndStartsAfresh) {
  Sha256Hasher hasher;
  hasher.Update("a");
  hasher.Update("");
  hasher.Update("bc");
  EXPECT_EQ(hasher.Finish(), Sha256("abc"));
  EXPECT_EQ(hasher.Finish(), Sha256(""));
  Sha256Hasher other = std::move(hasher);
  other.Update("abc");
  EXPECT_EQ(other.Finish(), Sha256("abc"));
}

// RFC 4231, test cases 2 and 6 (a key longer than a block).
TEST(HmacSha256, GivesThePublishedCodesTwiceOver) {
  HmacSha256 short_key("Jefe");
  const std::string wanted =
      Hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(short_key.Mac("what do ya want for nothing?"), wanted);
  EXPECT_NE(short_key.Mac(""), wanted);
  EXPECT_EQ(short_key.Mac("what do ya want for nothing?"), wanted);
  HmacSha256 long_key(std::string(131, '\xaa'));
  EXPECT_EQ(ToHex(long_key.Mac("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, TakesAnEmptyKey) {
  EXPECT_EQ(ToHex(HmacSha256("").Mac("")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(HmacSha256, RefusesEveryChangedCode) {
  HmacSha256 hmac("key");
  const std::string mac = hmac.Mac("message");
  EXPECT_TRUE(hmac.Verify("message", mac));
  EXPECT_FALSE(hmac.Verify("messagf", mac));
  EXPECT_FALSE(hmac.Verify("message", mac.substr(1)));
  for (size_t i = 0; i < mac.size(); ++i) {
    std::string changed = mac;
    changed[i] ^= 1;
    EXPECT_FALSE(hmac.Verify("message", changed)) << i;
  }
}

TEST(ConstantTimeEqual, ComparesLengthAndBytes) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("ab", "ab"));
  EXPECT_FALSE(ConstantTimeEqual("ab", "ac"));
  EXPECT_FALSE(ConstantTimeEqual("ab", "abc"));
}

TEST(Wipe, EmptiesTheString) {
  std::string secret = "secret";
  Wipe(secret);
  EXPECT_TRUE(secret.empty());
}

// RFC 5869, test cases 1 and 3 (empty salt and info).
TEST(Hkdf, GivesThePublishedKeys) {
  const std::string input(22, '\x0b');
  const std::string key = HkdfExtract(Hex("000102030405060708090a0b0c"), input);
  EXPECT_EQ(ToHex(key), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(ToHex(HkdfExpand(key, Hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(ToHex(DeriveKey(input, "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, SeparatesUses) {
  EXPECT_NE(DeriveKey("secret", "one use"), DeriveKey("secret", "another"));
  EXPECT_EQ(DeriveKey("secret", "one use").size(), 32u);
}

}  // namespace
}  // namespace waymark::crypto
