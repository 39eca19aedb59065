#include "services/casemgr/adapters/store.h"

#include <set>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/config/topics.h"
#include "services/casemgr/adapters/event_codec.h"
#include "services/casemgr/adapters/keys.h"
#include "services/casemgr/adapters/words.h"
#include "services/casemgr/domain/ledger.h"

namespace waymark::casemgr {
namespace {

template <class Row>
std::optional<Row> ReadRow(const runtime::View& view, std::string_view cf, std::string_view key) {
  const std::optional<std::string> bytes = view.Get(cf, key);
  if (!bytes) return std::nullopt;
  Row row;
  WM_CHECK(row.ParseFromString(*bytes), "a row of casemgr's store cannot be read");
  return row;
}

// The last part of every key with this prefix.
std::vector<std::string> Tails(const runtime::View& view, std::string_view cf,
                               const std::string& prefix) {
  std::vector<std::string> tails;
  view.Scan(cf, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(prefix.size()));
    absl::StatusOr<std::string> tail = reader.Text();
    WM_CHECK(tail.ok(), "a key of casemgr's store cannot be read");
    if (tails.empty() || tails.back() != *tail) tails.push_back(*std::move(tail));
    return true;
  });
  return tails;
}

void WriteIncident(const StoreView& before, const std::string& partnership,
                   const Incident& incident, runtime::Changes& changes) {
  std::set<std::string> named;
  for (const Party& party : incident.parties) named.insert(party.subject_id);
  if (const std::optional<Incident> held = before.FindIncident(incident.id)) {
    for (const Party& party : held->parties) {
      if (named.contains(party.subject_id)) continue;
      changes.Delete(kNamedCf, NamedKey(partnership, party.subject_id, incident.id));
    }
  }
  for (const std::string& subject : named) {
    changes.Put(kNamedCf, NamedKey(partnership, subject, incident.id), "");
  }
  v1::IncidentNoted row = ToProto(IncidentNoted{incident});
  row.set_partnership(partnership);
  changes.Put(kIncidentsCf, IncidentKey(partnership, incident.id), StableBytes(row));
}

void WriteTimer(const std::string& partnership, const TimerChange& timer,
                runtime::Changes& changes) {
  const std::string id = TimerId(partnership, timer);
  if (!timer.due) return changes.CancelTimer(id);
  v1::CaseTimer payload;
  payload.set_partnership(partnership);
  payload.set_case_id(timer.case_id);
  payload.set_obligation_id(timer.obligation_id);
  changes.ArmTimer(id, *timer.due, TimerName(timer.kind), StableBytes(payload));
}

}  // namespace

Subject StoreView::FindSubject(std::string_view subject_id) const {
  const auto row =
      ReadRow<v1::SubjectRow>(view_, kSubjectsCf, SubjectKey(partnership_, subject_id));
  if (row) return FromRow(*row);
  Subject unseen;
  unseen.id = std::string(subject_id);
  return unseen;
}

std::optional<Case> StoreView::FindCase(std::string_view case_id) const {
  const auto row = ReadRow<v1::CaseRow>(view_, kCasesCf, CaseKey(partnership_, case_id));
  if (!row) return std::nullopt;
  return FromRow(*row);
}

std::optional<Incident> StoreView::FindIncident(std::string_view incident_id) const {
  const auto row =
      ReadRow<v1::IncidentNoted>(view_, kIncidentsCf, IncidentKey(partnership_, incident_id));
  if (!row) return std::nullopt;
  return FromProto(*row).incident;
}

std::vector<Incident> StoreView::IncidentsOf(std::string_view subject_id) const {
  std::vector<Incident> incidents;
  for (const std::string& id : Tails(view_, kNamedCf, NamedKey(partnership_, subject_id))) {
    std::optional<Incident> incident = FindIncident(id);
    WM_CHECK(incident, "the index of incidents names one that is not there");
    incidents.push_back(*std::move(incident));
  }
  return incidents;
}

std::vector<HistoryLine> StoreView::HistoryOfCase(std::string_view case_id) const {
  std::vector<HistoryLine> lines;
  const std::string prefix = HistoryPrefix(partnership_, case_id);
  view_.Scan(kHistoryCf, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    absl::StatusOr<HistoryLine> line = ParseHistoryKey(key, prefix.size());
    WM_CHECK(line.ok(), "a line of a case's history cannot be read");
    lines.push_back(*std::move(line));
    return true;
  });
  return lines;
}

std::vector<Case> StoreView::CasesToldTo(std::string_view agency) const {
  std::vector<Case> cases;
  for (const std::string& id : Tails(view_, kMembersCf, MemberPrefix(partnership_, agency))) {
    if (std::optional<Case> one = FindCase(id)) cases.push_back(*std::move(one));
  }
  return cases;
}

std::vector<std::string> StoreView::ToldOf(std::string_view case_id) const {
  return Tails(view_, kToldCf, ToldPrefix(partnership_, case_id));
}

std::optional<std::string> StoreView::LastTold(std::string_view case_id, std::string_view agency,
                                               std::string_view slot) const {
  return view_.Get(kToldCf, ToldKey(partnership_, case_id, agency, slot));
}

void WriteEvent(const runtime::View& view, const std::string& partnership, const Event& event,
                absl::Time now, runtime::Changes& changes) {
  const StoreView before(view, partnership);
  Ledger ledger(before);
  ledger.Apply(event);
  for (const auto& [id, incident] : ledger.ChangedIncidents()) {
    WriteIncident(before, partnership, incident, changes);
  }
  for (const auto& [id, subject] : ledger.ChangedSubjects()) {
    changes.Put(kSubjectsCf, SubjectKey(partnership, id), StableBytes(ToRow(subject)));
  }
  for (const auto& [id, one] : ledger.ChangedCases()) {
    changes.Put(kCasesCf, CaseKey(partnership, id), StableBytes(ToRow(one)));
  }
  const std::string case_id = CaseOf(event);
  for (const HistoryLine& line : HistoryOf(event, now)) {
    changes.Put(kHistoryCf, HistoryKey(partnership, case_id, line), "");
  }
  for (const TimerChange& timer : TimersOf(event)) WriteTimer(partnership, timer, changes);
}

void WriteTold(const v1::MemberTold& told, runtime::Changes& changes) {
  changes.Put(kToldCf, ToldKey(told.partnership(), told.case_id(), told.agency(), told.slot()),
              told.once() ? "" : told.message());
  changes.Put(kMembersCf, MemberKey(told.partnership(), told.agency(), told.case_id()), "");
  changes.Send({config::MemberInboxTopic(told.partnership(), told.agency()), 0}, told.type(),
               told.message());
}

}  // namespace waymark::casemgr
