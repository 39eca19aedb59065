// Overrides over the runtime, between gateways: effective at once, narrow, reviewed by a second
// person in time, taken back when reversed.
#include <string>
#include <vector>

#include "services/sharing/override/adapters/overrides_view.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/override.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::ListOverridesRequest;
using gateway::v1::ListOverridesResponse;
using gateway::v1::Override;
using gateway::v1::RecordOverrideRequest;
using gateway::v1::RecordOverrideResponse;
using gateway::v1::ReviewOverrideRequest;
using gateway::v1::ReviewOverrideResponse;
using gateway::v1::ShareContent;
using gateway::v1::ShowOverrideResponse;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class OverrideTest : public SharingTest {
 protected:
  RecordOverrideRequest Good() {
    RecordOverrideRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_source_reference("CAD-1");
    request.add_recipients("housing");
    for (const char* field : {"person.name", "person.address", "risk.band"}) {
      request.add_fields(field);
    }
    request.add_purposes("prevent_asb");
    request.set_lawful_gateway("public_task");
    request.set_reason("Canaryreason: he said that he would be back tonight");
    *request.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(24 * 7));
    return request;
  }
  absl::StatusOr<RecordOverrideResponse> RecordIt(const RecordOverrideRequest& request,
                                                  const std::string& role = "manager") {
    return world.Call<RecordOverrideResponse>(
        "police", "console", "/waymark.gateway.v1.OverrideService/RecordOverride", request, role);
  }
  absl::StatusOr<ReviewOverrideResponse> Review(const std::string& id,
                                                ReviewOverrideRequest::Verdict verdict,
                                                const std::string& role = "data_protection_lead",
                                                const std::string& person = "p-9") {
    ReviewOverrideRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_override_id(id);
    request.set_verdict(verdict);
    request.set_reason("Canaryreview: looked at it with the officer");
    return world.CallAs<ReviewOverrideResponse>(
        "police", "console", "/waymark.gateway.v1.OverrideService/ReviewOverride", request, role,
        person);
  }
  ListOverridesResponse Listed(
      ListOverridesRequest::Which which = ListOverridesRequest::WHICH_UNSPECIFIED) {
    ListOverridesRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_which(which);
    return world
        .Call<ListOverridesResponse>("police", "console",
                                     "/waymark.gateway.v1.OverrideService/ListOverrides", request,
                                     "data_protection_lead")
        .value();
  }
  std::vector<std::string> Reminded(const std::string& kind) {
    gateway::v1::ListRemindersRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    const auto listed = world.Call<gateway::v1::ListRemindersResponse>(
        "police", "console", "/waymark.gateway.v1.CaseService/ListReminders", request, "manager");
    std::vector<std::string> roles;
    for (const gateway::v1::Reminder& reminder : listed->reminders()) {
      if (reminder.kind() == kind) roles.push_back(reminder.role());
    }
    return roles;
  }
  std::string OnlyShare() { return Shares().at(0).share_id(); }
};

TEST_F(OverrideTest, SharesAtOnceWhatItNamesAndNothingElse) {
  PublishAndAsk();
  ASSERT_EQ("waiting", Shares()[0].state());
  const auto recorded = RecordIt(Good());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(1u, recorded->shares_released());
  EXPECT_GT(FromProto(recorded->review_due_at()), world.clock.Now());
  const auto shares = Shares();
  ASSERT_THAT(shares, SizeIs(1));
  EXPECT_EQ("notified", shares[0].state());
  EXPECT_EQ("public_task", shares[0].lawful_gateway());
  EXPECT_EQ("fenland-isa 1 clause 3", shares[0].clause());
  EXPECT_EQ(recorded->override_id(), shares[0].override_id());
  EXPECT_THAT(shares[0].obligations(),
              AllOf(Contains("second_person_review"), Contains("list_for_data_protection_lead")));
  const auto fetched = Fetch(FetchOf(shares[0].share_id()));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  ShareContent content;
  ASSERT_TRUE(content.ParseFromString(fetched->content()));
  EXPECT_THAT(Names(content.fields()),
              UnorderedElementsAre("person.name", "person.address", "risk.band"));
  EXPECT_EQ(recorded->override_id(), content.basis().override_id());
  EXPECT_EQ("p-1", content.basis().override_by());
  EXPECT_EQ("manager", content.basis().override_role());
  EXPECT_THAT(world.Audited("police"), Contains("override_recorded").Times(1));
  EXPECT_THAT(world.Audited("housing"), Contains("share_notified"));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr("Canaryreason")));
  EXPECT_THAT(Reminded("override_recorded"), ElementsAre("data_protection_lead"));
}

TEST_F(OverrideTest, TheReceiverShowsItWithTheOverrideAsItsGround) {
  PublishAndAsk();
  RaiseAlert();
  const auto recorded = RecordIt(Good());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  const auto subscriber = world.Subscribe("housing", "alerts", "desk");
  ASSERT_THAT(subscriber->alerts(), SizeIs(1));
  const gateway::v1::Alert alert = subscriber->alerts()[0];
  EXPECT_EQ("Annalise Canaryson", alert.fields().at("person.name"));
  EXPECT_EQ("public_task", alert.basis().lawful_gateway());
  EXPECT_EQ(recorded->override_id(), alert.basis().override_id());
}

TEST_F(OverrideTest, IsRefusedToSomebodyWhoMayNotDecideAndChangesNothing) {
  PublishAndAsk();
  EXPECT_THAT(Codes(RecordIt(Good(), "supervisor").status()), ElementsAre("role_may_not_decide"));
  EXPECT_TRUE(absl::IsPermissionDenied(RecordIt(Good(), "officer").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(RecordIt(Good(), "").status()));
  RecordOverrideRequest everything = Good();
  everything.clear_fields();
  EXPECT_THAT(Codes(RecordIt(everything).status()), ElementsAre("missing_field"));
  RecordOverrideRequest unlisted = Good();
  unlisted.add_fields("person.telephone");
  EXPECT_THAT(Codes(RecordIt(unlisted).status()), ElementsAre("field_not_permitted"));
  RecordOverrideRequest unknown = Good();
  unknown.set_source_reference("CAD-9");
  EXPECT_THAT(Codes(RecordIt(unknown).status()), ElementsAre("unknown_reference"));
  EXPECT_THAT(Listed().overrides(), IsEmpty());
  EXPECT_EQ("waiting", Shares()[0].state());
  EXPECT_THAT(world.Audited("police"), Not(Contains("override_recorded")));
}

TEST_F(OverrideTest, AReversedOneIsTakenBackAtOnceAndReported) {
  PublishAndAsk();
  RaiseAlert();
  const auto recorded = RecordIt(Good());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  const std::string share = OnlyShare();
  const auto subscriber = world.Subscribe("housing", "alerts", "desk");
  world.Confirm(*subscriber, subscriber->got.back().resume_token());
  const auto reviewed = Review(recorded->override_id(), ReviewOverrideRequest::VERDICT_REVERSED);
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(Override::STATE_REVERSED, reviewed->override().state());
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("override_reversed"));
  EXPECT_EQ("withdrawn", Shares()[0].state());
  ASSERT_THAT(subscriber->tombstones(), SizeIs(1));
  EXPECT_EQ("override_reversed", subscriber->tombstones()[0].reason());
  const ListOverridesResponse listed = Listed(ListOverridesRequest::WHICH_REVERSED);
  ASSERT_THAT(listed.overrides(), SizeIs(1));
  ASSERT_THAT(listed.overrides(0).shares(), SizeIs(1));
  EXPECT_TRUE(listed.overrides(0).shares(0).copy_outstanding());
  EXPECT_EQ("withdrawn", listed.overrides(0).shares(0).state());
  EXPECT_THAT(Reminded("override_reversed"),
              AllOf(Contains("data_protection_lead"), Contains("sector_commander"),
                    Contains("steering_group")));
  EXPECT_THAT(world.Audited("police"), Contains("override_reviewed").Times(1));
  EXPECT_THAT(
      Codes(Review(recorded->override_id(), ReviewOverrideRequest::VERDICT_CONFIRMED).status()),
      ElementsAre("already_reversed"));
}

TEST_F(OverrideTest, TheDecisionMakerNeverReviewsTheirOwn) {
  PublishAndAsk();
  const std::string id = RecordIt(Good())->override_id();
  EXPECT_THAT(
      Codes(Review(id, ReviewOverrideRequest::VERDICT_CONFIRMED, "data_protection_lead", "p-1")
                .status()),
      ElementsAre("same_person"));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Review(id, ReviewOverrideRequest::VERDICT_CONFIRMED, "manager", "p-2").status()));
  ASSERT_TRUE(Review(id, ReviewOverrideRequest::VERDICT_CONFIRMED).ok());
  EXPECT_EQ("notified", Shares()[0].state());
  EXPECT_THAT(Listed(ListOverridesRequest::WHICH_CONFIRMED).overrides(), SizeIs(1));
}

TEST_F(OverrideTest, AReviewThatIsNotMadeIsChasedOnceAndStaysOnTheList) {
  PublishAndAsk();
  const auto recorded = RecordIt(Good());
  const absl::Time due = FromProto(recorded->review_due_at());
  world.Advance(due - world.clock.Now());
  EXPECT_THAT(Reminded("due_soon"), ElementsAre("data_protection_lead"));
  EXPECT_THAT(Reminded("breach_told_supervisor"), IsEmpty()) << "due is not yet late";
  EXPECT_EQ(0u, Listed().overdue());
  world.Advance(absl::Seconds(1));
  EXPECT_THAT(Reminded("breach_told_supervisor"),
              UnorderedElementsAre("data_protection_lead", "deputy_data_protection_lead",
                                   "sector_commander"));
  EXPECT_THAT(Reminded("breach_told_steering_group"), ElementsAre("steering_group"));
  world.Advance(absl::Hours(48));
  EXPECT_THAT(Reminded("breach_told_steering_group"), SizeIs(1));
  ListOverridesResponse listed = Listed(ListOverridesRequest::WHICH_OVERDUE);
  ASSERT_THAT(listed.overrides(), SizeIs(1));
  EXPECT_EQ(1u, listed.open());
  EXPECT_EQ(1u, listed.overdue());
  EXPECT_EQ(48 * 3600 + 1, listed.overrides(0).late_seconds());
  EXPECT_THAT(world.Audited("police"), Contains("override_review_overdue").Times(1));
  ASSERT_TRUE(Review(recorded->override_id(), ReviewOverrideRequest::VERDICT_CONFIRMED).ok());
  listed = Listed();
  EXPECT_EQ(0u, listed.overdue());
  EXPECT_TRUE(listed.overrides(0).review_overdue()) << "a breach cannot be edited away";
}

TEST_F(OverrideTest, EndsByItself) {
  PublishAndAsk();
  RecordOverrideRequest short_one = Good();
  *short_one.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(2));
  ASSERT_TRUE(RecordIt(short_one).ok());
  const std::string share = OnlyShare();
  ASSERT_TRUE(Fetch(FetchOf(share)).ok());
  world.Advance(absl::Hours(2));
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("override_expired"));
  EXPECT_EQ("withdrawn", Shares()[0].state());
  EXPECT_TRUE(Listed().overrides(0).expired());
}

TEST_F(OverrideTest, ConsentTakesItsPlaceWhereItGivesMore) {
  PublishAndAsk();
  ASSERT_TRUE(RecordIt(Good()).ok());
  ASSERT_TRUE(Record(GoodConsent()).ok());
  const auto shares = Shares();
  ASSERT_THAT(shares, SizeIs(2)) << "taken back and told anew";
  const auto& live = shares[0].state() == "notified" ? shares[0] : shares[1];
  EXPECT_EQ("consent", live.lawful_gateway());
  EXPECT_EQ("", live.override_id());
}

TEST_F(OverrideTest, StandsAgainstAWithdrawnConsent) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  EXPECT_THAT(Codes(RecordIt(Good()).status()), ElementsAre("not_needed"));
  ASSERT_TRUE(Withdraw(consent).ok());
  const auto recorded = RecordIt(Good());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(1u, recorded->shares_released());
}

TEST_F(OverrideTest, VitalInterestsArePushedAndOpenWithTheOriginAway) {
  PublishAndAsk();
  RaiseAlert();
  RecordOverrideRequest vital = Good();
  vital.set_lawful_gateway("vital_interests");
  const auto recorded = RecordIt(vital, "supervisor");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ("pushed", Shares()[0].state());
  world.Peer("housing", "police").cut = true;
  const auto subscriber = world.Subscribe("housing", "alerts", "desk");
  ASSERT_THAT(subscriber->alerts(), SizeIs(1));
  EXPECT_EQ("Annalise Canaryson", subscriber->alerts()[0].fields().at("person.name"));
  EXPECT_EQ(recorded->override_id(), subscriber->alerts()[0].basis().override_id());
}

TEST_F(OverrideTest, TheReasonsAreReadWithALeafAndKeptUnderThePersonsKey) {
  PublishAndAsk();
  const std::string id = RecordIt(Good())->override_id();
  ASSERT_TRUE(Review(id, ReviewOverrideRequest::VERDICT_CONFIRMED).ok());
  gateway::v1::ShowOverrideRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.set_override_id(id);
  const auto shown = world.Call<ShowOverrideResponse>(
      "police", "console", "/waymark.gateway.v1.OverrideService/ShowOverride", request,
      "data_protection_lead");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(shown->reason(), HasSubstr("Canaryreason"));
  EXPECT_THAT(shown->review_reason(), HasSubstr("Canaryreview"));
  EXPECT_THAT(world.Audited("police"), Contains("override_shown").Times(1));
  EXPECT_THAT(world.EverythingStored(),
              AllOf(Not(HasSubstr("Canaryreason")), Not(HasSubstr("Canaryreview"))));
}

}  // namespace
}  // namespace waymark::sharing
