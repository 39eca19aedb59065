#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/hpke_session.h"
#include "libs/crypto/sign.h"

namespace waymark::crypto {
namespace {

using ::testing::HasSubstr;

std::string Hex(std::string_view hex) { return FromHex(hex).value(); }

// RFC 8032 section 7.1, tests 1 and 2.
TEST(Ed25519, GivesThePublishedSignatures) {
  const SigningKey empty =
      SigningKey::FromBytes(Hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
          .value();
  EXPECT_EQ(ToHex(empty.verify_key().bytes()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(ToHex(empty.Sign("")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const SigningKey one =
      SigningKey::FromBytes(Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
          .value();
  EXPECT_EQ(ToHex(one.Sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Ed25519, RefusesEveryChange) {
  SeededRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(key.verify_key().Verify("message", signature));
  EXPECT_FALSE(key.verify_key().Verify("messagf", signature));
  EXPECT_FALSE(SigningKey::Generate(random).verify_key().Verify("message", signature));
  EXPECT_FALSE(key.verify_key().Verify("message", ""));
  EXPECT_FALSE(key.verify_key().Verify("message", signature.substr(1)));
  EXPECT_FALSE(key.verify_key().Verify("message", signature + "x"));
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] ^= 1;
    EXPECT_FALSE(key.verify_key().Verify("message", changed)) << i;
  }
}

TEST(Ed25519, GoesThroughBytesAndPem) {
  SeededRandom random(2);
  const SigningKey key = SigningKey::Generate(random);
  EXPECT_EQ(SigningKey::FromPem(key.ToPem()).value().bytes(), key.bytes());
  EXPECT_EQ(SigningKey::FromBytes(key.bytes()).value().verify_key(), key.verify_key());
  EXPECT_EQ(VerifyKey::FromPem(key.verify_key().ToPem()).value(), key.verify_key());
  EXPECT_EQ(VerifyKey::FromBytes(key.verify_key().bytes()).value(), key.verify_key());
  EXPECT_EQ(key.verify_key().id().size(), 16u);
  EXPECT_NE(key.verify_key().id(), SigningKey::Generate(random).verify_key().id());
  EXPECT_EQ(MakeKeySet({key.verify_key()}).count(key.verify_key().id()), 1u);
}

TEST(Ed25519, RefusesWhatIsNoKeyOfItsKind) {
  SeededRandom random(3);
  const HpkePrivateKey other = HpkePrivateKey::Generate(random);
  for (const std::string& text : {std::string(), std::string(31, 'k'), std::string(33, 'k')}) {
    EXPECT_EQ(VerifyKey::FromBytes(text).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(SigningKey::FromBytes(text).status().code(), absl::StatusCode::kInvalidArgument);
  }
  for (const std::string& text : {std::string(), std::string("no PEM"), other.ToPem(),
                                  HpkePublicKeyToPem(other.public_key()).value()}) {
    EXPECT_EQ(VerifyKey::FromPem(text).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(SigningKey::FromPem(text).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(Aead, OpensWhatItSealed) {
  SeededRandom random(4);
  const std::string key = random.Bytes(32);
  for (const std::string& plaintext : {std::string(), std::string("x"), std::string(5000, 'y')}) {
    const std::string sealed = AeadSeal(key, "row 7", plaintext, random);
    EXPECT_EQ(sealed.size(), plaintext.size() + kAeadOverhead);
    EXPECT_EQ(AeadOpen(key, "row 7", sealed).value(), plaintext);
  }
}

TEST(Aead, UsesAFreshNonceEachTime) {
  SeededRandom random(5);
  const std::string key = random.Bytes(32);
  EXPECT_NE(AeadSeal(key, "", "same", random).substr(0, 12),
            AeadSeal(key, "", "same", random).substr(0, 12));
}

TEST(Aead, GivesOneStatusForEveryFailure) {
  SeededRandom random(6);
  const std::string key = random.Bytes(32);
  const std::string sealed = AeadSeal(key, "row 7", "plaintext", random);
  std::set<std::string> statuses;
  statuses.insert(AeadOpen(random.Bytes(32), "row 7", sealed).status().ToString());
  statuses.insert(AeadOpen(random.Bytes(16), "row 7", sealed).status().ToString());
  statuses.insert(AeadOpen(key, "row 8", sealed).status().ToString());
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 0x80;
    statuses.insert(AeadOpen(key, "row 7", changed).status().ToString());
    statuses.insert(AeadOpen(key, "row 7", sealed.substr(0, i)).status().ToString());
  }
  EXPECT_EQ(statuses.size(), 1u);
  EXPECT_EQ(AeadOpen(key, "", "").status().code(), absl::StatusCode::kUnauthenticated);
}

struct HpkeVector {
  HpkeSuite suite;
  const char* ephemeral;
  const char* encapsulated;
  const char* recipient;
  const char* recipient_public;
  const char* shared_secret;
  const char* key;
  const char* base_nonce;
  const char* ciphertext;
};

constexpr char kInfo[] = "Ode on a Grecian Urn";
constexpr char kPlaintext[] = "Beauty is truth, truth beauty";
constexpr char kAad[] = "Count-0";

class HpkeVectors : public testing::TestWithParam<HpkeVector> {};

TEST_P(HpkeVectors, Pass) {
  const HpkeVector& v = GetParam();
  const HpkePrivateKey ephemeral = HpkePrivateKey::FromBytes(Hex(v.ephemeral)).value();
  const HpkePrivateKey recipient = HpkePrivateKey::FromBytes(Hex(v.recipient)).value();
  EXPECT_EQ(ToHex(ephemeral.public_key()), v.encapsulated);
  EXPECT_EQ(ToHex(recipient.public_key()), v.recipient_public);
  const std::string secret = internal::DhKemSecret(ephemeral, recipient.public_key(),
                                                   ephemeral.public_key(), recipient.public_key())
                                 .value();
  EXPECT_EQ(ToHex(secret), v.shared_secret);
  const internal::HpkeContext context = internal::KeySchedule(v.suite, secret, kInfo);
  EXPECT_EQ(ToHex(context.key), v.key);
  EXPECT_EQ(ToHex(context.base_nonce), v.base_nonce);
  const HpkeSealed sealed =
      internal::SealWith(v.suite, ephemeral, recipient.public_key(), kInfo, kAad, kPlaintext)
          .value();
  EXPECT_EQ(ToHex(sealed.ciphertext), v.ciphertext);
  EXPECT_EQ(internal::OpenWith(v.suite, recipient, sealed, kInfo, kAad).value(), kPlaintext);
}

// RFC 9180 appendix A.1.1, and the entry with AES-256-GCM of the file of vectors that the RFC
// refers to (mode 0, kem 32, kdf 1, aead 2).
INSTANTIATE_TEST_SUITE_P(
    Rfc9180, HpkeVectors,
    testing::Values(HpkeVector{{0x0020, 0x0001, 0x0001},
                               "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
                               "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
                               "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
                               "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
                               "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc",
                               "4531685d41d65f03dc48f6b8302c05b0",
                               "56d890e5accaaf011cff4b7d",
                               "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
                               "6d8770ac83d07bea87e13c512a"},
                    HpkeVector{kHpkeSuite,
                               "179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11",
                               "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256",
                               "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d",
                               "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c",
                               "3101c54c3a4f87439eaac080699ed9bbcc726ffe44e860c0424ccb7e3e2ead7b",
                               "f50b0609186798729ed0564b36ef2ef8044f1f9d05636874d1f46c819c7a669f",
                               "151d9929e2449747889bc923",
                               "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be99319"
                               "80a41de125a925cdad859d5b7a"}));

// RFC 9180 appendix A.1.1.1: the nonces of messages 0, 1, 2, 4, 255 and 256.
TEST(HpkeSession, CountsItsNoncesAsPublished) {
  const HpkeSessionKeys keys("", Hex("56d890e5accaaf011cff4b7d"));
  EXPECT_EQ(ToHex(keys.Nonce(0)), "56d890e5accaaf011cff4b7d");
  EXPECT_EQ(ToHex(keys.Nonce(1)), "56d890e5accaaf011cff4b7c");
  EXPECT_EQ(ToHex(keys.Nonce(2)), "56d890e5accaaf011cff4b7f");
  EXPECT_EQ(ToHex(keys.Nonce(4)), "56d890e5accaaf011cff4b79");
  EXPECT_EQ(ToHex(keys.Nonce(255)), "56d890e5accaaf011cff4b82");
  EXPECT_EQ(ToHex(keys.Nonce(256)), "56d890e5accaaf011cff4a7d");
}

TEST(HpkeSession, BeginsWithWhatASingleSealGives) {
  SeededRandom random(7), same(7), other(8);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(other);
  const HpkeSealed single =
      HpkeSeal(recipient.public_key(), "info", "aad", "plaintext", random).value();
  HpkeSender sender = HpkeSender::Begin(recipient.public_key(), "info", same).value();
  const HpkeSender::Message first = sender.Seal("aad", "plaintext");
  EXPECT_EQ(sender.encapsulated_key(), single.encapsulated_key);
  EXPECT_EQ(first.number, 0u);
  EXPECT_EQ(first.ciphertext, single.ciphertext);
}

TEST(HpkeSession, OpensInAnyOrderAndOnlyUnderItsOwnNumberKeyInfoAndAad) {
  SeededRandom random(9);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(random);
  HpkeSender sender = HpkeSender::Begin(recipient.public_key(), "info", random).value();
  std::vector<HpkeSender::Message> messages;
  for (int i = 0; i < 300; ++i) {
    messages.push_back(sender.Seal("aad", "plaintext"));
    EXPECT_EQ(messages.back().number, static_cast<uint64_t>(i));
  }
  const HpkeReceiver receiver =
      HpkeReceiver::Begin(recipient, sender.encapsulated_key(), "info").value();
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    EXPECT_EQ(receiver.Open(message->number, "aad", message->ciphertext).value(), "plaintext");
    const absl::Status refused =
        receiver.Open(message->number + 1, "aad", message->ciphertext).status();
    EXPECT_TRUE(absl::IsUnauthenticated(refused));
    EXPECT_EQ(receiver.Open(message->number, "dad", message->ciphertext).status(), refused);
    const HpkeReceiver other =
        HpkeReceiver::Begin(recipient, sender.encapsulated_key(), "inf").value();
    EXPECT_EQ(other.Open(message->number, "aad", message->ciphertext).status(), refused);
  }
  EXPECT_TRUE(absl::IsUnauthenticated(HpkeReceiver::Begin(recipient, "short", "info").status()));
}

TEST(Hpke, OpensOnlyWithTheSameKeyInfoAndAad) {
  SeededRandom random(7);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(random);
  const HpkeSealed sealed =
      HpkeSeal(recipient.public_key(), "info", "aad", "plaintext", random).value();
  EXPECT_EQ(HpkeOpen(recipient, sealed, "info", "aad").value(), "plaintext");
  std::set<std::string> statuses;
  statuses.insert(
      HpkeOpen(HpkePrivateKey::Generate(random), sealed, "info", "aad").status().ToString());
  statuses.insert(HpkeOpen(recipient, sealed, "infp", "aad").status().ToString());
  statuses.insert(HpkeOpen(recipient, sealed, "info", "aae").status().ToString());
  for (size_t i = 0; i < sealed.encapsulated_key.size(); ++i) {
    HpkeSealed changed = sealed;
    changed.encapsulated_key[i] ^= 1;
    statuses.insert(HpkeOpen(recipient, changed, "info", "aad").status().ToString());
  }
  for (size_t i = 0; i < sealed.ciphertext.size(); ++i) {
    HpkeSealed changed = sealed;
    changed.ciphertext[i] ^= 1;
    statuses.insert(HpkeOpen(recipient, changed, "info", "aad").status().ToString());
  }
  statuses.insert(HpkeOpen(recipient, {"", ""}, "info", "aad").status().ToString());
  EXPECT_EQ(statuses.size(), 1u);
}

TEST(Hpke, SealsAfreshEachTime) {
  SeededRandom random(8);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(random);
  const HpkeSealed first = HpkeSeal(recipient.public_key(), "", "", "same", random).value();
  const HpkeSealed second = HpkeSeal(recipient.public_key(), "", "", "same", random).value();
  EXPECT_NE(first.encapsulated_key, second.encapsulated_key);
  EXPECT_NE(first.ciphertext, second.ciphertext);
}

// Points of small order: 0, 1 and one of order 8. Each would give an all-zero shared secret.
TEST(Hpke, RefusesPointsOfSmallOrder) {
  SeededRandom random(9);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(random);
  for (const char* hex : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
    EXPECT_EQ(HpkeSeal(Hex(hex), "", "", "x", random).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(HpkeOpen(recipient, {Hex(hex), std::string(17, 'c')}, "", "").status(),
              internal::CannotOpen());
  }
  EXPECT_FALSE(HpkeSeal("short", "", "", "x", random).ok());
}

TEST(Hpke, AllowsExactlyOneSuite) {
  SeededRandom random(10);
  const HpkePrivateKey recipient = HpkePrivateKey::Generate(random);
  const std::string bytes =
      EncodeHpke(HpkeSeal(recipient.public_key(), "info", "", "plaintext", random).value());
  EXPECT_EQ(HpkeOpen(recipient, ParseHpke(bytes).value(), "info", "").value(), "plaintext");
  for (size_t i = 0; i < 6; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] ^= static_cast<char>(1 << bit);
      EXPECT_THAT(ParseHpke(changed).status().ToString(), HasSubstr("not allowed")) << i;
    }
  }
  for (size_t i = 0; i < 6 + 32 + 16; ++i) EXPECT_FALSE(ParseHpke(bytes.substr(0, i)).ok()) << i;
}

TEST(Hpke, KeysGoThroughPem) {
  SeededRandom random(11);
  const HpkePrivateKey key = HpkePrivateKey::Generate(random);
  EXPECT_EQ(HpkePrivateKey::FromPem(key.ToPem()).value().bytes(), key.bytes());
  const std::string pem = HpkePublicKeyToPem(key.public_key()).value();
  EXPECT_EQ(HpkePublicKeyFromPem(pem).value(), key.public_key());
  const SigningKey other = SigningKey::Generate(random);
  EXPECT_FALSE(HpkePrivateKey::FromPem(other.ToPem()).ok());
  EXPECT_FALSE(HpkePublicKeyFromPem(other.verify_key().ToPem()).ok());
  EXPECT_FALSE(HpkePrivateKey::FromBytes("short").ok());
  EXPECT_FALSE(HpkePublicKeyToPem("short").ok());
}

}  // namespace
}  // namespace waymark::crypto
