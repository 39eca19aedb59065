#include "services/sharing/duties/adapters/codec.h"

#include "absl/strings/str_cat.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/duties/adapters/keys.h"
#include "waymark/gateway/v1/outbound.pb.h"

namespace waymark::sharing::duties {
namespace {

using google::protobuf::Timestamp;

template <class Repeated>
std::vector<std::string> List(const Repeated& repeated) {
  return {repeated.begin(), repeated.end()};
}

template <class Repeated>
void Fill(const std::vector<std::string>& from, Repeated* repeated) {
  for (const std::string& one : from) *repeated->Add() = one;
}

Timestamp Stamp(absl::Time at) { return sharing::ToProto(at); }
absl::Time At(const Timestamp& stamp) { return sharing::FromProto(stamp); }

#define WM_STAMP(from, message, field) \
  if (from) *(message).mutable_##field() = Stamp(*(from))
#define WM_AT(message, field) \
  ((message).has_##field() ? std::optional<absl::Time>(At((message).field())) : std::nullopt)

gateway::v1::StoredObligation ToProto(const Obligation& from) {
  gateway::v1::StoredObligation to;
  to.set_obligation_id(from.id);
  to.set_provisional(from.provisional);
  to.set_clock(from.clock);
  to.set_owner(from.owner);
  to.set_handed_from(from.handed_from);
  *to.mutable_started_at() = Stamp(from.started_at);
  *to.mutable_due_soon_at() = Stamp(from.due_soon_at);
  *to.mutable_due_at() = Stamp(from.due_at);
  to.set_why(from.why);
  to.set_state(static_cast<gateway::v1::Clock::State>(static_cast<int>(from.state) + 1));
  WM_STAMP(from.ended_at, to, ended_at);
  WM_STAMP(from.breached_at, to, breached_at);
  to.set_late_seconds(from.late_seconds);
  to.set_due_soon_told(from.due_soon_told);
  to.set_breach_told(from.breach_told);
  to.set_supervisor_told(from.supervisor_told);
  to.set_enforced(from.enforced);
  return to;
}

Obligation FromProto(const gateway::v1::StoredObligation& from) {
  Obligation to;
  to.id = from.obligation_id();
  to.provisional = from.provisional();
  to.clock = from.clock();
  to.owner = from.owner();
  to.handed_from = from.handed_from();
  to.started_at = At(from.started_at());
  to.due_soon_at = At(from.due_soon_at());
  to.due_at = At(from.due_at());
  to.why = from.why();
  to.state = static_cast<Obligation::State>(static_cast<int>(from.state()) - 1);
  to.ended_at = WM_AT(from, ended_at);
  to.breached_at = WM_AT(from, breached_at);
  to.late_seconds = from.late_seconds();
  to.due_soon_told = from.due_soon_told();
  to.breach_told = from.breach_told();
  to.supervisor_told = from.supervisor_told();
  to.enforced = from.enforced();
  return to;
}

gateway::v1::StoredProfile ToProto(const Profile& from) {
  gateway::v1::StoredProfile to;
  *to.mutable_created_at() = Stamp(from.created_at);
  to.set_skeleton(from.skeleton);
  Fill(from.risks, to.mutable_risks());
  Fill(from.support, to.mutable_support());
  to.set_update_interval_days(from.update_interval_days);
  Fill(from.contact_preferences, to.mutable_contact_preferences());
  to.set_identity_entered(from.identity_entered);
  return to;
}

Profile FromProto(const gateway::v1::StoredProfile& from) {
  return {At(from.created_at()),       from.skeleton(),
          List(from.risks()),          List(from.support()),
          from.update_interval_days(), List(from.contact_preferences()),
          from.identity_entered()};
}

gateway::v1::StoredConference ToProto(const Conference& from) {
  gateway::v1::StoredConference to;
  *to.mutable_called_at() = Stamp(from.called_at);
  *to.mutable_scheduled_for() = Stamp(from.scheduled_for);
  Fill(from.invited, to.mutable_invited());
  to.set_automatic(from.automatic);
  return to;
}

Conference FromProto(const gateway::v1::StoredConference& from) {
  return {At(from.called_at()), At(from.scheduled_for()), List(from.invited()), from.automatic()};
}

gateway::v1::StoredHeld ToProto(const Held& from) {
  gateway::v1::StoredHeld to;
  *to.mutable_held_at() = Stamp(from.held_at);
  Fill(from.attended, to.mutable_attended());
  Fill(from.absent, to.mutable_absent());
  to.set_chair_role(from.chair_role);
  return to;
}

Held FromProto(const gateway::v1::StoredHeld& from) {
  return {At(from.held_at()), List(from.attended()), List(from.absent()), from.chair_role()};
}

gateway::v1::StoredTold ToProto(const Record& from) {
  gateway::v1::StoredTold to;
  if (const auto* profile = std::get_if<Profile>(&from)) *to.mutable_profile() = ToProto(*profile);
  if (const auto* call = std::get_if<Conference>(&from)) *to.mutable_conference() = ToProto(*call);
  if (const auto* held = std::get_if<Held>(&from)) *to.mutable_held() = ToProto(*held);
  return to;
}

Record FromProto(const gateway::v1::StoredTold& from) {
  if (from.has_held()) return FromProto(from.held());
  if (from.has_conference()) return FromProto(from.conference());
  return FromProto(from.profile());
}

void ActsToProto(const Case& from, gateway::v1::StoredDutyCase& to) {
  if (from.profile) *to.mutable_profile() = ToProto(*from.profile);
  if (from.skeleton) *to.mutable_skeleton() = ToProto(*from.skeleton);
  if (from.conference) *to.mutable_conference() = ToProto(*from.conference);
  if (from.held) *to.mutable_held() = ToProto(*from.held);
  for (const Record& record : from.waiting) *to.add_waiting() = ToProto(record);
  for (const Obligation& obligation : from.obligations) {
    *to.add_obligations() = ToProto(obligation);
  }
  for (const Line& line : from.history) {
    gateway::v1::CaseEvent& event = *to.add_history();
    *event.mutable_at() = Stamp(line.at);
    event.set_what(line.what);
    event.set_by(line.by);
    event.set_detail(line.detail);
  }
  WM_STAMP(from.opens_at, to, opens_at);
  WM_STAMP(from.opening_told_at, to, opening_told_at);
}

void ActsFromProto(const gateway::v1::StoredDutyCase& from, Case& to) {
  if (from.has_profile()) to.profile = FromProto(from.profile());
  if (from.has_skeleton()) to.skeleton = FromProto(from.skeleton());
  if (from.has_conference()) to.conference = FromProto(from.conference());
  if (from.has_held()) to.held = FromProto(from.held());
  for (const gateway::v1::StoredTold& told : from.waiting()) to.waiting.push_back(FromProto(told));
  for (const gateway::v1::StoredObligation& one : from.obligations()) {
    to.obligations.push_back(FromProto(one));
  }
  for (const gateway::v1::CaseEvent& event : from.history()) {
    to.history.push_back({At(event.at()), event.what(), event.by(), event.detail()});
  }
  to.opens_at = WM_AT(from, opens_at);
  to.opening_told_at = WM_AT(from, opening_told_at);
}

}  // namespace

common::v1::Band ToProto(std::optional<pack::Band> band) {
  return band ? static_cast<common::v1::Band>(static_cast<int>(*band) + 1)
              : common::v1::BAND_UNSPECIFIED;
}

std::optional<pack::Band> FromProto(common::v1::Band band) {
  if (band < common::v1::BAND_STANDARD || band > common::v1::BAND_HIGH) return std::nullopt;
  return static_cast<pack::Band>(static_cast<int>(band) - 1);
}

gateway::v1::StoredDutyCase ToProto(const Case& from) {
  gateway::v1::StoredDutyCase to;
  to.set_case_id(from.id);
  to.set_provisional(from.provisional);
  to.set_open(from.open);
  to.set_band(ToProto(from.band));
  Fill(from.band_by, to.mutable_band_by());
  to.set_lead_agency(from.lead_agency);
  to.set_category(static_cast<common::v1::Category>(from.category));
  to.mutable_area()->set_outward_postcode(from.outward_postcode);
  to.mutable_area()->set_lsoa(from.lsoa);
  *to.mutable_opened_at() = Stamp(from.opened_at);
  if (from.since != absl::InfinitePast()) *to.mutable_since() = Stamp(from.since);
  Fill(from.interested, to.mutable_interested());
  Fill(from.persons, to.mutable_own_person_ids());
  Fill(from.incidents, to.mutable_own_incident_ids());
  to.set_profile_told(from.profile_told);
  WM_STAMP(from.conference_for, to, conference_for);
  Fill(from.invited, to.mutable_invited());
  ActsToProto(from, to);
  return to;
}

Case FromProto(const gateway::v1::StoredDutyCase& from) {
  Case to;
  to.id = from.case_id();
  to.provisional = from.provisional();
  to.open = from.open();
  to.band = FromProto(from.band());
  to.band_by = List(from.band_by());
  to.lead_agency = from.lead_agency();
  to.category = from.category();
  to.outward_postcode = from.area().outward_postcode();
  to.lsoa = from.area().lsoa();
  to.opened_at = At(from.opened_at());
  to.since = from.has_since() ? At(from.since()) : absl::InfinitePast();
  to.interested = List(from.interested());
  to.persons = List(from.own_person_ids());
  to.incidents = List(from.own_incident_ids());
  to.profile_told = from.profile_told();
  to.conference_for = WM_AT(from, conference_for);
  to.invited = List(from.invited());
  ActsFromProto(from, to);
  return to;
}

gateway::v1::Reminder ToProto(const Reminder& from, const std::string& id) {
  gateway::v1::Reminder to;
  to.set_reminder_id(id);
  *to.mutable_at() = Stamp(from.at);
  to.set_role(from.role);
  to.set_kind(from.kind);
  to.set_case_id(from.case_id);
  to.set_obligation_id(from.obligation_id);
  to.set_clock(from.clock);
  to.set_late_seconds(from.late_seconds);
  to.set_why(from.why);
  return to;
}

std::pair<std::string, std::string> RecordOf(const Membership& membership,
                                             const Docket::Told& told) {
  if (const auto* profile = std::get_if<Profile>(&told.record)) {
    gateway::v1::ProfileRecorded record;
    record.set_case_id(told.case_id);
    *record.mutable_created_at() = Stamp(profile->created_at);
    record.set_skeleton(profile->skeleton);
    Fill(profile->risks, record.mutable_risks());
    Fill(profile->support, record.mutable_support());
    record.set_update_interval_days(profile->update_interval_days);
    record.set_partnership(membership.partnership);
    return {std::string(kProfileRecorded), record.SerializeAsString()};
  }
  if (const auto* call = std::get_if<Conference>(&told.record)) {
    gateway::v1::ConferenceCalled record;
    record.set_case_id(told.case_id);
    *record.mutable_called_at() = Stamp(call->called_at);
    *record.mutable_scheduled_for() = Stamp(call->scheduled_for);
    Fill(call->invited, record.mutable_invited());
    record.set_automatic(call->automatic);
    record.set_partnership(membership.partnership);
    return {std::string(kConferenceCalledRecord), record.SerializeAsString()};
  }
  const Held& held = std::get<Held>(told.record);
  gateway::v1::ConferenceHeld record;
  record.set_case_id(told.case_id);
  *record.mutable_held_at() = Stamp(held.held_at);
  Fill(held.attended, record.mutable_attended());
  Fill(held.absent, record.mutable_absent());
  record.set_chair_role(held.chair_role);
  record.set_partnership(membership.partnership);
  return {std::string(kConferenceHeldRecord), record.SerializeAsString()};
}

HighAssessed FromProto(const gateway::v1::HighAssessed& high) {
  return {high.person_id(),
          high.incident_id(),
          At(high.assessed_at()),
          high.category(),
          high.area().outward_postcode(),
          high.area().lsoa()};
}

CaseNotice FromProto(const casemgr::v1::CaseNotice& from) {
  CaseNotice to;
  to.case_id = from.case_id();
  to.band = FromProto(from.band());
  to.band_by = List(from.band_by());
  to.lead_agency = from.lead_agency();
  to.open = from.state() == "open";
  to.category = from.category();
  to.outward_postcode = from.area().outward_postcode();
  to.lsoa = from.area().lsoa();
  to.opened_at = At(from.opened_at());
  to.interested = List(from.interested());
  to.person_ids = List(from.own_person_ids());
  to.incident_ids = List(from.own_incident_ids());
  to.profile = from.profile().empty() ? "none" : from.profile();
  to.conference_for = WM_AT(from, conference_for);
  to.invited = List(from.invited());
  return to;
}

absl::StatusOr<ObligationNotice> FromProto(const casemgr::v1::ObligationNotice& from) {
  const std::optional<Obligation::State> state = ParseState(from.state());
  if (!state) return absl::InvalidArgumentError("a clock in a state that is not known");
  ObligationNotice to;
  to.case_id = from.case_id();
  to.person_id = from.own_person_id();
  Obligation& obligation = to.obligation;
  obligation.id = from.obligation_id();
  obligation.clock = from.clock();
  obligation.owner = from.owner();
  obligation.handed_from = from.handed_from();
  obligation.started_at = At(from.started_at());
  obligation.due_soon_at = At(from.due_soon_at());
  obligation.due_at = At(from.due_at());
  obligation.why = from.why();
  obligation.state = *state;
  obligation.ended_at = WM_AT(from, ended_at);
  obligation.late_seconds = from.late_seconds();
  if (obligation.ended() && !obligation.ended_at) {
    return absl::InvalidArgumentError("a clock that has ended without saying when");
  }
  if (obligation.state == Obligation::State::kBreached ||
      (obligation.state == Obligation::State::kDischarged && obligation.late_seconds > 0)) {
    obligation.breached_at = obligation.due_at;
  }
  return to;
}

CoverAsked FromProto(const casemgr::v1::CoverAsked& asked) {
  return {asked.case_id(), asked.closed_agency(), WM_AT(asked, opens_at),
          asked.kind() == "opening"};
}

absl::StatusOr<ActedForMember> FromProto(const casemgr::v1::ActedForMember& acted) {
  const bool conference = acted.what() == "conference_called";
  if (!conference && acted.what() != "skeleton_profile") {
    return absl::InvalidArgumentError("the register did what is not known");
  }
  return ActedForMember{acted.case_id(), acted.obligation_id(), conference, At(acted.at()),
                        WM_AT(acted, scheduled_for)};
}

RegisterReminder FromProto(const casemgr::v1::Reminder& reminder) {
  return {reminder.case_id(), reminder.obligation_id(), reminder.kind(), At(reminder.at()),
          reminder.role()};
}

#undef WM_AT
#undef WM_STAMP

}  // namespace waymark::sharing::duties
