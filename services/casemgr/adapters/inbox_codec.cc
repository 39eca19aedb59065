#include "services/casemgr/adapters/inbox_codec.h"

#include "services/casemgr/adapters/words.h"
#include "waymark/casemgr/v1/inbox.pb.h"

namespace waymark::casemgr {
namespace {

v1::CaseNotice Encode(const CaseNotice& notice) {
  v1::CaseNotice out;
  out.set_case_id(notice.case_id);
  out.set_band(ToProto(notice.band));
  SetList(notice.band_by, out.mutable_band_by());
  out.set_lead_agency(notice.lead_agency);
  out.set_state(notice.open ? "open" : "closed");
  out.set_category(ToProto(notice.category));
  *out.mutable_area() = ToProto(notice.area);
  SetTime(notice.opened_at, out.mutable_opened_at());
  SetList(notice.interested, out.mutable_interested());
  SetList(notice.own_person_ids, out.mutable_own_person_ids());
  SetList(notice.own_incident_ids, out.mutable_own_incident_ids());
  out.set_profile(notice.profile);
  if (notice.conference_for) SetTime(*notice.conference_for, out.mutable_conference_for());
  SetList(notice.invited, out.mutable_invited());
  return out;
}

v1::ObligationNotice Encode(const ObligationNotice& notice) {
  const Obligation& obligation = notice.obligation;
  v1::ObligationNotice out;
  out.set_obligation_id(obligation.id);
  out.set_case_id(notice.case_id);
  out.set_clock(obligation.clock);
  out.set_owner(obligation.owner);
  out.set_handed_from(obligation.handed_from);
  SetTime(obligation.started_at, out.mutable_started_at());
  SetTime(obligation.due_soon_at, out.mutable_due_soon_at());
  SetTime(obligation.due_at, out.mutable_due_at());
  out.set_why(obligation.why);
  out.set_state(std::string(StateName(obligation.state)));
  if (obligation.ended_at) SetTime(*obligation.ended_at, out.mutable_ended_at());
  out.set_late_seconds(obligation.late_seconds);
  out.set_own_person_id(notice.own_person_id);
  return out;
}

v1::HighRiskAlert Encode(const HighRiskAlert& alert) {
  v1::HighRiskAlert out;
  out.set_alert_id(alert.alert_id);
  out.set_case_id(alert.case_id);
  SetTime(alert.raised_at, out.mutable_raised_at());
  out.set_band(ToProto(alert.band));
  SetList(alert.band_by, out.mutable_band_by());
  out.set_category(ToProto(alert.category));
  *out.mutable_area() = ToProto(alert.area);
  out.set_lead_agency(alert.lead_agency);
  out.set_interest(alert.interest);
  SetList(alert.holders, out.mutable_holders());
  return out;
}

v1::ShareAsked Encode(const ShareAsked& asked) {
  v1::ShareAsked out;
  out.set_case_id(asked.case_id);
  SetList(asked.person_ids, out.mutable_person_ids());
  SetList(asked.incident_ids, out.mutable_incident_ids());
  SetList(asked.recipients, out.mutable_recipients());
  out.set_band(ToProto(asked.band));
  *out.mutable_safeguarding() = ToProto(asked.safeguarding);
  return out;
}

v1::CoverAsked Encode(const CoverAsked& asked) {
  v1::CoverAsked out;
  out.set_case_id(asked.case_id);
  out.set_closed_agency(asked.closed_agency);
  if (asked.opens_at) SetTime(*asked.opens_at, out.mutable_opens_at());
  out.set_kind(asked.kind);
  return out;
}

v1::ActedForMember Encode(const ActedForMember& acted) {
  v1::ActedForMember out;
  out.set_case_id(acted.case_id);
  out.set_obligation_id(acted.obligation_id);
  out.set_what(acted.what);
  SetTime(acted.at, out.mutable_at());
  if (acted.scheduled_for) SetTime(*acted.scheduled_for, out.mutable_scheduled_for());
  return out;
}

v1::Reminder Encode(const Reminder& reminder) {
  v1::Reminder out;
  out.set_case_id(reminder.case_id);
  out.set_obligation_id(reminder.obligation_id);
  out.set_kind(reminder.kind);
  SetTime(reminder.at, out.mutable_at());
  out.set_role(reminder.role);
  return out;
}

}  // namespace

std::vector<runtime::Event> NewsOf(const StoreView& view, const std::string& partnership,
                                   const std::string& case_id,
                                   const std::vector<Message>& messages) {
  std::vector<runtime::Event> news;
  for (const Message& message : messages) {
    const std::optional<std::string> last = view.LastTold(case_id, message.agency, message.slot);
    if (last && message.once) continue;
    v1::MemberTold told;
    std::visit(
        [&](const auto& body) {
          const auto encoded = Encode(body);
          told.set_type(encoded.GetTypeName());
          told.set_message(StableBytes(encoded));
        },
        message.body);
    if (last == told.message()) continue;
    told.set_case_id(case_id);
    told.set_agency(message.agency);
    told.set_slot(message.slot);
    told.set_partnership(partnership);
    told.set_once(message.once);
    news.push_back({told.GetTypeName(), StableBytes(told)});
  }
  return news;
}

}  // namespace waymark::casemgr
