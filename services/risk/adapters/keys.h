// Every column family of risk and the layout of its keys. P is the partnership id; parts are
// written by KeyBuilder (libs/base/bytes.h).
//
//   risk.incidents    P subject occurred incident  -> waymark.risk.v1.IncidentRow
//   risk.reports      P subject reported incident  -> waymark.risk.v1.IncidentRow
//   risk.revisions    P incident                   -> waymark.risk.v1.HistoryNoted, the latest
//   risk.assessments  P subject assessment         -> waymark.risk.v1.AssessmentNoted
//   risk.standings    P subject agency             -> waymark.risk.v1.AgencyStanding
//   risk.pictures     P subject                    -> waymark.risk.v1.SubjectRiskChanged, as last
//                                                     published
//
// Times are whole seconds counted down (NewestFirst), so that a scan begins with the newest.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace waymark::risk {

inline constexpr std::string_view kIncidents = "risk.incidents";
inline constexpr std::string_view kReports = "risk.reports";
inline constexpr std::string_view kAssessments = "risk.assessments";
inline constexpr std::string_view kStandings = "risk.standings";
inline constexpr std::string_view kRevisions = "risk.revisions";
inline constexpr std::string_view kPictures = "risk.pictures";

inline std::vector<std::string> ColumnFamilies() {
  std::vector<std::string> all;
  for (std::string_view family :
       {kIncidents, kReports, kAssessments, kStandings, kRevisions, kPictures}) {
    all.emplace_back(family);
  }
  return all;
}

// The number that stands for an instant's second in a key: the later, the smaller.
inline uint64_t NewestFirst(absl::Time at) {
  constexpr int64_t kBeyondAnyYear = int64_t{1} << 60;
  return static_cast<uint64_t>(
      kBeyondAnyYear - std::clamp(absl::ToUnixSeconds(at), -kBeyondAnyYear, kBeyondAnyYear));
}

}  // namespace waymark::risk
