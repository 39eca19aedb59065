// One partnership's histories in the store: what was reported of whom, how each agency judged and
// stands, and the picture as last published.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/risk/domain/picture.h"
#include "services/risk/domain/reach.h"
#include "waymark/risk/v1/events.pb.h"
#include "waymark/risk/v1/kept.pb.h"

namespace waymark::risk {

class HistoryView {
 public:
  HistoryView(const runtime::View& view, std::string partnership)
      : view_(view), partnership_(std::move(partnership)) {}

  // Everything ever reported of a subject, and every assessment: for merges and splits.
  std::vector<risk::v1::HistoryNoted> IncidentsOf(std::string_view subject_id) const;
  std::vector<risk::v1::AssessmentNoted> AssessmentsOf(std::string_view subject_id) const;
  // Where each agency stands, with `another` assessment (null: none), which may be late or replace
  // an earlier one of the same id.
  Standings StandingsOf(std::string_view subject_id,
                        const common::v1::Assessment* another = nullptr) const;
  std::optional<risk::v1::AssessmentNoted> Assessment(std::string_view subject_id,
                                                      std::string_view assessment_id) const;
  // The latest revision of an incident; nullopt: not seen.
  std::optional<risk::v1::HistoryNoted> Incident(std::string_view incident_id) const;
  std::optional<risk::v1::SubjectRiskChanged> PictureOf(std::string_view subject_id) const;

 private:
  const runtime::View& view_;
  std::string partnership_;
};

// One subject's incidents in order of time, from the store.
class SubjectIncidents : public IncidentsByTime {
 public:
  SubjectIncidents(const runtime::View& view, std::string partnership, std::string subject_id)
      : view_(view), partnership_(std::move(partnership)), subject_id_(std::move(subject_id)) {}

  void ByOccurrence(absl::Time latest, const Visit& visit) const override;
  void ByReport(const Visit& visit) const override;

 private:
  void ScanFrom(std::string_view family, absl::Time latest, const Visit& visit) const;

  const runtime::View& view_;
  std::string partnership_;
  std::string subject_id_;
};

// What each event of risk does to the store.
void Note(const runtime::View& view, const risk::v1::HistoryNoted& event,
          runtime::Changes& changes);
void Note(const runtime::View& view, const risk::v1::AssessmentNoted& event,
          runtime::Changes& changes);
void Note(const risk::v1::SubjectRiskChanged& event, runtime::Changes& changes);
void Note(const runtime::View& view, const risk::v1::HistoryRekeyed& event,
          runtime::Changes& changes);

}  // namespace waymark::risk
