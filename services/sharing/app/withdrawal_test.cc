// What happens after something was shared: leases, reading under one's name, withdrawal while
// something is under way, copies, and pushed shares at the receiver.
#include <optional>
#include <string>
#include <vector>

#include "libs/config/agreement_loader.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/alerts/adapters/alerts_view.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/received.pb.h"

namespace waymark::sharing {
namespace {

using disclosure::DisclosureView;
using gateway::v1::ReadShareResponse;
using gateway::v1::ShareContent;
using gateway::v1::StoredReceivedShare;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;

class WithdrawalTest : public SharingTest {
 protected:
  static constexpr const char* kRead = "/waymark.gateway.v1.ReceivedShareService/ReadShare";
  static constexpr const char* kWithdraw = "/waymark.gateway.v1.ConsentService/WithdrawConsent";
  static constexpr const char* kFetch = "/waymark.gateway.v1.PeerService/FetchShare";

  absl::StatusOr<ReadShareResponse> ReadAs(const std::string& role, const std::string& share_id,
                                           bool save = false,
                                           const std::string& purpose = "prevent_asb",
                                           const std::string& agency = "housing") {
    gateway::v1::ReadShareRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_share_id(share_id);
    request.set_purpose(purpose);
    request.set_save(save);
    return world.Call<ReadShareResponse>(agency, "console", kRead, request, role);
  }
  gateway::v1::ListCopiesResponse Copies(const std::string& agency, bool all = false) {
    gateway::v1::ListCopiesRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_all(all);
    return *world.Call<gateway::v1::ListCopiesResponse>(
        agency, "console", "/waymark.gateway.v1.CopyService/ListCopies", request,
        "data_protection_lead");
  }
  absl::StatusOr<gateway::v1::ConfirmRemovalResponse> Confirm(const std::string& share_id,
                                                              const std::string& role = "manager") {
    gateway::v1::ConfirmRemovalRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_share_id(share_id);
    return world.Call<gateway::v1::ConfirmRemovalResponse>(
        "housing", "console", "/waymark.gateway.v1.CopyService/ConfirmRemoval", request, role);
  }
  std::optional<StoredReceivedShare> Received(const std::string& share_id) {
    std::optional<StoredReceivedShare> found;
    world.Read("housing", [&](const runtime::View& view) {
      found = DisclosureView(world.MembershipOf("housing"), view).Received(share_id);
    });
    return found;
  }
  absl::Status PushedKey(const StoredReceivedShare& share) {
    return world.MembershipOf("housing").person_keys->Key(share.pushed().key_slot()).status();
  }
  // A consent stands, the housing provider was told.
  std::string GiveConsent(std::optional<absl::Duration> lasting = std::nullopt) {
    PublishAndAsk();
    gateway::v1::RecordConsentRequest request = GoodConsent();
    if (lasting) *request.mutable_expires_at() = ToProto(world.clock.Now() + *lasting);
    const auto recorded = Record(request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded->consent_id();
  }
  // What the police might push, and the parcel it comes in.
  ShareContent Pushed(const std::string& share_id) {
    ShareContent content;
    content.set_share_id(share_id);
    content.set_origin("police");
    content.set_recipient("housing");
    content.set_case_id(kCase);
    (*content.mutable_fields())["person.name"] = "Annalise Canaryson";
    content.set_lawful_gateway("safeguarding_child");
    content.mutable_basis()->set_purpose("prevent_asb");
    content.mutable_basis()->set_band(common::v1::BAND_HIGH);
    return content;
  }
  gateway::v1::Parcel ParcelOf(const ShareContent& pushed, const std::string& sender = "police",
                               const std::string& to = "housing") {
    gateway::v1::ParcelHeader header;
    header.set_share_id(pushed.share_id());
    header.set_case_id(pushed.case_id());
    header.set_kind("pushed");
    gateway::v1::ParcelContent content;
    *content.mutable_pushed() = pushed;
    // Well proven, whatever it says: the origin's own log tells of it.
    AuditNote note;
    note.what = "share_decided";
    note.facts["state"] = "pushed";
    StateHandOver(pushed, Form::kPushed, {}, note);
    CommitFields(world.MembershipOf(pushed.origin()), pushed.fields(), note,
                 *content.mutable_proof());
    world.Read(pushed.origin(), [&](const runtime::View& view) {
      std::vector<runtime::Event> events;
      *content.mutable_proof()->mutable_log() =
          NoteAndProve(world.MembershipOf(pushed.origin()), view, note,
                       world.clock.Now() - absl::Minutes(1), events)
              .value();
    });
    return *disclosure::SealParcel(world.MembershipOf(sender), to, header, content);
  }
};

TEST_F(WithdrawalTest, ALeaseIsSixtySecondsAtMostAndEndsWithTheConsent) {
  GiveConsent(absl::Minutes(10));
  const std::string share = Shares()[0].share_id();
  ShareContent content;
  ASSERT_TRUE(content.ParseFromString(Fetch(FetchOf(share))->content()));
  EXPECT_EQ(world.clock.Now() + absl::Seconds(60), FromProto(content.expires_at()));
  EXPECT_EQ(world.clock.Now() + absl::Minutes(10), FromProto(content.holds_until()));
  world.Advance(absl::Minutes(10) - absl::Seconds(20));
  ASSERT_TRUE(content.ParseFromString(Fetch(FetchOf(share))->content()));
  EXPECT_EQ(world.clock.Now() + absl::Seconds(20), FromProto(content.expires_at()));
}

TEST_F(WithdrawalTest, AFetchInTheSameBatchAsTheWithdrawalIsRefused) {
  const std::string consent = GiveConsent();
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(Fetch(FetchOf(share)).ok());
  gateway::v1::WithdrawConsentRequest withdraw;
  withdraw.set_partnership(GatewayWorld::kPartnership);
  withdraw.set_consent_id(consent);
  withdraw.set_reason("not given");
  const auto withdrawn = world.Send<gateway::v1::WithdrawConsentResponse>(
      "police", "records", kWithdraw, withdraw, "officer");
  const auto fetched =
      world.SendPeer<gateway::v1::FetchShareResponse>("housing", "police", kFetch, FetchOf(share));
  world.Run();
  EXPECT_TRUE(withdrawn->ok()) << withdrawn->status();
  EXPECT_THAT(Codes(fetched->status()), ElementsAre("consent_withdrawn"));
}

TEST_F(WithdrawalTest, RefusesBeforeTheNoticeOfTheWithdrawalHasArrived) {
  const std::string consent = GiveConsent();
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(ReadAs("officer", share).ok());
  world.log.Cork();
  ASSERT_TRUE(Withdraw(consent).ok());
  EXPECT_EQ("notified", Received(share)->state()) << "nothing has come yet";
  EXPECT_THAT(Codes(ReadAs("officer", share).status()), ElementsAre("consent_withdrawn"));
  world.log.Uncork();
  world.Run();
  EXPECT_EQ("withdrawn", Received(share)->state());
  world.Peer("housing", "police").cut = true;
  EXPECT_THAT(Codes(ReadAs("officer", share).status()), ElementsAre("consent_withdrawn"))
      << "also without its origin";
}

TEST_F(WithdrawalTest, AnExpiredConsentAndALapsedAgreementHaveStableCodes) {
  GiveConsent(absl::Hours(2));
  const std::string share = Shares()[0].share_id();
  world.log.Cork();
  world.Advance(absl::Hours(2));
  EXPECT_THAT(Codes(ReadAs("officer", share).status()), ElementsAre("share_not_open"))
      << "the notice said until when";
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("consent_expired"));
  world.log.Uncork();
  world.Run();
  ASSERT_TRUE(Record(GoodConsent()).ok());
  const std::string second = Shares()[0].share_id();
  std::vector<agreement::Agreement> lapsed = SharingWorld::FenlandAgreements();
  lapsed[1].expires = world.clock.Now() + absl::Seconds(5);
  lapsed[1].digest = "other";
  world.Load("police", std::make_shared<const agreement::Evaluator>(
                           config::CompileOrStatus(lapsed, {.require_signatures = false}).value()));
  ShareContent content;
  ASSERT_TRUE(content.ParseFromString(Fetch(FetchOf(second))->content()));
  EXPECT_EQ(world.clock.Now() + absl::Seconds(5), FromProto(content.expires_at()));
  world.Advance(absl::Seconds(5));
  EXPECT_THAT(Codes(Fetch(FetchOf(second)).status()), ElementsAre("agreement_expired"));
}

TEST_F(WithdrawalTest, AnErasedPersonIsRefusedByNameOfTheReason) {
  GiveConsent();
  const std::string share = Shares()[0].share_id();
  world.Read("police", [&](const runtime::View& view) {
    const Membership& police = world.MembershipOf("police");
    const auto person = vault::VaultView(police, view).Person(asked.person_ids(0));
    ASSERT_TRUE(police.person_keys->Erase(person->key_slot()).ok());
  });
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("erased"));
  EXPECT_THAT(Codes(ReadAs("officer", share).status()), ElementsAre("erased"));
}

TEST_F(WithdrawalTest, AnOfficerReadsUnderTheirNameAndPurposeOnRecordAtBothEnds) {
  GiveConsent();
  const std::string share = Shares()[0].share_id();
  const auto read = ReadAs("officer", share);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ("Annalise Canaryson", read->fields().at("person.name"));
  EXPECT_EQ("consent", read->basis().lawful_gateway());
  EXPECT_EQ(world.clock.Now() + absl::Seconds(60), FromProto(read->show_until()));
  EXPECT_THAT(world.Audited("housing"), IsSupersetOf({"share_asked_for", "share_read"}));
  EXPECT_THAT(world.Audited("police"), Contains("share_fetched").Times(1));
  world.Read("police", [&](const runtime::View& view) {
    const auto row = DisclosureView(world.MembershipOf("police"), view).Share(share);
    EXPECT_FALSE(row->copy_outstanding()) << "reading takes no copy";
  });
  EXPECT_THAT(Codes(ReadAs("officer", share, false, "case_review").status()),
              ElementsAre("purpose_not_covered"));
  EXPECT_THAT(Codes(ReadAs("officer", "no-such").status()), ElementsAre("unknown_share"));
  EXPECT_TRUE(absl::IsPermissionDenied(ReadAs("call_handler", share).status()));
  EXPECT_THAT(world.Audited("housing"), Contains("share_read_refused").Times(2));
  world.Peer("housing", "police").cut = true;
  const auto away = ReadAs("officer", share);
  EXPECT_TRUE(absl::IsUnavailable(away.status()));
  EXPECT_THAT(Codes(away.status()), ElementsAre("origin_unreachable"));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr("Canaryson")));
}

TEST_F(WithdrawalTest, EveryFetchForASubscriberHasALeafAtBothEnds) {
  RaiseAlert();
  GiveConsent();
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  EXPECT_THAT(world.Audited("police"), Contains("share_fetched").Times(1));
  EXPECT_THAT(world.Audited("housing"), Contains("share_asked_for").Times(1));
  EXPECT_THAT(world.Audited("housing"), Contains("alert_sent").Times(1));
}

// A subscriber that does not read: what waits for it must not reach it once it may not be shown.
class SlowReaderTest : public WithdrawalTest {
 protected:
  // The reader has read one message and stopped; a second is in the transport.
  void StopReading() {
    RaiseAlert();
    system = world.Subscribe("housing", "alerts", "main");
    system->paused = true;
    casemgr::v1::HighRiskAlert other;
    for (const char* id : {"alert-2", "alert-3"}) {
      other.set_alert_id(id);
      other.set_case_id(std::string("case-of-") + id);
      *other.mutable_raised_at() = ToProto(world.clock.Now());
      other.set_band(common::v1::BAND_HIGH);
      other.set_lead_agency("police");
      world.Post("casemgr", "housing", other);
    }
    ASSERT_THAT(system->got, SizeIs(2)) << "the one it had asked for, and no more";
    consent = GiveConsent();
    ASSERT_EQ(1, world.Peer("housing", "police").calls) << "fetched, and waiting";
  }
  void GoOnReading() {
    system->paused = false;
    system->ReadOn();
    world.Run();
  }
  std::shared_ptr<Subscriber> system;
  std::string consent;
};

TEST_F(SlowReaderTest, GetsNothingOfWhatWasWithdrawnMeanwhile) {
  StopReading();
  ASSERT_TRUE(Withdraw(consent).ok());
  GoOnReading();
  for (const gateway::v1::Alert& alert : system->alerts()) {
    EXPECT_THAT(alert.fields(), IsEmpty()) << alert.ShortDebugString();
  }
  EXPECT_THAT(system->tombstones(), SizeIs(1));
}

TEST_F(SlowReaderTest, GetsWhatIsFetchedAfreshWhenTheLeaseIsOver) {
  StopReading();
  world.Advance(absl::Seconds(61));
  GoOnReading();
  EXPECT_EQ(2, world.Peer("housing", "police").calls) << "asked again";
  const auto alerts = system->alerts();
  ASSERT_THAT(alerts, Not(IsEmpty()));
  EXPECT_EQ("Annalise Canaryson", alerts.back().fields().at("person.name"));
}

TEST_F(WithdrawalTest, CopiesAreOutstandingAtBothEndsUntilTheirHolderConfirms) {
  RaiseAlert();
  const std::string consent = GiveConsent();
  const std::string share = Shares()[0].share_id();
  world.Subscribe("housing", "alerts", "main");
  ASSERT_TRUE(ReadAs("officer", share, true).ok());
  EXPECT_THAT(Copies("police").given(), IsEmpty()) << "while the share stands";
  EXPECT_THAT(Copies("police", true).given(), SizeIs(2));

  EXPECT_THAT(Withdraw(consent)->copies_outstanding(), ElementsAre("housing"));
  for (const char* agency : {"police", "housing"}) {
    const auto copies = Copies(agency);
    const auto& list = std::string(agency) == "police" ? copies.given() : copies.taken();
    ASSERT_THAT(list, SizeIs(2)) << agency;
    std::vector<std::string> holders;
    for (const auto& one : list) {
      EXPECT_EQ("police", one.origin());
      EXPECT_EQ("housing", one.held_by());
      EXPECT_EQ("consent_withdrawn", one.reason());
      EXPECT_TRUE(one.outstanding());
      holders.push_back(one.copy().holder());
    }
    EXPECT_THAT(holders, ::testing::UnorderedElementsAre("system/alerts/main", "person/p-1"));
  }
  EXPECT_TRUE(absl::IsPermissionDenied(Confirm(share, "call_handler").status()));
  EXPECT_THAT(Codes(Confirm("no-such").status()), ElementsAre("unknown_share"));
  const auto confirmed = Confirm(share);
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(2u, confirmed->copies());
  EXPECT_THAT(Copies("housing").taken(), IsEmpty());
  EXPECT_THAT(Copies("police").given(), IsEmpty());
  EXPECT_THAT(world.Audited("housing"), Contains("copy_removal_confirmed").Times(1));
  EXPECT_THAT(world.Audited("police"), Contains("copy_removed_at_recipient").Times(1));
  const auto all = Copies("police", true);
  for (const auto& one : all.given()) {
    EXPECT_EQ("p-1", one.copy().removed_by());
    EXPECT_TRUE(one.copy().has_removed_at());
  }
  EXPECT_THAT(Withdraw(consent)->copies_outstanding(), IsEmpty());
}

TEST_F(WithdrawalTest, NobodyElseConfirmsTheRemovalOfACopy) {
  const std::string consent = GiveConsent();
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(ReadAs("officer", share, true).ok());
  ASSERT_TRUE(Withdraw(consent).ok());
  gateway::v1::ParcelHeader header;
  header.set_share_id(share);
  header.set_case_id(kCase);
  header.set_kind("copies");
  gateway::v1::ParcelContent content;
  content.mutable_copies()->set_share_id(share);
  content.mutable_copies()->set_case_id(kCase);
  content.mutable_copies()->set_none_left(true);
  const auto parcel =
      disclosure::SealParcel(world.MembershipOf("council"), "police", header, content);
  world.Post("gateway/council", "police", *parcel);
  EXPECT_EQ(1u, world.DeadLetters("police"));
  EXPECT_THAT(Copies("police").given(), SizeIs(1));
}

TEST_F(WithdrawalTest, AWithdrawnPushedShareLosesItsKeyAndTheOriginIsTold) {
  common::v1::Safeguarding safeguarding;
  safeguarding.set_child_at_risk(true);
  PublishAndAsk(safeguarding);
  const std::string share = Shares()[0].share_id();
  const StoredReceivedShare before = *Received(share);
  ASSERT_EQ("pushed", before.state());
  ASSERT_TRUE(PushedKey(before).ok());
  ASSERT_TRUE(ReadAs("officer", share).ok());
  EXPECT_EQ(0, world.Peer("housing", "police").calls) << "opened here";
  asked.mutable_safeguarding()->set_child_at_risk(false);
  world.Post("casemgr", "police", asked);
  EXPECT_EQ("withdrawn", Received(share)->state());
  EXPECT_FALSE(Received(share)->has_pushed());
  EXPECT_TRUE(absl::IsNotFound(PushedKey(before)));
  world.Read("housing", [&](const runtime::View& view) {
    const DisclosureView shares(world.MembershipOf("housing"), view);
    EXPECT_TRUE(absl::IsNotFound(shares.OpenPushed(before).status())) << "an old copy of the row";
  });
  EXPECT_THAT(world.Audited("housing"), Contains("pushed_share_destroyed").Times(1));
  EXPECT_THAT(world.Audited("police"), Contains("copy_removed_at_recipient").Times(1));
  EXPECT_THAT(Copies("police").given(), IsEmpty());
  EXPECT_THAT(Codes(ReadAs("officer", share).status()), ElementsAre("not_permitted"));
}

TEST_F(WithdrawalTest, ACopyOfAPushedShareIsToldToItsOrigin) {
  common::v1::Safeguarding safeguarding;
  safeguarding.set_child_at_risk(true);
  PublishAndAsk(safeguarding);
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(ReadAs("officer", share, true).ok());
  EXPECT_THAT(world.Audited("police"), Contains("copy_taken_at_recipient").Times(1));
  asked.mutable_safeguarding()->set_child_at_risk(false);
  world.Post("casemgr", "police", asked);
  ASSERT_THAT(Copies("police").given(), SizeIs(1));
  EXPECT_EQ("person/p-1", Copies("police").given(0).copy().holder());
  ASSERT_TRUE(Confirm(share).ok());
  EXPECT_THAT(Copies("police").given(), IsEmpty());
}

TEST_F(WithdrawalTest, APushedShareIsTakenForProtectionAlone) {
  int parcels = 0;
  for (const agreement::Gateway gateway : agreement::kAllGateways) {
    ShareContent pushed = Pushed("s-" + std::to_string(++parcels));
    pushed.set_lawful_gateway(std::string(agreement::Name(gateway)));
    pushed.set_consent_id("consent-1");
    pushed.mutable_basis()->set_consent_form("fenland-consent-1");
    *pushed.mutable_basis()->mutable_consent_given_at() = ToProto(world.clock.Now());
    *pushed.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(1));
    world.Post("gateway/police", "housing", ParcelOf(pushed));
    const auto received = Received(pushed.share_id());
    ASSERT_TRUE(received.has_value());
    const bool protective = agreement::IsProtective(gateway);
    EXPECT_EQ(protective ? "pushed" : "refused", received->state()) << agreement::Name(gateway);
    EXPECT_EQ(protective, received->has_pushed()) << "nothing of it is kept";
  }
  ShareContent unknown = Pushed("s-unknown");
  unknown.set_lawful_gateway("because_i_say_so");
  world.Post("gateway/police", "housing", ParcelOf(unknown));
  EXPECT_EQ("refused", Received("s-unknown")->state());
  EXPECT_THAT(world.Audited("housing"), Contains("share_refused_on_receipt"));
}

TEST_F(WithdrawalTest, APushedShareIsRefusedWhenReplayedExpiredOrForSomebodyElse) {
  world.Post("gateway/police", "housing", ParcelOf(Pushed("s-1")));
  EXPECT_EQ("pushed", Received("s-1")->state());
  world.Post("gateway/police", "housing", ParcelOf(Pushed("s-1")));
  EXPECT_EQ(1u, world.DeadLetters("housing")) << "replayed";

  ShareContent expired = Pushed("s-2");
  *expired.mutable_expires_at() = ToProto(world.clock.Now());
  world.Post("gateway/police", "housing", ParcelOf(expired));
  EXPECT_EQ("refused", Received("s-2")->state());
  EXPECT_EQ("share_expired", Received("s-2")->reason());
  EXPECT_FALSE(Received("s-2")->has_pushed());

  ShareContent other = Pushed("s-3");
  other.set_recipient("council");
  world.Post("gateway/police", "housing", ParcelOf(other));
  EXPECT_EQ(2u, world.DeadLetters("housing")) << "written for another";
  world.Post("gateway/police", "housing", ParcelOf(Pushed("s-4"), "police", "council"));
  EXPECT_EQ(3u, world.DeadLetters("housing")) << "sealed to another";
  ShareContent borrowed = Pushed("s-5");
  world.Post("gateway/council", "housing", ParcelOf(borrowed, "council"));
  EXPECT_EQ(4u, world.DeadLetters("housing")) << "the council speaks for itself alone";
  EXPECT_EQ(std::nullopt, Received("s-3"));
  EXPECT_EQ(std::nullopt, Received("s-4"));
  EXPECT_EQ(std::nullopt, Received("s-5"));
}

TEST_F(WithdrawalTest, APushedShareEndsByItselfWithItsOriginAway) {
  RaiseAlert();
  ShareContent pushed = Pushed("s-1");
  *pushed.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(1));
  world.Post("gateway/police", "housing", ParcelOf(pushed));
  const StoredReceivedShare before = *Received("s-1");
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  EXPECT_EQ("Annalise Canaryson", system->alerts()[0].fields().at("person.name"));
  world.Advance(absl::Hours(1) - absl::Seconds(1));
  EXPECT_TRUE(ReadAs("officer", "s-1").ok());
  world.Advance(absl::Seconds(1));
  EXPECT_EQ("expired", Received("s-1")->state());
  EXPECT_TRUE(absl::IsNotFound(PushedKey(before)));
  ASSERT_THAT(system->tombstones(), SizeIs(1));
  EXPECT_EQ("expired", system->tombstones()[0].reason());
  EXPECT_THAT(Codes(ReadAs("officer", "s-1").status()), ElementsAre("share_not_open"));
}

TEST_F(WithdrawalTest, AShareThatRestsOnANewConsentIsRenewedAndOutlivesTheOld) {
  GiveConsent(absl::Hours(2));
  const std::string share = Shares()[0].share_id();
  ASSERT_TRUE(ReadAs("officer", share, true).ok());
  world.Advance(absl::Minutes(1));
  ASSERT_TRUE(Record(GoodConsent()).ok());
  ASSERT_THAT(Shares(), SizeIs(1)) << "the same share";
  EXPECT_EQ(2u, Received(share)->notice().revision());
  world.Advance(absl::Hours(3));
  EXPECT_EQ("notified", Received(share)->state());
  EXPECT_TRUE(ReadAs("officer", share).ok());
  EXPECT_EQ(1, Received(share)->copies_size()) << "copies stay on the list";
}

}  // namespace
}  // namespace waymark::sharing
