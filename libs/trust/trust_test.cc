#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/topics.h"
#include "libs/trust/record_trust.h"

namespace waymark::trust {
namespace {

class RecordTrustTest : public ::testing::Test {
 protected:
  void SetUp() override {
    partnership_.id = "fenland";
    partnership_.casemgr.signing_key = casemgr_.verify_key().bytes();
    for (const auto& [agency, key] : {std::pair("police", &police_), std::pair("fire", &fire_)}) {
      config::Member member;
      member.agency = agency;
      member.signing_key = key->verify_key().bytes();
      partnership_.members.push_back(member);
    }
    auto verifier = DirectoryRecordVerifier::Make({partnership_});
    ASSERT_TRUE(verifier.ok());
    verifier_ = *std::move(verifier);
  }
  absl::Status Check(const std::string& topic, const std::string& source,
                     const crypto::SigningKey& key) {
    KeyRecordSigner signer(key);
    return verifier_->Verify({topic, 0}, source, "bytes", signer.Sign("bytes").value());
  }

  SystemRandom random_;
  crypto::SigningKey police_ = crypto::SigningKey::Generate(random_);
  crypto::SigningKey fire_ = crypto::SigningKey::Generate(random_);
  crypto::SigningKey casemgr_ = crypto::SigningKey::Generate(random_);
  config::Partnership partnership_;
  std::unique_ptr<DirectoryRecordVerifier> verifier_;
};

TEST_F(RecordTrustTest, EachWritesWhereItMay) {
  const std::string out = config::MemberOutTopic("fenland", "police");
  const std::string inbox = config::MemberInboxTopic("fenland", "police");
  EXPECT_TRUE(Check(out, "gateway/police", police_).ok());
  EXPECT_TRUE(Check(inbox, "casemgr", casemgr_).ok());
  EXPECT_TRUE(Check(inbox, "gateway/fire", fire_).ok());
  EXPECT_TRUE(Check(config::MemberAuditTopic("fenland", "fire"), "gateway/fire", fire_).ok());
}

TEST_F(RecordTrustTest, NobodyWritesElsewhere) {
  const std::string out = config::MemberOutTopic("fenland", "police");
  const std::string inbox = config::MemberInboxTopic("fenland", "police");
  EXPECT_TRUE(absl::IsPermissionDenied(Check(out, "gateway/fire", fire_)));
  EXPECT_TRUE(absl::IsPermissionDenied(Check(out, "casemgr", casemgr_)));
  EXPECT_TRUE(absl::IsPermissionDenied(Check(inbox, "gateway/police", police_)));
  EXPECT_TRUE(absl::IsPermissionDenied(Check(inbox, "gateway/council", fire_)));
  EXPECT_TRUE(absl::IsPermissionDenied(Check("waymark.intake.v1", "casemgr", casemgr_)));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Check(config::MemberOutTopic("elsewhere", "police"), "gateway/police", police_)));
}

TEST_F(RecordTrustTest, ASourceIsItsKey) {
  const std::string out = config::MemberOutTopic("fenland", "police");
  EXPECT_TRUE(absl::IsPermissionDenied(Check(out, "gateway/police", fire_)));
  KeyRecordSigner signer(police_);
  EXPECT_TRUE(absl::IsPermissionDenied(
      verifier_->Verify({out, 0}, "gateway/police", "other", signer.Sign("bytes").value())));
}

}  // namespace
}  // namespace waymark::trust
