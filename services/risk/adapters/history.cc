#include "services/risk/adapters/history.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "services/risk/adapters/keys.h"

namespace waymark::risk {
namespace {

using risk::v1::AssessmentNoted;
using risk::v1::HistoryNoted;
using risk::v1::HistoryRekeyed;
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
  return ReadAll<HistoryNoted>(view_, kIncidents, Key(partnership_, subject_id));
}

std::vector<AssessmentNoted> HistoryView::AssessmentsOf(std::string_view subject_id) const {
  return ReadAll<AssessmentNoted>(view_, kAssessments, Key(partnership_, subject_id));
}

std::optional<HistoryNoted> HistoryView::Incident(std::string_view incident_id) const {
  return ReadOne<HistoryNoted>(view_, kRevisions, Key(partnership_, incident_id));
}

std::optional<SubjectRiskChanged> HistoryView::PictureOf(std::string_view subject_id) const {
  return ReadOne<SubjectRiskChanged>(view_, kPictures, Key(partnership_, subject_id));
}

void Note(const runtime::View& view, const HistoryNoted& event, runtime::Changes& changes) {
  // A later revision may count for other people than the one before.
  if (const auto before = HistoryView(view, event.partnership()).Incident(event.incident_id())) {
    for (const risk::v1::CountedPerson& person : before->counted()) {
      changes.Delete(kIncidents,
                     Key(event.partnership(), person.subject_id(), event.incident_id()));
    }
  }
  const std::string bytes = event.SerializeAsString();
  for (const risk::v1::CountedPerson& person : event.counted()) {
    changes.Put(kIncidents, Key(event.partnership(), person.subject_id(), event.incident_id()),
                bytes);
  }
  changes.Put(kRevisions, Key(event.partnership(), event.incident_id()), bytes);
}

void Note(const AssessmentNoted& event, runtime::Changes& changes) {
  changes.Put(kAssessments,
              Key(event.partnership(), event.subject_id(), event.assessment().assessment_id()),
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
  for (AssessmentNoted& noted : history.AssessmentsOf(event.from_subject_id())) {
    bool moves = false;
    for (const std::string& id : event.assessment_ids()) {
      moves = moves || id == noted.assessment().assessment_id();
    }
    if (!moves) continue;
    changes.Delete(kAssessments, Key(event.partnership(), event.from_subject_id(),
                                     noted.assessment().assessment_id()));
    noted.set_subject_id(event.to_subject_id());
    Note(noted, changes);
  }
}

}  // namespace waymark::risk
