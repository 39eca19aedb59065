#include "services/sharing/alerts/domain/mask.h"

#include <algorithm>

namespace waymark::sharing::alerts {

AlertMask MaskOf(const agreement::Evaluator& agreements, const AlertQuestion& question,
                 absl::Time now) {
  AlertMask mask;
  if (question.lead_agency == question.agency) {
    mask.band = mask.category = mask.area = mask.lead_agency = mask.lead_contact = true;
    return mask;
  }
  agreement::Request request;
  request.partnership = question.partnership;
  request.origin = question.lead_agency;
  request.recipient = question.agency;
  request.recipient_role = question.role;
  request.purpose = question.purpose;
  request.subject = agreement::SubjectCategory::kVictim;
  request.fields = {"risk.band", "incident.category", "incident.area", "case.lead_agency",
                    "case.lead_contact"};
  request.ask = agreement::Ask::kAlert;
  request.band = question.band;
  request.recipient_has_interest = true;  // casemgr tells those with an interest, and nobody else
  const agreement::Decision decision = agreements.Decide(request, now);
  const auto released = [&](std::string_view field) {
    return std::find(decision.released.begin(), decision.released.end(), field) !=
           decision.released.end();
  };
  mask.band = released("risk.band");
  mask.category = released("incident.category");
  mask.area = released("incident.area");
  mask.lead_agency = released("case.lead_agency");
  mask.lead_contact = released("case.lead_contact");
  for (const agreement::WithheldField& field : decision.withheld) {
    mask.withheld[field.field] = std::string(agreement::Name(field.reason));
  }
  return mask;
}

std::set<std::string> PurposesOf(const agreement::Evaluator& agreements) {
  std::set<std::string> purposes;
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    for (const agreement::Purpose& purpose : agreement.purposes) purposes.insert(purpose.id);
  }
  return purposes;
}

void MergeFields(const std::map<std::string, std::string>& from,
                 std::map<std::string, std::string>& into) {
  for (const auto& [name, value] : from) {
    std::string& held = into[name];
    if (held.empty()) {
      held = value;
    } else if (held != value) {
      held += " / " + value;
    }
  }
}

}  // namespace waymark::sharing::alerts
