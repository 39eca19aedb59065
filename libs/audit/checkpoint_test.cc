#include "libs/audit/checkpoint.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/merkle.h"
#include "libs/base/bytes.h"

namespace waymark::audit {
namespace {

using ::testing::HasSubstr;

constexpr char kOrigin[] = "waymark.example/fenland/police";
constexpr char kWitness[] = "waymark.example/fenland/council";

class CheckpointTest : public testing::Test {
 protected:
  SeededRandom random_{1};
  crypto::SigningKey key_ = crypto::SigningKey::Generate(random_);
  crypto::SigningKey witness_ = crypto::SigningKey::Generate(random_);
  Checkpoint checkpoint_{kOrigin, 20852163, LeafHash("root")};
  std::string note_ = SignCheckpoint(checkpoint_, kOrigin, key_).value();
  absl::Time at_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(CheckpointTest, IsTheTextOfTheFormat) {
  const std::string body =
      std::string(kOrigin) + "\n20852163\n" + ToBase64(checkpoint_.root) + "\n";
  EXPECT_EQ(note_.substr(0, body.size() + 1), body + "\n");
  EXPECT_EQ(note_.substr(body.size() + 1, 4), "\xe2\x80\x94 ");
  const SignedCheckpoint parsed = ParseCheckpoint(note_).value();
  EXPECT_EQ(parsed.checkpoint, checkpoint_);
  EXPECT_EQ(parsed.body, body);
  EXPECT_TRUE(parsed.extensions.empty());
  EXPECT_TRUE(VerifyCheckpoint(parsed, kOrigin, key_.verify_key()).ok());
}

// The example of the signed-note package that the format comes from (golang.org/x/mod/sumdb/note).
TEST(SignedNote, NamesKeysAsPublished) {
  const std::string key = FromBase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
  EXPECT_EQ(NoteVerifierKey("PeterNeumann", crypto::VerifyKey::FromBytes(key.substr(1)).value()),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

// As https://c2sp.org/signed-note says, computed apart.
TEST(SignedNote, NamesWitnessKeysByTheirKind) {
  const std::string key = FromBase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").value();
  EXPECT_EQ(WitnessVerifierKey("fenland.waymark/witness/fire",
                               crypto::VerifyKey::FromBytes(key.substr(1)).value()),
            "fenland.waymark/witness/fire+0ef8c5cf+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST_F(CheckpointTest, RefusesEveryChangedByteAndEveryCut) {
  for (size_t i = 0; i < note_.size(); ++i) {
    std::string changed = note_;
    changed[i] = changed[i] == '3' ? '4' : '3';
    const absl::StatusOr<SignedCheckpoint> parsed = ParseCheckpoint(changed);
    EXPECT_FALSE(parsed.ok() && VerifyCheckpoint(*parsed, kOrigin, key_.verify_key()).ok()) << i;
    const absl::StatusOr<SignedCheckpoint> cut = ParseCheckpoint(note_.substr(0, i));
    EXPECT_FALSE(cut.ok()) << i;
  }
}

TEST_F(CheckpointTest, RefusesAnotherNameOrKey) {
  const SignedCheckpoint parsed = ParseCheckpoint(note_).value();
  EXPECT_EQ(VerifyCheckpoint(parsed, kOrigin, witness_.verify_key()).code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(VerifyCheckpoint(parsed, "another", key_.verify_key()).code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(CheckpointTest, KeepsExtensionsUnderTheSignature) {
  const std::string body =
      std::string(kOrigin) + "\n1\n" + ToBase64(checkpoint_.root) + "\next 7\n";
  const SignedCheckpoint first = ParseCheckpoint(note_).value();
  const std::string line = note_.substr(note_.find("\n\n") + 2);
  const SignedCheckpoint parsed = ParseCheckpoint(body + "\n" + line).value();
  EXPECT_EQ(parsed.extensions, std::vector<std::string>{"ext 7"});
  EXPECT_FALSE(VerifyCheckpoint(parsed, kOrigin, key_.verify_key()).ok());
}

TEST_F(CheckpointTest, IsParsedStrictly) {
  const std::string root = ToBase64(checkpoint_.root);
  const std::string line = note_.substr(note_.find("\n\n") + 1);
  EXPECT_TRUE(ParseCheckpoint("o\n1\n" + root + "\n" + line).ok());
  for (const std::string& body :
       {"o\n01\n" + root, "o\n+1\n" + root, "o\n-1\n" + root, "o\n 1\n" + root,
        "o\n18446744073709551616\n" + root, "\n1\n" + root, "o\n1\n" + root + " ",
        "o\n1\n" + ToBase64("short"), std::string("o\n1"), "o\r\n1\n" + root,
        "o\n1\n" + root + "\n\nx"}) {
    EXPECT_EQ(ParseCheckpoint(body + "\n" + line).status().code(),
              absl::StatusCode::kInvalidArgument)
        << body;
  }
  EXPECT_FALSE(ParseCheckpoint("o\n1\n" + root + "\n\n").ok());
  EXPECT_FALSE(ParseCheckpoint("o\n1\n" + root + "\n\n- name " + root + "\n").ok());
  EXPECT_FALSE(ParseCheckpoint("").ok());
  EXPECT_FALSE(ParseCheckpoint(note_ + note_.substr(note_.find("\n\n") + 2, 20) + "\n").ok());
  EXPECT_FALSE(ParseCheckpoint(std::string(kCheckpointBytesMax + 1, 'x')).ok());
  std::string many = note_;
  while (ParseCheckpoint(many).ok() && many.size() < kCheckpointBytesMax) many += line.substr(1);
  EXPECT_THAT(ParseCheckpoint(many).status().ToString(), HasSubstr("1 to 64 signatures"));
}

TEST_F(CheckpointTest, RefusesToWriteWhatItCouldNotRead) {
  EXPECT_FALSE(SignCheckpoint(checkpoint_, "a name", key_).ok());
  EXPECT_FALSE(SignCheckpoint(checkpoint_, "a+b", key_).ok());
  EXPECT_FALSE(SignCheckpoint(checkpoint_, "", key_).ok());
  EXPECT_FALSE(SignCheckpoint({"two\nlines", 1, checkpoint_.root}, kOrigin, key_).ok());
  EXPECT_FALSE(SignCheckpoint({kOrigin, 1, "short"}, kOrigin, key_).ok());
}

TEST_F(CheckpointTest, CarriesWitnesses) {
  const std::string cosigned = Cosign(note_, kWitness, witness_, at_).value();
  EXPECT_EQ(cosigned.substr(0, note_.size()), note_);
  const SignedCheckpoint parsed = ParseCheckpoint(cosigned).value();
  EXPECT_EQ(VerifyCosignature(parsed, kWitness, witness_.verify_key()).value(), at_);
  EXPECT_TRUE(VerifyCheckpoint(parsed, kOrigin, key_.verify_key()).ok());
  EXPECT_FALSE(VerifyCosignature(parsed, kOrigin, key_.verify_key()).ok());
  EXPECT_FALSE(VerifyCosignature(parsed, kWitness, key_.verify_key()).ok());
  EXPECT_FALSE(VerifyCheckpoint(parsed, kWitness, witness_.verify_key()).ok());
  // Once more: in place of the first.
  const std::string again = Cosign(cosigned, kWitness, witness_, at_ + absl::Hours(1)).value();
  const SignedCheckpoint later = ParseCheckpoint(again).value();
  EXPECT_EQ(later.signatures.size(), 2u);
  EXPECT_EQ(VerifyCosignature(later, kWitness, witness_.verify_key()).value(),
            at_ + absl::Hours(1));
}

TEST_F(CheckpointTest, JoinsTheSignaturesOfOneText) {
  const crypto::SigningKey second = crypto::SigningKey::Generate(random_);
  const std::string one = Cosign(note_, kWitness, witness_, at_).value();
  const std::string two = Cosign(note_, "second", second, at_).value();
  const SignedCheckpoint joined = ParseCheckpoint(JoinSignatures(one, two).value()).value();
  EXPECT_EQ(joined.signatures.size(), 3u);
  EXPECT_TRUE(VerifyCheckpoint(joined, kOrigin, key_.verify_key()).ok());
  EXPECT_TRUE(VerifyCosignature(joined, kWitness, witness_.verify_key()).ok());
  EXPECT_TRUE(VerifyCosignature(joined, "second", second.verify_key()).ok());
  EXPECT_EQ(JoinSignatures(one, one).value(), one);
  const std::string other = SignCheckpoint({kOrigin, 1, checkpoint_.root}, kOrigin, key_).value();
  EXPECT_FALSE(JoinSignatures(one, other).ok());
  EXPECT_FALSE(JoinSignatures(one, "no note").ok());
}

TEST_F(CheckpointTest, RefusesEveryChangeOfACosignature) {
  const SignedCheckpoint parsed =
      ParseCheckpoint(Cosign(note_, kWitness, witness_, at_).value()).value();
  for (size_t i = 0; i < parsed.signatures[1].signature.size(); ++i) {
    SignedCheckpoint changed = parsed;
    changed.signatures[1].signature[i] ^= 1;
    EXPECT_FALSE(VerifyCosignature(changed, kWitness, witness_.verify_key()).ok()) << i;
  }
  SignedCheckpoint changed = parsed;
  changed.body[0] = 'x';
  EXPECT_FALSE(VerifyCosignature(changed, kWitness, witness_.verify_key()).ok());
  changed = parsed;
  changed.signatures[1].signature.pop_back();
  EXPECT_FALSE(VerifyCosignature(changed, kWitness, witness_.verify_key()).ok());
  EXPECT_FALSE(Cosign("no note", kWitness, witness_, at_).ok());
  EXPECT_FALSE(Cosign(note_, "two words", witness_, at_).ok());
  EXPECT_FALSE(Cosign(note_, kWitness, witness_, absl::InfinitePast()).ok());
}

}  // namespace
}  // namespace waymark::audit
