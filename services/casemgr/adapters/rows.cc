#include "services/casemgr/adapters/event_codec.h"
#include "services/casemgr/adapters/store.h"
#include "services/casemgr/adapters/words.h"

namespace waymark::casemgr {
namespace {

using Change = v1::ObligationChanged;

Change::Change ChangeOf(Obligation::State state) {
  switch (state) {
    case Obligation::State::kRunning:
      return Change::CHANGE_UNSPECIFIED;
    case Obligation::State::kDueSoon:
      return Change::CHANGE_DUE_SOON;
    case Obligation::State::kBreached:
      return Change::CHANGE_BREACHED;
    case Obligation::State::kDischarged:
      return Change::CHANGE_DISCHARGED;
    case Obligation::State::kCancelled:
      return Change::CHANGE_CANCELLED;
  }
  return Change::CHANGE_UNSPECIFIED;
}

Obligation::State StateOf(Change::Change change) {
  for (const Obligation::State state :
       {Obligation::State::kDueSoon, Obligation::State::kBreached, Obligation::State::kDischarged,
        Obligation::State::kCancelled}) {
    if (ChangeOf(state) == change) return state;
  }
  return Obligation::State::kRunning;
}

v1::ObligationRow ToRow(const Case& one, const Obligation& obligation) {
  v1::ObligationRow row;
  *row.mutable_started() = ToProto(ObligationStarted{
      one.id, obligation.id, obligation.clock, obligation.owner, obligation.handed_from,
      obligation.started_at, obligation.due_soon_at, obligation.due_at, obligation.why,
      obligation.pack_digest, obligation.opening});
  row.set_change(ChangeOf(obligation.state));
  if (obligation.ended_at) SetTime(*obligation.ended_at, row.mutable_ended_at());
  row.set_late_seconds(obligation.late_seconds);
  row.set_by(obligation.by);
  row.set_reason(obligation.reason);
  if (obligation.breached_at) SetTime(*obligation.breached_at, row.mutable_breached_at());
  return row;
}

Obligation FromRow(const v1::ObligationRow& row) {
  const ObligationStarted started = FromProto(row.started());
  Obligation obligation;
  obligation.id = started.obligation_id;
  obligation.clock = started.clock;
  obligation.owner = started.owner;
  obligation.handed_from = started.handed_from;
  obligation.started_at = started.started_at;
  obligation.due_soon_at = started.due_soon_at;
  obligation.due_at = started.due_at;
  obligation.why = started.why;
  obligation.pack_digest = started.pack_digest;
  obligation.opening = started.opening;
  obligation.state = StateOf(row.change());
  if (row.has_ended_at()) obligation.ended_at = FromProto(row.ended_at());
  obligation.late_seconds = row.late_seconds();
  obligation.by = row.by();
  obligation.reason = row.reason();
  if (row.has_breached_at()) obligation.breached_at = FromProto(row.breached_at());
  return obligation;
}

void WriteFacts(const Case& one, v1::CaseRow& row) {
  if (one.profile) *row.mutable_profile() = ToProto(ProfileNoted{one.id, *one.profile, false});
  if (one.skeleton) *row.mutable_skeleton() = ToProto(ProfileNoted{one.id, *one.skeleton, true});
  if (one.called_at) SetTime(*one.called_at, row.mutable_called_at());
  if (one.conference) {
    *row.mutable_conference() = ToProto(ConferenceNoted{one.id, *one.conference});
  }
  if (one.held) *row.mutable_held() = ToProto(ConferenceHeldNoted{one.id, *one.held});
  if (one.reassessed_at) SetTime(*one.reassessed_at, row.mutable_reassessed_at());
  if (one.cover) {
    *row.mutable_cover() = ToProto(CoverNoted{one.id, one.cover->closed_agency, one.cover->cover,
                                              one.cover->at, one.cover->opens_at});
    row.set_cover_ended(one.cover->ended);
  }
}

void ReadFacts(const v1::CaseRow& row, Case& one) {
  if (row.has_profile()) one.profile = FromProto(row.profile()).profile;
  if (row.has_skeleton()) one.skeleton = FromProto(row.skeleton()).profile;
  if (row.has_called_at()) one.called_at = FromProto(row.called_at());
  if (row.has_conference()) one.conference = FromProto(row.conference()).conference;
  if (row.has_held()) one.held = FromProto(row.held()).held;
  if (row.has_reassessed_at()) one.reassessed_at = FromProto(row.reassessed_at());
  if (row.has_cover()) {
    const CoverNoted cover = FromProto(row.cover());
    one.cover =
        Cover{cover.closed_agency, cover.cover, cover.at, cover.opens_at, row.cover_ended()};
  }
}

}  // namespace

v1::SubjectRow ToRow(const Subject& subject) {
  v1::SubjectRow row;
  row.set_subject_id(subject.id);
  if (subject.risk) *row.mutable_risk() = ToProto(RiskNoted{subject.id, *subject.risk});
  if (subject.assessed) {
    *row.mutable_assessed() = ToProto(SubjectAssessed{subject.id, *subject.assessed});
  }
  row.set_merged_into(subject.merged_into);
  SetList(subject.case_ids, row.mutable_case_ids());
  row.set_cases_opened(subject.cases_opened);
  return row;
}

Subject FromRow(const v1::SubjectRow& row) {
  Subject subject;
  subject.id = row.subject_id();
  if (row.has_risk()) subject.risk = FromProto(row.risk()).risk;
  if (row.has_assessed()) subject.assessed = FromProto(row.assessed()).assessed;
  subject.merged_into = row.merged_into();
  subject.case_ids = ListOf(row.case_ids());
  subject.cases_opened = row.cases_opened();
  return subject;
}

v1::CaseRow ToRow(const Case& one) {
  v1::CaseRow row;
  row.set_case_id(one.id);
  row.set_subject_id(one.subject_id);
  row.set_open(one.open);
  row.set_opening(one.opening);
  SetTime(one.opened_at, row.mutable_opened_at());
  SetTime(one.since, row.mutable_since());
  row.set_incident_id(one.incident_id);
  row.set_because(one.because);
  row.set_band(ToProto(one.band));
  SetList(one.band_by, row.mutable_band_by());
  row.set_lead_agency(one.lead_agency);
  SetList(one.interested, row.mutable_interested());
  if (one.high_since) SetTime(*one.high_since, row.mutable_high_since());
  row.set_high_first_by(one.high_first_by);
  row.set_highs(one.highs);
  WriteFacts(one, row);
  if (one.closed_at) SetTime(*one.closed_at, row.mutable_closed_at());
  row.set_closed_by(one.closed_by);
  row.set_closed_reason(one.closed_reason);
  row.set_merged_into(one.merged_into);
  for (const Obligation& obligation : one.obligations) {
    *row.add_obligations() = ToRow(one, obligation);
  }
  return row;
}

Case FromRow(const v1::CaseRow& row) {
  Case one;
  one.id = row.case_id();
  one.subject_id = row.subject_id();
  one.open = row.open();
  one.opening = row.opening();
  one.opened_at = FromProto(row.opened_at());
  one.since = FromProto(row.since());
  one.incident_id = row.incident_id();
  one.because = row.because();
  one.band = FromProto(row.band());
  one.band_by = ListOf(row.band_by());
  one.lead_agency = row.lead_agency();
  one.interested = ListOf(row.interested());
  if (row.has_high_since()) one.high_since = FromProto(row.high_since());
  one.high_first_by = row.high_first_by();
  one.highs = row.highs();
  ReadFacts(row, one);
  if (row.has_closed_at()) one.closed_at = FromProto(row.closed_at());
  one.closed_by = row.closed_by();
  one.closed_reason = row.closed_reason();
  one.merged_into = row.merged_into();
  for (const v1::ObligationRow& obligation : row.obligations()) {
    one.obligations.push_back(FromRow(obligation));
  }
  return one;
}

}  // namespace waymark::casemgr
