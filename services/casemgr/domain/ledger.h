// A working copy of what casemgr keeps: reads through to a view, takes events, and knows what they
// changed. Deciders run on it (work.h), and the same code writes the store, so that what was
// decided is what is kept. Single-threaded; the view must outlive it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/casemgr/domain/events.h"
#include "services/casemgr/domain/model.h"

namespace waymark::casemgr {

class Ledger {
 public:
  explicit Ledger(const CaseView& view) : view_(view) {}

  // References stay valid and follow later events.
  const Subject& SubjectOf(const std::string& subject_id);
  const Case* FindCase(const std::string& case_id);  // null when there is none
  std::optional<Incident> FindIncident(const std::string& incident_id) const;
  // In which the subject counts, by id.
  std::vector<Incident> IncidentsOf(const std::string& subject_id) const;

  // The subject it lives on as: itself unless merged.
  const Subject& Resolve(const std::string& subject_id);
  // The open case of a subject; null when there is none.
  const Case* OpenCaseOf(const std::string& subject_id);
  // The last one that was closed and not merged away; null when there is none.
  const Case* LastClosedOf(const std::string& subject_id);

  // An event about a case that is not there changes nothing.
  void Apply(const Event& event);

  // What events changed, by id.
  std::map<std::string, Subject> ChangedSubjects() const;
  std::map<std::string, Case> ChangedCases() const;
  const std::map<std::string, Incident>& ChangedIncidents() const { return incidents_; }

 private:
  std::vector<Incident> Naming(const std::string& subject_id) const;
  Subject& Load(const std::string& subject_id);
  Case* LoadCase(const std::string& case_id);

  void Take(const IncidentNoted& event);
  void Take(const RiskNoted& event);
  void Take(const SubjectAssessed& event);
  void Take(const SubjectRekeyed& event);
  void Take(const CaseOpened& event);
  void Take(const CaseReopened& event);
  void Take(const CaseUpdated& event);
  void Take(const ObligationStarted& event);
  void Take(const ObligationChanged& event);
  void Take(const ProfileNoted& event);
  void Take(const ConferenceNoted& event);
  void Take(const ConferenceHeldNoted& event);
  void Take(const CaseReassessed& event);
  void Take(const CaseClosed& event);
  void Take(const CaseRekeyed& event);
  void Take(const CoverNoted& event);
  void Take(const CoverEnded& event);

  const CaseView& view_;
  std::map<std::string, Subject> subjects_;
  std::map<std::string, std::optional<Case>> cases_;
  std::map<std::string, Incident> incidents_;  // changed ones only
  std::set<std::string> changed_subjects_;
  std::set<std::string> changed_cases_;
};

}  // namespace waymark::casemgr
