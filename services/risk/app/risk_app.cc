#include "services/risk/app/risk_app.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/adapters/history.h"
#include "services/risk/adapters/keys.h"

namespace waymark::risk {
namespace {

using intake::v1::AssessmentLinked;
using intake::v1::IncidentLinked;
using intake::v1::PersonForgotten;
using intake::v1::SubjectsMerged;
using intake::v1::SubjectSplit;
using risk::v1::AssessmentNoted;
using risk::v1::HistoryNoted;
using risk::v1::HistoryRekeyed;
using risk::v1::SubjectRiskChanged;
using runtime::Decision;
using runtime::Event;

template <class Message>
absl::StatusOr<Message> Parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("not a ", message.GetTypeName()));
  }
  return message;
}

template <class Message>
bool Is(const std::string& type) {
  return type == Message::descriptor()->full_name();
}

template <class Message>
Event MakeEvent(const Message& message) {
  return {message.GetTypeName(), message.SerializeAsString()};
}

// What is known of one subject, with what the input at hand adds or takes away.
struct Known {
  std::vector<rules::Incident> incidents;
  std::vector<AgencyAssessment> assessments;
};

// Everything: for merges and splits.
Known Load(const HistoryView& history, const std::string& subject_id) {
  Known known;
  for (const HistoryNoted& noted : history.IncidentsOf(subject_id)) {
    known.incidents.push_back(ToDomain(noted, subject_id));
  }
  for (const AssessmentNoted& noted : history.AssessmentsOf(subject_id)) {
    known.assessments.push_back(ToDomain(noted.assessment()));
  }
  return known;
}

template <class Item>
void Replace(std::vector<Item>& items, Item item) {
  std::erase_if(items, [&](const Item& old) { return old.id == item.id; });
  items.push_back(std::move(item));
}

// What caused a change, as it stands in the event.
struct Trigger {
  std::string incident_id;
  std::string assessment_id;
};

// Adds a SubjectRiskChanged when the picture is another than the one last published.
absl::Status Publish(const pack::Pack& pack, const HistoryView& history,
                     const std::string& partnership, const std::string& subject_id,
                     const std::vector<rules::Incident>& incidents, const Standings& standings,
                     const Trigger& trigger, absl::Time now, std::vector<Event>& events) {
  const Result<Picture> picture = Judge(pack, now, incidents, standings);
  if (!picture.ok()) return absl::InvalidArgumentError(Describe(picture.problem()));
  Picture before;
  if (const auto last = history.PictureOf(subject_id)) before = FromProto(*last);
  if (SameForPartners(before, *picture)) return absl::OkStatus();
  SubjectRiskChanged changed = ToProto(*picture, pack);
  changed.set_partnership(partnership);
  changed.set_subject_id(subject_id);
  changed.set_incident_id(trigger.incident_id);
  changed.set_assessment_id(trigger.assessment_id);
  *changed.mutable_at() = ToProto(now);
  for (const std::string& rule : NewlyFired(before.repeats, picture->repeats)) {
    changed.add_newly_fired(rule);
  }
  events.push_back(MakeEvent(changed));
  return absl::OkStatus();
}

AssessmentNoted NoteOf(const std::string& partnership, const std::string& subject_id,
                       const std::string& person_id, const common::v1::Assessment& assessment) {
  AssessmentNoted noted;
  noted.set_partnership(partnership);
  noted.set_subject_id(subject_id);
  noted.set_person_id(person_id);
  *noted.mutable_assessment() = assessment;
  return noted;
}

// The part of a subject's history that belongs to these persons; to all when `persons` is null.
HistoryRekeyed Rekey(const HistoryView& history, const std::string& partnership,
                     const std::string& from, const std::string& to,
                     const std::set<std::pair<std::string, std::string>>* persons) {
  HistoryRekeyed event;
  event.set_partnership(partnership);
  event.set_from_subject_id(from);
  event.set_to_subject_id(to);
  for (const HistoryNoted& noted : history.IncidentsOf(from)) {
    for (const risk::v1::CountedPerson& person : noted.counted()) {
      if (person.subject_id() != from) continue;
      if (persons != nullptr && !persons->contains({noted.agency(), person.person_id()})) continue;
      event.add_incident_ids(noted.incident_id());
    }
  }
  for (const AssessmentNoted& noted : history.AssessmentsOf(from)) {
    const auto& assessment = noted.assessment();
    if (persons != nullptr && !persons->contains({assessment.agency(), noted.person_id()}))
      continue;
    event.add_assessment_ids(assessment.assessment_id());
  }
  return event;
}

// Applies a rekeying to what was loaded.
void Move(const HistoryRekeyed& event, Known& from, Known& to) {
  const std::set<std::string> incidents(event.incident_ids().begin(), event.incident_ids().end());
  const std::set<std::string> assessments(event.assessment_ids().begin(),
                                          event.assessment_ids().end());
  std::erase_if(from.incidents, [&](rules::Incident& incident) {
    if (!incidents.contains(incident.id)) return false;
    incident.subject = event.to_subject_id();
    Replace(to.incidents, incident);
    return true;
  });
  std::erase_if(from.assessments, [&](const AgencyAssessment& assessment) {
    if (!assessments.contains(assessment.id)) return false;
    Replace(to.assessments, assessment);
    return true;
  });
}

}  // namespace

RiskApp::RiskApp(std::map<std::string, std::shared_ptr<const pack::Pack>> packs)
    : packs_(std::move(packs)) {}

std::vector<std::string> RiskApp::DomainColumnFamilies() const { return ColumnFamilies(); }

absl::StatusOr<const pack::Pack*> RiskApp::PackOf(const std::string& partnership) const {
  const auto pack = packs_.find(partnership);
  if (pack == packs_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("partnership ", partnership, " is not served by this risk service"));
  }
  return pack->second.get();
}

absl::StatusOr<Decision> RiskApp::Decide(const runtime::View& view, const runtime::Input& input,
                                         runtime::Context& context) {
  if (Is<IncidentLinked>(input.type)) {
    WM_ASSIGN_OR_RETURN(const auto incident, Parse<IncidentLinked>(input.payload));
    return DecideIncident(view, incident, context.now());
  }
  if (Is<AssessmentLinked>(input.type)) {
    WM_ASSIGN_OR_RETURN(const auto linked, Parse<AssessmentLinked>(input.payload));
    return DecideAssessment(view, linked, context.now());
  }
  if (Is<SubjectsMerged>(input.type)) {
    WM_ASSIGN_OR_RETURN(const auto merged, Parse<SubjectsMerged>(input.payload));
    return DecideMerge(view, merged, context.now());
  }
  if (Is<SubjectSplit>(input.type)) {
    WM_ASSIGN_OR_RETURN(const auto split, Parse<SubjectSplit>(input.payload));
    return DecideSplit(view, split, context.now());
  }
  if (Is<PersonForgotten>(input.type)) {
    WM_ASSIGN_OR_RETURN(const auto forgotten, Parse<PersonForgotten>(input.payload));
    return DecideForgotten(view, forgotten, context.now());
  }
  return Decision{};  // stock and whatever else is not about risk
}

absl::StatusOr<Decision> RiskApp::DecideIncident(const runtime::View& view,
                                                 const IncidentLinked& incident,
                                                 absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(incident.partnership()));
  const HistoryView history(view, incident.partnership());
  const auto before = history.Incident(incident.incident_id());
  if (before && before->revision() >= incident.revision()) return Decision{};
  const HistoryNoted noted = HistoryOf(incident);
  Decision decision;
  decision.events.push_back(MakeEvent(noted));

  const intake::v1::LinkedParty* assessed =
      incident.has_assessment() ? AssessedParty(incident) : nullptr;
  if (assessed != nullptr) {
    decision.events.push_back(MakeEvent(NoteOf(incident.partnership(), assessed->subject_id(),
                                               assessed->person_id(), incident.assessment())));
  }
  std::set<std::string> touched;
  for (const risk::v1::CountedPerson& person : noted.counted()) touched.insert(person.subject_id());
  std::set<std::string> counted = touched;
  if (before) {
    for (const auto& person : before->counted()) touched.insert(person.subject_id());
  }
  for (const std::string& subject : touched) {
    const rules::Incident added = ToDomain(noted, subject);
    const bool counts = counted.contains(subject);
    std::vector<rules::Incident> incidents =
        WithinReach(SubjectIncidents(view, incident.partnership(), subject), *pack, now,
                    counts ? &added : nullptr);
    std::erase_if(incidents, [&](const rules::Incident& old) { return old.id == added.id; });
    if (counts) incidents.push_back(added);
    Trigger trigger{incident.incident_id(), ""};
    const bool is_assessed = assessed != nullptr && assessed->subject_id() == subject;
    if (is_assessed) trigger.assessment_id = incident.assessment().assessment_id();
    const Standings standings =
        history.StandingsOf(subject, is_assessed ? &incident.assessment() : nullptr);
    WM_RETURN_IF_ERROR(Publish(*pack, history, incident.partnership(), subject, incidents,
                               standings, trigger, now, decision.events));
  }
  return decision;
}

absl::StatusOr<Decision> RiskApp::DecideAssessment(const runtime::View& view,
                                                   const AssessmentLinked& linked,
                                                   absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(linked.partnership()));
  const HistoryView history(view, linked.partnership());
  const std::string& subject = linked.subject_id();
  Decision decision;
  decision.events.push_back(
      MakeEvent(NoteOf(linked.partnership(), subject, linked.person_id(), linked.assessment())));
  WM_RETURN_IF_ERROR(Publish(
      *pack, history, linked.partnership(), subject,
      WithinReach(SubjectIncidents(view, linked.partnership(), subject), *pack, now, nullptr),
      history.StandingsOf(subject, &linked.assessment()),
      {linked.incident_id(), linked.assessment().assessment_id()}, now, decision.events));
  return decision;
}

absl::StatusOr<Decision> RiskApp::DecideMerge(const runtime::View& view,
                                              const SubjectsMerged& merged, absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(merged.partnership()));
  const HistoryView history(view, merged.partnership());
  const HistoryRekeyed rekeyed = Rekey(history, merged.partnership(), merged.merged_subject_id(),
                                       merged.kept_subject_id(), nullptr);
  Known gone = Load(history, merged.merged_subject_id());
  Known kept = Load(history, merged.kept_subject_id());
  Move(rekeyed, gone, kept);
  Decision decision{{MakeEvent(rekeyed)}, "", absl::OkStatus()};
  for (const auto& [subject, known] :
       {std::pair(merged.merged_subject_id(), &gone), std::pair(merged.kept_subject_id(), &kept)}) {
    WM_RETURN_IF_ERROR(Publish(*pack, history, merged.partnership(), subject, known->incidents,
                               StandingsOf(known->assessments), {}, now, decision.events));
  }
  return decision;
}

absl::StatusOr<Decision> RiskApp::DecideSplit(const runtime::View& view, const SubjectSplit& split,
                                              absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(split.partnership()));
  const HistoryView history(view, split.partnership());
  std::set<std::pair<std::string, std::string>> persons;
  for (const intake::v1::MemberPerson& person : split.moved()) {
    persons.emplace(person.agency(), person.person_id());
  }
  const HistoryRekeyed rekeyed =
      Rekey(history, split.partnership(), split.subject_id(), split.new_subject_id(), &persons);
  Known stays = Load(history, split.subject_id());
  Known moved;
  Move(rekeyed, stays, moved);
  Decision decision{{MakeEvent(rekeyed)}, "", absl::OkStatus()};
  for (const auto& [subject, known] :
       {std::pair(split.subject_id(), &stays), std::pair(split.new_subject_id(), &moved)}) {
    WM_RETURN_IF_ERROR(Publish(*pack, history, split.partnership(), subject, known->incidents,
                               StandingsOf(known->assessments), {}, now, decision.events));
  }
  return decision;
}

absl::StatusOr<Decision> RiskApp::DecideForgotten(const runtime::View& view,
                                                  const PersonForgotten& forgotten,
                                                  absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(forgotten.partnership()));
  const HistoryView history(view, forgotten.partnership());
  const std::set<std::pair<std::string, std::string>> person = {
      {forgotten.agency(), forgotten.person_id()}};
  const HistoryRekeyed rekeyed = Rekey(history, forgotten.partnership(), forgotten.subject_id(),
                                       forgotten.nobody_subject_id(), &person);
  Known stays = Load(history, forgotten.subject_id());
  Known nobody;
  Move(rekeyed, stays, nobody);
  Decision decision{{MakeEvent(rekeyed)}, "", absl::OkStatus()};
  WM_RETURN_IF_ERROR(Publish(*pack, history, forgotten.partnership(), forgotten.subject_id(),
                             stays.incidents, StandingsOf(stays.assessments), {}, now,
                             decision.events));
  return decision;
}

absl::Status RiskApp::Evolve(const runtime::View& view, const Event& event,
                             const runtime::EventContext& context, runtime::Changes& changes) {
  if (Is<HistoryNoted>(event.type)) {
    WM_ASSIGN_OR_RETURN(const auto noted, Parse<HistoryNoted>(event.payload));
    Note(view, noted, changes);
    return absl::OkStatus();
  }
  if (Is<AssessmentNoted>(event.type)) {
    WM_ASSIGN_OR_RETURN(const auto noted, Parse<AssessmentNoted>(event.payload));
    Note(view, noted, changes);
    return absl::OkStatus();
  }
  if (Is<SubjectRiskChanged>(event.type)) {
    WM_ASSIGN_OR_RETURN(const auto changed, Parse<SubjectRiskChanged>(event.payload));
    Note(changed, changes);
    return absl::OkStatus();
  }
  if (Is<HistoryRekeyed>(event.type)) {
    WM_ASSIGN_OR_RETURN(const auto rekeyed, Parse<HistoryRekeyed>(event.payload));
    Note(view, rekeyed, changes);
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("risk's journal holds an unknown ", event.type));
}

}  // namespace waymark::risk
