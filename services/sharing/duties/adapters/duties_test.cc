// The room over the runtime: clocks on virtual time, with the core away and back, through power
// losses; and its RPCs.
#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/coverage.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/duties/adapters/duties_view.h"
#include "services/sharing/testing/duties_docket.h"
#include "services/sharing/testing/duties_world.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"

namespace waymark::sharing::duties {
namespace {

using gateway::v1::CallConferenceRequest;
using gateway::v1::CallConferenceResponse;
using gateway::v1::Clock;
using gateway::v1::CloseCaseRequest;
using gateway::v1::CloseCaseResponse;
using gateway::v1::ConferenceCalled;
using gateway::v1::ConferenceHeld;
using gateway::v1::CreateProfileRequest;
using gateway::v1::CreateProfileResponse;
using gateway::v1::HoldConferenceRequest;
using gateway::v1::HoldConferenceResponse;
using gateway::v1::IncidentReported;
using gateway::v1::ListCasesRequest;
using gateway::v1::ListCasesResponse;
using gateway::v1::ListClocksRequest;
using gateway::v1::ListClocksResponse;
using gateway::v1::ListRemindersRequest;
using gateway::v1::ListRemindersResponse;
using gateway::v1::ProfileRecorded;
using gateway::v1::RecordConsentRequest;
using gateway::v1::RecordConsentResponse;
using gateway::v1::Reminder;
using gateway::v1::ShowCaseRequest;
using gateway::v1::ShowCaseResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const absl::Time kStart = London("2026-03-04 10:00");

casemgr::v1::CaseNotice NoticeFor(const std::string& person) {
  casemgr::v1::CaseNotice notice;
  notice.set_case_id("case-1");
  notice.set_band(common::v1::BAND_HIGH);
  notice.add_band_by("police");
  notice.set_lead_agency("police");
  notice.set_state("open");
  for (const char* agency : {"council", "housing", "police"}) notice.add_interested(agency);
  notice.add_own_person_ids(person);
  notice.set_profile("none");
  return notice;
}

casemgr::v1::ObligationNotice ClockFor(const std::string& person, const std::string& clock,
                                       absl::Time start, absl::Duration length) {
  casemgr::v1::ObligationNotice notice;
  notice.set_obligation_id("ob-" + clock);
  notice.set_case_id("case-1");
  notice.set_clock(clock);
  notice.set_owner("police");
  *notice.mutable_started_at() = sharing::ToProto(start);
  *notice.mutable_due_soon_at() = sharing::ToProto(start + 0.75 * length);
  *notice.mutable_due_at() = sharing::ToProto(start + length);
  notice.set_state("running");
  notice.set_own_person_id(person);
  return notice;
}

class DutiesTest : public ::testing::Test {
 protected:
  std::vector<std::string> Kinds() {
    std::vector<std::string> kinds;
    const auto answer =
        world.Call<ListRemindersResponse>("CaseService/ListReminders", ListRemindersRequest());
    EXPECT_TRUE(answer.ok()) << answer.status();
    for (const Reminder& one : answer->reminders()) kinds.push_back(one.kind());
    std::sort(kinds.begin(), kinds.end());
    EXPECT_EQ(answer->total(), kinds.size());
    return kinds;
  }
  ListClocksResponse Clocks(bool ended = false) {
    ListClocksRequest request;
    request.set_ended(ended);
    auto answer = world.Call<ListClocksResponse>("CaseService/ListClocks", request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }
  Clock ClockNamed(const std::string& name) {
    const ListClocksResponse all = Clocks(true);
    for (const Clock& clock : all.clocks()) {
      if (clock.clock() == name) return clock;
    }
    return Clock();
  }
  std::string CaseId() {
    std::string id;
    world.Read([&](const runtime::View& view) { id = DutiesView(view).Cases().at(0).id; });
    return id;
  }
  std::vector<std::string> Leaves() {
    std::vector<std::string> leaves;
    world.Read([&](const runtime::View& view) {
      for (uint64_t i = 0; i < AuditSize(view); ++i)
        leaves.push_back(OpenLeaf(world.memberships.begin()->second, view, i)->entry.what());
    });
    return leaves;
  }

  DutiesWorld world{"police", kStart};
};

TEST_F(DutiesTest, WithTheCoreAwayAHighIsEnforcedAndToldWhenItIsBack) {
  world.SetLogAway(true);
  const std::string person = world.PublishHigh();
  world.RunUntil(kStart + absl::Hours(24));
  EXPECT_EQ(ClockNamed("profile_entry").state(), Clock::STATE_DUE_SOON);
  EXPECT_THAT(Kinds(), ElementsAre("due_soon"));
  world.RunFor(absl::Seconds(1));
  const Clock entry = ClockNamed("profile_entry");
  EXPECT_EQ(entry.state(), Clock::STATE_BREACHED);
  EXPECT_TRUE(entry.provisional());
  EXPECT_THAT(entry.why(), HasSubstr("own copy"));
  EXPECT_TRUE(Clocks().own_copies_only());
  EXPECT_THAT(Kinds(),
              ElementsAre("breach_told_steering_group", "breach_told_supervisor", "due_soon"));
  world.RunFor(absl::Hours(24));
  EXPECT_EQ(ClockNamed("conference_called").state(), Clock::STATE_DISCHARGED) << "by itself";
  EXPECT_THAT(world.Sent<ProfileRecorded>(), IsEmpty());

  world.SetLogAway(false);
  world.RunFor(absl::Minutes(1));
  EXPECT_THAT(world.Sent<IncidentReported>(), SizeIs(1));
  EXPECT_THAT(world.Sent<ProfileRecorded>(), IsEmpty()) << "the case has no id yet";
  const std::string earlier_id = CaseId();
  world.Tell(NoticeFor(person));
  world.Tell(ClockFor(person, "profile_entry", kStart, absl::Hours(24)));
  ASSERT_THAT(world.Sent<ProfileRecorded>(), SizeIs(1));
  const ProfileRecorded skeleton = world.Sent<ProfileRecorded>()[0];
  EXPECT_EQ(skeleton.case_id(), "case-1");
  EXPECT_TRUE(skeleton.skeleton());
  EXPECT_EQ(skeleton.partnership(), "fenland");
  EXPECT_EQ(sharing::FromProto(skeleton.created_at()),
            kStart + absl::Hours(24) + absl::Microseconds(1));
  ASSERT_THAT(world.Sent<ConferenceCalled>(), SizeIs(1));
  EXPECT_TRUE(world.Sent<ConferenceCalled>()[0].automatic());
  EXPECT_EQ(ClockNamed("profile_entry").obligation_id(), "ob-profile_entry");
  EXPECT_EQ(ClockNamed("profile_entry").state(), Clock::STATE_BREACHED);
  ShowCaseRequest show;
  show.set_case_id(earlier_id);
  show.set_reason("checking");
  EXPECT_EQ(world.Call<ShowCaseResponse>("CaseService/ShowCase", show)->case_id(), "case-1")
      << "the earlier id still answers";
}

TEST_F(DutiesTest, PowerLossesFireEachTimerOnceAndKeepWhatIsKnown) {
  const std::string person = world.PublishHigh();
  world.Tell(NoticeFor(person));
  world.Tell(ClockFor(person, "profile_entry", kStart, absl::Hours(24)));
  world.RunUntil(kStart + absl::Hours(12));
  world.CrashAndRestart();
  world.RunUntil(kStart + absl::Hours(20));
  world.CrashAndRestart();
  EXPECT_THAT(Kinds(), ElementsAre("due_soon"));
  world.clock.AdvanceTo(kStart + absl::Hours(26));  // it was off when the clock ran out
  world.CrashAndRestart();
  world.RunFor(absl::ZeroDuration());
  world.CrashAndRestart();
  world.RunFor(absl::Hours(1));
  EXPECT_THAT(Kinds(),
              ElementsAre("breach_told_steering_group", "breach_told_supervisor", "due_soon"));
  const auto reminders =
      world.Call<ListRemindersResponse>("CaseService/ListReminders", ListRemindersRequest());
  EXPECT_EQ(reminders->reminders(0).late_seconds(), 7200);
  ASSERT_THAT(world.Sent<ProfileRecorded>(), SizeIs(1));
  EXPECT_EQ(sharing::FromProto(world.Sent<ProfileRecorded>()[0].created_at()),
            kStart + absl::Hours(26));
}

TEST_F(DutiesTest, AProfileInTimeDischargesAndNoSkeletonIsMade) {
  const std::string person = world.PublishHigh();
  world.RunFor(absl::Hours(2));
  CreateProfileRequest request;
  request.set_case_id(CaseId());
  request.add_risks("weapons");
  request.add_contact_preferences("text");
  request.set_update_interval_days(7);
  const auto made = world.Call<CreateProfileResponse>("CaseService/CreateProfile", request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->discharged().clock(), "profile_entry");
  EXPECT_EQ(made->discharged().state(), Clock::STATE_DISCHARGED);
  EXPECT_EQ(made->discharged().late_seconds(), 0);
  EXPECT_FALSE(made->identity_entered());
  EXPECT_THAT(made->identity_withheld_because(), HasSubstr("would serve"));
  EXPECT_THAT(Leaves(), ElementsAre("publish", "create_profile"));
  world.RunUntil(kStart + absl::Hours(25));
  EXPECT_THAT(Kinds(), Not(::testing::Contains("breach_told_supervisor")));
  casemgr::v1::ObligationNotice late = ClockFor(person, "profile_entry", kStart, absl::Hours(24));
  late.set_state("breached");
  world.Tell(NoticeFor(person));
  world.Tell(late);
  EXPECT_EQ(ClockNamed("profile_entry").state(), Clock::STATE_DISCHARGED);
  ASSERT_THAT(world.Sent<ProfileRecorded>(), SizeIs(1));
  EXPECT_FALSE(world.Sent<ProfileRecorded>()[0].skeleton());
  EXPECT_THAT(world.Sent<ProfileRecorded>()[0].risks(), ElementsAre("weapons"));
  const auto again = world.Call<CreateProfileResponse>("CaseService/CreateProfile", request);
  EXPECT_TRUE(absl::IsFailedPrecondition(again.status())) << again.status();
}

TEST_F(DutiesTest, WithConsentTheProfileSaysWhoTheVictimIs) {
  const std::string person = world.PublishHigh();
  world.Tell(NoticeFor(person));
  RecordConsentRequest consent;
  consent.set_source_reference("REF-1");
  consent.mutable_scope()->add_agencies("council");
  consent.mutable_scope()->add_categories("identity");
  consent.mutable_scope()->add_purposes("case_management");
  consent.set_form_version("fenland-consent-2");
  consent.set_scan_sha256(std::string(64, 'a'));
  *consent.mutable_given_at() = sharing::ToProto(kStart - absl::Minutes(5));
  *consent.mutable_expires_at() = sharing::ToProto(kStart + absl::Hours(24 * 90));
  const auto recorded = world.Call<RecordConsentResponse>("ConsentService/RecordConsent", consent);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  CreateProfileRequest request;
  request.set_case_id("case-1");
  const auto made = world.Call<CreateProfileResponse>("CaseService/CreateProfile", request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(made->identity_entered());
  EXPECT_EQ(made->identity_withheld_because(), "");
}

TEST_F(DutiesTest, AConferenceIsCalledAndHeldByPeople) {
  const std::string person = world.PublishHigh();
  world.Tell(NoticeFor(person));
  CreateProfileRequest profile;
  profile.set_case_id("case-1");
  ASSERT_TRUE(world.Call<CreateProfileResponse>("CaseService/CreateProfile", profile).ok());
  CallConferenceRequest call;
  call.set_case_id("case-1");
  *call.mutable_scheduled_for() = sharing::ToProto(kStart + absl::Hours(20));
  const auto called = world.Call<CallConferenceResponse>("CaseService/CallConference", call);
  ASSERT_TRUE(called.ok()) << called.status();
  EXPECT_THAT(called->invited(), ElementsAre("council", "housing", "police"));
  EXPECT_EQ(called->discharged().clock(), "conference_called");
  world.RunUntil(kStart + absl::Hours(22));
  HoldConferenceRequest hold;
  hold.set_case_id("case-1");
  *hold.mutable_held_at() = sharing::ToProto(kStart + absl::Hours(20));
  hold.add_attended("police");
  hold.add_attended("council");
  hold.set_chair_role("duty_inspector");
  const auto held = world.Call<HoldConferenceResponse>("CaseService/HoldConference", hold);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(held->absent(), ElementsAre("housing"));
  EXPECT_EQ(held->discharged().clock(), "conference");
  ASSERT_THAT(world.Sent<ConferenceHeld>(), SizeIs(1));
  EXPECT_THAT(world.Sent<ConferenceHeld>()[0].absent(), ElementsAre("housing"));
  EXPECT_FALSE(world.Sent<ConferenceCalled>()[0].automatic());
}

TEST(DutiesOfALandlord, AHighAtNightIsToldOutOfHoursAndAgainAtOpening) {
  DutiesWorld world("housing", London("2026-12-24 18:00"));
  world.PublishHigh();
  const auto kinds = [&] {
    std::vector<std::string> all;
    world.Read([&](const runtime::View& view) {
      for (const Reminder& one : DutiesView(view).Reminders(100)) all.push_back(one.kind());
    });
    return all;
  };
  EXPECT_THAT(kinds(), ElementsAre("closed_at_high"));
  world.CrashAndRestart();
  world.RunUntil(London("2026-12-29 08:59"));
  EXPECT_THAT(kinds(), Not(::testing::Contains("opening")));
  world.RunUntil(London("2026-12-29 09:00"));
  EXPECT_EQ(kinds().front(), "opening");
}

TEST_F(DutiesTest, TheRegisterIsBelievedAndNobodyElse) {
  world.Tell(NoticeFor("person-1"), "gateway/council");
  EXPECT_TRUE(world.alarms.IsRaised("dead_letter")) << "parked";
  world.Read([](const runtime::View& view) { EXPECT_THAT(DutiesView(view).Cases(), IsEmpty()); });
  world.Tell(NoticeFor("person-1"));
  EXPECT_EQ(CaseId(), "case-1");
}

TEST_F(DutiesTest, ShowCasePutsBothCopiesTogetherAndLeavesALeaf) {
  const std::string person = world.PublishHigh();
  world.Tell(NoticeFor(person));
  ShowCaseRequest request;
  request.set_case_id("case-1");
  EXPECT_EQ(
      rpc::ProblemsFrom(world.Call<ShowCaseResponse>("CaseService/ShowCase", request).status())
          .at(0)
          .field,
      "reason");
  request.set_reason("Canaryreason for reading");
  const auto alone = world.Call<ShowCaseResponse>("CaseService/ShowCase", request);
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_TRUE(alone->own_copy_only());
  EXPECT_EQ(alone->lead_agency(), "police");

  CreateProfileRequest profile;
  profile.set_case_id("case-1");
  ASSERT_TRUE(world.Call<CreateProfileResponse>("CaseService/CreateProfile", profile).ok());
  casemgr::v1::GetCaseResponse told;
  told.mutable_case_()->set_case_id("case-1");
  told.mutable_case_()->set_profile("none");
  told.mutable_case_()->set_incidents(7);
  Clock& clock = *told.mutable_case_()->add_clocks();
  clock.set_obligation_id("ob-7");
  clock.set_case_id("case-1");
  clock.set_clock("update");
  clock.set_state(Clock::STATE_RUNNING);
  world.reg->Answer(told);
  const auto both = world.Call<ShowCaseResponse>("CaseService/ShowCase", request);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_FALSE(both->own_copy_only());
  EXPECT_EQ(both->incidents(), 7u);
  EXPECT_EQ(both->profile(), "created") << "the register has not heard of it yet";
  EXPECT_EQ(both->clocks_size(), 4) << "its one and this gateway's three";
  EXPECT_EQ(world.reg->paths.back(), "/waymark.casemgr.v1.CaseRegisterService/GetCase");
  EXPECT_LE(world.reg->timeouts.back(), absl::Seconds(2));
  EXPECT_THAT(Leaves(), ElementsAre("publish", "read_case", "create_profile", "read_case"));
  world.Read([&](const runtime::View& view) {
    const auto leaf = OpenLeaf(world.memberships.begin()->second, view, 3);
    const gateway::v1::AuditEntry* entry = &leaf->entry;
    EXPECT_THAT(entry->about(), ElementsAre("case-1", person));
    EXPECT_EQ(entry->reason_key_of(), person);
    EXPECT_FALSE(entry->sealed_reason().empty());
    EXPECT_THAT(entry->sealed_reason(), Not(HasSubstr("Canaryreason")));
  });
}

TEST_F(DutiesTest, ACaseThatNeitherKnowsIsNotFound) {
  ShowCaseRequest request;
  request.set_case_id("case-9");
  request.set_reason("checking");
  const auto answer = world.Call<ShowCaseResponse>("CaseService/ShowCase", request);
  EXPECT_TRUE(absl::IsNotFound(answer.status())) << answer.status();
  EXPECT_THAT(Leaves(), ElementsAre("read_case"));
}

TEST_F(DutiesTest, ListsPutBothCopiesTogether) {
  const std::string person = world.PublishHigh();
  casemgr::v1::ListCasesResponse cases;
  cases.add_cases()->set_case_id("case-8");
  world.reg->Answer(cases);
  const auto listed = world.Call<ListCasesResponse>("CaseService/ListCases", ListCasesRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->cases_size(), 2);
  EXPECT_FALSE(listed->own_copies_only());
  world.reg->answer = absl::UnavailableError("away");
  EXPECT_TRUE(world.Call<ListCasesResponse>("CaseService/ListCases", ListCasesRequest())
                  ->own_copies_only());
  casemgr::v1::ListObligationsResponse told;
  Clock& soon = *told.add_clocks();
  soon.set_obligation_id("ob-soon");
  soon.set_clock("review");
  soon.set_state(Clock::STATE_RUNNING);
  *soon.mutable_due_at() = sharing::ToProto(kStart + absl::Hours(1));
  world.reg->Answer(told);
  const ListClocksResponse clocks = Clocks();
  ASSERT_EQ(clocks.clocks_size(), 3);
  EXPECT_EQ(clocks.clocks(0).obligation_id(), "ob-soon") << "the most urgent first";
  EXPECT_EQ(clocks.clocks(1).clock(), "profile_entry");
}

TEST_F(DutiesTest, CloseCasePassesTheRegistersWordOn) {
  const std::string person = world.PublishHigh();
  CloseCaseRequest request;
  request.set_case_id(CaseId());
  request.set_reason("Canaryreason, all done");
  request.set_supervisor("p-2");
  *request.mutable_victim_told_at() = sharing::ToProto(kStart);
  const auto close = [&] {
    return world.Call<CloseCaseResponse>("CaseService/CloseCase", request);
  };
  EXPECT_EQ(rpc::ProblemsFrom(close().status()).at(0).code, "not_registered");
  world.Tell(NoticeFor(person));
  EXPECT_EQ(rpc::ProblemsFrom(close().status()).at(0).code, "register_unavailable");
  EXPECT_TRUE(absl::IsUnavailable(close().status()));

  const std::vector<Problem> problems = {
      {"obligation_undischarged", "obligations.profile_entry", "discharged", "do it"},
      {"not_reassessed", "case_id", "assessed", "assess"}};
  world.reg->answer = rpc::ProblemStatus(absl::StatusCode::kFailedPrecondition, problems);
  EXPECT_EQ(rpc::ProblemsFrom(close().status()), problems);
  EXPECT_TRUE(absl::IsFailedPrecondition(close().status()));
  casemgr::v1::CloseCaseRequest asked;
  ASSERT_TRUE(asked.ParseFromString(world.reg->requests.back()));
  EXPECT_EQ(asked.case_id(), "case-1");
  EXPECT_EQ(asked.asked_by_role(), "officer");
  EXPECT_EQ(asked.supervisor_role(), "supervisor");
  EXPECT_EQ(sharing::FromProto(asked.victim_told_at()), kStart);

  casemgr::v1::CloseCaseResponse closed;
  *closed.mutable_closed_at() = sharing::ToProto(kStart + absl::Hours(1));
  world.reg->Answer(closed);
  const auto done = close();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(sharing::FromProto(done->closed_at()), kStart + absl::Hours(1));
  const size_t calls = world.reg->paths.size();
  request.set_supervisor("p-1");
  EXPECT_EQ(rpc::ProblemsFrom(close().status()).at(0).code, "supervisor_is_asker");
  EXPECT_EQ(world.reg->paths.size(), calls) << "refused before the register is asked";
}

TEST_F(DutiesTest, EveryMethodIsServedAndEachAsksForACaseWorker) {
  EXPECT_THAT(rpc::UncoveredMethods(world.endpoint->table(), {"waymark.gateway.v1.CaseService"}),
              IsEmpty());
  const auto system = [](const std::string& agency, const std::string& role) {
    return rpc::Principal::System("fenland.waymark", agency, role);
  };
  const auto person = [](const std::string& role) {
    return std::optional<rpc::Person>(rpc::Person{"police", "p-1", role, "jti-1"});
  };
  int methods = 0;
  for (const rpc::MethodInfo& info : world.endpoint->table().List()) {
    if (info.service != "waymark.gateway.v1.CaseService") continue;
    ++methods;
    const auto check = [&](const rpc::Principal& caller, const std::optional<rpc::Person>& who) {
      return info.rule.Check(caller, who, "police").code();
    };
    for (const char* role : {"officer", "supervisor", "manager"}) {
      EXPECT_EQ(check(system("police", "console"), person(role)), absl::StatusCode::kOk)
          << info.path;
    }
    EXPECT_EQ(check(system("police", "console"), std::nullopt), absl::StatusCode::kUnauthenticated)
        << info.path;
    EXPECT_EQ(check(system("police", "console"), person("call_handler")),
              absl::StatusCode::kPermissionDenied)
        << info.path;
    EXPECT_EQ(check(system("police", "kitchen"), person("officer")),
              absl::StatusCode::kPermissionDenied)
        << info.path;
    EXPECT_EQ(check(system("council", "console"), person("officer")),
              absl::StatusCode::kPermissionDenied)
        << info.path;
    EXPECT_EQ(check(rpc::Principal::Gateway("fenland.waymark", "council"), person("officer")),
              absl::StatusCode::kPermissionDenied)
        << info.path;
  }
  EXPECT_EQ(methods, 8);
}

}  // namespace
}  // namespace waymark::sharing::duties
