// What clients ask, each with contents drawn from the seed.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/sharing/adapters/times.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/people.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/share.pb.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::simulation {
namespace {

using gateway::v1::Incident;
using sharing::ToProto;

const std::vector<std::string> kTypes = {"noise", "rowdy_neighbours", "rowdy", "fireworks"};
const std::vector<std::string> kHarms = {"low", "moderate", "significant"};
const std::vector<std::string> kPatterns = {"isolated", "regular", "escalating"};
const std::vector<std::string> kCategories = {"identity", "contact", "health",  "incident",
                                              "risk",     "case",    "equality"};

struct Item {
  const char* id;
  std::vector<std::string> options;
};
const std::vector<Item> kMatrix = {{"frequency", {"none", "occasionally", "frequently"}},
                                   {"escalation", {"no", "yes"}},
                                   {"offender_known", {"no", "yes", "well"}},
                                   {"targeted", {"no", "several", "family"}},
                                   {"hate", {"no", "yes"}},
                                   {"intimidation", {"no", "reputation", "past", "current"}},
                                   {"effect", {"none", "routine", "distressed", "health"}},
                                   {"support", {"close", "few", "isolated"}},
                                   {"personal_risk", {"no", "yes"}}};

const char* ChannelOf(const std::string& agency) {
  if (agency == "police") return "call_101";
  if (agency == "council") return "online";
  return agency == "housing" ? "partner_line" : "patrol";
}

std::vector<std::string> Some(Dice& dice, const std::vector<std::string>& of) {
  std::vector<std::string> some;
  for (const std::string& one : of) {
    if (!dice.OneIn(3)) some.push_back(one);
  }
  return some;
}

}  // namespace

Incident Clients::Invent(const std::string& agency, int person) {
  Dice& dice = world_.dice;
  const absl::Time reported =
      absl::FromUnixSeconds(absl::ToUnixSeconds(world_.clock.Now())) - absl::Minutes(3);
  Incident incident;
  incident.set_source_reference(absl::StrCat("Kanarek-", agency, "-", ++references_));
  *incident.mutable_reported_at() = ToProto(reported);
  *incident.mutable_occurred_at() = ToProto(reported - absl::Minutes(dice.Below(600)));
  incident.set_category(common::v1::CATEGORY_PERSONAL);
  incident.set_type(dice.Pick(kTypes));
  incident.set_channel(ChannelOf(agency));
  incident.set_action_taken(dice.OneIn(2) ? "attended" : "advice");
  incident.set_summary(CanaryWords("shouting through the wall every night"));
  *incident.mutable_location() = HomeOf(person);
  incident.set_lsoa(LsoaOf(person));
  gateway::v1::Party& party = *incident.add_parties();
  party.add_roles(common::v1::ROLE_CALLER);
  party.add_roles(common::v1::ROLE_VICTIM);
  *party.mutable_identity() =
      PersonOf(person, dice.OneIn(4) ? 1 + static_cast<int>(dice.Below(2)) : 0);
  if (dice.OneIn(6) && known_[agency].erased.count((person + 1) % kPeople) == 0) {
    gateway::v1::Party& other = *incident.add_parties();
    other.add_roles(dice.OneIn(2) ? common::v1::ROLE_PERPETRATOR : common::v1::ROLE_WITNESS);
    *other.mutable_identity() = PersonOf((person + 1) % kPeople);
  }
  if (dice.OneIn(12)) incident.mutable_safeguarding()->set_child_at_risk(true);
  if (dice.OneIn(20)) incident.mutable_safeguarding()->set_vital_interests(true);
  return incident;
}

void Clients::Grade(Incident& incident) {
  if (world_.dice.OneIn(5)) return incident.clear_grading();
  incident.mutable_grading()->set_harm(world_.dice.Pick(kHarms));
  incident.mutable_grading()->set_pattern(world_.dice.Pick(kPatterns));
}

Request& Clients::Publish(const std::string& agency, Reported& reported) {
  gateway::v1::PublishIncidentRequest request;
  request.set_partnership(kPartnership);
  *request.mutable_incident() = reported.incident;
  Request& asked = Ask(agency, "", kPublish, request, reported.incident.source_reference());
  reported.latest = &asked;
  return asked;
}

Request& Clients::PublishHigh(const std::string& agency, int person) {
  Reported& reported = known_[agency].incidents.emplace_back();
  reported.person = person;
  reported.incident = Invent(agency, person);
  *reported.incident.mutable_parties(0)->mutable_identity() = PersonOf(person);
  reported.incident.mutable_grading()->set_harm("significant");
  reported.incident.mutable_grading()->set_pattern("regular");
  return Publish(agency, reported);
}

void Clients::NewIncident(const std::string& agency) {
  const int person = static_cast<int>(world_.dice.Below(kPeople));
  // Whoever was erased is seldom reported again, so that a run can tell that they are gone.
  if (known_[agency].erased.count(person) != 0 && !world_.dice.OneIn(4)) return;
  if (world_.dice.OneIn(4)) {
    PublishHigh(agency, person);
    return;
  }
  Reported& reported = known_[agency].incidents.emplace_back();
  reported.person = person;
  reported.incident = Invent(agency, person);
  Grade(reported.incident);
  Publish(agency, reported);
}

// Only what is known to be there: nobody amends a report that may not have arrived.
void Clients::Amend(const std::string& agency) {
  std::deque<Reported>& all = known_[agency].incidents;
  if (all.empty()) return;
  Reported& reported = all[world_.dice.Below(all.size())];
  if (!reported.latest->ok()) return;
  reported.incident.set_revision(reported.incident.revision() + 1);
  Grade(reported.incident);
  Publish(agency, reported);
}

void Clients::Consent(const std::string& agency) {
  const std::deque<Reported>& all = known_[agency].incidents;
  if (all.empty()) return;
  Dice& dice = world_.dice;
  gateway::v1::RecordConsentRequest request;
  request.set_partnership(kPartnership);
  request.set_source_reference(all[dice.Below(all.size())].incident.source_reference());
  for (const std::string& other : partnership_.agencies()) {
    if (other != agency && !dice.OneIn(3)) request.mutable_scope()->add_agencies(other);
  }
  for (const std::string& one : Some(dice, kCategories)) {
    request.mutable_scope()->add_categories(one);
  }
  for (const std::string& one : Some(dice, {"prevent_asb", "support_victim", "case_management"})) {
    request.mutable_scope()->add_purposes(one);
  }
  request.set_form_version("fenland-consent-1");
  request.set_scan_sha256(std::string(64, 'a'));
  const absl::Time now = world_.clock.Now();
  *request.mutable_given_at() = ToProto(now - absl::Hours(1));
  *request.mutable_expires_at() =
      ToProto(now + (dice.OneIn(3) ? dice.Between(absl::Minutes(5), absl::Hours(8))
                                   : absl::Hours(24 * 30)));
  request.set_party(1);
  Ask(agency, "officer", kRecordConsent, request);
}

void Clients::Withdraw(const std::string& agency) {
  const std::vector<std::string>& consents = known_[agency].consents;
  if (consents.empty()) return;
  gateway::v1::WithdrawConsentRequest request;
  request.set_partnership(kPartnership);
  request.set_consent_id(world_.dice.Pick(consents));
  request.set_reason(CanaryWords("she changed her mind"));
  Ask(agency, "officer", kWithdraw, request, request.consent_id());
}

void Clients::LookUp(const std::string& agency) {
  gateway::v1::LookUpRequest request;
  request.set_partnership(kPartnership);
  *request.mutable_identity() = PersonOf(static_cast<int>(world_.dice.Below(kPeople)),
                                         static_cast<int>(world_.dice.Below(3)));
  request.set_purpose("prevent_asb");
  request.set_reason(CanaryWords("caller on the line"));
  Ask(agency, "officer", kLookUp, request, "", true);
}

void Clients::Assess(const std::string& agency) {
  const std::deque<Reported>& all = known_[agency].incidents;
  if (all.empty()) return;
  Dice& dice = world_.dice;
  gateway::v1::AssessVictimRequest request;
  request.set_partnership(kPartnership);
  request.set_source_reference(all[dice.Below(all.size())].incident.source_reference());
  const bool worst = dice.OneIn(3);
  for (const Item& item : kMatrix) {
    (*request.mutable_answers())[item.id] = worst           ? item.options.back()
                                            : dice.OneIn(8) ? "unknown"
                                                            : dice.Pick(item.options);
  }
  if (dice.OneIn(3)) {
    request.mutable_officer()->set_band(common::v1::BAND_HIGH);
    request.mutable_officer()->set_reason(CanaryWords("seen on the doorstep"));
  }
  Ask(agency, "officer", kAssess, request);
}

void Clients::Acknowledge(const std::string& agency) {
  std::vector<std::string> seen;
  for (const Received& got : book_.received) {
    if (got.agency == agency && got.message.has_alert()) {
      seen.push_back(got.message.alert().alert_id());
    }
  }
  if (seen.empty()) return;
  gateway::v1::AcknowledgeAlertRequest request;
  request.set_partnership(kPartnership);
  request.set_alert_id(world_.dice.Pick(seen));
  Ask(agency, "officer", kAcknowledge, request, request.alert_id());
}

void Clients::WorkOnCase(const std::string& agency) {
  Dice& dice = world_.dice;
  const std::set<std::string>& cases = known_[agency].cases;
  if (cases.empty() || dice.OneIn(3)) {
    gateway::v1::ListCasesRequest list;
    list.set_partnership(kPartnership);
    Ask(agency, "officer", kListCases, list, "", true);
    return;
  }
  const std::string id = dice.Pick(std::vector<std::string>(cases.begin(), cases.end()));
  const uint64_t roll = dice.Below(7);
  if (roll < 2) {
    gateway::v1::CreateProfileRequest request;
    request.set_partnership(kPartnership);
    request.set_case_id(id);
    request.add_risks("threats");
    request.set_update_interval_days(7);
    request.add_contact_preferences("text");
    Ask(agency, "officer", kCreateProfile, request, id);
  } else if (roll < 4) {
    gateway::v1::CallConferenceRequest request;
    request.set_partnership(kPartnership);
    request.set_case_id(id);
    *request.mutable_scheduled_for() =
        ToProto(world_.clock.Now() + dice.Between(absl::Hours(1), absl::Hours(40)));
    Ask(agency, "officer", kCallConference, request, id);
  } else if (roll < 6) {
    gateway::v1::HoldConferenceRequest request;
    request.set_partnership(kPartnership);
    request.set_case_id(id);
    *request.mutable_held_at() = ToProto(world_.clock.Now() - absl::Minutes(20));
    for (const std::string& one : partnership_.agencies()) {
      if (!dice.OneIn(4)) request.add_attended(one);
    }
    request.set_chair_role("sector_commander");
    Ask(agency, "officer", kHoldConference, request, id);
  } else {
    gateway::v1::CloseCaseRequest request;
    request.set_partnership(kPartnership);
    request.set_case_id(id);
    request.set_reason(CanaryWords("it has stopped"));
    *request.mutable_victim_told_at() = ToProto(world_.clock.Now() - absl::Minutes(30));
    request.set_supervisor("p-2");
    Ask(agency, "officer", kCloseCase, request, id);
  }
}

void Clients::RegisterStock(const std::string& agency) {
  Dice& dice = world_.dice;
  gateway::v1::RegisterStockRequest request;
  request.set_partnership(kPartnership);
  if (agency == "council" && dice.OneIn(2)) {
    request.add_lsoas(LsoaOf(static_cast<int>(dice.Below(kPeople))));
  }
  for (int i = 0; i < 3; ++i) {
    request.add_uprns(HomeOf(static_cast<int>(dice.Below(kPeople))).uprn());
  }
  Ask(agency, "", kStock, request);
}

void Clients::WorkOnShare(const std::string& agency) {
  Dice& dice = world_.dice;
  const std::set<std::string>& shares = known_[agency].shares;
  if (shares.empty() || dice.OneIn(4)) {
    gateway::v1::ListReceivedSharesRequest list;
    list.set_partnership(kPartnership);
    Ask(agency, "officer", kListReceived, list, "", true);
    return;
  }
  const std::string id = dice.Pick(std::vector<std::string>(shares.begin(), shares.end()));
  if (dice.OneIn(4)) {
    gateway::v1::ConfirmRemovalRequest request;
    request.set_partnership(kPartnership);
    request.set_share_id(id);
    Ask(agency, "officer", kConfirmRemoval, request, id);
    return;
  }
  gateway::v1::ReadShareRequest request;
  request.set_partnership(kPartnership);
  request.set_share_id(id);
  request.set_purpose("prevent_asb");
  request.set_save(dice.OneIn(3));
  Ask(agency, "officer", kReadShare, request, id, true);
}

void Clients::Read(const std::string& agency) {
  Dice& dice = world_.dice;
  const std::set<std::string>& cases = known_[agency].cases;
  if (dice.OneIn(2) && !cases.empty()) {
    gateway::v1::ShowCaseRequest request;
    request.set_partnership(kPartnership);
    request.set_case_id(dice.Pick(std::vector<std::string>(cases.begin(), cases.end())));
    request.set_reason(CanaryWords("preparing a visit"));
    Ask(agency, "officer", kShowCase, request, request.case_id(), true);
    return;
  }
  const std::deque<Reported>& all = known_[agency].incidents;
  if (dice.OneIn(2) || all.empty()) {
    gateway::v1::ListSharesRequest request;
    request.set_partnership(kPartnership);
    Ask(agency, "officer", kListShares, request, "", true);
    return;
  }
  gateway::v1::ExplainShareRequest request;
  request.set_partnership(kPartnership);
  request.set_source_reference(all[dice.Below(all.size())].incident.source_reference());
  request.set_recipient(dice.Pick(partnership_.agencies()));
  request.set_purpose("prevent_asb");
  Ask(agency, "officer", kExplain, request, "", true);
}

}  // namespace waymark::simulation
