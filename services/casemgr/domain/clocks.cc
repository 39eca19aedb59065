#include "services/casemgr/domain/clocks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/sla_clock.h"

namespace waymark::casemgr {
namespace {

constexpr std::string_view kObserved[] = {"assessment_high", "conference_called",
                                          "conference_held", "grade_high",
                                          "profile_created", "skeleton_created"};

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<absl::Time> EarliestOf(const std::vector<std::string>& words, const Case& one) {
  std::optional<absl::Time> earliest;
  for (const std::string& word : words) {
    const std::optional<absl::Time> at = WhenOf(word, one);
    if (at && (!earliest || *at < *earliest)) earliest = at;
  }
  return earliest;
}

std::string OwnerOf(const pack::ClockRule& rule, const pack::Pack& pack, const Case& one) {
  if (pack.FindAgency(rule.owner) != nullptr) return rule.owner;
  if (rule.owner == "assessing_agency" && !one.high_first_by.empty()) return one.high_first_by;
  if (rule.owner == "profile_creator") {
    if (one.profile) return one.profile->agency;
    if (one.skeleton) return one.skeleton->agency;
  }
  return one.lead_agency;
}

ObligationStarted Compute(const Work& work, const pack::ClockRule& rule, const std::string& owner,
                          absl::Time start) {
  calendar::ClockQuestion question;
  question.spec = rule.spec;
  question.owner = HoursOf(work.setting.pack, owner);
  question.start = start;
  question.holidays = &work.setting.pack.BankHolidays();
  Result<calendar::ClockResult> clock = calendar::ComputeClock(question);
  if (!clock.ok()) {  // an owner that never opens: due as if it always were, which is safe
    question.owner.hours = calendar::AlwaysOpen();
    question.owner.works_holidays = true;
    clock = calendar::ComputeClock(question);
  }
  ObligationStarted started;
  started.clock = rule.name;
  started.owner = clock->handed_to.value_or(owner);
  if (clock->handed_to) started.handed_from = owner;
  started.started_at = start;
  started.due_soon_at = clock->due_soon;
  started.due_at = clock->due;
  started.why = clock->why;
  started.pack_digest = work.setting.pack.digest;
  return started;
}

void KeepStart(Work& work, const Case& one, const pack::ClockRule& rule, const std::string& id) {
  const std::optional<absl::Time> start = EarliestOf(rule.starts, one);
  if (!start) return;
  const std::string owner = OwnerOf(rule, work.setting.pack, one);
  if (owner.empty()) return;  // nobody is known yet; the incident that names one is on its way
  if (const Obligation* running = one.FindObligation(id)) {
    if (running->ended() || running->state == Obligation::State::kBreached) return;
    if (*start >= running->started_at && owner == running->duty_of()) return;
  }
  ObligationStarted started = Compute(work, rule, owner, *start);
  started.case_id = one.id;
  started.obligation_id = id;
  started.opening = one.opening;
  work.Emit(std::move(started));
}

std::string EndedBy(const pack::ClockRule& rule, const Case& one, absl::Time at) {
  for (const std::string& word : rule.stops) {
    if (WhenOf(word, one) != at) continue;
    if (word == "profile_created") return one.profile->agency;
    if (word == "skeleton_created") {
      return one.skeleton->by_register ? "system" : one.skeleton->agency;
    }
    if (word == "conference_held") return one.held->agency;
    if (word == "conference_called") {
      return one.conference->by_register ? "system" : one.conference->agency;
    }
  }
  return "system";
}

void KeepEnd(Work& work, const Case& one, const pack::ClockRule& rule, const std::string& id) {
  const Obligation* obligation = one.FindObligation(id);
  if (obligation == nullptr || obligation->state == Obligation::State::kCancelled) return;
  const std::optional<absl::Time> stop = EarliestOf(rule.stops, one);
  if (!stop) return;
  const absl::Time at = std::max(*stop, obligation->started_at);
  if (obligation->ended() && *obligation->ended_at <= at) return;
  ObligationChanged changed;
  changed.case_id = one.id;
  changed.obligation_id = id;
  changed.change = Obligation::State::kDischarged;
  changed.at = at;
  changed.late_seconds = std::max<int64_t>(
      0, absl::ToInt64Seconds(absl::Floor(at - obligation->due_at, absl::Seconds(1))));
  changed.by = EndedBy(rule, one, *stop);
  work.Emit(std::move(changed));
}

}  // namespace

std::optional<absl::Time> WhenOf(std::string_view event_word, const Case& one) {
  if (event_word == "grade_high" || event_word == "assessment_high") return one.high_since;
  if (event_word == "profile_created" && one.profile) return one.profile->created_at;
  if (event_word == "skeleton_created" && one.skeleton) return one.skeleton->created_at;
  if (event_word == "conference_called") return one.called_at;
  if (event_word == "conference_held" && one.held) return one.held->held_at;
  return std::nullopt;
}

bool IsObserved(std::string_view event_word) {
  return std::binary_search(std::begin(kObserved), std::end(kObserved), event_word);
}

std::string_view TakeOverOf(const pack::ClockRule& rule) {
  if (Has(rule.stops, "profile_created")) return "skeleton_profile";
  if (Has(rule.stops, "conference_called")) return "conference_called";
  return "";
}

void KeepClocks(Work& work, const Case& one) {
  for (const pack::ClockRule& rule : work.setting.pack.clocks) {
    if (std::none_of(rule.stops.begin(), rule.stops.end(), IsObserved)) continue;
    const std::string id =
        work.setting.make_id({"obligation", one.id, absl::StrCat(one.opening), rule.name});
    KeepStart(work, one, rule, id);
    KeepEnd(work, one, rule, id);
  }
}

void CancelClocks(Work& work, const Case& one, const std::string& reason) {
  std::vector<std::string> running;
  for (const Obligation& obligation : one.obligations) {
    if (!obligation.ended()) running.push_back(obligation.id);
  }
  for (const std::string& id : running) {
    ObligationChanged changed;
    changed.case_id = one.id;
    changed.obligation_id = id;
    changed.change = Obligation::State::kCancelled;
    changed.at = work.setting.now;
    changed.by = "system";
    changed.reason = reason;
    work.Emit(std::move(changed));
  }
}

}  // namespace waymark::casemgr
