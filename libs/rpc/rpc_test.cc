// What needs no transport: names, rules, problems, the table, rates, coverage.
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include "libs/rpc/coverage.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/rate_limit.h"
#include "libs/rpc/token_verifier.h"
#include "waymark/casemgr/v1/casemgr.pb.h"

namespace waymark::rpc {
namespace {

using google::protobuf::StringValue;

TEST(Principals, ReadsTheFourFormsAndWritesThemBack) {
  const Principal principals[] = {
      Principal::System("fenland.example", "police", "cad"),
      Principal::Gateway("fenland.example", "housing"),
      Principal::Core("fenland.example", "casemgr"),
      Principal::Operator("fenland.example", "night-shift"),
  };
  for (const Principal& principal : principals) {
    auto read = ParsePrincipal(principal.Text());
    ASSERT_TRUE(read.ok()) << principal.Text();
    EXPECT_EQ(*read, principal);
  }
  EXPECT_EQ(principals[0].Text(), "spiffe://fenland.example/agency/police/system/cad");
  EXPECT_EQ(principals[1].Text(), "spiffe://fenland.example/agency/housing/gateway");
}

TEST(Principals, RefusesEverythingElse) {
  const std::string long_part(64, 'a');
  for (std::string uri :
       {"", "https://fenland.example/core/risk", "spiffe://", "spiffe://fenland.example",
        "spiffe:///core/risk", "spiffe://fenland.example/core", "spiffe://fenland.example/core/",
        "spiffe://fenland.example/core/risk/", "spiffe://fenland.example/agency/police",
        "spiffe://fenland.example/agency//gateway", "spiffe://fenland.example/agency/police/cad",
        "spiffe://fenland.example/agency/police/gateway/x",
        "spiffe://fenland.example/agency/Police/gateway",
        "spiffe://fenland.example/agency/po.lice/gateway", "spiffe://fenland.example/core/risk?x=1",
        "spiffe://fenland.example/agency/../gateway"}) {
    EXPECT_EQ(ParsePrincipal(uri).status().code(), absl::StatusCode::kUnauthenticated) << uri;
  }
  EXPECT_FALSE(ParsePrincipal("spiffe://fenland.example/core/" + long_part).ok());
  EXPECT_TRUE(ParsePrincipal("spiffe://fenland.example/core/" + long_part.substr(1)).ok());
}

struct RuleCase {
  Principal caller;
  std::optional<Person> person;
  absl::StatusCode expected;
};

void Expect(const Rule& rule, const std::vector<RuleCase>& cases) {
  for (const RuleCase& one : cases) {
    absl::Status status = rule.Check(one.caller, one.person, "police");
    EXPECT_EQ(status.code(), one.expected) << one.caller.Text() << " by " << rule.Text();
    EXPECT_EQ(ProblemsFrom(status).size(), status.ok() ? 0u : 1u);
  }
}

const absl::StatusCode kOk = absl::StatusCode::kOk;
const absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;
const absl::StatusCode kNobody = absl::StatusCode::kUnauthenticated;

TEST(Rules, SystemsAreThoseOfTheOwnAgencyWithTheRole) {
  Expect(Rule::Systems({"cad", "crm"}), {
                                            {Principal::System("d", "police", "cad"), {}, kOk},
                                            {Principal::System("d", "police", "crm"), {}, kOk},
                                            {Principal::System("d", "police", "web"), {}, kDenied},
                                            {Principal::System("d", "fire", "cad"), {}, kDenied},
                                            {Principal::Gateway("d", "police"), {}, kDenied},
                                            {Principal::Core("d", "cad"), {}, kDenied},
                                            {Principal::Operator("d", "cad"), {}, kDenied},
                                        });
}

TEST(Rules, GatewaysCoreAndOperators) {
  Expect(Rule::Gateways(), {{Principal::Gateway("d", "police"), {}, kOk},
                            {Principal::Gateway("d", "fire"), {}, kOk},
                            {Principal::System("d", "police", "gateway"), {}, kDenied},
                            {Principal::Core("d", "risk"), {}, kDenied}});
  Expect(Rule::Core({"risk"}), {{Principal::Core("d", "risk"), {}, kOk},
                                {Principal::Core("d", "intake"), {}, kDenied},
                                {Principal::Operator("d", "risk"), {}, kDenied}});
  Expect(Rule::Operators(), {{Principal::Operator("d", "anna"), {}, kOk},
                             {Principal::Core("d", "risk"), {}, kDenied}});
}

TEST(Rules, APersonIsNeededBesideTheSystemNotInsteadOfIt) {
  Rule rule = Rule::Systems({"console"}).WithPerson({"supervisor"});
  Principal console = Principal::System("d", "police", "console");
  Person supervisor{"police", "u1", "supervisor", "t1"};
  Person officer{"police", "u2", "officer", "t2"};
  Person stranger{"fire", "u3", "supervisor", "t3"};
  Expect(rule, {{console, supervisor, kOk},
                {console, {}, kNobody},
                {console, officer, kDenied},
                {console, stranger, kDenied},
                {Principal::System("d", "police", "cad"), supervisor, kDenied},
                {Principal::System("d", "fire", "console"), supervisor, kDenied}});
}

TEST(Rules, OrPermitsEitherAndKeepsThePersonToItsSide) {
  Rule rule = Rule::Systems({"console"}).WithPerson({"supervisor"}).Or(Rule::Operators());
  Expect(rule, {{Principal::Operator("d", "anna"), {}, kOk},
                {Principal::System("d", "police", "console"), {}, kNobody},
                {Principal::Gateway("d", "police"), {}, kDenied}});
  EXPECT_EQ(rule.Text(), "system console of the own agency with person supervisor, or an operator");
}

TEST(Problems, TravelWithTheStatusAndReadByThemselves) {
  Problem problem{"future_dated", "occurred_at", "an instant that has passed", "correct the clock"};
  absl::Status status = ProblemStatus(problem);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), Describe(problem));
  absl::Status travelled = StatusFromWire(static_cast<int>(status.code()),
                                          std::string(status.message()), ProblemBytes(status));
  EXPECT_EQ(travelled, status);
  EXPECT_EQ(ProblemsFrom(travelled), std::vector<Problem>{problem});
}

TEST(Problems, AreBoundedInNumberAndSize) {
  std::vector<Problem> many(17, {"a", "b", "c", "d"});
  EXPECT_EQ(ProblemsFrom(ProblemStatus(absl::StatusCode::kInvalidArgument, many)).size(), 16u);
  std::vector<Problem> long_ones(3, {"a", "b", std::string(2000, 'w'), "d"});
  absl::Status status = ProblemStatus(absl::StatusCode::kInvalidArgument, long_ones);
  EXPECT_EQ(ProblemsFrom(status).size(), 2u);
  EXPECT_LT(status.message().size(), 1100u);
  EXPECT_TRUE(absl::string_view(status.message()).find("and 1 more") != absl::string_view::npos);
}

TEST(Problems, AnUnknownCodeFromTheWireIsUnknown) {
  EXPECT_EQ(StatusFromWire(99, "odd", "").code(), absl::StatusCode::kUnknown);
  EXPECT_TRUE(ProblemsFrom(StatusFromWire(3, "bad bytes", "\xff\xff")).empty());
}

TEST(Rates, ABucketFillsAtItsRateUpToItsBurst) {
  RateLimit limit(/*per_second=*/10, /*burst=*/2);
  absl::Time now = absl::FromUnixSeconds(1000);
  EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", now), absl::Milliseconds(100));
  EXPECT_EQ(limit.Take("b", now), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", now + absl::Milliseconds(99)), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", now + absl::Milliseconds(100)), absl::ZeroDuration());
  now += absl::Hours(1);
  EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", now), absl::ZeroDuration());
}

TEST(Rates, ManyPrincipalsDoNotFillTheMemoryNorFreeAnyone) {
  RateLimit limit(/*per_second=*/1, /*burst=*/1);
  absl::Time now = absl::FromUnixSeconds(1000);
  EXPECT_EQ(limit.Take("greedy", now), absl::ZeroDuration());
  for (int i = 0; i < 5000; ++i) limit.Take(absl::StrCat("p", i), now);
  EXPECT_GT(limit.Take("greedy", now), absl::ZeroDuration());
}

void Echo(MethodTable& table, const std::string& path) {
  table.Unary<StringValue, StringValue>(
      path, Rule::Gateways(),
      [](const CallContext&, StringValue request, Reply<StringValue> reply) { reply(request); });
}

TEST(Tables, FindsWhatWasAddedAndNothingElse) {
  MethodTable table;
  Echo(table, "/waymark.test.v1.EchoService/Echo");
  EXPECT_NE(table.Find("/waymark.test.v1.EchoService/Echo"), nullptr);
  EXPECT_EQ(table.Find("/waymark.test.v1.EchoService/Echo/"), nullptr);
  EXPECT_EQ(table.Find("waymark.test.v1.EchoService/Echo"), nullptr);
  EXPECT_EQ(table.Find(""), nullptr);
  ASSERT_EQ(table.List().size(), 1u);
  EXPECT_EQ(table.List()[0].service, "waymark.test.v1.EchoService");
  EXPECT_EQ(table.List()[0].name, "Echo");
}

TEST(TablesDeathTest, ABadPathOrAnEmptyRuleStopsTheProcess) {
  MethodTable table;
  Echo(table, "/a.S/M");
  EXPECT_DEATH(Echo(table, "/a.S/M"), "once");
  EXPECT_DEATH(Echo(table, "a.S/M"), "/SERVICE/METHOD");
  EXPECT_DEATH(Echo(table, "/M"), "/SERVICE/METHOD");
  EXPECT_DEATH(Echo(table, "/a/b/M"), "/SERVICE/METHOD");
  EXPECT_DEATH(Rule::Systems({}), "roles");
  EXPECT_DEATH(Rule::Systems({"cad"}).WithPerson({}), "roles");
}

TEST(Coverage, NamesMissingMethodsWrongShapesAndUnknownServices) {
  const std::string service = "waymark.casemgr.v1.CaseRegisterService";
  MethodTable table;
  Echo(table, "/" + service + "/CallCard");
  table.ServerStream<casemgr::v1::GetCaseRequest, casemgr::v1::GetCaseResponse>(
      "/" + service + "/GetCase", Rule::Gateways(), [](const auto&, auto, auto) {});
  table.Unary<casemgr::v1::ListCasesRequest, casemgr::v1::ListCasesResponse>(
      "/" + service + "/ListCases", Rule::Gateways(), [](const auto&, auto, auto) {});
  auto faults = UncoveredMethods(table, {service, "waymark.test.v1.NoService"});
  auto has = [&](const std::string& fault) {
    return std::find(faults.begin(), faults.end(), fault) != faults.end();
  };
  EXPECT_TRUE(has("/" + service + "/CallCard: another request type"));
  EXPECT_TRUE(has("/" + service + "/GetCase: another kind of streaming"));
  EXPECT_TRUE(has("/" + service + "/CloseCase: not in the table"));
  EXPECT_TRUE(has("waymark.test.v1.NoService is in no linked proto"));
  EXPECT_FALSE(has("/" + service + "/ListCases: not in the table"));
}

TEST(Tokens, AreBelievedFromTheIssuerForThisGatewayAndAgencyWhileTheyHold) {
  ManualClock clock(absl::FromUnixSeconds(1'790'000'000));
  SeededRandom random(7);
  crypto::SigningKey key = crypto::SigningKey::Generate(random);
  TokenVerifier verifier({"https://idp.police.invalid", "police-gateway", "police",
                          crypto::MakeKeySet({key.verify_key()}), absl::Hours(1)},
                         clock);
  crypto::TokenClaims claims{
      "https://idp.police.invalid", "u-17", "police-gateway", "police", "officer", clock.Now(),
      clock.Now() + absl::Hours(1), "t-1"};
  auto verify = [&](const crypto::TokenClaims& stated, const crypto::SigningKey& by) {
    return verifier.Verify(*crypto::IssueToken(stated, by));
  };
  EXPECT_EQ(*verify(claims, key), (Person{"police", "u-17", "officer", "t-1"}));
  crypto::TokenClaims wrong = claims;
  wrong.agency = "fire";
  EXPECT_EQ(verify(wrong, key).status().code(), kNobody);
  wrong = claims;
  wrong.audience = "fire-gateway";
  EXPECT_EQ(verify(wrong, key).status().code(), kNobody);
  EXPECT_EQ(verify(claims, crypto::SigningKey::Generate(random)).status().code(), kNobody);
  EXPECT_EQ(verifier.Verify("").status().code(), kNobody);
  clock.Advance(absl::Hours(1));
  EXPECT_EQ(verify(claims, key).status().code(), kNobody);
}

}  // namespace
}  // namespace waymark::rpc
