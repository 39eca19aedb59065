#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/crypto/fields_internal.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/sealed_share.h"
#include "libs/crypto/signed_file.h"

namespace waymark::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SealedShareTest : public testing::Test {
 protected:
  std::string Seal(const std::string& header, const std::string& content) {
    return SealShare({header, content}, parties_, sender_, recipient_.public_key(), random_)
        .value();
  }
  absl::StatusOr<ShareParts> Open(const std::string& sealed) {
    return OpenShare(sealed, parties_, sender_.verify_key(), recipient_);
  }

  SeededRandom random_{1};
  SigningKey sender_ = SigningKey::Generate(random_);
  HpkePrivateKey recipient_ = HpkePrivateKey::Generate(random_);
  ShareParties parties_{"fenland/police", "fenland/housing"};
};

TEST_F(SealedShareTest, OpensForItsRecipient) {
  const std::string sealed = Seal("header", "content");
  const ShareEnvelope envelope = ReadShareEnvelope(sealed).value();
  EXPECT_EQ(envelope.parties, parties_);
  EXPECT_EQ(envelope.sender_key_id, sender_.verify_key().id());
  EXPECT_EQ(envelope.commitment.size(), 32u);
  const ShareParts parts = Open(sealed).value();
  EXPECT_EQ(parts.header, "header");
  EXPECT_EQ(parts.content, "content");
  EXPECT_EQ(Open(Seal("", "")).value().content, "");
}

TEST_F(SealedShareTest, RefusesEveryChangedByteAndEveryCut) {
  const std::string sealed = Seal("header", "content");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] ^= 1;
    EXPECT_FALSE(Open(changed).ok()) << i;
    EXPECT_FALSE(ReadShareEnvelope(sealed.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(ReadShareEnvelope(sealed + "x").ok());
}

TEST_F(SealedShareTest, NamesOtherPartiesButNoOtherReason) {
  const std::string sealed = Seal("header", "content");
  EXPECT_EQ(
      OpenShare(sealed, {"fenland/fire", parties_.recipient}, sender_.verify_key(), recipient_)
          .status()
          .code(),
      absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(
      OpenShare(sealed, {parties_.sender, "fenland/council"}, sender_.verify_key(), recipient_)
          .status()
          .code(),
      absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(
      OpenShare(sealed, parties_, SigningKey::Generate(random_).verify_key(), recipient_).status(),
      internal::CannotOpen());
  EXPECT_EQ(
      OpenShare(sealed, parties_, sender_.verify_key(), HpkePrivateKey::Generate(random_)).status(),
      internal::CannotOpen());
}

// Replaces one field of a sealed share and signs again, as a sender who cheats could.
class CheatingSender : public SealedShareTest {
 protected:
  static constexpr size_t kFields = 9;
  std::vector<std::string> Fields(const std::string& sealed) {
    internal::FieldReader reader(sealed);
    std::vector<std::string> fields;
    for (size_t i = 0; i < kFields; ++i) fields.emplace_back(reader.Next().value());
    return fields;
  }
  std::string Join(const std::vector<std::string>& fields) {
    return LengthPrefixed({fields.begin(), fields.end()});
  }
};

TEST_F(CheatingSender, CannotPassOnAnothersShare) {
  // Someone else puts their name and signature on ciphertext that they did not make.
  std::vector<std::string> fields = Fields(Seal("header", "content"));
  const SigningKey other = SigningKey::Generate(random_);
  const std::vector<std::string> own =
      Fields(SealShare({"h", "c"}, parties_, other, recipient_.public_key(), random_).value());
  fields[4] = own[4];
  fields[8] = own[8];
  EXPECT_EQ(OpenShare(Join(fields), parties_, other.verify_key(), recipient_).status(),
            internal::CannotOpen());
}

TEST_F(CheatingSender, CannotUseAnotherSuiteProfileOrSize) {
  const std::vector<std::string> fields = Fields(Seal("header", "content"));
  for (size_t i : {0u, 1u}) {
    std::vector<std::string> changed = fields;
    changed[i].back() ^= 1;
    EXPECT_THAT(ReadShareEnvelope(Join(changed)).status().ToString(), HasSubstr("not allowed"));
  }
  for (size_t i = 2; i < kFields; ++i) {
    std::vector<std::string> changed = fields;
    changed[i] = i < 4 ? std::string(kSharePartyMax + 1, 'p') : changed[i] + "x";
    EXPECT_THAT(ReadShareEnvelope(Join(changed)).status().ToString(), HasSubstr("wrong size")) << i;
  }
  EXPECT_THAT(ReadShareEnvelope(std::string(kShareBytesMax + 1, 'x')).status().ToString(),
              HasSubstr("limit"));
}

// Made by hand from the description in sealed_share.h, so that a sender can lie in any part of it.
class HandMadeShare : public SealedShareTest {
 protected:
  static constexpr std::string_view kSuite{"\x00\x20\x00\x01\x00\x02", 6};

  std::string Make(std::string_view plaintext, std::string_view commitment) {
    const std::string key_id = sender_.verify_key().id();
    const HpkeSealed sealed =
        HpkeSeal(recipient_.public_key(), "waymark-share-v1",
                 LengthPrefixed({parties_.sender, parties_.recipient, key_id, commitment}),
                 plaintext, random_)
            .value();
    const std::string signature = sender_.Sign(LengthPrefixed(
        {"waymark-share-signature-v1", kSuite, "waymark-share-v1", parties_.sender,
         parties_.recipient, sealed.encapsulated_key, Sha256(sealed.ciphertext), commitment}));
    return LengthPrefixed({"waymark-share-v1", kSuite, parties_.sender, parties_.recipient, key_id,
                           sealed.encapsulated_key, commitment, sealed.ciphertext, signature});
  }
  std::string Plaintext(std::string_view salt) {
    std::string plaintext = LengthPrefixed({salt, "header", "content"});
    plaintext.resize(1024, '\0');
    return plaintext;
  }
  std::string Commitment(std::string_view salt) {
    return Sha256(LengthPrefixed({"waymark-share-header-v1", salt, "header"}));
  }
  const std::string salt_ = std::string(32, 's');
};

TEST_F(HandMadeShare, OpensWhenItFollowsTheDescription) {
  EXPECT_EQ(Open(Make(Plaintext(salt_), Commitment(salt_))).value().content, "content");
}

TEST_F(HandMadeShare, IsRefusedWhenItsInsideIsNotAsDescribed) {
  // A commitment to another header, a short salt, padding that is not zero, fields cut short.
  EXPECT_EQ(Open(Make(Plaintext(salt_), Sha256("another header"))).status(),
            internal::CannotOpen());
  EXPECT_EQ(Open(Make(Plaintext("short"), Commitment("short"))).status(), internal::CannotOpen());
  std::string padded = Plaintext(salt_);
  padded.back() = 'x';
  EXPECT_EQ(Open(Make(padded, Commitment(salt_))).status(), internal::CannotOpen());
  EXPECT_EQ(Open(Make(std::string(1024, '\xff'), Commitment(salt_))).status(),
            internal::CannotOpen());
  EXPECT_THAT(Open(Make(Plaintext(salt_).substr(0, 1000), Commitment(salt_))).status().ToString(),
              HasSubstr("wrong size"));
}

TEST_F(SealedShareTest, SizesSayOnlyTheBucket) {
  EXPECT_EQ(Seal("h", "").size(), Seal("h", std::string(900, 'c')).size());
  EXPECT_LT(Seal("h", "").size(), Seal("h", std::string(1100, 'c')).size());
  const size_t room = kSharePlaintextMax - 3 * 8 - 32;
  const std::string largest = Seal("", std::string(room, 'c'));
  EXPECT_LE(largest.size(), kShareBytesMax);
  EXPECT_EQ(Open(largest).value().content.size(), room);
  EXPECT_EQ(SealShare({"", std::string(room + 1, 'c')}, parties_, sender_, recipient_.public_key(),
                      random_)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SealedShareTest, SealsAfreshEachTimeAndRefusesBadParties) {
  EXPECT_NE(ReadShareEnvelope(Seal("same", "same")).value().commitment,
            ReadShareEnvelope(Seal("same", "same")).value().commitment);
  EXPECT_FALSE(SealShare({"", ""}, {"", "b"}, sender_, recipient_.public_key(), random_).ok());
  EXPECT_FALSE(SealShare({"", ""}, parties_, sender_, "no key", random_).ok());
}

class SignedFileTest : public testing::Test {
 protected:
  SignedFileTest() {
    for (const char* name : {"council", "housing", "police"}) {
      keys_.push_back(SigningKey::Generate(random_));
      trusted_.push_back({name, keys_.back().verify_key()});
    }
    SignatureSet set = NewSignatureSet("agreement", kFile);
    AddSignature(set, "police", keys_[2]);
    AddSignature(set, "council", keys_[0]);
    text_ = FormatSignatureSet(set);
  }
  absl::StatusOr<std::vector<std::string>> Verify(const std::string& text, size_t wanted) {
    return VerifySignedFile(kFile, text, "agreement", trusted_, wanted);
  }

  static constexpr char kFile[] = "id: fenland-1\n";
  SeededRandom random_{2};
  std::vector<SigningKey> keys_;
  std::vector<PartyKey> trusted_;
  std::string text_;
};

TEST_F(SignedFileTest, CountsThePartiesThatSigned) {
  EXPECT_THAT(Verify(text_, 2).value(), ElementsAre("council", "police"));
  EXPECT_EQ(Verify(text_, 3).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FormatSignatureSet(ParseSignatureSet(text_).value()), text_);
}

TEST_F(SignedFileTest, RefusesEveryChangedCharacter) {
  for (size_t i = 0; i < text_.size(); ++i) {
    std::string changed = text_;
    changed[i] = changed[i] == '7' ? '8' : '7';
    EXPECT_FALSE(Verify(changed, 2).ok()) << i;
  }
  for (size_t i = 0; i < text_.size(); ++i) EXPECT_FALSE(Verify(text_.substr(0, i), 2).ok()) << i;
}

TEST_F(SignedFileTest, RefusesAnotherFileOrContext) {
  EXPECT_EQ(VerifySignedFile("id: fenland-2\n", text_, "agreement", trusted_, 1).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(VerifySignedFile(kFile, text_, "pack", trusted_, 1).status().code(),
            absl::StatusCode::kUnauthenticated);
  // The same signatures under another context's heading.
  SignatureSet set = ParseSignatureSet(text_).value();
  set.context = "pack";
  EXPECT_EQ(VerifySignedFile(kFile, FormatSignatureSet(set), "pack", trusted_, 1).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(SignedFileTest, CountsNoStrangerAndNoKeyTwice) {
  SignatureSet set = NewSignatureSet("agreement", kFile);
  AddSignature(set, "stranger", SigningKey::Generate(random_));
  AddSignature(set, "police", SigningKey::Generate(random_));
  EXPECT_THAT(Verify(FormatSignatureSet(set), 0).value(), ElementsAre());
  AddSignature(set, "council", keys_[0]);
  AddSignature(set, "housing", keys_[0]);
  trusted_.push_back({"housing", keys_[0].verify_key()});
  EXPECT_THAT(Verify(FormatSignatureSet(set), 1).value(), ElementsAre("council"));
  EXPECT_FALSE(Verify(FormatSignatureSet(set), 2).ok());
}

TEST_F(SignedFileTest, ReplacesAPartysSignature) {
  SignatureSet set = ParseSignatureSet(text_).value();
  const SigningKey next = SigningKey::Generate(random_);
  trusted_.push_back({"police", next.verify_key()});
  AddSignature(set, "police", next);
  EXPECT_EQ(set.signatures.size(), 2u);
  EXPECT_THAT(Verify(FormatSignatureSet(set), 2).value(), ElementsAre("council", "police"));
}

TEST_F(SignedFileTest, NamesTheLine) {
  EXPECT_THAT(ParseSignatureSet("x\ncontext a\nsha256 b\n").status().ToString(),
              HasSubstr("line 1"));
  const std::string twice = text_ + text_.substr(text_.find("signature police"));
  EXPECT_THAT(ParseSignatureSet(twice).status().ToString(), HasSubstr("each party once"));
  EXPECT_THAT(ParseSignatureSet(text_ + "note\n").status().ToString(), HasSubstr("line 6"));
  EXPECT_FALSE(ParseSignatureSet(std::string(kSignatureFileBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(ParseSignatureSet("").ok());
}

}  // namespace
}  // namespace waymark::crypto
