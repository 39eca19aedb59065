#include "services/risk/adapters/history.h"

#include <map>
#include <set>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/adapters/keys.h"

namespace waymark::risk {
namespace {

using risk::v1::AgencyStanding;
using risk::v1::AssessmentNoted;
using risk::v1::HistoryNoted;
using risk::v1::HistoryRekeyed;
using risk::v1::IncidentRow;
using risk::v1::SubjectRiskChanged;

template <class Message>
Message Read(std::string_view bytes) {
  Message message;
  WM_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "a value of risk's store is not the message that keys.h says");
  return message;
}

template <class Message>
std::vector<Message> ReadAll(const runtime::View& view, std::string_view family,
                             const std::string& prefix) {
  std::vector<Message> all;
  view.Scan(family, prefix, AfterPrefix(prefix), [&](std::string_view, std::string_view value) {
    all.push_back(Read<Message>(value));
    return true;
  });
  return all;
}

template <class Message>
std::optional<Message> ReadOne(const runtime::View& view, std::string_view family,
                               const std::string& key) {
  const auto value = view.Get(family, key);
  if (!value) return std::nullopt;
  return Read<Message>(*value);
}

std::string Key(std::string_view partnership, std::string_view first) {
  return KeyBuilder().Text(partnership).Text(first).Take();
}

std::string Key(std::string_view partnership, std::string_view first, std::string_view second) {
  return KeyBuilder().Text(partnership).Text(first).Text(second).Take();
}

}  // namespace

std::vector<HistoryNoted> HistoryView::IncidentsOf(std::string_view subject_id) const {
  std::vector<std::string> ids;
  SubjectIncidents(view_, partnership_, std::string(subject_id))
      .ByOccurrence(absl::InfiniteFuture(), [&](const rules::Incident& incident) {
        ids.push_back(incident.id);
        return true;
      });
  std::vector<HistoryNoted> all;
  for (const std::string& id : ids) {
    std::optional<HistoryNoted> noted = Incident(id);
    WM_CHECK(noted.has_value(), "an incident of a subject that is not kept itself");
    all.push_back(*std::move(noted));
  }
  return all;
}

std::vector<AssessmentNoted> HistoryView::AssessmentsOf(std::string_view subject_id) const {
  return ReadAll<AssessmentNoted>(view_, kAssessments, Key(partnership_, subject_id));
}

Standings HistoryView::StandingsOf(std::string_view subject_id,
                                   const common::v1::Assessment* another) const {
  Standings standings;
  const std::string prefix = Key(partnership_, subject_id);
  view_.Scan(kStandings, prefix, AfterPrefix(prefix),
             [&](std::string_view, std::string_view value) {
               const auto kept = Read<AgencyStanding>(value);
               standings[kept.live().agency()] = {ToDomain(kept.live()), FromProto(kept.since())};
               return true;
             });
  if (another == nullptr) return standings;
  const AgencyAssessment added = ToDomain(*another);
  const auto standing = standings.find(added.agency);
  if (standing == standings.end()) {
    standings[added.agency] = {added, added.at};
    return standings;
  }
  const bool replaces = Assessment(subject_id, added.id).has_value();
  if (!replaces && IsLater(added, standing->second)) {
    standing->second = Next(standing->second, added);
    return standings;
  }
  std::vector<AgencyAssessment> all = {added};
  for (const AssessmentNoted& noted : AssessmentsOf(subject_id)) {
    if (noted.assessment().assessment_id() != added.id) all.push_back(ToDomain(noted.assessment()));
  }
  return risk::StandingsOf(std::move(all));
}

std::optional<HistoryNoted> HistoryView::Incident(std::string_view incident_id) const {
  return ReadOne<HistoryNoted>(view_, kRevisions, Key(partnership_, incident_id));
}

std::optional<AssessmentNoted> HistoryView::Assessment(std::string_view subject_id,
                                                       std::string_view assessment_id) const {
  return ReadOne<AssessmentNoted>(view_, kAssessments,
                                  Key(partnership_, subject_id, assessment_id));
}

std::optional<SubjectRiskChanged> HistoryView::PictureOf(std::string_view subject_id) const {
  return ReadOne<SubjectRiskChanged>(view_, kPictures, Key(partnership_, subject_id));
}

void SubjectIncidents::ByOccurrence(absl::Time latest, const Visit& visit) const {
  ScanFrom(kIncidents, latest, visit);
}

void SubjectIncidents::ByReport(const Visit& visit) const {
  ScanFrom(kReports, absl::InfiniteFuture(), visit);
}

void SubjectIncidents::ScanFrom(std::string_view family, absl::Time latest,
                                const Visit& visit) const {
  const std::string prefix = Key(partnership_, subject_id_);
  const std::string from =
      KeyBuilder().Text(partnership_).Text(subject_id_).Number(NewestFirst(latest)).Take();
  view_.Scan(family, from, AfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
    KeyReader reader(key.substr(prefix.size()));
    const bool has_time = reader.Number().ok();
    absl::StatusOr<std::string> id = reader.Text();
    WM_CHECK(has_time && id.ok(), "a key of risk's store is not what keys.h says");
    const auto row = Read<IncidentRow>(value);
    return visit({*std::move(id), FromProto(row.occurred_at()), FromProto(row.reported_at()),
                  row.type(), subject_id_, "", ""});
  });
}

namespace {

struct Rows {
  std::string occurred;
  std::string reported;
};

Rows RowsOf(const HistoryNoted& noted, const std::string& subject_id) {
  const auto key = [&](const google::protobuf::Timestamp& at) {
    return KeyBuilder()
        .Text(noted.partnership())
        .Text(subject_id)
        .Number(NewestFirst(FromProto(at)))
        .Text(noted.incident_id())
        .Take();
  };
  return {key(noted.occurred_at()), key(noted.reported_at())};
}

void PutStanding(const std::string& partnership, const std::string& subject_id,
                 const std::string& agency, const Standing& standing,
                 const common::v1::Assessment& live, runtime::Changes& changes) {
  AgencyStanding kept;
  *kept.mutable_live() = live;
  *kept.mutable_since() = ToProto(standing.since);
  changes.Put(kStandings, Key(partnership, subject_id, agency), kept.SerializeAsString());
}

// Writes where every agency stands about a subject of whom exactly `assessments` are known.
void PutStandings(const HistoryView& history, const std::string& partnership,
                  const std::string& subject_id, const std::vector<AssessmentNoted>& assessments,
                  runtime::Changes& changes) {
  std::vector<AgencyAssessment> all;
  std::map<std::string, const common::v1::Assessment*> by_id;
  for (const AssessmentNoted& noted : assessments) {
    all.push_back(ToDomain(noted.assessment()));
    by_id[noted.assessment().assessment_id()] = &noted.assessment();
  }
  const Standings now = StandingsOf(std::move(all));
  for (const auto& [agency, standing] : history.StandingsOf(subject_id)) {
    if (!now.contains(agency)) changes.Delete(kStandings, Key(partnership, subject_id, agency));
  }
  for (const auto& [agency, standing] : now) {
    PutStanding(partnership, subject_id, agency, standing, *by_id.at(standing.live.id), changes);
  }
}

}  // namespace

void Note(const runtime::View& view, const HistoryNoted& event, runtime::Changes& changes) {
  // A later revision may count for other people than the one before, and at other times.
  if (const auto before = HistoryView(view, event.partnership()).Incident(event.incident_id())) {
    for (const risk::v1::CountedPerson& person : before->counted()) {
      const Rows rows = RowsOf(*before, person.subject_id());
      changes.Delete(kIncidents, rows.occurred);
      changes.Delete(kReports, rows.reported);
    }
  }
  IncidentRow row;
  *row.mutable_occurred_at() = event.occurred_at();
  *row.mutable_reported_at() = event.reported_at();
  row.set_type(event.type());
  const std::string bytes = row.SerializeAsString();
  for (const risk::v1::CountedPerson& person : event.counted()) {
    const Rows rows = RowsOf(event, person.subject_id());
    changes.Put(kIncidents, rows.occurred, bytes);
    changes.Put(kReports, rows.reported, bytes);
  }
  changes.Put(kRevisions, Key(event.partnership(), event.incident_id()), event.SerializeAsString());
}

void Note(const runtime::View& view, const AssessmentNoted& event, runtime::Changes& changes) {
  const HistoryView history(view, event.partnership());
  const auto& assessment = event.assessment();
  const Standing standing =
      history.StandingsOf(event.subject_id(), &assessment).at(assessment.agency());
  common::v1::Assessment live = assessment;
  if (standing.live.id != assessment.assessment_id()) {
    const auto kept = history.Assessment(event.subject_id(), standing.live.id);
    WM_CHECK(kept.has_value(), "an agency stands on an assessment that is not kept");
    live = kept->assessment();
  }
  PutStanding(event.partnership(), event.subject_id(), assessment.agency(), standing, live,
              changes);
  changes.Put(kAssessments,
              Key(event.partnership(), event.subject_id(), assessment.assessment_id()),
              event.SerializeAsString());
}

void Note(const SubjectRiskChanged& event, runtime::Changes& changes) {
  changes.Put(kPictures, Key(event.partnership(), event.subject_id()), event.SerializeAsString());
}

void Note(const runtime::View& view, const HistoryRekeyed& event, runtime::Changes& changes) {
  const HistoryView history(view, event.partnership());
  for (const std::string& incident_id : event.incident_ids()) {
    std::optional<HistoryNoted> incident = history.Incident(incident_id);
    if (!incident) continue;
    for (risk::v1::CountedPerson& person : *incident->mutable_counted()) {
      if (person.subject_id() == event.from_subject_id()) {
        person.set_subject_id(event.to_subject_id());
      }
    }
    Note(view, *incident, changes);
  }
  const std::set<std::string> moving(event.assessment_ids().begin(), event.assessment_ids().end());
  std::vector<AssessmentNoted> stay;
  std::vector<AssessmentNoted> moved = history.AssessmentsOf(event.to_subject_id());
  for (AssessmentNoted& noted : history.AssessmentsOf(event.from_subject_id())) {
    const std::string& id = noted.assessment().assessment_id();
    if (!moving.contains(id)) {
      stay.push_back(std::move(noted));
      continue;
    }
    changes.Delete(kAssessments, Key(event.partnership(), event.from_subject_id(), id));
    noted.set_subject_id(event.to_subject_id());
    changes.Put(kAssessments, Key(event.partnership(), event.to_subject_id(), id),
                noted.SerializeAsString());
    std::erase_if(
        moved, [&](const AssessmentNoted& old) { return old.assessment().assessment_id() == id; });
    moved.push_back(std::move(noted));
  }
  PutStandings(history, event.partnership(), event.from_subject_id(), stay, changes);
  PutStandings(history, event.partnership(), event.to_subject_id(), moved, changes);
}

}  // namespace waymark::risk
