// What the room has kept, read from the store. Other rooms and the composition root may use it too.
// Made for one decision (or one Runtime::Read) over its view and dropped with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/sharing/duties/domain/docket.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {

class DutiesView : public CaseView {
 public:
  // `view` must outlive this.
  explicit DutiesView(const runtime::View& view) : view_(view) {}

  std::optional<Case> FindCase(std::string_view case_id) const override;
  std::string CaseOf(std::string_view person_id) const override;

  std::vector<Case> Cases() const;  // by id
  // The newest first.
  std::vector<gateway::v1::Reminder> Reminders(size_t count_max) const;
  // How many of each kind were ever raised: for an operator's counter.
  std::map<std::string, uint64_t> RemindersRaised() const;

 private:
  const runtime::View& view_;
};

}  // namespace waymark::sharing::duties
