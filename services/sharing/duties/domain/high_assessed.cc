#include "services/sharing/duties/domain/high_assessed.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"
#include "libs/calendar/holidays.h"
#include "libs/calendar/owner.h"
#include "services/sharing/duties/domain/clocks.h"

namespace waymark::sharing::duties {
namespace {

void Insert(std::vector<std::string>& sorted, const std::string& one) {
  if (one.empty()) return;
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), one);
  if (at == sorted.end() || *at != one) sorted.insert(at, one);
}

Case& CaseFor(Docket& docket, const HighAssessed& high) {
  if (Case* known = docket.OfPerson(high.person_id)) {
    if (!known->open) Reopen(*known, high.assessed_at);
    return *known;
  }
  Case fresh;
  fresh.id = absl::StrCat("own-", docket.setting.make_id("case"));
  fresh.provisional = true;
  fresh.lead_agency = docket.setting.self;  // until there is a profile: whoever first graded HIGH
  fresh.category = high.category;
  fresh.outward_postcode = high.outward_postcode;
  fresh.lsoa = high.lsoa;
  fresh.opened_at = docket.setting.now;
  fresh.since = high.assessed_at;
  return docket.Add(std::move(fresh));
}

// A HIGH while the agency is closed.
void TellOutOfHours(Docket& docket, Case& one) {
  const Setting& setting = docket.setting;
  const pack::Agency* self = setting.Self();
  if (self == nullptr || one.opens_at) return;
  const calendar::Owner owner = self->AsOwner();
  const calendar::Holidays& holidays = setting.pack.BankHolidays();
  if (calendar::IsOpen(owner, holidays, setting.now)) return;
  one.opens_at = calendar::NextOpening(owner, holidays, setting.now);
  one.opening_told_at.reset();
  std::string why = "a HIGH arose while the agency is closed";
  if (one.opens_at) absl::StrAppend(&why, "; it opens ", calendar::FormatLondon(*one.opens_at));
  if (!self->cover.empty()) absl::StrAppend(&why, "; its cover is ", self->cover);
  docket.Remind({setting.now, self->out_of_hours_role, "closed_at_high", one.id, "", "", 0, why});
}

}  // namespace

void DecideHighAssessed(Docket& docket, const HighAssessed& high) {
  const Setting& setting = docket.setting;
  Case& one = CaseFor(docket, high);
  Insert(one.persons, high.person_id);
  Insert(one.incidents, high.incident_id);
  one.band = pack::Band::kHigh;
  Insert(one.band_by, setting.self);
  const absl::Time start = std::min(high.assessed_at, setting.now);
  if (one.provisional && start < one.since) one.since = start;
  const size_t clocks = one.obligations.size();
  StartClocks(setting, one, {"grade_high", "assessment_high"}, start);
  if (one.obligations.size() == clocks) return;  // an earlier HIGH has started them
  one.Note(start, "assessed_high", setting.self);
  TellOutOfHours(docket, one);
}

void Reopen(Case& one, absl::Time at) {
  one.open = true;
  for (const Obligation& obligation : one.obligations) {
    one.since = std::max(one.since, obligation.started_at + absl::Microseconds(1));
  }
  one.profile_told = "none";
  one.conference_for.reset();
  one.invited.clear();
  one.profile.reset();
  one.skeleton.reset();
  one.conference.reset();
  one.held.reset();
  one.opens_at.reset();
  one.opening_told_at.reset();
  one.Note(at, "reopened", "system");
}

}  // namespace waymark::sharing::duties
