// Consent and disclosure over the runtime, between gateways: who may be told what, when, and what
// happens when that changes.
#include <string>
#include <utility>
#include <vector>

#include "libs/config/agreement_loader.h"
#include "libs/config/topics.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "services/sharing/vault/adapters/person_keys.h"

namespace waymark::sharing {
namespace {

using gateway::v1::ShareContent;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using ConsentTest = SharingTest;
using DisclosureTest = SharingTest;

TEST_F(ConsentTest, NamesEveryProblemOfAFormAndStoresNothing) {
  PublishAndAsk();
  gateway::v1::RecordConsentRequest request = GoodConsent();
  request.set_source_reference("CAD-9");
  request.mutable_scope()->set_agencies(0, "police");
  request.mutable_scope()->set_categories(0, "gossip");
  request.mutable_scope()->clear_purposes();
  request.set_form_version("napkin");
  request.set_scan_sha256("zz");
  *request.mutable_given_at() = ToProto(world.clock.Now() + absl::Hours(1));
  *request.mutable_expires_at() = ToProto(world.clock.Now());
  const auto refused = Record(request);
  EXPECT_THAT(
      Codes(refused.status()),
      ElementsAre("unknown_reference", "unknown_agency", "unknown_category", "missing_field",
                  "unknown_form", "malformed_digest", "future_dated", "out_of_range"));
  EXPECT_THAT(world.Audited("police"), Not(Contains("consent_recorded")));
}

TEST_F(ConsentTest, NeedsAPersonWithTheRightRole) {
  PublishAndAsk();
  const std::string method = "/waymark.gateway.v1.ConsentService/RecordConsent";
  EXPECT_TRUE(absl::IsUnauthenticated(
      world.Call<gateway::v1::RecordConsentResponse>("police", "records", method, GoodConsent())
          .status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(world
                                   .Call<gateway::v1::RecordConsentResponse>(
                                       "police", "records", method, GoodConsent(), "call_handler")
                                   .status()));
}

TEST_F(ConsentTest, KeepsTheReasonOfAWithdrawalUnderThePersonsKey) {
  PublishAndAsk();
  const std::string id = Record(GoodConsent())->consent_id();
  ASSERT_TRUE(Withdraw(id).ok());
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr("Canaryreason")));
  world.Read("police", [&](const runtime::View& view) {
    const auto consent = consent::ConsentView(view).Find(id);
    ASSERT_TRUE(consent.has_value());
    const auto reason = vault::Open(world.MembershipOf("police"),
                                    {consent->person_id(), vault::SealedField::kReasons, id, 1},
                                    consent->withdrawal_reason());
    EXPECT_THAT(reason.value(), HasSubstr("Canaryreason"));
  });
  EXPECT_EQ(FromProto(Withdraw(id)->withdrawn_at()), world.clock.Now()) << "repeats answer alike";
  EXPECT_THAT(Codes(Withdraw("no-such").status()), ElementsAre("unknown_consent"));
}

TEST_F(DisclosureTest, WithoutConsentAShareWaitsAndSaysWhatIsMissing) {
  PublishAndAsk();
  const auto shares = Shares();
  ASSERT_THAT(shares, SizeIs(1));
  EXPECT_EQ("waiting", shares[0].state());
  EXPECT_EQ("refuse", shares[0].effect());
  EXPECT_EQ("housing", shares[0].recipient());
  EXPECT_THAT(shares[0].missing(), HasSubstr("no consent on record"));
  EXPECT_THAT(shares[0].remedy(), HasSubstr("consent"));
  EXPECT_THAT(shares[0].who_can_decide(), HasSubstr("case officer"));
  EXPECT_THAT(shares[0].clause(), HasSubstr("clause"));
  EXPECT_THAT(Codes(Fetch(FetchOf(shares[0].share_id())).status()), ElementsAre("consent"));
  EXPECT_THAT(world.Audited("police"), AllOf(Contains("share_decided"), Contains("fetch_refused")));
  EXPECT_THAT(world.Audited("housing"), Not(Contains("share_notified")));
}

TEST_F(DisclosureTest, ConsentReleasesByItselfAndTheMaskIsKeptFieldByField) {
  PublishAndAsk();
  const auto recorded = Record(GoodConsent());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(1u, recorded->shares_released());
  const auto shares = Shares();
  ASSERT_THAT(shares, SizeIs(1));
  EXPECT_EQ("notified", shares[0].state());
  EXPECT_EQ("consent", shares[0].lawful_gateway());
  EXPECT_EQ("fenland-isa 1 clause 2.2", shares[0].clause());
  EXPECT_THAT(world.Audited("housing"), Contains("share_notified"));

  const auto fetched = Fetch(FetchOf(shares[0].share_id()));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  ShareContent content;
  ASSERT_TRUE(content.ParseFromString(fetched->content()));
  EXPECT_THAT(Names(content.fields()),
              UnorderedElementsAre("person.name", "person.address", "person.safe_contact",
                                   "incident.summary", "incident.category", "incident.area",
                                   "risk.band", "risk.reasons", "case.id"));
  EXPECT_EQ("Annalise Canaryson", content.fields().at("person.name"));
  EXPECT_EQ("12a Canary Lane, PE13 1AA, UPRN 100090000001", content.fields().at("person.address"));
  EXPECT_EQ("personal", content.fields().at("incident.category"));
  EXPECT_EQ("HIGH", content.fields().at("risk.band"));
  EXPECT_EQ("field_not_listed", content.withheld().at("person.telephone"));
  EXPECT_EQ("field_not_listed", content.withheld().at("person.date_of_birth"));
  EXPECT_EQ("not_held", content.withheld().at("case.lead_contact"));
  EXPECT_EQ(recorded->consent_id(), content.consent_id());
  EXPECT_EQ(world.clock.Now() + absl::Seconds(60), FromProto(content.expires_at()));
  EXPECT_TRUE(world.MembershipOf("housing").peers.at("police").verify.Verify(
      disclosure::ContentSignedBytes("fenland", "police", "housing", fetched->content()),
      fetched->signature()));
  EXPECT_THAT(world.Audited("police"), Contains("share_fetched"));
}

TEST_F(DisclosureTest, AConsentNarrowsTheMask) {
  PublishAndAsk();
  gateway::v1::RecordConsentRequest narrow = GoodConsent();
  narrow.mutable_scope()->clear_categories();
  narrow.mutable_scope()->add_categories("identity");
  ASSERT_TRUE(Record(narrow).ok());
  const auto fetched = Fetch(FetchOf(Shares()[0].share_id()));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  ShareContent content;
  ASSERT_TRUE(content.ParseFromString(fetched->content()));
  EXPECT_EQ(1u, content.fields().count("person.name"));
  EXPECT_EQ(0u, content.fields().count("person.address"));
  EXPECT_EQ("consent_category", content.withheld().at("person.address"));
}

TEST_F(DisclosureTest, WithdrawalStopsTheFetchAtThatInstantAndNamesTheCopies) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  const std::string share = Shares()[0].share_id();
  gateway::v1::FetchShareRequest copy = FetchOf(share);
  copy.set_takes_copy(true);
  ASSERT_TRUE(Fetch(copy).ok());
  const auto withdrawn = Withdraw(consent);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_THAT(withdrawn->copies_outstanding(), ElementsAre("housing"));
  const absl::Status refused = Fetch(FetchOf(share)).status();
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  const std::vector<Problem> problems = rpc::ProblemsFrom(refused);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ("consent_withdrawn", problems[0].code);
  EXPECT_THAT(problems[0].wanted, HasSubstr("fenland-isa 1 clause 2.2"));
  EXPECT_THAT(problems[0].remedy, HasSubstr("can decide"));
  EXPECT_EQ("withdrawn", Shares()[0].state());
  world.Read("housing", [&](const runtime::View& view) {
    const disclosure::DisclosureView shares(world.MembershipOf("housing"), view);
    EXPECT_EQ("withdrawn", shares.Received(share)->state());
    EXPECT_EQ("consent_withdrawn", shares.Received(share)->reason());
    EXPECT_THAT(shares.LiveReceived(kCase, world.clock.Now()), IsEmpty());
  });

  ASSERT_TRUE(Record(GoodConsent()).ok());
  ASSERT_THAT(Shares(), SizeIs(2)) << "a new consent gives a new share";
  EXPECT_TRUE(absl::IsPermissionDenied(Fetch(FetchOf(share)).status())) << "the old one is over";
}

TEST_F(DisclosureTest, AConsentThatEndsTakesItsSharesBack) {
  PublishAndAsk();
  gateway::v1::RecordConsentRequest brief = GoodConsent();
  *brief.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(2));
  ASSERT_TRUE(Record(brief).ok());
  const std::string share = Shares()[0].share_id();
  world.Advance(absl::Hours(2) - absl::Seconds(1));
  EXPECT_TRUE(Fetch(FetchOf(share)).ok());
  world.Advance(absl::Seconds(1));
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("consent_expired"));
  EXPECT_EQ("withdrawn", Shares()[0].state());
  EXPECT_THAT(world.Audited("police"), Contains("consent_expired"));
  EXPECT_THAT(world.Audited("housing"), Contains("share_withdrawn_by_origin"));
}

TEST_F(DisclosureTest, OnlyTheRecipientFetches) {
  PublishAndAsk();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  const std::string share = Shares()[0].share_id();
  EXPECT_THAT(Codes(Fetch(FetchOf(share), "council").status()), ElementsAre("not_your_share"));
  EXPECT_THAT(Codes(Fetch(FetchOf("no-such")).status()), ElementsAre("not_your_share"));
  gateway::v1::FetchShareRequest nameless = FetchOf(share);
  nameless.clear_reader();
  EXPECT_THAT(Codes(Fetch(nameless).status()), ElementsAre("missing_field"));
  gateway::v1::FetchShareRequest other = FetchOf(share);
  other.set_purpose("case_review");
  EXPECT_TRUE(absl::IsPermissionDenied(Fetch(other).status())) << "consent is for another purpose";
  EXPECT_TRUE(absl::IsPermissionDenied(
      world
          .Call<gateway::v1::FetchShareResponse>(
              "police", "records", "/waymark.gateway.v1.PeerService/FetchShare", FetchOf(share))
          .status()))
      << "gateways only";
}

TEST_F(DisclosureTest, MoreRecipientsAndFewerAreDecidedAgain) {
  PublishAndAsk();
  gateway::v1::RecordConsentRequest request = GoodConsent();
  request.mutable_scope()->add_agencies("council");
  ASSERT_TRUE(Record(request).ok());
  ASSERT_THAT(Shares(), SizeIs(1));
  asked.add_recipients("council");
  world.Post("casemgr", "police", asked);
  ASSERT_THAT(Shares(), SizeIs(2));
  asked.clear_recipients();
  asked.add_recipients("council");
  world.Post("casemgr", "police", asked);
  for (const auto& share : Shares()) {
    EXPECT_EQ(share.recipient() == "housing" ? "withdrawn" : "notified", share.state());
  }
  asked.clear_person_ids();
  world.Post("casemgr", "police", asked);
  for (const auto& share : Shares()) EXPECT_EQ("withdrawn", share.state());
  world.Read("council", [&](const runtime::View& view) {
    EXPECT_THAT(disclosure::DisclosureView(world.MembershipOf("council"), view)
                    .LiveReceived(kCase, world.clock.Now()),
                IsEmpty());
  });
}

TEST_F(DisclosureTest, AnAgreementThatLapsesTakesBackAndItsReturnTellsAgain) {
  PublishAndAsk();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  const std::string share = Shares()[0].share_id();
  std::vector<agreement::Agreement> suspended = SharingWorld::FenlandAgreements();
  suspended[1].suspended = true;
  suspended[1].digest = "other";
  const auto before = world.MembershipOf("police").agreements;
  world.Load("police",
             std::make_shared<const agreement::Evaluator>(
                 config::CompileOrStatus(suspended, {.require_signatures = false}).value()));
  EXPECT_EQ("withdrawn", Shares()[0].state());
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("agreement_suspended"));
  world.Load("police", before);
  ASSERT_THAT(Shares(), SizeIs(2));
  EXPECT_THAT(world.Audited("police"), Contains("agreements_activated").Times(3));
}

TEST_F(DisclosureTest, AChildAtRiskIsPushedSealedAndOpensWithTheOriginAway) {
  common::v1::Safeguarding safeguarding;
  safeguarding.set_child_at_risk(true);
  PublishAndAsk(safeguarding);
  const auto shares = Shares();
  ASSERT_THAT(shares, SizeIs(1));
  EXPECT_EQ("pushed", shares[0].state());
  EXPECT_EQ("safeguarding_child", shares[0].lawful_gateway());
  world.Peer("housing", "police").cut = true;
  world.Read("housing", [&](const runtime::View& view) {
    const disclosure::DisclosureView view_of(world.MembershipOf("housing"), view);
    const auto live = view_of.LiveReceived(kCase, world.clock.Now());
    ASSERT_THAT(live, SizeIs(1));
    const auto content = view_of.OpenPushed(live[0]);
    ASSERT_TRUE(content.ok()) << content.status();
    EXPECT_EQ("Annalise Canaryson", content->fields().at("person.name"));
    EXPECT_EQ(1u, vault::SlotsInUse(view)) << "a key of its own, on record";
  });
  EXPECT_THAT(world.EverythingStored(),
              AllOf(Not(HasSubstr("Canaryson")), Not(HasSubstr("Canary Lane")),
                    Not(HasSubstr("Canaryneighbour"))));
}

TEST_F(DisclosureTest, TheReceiverDecidesForItself) {
  std::vector<agreement::Agreement> none = SharingWorld::FenlandAgreements();
  none[1].suspended = true;
  world.Load("housing", std::make_shared<const agreement::Evaluator>(
                            config::CompileOrStatus(none, {.require_signatures = false}).value()));
  PublishAndAsk();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  EXPECT_EQ("notified", Shares()[0].state());
  EXPECT_THAT(world.Audited("housing"), Contains("share_refused_on_receipt"));
  world.Read("housing", [&](const runtime::View& view) {
    EXPECT_THAT(disclosure::DisclosureView(world.MembershipOf("housing"), view)
                    .LiveReceived(kCase, world.clock.Now()),
                IsEmpty());
  });
}

TEST_F(DisclosureTest, RefusesForgedMisdirectedAndReplayedParcels) {
  gateway::v1::ParcelHeader header;
  header.set_share_id("s-1");
  header.set_case_id(kCase);
  header.set_kind("withdrawn");
  gateway::v1::ParcelContent content;
  content.mutable_withdrawn()->set_share_id("s-1");
  content.mutable_withdrawn()->set_case_id(kCase);
  const Membership& police = world.MembershipOf("police");
  const auto to_council = disclosure::SealParcel(police, "council", header, content);
  world.Post("gateway/police", "housing", *to_council);
  EXPECT_EQ(1u, world.DeadLetters("housing")) << "sealed to another";
  const auto to_housing = disclosure::SealParcel(police, "housing", header, content);
  world.Post("gateway/council", "housing", *to_housing);
  EXPECT_EQ(2u, world.DeadLetters("housing")) << "sent by another";
  gateway::v1::Parcel bent = *to_housing;
  bent.mutable_sealed()->back() ^= 1;
  world.Post("gateway/police", "housing", bent);
  EXPECT_EQ(3u, world.DeadLetters("housing")) << "changed on the way";
  world.Post("casemgr", "housing", *to_housing);
  EXPECT_EQ(4u, world.DeadLetters("housing")) << "not from a gateway";

  header.set_kind("notice");
  gateway::v1::ShareNotice& notice = *content.mutable_notice();
  notice.set_share_id("s-1");
  notice.set_case_id(kCase);
  const auto told = disclosure::SealParcel(police, "housing", header, content);
  world.Post("gateway/police", "housing", *told);
  EXPECT_EQ(4u, world.DeadLetters("housing")) << "kept, though nothing in it is allowed";
  world.Post("gateway/police", "housing", *told);
  EXPECT_EQ(5u, world.DeadLetters("housing")) << "replayed";
}

TEST_F(DisclosureTest, ExplainsWhatWasDecidedAndWhatWouldBe) {
  PublishAndAsk();
  gateway::v1::ExplainShareRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.set_source_reference("CAD-1");
  request.set_recipient("housing");
  request.set_purpose("prevent_asb");
  request.add_fields("person.name");
  request.add_fields("person.telephone");
  const std::string method = "/waymark.gateway.v1.ShareService/ExplainShare";
  auto explained = world.Call<gateway::v1::ExplainShareResponse>("police", "console", method,
                                                                 request, "officer");
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ("refuse", explained->decision().effect());
  EXPECT_EQ("field_not_listed", explained->decision().withheld().at("person.telephone"));
  ASSERT_TRUE(Record(GoodConsent()).ok());
  explained = world.Call<gateway::v1::ExplainShareResponse>("police", "console", method, request,
                                                            "officer");
  EXPECT_THAT(explained->decision().released(), ElementsAre("person.name"));
  request.set_share_id(Shares()[0].share_id());
  explained = world.Call<gateway::v1::ExplainShareResponse>("police", "console", method, request,
                                                            "data_protection_lead");
  EXPECT_EQ("notified", explained->decision().state());
  request.clear_share_id();
  request.set_recipient("police");
  request.set_purpose("fun");
  EXPECT_THAT(Codes(world
                        .Call<gateway::v1::ExplainShareResponse>("police", "console", method,
                                                                 request, "officer")
                        .status()),
              ElementsAre("unknown_agency", "unknown_purpose"));
}

TEST_F(DisclosureTest, LeavesNothingPersonalInStoresOrLogs) {
  PublishAndAsk();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  ASSERT_TRUE(Fetch(FetchOf(Shares()[0].share_id())).ok());
  const std::string all = world.EverythingStored();
  for (const char* canary : {"Canaryson", "Annalise", "Canary Lane", "Canaryneighbour",
                             "0113 496 0001", "Text only after six", "CAD-1"}) {
    EXPECT_THAT(all, Not(HasSubstr(canary)));
  }
}

}  // namespace
}  // namespace waymark::sharing
