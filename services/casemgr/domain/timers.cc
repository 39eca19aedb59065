#include "services/casemgr/domain/timers.h"

#include <algorithm>

#include "libs/calendar/civil.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/owner.h"
#include "services/casemgr/domain/clocks.h"

namespace waymark::casemgr {
namespace {

// Null when the clock has ended.
const Obligation* Running(Work& work, const std::string& case_id,
                          const std::string& obligation_id) {
  const Case* one = work.ledger.FindCase(case_id);
  if (one == nullptr) return nullptr;
  const Obligation* obligation = one->FindObligation(obligation_id);
  return obligation == nullptr || obligation->ended() ? nullptr : obligation;
}

int64_t LateSeconds(absl::Time now, absl::Time due) {
  return std::max<int64_t>(0, absl::ToInt64Seconds(absl::Floor(now - due, absl::Seconds(1))));
}

// The latest instant a conference may be held: when the clock that its being held stops is due.
absl::Time ConferenceDue(const Work& work, const Case& one, absl::Time otherwise) {
  for (const Obligation& obligation : one.obligations) {
    const pack::ClockRule* rule = work.setting.pack.FindClock(obligation.clock);
    if (rule == nullptr || obligation.opening != one.opening) continue;
    if (std::find(rule->stops.begin(), rule->stops.end(), "conference_held") != rule->stops.end()) {
      return obligation.due_at;
    }
  }
  return otherwise;
}

// The first full hour at least the pack's notice ahead at which the lead agency is open, not after
// the conference is due; else the due instant. Where that has passed, the first such hour at all.
absl::Time ConferenceHour(const Work& work, const Case& one) {
  const absl::Time now = work.setting.now;
  const absl::Duration notice = work.setting.pack.enforcement.conference_notice.value.Exact();
  const calendar::Owner lead = HoursOf(work.setting.pack, one.lead_agency);
  const calendar::Holidays& holidays = work.setting.pack.BankHolidays();
  const absl::Time due = ConferenceDue(work, one, absl::InfinitePast());
  const absl::Time horizon = now + calendar::kOpenTimeSearch;
  const absl::Time last = due > now ? due : horizon;
  const std::optional<absl::Time> hour =
      calendar::FirstFullHourOpen(lead, holidays, now, notice, last);
  if (hour) return *hour;
  if (due > now) return due;
  calendar::Owner always = lead;
  always.hours = calendar::AlwaysOpen();
  always.works_holidays = true;
  return calendar::FirstFullHourOpen(always, holidays, now, notice, horizon).value_or(now + notice);
}

void MakeSkeleton(Work& work, const Case& one, const Obligation& obligation) {
  if (one.profile || one.skeleton) return;
  work.Emit(ProfileNoted{
      one.id, {obligation.owner, work.setting.now, true, obligation.id}, /*skeleton=*/true});
}

void CallConference(Work& work, const Case& one, const Obligation& obligation) {
  if (one.called_at) return;
  Conference conference;
  conference.agency = obligation.owner;
  conference.called_at = work.setting.now;
  conference.scheduled_for = ConferenceHour(work, one);
  conference.invited = one.interested;
  conference.automatic = true;
  conference.by_register = true;
  conference.obligation_id = obligation.id;
  work.Emit(ConferenceNoted{one.id, std::move(conference)});
}

}  // namespace

void DecideDueSoon(Work& work, const std::string& case_id, const std::string& obligation_id) {
  const Obligation* obligation = Running(work, case_id, obligation_id);
  if (obligation == nullptr || obligation->state != Obligation::State::kRunning) return;
  if (work.setting.now > obligation->due_at) return;  // its breach fires in the same batch
  ObligationChanged changed;
  changed.case_id = case_id;
  changed.obligation_id = obligation_id;
  changed.change = Obligation::State::kDueSoon;
  changed.at = work.setting.now;
  changed.by = "system";
  work.Emit(std::move(changed));
}

void DecideBreach(Work& work, const std::string& case_id, const std::string& obligation_id) {
  const Obligation* obligation = Running(work, case_id, obligation_id);
  if (obligation == nullptr || obligation->state == Obligation::State::kBreached) return;
  ObligationChanged changed;
  changed.case_id = case_id;
  changed.obligation_id = obligation_id;
  changed.change = Obligation::State::kBreached;
  changed.at = work.setting.now;
  changed.late_seconds = LateSeconds(work.setting.now, obligation->due_at);
  changed.by = "system";
  const pack::ClockRule* rule = work.setting.pack.FindClock(obligation->clock);
  if (rule != nullptr && !TakeOverOf(*rule).empty()) {
    changed.take_over_at =
        obligation->due_at + work.setting.pack.enforcement.core_takes_over_after.value.Exact();
  }
  work.Emit(std::move(changed));
}

void DecideTakeOver(Work& work, const std::string& case_id, const std::string& obligation_id) {
  const Obligation* found = Running(work, case_id, obligation_id);
  if (found == nullptr) return;
  const Obligation obligation = *found;
  const pack::ClockRule* rule = work.setting.pack.FindClock(obligation.clock);
  const Case* one = work.ledger.FindCase(case_id);
  if (rule == nullptr || !one->open || obligation.opening != one->opening) return;
  const std::string_view what = TakeOverOf(*rule);
  if (what == "skeleton_profile") MakeSkeleton(work, *one, obligation);
  if (what == "conference_called") CallConference(work, *one, obligation);
  KeepCase(work, case_id);
}

void DecideOpening(Work& work, const std::string& case_id) {
  const Case* one = work.ledger.FindCase(case_id);
  if (one == nullptr || !one->open || !one->cover || one->cover->ended) return;
  if (one->cover->opens_at > work.setting.now) return;  // of an earlier opening of the case
  work.Emit(CoverEnded{case_id, work.setting.now});
}

}  // namespace waymark::casemgr
