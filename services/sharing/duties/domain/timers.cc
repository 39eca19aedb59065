#include "services/sharing/duties/domain/timers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/owner.h"
#include "services/sharing/duties/domain/clocks.h"

namespace waymark::sharing::duties {
namespace {

// Null when the clock has ended or is another gateway's.
Obligation* Running(Docket& docket, Case* one, const std::string& obligation_id) {
  if (one == nullptr) return nullptr;
  Obligation* obligation = one->Find(obligation_id);
  return obligation == nullptr || !obligation->RunBy(docket.setting.self) ? nullptr : obligation;
}

std::string DueSoonRole(const Setting& setting, const std::string& clock) {
  const pack::ClockRule* rule = setting.pack.FindClock(clock);
  if (rule != nullptr && !rule->owner_role.empty()) return rule->owner_role;
  return setting.Self() == nullptr ? "" : setting.Self()->due_soon_role;
}

std::string BreachRole(const Setting& setting, const std::string& clock) {
  const pack::ClockRule* rule = setting.pack.FindClock(clock);
  if (rule != nullptr && !rule->escalation_role.empty()) return rule->escalation_role;
  return setting.Self() == nullptr ? "" : setting.Self()->breach_role;
}

std::string DueWords(const Obligation& obligation) {
  return absl::StrCat(obligation.clock, " was due ", calendar::FormatLondon(obligation.due_at));
}

void TellBreach(Docket& docket, const Case& one, Obligation& obligation) {
  const Setting& setting = docket.setting;
  Reminder reminder{setting.now,
                    BreachRole(setting, obligation.clock),
                    std::string(kToldSupervisor),
                    one.id,
                    obligation.id,
                    obligation.clock,
                    LateSeconds(setting.now, obligation.due_at),
                    DueWords(obligation)};
  if (!obligation.supervisor_told) docket.Remind(reminder);
  obligation.supervisor_told = true;
  const pack::ClockRule* rule = setting.pack.FindClock(obligation.clock);
  if (rule == nullptr || !rule->escalates_to_steering_group) return;
  reminder.role = std::string(kSteeringGroup);
  reminder.kind = "breach_told_steering_group";
  docket.Remind(std::move(reminder));
}

void MakeSkeleton(Docket& docket, Case& one) {
  if (one.ProfileState() != "none") return;
  const absl::Time now = docket.setting.now;
  Profile skeleton;
  skeleton.created_at = now;
  skeleton.skeleton = true;
  one.skeleton = skeleton;
  one.Note(now, "skeleton_created", "system");
  docket.Tell(one, std::move(skeleton));
  StartClocks(docket.setting, one, {kSkeletonCreated}, now);
}

void CallConference(Docket& docket, Case& one) {
  if (one.ConferenceCalled()) return;
  const absl::Time now = docket.setting.now;
  Conference conference;
  conference.called_at = now;
  conference.scheduled_for = ConferenceHour(docket.setting, one);
  conference.invited = one.interested;
  conference.automatic = true;
  one.conference = conference;
  one.conference_for = conference.scheduled_for;
  one.invited = conference.invited;
  one.Note(now, "conference_called", "system",
           absl::StrCat("for ", calendar::FormatLondon(conference.scheduled_for)));
  docket.Tell(one, std::move(conference));
  StopClocks(docket.setting, one, kConferenceCalled, now);
}

}  // namespace

void DecideDueSoon(Docket& docket, const std::string& case_id, const std::string& obligation_id) {
  const Setting& setting = docket.setting;
  Case* one = docket.Find(case_id);
  Obligation* obligation = Running(docket, one, obligation_id);
  if (obligation == nullptr || obligation->due_soon_told) return;
  if (setting.now < obligation->due_soon_at) return;
  if (setting.now > obligation->due_at) return;  // its breach fires in the same batch
  obligation->due_soon_told = true;
  obligation->state = std::max(obligation->state, Obligation::State::kDueSoon);
  one->Note(setting.now, "due_soon", "system", obligation->clock);
  docket.Remind(
      {setting.now, DueSoonRole(setting, obligation->clock), "due_soon", one->id, obligation->id,
       obligation->clock, LateSeconds(setting.now, obligation->due_soon_at),
       absl::StrCat(obligation->clock, " is due ", calendar::FormatLondon(obligation->due_at))});
}

void DecideBreach(Docket& docket, const std::string& case_id, const std::string& obligation_id) {
  const Setting& setting = docket.setting;
  Case* one = docket.Find(case_id);
  Obligation* obligation = Running(docket, one, obligation_id);
  if (obligation == nullptr || obligation->breach_told || setting.now <= obligation->due_at) return;
  obligation->state = Obligation::State::kBreached;
  obligation->late_seconds = LateSeconds(setting.now, obligation->due_at);
  if (!obligation->breached_at) obligation->breached_at = obligation->due_at;
  obligation->breach_told = true;
  obligation->due_soon_told = true;
  one->Note(setting.now, "breached", "system", obligation->clock);
  TellBreach(docket, *one, *obligation);
  if (obligation->enforced || !one->open || obligation->started_at < one->since) return;
  obligation->enforced = true;
  const std::string clock = obligation->clock;  // acting may add clocks and move this one
  if (StopsAt(setting, clock, kProfileCreated)) MakeSkeleton(docket, *one);
  if (StopsAt(setting, clock, kConferenceCalled)) CallConference(docket, *one);
}

void DecideOpening(Docket& docket, const std::string& case_id) {
  const Setting& setting = docket.setting;
  Case* one = docket.Find(case_id);
  if (one == nullptr || !one->opens_at || setting.now < *one->opens_at) return;
  const absl::Time opened = *one->opens_at;
  one->opens_at.reset();
  one->opening_told_at = setting.now;
  docket.Remind({setting.now, setting.Self() == nullptr ? "" : setting.Self()->profile_role,
                 "opening", one->id, "", "", LateSeconds(setting.now, opened),
                 "a HIGH arose while the agency was closed"});
}

absl::Time ConferenceHour(const Setting& setting, Case& one) {
  absl::Time due = absl::InfinitePast();
  for (const Obligation& obligation : one.obligations) {
    if (obligation.started_at < one.since) continue;
    if (StopsAt(setting, obligation.clock, kConferenceHeld)) due = obligation.due_at;
  }
  const absl::Duration notice = setting.pack.enforcement.conference_notice.value.Exact();
  calendar::Owner lead = setting.HoursOf(one.lead_agency);
  const calendar::Holidays& holidays = setting.pack.BankHolidays();
  const absl::Time horizon = setting.now + calendar::kOpenTimeSearch;
  const std::optional<absl::Time> hour = calendar::FirstFullHourOpen(
      lead, holidays, setting.now, notice, due > setting.now ? due : horizon);
  if (hour) return *hour;
  if (due > setting.now) return due;
  lead.hours = calendar::AlwaysOpen();
  lead.works_holidays = true;
  return calendar::FirstFullHourOpen(lead, holidays, setting.now, notice, horizon)
      .value_or(setting.now + notice);
}

}  // namespace waymark::sharing::duties
