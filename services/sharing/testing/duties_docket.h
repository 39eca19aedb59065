// For tests of the room's domain: cases in a map, the Fenland pack, instants as text.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/config/load_pack.h"
#include "services/sharing/duties/domain/docket.h"
#include "services/sharing/duties/domain/high_assessed.h"
#include "services/sharing/duties/domain/notices.h"
#include "services/sharing/duties/domain/timers.h"

namespace waymark::sharing::duties {

// "2026-03-06 18:00" on the London wall clock.
inline absl::Time London(const std::string& text) {
  absl::TimeZone zone;
  WM_CHECK(absl::LoadTimeZone("Europe/London", &zone), "no time zone data");
  absl::Time at;
  std::string error;
  WM_CHECK(absl::ParseTime("%Y-%m-%d %H:%M", text, zone, &at, &error), error);
  return at;
}

class MapView : public CaseView {
 public:
  std::optional<Case> FindCase(std::string_view case_id) const override {
    auto found = cases.find(std::string(case_id));
    const auto alias = aliases.find(std::string(case_id));
    if (alias != aliases.end()) found = cases.find(alias->second);
    if (found == cases.end()) return std::nullopt;
    return found->second;
  }
  std::string CaseOf(std::string_view person_id) const override {
    for (const auto& [id, one] : cases) {
      for (const std::string& person : one.persons) {
        if (person == person_id) return id;
      }
    }
    return "";
  }
  std::map<std::string, Case> cases;
  std::map<std::string, std::string> aliases;
};

// One agency's room: each Run decides one input at `now` and keeps what came of it.
class Room {
 public:
  explicit Room(std::string agency, absl::Time start) : self(std::move(agency)), now(start) {}

  template <class Decide>
  auto Run(Decide decide) {
    const Setting setting{*pack, self, now, [this](std::string_view kind) {
                            return absl::StrCat(std::string(kind), "-", ++ids_);
                          }};
    Docket docket(view, setting);
    struct Keep {
      Room& room;
      Docket& docket;
      ~Keep() { room.Take(docket); }
    } keep{*this, docket};
    return decide(docket);
  }

  void High(const std::string& person, absl::Time at) {
    Run([&](Docket& docket) {
      DecideHighAssessed(docket, {person, "incident-of-" + person, at, 1, "PE13", "E01018043"});
    });
  }

  // Fires every timer that is due by `until`, in order, each at its time or, when `late`, all of
  // them at `until`.
  void PassTo(absl::Time until, bool late = false) {
    while (true) {
      std::optional<std::pair<Timer, std::string>> next;
      for (const auto& [id, one] : view.cases) {
        for (const Timer& timer : TimersOf(one, self)) {
          const std::string key =
              absl::StrCat(id, timer.obligation_id, static_cast<int>(timer.kind));
          if (timer.due > until || fired_[key] == timer.due) continue;
          if (!next || timer.due < next->first.due) next = {timer, id};
        }
      }
      if (!next) break;
      const auto& [timer, id] = *next;
      fired_[absl::StrCat(id, timer.obligation_id, static_cast<int>(timer.kind))] = timer.due;
      now = late ? until : std::max(now, timer.due);
      Run([&, timer = timer, id = id](Docket& docket) {
        if (timer.kind == Timer::Kind::kDueSoon) DecideDueSoon(docket, id, timer.obligation_id);
        if (timer.kind == Timer::Kind::kBreach) DecideBreach(docket, id, timer.obligation_id);
        if (timer.kind == Timer::Kind::kOpening) DecideOpening(docket, id);
      });
    }
    now = until;
  }

  Case& Only() {
    WM_CHECK(view.cases.size() == 1, "not exactly one case");
    return view.cases.begin()->second;
  }
  Obligation& Clock(const std::string& clock) {
    Obligation* found = Only().OfClock(clock);
    WM_CHECK(found != nullptr, "no such clock");
    return *found;
  }
  std::vector<std::string> Kinds() const {  // of reminders, with their role
    std::vector<std::string> kinds;
    for (const Reminder& one : reminders) kinds.push_back(absl::StrCat(one.kind, " ", one.role));
    return kinds;
  }

  const std::string self;
  absl::Time now;
  MapView view;
  std::vector<Reminder> reminders;
  std::vector<Docket::Told> told;
  std::shared_ptr<const pack::Pack> pack = config::LoadPack("fenland", "packs").value();

 private:
  void Take(const Docket& docket) {
    for (const auto& [from, into] : docket.joined()) {
      view.cases.erase(from);
      view.aliases[from] = into;
    }
    for (const Case& one : docket.Changed()) view.cases[one.id] = one;
    reminders.insert(reminders.end(), docket.reminders().begin(), docket.reminders().end());
    told.insert(told.end(), docket.told().begin(), docket.told().end());
  }

  int ids_ = 0;
  std::map<std::string, absl::Time> fired_;
};

// What the register says of a case of "person-1", HIGH by police unless told otherwise.
inline CaseNotice NoticeOf(const std::string& case_id) {
  CaseNotice notice;
  notice.case_id = case_id;
  notice.band = pack::Band::kHigh;
  notice.band_by = {"police"};
  notice.lead_agency = "police";
  notice.interested = {"council", "housing", "police"};
  notice.person_ids = {"person-1"};
  notice.incident_ids = {"incident-of-person-1"};
  notice.profile = "none";
  return notice;
}

inline ObligationNotice ClockNotice(const std::string& case_id, const std::string& id,
                                    const std::string& clock, const std::string& owner,
                                    absl::Time start, absl::Duration length) {
  ObligationNotice notice;
  notice.case_id = case_id;
  notice.person_id = "person-1";
  notice.obligation.id = id;
  notice.obligation.clock = clock;
  notice.obligation.owner = owner;
  notice.obligation.started_at = start;
  notice.obligation.due_soon_at = start + 0.75 * length;
  notice.obligation.due_at = start + length;
  return notice;
}

}  // namespace waymark::sharing::duties
