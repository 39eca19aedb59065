// One decision of the room in the making: the cases it works on, who is to be told, and what goes
// to the core. The functions that handle one input each (high_assessed.h, notices.h, timers.h,
// work_on_case.h) change the cases here; the room's adapter turns what has changed into events.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/calendar/owner.h"
#include "libs/pack/pack.h"
#include "services/sharing/duties/domain/model.h"

namespace waymark::sharing::duties {

// What the room has kept, before the input that is decided.
class CaseView {
 public:
  virtual ~CaseView() = default;
  // By its id, or by the id it had while only this gateway knew of it.
  virtual std::optional<Case> FindCase(std::string_view case_id) const = 0;
  // The case an own person is in: "" when there is none.
  virtual std::string CaseOf(std::string_view person_id) const = 0;
};

struct Setting {
  const pack::Pack& pack;
  std::string self;  // this agency
  absl::Time now;
  std::function<std::string(std::string_view kind)> make_id;

  // What the calendar needs to know of an agency; one that the pack does not know is always open.
  calendar::Owner HoursOf(std::string_view agency) const;
  // Null when the pack does not know this agency.
  const pack::Agency* Self() const { return pack.FindAgency(self); }
};

class Docket {
 public:
  // Both must outlive this.
  Docket(const CaseView& view, const Setting& setting) : setting(setting), view_(view) {}

  const Setting& setting;

  // Null when there is none. Pointers stay good until the case is joined into another.
  Case* Find(const std::string& case_id);
  Case* OfPerson(const std::string& person_id);
  Case& Add(Case fresh);
  // Every clock, act and person of a provisional case becomes one of `into`, whose waiting records
  // are told. `from` is gone.
  void Join(Case& from, Case& into);

  void Remind(Reminder reminder);
  // Tells the core, at once or, for a provisional case, as soon as the case has its id.
  void Tell(Case& one, Record record);

  // ---- What came of it ----
  std::vector<Case> Changed() const;  // by id
  struct Told {
    std::string case_id;
    Record record;
  };
  const std::vector<std::pair<std::string, std::string>>& joined() const { return joined_; }
  const std::vector<Reminder>& reminders() const { return reminders_; }
  const std::vector<Told>& told() const { return told_; }

 private:
  struct Entry {
    std::optional<Case> before;
    Case now;
  };

  const CaseView& view_;
  std::map<std::string, Entry> cases_;
  std::vector<std::pair<std::string, std::string>> joined_;  // from, into
  std::vector<Reminder> reminders_;
  std::vector<Told> told_;
};

}  // namespace waymark::sharing::duties
