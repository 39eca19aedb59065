#include "libs/crypto/token.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"

namespace waymark::crypto {
namespace {

using ::testing::HasSubstr;

class TokenTest : public testing::Test {
 protected:
  TokenTest() : random_(1), key_(SigningKey::Generate(random_)) {
    claims_ = {"https://id.police.example",
               "officer-17",
               "waymark-gateway/police",
               "police",
               "call_handler",
               absl::FromUnixSeconds(1'700'000'000),
               absl::FromUnixSeconds(1'700'000'600),
               "token-1"};
    expected_ = {claims_.issuer, claims_.audience, claims_.issued_at + absl::Seconds(10),
                 absl::Minutes(10)};
  }

  absl::StatusOr<TokenClaims> Verify(const std::string& token) {
    return VerifyToken(token, MakeKeySet({key_.verify_key()}), expected_);
  }
  std::string Why(const std::string& token) {
    const absl::Status status = Verify(token).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    return status.ToString();
  }
  // A token of these texts, correctly signed: only what is in them can be wrong.
  std::string Signed(const std::string& header, const std::string& body) {
    const std::string text = ToBase64Url(header) + "." + ToBase64Url(body);
    return text + "." + ToBase64Url(key_.Sign(text));
  }
  std::string Header() {
    return R"({"alg":"EdDSA","kid":")" + key_.verify_key().id() + R"(","typ":"JWT"})";
  }
  std::string Body(const std::string& more = "") {
    return R"({"iss":"https://id.police.example","sub":"officer-17",)"
           R"("aud":"waymark-gateway/police",)"
           R"("agency":"police","role":"call_handler","iat":1700000000,"exp":1700000600,)"
           R"("jti":"token-1")" +
           more + "}";
  }

  SeededRandom random_;
  SigningKey key_;
  TokenClaims claims_;
  TokenExpectations expected_;
};

TEST_F(TokenTest, GivesBackWhatWasIssued) {
  const std::string token = IssueToken(claims_, key_).value();
  EXPECT_EQ(Verify(token).value(), claims_);
  EXPECT_EQ(Verify(Signed(Header(), Body())).value(), claims_);
}

TEST_F(TokenTest, RefusesEveryChangedCharacter) {
  const std::string token = IssueToken(claims_, key_).value();
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Verify(changed).ok()) << i;
  }
  for (size_t i = 0; i < token.size(); ++i) EXPECT_FALSE(Verify(token.substr(0, i)).ok()) << i;
  EXPECT_THAT(Why(token + "="), HasSubstr("base64"));
  EXPECT_THAT(Why(token + ".x"), HasSubstr("three parts"));
  EXPECT_THAT(Why(std::string(kTokenBytesMax + 1, 'A')), HasSubstr("4096"));
}

TEST_F(TokenTest, HoldsFromIssueUntilExpiry) {
  const std::string token = IssueToken(claims_, key_).value();
  expected_.now = claims_.expires_at - absl::Seconds(1);
  EXPECT_TRUE(Verify(token).ok());
  expected_.now = claims_.expires_at;
  EXPECT_THAT(Why(token), HasSubstr("expired"));
  expected_.now = claims_.issued_at - absl::Seconds(5);
  EXPECT_TRUE(Verify(token).ok());
  expected_.now = claims_.issued_at - absl::Seconds(6);
  EXPECT_THAT(Why(token), HasSubstr("future"));
}

TEST_F(TokenTest, RefusesALifetimeThatIsTooLongOrEmpty) {
  claims_.expires_at = claims_.issued_at + absl::Seconds(601);
  EXPECT_THAT(Why(IssueToken(claims_, key_).value()), HasSubstr("longer than this gateway"));
  claims_.expires_at = claims_.issued_at;
  EXPECT_THAT(Why(IssueToken(claims_, key_).value()), HasSubstr("before it was issued"));
}

TEST_F(TokenTest, RefusesAnotherIssuerAudienceOrKey) {
  const std::string token = IssueToken(claims_, key_).value();
  expected_.audience = "waymark-gateway/council";
  EXPECT_THAT(Why(token), HasSubstr("another gateway"));
  expected_.audience = claims_.audience;
  expected_.issuer = "https://id.council.example";
  EXPECT_THAT(Why(token), HasSubstr("another identity provider"));
  expected_.issuer = claims_.issuer;
  EXPECT_THAT(Why(IssueToken(claims_, SigningKey::Generate(random_)).value()),
              HasSubstr("does not trust"));
  // Another key that claims to be the trusted one.
  const SigningKey forger = SigningKey::Generate(random_);
  const std::string text = ToBase64Url(Header()) + "." + ToBase64Url(Body());
  EXPECT_THAT(Why(text + "." + ToBase64Url(forger.Sign(text))), HasSubstr("does not hold"));
}

TEST_F(TokenTest, RefusesEveryOtherAlgorithmAndHeader) {
  const std::string kid = R"("kid":")" + key_.verify_key().id() + "\"";
  for (const char* alg : {"none", "None", "HS256", "ES256", "eddsa", ""}) {
    EXPECT_THAT(
        Why(Signed(R"({"alg":")" + std::string(alg) + R"(","typ":"JWT",)" + kid + "}", Body())),
        HasSubstr("wanted alg EdDSA"));
  }
  EXPECT_THAT(Why(Signed(R"({"alg":"EdDSA",)" + kid + "}", Body())), HasSubstr("typ JWT"));
  EXPECT_THAT(Why(Signed(R"({"alg":"EdDSA","typ":"JWT"})", Body())), HasSubstr("names no key"));
  EXPECT_THAT(Why(Signed(R"({"alg":"EdDSA","typ":"JWT","crit":"x",)" + kid + "}", Body())),
              HasSubstr("not allowed"));
  EXPECT_THAT(Why(Signed(R"({"alg":"none","alg":"EdDSA","typ":"JWT",)" + kid + "}", Body())),
              HasSubstr("flat JSON object"));
  // An unsigned token.
  EXPECT_THAT(Why(ToBase64Url(R"({"alg":"none","typ":"JWT"})") + "." + ToBase64Url(Body()) + "."),
              HasSubstr("wanted alg EdDSA"));
}

TEST_F(TokenTest, ReadsClaimsStrictly) {
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"role":"supervisor")"))),
              HasSubstr("each member once"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"admin":"yes")"))), HasSubstr("not allowed"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":{"b":"c"})"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":["b"])"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":true)"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":null)"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":1.5)"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"a":-1)"))), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), Body() + "x")), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), "[]")), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), "\"text\"")), HasSubstr("flat"));
  EXPECT_THAT(Why(Signed(Header(), "{}")), HasSubstr("'iss'"));
  EXPECT_THAT(Why(Signed(Header(), std::string(2000, '['))), HasSubstr("flat"));
  std::string body = Body();
  body.replace(body.find("1700000000"), 10, "\"1700000\"");
  EXPECT_THAT(Why(Signed(Header(), body)), HasSubstr("'iat'"));
  body = Body();
  body.replace(body.find("1700000600"), 10, "253402300800");
  EXPECT_THAT(Why(Signed(Header(), body)), HasSubstr("flat"));
}

TEST_F(TokenTest, NeverRepeatsTheToken) {
  EXPECT_THAT(Why(Signed(Header(), Body(R"(,"canary":"Ada Canary")"))),
              testing::Not(HasSubstr("anary")));
}

TEST_F(TokenTest, RefusesToIssueWhatItWouldRefuse) {
  TokenClaims claims = claims_;
  claims.role = "";
  EXPECT_EQ(IssueToken(claims, key_).status().code(), absl::StatusCode::kInvalidArgument);
  claims.role = "\xff";
  EXPECT_EQ(IssueToken(claims, key_).status().code(), absl::StatusCode::kInvalidArgument);
  claims.role = std::string(4000, 'r');
  EXPECT_EQ(IssueToken(claims, key_).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace waymark::crypto
