// One decision in the making: the ledger it runs on, what holds for the partnership, and the events
// so far. The functions that handle one message each (incident_linked.h, risk_changed.h, ...) write
// facts to it and then call KeepCase, which brings the case to what the facts ask for. So the order
// in which records of different lanes arrive does not matter.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/pack/pack.h"
#include "services/casemgr/domain/events.h"
#include "services/casemgr/domain/ledger.h"

namespace waymark::casemgr {

struct Setting {
  const pack::Pack& pack;
  const std::vector<std::string>& members;  // agencies, sorted
  absl::Time now;
  // An id that depends on the parts alone and tells nothing of them.
  std::function<std::string(const std::vector<std::string_view>& parts)> make_id;

  bool IsMember(std::string_view agency) const;
  // An instant that a source told: never later than now.
  absl::Time Past(absl::Time told) const { return std::min(told, now); }
};

class Work {
 public:
  Work(const CaseView& view, const Setting& setting) : setting(setting), ledger(view) {}

  void Emit(Event event);

  const Setting& setting;
  Ledger ledger;
  std::vector<Event> events;
  // Cases about which members may have to be told something new.
  std::set<std::string> touched;
};

// What opens a case, or opens it again.
struct Opening {
  std::string incident_id;
  std::string because;
  absl::Time since;
};

// Opens a case for the subject, or its last closed one again; it must have no open one.
void OpenCase(Work& work, const std::string& subject_id, const Opening& opening);

// Brings an open case to what is known: band, lead, circle of interest, reassessment, clocks.
// Nothing happens when it is closed or missing. `incident_id` is what brought the news; may be "".
void KeepCase(Work& work, const std::string& case_id, const std::string& incident_id = "");

// The case that a member's record is about: itself, or the one it was merged into. InvalidArgument
// when there is none or the agency has no part in it: a member speaks for itself only.
absl::StatusOr<const Case*> CaseOfMember(Work& work, const std::string& agency,
                                         const std::string& case_id);

// What the pack knows of an agency, for the calendar; one it does not know is always open and has
// no cover.
calendar::Owner HoursOf(const pack::Pack& pack, const std::string& agency);

}  // namespace waymark::casemgr
