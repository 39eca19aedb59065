#include "services/sharing/alerts/domain/waiting.h"

#include <algorithm>

#include "libs/calendar/sla_clock.h"

namespace waymark::sharing::alerts {
namespace {

constexpr uint32_t kDoublingsMax = 4;

}  // namespace

Result<std::optional<Wait>> WaitFor(const pack::Pack& pack, const std::string& agency,
                                    pack::Band band, absl::Time queued_at) {
  const std::vector<pack::Band>& bands = pack.alerting.bands;
  const pack::ClockRule* rule = pack.FindClock(pack.alerting.acknowledgement_clock);
  const pack::Agency* owner = pack.FindAgency(agency);
  const bool needed = std::find(bands.begin(), bands.end(), band) != bands.end();
  if (!needed || rule == nullptr || owner == nullptr) return std::optional<Wait>();
  calendar::ClockQuestion question;
  question.spec = rule->spec;
  question.owner = owner->AsOwner();
  question.start = queued_at;
  question.holidays = &pack.BankHolidays();
  WM_ASSIGN_OR_REFUSE(const calendar::ClockResult clock, calendar::ComputeClock(question));
  return std::optional<Wait>(Wait{
      clock.due_soon, clock.due, rule->owner_role.empty() ? owner->due_soon_role : rule->owner_role,
      rule->escalation_role.empty() ? owner->breach_role : rule->escalation_role});
}

absl::Duration RetryAfter(uint32_t tries) {
  const uint32_t doublings = std::min(tries == 0 ? 0 : tries - 1, kDoublingsMax);
  return absl::Minutes(1 << doublings);
}

}  // namespace waymark::sharing::alerts
