// A partnership in memory for the tests of casemgr's domain: runs decisions on maps and fires their
// timers on a clock of its own. Tests only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/check.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"
#include "services/casemgr/domain/incident_linked.h"
#include "services/casemgr/domain/messages.h"
#include "services/casemgr/domain/risk_changed.h"
#include "services/casemgr/domain/timers.h"
#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

inline absl::Time At(const std::string& rfc3339) {
  absl::StatusOr<absl::Time> at = ParseRfc3339(rfc3339);
  WM_CHECK(at.ok(), rfc3339);
  return *at;
}

inline std::shared_ptr<const pack::Pack> Fenland() {
  static const auto pack = config::LoadPack("fenland", "packs");
  WM_CHECK(pack.ok(), pack.status().ToString());
  return *pack;
}

class World : public CaseView {
 public:
  explicit World(absl::Time start) : now(start), pack(*Fenland()) {}

  Subject FindSubject(std::string_view subject_id) const override {
    const auto found = subjects.find(std::string(subject_id));
    if (found != subjects.end()) return found->second;
    Subject unseen;
    unseen.id = std::string(subject_id);
    return unseen;
  }
  std::optional<Case> FindCase(std::string_view case_id) const override {
    const auto found = cases.find(std::string(case_id));
    return found == cases.end() ? std::nullopt : std::optional<Case>(found->second);
  }
  std::optional<Incident> FindIncident(std::string_view incident_id) const override {
    const auto found = incidents.find(std::string(incident_id));
    return found == incidents.end() ? std::nullopt : std::optional<Incident>(found->second);
  }
  std::vector<Incident> IncidentsOf(std::string_view subject_id) const override {
    std::vector<Incident> naming;
    for (const auto& [id, incident] : incidents) {
      if (incident.Names(subject_id)) naming.push_back(incident);
    }
    return naming;
  }

  // Decides, and keeps what happened: rows, history, timers, messages.
  void Do(const std::function<void(Work&)>& decide) {
    const Setting setting{pack, members, now, [](const std::vector<std::string_view>& parts) {
                            std::string id;
                            for (std::string_view part : parts) {
                              id.append(id.empty() ? "" : "/").append(part);
                            }
                            return id;
                          }};
    Work work(*this, setting);
    decide(work);
    for (const Event& event : work.events) {
      for (const HistoryLine& line : HistoryOf(event, now)) history[CaseOf(event)].insert(line);
      for (const TimerChange& timer : TimersOf(event)) Arm(timer);
    }
    for (const auto& [id, subject] : work.ledger.ChangedSubjects()) subjects[id] = subject;
    for (const auto& [id, one] : work.ledger.ChangedCases()) cases[id] = one;
    for (const auto& [id, incident] : work.ledger.ChangedIncidents()) incidents[id] = incident;
    for (const std::string& id : work.touched) Tell(work, id);
  }

  // Fires what is due on the way, in order.
  void RunUntil(absl::Time until) {
    for (;;) {
      auto next = timers_.end();
      for (auto timer = timers_.begin(); timer != timers_.end(); ++timer) {
        if (next == timers_.end() || timer->second.due < next->second.due) next = timer;
      }
      if (next == timers_.end() || *next->second.due > until) break;
      const TimerChange timer = next->second;
      timers_.erase(next);
      now = std::max(now, *timer.due);
      Do([&](Work& work) { Fire(work, timer); });
    }
    now = until;
  }
  void RunFor(absl::Duration by) { RunUntil(now + by); }

  const Case& OnlyCase() const {
    WM_CHECK(cases.size() == 1, "not exactly one case");
    return cases.begin()->second;
  }
  const Obligation& Clock(const std::string& clock) const {
    for (const Obligation& obligation : OnlyCase().obligations) {
      if (obligation.clock == clock && obligation.opening == OnlyCase().opening) return obligation;
    }
    WM_CHECK(false, "no such clock runs");
  }
  // Messages of a type so far: agency by agency, in order of sending.
  template <class Body>
  std::vector<std::pair<std::string, Body>> Told() const {
    std::vector<std::pair<std::string, Body>> all;
    for (const Message& message : sent) {
      if (const Body* body = std::get_if<Body>(&message.body))
        all.emplace_back(message.agency, *body);
    }
    return all;
  }
  template <class Body>
  std::vector<std::string> AgenciesTold() const {
    std::vector<std::string> agencies;
    for (const auto& [agency, body] : Told<Body>()) agencies.push_back(agency);
    return agencies;
  }
  std::vector<std::string> HistoryWords() const {
    std::vector<std::string> words;
    for (const HistoryLine& line : history.at(OnlyCase().id)) words.push_back(line.what);
    return words;
  }

  absl::Time now;
  pack::Pack pack;
  std::vector<std::string> members = {"council", "fire", "housing", "police"};
  std::map<std::string, Subject> subjects;
  std::map<std::string, Case> cases;
  std::map<std::string, Incident> incidents;
  std::map<std::string, std::set<HistoryLine>> history;
  std::vector<Message> sent;

 private:
  void Arm(const TimerChange& timer) {
    const auto key = std::make_tuple(timer.kind, timer.case_id, timer.obligation_id);
    timers_.erase(key);
    if (timer.due) timers_.emplace(key, timer);
  }
  static void Fire(Work& work, const TimerChange& timer) {
    switch (timer.kind) {
      case TimerKind::kDueSoon:
        return DecideDueSoon(work, timer.case_id, timer.obligation_id);
      case TimerKind::kBreach:
        return DecideBreach(work, timer.case_id, timer.obligation_id);
      case TimerKind::kTakeOver:
        return DecideTakeOver(work, timer.case_id, timer.obligation_id);
      case TimerKind::kOpening:
        return DecideOpening(work, timer.case_id);
    }
  }
  // As the app does, but keeps every message of a slot that is not said only once.
  void Tell(Work& work, const std::string& case_id) {
    std::vector<std::string> told;
    for (const auto& [agency, slots] : slots_[case_id]) told.push_back(agency);
    const Case& one = *work.ledger.FindCase(case_id);
    for (Message& message :
         MessagesFor(one, work.ledger.IncidentsOf(one.subject_id), told, work.setting)) {
      const bool first = slots_[case_id][message.agency].insert(message.slot).second;
      if (first || !message.once) sent.push_back(std::move(message));
    }
  }

  std::map<std::tuple<TimerKind, std::string, std::string>, TimerChange> timers_;
  std::map<std::string, std::map<std::string, std::set<std::string>>> slots_;
};

// A report about `subject` as a victim, known to `agency` as "<agency>-<subject>".
inline Incident Report(const std::string& id, const std::string& agency, const std::string& subject,
                       absl::Time at, std::map<std::string, std::string> interests = {}) {
  Incident incident;
  incident.id = id;
  incident.revision = 1;
  incident.agency = agency;
  incident.occurred_at = at - absl::Minutes(30);
  incident.reported_at = at;
  incident.category = Category::kPersonal;
  incident.type = "rowdy_neighbours";
  incident.action_taken = "attended";
  incident.area = {"PE13", "E01018043"};
  incident.parties = {{subject, agency + "-" + subject, {Role::kCaller, Role::kVictim}, true}};
  incident.interests = std::move(interests);
  incident.interests.emplace(agency, "reporter");
  return incident;
}

inline RiskNews High(const std::string& subject, const std::string& agency, absl::Time at,
                     const std::string& incident_id) {
  RiskNews news;
  news.subject_id = subject;
  news.incident_id = incident_id;
  news.risk.effective = Band::kHigh;
  news.risk.effective_by = {agency};
  news.risk.high_since = at;
  news.risk.high_first_by = agency;
  news.risk.highest = Band::kHigh;
  news.risk.at = at;
  return news;
}

}  // namespace waymark::casemgr
