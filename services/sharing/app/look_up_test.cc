// A look-up while a caller is on the line: the own vault first, then what partners hold.
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/domain/limits.h"
#include "services/sharing/testing/gateway_world.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/intake/v1/intake.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::LookUpRequest;
using gateway::v1::LookUpResponse;
using gateway::v1::PartnerView;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A core service that answers when told to, or at once.
class FakeCore : public rpc::Channel {
 public:
  void Call(const std::string& path, std::string request, const rpc::CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    paths.push_back(path);
    requests.push_back(std::move(request));
    timeouts.push_back(options.timeout);
    done(answer());
  }
  std::shared_ptr<rpc::RawClientStream> Open(const std::string&, const rpc::CallOptions&) override {
    return nullptr;
  }
  std::vector<std::string> paths, requests;
  std::vector<absl::Duration> timeouts;
  std::function<absl::StatusOr<std::string>()> answer = [] {
    return absl::DeadlineExceededError("no answer in time");
  };
};

class LookUpTest : public ::testing::Test {
 protected:
  LookUpTest() {
    intake = std::make_shared<FakeCore>();
    casemgr = std::make_shared<FakeCore>();
    world.core["fenland"] = {intake, casemgr};
  }

  void PublishThree() {
    for (int i = 0; i < 3; ++i) {
      gateway::v1::Incident incident =
          GoodIncident("CAD-" + std::to_string(i), world.clock.Now() - absl::Hours(24 * (i + 1)));
      incident.mutable_grading()->set_harm("significant");
      incident.mutable_grading()->set_pattern("escalating");
      ASSERT_TRUE(world.Publish(incident).ok());
    }
  }

  LookUpRequest AskFor(const std::string& telephone, const std::string& family_name = "") {
    LookUpRequest request;
    request.set_partnership("fenland");
    request.mutable_identity()->set_telephone(telephone);
    if (!family_name.empty()) {
      request.mutable_identity()->set_given_name("annalise");
      request.mutable_identity()->set_family_name(family_name);
      request.mutable_identity()->set_date_of_birth("30/04/1961");
    }
    request.set_purpose("prevent_asb");
    request.set_reason("Canarycaller is on the line");
    return request;
  }

  LookUpResponse LookUp(const LookUpRequest& request) {
    const auto response = world.Call<LookUpResponse>(door::kLookUp, request, "call_handler", "h-1");
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : LookUpResponse();
  }

  std::shared_ptr<FakeCore> intake, casemgr;
  GatewayWorld world;
};

TEST_F(LookUpTest, AnswersFromItsOwnVaultWhenTheCoreIsAway) {
  PublishThree();
  const LookUpResponse response = LookUp(AskFor("+44 113 496 0001", "CANARYSON"));
  EXPECT_TRUE(response.repeat());
  ASSERT_THAT(response.rules(), Not(IsEmpty()));
  ASSERT_EQ(3, response.incidents_size());
  EXPECT_EQ("police", response.incidents(0).agency());
  EXPECT_EQ("advice", response.incidents(0).action_taken());
  EXPECT_GT(FromProto(response.incidents(0).occurred_at()),
            FromProto(response.incidents(1).occurred_at()));
  EXPECT_EQ(common::v1::BAND_HIGH, response.band());
  EXPECT_THAT(response.band_by(), ElementsAre("police"));
  ASSERT_EQ(1, response.markers_size());
  EXPECT_EQ("high_risk_victim", response.markers(0).kind());
  ASSERT_EQ(response.questions_size(), 11);
  EXPECT_EQ(response.question_set(), "fenland");
  EXPECT_THAT(response.not_for_types(), ElementsAre("vehicle_nuisance"));
  EXPECT_EQ(response.questions(1).number(), "2 K");
  EXPECT_EQ(response.questions(1).answer_type(), gateway::v1::Question::ANSWER_TYPE_TEXT);
  EXPECT_EQ(response.questions(0).answer_type(), gateway::v1::Question::ANSWER_TYPE_YES_NO_UNKNOWN);
  EXPECT_EQ("police", response.contact_agency());
  EXPECT_EQ("0113 496 0101", response.contact());
  EXPECT_EQ(PartnerView::AVAILABILITY_UNAVAILABLE, response.partners().availability());
  EXPECT_THAT(intake->timeouts, ElementsAre(door::kPartnersBudget));
  EXPECT_THAT(casemgr->paths, IsEmpty());
}

TEST_F(LookUpTest, MakesNobodyARepeatCallerByATelephoneAlone) {
  PublishThree();
  const LookUpResponse response = LookUp(AskFor("0113 496 0001"));
  EXPECT_FALSE(response.repeat());
  EXPECT_EQ(3, response.incidents_size()) << "proposed, for the call handler to ask about";
  EXPECT_EQ(common::v1::BAND_UNSPECIFIED, response.band());
  EXPECT_EQ(0, LookUp(AskFor("0113 496 0099")).incidents_size());
}

TEST_F(LookUpTest, AddsWhatPartnersHoldUnderTheMask) {
  PublishThree();
  intake->answer = [] {
    intake::v1::ResolveResponse resolved;
    intake::v1::Match& sure = *resolved.add_matches();
    sure.set_subject_id("s-1");
    sure.mutable_evidence()->set_confirmed(true);
    resolved.add_matches()->set_subject_id("s-2");
    return resolved.SerializeAsString();
  };
  casemgr->answer = [this] {
    world.clock.Advance(absl::Milliseconds(100));
    casemgr::v1::CallCardResponse card;
    card.mutable_partners()->set_availability(PartnerView::AVAILABILITY_ANSWERED);
    card.mutable_partners()->set_reports(4);
    card.mutable_partners()->set_clause("fenland-isa 1 clause 5.1");
    card.set_band(common::v1::BAND_HIGH);
    card.add_band_by("council");
    card.set_lead_agency("council");
    card.add_rules()->set_rule("across_agencies");
    gateway::v1::Marker& marker = *card.add_markers();
    marker.set_kind("high_risk_victim");
    marker.set_source("council");
    return card.SerializeAsString();
  };
  const LookUpResponse response = LookUp(AskFor("0113 496 0001", "Canaryson"));
  EXPECT_EQ(PartnerView::AVAILABILITY_ANSWERED, response.partners().availability());
  EXPECT_EQ(4u, response.partners().reports());
  EXPECT_THAT(response.band_by(), ElementsAre("council", "police"));
  EXPECT_EQ("council", response.contact_agency());
  EXPECT_EQ("0113 496 0102", response.contact());
  EXPECT_EQ(2, response.markers_size());

  casemgr::v1::CallCardRequest asked;
  ASSERT_TRUE(asked.ParseFromString(casemgr->requests.at(0)));
  EXPECT_THAT(asked.subject_ids(), ElementsAre("s-1")) << "proposals disclose nothing";
  EXPECT_EQ("prevent_asb", asked.purpose());
  intake::v1::ResolveRequest resolve;
  ASSERT_TRUE(resolve.ParseFromString(intake->requests.at(0)));
  EXPECT_TRUE(
      runtime_rpc::OpenTokens(resolve.tokens(), "fenland", "police", world.intake_key).ok());
}

TEST_F(LookUpTest, GivesBothQuestionsOneBudget) {
  intake->answer = [this] {
    world.clock.Advance(absl::Milliseconds(120));
    intake::v1::ResolveResponse resolved;
    intake::v1::Match& sure = *resolved.add_matches();
    sure.set_subject_id("s-1");
    sure.mutable_evidence()->set_confirmed(true);
    return resolved.SerializeAsString();
  };
  EXPECT_EQ(PartnerView::AVAILABILITY_UNAVAILABLE,
            LookUp(AskFor("0113 496 0001")).partners().availability());
  EXPECT_THAT(casemgr->timeouts, ElementsAre(absl::Milliseconds(180)));
}

TEST_F(LookUpTest, SaysThatPartnersHoldNothingOfAnUnknownCaller) {
  intake->answer = [] { return intake::v1::ResolveResponse().SerializeAsString(); };
  const PartnerView partners = LookUp(AskFor("0113 496 0001")).partners();
  EXPECT_EQ(PartnerView::AVAILABILITY_ANSWERED, partners.availability());
  EXPECT_EQ(0u, partners.reports());
  EXPECT_THAT(casemgr->paths, IsEmpty());
}

TEST_F(LookUpTest, LogsTheReadBeforeItAnswersAndNeverTheReasonInClear) {
  PublishThree();
  uint64_t size_when_asked = 0;
  intake->answer = [&]() -> absl::StatusOr<std::string> {
    world.Read([&](const runtime::View& view) { size_when_asked = AuditSize(view); });
    return absl::UnavailableError("away");
  };
  LookUp(AskFor("0113 496 0001", "Canaryson"));
  EXPECT_EQ(4u, size_when_asked) << "three incidents and this read";
  world.Read([this](const runtime::View& view) {
    const gateway::v1::AuditEntry entry = OpenLeaf(world.membership(), view, 3)->entry;
    EXPECT_EQ("look_up", entry.what());
    EXPECT_EQ("prevent_asb", entry.purpose());
    EXPECT_EQ("call_handler", entry.caller().person_role());
    EXPECT_EQ("h-1", entry.caller().person_subject());
    EXPECT_EQ("jti-1", entry.caller().token_id());
    EXPECT_EQ(1, entry.about_size());
    EXPECT_THAT(entry.sealed_reason(), Not(IsEmpty()));
    EXPECT_TRUE(AuditRoot(view).ok());
  });
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr("Canary")));
}

TEST_F(LookUpTest, NeedsAPersonAPurposeAndAReason) {
  EXPECT_EQ(absl::StatusCode::kUnauthenticated,
            world.Call<LookUpResponse>(door::kLookUp, AskFor("0113 496 0001")).status().code());
  LookUpRequest request = AskFor("0113 496 0001");
  request.set_purpose("curiosity");
  request.clear_reason();
  const absl::Status status =
      world.Call<LookUpResponse>(door::kLookUp, request, "call_handler").status();
  ASSERT_EQ(2u, rpc::ProblemsFrom(status).size()) << status;
  EXPECT_EQ("unknown_purpose", rpc::ProblemsFrom(status)[0].code);
  EXPECT_EQ("missing_reason", rpc::ProblemsFrom(status)[1].code);
  EXPECT_EQ(0u, world.Rows());
}

}  // namespace
}  // namespace waymark::sharing
