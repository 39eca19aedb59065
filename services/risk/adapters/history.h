// One partnership's histories in the store: what was reported of whom, how each agency judged, and
// the picture as last published.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::risk {

class HistoryView {
 public:
  HistoryView(const runtime::View& view, std::string partnership)
      : view_(view), partnership_(std::move(partnership)) {}

  std::vector<risk::v1::HistoryNoted> IncidentsOf(std::string_view subject_id) const;
  std::vector<risk::v1::AssessmentNoted> AssessmentsOf(std::string_view subject_id) const;
  // The latest revision of an incident; nullopt: not seen.
  std::optional<risk::v1::HistoryNoted> Incident(std::string_view incident_id) const;
  std::optional<risk::v1::SubjectRiskChanged> PictureOf(std::string_view subject_id) const;

 private:
  const runtime::View& view_;
  std::string partnership_;
};

// What each event of risk does to the store.
void Note(const runtime::View& view, const risk::v1::HistoryNoted& event,
          runtime::Changes& changes);
void Note(const risk::v1::AssessmentNoted& event, runtime::Changes& changes);
void Note(const risk::v1::SubjectRiskChanged& event, runtime::Changes& changes);
void Note(const runtime::View& view, const risk::v1::HistoryRekeyed& event,
          runtime::Changes& changes);

}  // namespace waymark::risk
