// What people ask about a person's rights: erasing them, deciding without their consent and
// reviewing that, telling them what was shared, and what became of copies.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/sharing/adapters/times.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/people.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/person.pb.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::simulation {
namespace {

constexpr char kLead[] = "data_protection_lead";

// What the agreement's clause for overrides may release.
const std::vector<std::string> kMayRelease = {"person.name",       "person.address",
                                              "incident.category", "incident.area",
                                              "risk.band",         "case.status"};

bool IsHigh(const Request& published) {
  gateway::v1::PublishIncidentResponse told;
  return published.ok() && told.ParseFromString(**published.answer) &&
         told.receipt().assessment().overall() == common::v1::BAND_HIGH;
}

}  // namespace

// Somebody who is known to be there: of a report that was never answered nobody knows.
void Clients::Erase(const std::string& agency) {
  Known& known = known_[agency];
  if (known.incidents.empty()) return;
  const Reported& reported = known.incidents[world_.dice.Below(known.incidents.size())];
  if (!reported.latest->ok()) return;
  gateway::v1::ErasePersonRequest request;
  request.set_partnership(kPartnership);
  request.set_source_reference(reported.incident.source_reference());
  request.set_ground(world_.dice.OneIn(2) ? "objection" : "consent_withdrawn");
  known.erased.insert(reported.person);
  Ask(agency, kLead, kErase, request, request.source_reference());
}

void Clients::Override(const std::string& agency) {
  Dice& dice = world_.dice;
  std::vector<const Reported*> high;
  for (const Reported& one : known_[agency].incidents) {
    if (IsHigh(*one.latest)) high.push_back(&one);
  }
  if (high.empty()) return;
  gateway::v1::RecordOverrideRequest request;
  request.set_partnership(kPartnership);
  request.set_source_reference(dice.Pick(high)->incident.source_reference());
  request.set_party(1);
  request.add_recipients(dice.Pick(partnership_.agencies()));
  for (const std::string& field : kMayRelease) {
    if (!dice.OneIn(4)) request.add_fields(field);
  }
  request.add_purposes("prevent_asb");
  if (dice.OneIn(2)) request.add_purposes("case_management");
  request.set_lawful_gateway(dice.OneIn(8) ? "vital_interests" : "public_task");
  request.set_reason(CanaryWords("he said that he would be back tonight"));
  const absl::Time now = world_.clock.Now();
  *request.mutable_expires_at() =
      sharing::ToProto(now + (dice.OneIn(3) ? dice.Between(absl::Minutes(5), absl::Hours(8))
                                            : dice.Between(absl::Hours(24), absl::Hours(24 * 27))));
  Ask(agency, "manager", kOverride, request, request.source_reference());
}

// Now and then by the one who decided, which must never be taken.
void Clients::Review(const std::string& agency) {
  Dice& dice = world_.dice;
  const std::vector<std::string>& overrides = known_[agency].overrides;
  if (overrides.empty()) return Override(agency);
  const std::string id = dice.Pick(overrides);
  if (dice.OneIn(4)) {
    gateway::v1::ShowOverrideRequest show;
    show.set_partnership(kPartnership);
    show.set_override_id(id);
    Ask(agency, kLead, kShowOverride, show, id, true);
    return;
  }
  gateway::v1::ReviewOverrideRequest request;
  request.set_partnership(kPartnership);
  request.set_override_id(id);
  request.set_verdict(dice.OneIn(3) ? gateway::v1::ReviewOverrideRequest::VERDICT_CONFIRMED
                                    : gateway::v1::ReviewOverrideRequest::VERDICT_REVERSED);
  request.set_reason(CanaryWords("looked at it with the officer"));
  Ask(agency, absl::StrCat(kLead, dice.OneIn(6) ? ":p-1" : ":p-2"), kReview, request, id);
}

void Clients::TellAfterwards(const std::string& agency) {
  Dice& dice = world_.dice;
  const Known& known = known_[agency];
  if (dice.OneIn(2) && !known.incidents.empty()) {
    gateway::v1::MakeStatementRequest request;
    request.set_partnership(kPartnership);
    request.set_source_reference(
        known.incidents[dice.Below(known.incidents.size())].incident.source_reference());
    request.set_party(1);
    Ask(agency, kLead, kStatement, request, request.source_reference(), true);
    return;
  }
  if (dice.OneIn(2)) {
    gateway::v1::ListCopiesRequest request;
    request.set_partnership(kPartnership);
    request.set_all(dice.OneIn(2));
    Ask(agency, "officer", kListCopies, request, "", true);
    return;
  }
  gateway::v1::ExplainPastRequest request;
  request.set_partnership(kPartnership);
  if (dice.OneIn(2) && !known.consents.empty()) {
    request.set_consent_id(dice.Pick(known.consents));
  } else if (!known.shares.empty()) {
    request.set_share_id(
        dice.Pick(std::vector<std::string>(known.shares.begin(), known.shares.end())));
  } else {
    return;
  }
  Ask(agency, "officer", kExplainPast, request, "", true);
}

}  // namespace waymark::simulation
