// Alerts over the runtime: what a subscriber's system gets, in which order, and what happens when
// nobody looks.
#include <string>
#include <vector>

#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/testing/sharing_fixture.h"

namespace waymark::sharing {
namespace {

using gateway::v1::Alert;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AlertsTest : public SharingTest {
 protected:
  absl::StatusOr<gateway::v1::AcknowledgeAlertResponse> Acknowledge(const std::string& id) {
    gateway::v1::AcknowledgeAlertRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_alert_id(id);
    return world.Call<gateway::v1::AcknowledgeAlertResponse>(
        "housing", "console", "/waymark.gateway.v1.AlertService/AcknowledgeAlert", request,
        "officer");
  }
  gateway::v1::AlertStatus Listed() {
    gateway::v1::ListAlertsRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    const auto listed = world.Call<gateway::v1::ListAlertsResponse>(
        "housing", "alerts", "/waymark.gateway.v1.AlertService/ListAlerts", request);
    EXPECT_EQ(1, listed->alerts_size());
    return listed->alerts(0);
  }
};

TEST_F(AlertsTest, IsDepersonalisedUntilConsentAndUpgradesByItself) {
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  const Alert first = system->alerts()[0];
  EXPECT_EQ(1u, first.version());
  EXPECT_EQ(common::v1::BAND_HIGH, first.band());
  EXPECT_EQ("PE13", first.area().outward_postcode());
  EXPECT_EQ("police", first.lead_agency());
  EXPECT_EQ("0113 496 0101", first.lead_contact());
  EXPECT_THAT(first.fields(), IsEmpty());
  EXPECT_FALSE(first.has_basis());
  EXPECT_EQ("no_share_from:police", first.withheld().at("person"));

  const std::string consent = Record(GoodConsent())->consent_id();
  ASSERT_THAT(system->alerts(), SizeIs(2)) << "without anybody asking";
  const Alert second = system->alerts()[1];
  EXPECT_EQ(kAlert, second.alert_id());
  EXPECT_EQ(2u, second.version());
  EXPECT_EQ("Annalise Canaryson", second.fields().at("person.name"));
  EXPECT_EQ(0u, second.fields().count("person.telephone"));
  EXPECT_EQ("consent", second.basis().lawful_gateway());
  EXPECT_EQ("fenland-isa 1 clause 2.2", second.basis().clause());
  EXPECT_EQ(consent, second.basis().consent_id());
  EXPECT_THAT(world.Audited("housing"), Contains("alert_sent").Times(2));
  EXPECT_THAT(world.Audited("police"), Contains("share_fetched").Times(1));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr("Canaryson")));
}

TEST_F(AlertsTest, AWithdrawalReachesTheSubscriberAsATombstone) {
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  const std::string consent = Record(GoodConsent())->consent_id();
  ASSERT_THAT(system->got, SizeIs(2));
  world.Confirm(*system, system->got[1].resume_token());
  const auto withdrawn = Withdraw(consent);
  EXPECT_THAT(withdrawn->copies_outstanding(), ElementsAre("housing"));
  ASSERT_THAT(system->tombstones(), SizeIs(1));
  EXPECT_EQ(kAlert, system->tombstones()[0].alert_id());
  EXPECT_EQ(3u, system->tombstones()[0].version());
  EXPECT_EQ("consent_withdrawn", system->tombstones()[0].reason());
  ASSERT_THAT(system->alerts(), SizeIs(3)) << "what still may be said";
  EXPECT_EQ(4u, system->alerts()[2].version());
  EXPECT_THAT(system->alerts()[2].fields(), IsEmpty());
  world.Read("housing", [&](const runtime::View& view) {
    const auto outstanding =
        disclosure::DisclosureView(world.MembershipOf("housing"), view).OutstandingTaken(10);
    ASSERT_THAT(outstanding, SizeIs(1));
    EXPECT_EQ("police", outstanding[0].origin());
    ASSERT_EQ(1, outstanding[0].copies_size());
    EXPECT_EQ("system/alerts/main", outstanding[0].copies(0).holder());
    EXPECT_TRUE(outstanding[0].copies(0).has_receipt_at());
  });
}

TEST_F(AlertsTest, AReplayIsDecidedAgain) {
  RaiseAlert();
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  const auto first = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(first->alerts(), SizeIs(1)) << "what a later version says better is not sent";
  ASSERT_THAT(first->alerts()[0].fields(), Not(IsEmpty()));
  first->stream->Cancel();
  ASSERT_TRUE(Withdraw(consent).ok());
  const auto again = world.Subscribe("housing", "alerts", "main");
  EXPECT_THAT(again->tombstones(), SizeIs(1));
  ASSERT_THAT(again->alerts(), SizeIs(1));
  EXPECT_THAT(again->alerts()[0].fields(), IsEmpty());
}

TEST_F(AlertsTest, ReconnectingWithATokenLosesNothing) {
  RaiseAlert();
  PublishAndAsk();
  const auto first = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(first->got, SizeIs(1));
  const std::string token = first->got[0].resume_token();
  first->stream->Cancel();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  const auto second = world.Subscribe("housing", "alerts", "main", token);
  ASSERT_THAT(second->alerts(), SizeIs(1));
  EXPECT_EQ(2u, second->alerts()[0].version());
  EXPECT_TRUE(Listed().has_delivered_at()) << "the token is a receipt";
  second->stream->Cancel();
  const auto third = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(third->alerts(), SizeIs(1)) << "never confirmed, so it comes again";
  world.Confirm(*third, third->got[0].resume_token());
  third->stream->Cancel();
  const auto fourth = world.Subscribe("housing", "alerts", "main");
  EXPECT_THAT(fourth->got, IsEmpty());
  EXPECT_THAT(world.Subscribe("housing", "alerts", "other")->alerts(), SizeIs(1))
      << "each subscription has its own place";
}

TEST_F(AlertsTest, AnOriginThatIsAwayIsNamedAndAskedAgain) {
  RaiseAlert();
  PublishAndAsk();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  world.Peer("housing", "police").cut = true;
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  EXPECT_EQ("police: ring 0113 496 0101", system->alerts()[0].origin_unreachable());
  EXPECT_THAT(system->alerts()[0].fields(), IsEmpty());
  EXPECT_EQ("origin_unreachable", system->alerts()[0].withheld().at("person.name"));
  const int asked_once = world.Peer("housing", "police").calls;
  world.Advance(absl::Minutes(1));
  EXPECT_GT(world.Peer("housing", "police").calls, asked_once);
  EXPECT_THAT(system->alerts(), SizeIs(1)) << "still away: nothing new to say";
  world.Peer("housing", "police").cut = false;
  world.Advance(absl::Minutes(2));
  ASSERT_THAT(system->alerts(), SizeIs(2));
  EXPECT_GT(system->alerts()[1].version(), system->alerts()[0].version());
  EXPECT_EQ("", system->alerts()[1].origin_unreachable());
  EXPECT_EQ("Annalise Canaryson", system->alerts()[1].fields().at("person.name"));
  world.Advance(absl::Hours(2));
  EXPECT_THAT(system->alerts(), SizeIs(2));
}

TEST_F(AlertsTest, APushedShareShowsWithTheOriginAway) {
  common::v1::Safeguarding safeguarding;
  safeguarding.set_child_at_risk(true);
  PublishAndAsk(safeguarding);
  RaiseAlert();
  world.Peer("housing", "police").cut = true;
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  EXPECT_EQ("Annalise Canaryson", system->alerts()[0].fields().at("person.name"));
  EXPECT_EQ("safeguarding_child", system->alerts()[0].basis().lawful_gateway());
  EXPECT_EQ("", system->alerts()[0].origin_unreachable());
  EXPECT_EQ(0, world.Peer("housing", "police").calls);
  EXPECT_THAT(world.Audited("housing"), Contains("read"));
}

TEST_F(AlertsTest, NobodyAcknowledgesSoItEscalates) {
  RaiseAlert();
  const absl::Time due = FromProto(Listed().acknowledge_by());
  EXPECT_EQ(world.clock.Now() + absl::Minutes(60), due) << "a Thursday morning: open";
  world.Advance(absl::Minutes(45));
  world.Read("housing", [&](const runtime::View& view) {
    const auto reminders = alerts::AlertsView(view).Reminders();
    ASSERT_THAT(reminders, SizeIs(1));
    EXPECT_EQ("due_soon", reminders[0].kind());
  });
  EXPECT_FALSE(Listed().escalated());
  world.Advance(absl::Minutes(16));
  EXPECT_TRUE(Listed().escalated());
  EXPECT_TRUE(world.alarms.IsRaised("alert_unacknowledged"));
  world.Read("housing", [&](const runtime::View& view) {
    const auto reminders = alerts::AlertsView(view).Reminders();
    ASSERT_THAT(reminders, SizeIs(2));
    EXPECT_EQ("unacknowledged", reminders[1].kind());
    EXPECT_EQ(world.MembershipOf("housing").pack->FindAgency("housing")->breach_role,
              reminders[1].role());
  });
  ASSERT_TRUE(Acknowledge(kAlert).ok());
  EXPECT_FALSE(world.alarms.IsRaised("alert_unacknowledged"));
  EXPECT_TRUE(Listed().escalated()) << "it cannot be edited away";
}

TEST_F(AlertsTest, APersonStopsTheClock) {
  RaiseAlert();
  gateway::v1::AcknowledgeAlertRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.set_alert_id(kAlert);
  EXPECT_TRUE(absl::IsUnauthenticated(
      world
          .Call<gateway::v1::AcknowledgeAlertResponse>(
              "housing", "console", "/waymark.gateway.v1.AlertService/AcknowledgeAlert", request)
          .status()))
      << "a system is no person";
  const absl::Time first = FromProto(Acknowledge(kAlert)->acknowledged_at());
  EXPECT_EQ(world.clock.Now(), first);
  world.Advance(absl::Hours(5));
  EXPECT_FALSE(Listed().escalated());
  EXPECT_EQ(first, FromProto(Acknowledge(kAlert)->acknowledged_at())) << "the first one counts";
  EXPECT_THAT(Codes(Acknowledge("no-such").status()), ElementsAre("unknown_alert"));
}

TEST_F(AlertsTest, BeatsWhenThereIsNothingElseToSay) {
  const auto system = world.Subscribe("housing", "alerts", "main");
  world.Advance(absl::Seconds(14));
  EXPECT_EQ(0, system->heartbeats());
  world.Advance(absl::Seconds(1));
  EXPECT_EQ(1, system->heartbeats());
  EXPECT_EQ("", system->got[0].resume_token());
  world.Advance(absl::Seconds(15));
  EXPECT_EQ(2, system->heartbeats());
}

TEST_F(AlertsTest, RefusesAStreamThatStartsWrongly) {
  EXPECT_THAT(Codes(*world.Subscribe("housing", "alerts", "Not A Name")->end),
              ElementsAre("malformed_name"));
  EXPECT_THAT(Codes(*world.Subscribe("housing", "alerts", "main", "wm1-00000000000000ff")->end),
              ElementsAre("unknown_token"));
  EXPECT_THAT(Codes(*world.Subscribe("housing", "alerts", "main", "", "curiosity")->end),
              ElementsAre("unknown_purpose"));
  const auto system = world.Subscribe("housing", "alerts", "main");
  world.Confirm(*system, "garbage");
  ASSERT_TRUE(system->end.has_value());
  EXPECT_THAT(Codes(*system->end), ElementsAre("unknown_token"));
}

TEST_F(AlertsTest, OnlyCasemgrRaisesAlerts) {
  casemgr::v1::HighRiskAlert alert;
  alert.set_alert_id("forged");
  alert.set_case_id(kCase);
  world.Post("gateway/police", "housing", alert);
  EXPECT_EQ(1u, world.DeadLetters("housing"));
  EXPECT_THAT(world.Subscribe("housing", "alerts", "main")->got, IsEmpty());
}

}  // namespace
}  // namespace waymark::sharing
