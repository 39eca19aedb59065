#include "services/casemgr/domain/call_card.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"

namespace waymark::casemgr {
namespace {

constexpr size_t kShownMax = 50;

// What one partner may show the asker.
struct Mask {
  agreement::Decision decision;
  std::set<std::string> fields;

  bool Has(const std::string& field) const { return fields.contains(field); }
};
using Masks = std::map<std::string, Mask>;

// One mask for each other member, whether or not it holds anything: what is withheld must not tell
// what there is.
Masks MasksFor(const CardQuestion& question, const Work& work,
               const agreement::Evaluator& agreements, std::optional<Band> band,
               bool has_interest) {
  Masks masks;
  for (const std::string& origin : work.setting.members) {
    if (origin == question.asker) continue;
    agreement::Request request;
    request.partnership = question.partnership;
    request.origin = origin;
    request.recipient = question.asker;
    request.recipient_role = question.asker_role;
    request.purpose = question.purpose;
    request.subject = agreement::SubjectCategory::kVictim;
    if (band) request.band = static_cast<agreement::Band>(*band);
    request.recipient_has_interest = has_interest;
    Mask mask{agreements.LookUpMask(std::move(request), work.setting.now), {}};
    mask.fields.insert(mask.decision.released.begin(), mask.decision.released.end());
    masks.emplace(origin, std::move(mask));
  }
  return masks;
}

bool Any(const Masks& masks, const std::string& field) {
  return std::any_of(masks.begin(), masks.end(),
                     [&](const auto& mask) { return mask.second.Has(field); });
}

ShownIncident Show(const Incident& incident, const Mask& mask) {
  ShownIncident shown;
  if (mask.Has("incident.occurred_at")) shown.occurred_at = incident.occurred_at;
  if (mask.Has("incident.category")) shown.category = incident.category;
  if (mask.Has("incident.type")) shown.type = incident.type;
  if (mask.Has("incident.agency")) shown.agency = incident.agency;
  if (mask.Has("incident.action_taken")) shown.action_taken = incident.action_taken;
  return shown;
}

std::string ClauseText(const agreement::Decision& decision) {
  if (decision.clause.empty()) return "";
  return absl::StrCat(decision.agreement_id, " ", decision.agreement_version, " clause ",
                      decision.clause);
}

// The mask that shows most stands for all in the answer's clause; the one that shows least in its
// reason.
void Explain(const Masks& masks, CallCard& card) {
  const Mask* most = nullptr;
  const Mask* least = nullptr;
  for (const auto& [origin, mask] : masks) {
    if (most == nullptr || mask.fields.size() > most->fields.size()) most = &mask;
    if (least == nullptr || mask.fields.size() < least->fields.size()) least = &mask;
  }
  if (most == nullptr) return;
  card.clause = ClauseText(most->decision);
  if (least->Has("history.items")) return;
  card.withheld_because = agreement::Explain(least->decision);
}

void ShowIncidents(const std::vector<Incident>& incidents, const Masks& masks, CallCard& card) {
  for (const Incident& incident : incidents) {
    const auto mask = masks.find(incident.agency);
    if (mask == masks.end()) continue;  // the asker's own
    if (mask->second.Has("history.count")) ++card.reports;
    if (mask->second.Has("history.items") && card.incidents.size() < kShownMax) {
      card.incidents.push_back(Show(incident, mask->second));
    }
  }
}

absl::Time MarkerExpiry(const Work& work, absl::Time since) {
  const calendar::Length& review = work.setting.pack.alerting.marker_review.value;
  const calendar::WallClock clock = calendar::LondonWallClock(since);
  const absl::CivilDay day = calendar::AddCivil(absl::CivilDay(clock.second), review);
  return calendar::FromLondon(absl::CivilSecond(day) +
                              (clock.second - absl::CivilSecond(absl::CivilDay(clock.second))));
}

void ShowCase(const Work& work, const CardQuestion& question, const Case& one, const Masks& masks,
              CallCard& card) {
  const bool part = one.HasPart(question.asker);
  if (part || Any(masks, "case.lead_agency")) card.lead_agency = one.lead_agency;
  if (part || Any(masks, "case.id")) card.case_id = one.id;
  if (!one.High()) return;
  ShownMarker marker;
  marker.kind = "high_risk_victim";  // as much as the band tells anyway
  if (part || Any(masks, "marker.source")) marker.source = one.lead_agency;
  marker.expires_at = MarkerExpiry(work, one.high_since.value_or(one.since));
  card.markers.push_back(std::move(marker));
}

// What is known of the subjects that were asked for, those they live on as, each once.
struct Known {
  std::map<std::string, Incident> incidents;
  std::vector<const Case*> cases;
  std::map<std::string, RepeatFinding> rules;
  bool interest = false;
};

Known Gather(const CardQuestion& question, Work& work, CallCard& card) {
  Known known;
  std::set<std::string> resolved;
  std::set<std::string> by;
  for (const std::string& asked : question.subject_ids) {
    const Subject& subject = work.ledger.Resolve(asked);
    if (!resolved.insert(subject.id).second) continue;
    for (Incident& incident : work.ledger.IncidentsOf(subject.id)) {
      known.interest |=
          incident.agency == question.asker || incident.interests.contains(question.asker);
      known.incidents.emplace(incident.id, std::move(incident));
    }
    if (const Case* open = work.ledger.OpenCaseOf(subject.id)) known.cases.push_back(open);
    if (!subject.risk) continue;
    if (subject.risk->effective) {
      card.band = std::max(card.band, subject.risk->effective);
      by.insert(subject.risk->effective_by.begin(), subject.risk->effective_by.end());
    }
    for (const RepeatFinding& finding : subject.risk->repeats) {
      known.rules.emplace(absl::StrCat(finding.rule, "/", subject.id, "/", finding.count), finding);
    }
  }
  card.band_by.assign(by.begin(), by.end());
  return known;
}

}  // namespace

CallCard MakeCallCard(const CardQuestion& question, Work& work,
                      const agreement::Evaluator& agreements) {
  CallCard card;
  const Known known = Gather(question, work, card);
  const Masks masks = MasksFor(question, work, agreements, card.band, known.interest);
  card.withheld = !Any(masks, "history.count") && !Any(masks, "history.items");
  Explain(masks, card);
  std::vector<Incident> newest;
  for (const auto& [id, incident] : known.incidents) newest.push_back(incident);
  std::stable_sort(newest.begin(), newest.end(), [](const Incident& one, const Incident& other) {
    return one.occurred_at > other.occurred_at;
  });
  ShowIncidents(newest, masks, card);
  if (Any(masks, "history.repeat")) {
    for (const auto& [key, finding] : known.rules) card.rules.push_back(finding);
  }
  for (const Case* one : known.cases) ShowCase(work, question, *one, masks, card);
  return card;
}

}  // namespace waymark::casemgr
