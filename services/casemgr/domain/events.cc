#include "services/casemgr/domain/events.h"

#include "absl/strings/str_cat.h"

namespace waymark::casemgr {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

constexpr char kSystem[] = "system";

std::string ByOr(const std::string& agency, bool by_register) {
  return by_register ? kSystem : agency;
}

std::vector<HistoryLine> LinesOf(const CaseUpdated& event, absl::Time now) {
  std::vector<HistoryLine> lines;
  for (const std::string& agency : event.newly_interested) {
    lines.push_back({now, "interest_gained", agency, ""});
  }
  for (const std::string& agency : event.no_longer_interested) {
    lines.push_back({now, "interest_lost", agency, ""});
  }
  if (event.band) {
    for (const std::string& agency : event.band_by) {
      lines.push_back({now, "band", agency, std::string(pack::BandName(*event.band))});
    }
  }
  return lines;
}

std::vector<HistoryLine> LinesOf(const ConferenceHeldNoted& event) {
  std::vector<HistoryLine> lines = {
      {event.held.held_at, "conference_held", event.held.agency, event.held.chair_role}};
  for (const std::string& agency : event.held.absent) {
    lines.push_back({event.held.held_at, "absent", agency, ""});
  }
  return lines;
}

}  // namespace

std::vector<HistoryLine> HistoryOf(const Event& event, absl::Time now) {
  using Lines = std::vector<HistoryLine>;
  return std::visit(
      Overloaded{
          [](const IncidentNoted&) { return Lines(); },
          [](const RiskNoted&) { return Lines(); },
          [](const SubjectAssessed&) { return Lines(); },
          [](const SubjectRekeyed&) { return Lines(); },
          [](const CaseOpened& e) {
            return Lines{{e.opened_at, "opened", kSystem, e.because}};
          },
          [](const CaseReopened& e) {
            return Lines{{e.at, "reopened", kSystem, e.because}};
          },
          [&](const CaseUpdated& e) { return LinesOf(e, now); },
          [&](const ObligationStarted& e) {
            if (e.handed_from.empty()) return Lines{{now, "clock_started", e.owner, e.clock}};
            return Lines{{now, "clock_started", e.owner, e.clock},
                         {now, "handed_over", e.handed_from, absl::StrCat(e.clock, ":", e.owner)}};
          },
          [](const ObligationChanged& e) {
            return Lines{{e.at, std::string(StateName(e.change)), e.by, e.reason}};
          },
          [](const ProfileNoted& e) {
            return Lines{{e.profile.created_at, e.skeleton ? "skeleton_created" : "profile_created",
                          ByOr(e.profile.agency, e.profile.by_register), ""}};
          },
          [](const ConferenceNoted& e) {
            return Lines{{e.conference.called_at, "conference_called",
                          ByOr(e.conference.agency, e.conference.by_register),
                          e.conference.automatic ? "automatic" : ""}};
          },
          [](const ConferenceHeldNoted& e) { return LinesOf(e); },
          [](const CaseReassessed& e) {
            return Lines{{e.at, "reassessed", kSystem,
                          e.overall ? std::string(pack::BandName(*e.overall)) : ""}};
          },
          [](const CaseClosed& e) {
            return Lines{{e.closed_at, e.reason, e.by_agency,
                          e.merged_into.empty() ? e.supervisor_role : e.merged_into}};
          },
          [&](const CaseRekeyed&) {
            return Lines{{now, "rekeyed", kSystem, ""}};
          },
          [](const CoverNoted& e) {
            return Lines{{e.at, "cover_asked", e.closed_agency, e.cover}};
          },
          [](const CoverEnded& e) {
            return Lines{{e.at, "cover_ended", kSystem, ""}};
          },
      },
      event);
}

std::string CaseOf(const Event& event) {
  return std::visit(
      [](const auto& e) -> std::string {
        if constexpr (requires { e.case_id; }) {
          return e.case_id;
        } else {
          return "";
        }
      },
      event);
}

std::vector<TimerChange> TimersOf(const Event& event) {
  using Timers = std::vector<TimerChange>;
  if (const auto* started = std::get_if<ObligationStarted>(&event)) {
    // Late is after the due instant, not at it.
    return Timers{
        {TimerKind::kDueSoon, started->case_id, started->obligation_id, started->due_soon_at},
        {TimerKind::kBreach, started->case_id, started->obligation_id,
         started->due_at + absl::Seconds(1)}};
  }
  if (const auto* changed = std::get_if<ObligationChanged>(&event)) {
    if (changed->change == Obligation::State::kBreached) {
      if (!changed->take_over_at) return {};
      return {
          {TimerKind::kTakeOver, changed->case_id, changed->obligation_id, changed->take_over_at}};
    }
    if (changed->change == Obligation::State::kDueSoon) return {};
    return Timers{{TimerKind::kDueSoon, changed->case_id, changed->obligation_id, std::nullopt},
                  {TimerKind::kBreach, changed->case_id, changed->obligation_id, std::nullopt},
                  {TimerKind::kTakeOver, changed->case_id, changed->obligation_id, std::nullopt}};
  }
  if (const auto* cover = std::get_if<CoverNoted>(&event)) {
    if (cover->opens_at) return {{TimerKind::kOpening, cover->case_id, "", cover->opens_at}};
  }
  return {};
}

}  // namespace waymark::casemgr
