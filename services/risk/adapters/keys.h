// Every column family of risk and the layout of its keys. P is the partnership id; parts are
// written by KeyBuilder (libs/base/bytes.h).
//
//   risk.incidents    P subject incident    -> waymark.risk.v1.HistoryNoted
//   risk.assessments  P subject assessment  -> waymark.risk.v1.AssessmentNoted
//   risk.revisions    P incident            -> waymark.risk.v1.HistoryNoted of the latest revision
//   risk.pictures     P subject             -> waymark.risk.v1.SubjectRiskChanged, as last
//   published
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::risk {

inline constexpr std::string_view kIncidents = "risk.incidents";
inline constexpr std::string_view kAssessments = "risk.assessments";
inline constexpr std::string_view kRevisions = "risk.revisions";
inline constexpr std::string_view kPictures = "risk.pictures";

inline std::vector<std::string> ColumnFamilies() {
  std::vector<std::string> all;
  for (std::string_view family : {kIncidents, kAssessments, kRevisions, kPictures}) {
    all.emplace_back(family);
  }
  return all;
}

}  // namespace waymark::risk
