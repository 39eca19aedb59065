#include "services/sharing/duties/adapters/screen.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/sla_clock.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/duties/adapters/codec.h"

namespace waymark::sharing::duties {
namespace {

using gateway::v1::CaseEvent;
using gateway::v1::Clock;
using gateway::v1::ShowCaseResponse;
using Clocks = google::protobuf::RepeatedPtrField<Clock>;

constexpr char kOwnCopy[] = "own copy: the register did not answer";

bool Ended(const Clock& clock) {
  return clock.state() == Clock::STATE_DISCHARGED || clock.state() == Clock::STATE_CANCELLED;
}

void Explain(Clocks& clocks) {
  for (Clock& clock : clocks) {
    clock.set_why(clock.why().empty() ? kOwnCopy : absl::StrCat(clock.why(), "; ", kOwnCopy));
  }
}

void DropEnded(Clocks& clocks) {
  clocks.erase(std::remove_if(clocks.begin(), clocks.end(), Ended), clocks.end());
}

size_t RankOf(const std::string& profile) {
  constexpr std::array<std::string_view, 2> kRising = {"skeleton", "created"};
  const auto found = std::find(kRising.begin(), kRising.end(), profile);
  return found == kRising.end() ? 0 : static_cast<size_t>(found - kRising.begin()) + 1;
}

// `own` clocks put into `told` ones.
void Merge(const Clocks& own, Clocks& told) {
  std::map<std::string, Clock*> by_id;
  std::set<std::pair<std::string, std::string>> known;  // case, clock
  for (Clock& clock : told) {
    by_id[clock.obligation_id()] = &clock;
    known.emplace(clock.case_id(), clock.clock());
  }
  std::vector<Clock> added;
  for (const Clock& clock : own) {
    const auto same = by_id.find(clock.obligation_id());
    if (same != by_id.end()) {
      if (Ended(clock) && !Ended(*same->second)) *same->second = clock;
    } else if (clock.provisional() && known.count({clock.case_id(), clock.clock()}) == 0) {
      added.push_back(clock);
    }
  }
  for (Clock& clock : added) *told.Add() = std::move(clock);
}

void MergeFacts(const ShowCaseResponse& own, ShowCaseResponse& told) {
  if (RankOf(own.profile()) > RankOf(told.profile())) told.set_profile(own.profile());
  if (own.has_conference_for() && !told.has_conference_for()) {
    *told.mutable_conference_for() = own.conference_for();
    *told.mutable_invited() = own.invited();
  }
}

bool Before(const google::protobuf::Timestamp& left, const google::protobuf::Timestamp& right) {
  return sharing::FromProto(left) < sharing::FromProto(right);
}

}  // namespace

Clock ClockOf(const Case& one, const Obligation& obligation, absl::Time now) {
  Clock clock;
  clock.set_obligation_id(obligation.id);
  clock.set_case_id(one.id);
  clock.set_clock(obligation.clock);
  clock.set_owner(obligation.owner);
  clock.set_handed_from(obligation.handed_from);
  *clock.mutable_started_at() = sharing::ToProto(obligation.started_at);
  *clock.mutable_due_soon_at() = sharing::ToProto(obligation.due_soon_at);
  *clock.mutable_due_at() = sharing::ToProto(obligation.due_at);
  Obligation::State state = obligation.state;
  int64_t late = obligation.late_seconds;
  if (!obligation.ended()) {
    const calendar::ClockStanding standing =
        calendar::StandingAt(obligation.due_at, obligation.due_soon_at, now, std::nullopt);
    state = std::max(state, static_cast<Obligation::State>(static_cast<int>(standing.state)));
    late = LateSeconds(now, obligation.due_at);
  }
  clock.set_state(static_cast<Clock::State>(static_cast<int>(state) + 1));
  clock.set_late_seconds(late);
  if (obligation.ended_at) *clock.mutable_ended_at() = sharing::ToProto(*obligation.ended_at);
  clock.set_why(obligation.why);
  clock.set_provisional(obligation.provisional);
  return clock;
}

ShowCaseResponse LineOf(const Case& one) {
  ShowCaseResponse line;
  line.set_case_id(one.id);
  line.set_band(ToProto(one.band));
  for (const std::string& agency : one.band_by) line.add_band_by(agency);
  line.set_lead_agency(one.lead_agency);
  line.set_state(one.open ? "open" : "closed");
  line.set_profile(one.ProfileState());
  if (one.conference_for) *line.mutable_conference_for() = sharing::ToProto(*one.conference_for);
  for (const std::string& agency : one.invited) line.add_invited(agency);
  for (const std::string& agency : one.interested) line.add_interested(agency);
  line.set_incidents(static_cast<uint32_t>(one.incidents.size()));
  return line;
}

ShowCaseResponse ScreenOf(const Case& one, absl::Time now) {
  ShowCaseResponse screen = LineOf(one);
  for (const Obligation& obligation : one.obligations) {
    *screen.add_clocks() = ClockOf(one, obligation, now);
  }
  SortByUrgency(*screen.mutable_clocks());
  for (const Line& line : one.history) {
    CaseEvent& event = *screen.add_history();
    *event.mutable_at() = sharing::ToProto(line.at);
    event.set_what(line.what);
    event.set_by(line.by);
    event.set_detail(line.detail);
  }
  return screen;
}

ShowCaseResponse MergeCase(const ShowCaseResponse& own, const ShowCaseResponse& told) {
  ShowCaseResponse merged = told;
  MergeFacts(own, merged);
  Merge(own.clocks(), *merged.mutable_clocks());
  SortByUrgency(*merged.mutable_clocks());
  for (const CaseEvent& event : own.history()) {
    const bool known =
        std::any_of(told.history().begin(), told.history().end(), [&](const CaseEvent& other) {
          return other.what() == event.what() &&
                 sharing::FromProto(other.at()) == sharing::FromProto(event.at());
        });
    if (!known) *merged.add_history() = event;
  }
  std::stable_sort(
      merged.mutable_history()->begin(), merged.mutable_history()->end(),
      [](const CaseEvent& left, const CaseEvent& right) { return Before(left.at(), right.at()); });
  return merged;
}

gateway::v1::ListCasesResponse MergeCases(const gateway::v1::ListCasesResponse& own,
                                          const casemgr::v1::ListCasesResponse& told) {
  gateway::v1::ListCasesResponse merged;
  std::set<std::string> known;
  for (const ShowCaseResponse& line : told.cases()) {
    ShowCaseResponse& added = *merged.add_cases();
    added = line;
    known.insert(line.case_id());
    for (const ShowCaseResponse& mine : own.cases()) {
      if (mine.case_id() == line.case_id()) MergeFacts(mine, added);
    }
  }
  for (const ShowCaseResponse& mine : own.cases()) {
    if (known.count(mine.case_id()) == 0) *merged.add_cases() = mine;
  }
  return merged;
}

gateway::v1::ListClocksResponse MergeClocks(const gateway::v1::ListClocksResponse& own,
                                            const casemgr::v1::ListObligationsResponse& told,
                                            bool ended) {
  gateway::v1::ListClocksResponse merged;
  *merged.mutable_clocks() = told.clocks();
  Merge(own.clocks(), *merged.mutable_clocks());
  if (!ended) DropEnded(*merged.mutable_clocks());
  SortByUrgency(*merged.mutable_clocks());
  return merged;
}

ShowCaseResponse OwnAlone(ShowCaseResponse own) {
  own.set_own_copy_only(true);
  Explain(*own.mutable_clocks());
  return own;
}

gateway::v1::ListCasesResponse OwnAlone(gateway::v1::ListCasesResponse own) {
  own.set_own_copies_only(true);
  return own;
}

gateway::v1::ListClocksResponse OwnAlone(gateway::v1::ListClocksResponse own, bool ended) {
  own.set_own_copies_only(true);
  if (!ended) DropEnded(*own.mutable_clocks());
  Explain(*own.mutable_clocks());
  return own;
}

void SortByUrgency(Clocks& clocks) {
  std::stable_sort(clocks.begin(), clocks.end(), [](const Clock& left, const Clock& right) {
    if (Ended(left) != Ended(right)) return !Ended(left);
    if (Ended(left)) return Before(right.ended_at(), left.ended_at());
    return Before(left.due_at(), right.due_at());
  });
}

}  // namespace waymark::sharing::duties
