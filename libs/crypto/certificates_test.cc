#include "libs/crypto/certificates.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/sign.h"

namespace waymark::crypto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CertificatesTest : public testing::Test {
 protected:
  LeafRequest Request() {
    return {"gateway of police",
            {"spiffe://fenland.example/agency/police/gateway"},
            {"localhost", "police.example"},
            {"127.0.0.1", "::1"},
            now_,
            now_ + absl::Hours(24)};
  }
  IssuedCertificate Issue() { return authority_.Issue(Request(), random_).value(); }

  SeededRandom random_{1};
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  CertificateAuthority authority_ = CertificateAuthority::Create("Fenland", now_ - absl::Hours(1),
                                                                 now_ + absl::Hours(48), random_)
                                        .value();
};

TEST_F(CertificatesTest, SayWhatWasAskedFor) {
  const CertificateInfo info = ParseCertificate(Issue().certificate_pem).value();
  EXPECT_EQ(info.common_name, "gateway of police");
  EXPECT_THAT(info.uris, ElementsAre("spiffe://fenland.example/agency/police/gateway"));
  EXPECT_THAT(info.dns_names, ElementsAre("localhost", "police.example"));
  EXPECT_THAT(info.ip_addresses, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(info.not_before, now_);
  EXPECT_EQ(info.not_after, now_ + absl::Hours(24));
  EXPECT_EQ(info.serial.size(), 32u);
  EXPECT_EQ(info.fingerprint.size(), 64u);
  EXPECT_FALSE(info.is_authority);
  const CertificateInfo root = ParseCertificate(authority_.certificate_pem()).value();
  EXPECT_TRUE(root.is_authority);
  EXPECT_EQ(root.common_name, "Fenland");
  EXPECT_NE(ParseCertificate(Issue().certificate_pem).value().serial, info.serial);
}

TEST_F(CertificatesTest, ChainHoldsWithinItsValidity) {
  const std::string leaf = Issue().certificate_pem;
  const std::string root = authority_.certificate_pem();
  EXPECT_TRUE(CheckChain(leaf, root, std::nullopt, now_).ok());
  EXPECT_TRUE(CheckChain(leaf, root, std::nullopt, now_ + absl::Hours(24) - absl::Seconds(1)).ok());
  EXPECT_THAT(CheckChain(leaf, root, std::nullopt, now_ - absl::Seconds(1)).ToString(),
              HasSubstr("clock"));
  EXPECT_THAT(CheckChain(leaf, root, std::nullopt, now_ + absl::Hours(24)).ToString(),
              HasSubstr("issue a new one"));
  EXPECT_EQ(CheckChain(leaf, leaf, std::nullopt, now_).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckChain("", root, std::nullopt, now_).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CertificatesTest, AnotherAuthorityOfTheSameNameIsNotTrusted) {
  const CertificateAuthority other =
      CertificateAuthority::Create("Fenland", now_, now_ + absl::Hours(48), random_).value();
  EXPECT_EQ(CheckChain(Issue().certificate_pem, other.certificate_pem(), std::nullopt, now_).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(CertificatesTest, ALeafIsNoAuthority) {
  const IssuedCertificate leaf = Issue();
  EXPECT_THAT(
      CertificateAuthority::FromPem(leaf.certificate_pem, leaf.private_key_pem).status().ToString(),
      HasSubstr("not an authority"));
}

TEST_F(CertificatesTest, AuthorityGoesThroughPem) {
  const CertificateAuthority again =
      CertificateAuthority::FromPem(authority_.certificate_pem(), authority_.private_key_pem())
          .value();
  const IssuedCertificate leaf = again.Issue(Request(), random_).value();
  EXPECT_TRUE(
      CheckChain(leaf.certificate_pem, authority_.certificate_pem(), std::nullopt, now_).ok());
  EXPECT_FALSE(
      CertificateAuthority::FromPem(authority_.certificate_pem(), leaf.private_key_pem).ok());
  EXPECT_FALSE(CertificateAuthority::FromPem("", authority_.private_key_pem()).ok());
  EXPECT_FALSE(CertificateAuthority::FromPem(authority_.certificate_pem(),
                                             SigningKey::Generate(random_).ToPem())
                   .ok());
}

TEST_F(CertificatesTest, RevocationIsSeen) {
  const std::string root = authority_.certificate_pem();
  const std::string revoked = Issue().certificate_pem;
  const std::string kept = Issue().certificate_pem;
  const std::string empty =
      authority_.MakeRevocationList({}, now_, now_ + absl::Hours(1), 1).value();
  const std::string list = authority_
                               .MakeRevocationList({ParseCertificate(revoked).value().serial}, now_,
                                                   now_ + absl::Hours(1), 2)
                               .value();
  EXPECT_TRUE(CheckChain(revoked, root, empty, now_).ok());
  EXPECT_THAT(CheckChain(revoked, root, list, now_).ToString(), HasSubstr("revoked"));
  EXPECT_TRUE(CheckChain(kept, root, list, now_).ok());
  EXPECT_THAT(CheckChain(kept, root, list, now_ + absl::Hours(2)).ToString(),
              HasSubstr("current revocation list"));
  const CertificateAuthority other =
      CertificateAuthority::Create("Other", now_, now_ + absl::Hours(48), random_).value();
  const std::string foreign = other.MakeRevocationList({}, now_, now_ + absl::Hours(1), 1).value();
  EXPECT_FALSE(CheckChain(kept, root, foreign, now_).ok());
  EXPECT_EQ(CheckChain(kept, root, "no list", now_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(authority_.MakeRevocationList({"xyz"}, now_, now_ + absl::Hours(1), 3).ok());
  EXPECT_FALSE(authority_.MakeRevocationList({}, now_, now_, 3).ok());
}

TEST_F(CertificatesTest, ARevocationListIsReadForItsOwnAuthorityOnly) {
  const std::string root = authority_.certificate_pem();
  const CertificateInfo leaf = ParseCertificate(Issue().certificate_pem).value();
  const std::string pem =
      authority_.MakeRevocationList({leaf.serial}, now_, now_ + absl::Hours(1), 7).value();
  const RevocationListInfo list = ParseRevocationList(pem, root).value();
  EXPECT_EQ(list.issuer, leaf.issuer);
  EXPECT_EQ(list.this_update, now_);
  EXPECT_EQ(list.next_update, now_ + absl::Hours(1));
  EXPECT_THAT(list.serials, ElementsAre(leaf.serial));
  const CertificateAuthority namesake =
      CertificateAuthority::Create("Fenland", now_, now_ + absl::Hours(48), random_).value();
  EXPECT_EQ(ParseRevocationList(pem, namesake.certificate_pem()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ParseRevocationList(pem.substr(0, pem.size() / 2), root).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseRevocationList(root, root).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CertificatesTest, SplitTakesEachCertificateOfATextApart) {
  const std::string root = authority_.certificate_pem();
  const std::string leaf = Issue().certificate_pem;
  EXPECT_THAT(SplitCertificates("first\n" + root + "then\n" + leaf), ElementsAre(root, leaf));
  EXPECT_TRUE(SplitCertificates("").empty());
}

TEST_F(CertificatesTest, ListFileIsNamedAsOpenSslLooksItUp) {
  const std::string name = RevocationListFileName(authority_.certificate_pem()).value();
  EXPECT_THAT(name, testing::MatchesRegex("[0-9a-f]{8}\\.r0"));
  EXPECT_FALSE(RevocationListFileName("").ok());
}

TEST_F(CertificatesTest, KeyMustBelong) {
  const IssuedCertificate first = Issue();
  const IssuedCertificate second = Issue();
  EXPECT_TRUE(CheckKeyMatches(first.certificate_pem, first.private_key_pem).ok());
  EXPECT_FALSE(CheckKeyMatches(first.certificate_pem, second.private_key_pem).ok());
  EXPECT_FALSE(CheckKeyMatches(first.certificate_pem, "").ok());
  EXPECT_FALSE(CheckKeyMatches("", first.private_key_pem).ok());
}

TEST_F(CertificatesTest, RefuseWhatCannotBeIssued) {
  const auto refused = [&](const std::function<void(LeafRequest&)>& spoil) {
    LeafRequest request = Request();
    spoil(request);
    return authority_.Issue(request, random_).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(refused([](LeafRequest&) {}));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.common_name = ""; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.common_name = std::string(65, 'c'); }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.uris = {"no uri"}; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.dns_names = {"two words"}; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.ip_addresses = {"256.0.0.1"}; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.not_after = r.not_before; }));
  EXPECT_TRUE(refused([](LeafRequest& r) { r.not_after += absl::Hours(48); }));
  EXPECT_TRUE(refused([](LeafRequest& r) {
    r.uris.clear();
    r.dns_names.clear();
    r.ip_addresses.clear();
  }));
  EXPECT_FALSE(CertificateAuthority::Create("", now_, now_ + absl::Hours(1), random_).ok());
  EXPECT_FALSE(CertificateAuthority::Create("x", now_, now_, random_).ok());
  EXPECT_FALSE(ParseCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n").ok());
}

// One damaged byte anywhere in the signed part breaks the chain or the parse.
TEST_F(CertificatesTest, EveryChangedCharacterIsSeen) {
  const std::string leaf = Issue().certificate_pem;
  const std::string root = authority_.certificate_pem();
  const size_t begin = leaf.find('\n') + 1;
  for (size_t i = begin; i < leaf.rfind("\n-----END"); i += 7) {
    if (leaf[i] == '\n') continue;
    std::string changed = leaf;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(CheckChain(changed, root, std::nullopt, now_).ok()) << i;
  }
}

}  // namespace
}  // namespace waymark::crypto
