#include "services/casemgr/adapters/event_codec.h"

#include "absl/strings/str_cat.h"
#include "services/casemgr/adapters/words.h"

namespace waymark::casemgr {
using Change = v1::ObligationChanged;

static Change::Change ToProto(Obligation::State change) {
  switch (change) {
    case Obligation::State::kDueSoon:
      return Change::CHANGE_DUE_SOON;
    case Obligation::State::kBreached:
      return Change::CHANGE_BREACHED;
    case Obligation::State::kDischarged:
      return Change::CHANGE_DISCHARGED;
    case Obligation::State::kCancelled:
      return Change::CHANGE_CANCELLED;
    case Obligation::State::kRunning:
      break;
  }
  return Change::CHANGE_UNSPECIFIED;
}

static Obligation::State FromProto(Change::Change change) {
  switch (change) {
    case Change::CHANGE_DUE_SOON:
      return Obligation::State::kDueSoon;
    case Change::CHANGE_BREACHED:
      return Obligation::State::kBreached;
    case Change::CHANGE_DISCHARGED:
      return Obligation::State::kDischarged;
    case Change::CHANGE_CANCELLED:
      return Obligation::State::kCancelled;
    default:
      return Obligation::State::kRunning;
  }
}

static v1::SubjectRekeyed ToProto(const SubjectRekeyed& event) {
  v1::SubjectRekeyed out;
  out.set_from_subject_id(event.from);
  out.set_to_subject_id(event.to);
  out.set_whole(event.whole);
  for (const MemberPerson& person : event.moved) {
    v1::RekeyedPerson& moved = *out.add_moved();
    moved.set_agency(person.agency);
    moved.set_person_id(person.person_id);
  }
  return out;
}

static SubjectRekeyed FromProto(const v1::SubjectRekeyed& in) {
  SubjectRekeyed event{in.from_subject_id(), in.to_subject_id(), in.whole(), {}};
  for (const v1::RekeyedPerson& moved : in.moved()) {
    event.moved.push_back({moved.agency(), moved.person_id()});
  }
  return event;
}

static v1::CaseOpened ToProto(const CaseOpened& event) {
  v1::CaseOpened out;
  out.set_case_id(event.case_id);
  out.set_subject_id(event.subject_id);
  out.set_band(ToProto(event.band));
  SetList(event.band_by, out.mutable_band_by());
  out.set_lead_agency(event.lead_agency);
  SetTime(event.opened_at, out.mutable_opened_at());
  out.set_incident_id(event.incident_id);
  out.set_because(event.because);
  SetTime(event.since, out.mutable_since());
  return out;
}

static CaseOpened FromProto(const v1::CaseOpened& in) {
  return {in.case_id(),         in.subject_id(),  FromProto(in.band()),
          ListOf(in.band_by()), in.lead_agency(), FromProto(in.opened_at()),
          in.incident_id(),     in.because(),     FromProto(in.since())};
}

static v1::CaseReopened ToProto(const CaseReopened& event) {
  v1::CaseReopened out;
  out.set_case_id(event.case_id);
  SetTime(event.at, out.mutable_at());
  out.set_incident_id(event.incident_id);
  out.set_because(event.because);
  SetTime(event.since, out.mutable_since());
  return out;
}

static CaseReopened FromProto(const v1::CaseReopened& in) {
  return {in.case_id(), FromProto(in.at()), in.incident_id(), in.because(), FromProto(in.since())};
}

static v1::CaseUpdated ToProto(const CaseUpdated& event) {
  v1::CaseUpdated out;
  out.set_case_id(event.case_id);
  out.set_band(ToProto(event.band));
  SetList(event.band_by, out.mutable_band_by());
  out.set_incident_id(event.incident_id);
  out.set_lead_agency(event.lead_agency);
  SetList(event.newly_interested, out.mutable_newly_interested());
  SetList(event.no_longer_interested, out.mutable_no_longer_interested());
  if (event.high_since) SetTime(*event.high_since, out.mutable_high_since());
  out.set_high_first_by(event.high_first_by);
  return out;
}

static CaseUpdated FromProto(const v1::CaseUpdated& in) {
  CaseUpdated event;
  event.case_id = in.case_id();
  event.band = FromProto(in.band());
  event.band_by = ListOf(in.band_by());
  event.incident_id = in.incident_id();
  event.lead_agency = in.lead_agency();
  event.newly_interested = ListOf(in.newly_interested());
  event.no_longer_interested = ListOf(in.no_longer_interested());
  if (in.has_high_since()) event.high_since = FromProto(in.high_since());
  event.high_first_by = in.high_first_by();
  return event;
}

static v1::ObligationChanged ToProto(const ObligationChanged& event) {
  v1::ObligationChanged out;
  out.set_case_id(event.case_id);
  out.set_obligation_id(event.obligation_id);
  out.set_change(ToProto(event.change));
  SetTime(event.at, out.mutable_at());
  out.set_late_seconds(event.late_seconds);
  out.set_by(event.by);
  out.set_reason(event.reason);
  if (event.take_over_at) SetTime(*event.take_over_at, out.mutable_take_over_at());
  return out;
}

static ObligationChanged FromProto(const v1::ObligationChanged& in) {
  ObligationChanged event;
  event.case_id = in.case_id();
  event.obligation_id = in.obligation_id();
  event.change = FromProto(in.change());
  event.at = FromProto(in.at());
  event.late_seconds = in.late_seconds();
  event.by = in.by();
  event.reason = in.reason();
  if (in.has_take_over_at()) event.take_over_at = FromProto(in.take_over_at());
  return event;
}

static v1::CaseReassessed ToProto(const CaseReassessed& event) {
  v1::CaseReassessed out;
  out.set_case_id(event.case_id);
  out.set_assessment_id(event.assessment_id);
  out.set_overall(ToProto(event.overall));
  SetTime(event.at, out.mutable_at());
  return out;
}

static CaseReassessed FromProto(const v1::CaseReassessed& in) {
  return {in.case_id(), in.assessment_id(), FromProto(in.overall()), FromProto(in.at())};
}

static v1::CaseClosed ToProto(const CaseClosed& event) {
  v1::CaseClosed out;
  out.set_case_id(event.case_id);
  SetTime(event.closed_at, out.mutable_closed_at());
  out.set_by_agency(event.by_agency);
  out.set_reason(event.reason);
  out.set_merged_into(event.merged_into);
  out.set_asked_by_role(event.asked_by_role);
  out.set_supervisor_role(event.supervisor_role);
  return out;
}

static CaseClosed FromProto(const v1::CaseClosed& in) {
  return {in.case_id(),     FromProto(in.closed_at()), in.by_agency(),      in.reason(),
          in.merged_into(), in.asked_by_role(),        in.supervisor_role()};
}

static v1::CaseRekeyed ToProto(const CaseRekeyed& event) {
  v1::CaseRekeyed out;
  out.set_case_id(event.case_id);
  out.set_from_subject_id(event.from);
  out.set_to_subject_id(event.to);
  return out;
}

static CaseRekeyed FromProto(const v1::CaseRekeyed& in) {
  return {in.case_id(), in.from_subject_id(), in.to_subject_id()};
}

static v1::CoverEnded ToProto(const CoverEnded& event) {
  v1::CoverEnded out;
  out.set_case_id(event.case_id);
  SetTime(event.at, out.mutable_at());
  return out;
}

static CoverEnded FromProto(const v1::CoverEnded& in) { return {in.case_id(), FromProto(in.at())}; }

namespace {

// Tries one message type; nullopt when the event is of another.
template <class Message>
std::optional<absl::StatusOr<DecodedEvent>> TryAs(const runtime::Event& event) {
  if (event.type != Message::descriptor()->full_name()) return std::nullopt;
  Message message;
  if (!message.ParseFromString(event.payload)) {
    return absl::InvalidArgumentError(absl::StrCat(event.type, " cannot be read"));
  }
  return DecodedEvent{message.partnership(), FromProto(message)};
}

template <class... Messages>
absl::StatusOr<DecodedEvent> DecodeAsOneOf(const runtime::Event& event) {
  std::optional<absl::StatusOr<DecodedEvent>> decoded;
  ((decoded = TryAs<Messages>(event)).has_value() || ...);
  if (decoded) return *std::move(decoded);
  return absl::InvalidArgumentError(absl::StrCat(event.type, " is no event of a case"));
}

}  // namespace

runtime::Event EncodeEvent(const Event& event, const std::string& partnership) {
  return std::visit(
      [&](const auto& one) {
        auto message = ToProto(one);
        message.set_partnership(partnership);
        return runtime::Event{message.GetTypeName(), StableBytes(message)};
      },
      event);
}

absl::StatusOr<DecodedEvent> DecodeEvent(const runtime::Event& event) {
  return DecodeAsOneOf<v1::IncidentNoted, v1::RiskNoted, v1::SubjectAssessed, v1::SubjectRekeyed,
                       v1::CaseOpened, v1::CaseReopened, v1::CaseUpdated, v1::ObligationStarted,
                       v1::ObligationChanged, v1::ProfileNoted, v1::ConferenceNoted,
                       v1::ConferenceHeldNoted, v1::CaseReassessed, v1::CaseClosed, v1::CaseRekeyed,
                       v1::CoverNoted, v1::CoverEnded>(event);
}

}  // namespace waymark::casemgr
