#include "services/sharing/duties/domain/notices.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"
#include "services/sharing/duties/domain/clocks.h"
#include "services/sharing/duties/domain/high_assessed.h"

namespace waymark::sharing::duties {
namespace {

// The case of this id; made when the register names it for the first time.
Case& CaseNamed(Docket& docket, const std::string& case_id) {
  if (Case* known = docket.Find(case_id)) return *known;
  Case fresh;
  fresh.id = case_id;
  fresh.opened_at = docket.setting.now;
  fresh.since = absl::InfinitePast();
  return docket.Add(std::move(fresh));
}

// What this gateway began for the person before it knew the case belongs to it.
Case& JoinPerson(Docket& docket, Case& one, const std::string& person_id) {
  Case* begun = person_id.empty() ? nullptr : docket.OfPerson(person_id);
  if (begun != nullptr && begun->provisional && begun != &one) docket.Join(*begun, one);
  return one;
}

bool HasProvisional(const Case& one) {
  return std::any_of(one.obligations.begin(), one.obligations.end(),
                     [](const Obligation& clock) { return clock.provisional && !clock.ended(); });
}

// The member has no part in the case any more: nobody will tell it how these clocks end.
void EndForgotten(Case& one, absl::Time now) {
  for (Obligation& obligation : one.obligations) {
    if (obligation.ended() || obligation.provisional) continue;
    obligation.state = Obligation::State::kCancelled;
    obligation.ended_at = now;
  }
  one.Note(now, "no_part_any_more", "system");
}

std::string BreachRoleOf(const Setting& setting, const Obligation* obligation) {
  if (obligation != nullptr) {
    const pack::ClockRule* rule = setting.pack.FindClock(obligation->clock);
    if (rule != nullptr && !rule->escalation_role.empty()) return rule->escalation_role;
  }
  return setting.Self() == nullptr ? "" : setting.Self()->breach_role;
}

// Everything but what is this gateway's own to know.
void TakeTold(const Obligation& told, Obligation& kept) {
  const Obligation before = kept;
  kept = told;
  kept.due_soon_told = before.due_soon_told;
  kept.breach_told = before.breach_told;
  kept.supervisor_told = before.supervisor_told;
  kept.enforced = before.enforced;
  if (!kept.breached_at) kept.breached_at = before.breached_at;
  if (kept.ended()) return;
  if (before.state == Obligation::State::kDischarged) {
    // Done here; the register will learn of it.
    kept.state = before.state;
    kept.ended_at = before.ended_at;
    kept.late_seconds = LateSeconds(*before.ended_at, kept.due_at);
  } else if (before.breached_at) {
    kept.state = Obligation::State::kBreached;
  } else if (before.state == Obligation::State::kDueSoon) {
    kept.state = std::max(kept.state, before.state);
  }
}

Obligation* ProvisionalOf(Case& one, std::string_view clock) {
  for (Obligation& obligation : one.obligations) {
    if (obligation.provisional && obligation.clock == clock) return &obligation;
  }
  return nullptr;
}

}  // namespace

void DecideCaseNotice(Docket& docket, const CaseNotice& notice) {
  const absl::Time now = docket.setting.now;
  Case& one = CaseNamed(docket, notice.case_id);
  for (const std::string& person : notice.person_ids) JoinPerson(docket, one, person);
  if (notice.open && !one.open) Reopen(one, now);
  if (!notice.open && one.open && !HasProvisional(one)) {
    one.open = false;
    one.Note(now, "closed", notice.lead_agency.empty() ? "system" : notice.lead_agency);
  }
  one.persons = notice.person_ids;
  std::sort(one.persons.begin(), one.persons.end());
  one.incidents = notice.incident_ids;
  if (notice.lead_agency.empty()) return EndForgotten(one, now);
  if (notice.lead_agency != one.lead_agency) {
    one.Note(now, "lead_agency", "system", notice.lead_agency);
  }
  one.band = notice.band;
  one.band_by = notice.band_by;
  one.lead_agency = notice.lead_agency;
  one.category = notice.category;
  one.outward_postcode = notice.outward_postcode;
  one.lsoa = notice.lsoa;
  one.opened_at = notice.opened_at;
  one.interested = notice.interested;
  if (notice.profile != one.profile_told) {
    one.Note(now, absl::StrCat("profile_", notice.profile), "system");
  }
  one.profile_told = notice.profile;
  if (!notice.conference_for && one.conference) return;  // called here, the register will learn it
  one.conference_for = notice.conference_for;
  one.invited = notice.invited;
}

void DecideObligationNotice(Docket& docket, const ObligationNotice& notice) {
  Case& one = JoinPerson(docket, CaseNamed(docket, notice.case_id), notice.person_id);
  Obligation* kept = one.Find(notice.obligation.id);
  if (kept == nullptr) kept = ProvisionalOf(one, notice.obligation.clock);
  if (kept == nullptr) {
    one.obligations.push_back(notice.obligation);
    if (!notice.obligation.ended()) {
      one.Note(notice.obligation.started_at, "clock_started", notice.obligation.owner,
               notice.obligation.clock);
    }
    return;
  }
  TakeTold(notice.obligation, *kept);
}

void DecideCoverAsked(Docket& docket, const CoverAsked& asked) {
  const Setting& setting = docket.setting;
  Case& one = CaseNamed(docket, asked.case_id);
  const pack::Agency* self = setting.Self();
  const std::string role = self == nullptr ? "" : self->profile_role;
  if (asked.opening) {
    const bool told =
        one.opening_told_at && (!asked.opens_at || *one.opening_told_at >= *asked.opens_at);
    if (told) return;
    one.opens_at.reset();
    one.opening_told_at = setting.now;
    docket.Remind({setting.now, role, "opening", one.id, "", "",
                   asked.opens_at ? LateSeconds(setting.now, *asked.opens_at) : 0,
                   "a HIGH arose while the agency was closed"});
    return;
  }
  std::string why = absl::StrCat("a HIGH arose while ", asked.closed_agency, " is closed");
  if (asked.opens_at) absl::StrAppend(&why, " until ", calendar::FormatLondon(*asked.opens_at));
  const pack::Agency* closed = setting.pack.FindAgency(asked.closed_agency);
  if (closed != nullptr && !closed->out_of_hours_role.empty()) {
    absl::StrAppend(&why, "; ring its ", closed->out_of_hours_role);
  }
  one.Note(setting.now, "cover_asked", asked.closed_agency);
  docket.Remind({setting.now, role, "cover_raise", one.id, "", "", 0, why});
}

void DecideActed(Docket& docket, const ActedForMember& acted) {
  const Setting& setting = docket.setting;
  Case& one = CaseNamed(docket, acted.case_id);
  Obligation* obligation = one.Find(acted.obligation_id);
  const std::string clock = obligation == nullptr ? "" : obligation->clock;
  if (obligation != nullptr) obligation->enforced = true;
  if (acted.conference) {
    if (acted.scheduled_for) one.conference_for = acted.scheduled_for;
    StopClocks(setting, one, kConferenceCalled, acted.at);
    one.Note(acted.at, "conference_called", "system", "by_register");
  } else {
    if (one.profile_told == "none") one.profile_told = "skeleton";
    one.Note(acted.at, "skeleton_created", "system", "by_register");
  }
  docket.Remind({setting.now, BreachRoleOf(setting, obligation), "register_acted", one.id,
                 acted.obligation_id, clock, 0,
                 acted.conference
                     ? "the register called the conference in this agency's place"
                     : "the register made the skeleton profile in this agency's place"});
}

void DecideRegisterReminder(Docket& docket, const RegisterReminder& reminder) {
  const Setting& setting = docket.setting;
  Case& one = CaseNamed(docket, reminder.case_id);
  Obligation* obligation = one.Find(reminder.obligation_id);
  if (obligation != nullptr && reminder.kind == kToldSupervisor) {
    if (obligation->supervisor_told) return;
    obligation->supervisor_told = true;
  }
  one.Note(reminder.at, reminder.kind, "system");
  docket.Remind({setting.now, reminder.role, reminder.kind, one.id, reminder.obligation_id,
                 obligation == nullptr ? "" : obligation->clock,
                 LateSeconds(setting.now, reminder.at), "told by the partnership's register"});
}

}  // namespace waymark::sharing::duties
