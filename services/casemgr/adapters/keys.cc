#include "services/casemgr/adapters/keys.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::casemgr {

std::vector<std::string> CaseColumnFamilies() {
  return {kIncidentsCf, kNamedCf, kSubjectsCf, kCasesCf, kHistoryCf, kToldCf, kMembersCf};
}

std::string IncidentKey(std::string_view partnership, std::string_view incident_id) {
  return KeyBuilder().Text(partnership).Text(incident_id).Take();
}

std::string NamedKey(std::string_view partnership, std::string_view subject_id,
                     std::string_view incident_id) {
  KeyBuilder key;
  key.Text(partnership).Text(subject_id);
  if (!incident_id.empty()) key.Text(incident_id);
  return key.Take();
}

std::string SubjectKey(std::string_view partnership, std::string_view subject_id) {
  return KeyBuilder().Text(partnership).Text(subject_id).Take();
}

std::string CaseKey(std::string_view partnership, std::string_view case_id) {
  return KeyBuilder().Text(partnership).Text(case_id).Take();
}

std::string HistoryPrefix(std::string_view partnership, std::string_view case_id) {
  return KeyBuilder().Text(partnership).Text(case_id).Take();
}

std::string HistoryKey(std::string_view partnership, std::string_view case_id,
                       const HistoryLine& line) {
  return KeyBuilder()
      .Text(partnership)
      .Text(case_id)
      .Number(static_cast<uint64_t>(absl::ToUnixMicros(line.at)))
      .Text(line.what)
      .Text(line.by)
      .Text(line.detail)
      .Take();
}

absl::StatusOr<HistoryLine> ParseHistoryKey(std::string_view key, size_t prefix_bytes) {
  KeyReader reader(key.substr(prefix_bytes));
  HistoryLine line;
  WM_ASSIGN_OR_RETURN(const uint64_t micros, reader.Number());
  line.at = absl::FromUnixMicros(static_cast<int64_t>(micros));
  WM_ASSIGN_OR_RETURN(line.what, reader.Text());
  WM_ASSIGN_OR_RETURN(line.by, reader.Text());
  WM_ASSIGN_OR_RETURN(line.detail, reader.Text());
  return line;
}

std::string ToldPrefix(std::string_view partnership, std::string_view case_id) {
  return KeyBuilder().Text(partnership).Text(case_id).Take();
}

std::string ToldKey(std::string_view partnership, std::string_view case_id, std::string_view agency,
                    std::string_view slot) {
  return KeyBuilder().Text(partnership).Text(case_id).Text(agency).Text(slot).Take();
}

std::string MemberPrefix(std::string_view partnership, std::string_view agency) {
  return KeyBuilder().Text(partnership).Text(agency).Take();
}

std::string MemberKey(std::string_view partnership, std::string_view agency,
                      std::string_view case_id) {
  return KeyBuilder().Text(partnership).Text(agency).Text(case_id).Take();
}

std::string_view TimerName(TimerKind kind) {
  switch (kind) {
    case TimerKind::kDueSoon:
      return "casemgr.due_soon";
    case TimerKind::kBreach:
      return "casemgr.breach";
    case TimerKind::kTakeOver:
      return "casemgr.take_over";
    case TimerKind::kOpening:
      return "casemgr.opening";
  }
  return "";
}

std::string TimerId(std::string_view partnership, const TimerChange& timer) {
  return absl::StrCat(ToAbsl(TimerName(timer.kind)), "/", ToAbsl(partnership), "/", timer.case_id,
                      "/", timer.obligation_id);
}

}  // namespace waymark::casemgr
