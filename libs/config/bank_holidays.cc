#include "libs/config/bank_holidays.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/calendar/civil.h"
#include "libs/config/file.h"

namespace waymark::config {
namespace {

using Json = nlohmann::json;

absl::Status Wanted(const std::string& file, std::string_view place, std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ": ", ToAbsl(place), ": wanted ", ToAbsl(wanted)));
}

// The date at `member` of `json`; nullopt when there is none or it is no date.
std::optional<absl::CivilDay> DateOf(const Json& json, const char* member) {
  const auto found = json.find(member);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return calendar::ParseDate(found->get_ref<const std::string&>());
}

}  // namespace

absl::StatusOr<calendar::Holidays> ParseBankHolidays(std::string_view json, const std::string& file,
                                                     std::string_view division) {
  const Json list = Json::parse(json, nullptr, false);
  if (!list.is_object()) return Wanted(file, "the file", "a JSON object of divisions");
  if (list.contains("as-of") && !DateOf(list, "as-of")) {
    return Wanted(file, "as-of", "a date like 2026-11-22");
  }
  const std::string name(division);
  const auto found = list.find(name);
  if (found == list.end() || !found->is_object()) return Wanted(file, name, "this division's list");
  const auto events = found->find("events");
  if (events == found->end() || !events->is_array() || events->empty()) {
    return Wanted(file, name + ".events", "a list of at least one bank holiday");
  }
  std::set<absl::CivilDay> days;
  for (size_t i = 0; i < events->size(); ++i) {
    const std::string place = absl::StrCat(name, ".events[", i, "].date");
    const Json& event = (*events)[i];
    const std::optional<absl::CivilDay> day =
        event.is_object() ? DateOf(event, "date") : std::nullopt;
    if (!day) return Wanted(file, place, "a date like 2026-12-25");
    if (!days.insert(*day).second) return Wanted(file, place, "each date once");
  }
  const absl::CivilDay horizon(days.rbegin()->year(), 12, 31);
  return calendar::Holidays({days.begin(), days.end()}, horizon);
}

absl::StatusOr<std::shared_ptr<const calendar::Holidays>> LoadSignedBankHolidays(
    const std::string& folder, std::string_view division,
    const std::vector<crypto::PartyKey>& keys) {
  const std::string file = absl::StrCat(folder, "/", ToAbsl(kBankHolidaysFile));
  const absl::StatusOr<std::string> json = ReadFile(file);
  if (absl::IsNotFound(json.status())) return std::shared_ptr<const calendar::Holidays>();
  WM_RETURN_IF_ERROR(json.status());
  WM_ASSIGN_OR_RETURN(const std::string signatures, ReadFile(file + ".signatures"));
  std::set<std::string> parties;
  for (const crypto::PartyKey& key : keys) parties.insert(key.party);
  const auto signed_by =
      crypto::VerifySignedFile(*json, signatures, kBankHolidaysContext, keys, parties.size());
  if (!signed_by.ok()) {
    return absl::Status(signed_by.status().code(),
                        absl::StrCat(file, ": ", signed_by.status().message()));
  }
  WM_ASSIGN_OR_RETURN(calendar::Holidays holidays, ParseBankHolidays(*json, file, division));
  return std::make_shared<const calendar::Holidays>(std::move(holidays));
}

}  // namespace waymark::config
