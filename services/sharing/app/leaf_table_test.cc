// What testing/leaf_table.h says of every input of a gateway, held against a story that brings each
// of them at least once.
#include "services/sharing/testing/leaf_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/checkpoint.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/audit.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/checkpoint.pb.h"
#include "waymark/gateway/v1/consent_lease.pb.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/person.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/statement.pb.h"
#include "waymark/gateway/v1/stock.pb.h"
#include "waymark/intake/v1/sealing_key.pb.h"

namespace waymark::sharing {
namespace {

using ::testing::IsEmpty;

// What came of an effect that was given up is in its room's next input, not in the log.
bool IsDeadEnd(const std::string& input) { return input.ends_with(".failed"); }

// Intake after it has changed its sealing key.
class IntakeWithAnotherKey : public rpc::Channel {
 public:
  void Call(const std::string&, std::string, const rpc::CallOptions&,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    SeededRandom random(5);
    intake::v1::CurrentKeyResponse answer;
    answer.set_public_key(crypto::HpkePrivateKey::Generate(random).public_key());
    done(answer.SerializeAsString());
  }
  std::shared_ptr<rpc::RawClientStream> Open(const std::string&, const rpc::CallOptions&) override {
    return nullptr;
  }
};

class LeafTableTest : public SharingTest {
 protected:
  template <class Resp, class Req>
  Resp Ask(const std::string& agency, const std::string& system, const std::string& method,
           Req request, const std::string& role = "officer") {
    request.set_partnership(GatewayWorld::kPartnership);
    const auto answer = world.Call<Resp>(agency, system, Rpc(method), request, role);
    EXPECT_TRUE(answer.ok()) << method << ": " << answer.status();
    return answer.value_or(Resp());
  }
  void Publish(const std::string& reference, bool high = false,
               const std::string& agency = "police", const std::string& system = "cad") {
    gateway::v1::PublishIncidentRequest request;
    *request.mutable_incident() = GoodIncident(reference, world.clock.Now() - absl::Minutes(1));
    if (high) {
      request.mutable_incident()->mutable_grading()->set_harm("significant");
      request.mutable_incident()->mutable_grading()->set_pattern("escalating");
    }
    Ask<gateway::v1::PublishIncidentResponse>(agency, system, "IncidentService/PublishIncident",
                                              request, "");
  }
  void TellDoor();
  void TellShares();
  void TellReaders();
  void TellDuties();
  void TellClocksRunOut();
  void TellAudit();
  std::string TellOverride();
  void TellReview(const std::string& override_id);
  void TellErasure();
};

void LeafTableTest::TellDoor() {
  Publish("CAD-0");
  gateway::v1::AssessVictimRequest assess;
  assess.set_source_reference("CAD-0");
  const pack::Pack& pack = *world.MembershipOf("police").pack;
  for (const pack::Item& item : pack.FindMatrix(pack::Subject::kVictim)->items) {
    if (item.scored) (*assess.mutable_answers())[item.id] = "unknown";
  }
  Ask<gateway::v1::AssessVictimResponse>("police", "cad", "AssessmentService/AssessVictim", assess);
  gateway::v1::RegisterStockRequest stock;
  stock.add_uprns("100090000001");
  Ask<gateway::v1::RegisterStockResponse>("housing", "housing", "StockService/RegisterStock", stock,
                                          "");
  gateway::v1::LookUpRequest look_up;
  look_up.mutable_identity()->set_telephone("0113 496 0001");
  look_up.set_purpose("prevent_asb");
  look_up.set_reason("caller on the line");
  Ask<gateway::v1::LookUpResponse>("police", "cad", "LookUpService/LookUp", look_up);
}

// A share from asking to the end of its consent, with a subscriber that reads along.
void LeafTableTest::TellShares() {
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  const std::string consent = Record(GoodConsent())->consent_id();
  world.Confirm(*system, system->got.back().resume_token());
  // The origin is away: asked again by a timer.
  world.Peer("housing", "police").cut = true;
  ASSERT_TRUE(Withdraw(consent).ok());
  gateway::v1::RecordConsentRequest short_consent = GoodConsent();
  *short_consent.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(2));
  ASSERT_TRUE(Record(short_consent).ok());
  world.Advance(absl::Minutes(10));
  world.Peer("housing", "police").cut = false;
  TellReaders();
  // The consent ends at the recipient too, with its origin away.
  world.Pause("police");
  world.Advance(absl::Hours(3));
  world.Resume("police");
  // Pushed while a child is at risk, then no longer.
  asked.mutable_safeguarding()->set_child_at_risk(true);
  world.Post("casemgr", "police", asked);
  asked.mutable_safeguarding()->set_child_at_risk(false);
  world.Post("casemgr", "police", asked);
  gateway::v1::ExplainShareRequest explain;
  explain.set_source_reference("CAD-1");
  explain.set_recipient("housing");
  explain.set_purpose("prevent_asb");
  Ask<gateway::v1::ExplainShareResponse>("police", "console", "ShareService/ExplainShare", explain);
  Shares();
  gateway::v1::LeaseConsentRequest lease;
  lease.set_partnership(GatewayWorld::kPartnership);
  lease.set_consent_id(consent);
  lease.set_case_id(kCase);
  lease.set_recipient("council");
  lease.set_purpose("prevent_asb");
  EXPECT_EQ(world
                .CallPeer<gateway::v1::LeaseConsentResponse>(
                    "housing", "police", Rpc("ConsentLeaseService/LeaseConsent"), lease)
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
  // Nobody acknowledges the first, somebody the second.
  world.Advance(absl::Hours(24));
  casemgr::v1::HighRiskAlert second;
  second.set_alert_id("alert-2");
  second.set_case_id(kCase);
  *second.mutable_raised_at() = ToProto(world.clock.Now());
  second.set_band(common::v1::BAND_HIGH);
  world.Post("casemgr", "housing", second);
  gateway::v1::AcknowledgeAlertRequest acknowledge;
  acknowledge.set_alert_id("alert-2");
  Ask<gateway::v1::AcknowledgeAlertResponse>("housing", "console", "AlertService/AcknowledgeAlert",
                                             acknowledge);
  Ask<gateway::v1::ListAlertsResponse>("housing", "console", "AlertService/ListAlerts",
                                       gateway::v1::ListAlertsRequest());
}

// People who read a share in their own name, and take it into their records.
void LeafTableTest::TellReaders() {
  const auto received = Ask<gateway::v1::ListReceivedSharesResponse>(
      "housing", "console", "ReceivedShareService/ListReceivedShares",
      gateway::v1::ListReceivedSharesRequest());
  gateway::v1::ReadShareRequest read;
  for (const auto& share : received.shares()) {
    if (share.state() == "notified") read.set_share_id(share.share_id());
  }
  read.set_purpose("prevent_asb");
  read.set_save(true);
  Ask<gateway::v1::ReadShareResponse>("housing", "console", "ReceivedShareService/ReadShare", read);
  gateway::v1::ConfirmRemovalRequest confirm;
  confirm.set_share_id(read.share_id());
  Ask<gateway::v1::ConfirmRemovalResponse>("housing", "console", "CopyService/ConfirmRemoval",
                                           confirm);
  Ask<gateway::v1::ListCopiesResponse>("housing", "console", "CopyService/ListCopies",
                                       gateway::v1::ListCopiesRequest());
}

void LeafTableTest::TellDuties() {
  Publish("CAD-7", true);
  casemgr::v1::CaseNotice notice;
  notice.set_case_id("case-7");
  notice.set_band(common::v1::BAND_HIGH);
  notice.add_band_by("police");
  notice.set_lead_agency("police");
  notice.set_state("open");
  for (const char* agency : {"council", "housing", "police"}) notice.add_interested(agency);
  notice.add_own_person_ids(asked.person_ids(0));
  notice.set_profile("none");
  world.Post("casemgr", "police", notice);
  const std::string case_id = "case-7";
  gateway::v1::CreateProfileRequest profile;
  profile.set_case_id(case_id);
  profile.add_risks("weapons");
  profile.add_contact_preferences("text");
  profile.set_update_interval_days(7);
  Ask<gateway::v1::CreateProfileResponse>("police", "console", "CaseService/CreateProfile",
                                          profile);
  gateway::v1::CallConferenceRequest call;
  call.set_case_id(case_id);
  *call.mutable_scheduled_for() = ToProto(world.clock.Now() + absl::Hours(48));
  Ask<gateway::v1::CallConferenceResponse>("police", "console", "CaseService/CallConference", call,
                                           "supervisor");
  gateway::v1::HoldConferenceRequest hold;
  hold.set_case_id(case_id);
  *hold.mutable_held_at() = ToProto(world.clock.Now());
  hold.add_attended("police");
  hold.set_chair_role("duty_inspector");
  Ask<gateway::v1::HoldConferenceResponse>("police", "console", "CaseService/HoldConference", hold,
                                           "supervisor");
  gateway::v1::ShowCaseRequest show;
  show.set_case_id(case_id);
  show.set_reason("reviewing");
  Ask<gateway::v1::ShowCaseResponse>("police", "console", "CaseService/ShowCase", show);
  Ask<gateway::v1::ListCasesResponse>("police", "console", "CaseService/ListCases",
                                      gateway::v1::ListCasesRequest());
  Ask<gateway::v1::ListClocksResponse>("police", "console", "CaseService/ListClocks",
                                       gateway::v1::ListClocksRequest());
  Ask<gateway::v1::ListRemindersResponse>("police", "console", "CaseService/ListReminders",
                                          gateway::v1::ListRemindersRequest());
  // The register, which decides, is away; that it was asked is in the log.
  gateway::v1::CloseCaseRequest close;
  close.set_partnership(GatewayWorld::kPartnership);
  close.set_case_id(case_id);
  close.set_reason("the neighbours have moved");
  *close.mutable_victim_told_at() = ToProto(world.clock.Now());
  close.set_supervisor("subject-2");
  EXPECT_EQ(world
                .Call<gateway::v1::CloseCaseResponse>(
                    "police", "console", Rpc("CaseService/CloseCase"), close, "officer")
                .status()
                .code(),
            absl::StatusCode::kUnavailable);
}

// The register's records, and clocks that nobody serves.
void LeafTableTest::TellClocksRunOut() {
  const absl::Time now = world.clock.Now();
  casemgr::v1::CaseNotice notice;
  notice.set_case_id("case-9");
  notice.set_band(common::v1::BAND_HIGH);
  notice.set_lead_agency("council");
  notice.set_state("open");
  notice.add_interested("council");
  notice.set_profile("none");
  world.Post("casemgr", "council", notice);
  casemgr::v1::ObligationNotice clock;
  clock.set_obligation_id("ob-9");
  clock.set_case_id("case-9");
  clock.set_clock("profile_entry");
  clock.set_owner("council");
  *clock.mutable_started_at() = ToProto(now);
  *clock.mutable_due_soon_at() = ToProto(now + absl::Hours(18));
  *clock.mutable_due_at() = ToProto(now + absl::Hours(24));
  clock.set_state("running");
  world.Post("casemgr", "council", clock);
  casemgr::v1::CoverAsked cover;
  cover.set_case_id("case-9");
  cover.set_closed_agency("council");
  *cover.mutable_opens_at() = ToProto(now + absl::Hours(12));
  cover.set_kind("opening");
  world.Post("casemgr", "council", cover);
  world.Advance(absl::Hours(30));
  casemgr::v1::ActedForMember acted;
  acted.set_case_id("case-9");
  acted.set_obligation_id("ob-9");
  acted.set_what("skeleton_profile");
  *acted.mutable_at() = ToProto(world.clock.Now());
  world.Post("casemgr", "council", acted);
  casemgr::v1::Reminder reminder;
  reminder.set_case_id("case-9");
  reminder.set_kind("breach_told_supervisor");
  *reminder.mutable_at() = ToProto(world.clock.Now());
  world.Post("casemgr", "council", reminder);
  // A HIGH while the landlord's office is closed: told again when it opens.
  const absl::Duration into_day = absl::Seconds(absl::ToUnixSeconds(world.clock.Now()) % 86400);
  world.Advance(absl::Hours(46) - into_day);  // 22:00 of a day after this one
  Publish("ASB-9", true, "housing", "housing");
  world.Advance(absl::Hours(72));
}

// Checkpoints, a member that is away, and one that shows another head.
void LeafTableTest::TellAudit() {
  world.Advance(absl::Hours(1));
  const Membership& police = world.MembershipOf("police");
  const Membership& council = world.MembershipOf("council");
  const std::string origin = police.AuditOrigin("police");
  gateway::v1::CheckpointCosigned shown;
  shown.set_agency("police");
  shown.set_note(
      audit::Cosign(
          audit::SignCheckpoint({origin, 1, std::string(32, 'f')}, origin, *police.audit_key)
              .value(),
          council.WitnessName("council"), *council.witness_key, world.clock.Now())
          .value());
  world.PostTo(council.AuditOf("council").topic, "gateway/council", shown);
  world.Advance(absl::Minutes(15));
  Ask<gateway::v1::ShowLogResponse>("police", "console", "WitnessService/ShowLog",
                                    gateway::v1::ShowLogRequest(), "auditor");
  gateway::v1::CheckpointPublished missed;
  missed.set_from_size(1'000);
  missed.set_note(
      audit::SignCheckpoint({council.AuditOrigin("council"), 2'000, std::string(32, 'f')},
                            council.AuditOrigin("council"), *council.audit_key)
          .value());
  world.PostTo(council.AuditOf("council").topic, "gateway/council", missed);
  world.Pause("council");
  world.Advance(absl::Hours(10));
  world.Resume("council");
}

// A share without consent, which nobody reviews for the time being.
std::string LeafTableTest::TellOverride() {
  gateway::v1::RecordOverrideRequest request;
  request.set_source_reference("CAD-1");
  request.add_recipients("housing");
  request.add_fields("person.name");
  request.add_purposes("prevent_asb");
  request.set_lawful_gateway("public_task");
  request.set_reason("he said that he would be back tonight");
  *request.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(24 * 20));
  return Ask<gateway::v1::RecordOverrideResponse>(
             "police", "console", "OverrideService/RecordOverride", request, "manager")
      .override_id();
}

// Its review, late; what was shared, told afterwards; the log as files.
void LeafTableTest::TellReview(const std::string& override_id) {
  const std::string lead = "data_protection_lead";
  gateway::v1::ShowOverrideRequest show;
  show.set_override_id(override_id);
  Ask<gateway::v1::ShowOverrideResponse>("police", "console", "OverrideService/ShowOverride", show,
                                         lead);
  Ask<gateway::v1::ListOverridesResponse>("police", "console", "OverrideService/ListOverrides",
                                          gateway::v1::ListOverridesRequest(), lead);
  gateway::v1::ReviewOverrideRequest review;
  review.set_partnership(GatewayWorld::kPartnership);
  review.set_override_id(override_id);
  review.set_verdict(gateway::v1::ReviewOverrideRequest::VERDICT_CONFIRMED);
  review.set_reason("looked at it with the officer");
  const auto reviewed = world.CallAs<gateway::v1::ReviewOverrideResponse>(
      "police", "console", Rpc("OverrideService/ReviewOverride"), review, lead, "p-9");
  EXPECT_TRUE(reviewed.ok()) << reviewed.status();
  gateway::v1::ExplainPastRequest explain;
  explain.set_share_id(Shares().at(0).share_id());
  Ask<gateway::v1::ExplainPastResponse>("police", "console", "StatementService/ExplainPast",
                                        explain);
  gateway::v1::MakeStatementRequest statement;
  statement.set_source_reference("CAD-1");
  Ask<gateway::v1::MakeStatementResponse>("police", "console", "StatementService/MakeStatement",
                                          statement, lead);
  gateway::v1::ExportLogRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.set_purpose("audit");
  rpc::CallOptions options;
  options.bearer_token = "auditor:p-1";
  const auto stream = rpc::OpenServerStream<gateway::v1::ExportLogResponse>(
      *world.System("police", "console"), Rpc("AuditService/ExportLog"), request, options);
  world.Run();
}

// Two persons: one by order, one because the key file is newer than the store.
void LeafTableTest::TellErasure() {
  gateway::v1::ErasePersonRequest erase;
  erase.set_source_reference("CAD-1");
  erase.set_ground("objection");
  Ask<gateway::v1::ErasePersonResponse>("police", "console", "PersonService/ErasePerson", erase,
                                        "data_protection_lead");
  Ask<gateway::v1::ListErasuresResponse>("police", "console", "PersonService/ListErasures",
                                         gateway::v1::ListErasuresRequest(),
                                         "data_protection_lead");
  Publish("CAD-20");
  uint64_t slot = 0;
  world.Read("police", [&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    slot = vault.Person(vault.IncidentByReference("CAD-20")->places(0))->key_slot();
  });
  ASSERT_TRUE(world.MembershipOf("police").person_keys->Erase(slot).ok());
  world.FinishErasures("police");
  Publish("CAD-21");
  world.WatchIntakeKey("police", std::make_shared<IntakeWithAnotherKey>());
  world.Advance(absl::Hours(2));
}

TEST_F(LeafTableTest, EveryCallRecordTimerAndEffectLeavesTheLeafItMust) {
  world.StartAudit();
  TellDoor();
  TellShares();
  const std::string override_id = TellOverride();
  TellDuties();
  TellClocksRunOut();
  TellAudit();
  TellReview(override_id);
  TellErasure();

  std::map<std::string, std::set<std::string>> seen;  // by input: what its leaves said
  for (const Decided& one : world.decided) {
    if (IsDeadEnd(one.input)) continue;
    const auto row = Table().find(one.input);
    ASSERT_NE(row, Table().end()) << one.input << " is not in the table";
    const std::string about = one.input + " of " + one.agency + " with " +
                              ::testing::PrintToString(one.leaves) + " and " +
                              ::testing::PrintToString(one.events);
    seen[one.input].insert(one.leaves.begin(), one.leaves.end());
    for (const std::string& what : one.leaves) EXPECT_EQ(row->second.what.count(what), 1u) << about;
    const auto count = [&](const std::string& event) {
      return static_cast<size_t>(std::count(one.events.begin(), one.events.end(), Own(event)));
    };
    const size_t each = count(row->second.means), told = count("SourceTold");
    switch (row->second.leaves) {
      case Leaves::kOne:
        EXPECT_EQ(one.leaves.size(), (one.events.empty() && one.leaves.empty() ? 0u : 1u) + told)
            << about;
        break;
      case Leaves::kEach:
        EXPECT_EQ(one.leaves.size(), each) << about;
        break;
      case Leaves::kEachAtLeast:
        EXPECT_GE(one.leaves.size(), each) << about;
        break;
      case Leaves::kSometimes:
        EXPECT_LE(one.leaves.size(), 1u) << about;
        break;
      case Leaves::kNone:
      case Leaves::kByOthers:
        EXPECT_THAT(one.leaves, IsEmpty()) << about;
        break;
    }
  }
  for (const auto& [input, row] : Table()) {
    if (row.leaves == Leaves::kByOthers) continue;
    EXPECT_EQ(seen.count(input), 1u) << input << " never came";
    if (row.leaves == Leaves::kNone) continue;
    EXPECT_FALSE(seen[input].empty()) << input << " left no leaf";
  }
}

TEST_F(LeafTableTest, EveryMethodAndEveryInputIsInTheTable) {
  for (const std::string& path : world.Methods("police")) {
    EXPECT_EQ(Table().count(path), 1u) << path << ": say in the table what leaf it leaves";
  }
  for (const std::string& input : world.InputTypes("police")) {
    if (IsDeadEnd(input)) continue;
    EXPECT_EQ(Table().count(input), 1u) << input << ": say in the table what leaf it leaves";
  }
  for (const auto& [input, row] : Table()) {
    const bool needs = row.leaves != Leaves::kOne;
    EXPECT_EQ(needs, !row.means.empty()) << input;
  }
}

}  // namespace
}  // namespace waymark::sharing
