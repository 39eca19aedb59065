#include "services/sharing/duties/domain/clocks.h"

#include <algorithm>

#include "libs/calendar/sla_clock.h"

namespace waymark::sharing::duties {
namespace {

constexpr std::string_view kStoppedHere[] = {kProfileCreated, kConferenceCalled, kConferenceHeld};

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool AnyOf(const std::vector<std::string>& words, const std::vector<std::string_view>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](std::string_view word) { return Has(words, word); });
}

bool CanBeStoppedHere(const pack::ClockRule& rule) {
  return std::any_of(std::begin(kStoppedHere), std::end(kStoppedHere),
                     [&](std::string_view word) { return Has(rule.stops, word); });
}

std::string OwnerOf(const pack::ClockRule& rule, const Setting& setting, const Case& one) {
  if (setting.pack.FindAgency(rule.owner) != nullptr) return rule.owner;
  if (rule.owner == "lead_agency" && !one.lead_agency.empty()) return one.lead_agency;
  return setting.self;
}

void Compute(const Setting& setting, const pack::ClockRule& rule, const std::string& owner,
             absl::Time start, Obligation& obligation) {
  calendar::ClockQuestion question;
  question.spec = rule.spec;
  question.owner = setting.HoursOf(owner);
  question.start = start;
  question.holidays = &setting.pack.BankHolidays();
  Result<calendar::ClockResult> clock = calendar::ComputeClock(question);
  if (!clock.ok()) {  // an owner that never opens: due as if it always were, which is safe
    question.owner.hours = calendar::AlwaysOpen();
    question.owner.works_holidays = true;
    clock = calendar::ComputeClock(question);
  }
  obligation.owner = clock->handed_to.value_or(owner);
  obligation.handed_from = clock->handed_to ? owner : "";
  obligation.started_at = start;
  obligation.due_soon_at = clock->due_soon;
  obligation.due_at = clock->due;
  obligation.why = clock->why;
}

}  // namespace

void StartClocks(const Setting& setting, Case& one, const std::vector<std::string_view>& words,
                 absl::Time start) {
  for (const pack::ClockRule& rule : setting.pack.clocks) {
    if (!AnyOf(rule.starts, words) || !CanBeStoppedHere(rule)) continue;
    const std::string owner = OwnerOf(rule, setting, one);
    if (owner != setting.self) continue;
    if (Obligation* running = one.OfClock(rule.name)) {
      const bool moves = running->provisional && !running->ended() && !running->breached_at &&
                         start < running->started_at;
      if (moves) Compute(setting, rule, owner, start, *running);
      continue;
    }
    Obligation fresh;
    fresh.id = setting.make_id("obligation");
    fresh.provisional = true;
    fresh.clock = rule.name;
    Compute(setting, rule, owner, start, fresh);
    one.obligations.push_back(std::move(fresh));
  }
}

const Obligation* StopClocks(const Setting& setting, Case& one, std::string_view word,
                             absl::Time at) {
  const Obligation* answered = nullptr;
  for (Obligation& obligation : one.obligations) {
    if (obligation.ended() || !StopsAt(setting, obligation.clock, word)) continue;
    const bool own = obligation.RunBy(setting.self);
    obligation.state = Obligation::State::kDischarged;
    obligation.ended_at = std::max(at, obligation.started_at);
    obligation.late_seconds = LateSeconds(*obligation.ended_at, obligation.due_at);
    if (obligation.late_seconds > 0 && !obligation.breached_at) {
      obligation.breached_at = obligation.due_at;
    }
    if (answered == nullptr || own) answered = &obligation;
  }
  return answered;
}

bool StopsAt(const Setting& setting, std::string_view clock, std::string_view word) {
  const pack::ClockRule* rule = setting.pack.FindClock(clock);
  return rule != nullptr && Has(rule->stops, word);
}

void Fold(const Obligation& from, Obligation& into) {
  if (into.provisional && from.started_at < into.started_at) {
    into.owner = from.owner;
    into.handed_from = from.handed_from;
    into.started_at = from.started_at;
    into.due_soon_at = from.due_soon_at;
    into.due_at = from.due_at;
    into.why = from.why;
  }
  into.due_soon_told |= from.due_soon_told;
  into.breach_told |= from.breach_told;
  into.supervisor_told |= from.supervisor_told;
  into.enforced |= from.enforced;
  if (from.breached_at && (!into.breached_at || *from.breached_at < *into.breached_at)) {
    into.breached_at = from.breached_at;
  }
  if (from.state == Obligation::State::kDischarged && !into.ended()) {
    into.state = from.state;
    into.ended_at = from.ended_at;
    into.late_seconds = LateSeconds(*from.ended_at, into.due_at);
  } else if (!into.ended()) {
    into.state = std::max(into.state, from.state == Obligation::State::kCancelled
                                          ? Obligation::State::kRunning
                                          : from.state);
  }
}

}  // namespace waymark::sharing::duties
