// The door and the vault over the runtime: what is taken in, refused, kept and sent on.
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/testing/gateway_world.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/casemgr/v1/events.pb.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/gateway/v1/stock.pb.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::AssessVictimRequest;
using gateway::v1::AssessVictimResponse;
using gateway::v1::Incident;
using gateway::v1::IncidentReceipt;
using gateway::v1::IncidentReported;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DoorTest : public ::testing::Test {
 protected:
  Incident Good(const std::string& reference = "CAD-1") {
    return GoodIncident(reference, world.clock.Now() - absl::Minutes(5));
  }
  Incident High(const std::string& reference = "CAD-1") {
    Incident incident = Good(reference);
    incident.mutable_grading()->set_harm("significant");
    incident.mutable_grading()->set_pattern("regular");
    return incident;
  }
  std::vector<std::string> Codes(const absl::Status& status) {
    std::vector<std::string> codes;
    for (const Problem& problem : rpc::ProblemsFrom(status)) codes.push_back(problem.code);
    return codes;
  }
  IncidentReported LastReported() {
    IncidentReported reported;
    EXPECT_TRUE(reported.ParseFromString(world.Sent().back().second));
    return reported;
  }
  std::vector<std::string> Audited() {
    std::vector<std::string> entries;
    world.Read([&](const runtime::View& view) {
      for (uint64_t i = 0; i < AuditSize(view); ++i)
        entries.push_back(OpenLeaf(world.membership(), view, i)->entry.what());
    });
    return entries;
  }

  GatewayWorld world;
};

TEST_F(DoorTest, TakesAnIncidentAndSendsItOnWithoutAnythingPersonal) {
  const absl::StatusOr<IncidentReceipt> receipt = world.Publish(High());
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(IncidentReceipt::OUTCOME_ACCEPTED, receipt->outcome());
  EXPECT_EQ(common::v1::BAND_HIGH, receipt->assessment().overall());
  EXPECT_EQ("grade", receipt->assessment().instrument());
  EXPECT_THAT(receipt->duties(), Not(IsEmpty()));

  ASSERT_EQ(1u, world.Sent().size());
  EXPECT_EQ("waymark.gateway.v1.IncidentReported", world.Sent()[0].first);
  const IncidentReported reported = LastReported();
  EXPECT_EQ("fenland", reported.partnership());
  EXPECT_EQ(receipt->incident_id(), reported.incident_id());
  EXPECT_EQ("PE13", reported.area().outward_postcode());
  EXPECT_EQ("E01018043", reported.area().lsoa());
  ASSERT_EQ(1, reported.parties_size());
  const auto sheet =
      runtime_rpc::OpenTokens(reported.tokens(), "fenland", "police", world.intake_key);
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  ASSERT_EQ(1, sheet->parties_size());
  EXPECT_EQ(reported.parties(0).person_id(), sheet->parties(0).person_id());
  EXPECT_EQ(7, sheet->parties(0).tokens_size()) << "one of each kind";
  EXPECT_EQ(2, sheet->location_size());
  EXPECT_FALSE(
      runtime_rpc::OpenTokens(reported.tokens(), "fenland", "council", world.intake_key).ok());
  EXPECT_THAT(Audited(), ElementsAre("publish"));
}

TEST_F(DoorTest, KeepsThePersonReadableForThisGatewayAlone) {
  const std::string id = world.Publish(Good())->incident_id();
  world.Read([&](const runtime::View& view) {
    const vault::VaultView vault(world.membership(), view);
    const std::string person = vault.Incident(id)->parties(0).person_id();
    EXPECT_EQ("Canaryson", vault.OpenIdentity(person)->family_name());
    EXPECT_EQ("Canary Lane", vault.OpenAddress(person)->street());
    EXPECT_THAT(vault.OpenIncident(id)->summary(), HasSubstr("Canaryneighbour"));
    EXPECT_EQ(id, vault.IncidentByReference("CAD-1")->incident_id());
    EXPECT_EQ(std::nullopt, vault.IncidentByReference("CAD-2"));
    ASSERT_EQ(1u, vault.PartsOf(person).size());
    EXPECT_EQ(id, vault.PartsOf(person)[0].incident_id);
    EXPECT_EQ(2u, vault::SlotsInUse(view)) << "the person's and the index's";
    auto& keys = static_cast<vault::MemoryPersonKeys&>(*world.membership().person_keys);
    ASSERT_TRUE(keys.Erase(vault.Person(person)->key_slot()).ok());
    EXPECT_TRUE(absl::IsNotFound(vault.OpenIdentity(person).status()));
    EXPECT_TRUE(absl::IsNotFound(vault.OpenIncident(id).status()));
  });
}

TEST_F(DoorTest, LeavesNoPersonalWordInStoreLogOrAlarms) {
  Incident incident = High();
  incident.mutable_officer()->set_band(common::v1::BAND_HIGH);
  incident.mutable_officer()->set_reason("Canaryreason of the officer");
  ASSERT_TRUE(world.Publish(incident).ok());
  incident.mutable_officer()->clear_reason();
  incident.mutable_parties(0)->mutable_identity()->set_telephone("Canarytelephone");
  const absl::Status refused = world.Publish(incident).status();
  ASSERT_FALSE(refused.ok());
  std::string everything = world.EverythingStored() + refused.ToString();
  for (const telemetry::Alarm& alarm : world.alarms.Raised()) everything += alarm.detail;
  for (const char* canary : {"Canary", "canary", "Annalise", "annalise", "1961-04-30", "19610430",
                             "496 0001", "4961134960001", "441134960001", "PE13 1AA", "pe13 1aa",
                             "100090000001", "never ring", "CAD-1"}) {
    EXPECT_THAT(everything, Not(HasSubstr(canary)));
  }
  EXPECT_THAT(everything, HasSubstr("PE13")) << "the scan sees what is there";
}

TEST_F(DoorTest, AnswersTheSameContentAsTheFirstTime) {
  const absl::StatusOr<IncidentReceipt> first = world.Publish(High());
  const size_t rows = world.Rows();
  world.clock.Advance(absl::Hours(24 * 400));
  Incident again = High();
  *again.mutable_occurred_at() =
      ToProto(world.clock.Now() - absl::Hours(24 * 400) - absl::Minutes(15));
  *again.mutable_reported_at() =
      ToProto(world.clock.Now() - absl::Hours(24 * 400) - absl::Minutes(5));
  const absl::StatusOr<IncidentReceipt> second = world.Publish(again);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(IncidentReceipt::OUTCOME_ALREADY_HELD, second->outcome());
  EXPECT_EQ(first->incident_id(), second->incident_id());
  EXPECT_EQ(first->assessment().assessment_id(), second->assessment().assessment_id());
  EXPECT_EQ(rows, world.Rows());
  EXPECT_EQ(1u, world.Sent().size());
}

TEST_F(DoorTest, RefusesAReusedReferenceAndALowerRevision) {
  Incident incident = Good();
  incident.set_revision(2);
  ASSERT_TRUE(world.Publish(incident).ok());
  const size_t rows = world.Rows();
  Incident other = incident;
  other.set_summary("something else");
  EXPECT_THAT(Codes(world.Publish(other).status()), ElementsAre("reference_reused"));
  other.set_revision(1);
  EXPECT_THAT(Codes(world.Publish(other).status()), ElementsAre("revision_superseded"));
  EXPECT_EQ(rows, world.Rows());
}

TEST_F(DoorTest, AmendsByAHigherRevision) {
  const IncidentReceipt first = *world.Publish(High());
  const std::string person = LastReported().parties(0).person_id();
  Incident amended = High();
  amended.set_revision(1);
  amended.set_type("rowdy");
  amended.mutable_parties(0)->mutable_identity()->set_telephone("0113 496 0002");
  *amended.mutable_reported_at() = ToProto(world.clock.Now() - absl::Minutes(7));
  const absl::StatusOr<IncidentReceipt> second = world.Publish(amended);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(IncidentReceipt::OUTCOME_AMENDED, second->outcome());
  EXPECT_EQ(first.incident_id(), second->incident_id());
  EXPECT_EQ(first.assessment().assessment_id(), second->assessment().assessment_id())
      << "nothing that was assessed has changed";
  EXPECT_EQ("rowdy", LastReported().type());
  EXPECT_EQ(1u, LastReported().revision());
  EXPECT_EQ(person, LastReported().parties(0).person_id());
  EXPECT_THAT(Audited(), ElementsAre("publish", "publish_revision"));
  EXPECT_EQ(1u, world.duties->nudges.size());
  world.Read([&](const runtime::View& view) {
    const vault::VaultView vault(world.membership(), view);
    EXPECT_EQ(1u, vault.PartsOf(person).size());
    EXPECT_EQ("0113 496 0002", vault.OpenIdentity(person)->telephone());
    EXPECT_EQ(2u, vault.Person(person)->version());
  });
}

TEST_F(DoorTest, FindsThePersonAgainByWeightedEvidence) {
  ASSERT_TRUE(world.Publish(Good("CAD-1")).ok());
  const std::string person = LastReported().parties(0).person_id();
  Incident again = Good("CAD-2");
  gateway::v1::Identity& who = *again.mutable_parties(0)->mutable_identity();
  who.clear_date_of_birth();
  who.clear_address();
  who.clear_safe_contact();
  ASSERT_TRUE(world.Publish(again).ok());
  EXPECT_EQ(person, LastReported().parties(0).person_id()) << "telephone and e-mail";
  world.Read([&](const runtime::View& view) {
    const vault::VaultView vault(world.membership(), view);
    EXPECT_EQ("1961-04-30", vault.OpenIdentity(person)->date_of_birth()) << "nothing is forgotten";
    EXPECT_EQ(2u, vault.PartsOf(person).size());
  });
  Incident other = Good("CAD-3");
  other.mutable_parties(0)->mutable_identity()->Clear();
  other.mutable_parties(0)->mutable_identity()->set_telephone("0113 496 0001");
  ASSERT_TRUE(world.Publish(other).ok());
  EXPECT_NE(person, LastReported().parties(0).person_id()) << "a telephone alone confirms nobody";
}

TEST_F(DoorTest, RefusesWhatIsWrongAndStoresNothingOfIt) {
  const std::vector<std::pair<std::string, std::function<void(Incident&)>>> wrong = {
      {"missing_reference", [](Incident& i) { i.clear_source_reference(); }},
      {"missing_field", [](Incident& i) { i.clear_reported_at(); }},
      {"impossible_date", [](Incident& i) { i.mutable_occurred_at()->set_nanos(-1); }},
      {"future_dated",
       [&](Incident& i) {
         *i.mutable_reported_at() = ToProto(world.clock.Now() + absl::Hours(1));
       }},
      {"unknown_category", [](Incident& i) { i.clear_category(); }},
      {"unknown_type", [](Incident& i) { i.set_type("ufo"); }},
      {"unknown_channel", [](Incident& i) { i.set_channel("fax"); }},
      {"invalid_telephone",
       [](Incident& i) { i.mutable_parties(0)->mutable_identity()->set_telephone("12"); }},
      {"invalid_date_of_birth",
       [](Incident& i) {
         i.mutable_parties(0)->mutable_identity()->set_date_of_birth("1961-02-30");
       }},
      {"invalid_uprn", [](Incident& i) { i.mutable_location()->set_uprn("12x"); }},
      {"invalid_postcode", [](Incident& i) { i.mutable_location()->set_postcode("nowhere"); }},
      {"invalid_lsoa", [](Incident& i) { i.set_lsoa("X1"); }},
      {"invalid_email",
       [](Incident& i) { i.mutable_parties(0)->mutable_identity()->set_email("ann"); }},
      {"oversized_text", [](Incident& i) { i.set_summary(std::string(8001, 'a')); }},
      {"party_without_role", [](Incident& i) { i.mutable_parties(0)->clear_roles(); }},
      {"party_without_identifier",
       [](Incident& i) { i.mutable_parties(0)->mutable_identity()->Clear(); }},
      {"unknown_matrix_item", [](Incident& i) { (*i.mutable_answers())["moon"] = "full"; }},
      {"unknown_matrix_option", [](Incident& i) { (*i.mutable_answers())["hate"] = "perhaps"; }},
      {"missing_reason", [](Incident& i) { i.mutable_officer()->set_band(common::v1::BAND_HIGH); }},
  };
  for (const auto& [code, change] : wrong) {
    Incident incident = Good();
    change(incident);
    const absl::Status status = world.Publish(incident).status();
    EXPECT_EQ(absl::StatusCode::kInvalidArgument, status.code()) << code;
    EXPECT_THAT(Codes(status), ElementsAre(code));
    for (const Problem& problem : rpc::ProblemsFrom(status)) {
      EXPECT_THAT(problem.wanted, Not(IsEmpty())) << code;
      EXPECT_THAT(problem.remedy, Not(IsEmpty())) << code;
    }
  }
  EXPECT_EQ(0u, world.Rows());
  EXPECT_THAT(world.Sent(), IsEmpty());
  EXPECT_THAT(world.alarms.Raised(), IsEmpty());
}

TEST_F(DoorTest, RefusesAnotherPartnershipAndAnotherAgency) {
  gateway::v1::PublishIncidentRequest request;
  request.set_partnership("elsewhere");
  *request.mutable_incident() = Good();
  absl::Status status =
      world.Call<gateway::v1::PublishIncidentResponse>(door::kPublishIncident, request).status();
  EXPECT_EQ(absl::StatusCode::kPermissionDenied, status.code());
  EXPECT_THAT(Codes(status), ElementsAre("wrong_partnership"));
  world.channel = rpc::LocalChannel::Create(
      world.endpoint, rpc::Principal::System("fenland.waymark", "council", "crm"), world.clock);
  EXPECT_EQ(absl::StatusCode::kPermissionDenied, world.Publish(Good()).status().code());
  EXPECT_EQ(0u, world.Rows());
}

TEST_F(DoorTest, NudgesTheDutiesOnceForEachHighPerson) {
  Incident incident = High();
  incident.mutable_parties(0)->clear_roles();
  incident.mutable_parties(0)->add_roles(common::v1::ROLE_VICTIM);
  gateway::v1::Party& second = *incident.add_parties();
  second.add_roles(common::v1::ROLE_VICTIM);
  second.mutable_identity()->set_telephone("0113 496 0009");
  gateway::v1::Party& caller = *incident.add_parties();
  caller.add_roles(common::v1::ROLE_CALLER);
  caller.mutable_identity()->set_telephone("0113 496 0008");
  const IncidentReceipt receipt = *world.Publish(incident);
  ASSERT_EQ(2u, world.duties->nudges.size());
  const gateway::v1::HighAssessed& nudge = world.duties->nudges[0];
  EXPECT_EQ(receipt.incident_id(), nudge.incident_id());
  EXPECT_EQ(receipt.assessment().assessment_id(), nudge.assessment_id());
  EXPECT_EQ(world.clock.Now(), FromProto(nudge.assessed_at()));
  EXPECT_EQ("grade", nudge.instrument());
  EXPECT_EQ("PE13", nudge.area().outward_postcode());
}

TEST_F(DoorTest, LosesAndDoublesNothingAcrossAPowerLossBeforePublication) {
  world.SetLogAway(true);
  std::vector<std::string> accepted;
  for (int i = 0; i < 5; ++i) {
    accepted.push_back(world.Publish(High("CAD-" + std::to_string(i)))->incident_id());
  }
  EXPECT_THAT(world.Sent(), IsEmpty());
  world.CrashAndRestart();
  EXPECT_EQ(IncidentReceipt::OUTCOME_ALREADY_HELD, world.Publish(High("CAD-3"))->outcome());
  world.SetLogAway(false);
  ASSERT_TRUE(world.harness->RunFor(absl::Minutes(1)).ok());
  std::vector<std::string> sent;
  for (const auto& [type, payload] : world.Sent()) {
    IncidentReported reported;
    ASSERT_TRUE(reported.ParseFromString(payload));
    sent.push_back(reported.incident_id());
  }
  EXPECT_EQ(accepted, sent);
  const std::string next = world.Publish(Good("CAD-9"))->incident_id();
  EXPECT_EQ(next, LastReported().incident_id());
  world.Read([&](const runtime::View& view) {
    const vault::VaultView vault(world.membership(), view);
    EXPECT_EQ(6u, vault.PartsOf(LastReported().parties(0).person_id()).size());
  });
}

AssessVictimRequest Matrix(const Membership& membership, size_t option_from_end) {
  AssessVictimRequest request;
  request.set_partnership("fenland");
  request.set_source_reference("CAD-1");
  for (const pack::Item& item : membership.pack->FindMatrix(pack::Subject::kVictim)->items) {
    if (!item.scored) continue;
    const size_t last = item.options.size() - 1;
    (*request.mutable_answers())[item.id] =
        item.options[option_from_end > last ? 0 : last - option_from_end].id;
  }
  return request;
}

TEST_F(DoorTest, AssessesTheVictimOfAnIncidentItHolds) {
  const IncidentReceipt receipt = *world.Publish(Good());
  const AssessVictimRequest request = Matrix(world.membership(), 0);
  EXPECT_EQ(absl::StatusCode::kUnauthenticated,
            world.Call<AssessVictimResponse>(door::kAssessVictim, request).status().code());
  const auto response =
      world.Call<AssessVictimResponse>(door::kAssessVictim, request, "officer", "o-1");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(common::v1::BAND_HIGH, response->assessment().overall());
  EXPECT_EQ("matrix", response->assessment().instrument());
  EXPECT_EQ(9, response->contributions_size());
  ASSERT_EQ(2u, world.Sent().size());
  EXPECT_EQ("waymark.gateway.v1.VictimAssessed", world.Sent()[1].first);
  gateway::v1::VictimAssessed assessed;
  ASSERT_TRUE(assessed.ParseFromString(world.Sent()[1].second));
  EXPECT_EQ("fenland", assessed.partnership());
  EXPECT_EQ(receipt.incident_id(), assessed.incident_id());
  ASSERT_EQ(1u, world.duties->nudges.size());
  EXPECT_EQ(assessed.person_id(), world.duties->nudges[0].person_id());
  EXPECT_THAT(Audited(), ElementsAre("publish", "assess"));
}

TEST_F(DoorTest, TellsTheAssessorAloneThatAgenciesShouldTalk) {
  ASSERT_TRUE(world.Publish(Good()).ok());
  AssessVictimRequest request = Matrix(world.membership(), 0);
  // 22 of 31 points: MEDIUM, near HIGH.
  (*request.mutable_answers())["intimidation"] = "no";
  (*request.mutable_answers())["effect"] = "routine";
  const auto response =
      world.Call<AssessVictimResponse>(door::kAssessVictim, request, "officer", "o-1");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(22, response->assessment().score_min());
  EXPECT_TRUE(response->agencies_should_talk());
  EXPECT_EQ(common::v1::BAND_MEDIUM, response->band_min());
  EXPECT_EQ(common::v1::BAND_UNSPECIFIED, response->officer());
  // Of all that goes to the partnership, no message has a place for it.
  for (const auto* of :
       {common::v1::Assessment::descriptor(), gateway::v1::VictimAssessed::descriptor(),
        intake::v1::AssessmentLinked::descriptor(), risk::v1::SubjectRiskChanged::descriptor(),
        casemgr::v1::SubjectAssessed::descriptor(), casemgr::v1::HighRiskAlert::descriptor()}) {
    for (int i = 0; i < of->file()->message_type_count(); ++i) {
      const auto* message = of->file()->message_type(i);
      for (int j = 0; j < message->field_count(); ++j) {
        EXPECT_THAT(message->field(j)->name(), Not(HasSubstr("talk"))) << message->full_name();
      }
    }
  }
}

TEST_F(DoorTest, KeepsEveryJudgementAndWhoGaveIt) {
  ASSERT_TRUE(world.Publish(Good()).ok());
  AssessVictimRequest request = Matrix(world.membership(), 0);
  request.mutable_officer()->set_band(common::v1::BAND_HIGH);
  request.mutable_officer()->set_reason("seen her");
  ASSERT_TRUE(
      world.Call<AssessVictimResponse>(door::kAssessVictim, request, "officer", "ann").ok());
  request.mutable_supervisor()->set_band(common::v1::BAND_MEDIUM);
  request.mutable_supervisor()->set_reason("support has moved in since");
  const auto lowered =
      world.Call<AssessVictimResponse>(door::kAssessVictim, request, "supervisor", "sam");
  ASSERT_TRUE(lowered.ok()) << lowered.status();
  EXPECT_EQ(common::v1::BAND_HIGH, lowered->assessment().scored());
  EXPECT_EQ(common::v1::BAND_HIGH, lowered->officer());
  EXPECT_EQ(common::v1::BAND_MEDIUM, lowered->supervisor());
  EXPECT_EQ(common::v1::BAND_MEDIUM, lowered->assessment().overall());
  std::vector<std::string> kept;
  gateway::v1::VictimAssessed told;
  ASSERT_TRUE(told.ParseFromString(world.Sent().back().second));
  world.Read([&](const runtime::View& view) {
    const vault::VaultView vault(world.membership(), view);
    for (const auto& stored : vault.AssessmentsOf(told.person_id())) {
      kept.push_back(stored.assessor() + "/" + stored.supervisor_person() + "/" +
                     common::v1::Band_Name(stored.officer()) + "/" +
                     common::v1::Band_Name(stored.supervisor()));
    }
  });
  EXPECT_THAT(kept, ::testing::IsSupersetOf(
                        {"ann//BAND_HIGH/BAND_UNSPECIFIED", "ann/sam/BAND_HIGH/BAND_MEDIUM"}));
}

TEST_F(DoorTest, TakesARetryUnderARenewedTokenForTheSameRequest) {
  ASSERT_TRUE(world.Publish(Good()).ok());
  const auto assess = [&](size_t options, const std::string& person) {
    return world.Call<AssessVictimResponse>(
        door::kAssessVictim, Matrix(world.membership(), options), "officer", person, "key-1");
  };
  const auto first = assess(0, "o-1");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = assess(0, "o-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->assessment().assessment_id(), again->assessment().assessment_id());
  EXPECT_EQ(absl::StatusCode::kAlreadyExists, assess(1, "o-1").status().code());
  const auto other = assess(0, "o-2");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE(first->assessment().assessment_id(), other->assessment().assessment_id());
  EXPECT_EQ(3u, world.Sent().size());
}

TEST_F(DoorTest, LetsOnlyASupervisorLowerTheBand) {
  ASSERT_TRUE(world.Publish(Good()).ok());
  AssessVictimRequest request = Matrix(world.membership(), 0);
  request.mutable_supervisor()->set_band(common::v1::BAND_MEDIUM);
  request.mutable_supervisor()->set_reason("support has moved in since");
  EXPECT_THAT(
      Codes(world.Call<AssessVictimResponse>(door::kAssessVictim, request, "officer").status()),
      ElementsAre("supervisor_needed"));
  const auto lowered = world.Call<AssessVictimResponse>(door::kAssessVictim, request, "supervisor");
  ASSERT_TRUE(lowered.ok()) << lowered.status();
  EXPECT_EQ(common::v1::BAND_MEDIUM, lowered->assessment().overall());
  request.set_source_reference("CAD-unknown");
  EXPECT_EQ(
      absl::StatusCode::kNotFound,
      world.Call<AssessVictimResponse>(door::kAssessVictim, request, "supervisor").status().code());
}

TEST_F(DoorTest, RegistersStockOnce) {
  gateway::v1::RegisterStockRequest request;
  request.set_partnership("fenland");
  request.add_uprns("100090000001");
  request.add_uprns("100090000002");
  request.add_uprns("100090000001");
  request.add_lsoas("E01018043");
  const auto added = [&] {
    return world.Call<gateway::v1::RegisterStockResponse>(door::kRegisterStock, request)->added();
  };
  EXPECT_EQ(3u, added());
  ASSERT_EQ(1u, world.Sent().size());
  gateway::v1::StockRegistered registered;
  ASSERT_TRUE(registered.ParseFromString(world.Sent()[0].second));
  EXPECT_EQ("fenland", registered.partnership());
  EXPECT_THAT(registered.lsoas(), ElementsAre("E01018043"));
  const auto sheet =
      runtime_rpc::OpenTokens(registered.uprns(), "fenland", "police", world.intake_key);
  ASSERT_TRUE(sheet.ok());
  EXPECT_EQ(2, sheet->location_size());
  EXPECT_EQ(0u, added());
  EXPECT_EQ(1u, world.Sent().size());
  request.add_uprns("3");
  EXPECT_EQ(1u, added());
}

}  // namespace
}  // namespace waymark::sharing
