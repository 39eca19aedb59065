// What casemgr keeps, as rows of the runtime's store: the domain's view on them, and the writer
// that turns an event into changes. Values are the messages of
// proto/waymark/casemgr/v1/state.proto; keys are in keys.h. Neither is kept between inputs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/runtime/decider.h"
#include "services/casemgr/domain/events.h"
#include "services/casemgr/domain/model.h"
#include "waymark/casemgr/v1/events.pb.h"
#include "waymark/casemgr/v1/state.pb.h"

namespace waymark::casemgr {

// A row that cannot be read is a broken store and stops the process.
class StoreView : public CaseView {
 public:
  StoreView(const runtime::View& view, std::string partnership)
      : view_(view), partnership_(std::move(partnership)) {}

  Subject FindSubject(std::string_view subject_id) const override;
  std::optional<Case> FindCase(std::string_view case_id) const override;
  std::optional<Incident> FindIncident(std::string_view incident_id) const override;
  std::vector<Incident> IncidentsOf(std::string_view subject_id) const override;

  // By time.
  std::vector<HistoryLine> HistoryOfCase(std::string_view case_id) const;
  // Cases an agency was ever told of, by id.
  std::vector<Case> CasesToldTo(std::string_view agency) const;
  // Agencies that were told of the case, sorted.
  std::vector<std::string> ToldOf(std::string_view case_id) const;
  // The serialised message that was last sent in the slot; "" for one that is sent only once.
  std::optional<std::string> LastTold(std::string_view case_id, std::string_view agency,
                                      std::string_view slot) const;

 private:
  const runtime::View& view_;
  std::string partnership_;
};

v1::SubjectRow ToRow(const Subject& subject);
Subject FromRow(const v1::SubjectRow& row);
v1::CaseRow ToRow(const Case& one);
Case FromRow(const v1::CaseRow& row);

// Writes what an event of the domain changes: rows, history, timers.
void WriteEvent(const runtime::View& view, const std::string& partnership, const Event& event,
                absl::Time now, runtime::Changes& changes);
// Sends the message and remembers it.
void WriteTold(const v1::MemberTold& told, runtime::Changes& changes);

}  // namespace waymark::casemgr
