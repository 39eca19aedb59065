// What was shared, told afterwards: the person's statement and the explanation of a past share.
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "libs/crypto/hash.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::ExplainPastRequest;
using gateway::v1::ExplainPastResponse;
using gateway::v1::MakeStatementRequest;
using gateway::v1::MakeStatementResponse;
using gateway::v1::PastShare;
using gateway::v1::PastStep;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class StatementRoomTest : public SharingTest {
 protected:
  absl::StatusOr<MakeStatementResponse> Make(const std::string& reference = "CAD-1",
                                             const std::string& role = "data_protection_lead") {
    MakeStatementRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_source_reference(reference);
    return world.Call<MakeStatementResponse>(
        "police", "console", "/waymark.gateway.v1.StatementService/MakeStatement", request, role);
  }
  absl::StatusOr<ExplainPastResponse> Explain(ExplainPastRequest request,
                                              const std::string& agency = "police") {
    request.set_partnership(GatewayWorld::kPartnership);
    return world.Call<ExplainPastResponse>(
        agency, "console", "/waymark.gateway.v1.StatementService/ExplainPast", request, "officer");
  }
  static ExplainPastRequest OfShare(const std::string& id) {
    ExplainPastRequest request;
    request.set_share_id(id);
    return request;
  }
  static std::vector<std::string> Whats(const PastShare& past) {
    std::vector<std::string> whats;
    for (const PastStep& step : past.steps()) {
      whats.push_back(step.state().empty() ? step.what() : step.what() + ":" + step.state());
    }
    return whats;
  }
  static std::string Flat(const std::string& text) {
    std::string flat = absl::StrReplaceAll(text, {{"\n", " "}});
    while (absl::StrReplaceAll({{"  ", " "}}, &flat) > 0) continue;
    return flat;
  }
};

TEST_F(StatementRoomTest, TellsWhoWasToldWhatWhenWhyAndUnderWhichLaw) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  world.Advance(absl::Hours(1));
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(Fetch(FetchOf(share)).ok());
  world.Advance(absl::Hours(1));
  ASSERT_TRUE(Withdraw(consent).ok());
  ASSERT_FALSE(Fetch(FetchOf(share)).ok());
  const auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string text = Flat(made->text());
  for (const char* words :
       {"Sharing statement for Annalise Canaryson", "Roddons Housing Association",
        "your home address", "UK GDPR Article 6(1)(a)", "You agreed to it in writing.",
        "fenland-isa 1 clause 2.2: With consent, the landlord", "somebody acting as officer",
        "because you withdrew your consent", "You withdrew it", "What was not shared",
        "data.protection@police.fenland.example"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
  EXPECT_THAT(text, Not(HasSubstr("Still shared")));
  EXPECT_THAT(text, Not(HasSubstr("Canaryreason"))) << "the reason is the person's own";
  EXPECT_EQ(crypto::Sha256(made->text()), made->text_sha256());
  EXPECT_EQ(crypto::Sha256(made->html()), made->html_sha256());
  EXPECT_THAT(made->html(), HasSubstr("Annalise Canaryson"));
  EXPECT_THAT(world.Audited("police"), Contains("statement_made").Times(1));
}

TEST_F(StatementRoomTest, TellsOfADecisionWithoutConsentAndItsReview) {
  PublishAndAsk();
  gateway::v1::RecordOverrideRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.set_source_reference("CAD-1");
  request.add_recipients("housing");
  request.add_fields("person.name");
  request.add_purposes("prevent_asb");
  request.set_lawful_gateway("public_task");
  request.set_reason("Canaryreason: he said that he would be back");
  *request.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(24));
  const auto recorded = world.Call<gateway::v1::RecordOverrideResponse>(
      "police", "console", "/waymark.gateway.v1.OverrideService/RecordOverride", request,
      "manager");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  const auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string text = Flat(made->text());
  for (const char* words : {"A named person decided to share it without your consent", "a manager",
                            "Crime and Disorder Act 1998 section 115",
                            "A second person reviews it by", "Still shared"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
  EXPECT_THAT(text, AllOf(Not(HasSubstr("p-1")), Not(HasSubstr("Canaryreason"))));
}

TEST_F(StatementRoomTest, IsMadeForThoseWhoAnswerForItAlone) {
  PublishAndAsk();
  EXPECT_TRUE(absl::IsPermissionDenied(Make("CAD-1", "officer").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Make("CAD-1", "").status()));
  EXPECT_THAT(Codes(Make("CAD-9").status()), ElementsAre("unknown_reference"));
  const auto made = Make("CAD-1", "single_point_of_contact");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->text(), HasSubstr("Nobody was told anything about you."));
}

TEST_F(StatementRoomTest, ExplainsAPastShareThenAndNow) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(Fetch(FetchOf(share)).ok());
  world.Advance(absl::Hours(1));
  ASSERT_TRUE(Withdraw(consent).ok());
  ASSERT_FALSE(Fetch(FetchOf(share)).ok());
  const auto explained = Explain(OfShare(share));
  ASSERT_TRUE(explained.ok()) << explained.status();
  ASSERT_THAT(explained->shares(), SizeIs(1));
  const PastShare& past = explained->shares(0);
  EXPECT_THAT(Whats(past),
              ElementsAre("share_decided:waiting", "share_decided:notified", "share_fetched",
                          "share_decided:withdrawn", "fetch_refused"));
  const PastStep& told = past.steps(1);
  EXPECT_EQ("fenland-isa 1 clause 2.2", told.clause());
  EXPECT_EQ("fenland-isa 1", told.agreement());
  EXPECT_TRUE(told.agreement_stands());
  EXPECT_EQ(consent, told.consent().consent_id());
  EXPECT_TRUE(told.consent().held());
  EXPECT_TRUE(told.consent().has_withdrawn_at());
  EXPECT_THAT(told.fields(), Contains("person.name"));
  EXPECT_EQ("subject-7", past.steps(2).reader());
  EXPECT_EQ("prevent_asb", past.steps(2).purpose());
  EXPECT_FALSE(past.steps(3).consent().held());
  EXPECT_EQ("consent_withdrawn", past.steps(3).code());
  EXPECT_EQ("consent_withdrawn", past.steps(4).code());
  EXPECT_EQ("refuse", past.now().effect());
  ExplainPastRequest by_consent;
  by_consent.set_consent_id(consent);
  const auto of_consent = Explain(by_consent);
  ASSERT_TRUE(of_consent.ok()) << of_consent.status();
  ASSERT_THAT(of_consent->shares(), SizeIs(1));
  EXPECT_EQ(share, of_consent->shares(0).share_id());
  EXPECT_THAT(Codes(Explain(OfShare("no-such")).status()), ElementsAre("unknown_share"));
  EXPECT_THAT(world.Audited("police"), Contains("share_explained").Times(2));
}

TEST_F(StatementRoomTest, ExplainsAnAlertAtTheAgencyThatGotIt) {
  PublishAndAsk();
  RaiseAlert();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  ExplainPastRequest request;
  request.set_alert_id(kAlert);
  const auto explained = Explain(request, "housing");
  ASSERT_TRUE(explained.ok()) << explained.status();
  ASSERT_THAT(explained->shares(), SizeIs(1));
  const PastShare& past = explained->shares(0);
  EXPECT_EQ("police", past.origin());
  EXPECT_EQ("housing", past.recipient());
  EXPECT_EQ("notified", past.state());
  EXPECT_THAT(Whats(past), Contains("share_notified:notified"));
  EXPECT_EQ("permit", past.now().effect());
  ExplainPastRequest unknown;
  unknown.set_alert_id("alert-9");
  EXPECT_THAT(Codes(Explain(unknown, "housing").status()), ElementsAre("unknown_alert"));
}

}  // namespace
}  // namespace waymark::sharing
