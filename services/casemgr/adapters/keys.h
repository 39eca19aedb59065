// Every column family of casemgr and how its keys are made. Keys begin with the partnership id, so
// that the partnerships of one shard never meet and each is one range.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/casemgr/domain/events.h"

namespace waymark::casemgr {

inline constexpr char kIncidentsCf[] = "casemgr.incidents";  // incident -> IncidentNoted
inline constexpr char kNamedCf[] = "casemgr.named";          // subject, incident -> ""
inline constexpr char kSubjectsCf[] = "casemgr.subjects";    // subject -> SubjectRow
inline constexpr char kCasesCf[] = "casemgr.cases";          // case -> CaseRow
inline constexpr char kHistoryCf[] = "casemgr.history";      // case, time, what, by, detail -> ""
inline constexpr char kToldCf[] = "casemgr.told";            // case, agency, slot -> message, or ""
inline constexpr char kMembersCf[] = "casemgr.members";      // agency, case -> ""

std::vector<std::string> CaseColumnFamilies();

std::string IncidentKey(std::string_view partnership, std::string_view incident_id);
// Without an incident: the prefix of all that name the subject.
std::string NamedKey(std::string_view partnership, std::string_view subject_id,
                     std::string_view incident_id = "");
std::string SubjectKey(std::string_view partnership, std::string_view subject_id);
std::string CaseKey(std::string_view partnership, std::string_view case_id);
std::string HistoryPrefix(std::string_view partnership, std::string_view case_id);
std::string HistoryKey(std::string_view partnership, std::string_view case_id,
                       const HistoryLine& line);
absl::StatusOr<HistoryLine> ParseHistoryKey(std::string_view key, size_t prefix_bytes);
std::string ToldPrefix(std::string_view partnership, std::string_view case_id);
std::string ToldKey(std::string_view partnership, std::string_view case_id, std::string_view agency,
                    std::string_view slot);
std::string MemberPrefix(std::string_view partnership, std::string_view agency);
std::string MemberKey(std::string_view partnership, std::string_view agency,
                      std::string_view case_id);

// Timers: one for each case, clock and kind.
std::string_view TimerName(TimerKind kind);  // "casemgr.due_soon", ...
std::string TimerId(std::string_view partnership, const TimerChange& timer);

}  // namespace waymark::casemgr
