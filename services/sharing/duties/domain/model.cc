#include "services/sharing/duties/domain/model.h"

#include <algorithm>
#include <array>

namespace waymark::sharing::duties {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"running", "due_soon", "breached",
                                                     "discharged", "cancelled"};
// A clock is due soon through its due instant and breached after it; the runtime's timers count in
// microseconds.
constexpr absl::Duration kJustAfter = absl::Microseconds(1);

}  // namespace

std::string_view StateName(Obligation::State state) { return kStates[static_cast<size_t>(state)]; }

std::optional<Obligation::State> ParseState(std::string_view name) {
  const auto found = std::find(kStates.begin(), kStates.end(), name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<Obligation::State>(found - kStates.begin());
}

Obligation* Case::Find(std::string_view obligation_id) {
  for (Obligation& obligation : obligations) {
    if (obligation.id == obligation_id) return &obligation;
  }
  return nullptr;
}

Obligation* Case::OfClock(std::string_view clock) {
  for (Obligation& obligation : obligations) {
    if (obligation.clock == clock && (obligation.started_at >= since || !obligation.ended())) {
      return &obligation;
    }
  }
  return nullptr;
}

std::string Case::ProfileState() const {
  if (profile || profile_told == "created") return "created";
  if (skeleton || profile_told == "skeleton") return "skeleton";
  return "none";
}

void Case::Note(absl::Time at, std::string what, std::string by, std::string detail) {
  Line line{at, std::move(what), std::move(by), std::move(detail)};
  const auto after =
      std::upper_bound(history.begin(), history.end(), at,
                       [](absl::Time time, const Line& existing) { return time < existing.at; });
  history.insert(after, std::move(line));
}

std::vector<Timer> TimersOf(const Case& one, std::string_view self) {
  std::vector<Timer> timers;
  for (const Obligation& obligation : one.obligations) {
    if (!obligation.RunBy(self)) continue;
    if (!obligation.due_soon_told && obligation.state == Obligation::State::kRunning) {
      timers.push_back({Timer::Kind::kDueSoon, obligation.id, obligation.due_soon_at});
    }
    if (!obligation.breach_told) {
      timers.push_back({Timer::Kind::kBreach, obligation.id, obligation.due_at + kJustAfter});
    }
  }
  if (one.opens_at) timers.push_back({Timer::Kind::kOpening, "", *one.opens_at});
  return timers;
}

int64_t LateSeconds(absl::Time at, absl::Time due) {
  if (at <= due) return 0;
  return absl::ToInt64Seconds(absl::Floor(at - due, absl::Seconds(1)));
}

}  // namespace waymark::sharing::duties
