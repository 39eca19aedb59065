// Bank holidays from a file in the format of the government's published list:
//
//   {"england-and-wales": {"division": "england-and-wales", "events": [
//      {"title": "Good Friday", "date": "2026-04-03", "notes": "", "bunting": false}, ...]}, ...}
//
// Besides the divisions it may say "as-of": the date on which the list was taken. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/calendar/holidays.h"
#include "libs/crypto/signed_file.h"

namespace waymark::config {

// The context under which an update is signed, and its name beside the packs.
inline constexpr std::string_view kBankHolidaysContext = "bank-holidays";
inline constexpr std::string_view kBankHolidaysFile = "bank-holidays.json";

// One division's holidays. The list is complete to the end of the year of its last event: that is
// the horizon. InvalidArgument names the file and the place: no JSON, no such division, no events,
// a date that is none or stands twice, a member of another type.
absl::StatusOr<calendar::Holidays> ParseBankHolidays(std::string_view json, const std::string& file,
                                                     std::string_view division);

// A signed update beside the packs; null when there is none. Every party of `keys` must have signed
// it
// (<folder>/bank-holidays.json.signatures): errors as of VerifySignedFile.
absl::StatusOr<std::shared_ptr<const calendar::Holidays>> LoadSignedBankHolidays(
    const std::string& folder, std::string_view division,
    const std::vector<crypto::PartyKey>& keys);

}  // namespace waymark::config
