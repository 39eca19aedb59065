#include "services/casemgr/domain/work.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/casemgr/domain/clocks.h"
#include "services/casemgr/domain/cover.h"

namespace waymark::casemgr {
namespace {

std::optional<Band> BandOf(const Risk& risk) {
  return risk.effective ? risk.effective : risk.highest;
}

std::vector<std::string> Minus(const std::vector<std::string>& all,
                               const std::vector<std::string>& without) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), without.begin(), without.end(),
                      std::back_inserter(rest));
  return rest;
}

std::vector<std::string> CircleOf(const std::vector<Incident>& incidents) {
  std::set<std::string> circle;
  for (const Incident& incident : incidents) {
    circle.insert(incident.agency);
    for (const auto& [agency, reason] : incident.interests) circle.insert(agency);
  }
  return {circle.begin(), circle.end()};
}

// The pack's word first; until a profile names its creator, whoever first graded HIGH; else who
// reported what opened the case.
std::string LeadOf(Work& work, const Case& one, const std::string& high_first_by) {
  const std::string& word = work.setting.pack.case_opening.lead;
  if (work.setting.pack.FindAgency(word) != nullptr) return word;
  if (one.profile && word != "assessing_agency") return one.profile->agency;
  if (!high_first_by.empty()) return high_first_by;
  const std::optional<Incident> incident = work.ledger.FindIncident(one.incident_id);
  return incident ? incident->agency : one.lead_agency;
}

// What the case should be, from what is known of its subject.
CaseUpdated Wanted(Work& work, const Case& one) {
  CaseUpdated wanted;
  wanted.case_id = one.id;
  wanted.band = one.band;
  wanted.band_by = one.band_by;
  wanted.high_since = one.high_since;
  wanted.high_first_by = one.high_first_by;
  const std::optional<Risk>& risk = work.ledger.SubjectOf(one.subject_id).risk;
  if (risk) {
    wanted.band = BandOf(*risk);
    wanted.band_by = risk->effective ? risk->effective_by : std::vector<std::string>();
    if (risk->High() && risk->high_since &&
        (!one.high_since || *risk->high_since < *one.high_since)) {
      wanted.high_since = work.setting.Past(*risk->high_since);
      wanted.high_first_by = risk->high_first_by;
    }
  }
  wanted.lead_agency = LeadOf(work, one, wanted.high_first_by);
  const std::vector<std::string> circle = CircleOf(work.ledger.IncidentsOf(one.subject_id));
  wanted.newly_interested = Minus(circle, one.interested);
  wanted.no_longer_interested = Minus(one.interested, circle);
  return wanted;
}

bool Differs(const CaseUpdated& wanted, const Case& one) {
  return wanted.band != one.band || wanted.band_by != one.band_by ||
         wanted.lead_agency != one.lead_agency || !wanted.newly_interested.empty() ||
         !wanted.no_longer_interested.empty() || wanted.high_since != one.high_since ||
         wanted.high_first_by != one.high_first_by || (one.High() && one.highs == 0);
}

void KeepReassessment(Work& work, const Case& one) {
  const std::optional<Assessed>& assessed = work.ledger.SubjectOf(one.subject_id).assessed;
  if (!assessed || assessed->at <= one.since) return;
  if (one.reassessed_at && *one.reassessed_at >= assessed->at) return;
  work.Emit(CaseReassessed{one.id, assessed->assessment_id, assessed->overall, assessed->at});
}

}  // namespace

bool Setting::IsMember(std::string_view agency) const {
  return std::binary_search(members.begin(), members.end(), agency);
}

void Work::Emit(Event event) {
  ledger.Apply(event);
  if (const std::string case_id = CaseOf(event); !case_id.empty()) touched.insert(case_id);
  events.push_back(std::move(event));
}

void OpenCase(Work& work, const std::string& subject_id, const Opening& opening) {
  const absl::Time now = work.setting.now;
  if (const Case* closed = work.ledger.LastClosedOf(subject_id)) {
    work.Emit(CaseReopened{closed->id, now, opening.incident_id, opening.because, opening.since});
    return;
  }
  const Subject& subject = work.ledger.SubjectOf(subject_id);
  CaseOpened opened;
  opened.case_id =
      work.setting.make_id({"case", subject_id, absl::StrCat(subject.cases_opened + 1)});
  opened.subject_id = subject_id;
  if (subject.risk) {
    opened.band = BandOf(*subject.risk);
    if (subject.risk->effective) opened.band_by = subject.risk->effective_by;
  }
  opened.opened_at = now;
  opened.incident_id = opening.incident_id;
  opened.because = opening.because;
  opened.since = opening.since;
  Case blank;
  blank.incident_id = opening.incident_id;
  opened.lead_agency = LeadOf(work, blank, subject.risk ? subject.risk->high_first_by : "");
  work.Emit(std::move(opened));
}

void KeepCase(Work& work, const std::string& case_id, const std::string& incident_id) {
  const Case* one = work.ledger.FindCase(case_id);
  if (one == nullptr || !one->open) return;
  work.touched.insert(case_id);
  const bool was_high = one->highs > 0 && one->High();
  CaseUpdated wanted = Wanted(work, *one);
  if (Differs(wanted, *one)) {
    wanted.incident_id = incident_id;
    work.Emit(std::move(wanted));
  }
  if (one->High() && !was_high) AskCover(work, *one);
  KeepReassessment(work, *one);
  KeepClocks(work, *one);
}

absl::StatusOr<const Case*> CaseOfMember(Work& work, const std::string& agency,
                                         const std::string& case_id) {
  const Case* one = work.ledger.FindCase(case_id);
  while (one != nullptr && !one->merged_into.empty()) one = work.ledger.FindCase(one->merged_into);
  if (one == nullptr || !work.setting.IsMember(agency) || !one->HasPart(agency)) {
    return absl::InvalidArgumentError("the sender has no part in such a case");
  }
  return one;
}

calendar::Owner HoursOf(const pack::Pack& pack, const std::string& agency) {
  if (const pack::Agency* known = pack.FindAgency(agency)) return known->AsOwner();
  return {.name = agency, .hours = calendar::AlwaysOpen(), .works_holidays = true};
}

}  // namespace waymark::casemgr
