// A consent recorded at one gateway that covers what another holds: told, leased before each
// release, and over at once.
#include <string>

#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/consent_lease.pb.h"
#include "waymark/gateway/v1/received.pb.h"

namespace waymark::sharing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

// The council holds Annalise too; she signed one form, at the police.
class ConsentLeaseTest : public SharingTest {
 protected:
  void SetUp() override {
    PublishAndAsk();
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    *request.mutable_incident() = GoodIncident("CRM-1", world.clock.Now() - absl::Minutes(5));
    const auto published = world.Call<gateway::v1::PublishIncidentResponse>(
        "council", "crm", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
    ASSERT_TRUE(published.ok()) << published.status();
    casemgr::v1::ShareAsked council = asked;
    council.clear_person_ids();
    council.clear_incident_ids();
    council.add_incident_ids(published->receipt().incident_id());
    world.Read("council", [&](const runtime::View& view) {
      const vault::VaultView vault(world.MembershipOf("council"), view);
      council.add_person_ids(
          vault.Incident(published->receipt().incident_id())->parties(0).person_id());
    });
    world.Post("casemgr", "council", council);
  }
  gateway::v1::RecordConsentRequest CoveringTheCouncil() {
    gateway::v1::RecordConsentRequest request = GoodConsent();
    request.mutable_scope()->add_sources("council");
    return request;
  }
  std::string StateAtTheCouncil() { return Shares("council")[0].state(); }
  // An officer of the housing provider opens the council's share.
  absl::StatusOr<gateway::v1::ReadShareResponse> Read() {
    gateway::v1::ReadShareRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_share_id(Shares("council")[0].share_id());
    request.set_purpose("prevent_asb");
    return world.Call<gateway::v1::ReadShareResponse>(
        "housing", "console", "/waymark.gateway.v1.ReceivedShareService/ReadShare", request,
        "officer");
  }
  absl::Status Lease(const std::string& by, const std::string& consent,
                     const std::string& recipient = "housing",
                     const std::string& purpose = "prevent_asb") {
    gateway::v1::LeaseConsentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_consent_id(consent);
    request.set_case_id(kCase);
    request.set_recipient(recipient);
    request.set_purpose(purpose);
    return world
        .CallPeer<gateway::v1::LeaseConsentResponse>(by, "police",
                                                     std::string(consent::kLeaseConsent), request)
        .status();
  }
};

TEST_F(ConsentLeaseTest, AConsentCoversItsHomeAloneUnlessTheFormNamesMore) {
  ASSERT_TRUE(Record(GoodConsent()).ok());
  EXPECT_EQ("waiting", StateAtTheCouncil());
  EXPECT_THAT(world.Audited("council"), Not(Contains("told_of_consent")));
}

TEST_F(ConsentLeaseTest, ASourceReleasesOnALeaseOfTheHomeEachTime) {
  const std::string consent = Record(CoveringTheCouncil())->consent_id();
  EXPECT_EQ("notified", StateAtTheCouncil());
  EXPECT_THAT(world.Audited("police"), Not(Contains("consent_leased")))
      << "telling releases nothing";
  for (size_t times = 1; times <= 2; ++times) {
    const auto read = Read();
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ("Annalise Canaryson", read->fields().at("person.name"));
    EXPECT_EQ("council", read->origin());
    EXPECT_EQ(consent, read->basis().consent_id());
    EXPECT_THAT(world.Audited("police"), Contains("consent_leased").Times(static_cast<int>(times)));
  }
  EXPECT_THAT(world.Audited("council"), Contains("share_fetched").Times(2));
}

TEST_F(ConsentLeaseTest, IsOverAtTheSourceFromTheAnswerOfTheWithdrawal) {
  const std::string consent = Record(CoveringTheCouncil())->consent_id();
  ASSERT_TRUE(Read().ok());
  world.log.Cork();
  ASSERT_TRUE(Withdraw(consent).ok());
  EXPECT_EQ("notified", StateAtTheCouncil()) << "nothing has come yet";
  EXPECT_THAT(Codes(Read().status()), ElementsAre("consent_withdrawn"));
  EXPECT_THAT(world.Audited("police"), Contains("consent_lease_refused").Times(1));
  world.log.Uncork();
  world.Run();
  EXPECT_EQ("withdrawn", StateAtTheCouncil());
  EXPECT_THAT(Codes(Read().status()), ElementsAre("consent_withdrawn"));
  world.Read("council", [&](const runtime::View& view) {
    const auto told = consent::FindTold(view, kCase, consent);
    ASSERT_TRUE(told.has_value());
    EXPECT_TRUE(told->told().over());
  });
}

TEST_F(ConsentLeaseTest, WithTheHomeAwayNothingIsReleased) {
  ASSERT_TRUE(Record(CoveringTheCouncil()).ok());
  world.Peer("council", "police").cut = true;
  EXPECT_THAT(Codes(Read().status()), ElementsAre("consent_home_unreachable"));
  world.Peer("council", "police").cut = false;
  EXPECT_TRUE(Read().ok());
}

TEST_F(ConsentLeaseTest, AnOwnConsentNeedsNoLease) {
  ASSERT_TRUE(Record(CoveringTheCouncil()).ok());
  gateway::v1::RecordConsentRequest own = GoodConsent();
  own.set_source_reference("CRM-1");
  ASSERT_TRUE(world
                  .Call<gateway::v1::RecordConsentResponse>(
                      "council", "console", "/waymark.gateway.v1.ConsentService/RecordConsent", own,
                      "officer")
                  .ok());
  world.Peer("council", "police").cut = true;
  EXPECT_TRUE(Read().ok());
}

TEST_F(ConsentLeaseTest, IsLeasedToItsSourcesOnlyAndWithinItsScope) {
  const std::string consent = Record(CoveringTheCouncil())->consent_id();
  EXPECT_TRUE(Lease("council", consent).ok());
  EXPECT_THAT(Codes(Lease("housing", consent)), ElementsAre("unknown_consent"));
  EXPECT_THAT(Codes(Lease("council", "no-such")), ElementsAre("unknown_consent"));
  EXPECT_THAT(Codes(Lease("council", consent, "council")), ElementsAre("consent_agency"));
  EXPECT_THAT(Codes(Lease("council", consent, "housing", "case_review")),
              ElementsAre("consent_purpose"));
  world.Advance(absl::Hours(24 * 90));
  EXPECT_THAT(Codes(Lease("council", consent)), ElementsAre("consent_expired"));
  EXPECT_EQ("withdrawn", StateAtTheCouncil());
}

TEST_F(ConsentLeaseTest, NobodyVouchesForAConsentByWhichTheyWouldReceive) {
  gateway::v1::ParcelHeader header;
  header.set_share_id("consent-1");
  header.set_case_id(kCase);
  header.set_kind("consent");
  gateway::v1::ParcelContent content;
  gateway::v1::ConsentTold& told = *content.mutable_consent();
  told.set_consent_id("consent-1");
  told.set_case_id(kCase);
  const gateway::v1::RecordConsentRequest form = CoveringTheCouncil();
  *told.mutable_scope() = form.scope();
  told.set_form_version(form.form_version());
  *told.mutable_given_at() = form.given_at();
  *told.mutable_expires_at() = form.expires_at();
  told.set_revision(1);
  world.Post("gateway/housing", "council",
             *disclosure::SealParcel(world.MembershipOf("housing"), "council", header, content));
  EXPECT_EQ(0u, world.DeadLetters("council"));
  EXPECT_EQ("waiting", StateAtTheCouncil());
}

TEST_F(ConsentLeaseTest, OnlyItsHomeTellsOfAConsentAndNothingIsToldTwice) {
  const std::string consent = Record(CoveringTheCouncil())->consent_id();
  gateway::v1::ParcelHeader header;
  header.set_share_id(consent);
  header.set_case_id(kCase);
  header.set_kind("consent");
  gateway::v1::ParcelContent content;
  gateway::v1::ConsentTold& told = *content.mutable_consent();
  told.set_consent_id(consent);
  told.set_case_id(kCase);
  told.set_over(true);
  told.set_revision(7);
  world.Post("gateway/housing", "council",
             *disclosure::SealParcel(world.MembershipOf("housing"), "council", header, content));
  EXPECT_EQ(1u, world.DeadLetters("council")) << "not its home";
  told.set_revision(1);
  world.Post("gateway/police", "council",
             *disclosure::SealParcel(world.MembershipOf("police"), "council", header, content));
  EXPECT_EQ(2u, world.DeadLetters("council")) << "an old word";
  EXPECT_EQ("notified", StateAtTheCouncil());
}

}  // namespace
}  // namespace waymark::sharing
