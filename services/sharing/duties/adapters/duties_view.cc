#include "services/sharing/duties/adapters/duties_view.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "services/sharing/duties/adapters/codec.h"
#include "services/sharing/duties/adapters/keys.h"
#include "waymark/gateway/v1/duties.pb.h"

namespace waymark::sharing::duties {
namespace {

Case CaseFrom(std::string_view bytes) {
  gateway::v1::StoredDutyCase stored;
  WM_CHECK(stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "a case of this gateway cannot be read");
  return FromProto(stored);
}

}  // namespace

std::optional<Case> DutiesView::FindCase(std::string_view case_id) const {
  std::string key = IdKey(case_id);
  if (const std::optional<std::string> joined = view_.Get(kAliases, key)) key = IdKey(*joined);
  const std::optional<std::string> bytes = view_.Get(kCases, key);
  if (!bytes) return std::nullopt;
  return CaseFrom(*bytes);
}

std::string DutiesView::CaseOf(std::string_view person_id) const {
  return view_.Get(kPersons, IdKey(person_id)).value_or("");
}

std::vector<Case> DutiesView::Cases() const {
  std::vector<Case> cases;
  view_.Scan(kCases, "", "", [&](std::string_view, std::string_view bytes) {
    cases.push_back(CaseFrom(bytes));
    return true;
  });
  return cases;
}

std::vector<gateway::v1::Reminder> DutiesView::Reminders(size_t count_max) const {
  std::vector<gateway::v1::Reminder> reminders;
  if (count_max == 0) return reminders;
  view_.Scan(kReminders, "", "", [&](std::string_view, std::string_view bytes) {
    gateway::v1::Reminder& reminder = reminders.emplace_back();
    WM_CHECK(reminder.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
             "a reminder of this gateway cannot be read");
    return reminders.size() < count_max;
  });
  return reminders;
}

std::map<std::string, uint64_t> DutiesView::RemindersRaised() const {
  std::map<std::string, uint64_t> raised;
  view_.Scan(kCounts, "", "", [&](std::string_view key, std::string_view count) {
    const absl::StatusOr<std::string> kind = KeyReader(key).Text();
    const absl::StatusOr<uint64_t> number = KeyReader(count).Number();
    WM_CHECK(kind.ok() && number.ok(), "a count of reminders cannot be read");
    raised[*kind] = *number;
    return true;
  });
  return raised;
}

}  // namespace waymark::sharing::duties
