#include "services/casemgr/domain/cover.h"

#include "libs/calendar/holidays.h"
#include "libs/calendar/owner.h"

namespace waymark::casemgr {

void AskCover(Work& work, const Case& one) {
  const absl::Time now = work.setting.now;
  const std::string& agency = one.high_first_by;
  if (agency.empty()) return;
  const calendar::Owner hours = HoursOf(work.setting.pack, agency);
  if (calendar::IsOpen(hours, work.setting.pack.BankHolidays(), now)) return;
  CoverNoted noted;
  noted.case_id = one.id;
  noted.closed_agency = agency;
  noted.cover = hours.cover.value_or("");
  noted.at = now;
  noted.opens_at = calendar::NextOpening(hours, work.setting.pack.BankHolidays(), now);
  work.Emit(std::move(noted));
}

}  // namespace waymark::casemgr
