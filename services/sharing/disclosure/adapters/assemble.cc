#include "services/sharing/disclosure/adapters/assemble.h"

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/domain/decide.h"
#include "services/sharing/override/adapters/overrides_view.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing::disclosure {
namespace {

using Fields = std::map<std::string, std::string>;
using gateway::v1::StoredIncident;

constexpr size_t kBandPrefix = std::string_view("BAND_").size();
constexpr size_t kCategoryPrefix = std::string_view("CATEGORY_").size();

std::string Lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

std::string Line(const gateway::v1::Address& address) {
  std::vector<std::string> parts;
  const std::string street = address.house().empty() || address.street().empty()
                                 ? address.house() + address.street()
                                 : absl::StrCat(address.house(), " ", address.street());
  for (const std::string& part : {street, address.postcode()}) {
    if (!part.empty()) parts.push_back(part);
  }
  if (!address.uprn().empty()) parts.push_back(absl::StrCat("UPRN ", address.uprn()));
  return absl::StrJoin(parts, ", ");
}

std::string AreaText(const common::v1::Area& area) {
  return area.outward_postcode().empty() ? area.lsoa() : area.outward_postcode();
}

// The newest of the case's incidents in which the person has a part.
std::optional<StoredIncident> IncidentFor(const vault::VaultView& vault,
                                          const gateway::v1::StoredAsk& ask,
                                          const std::string& person_id) {
  const std::set<std::string> of_case(ask.asked().incident_ids().begin(),
                                      ask.asked().incident_ids().end());
  std::optional<StoredIncident> newest;
  for (const vault::Part& part : vault.PartsOf(person_id)) {
    if (of_case.count(part.incident_id) == 0) continue;
    newest = vault.Incident(part.incident_id);
    break;
  }
  return newest;
}

std::string RoleIn(const StoredIncident& incident, const std::string& person_id) {
  for (const gateway::v1::ReportedParty& party : incident.parties()) {
    if (party.person_id() != person_id) continue;
    for (const int role : party.roles()) {
      if (role == common::v1::ROLE_VICTIM) return "victim";
    }
  }
  return "caller";
}

std::string ScoreText(const common::v1::Assessment& assessment) {
  if (assessment.score_max() == 0) return "";
  if (assessment.score_min() == assessment.score_max()) return absl::StrCat(assessment.score_max());
  return absl::StrCat(assessment.score_min(), " to ", assessment.score_max());
}

std::string ConcernText(const common::v1::Safeguarding& safeguarding) {
  std::string concern;
  const auto add = [&](bool holds, std::string_view words) {
    if (!holds) return;
    if (!concern.empty()) concern += "; ";
    concern += words;
  };
  add(safeguarding.child_at_risk(), "a child is thought to be at risk");
  add(safeguarding.adult_at_risk(), "an adult is thought to be at risk");
  add(safeguarding.vital_interests(), "a life is thought to be in danger");
  return concern;
}

bool AnyOf(const std::vector<std::string>& released, std::string_view prefix) {
  for (const std::string& name : released) {
    if (name.compare(0, prefix.size(), prefix) == 0) return true;
  }
  return false;
}

absl::Status FillPerson(const vault::VaultView& vault, const std::string& person_id,
                        const std::set<std::string>& released, Fields& fields) {
  WM_ASSIGN_OR_RETURN(const gateway::v1::Identity who, vault.OpenIdentity(person_id));
  std::vector<std::string> names;
  for (const std::string& name : {who.given_name(), who.family_name()}) {
    if (!name.empty()) names.push_back(name);
  }
  fields["person.name"] = absl::StrJoin(names, " ");
  fields["person.date_of_birth"] = who.date_of_birth();
  fields["person.telephone"] = who.telephone();
  fields["person.email"] = who.email();
  fields["person.safe_contact"] = who.safe_contact();
  if (released.count("person.address") != 0) {
    const auto person = vault.Person(person_id);
    if (person && person->has_address() && !person->address().sealed().empty()) {
      WM_ASSIGN_OR_RETURN(const gateway::v1::Address address, vault.OpenAddress(person_id));
      fields["person.address"] = Line(address);
    }
  }
  return absl::OkStatus();
}

absl::Status FillIncident(const Membership& membership, const vault::VaultView& vault,
                          const StoredIncident& incident, const std::set<std::string>& released,
                          Fields& fields) {
  fields["incident.category"] =
      Lower(common::v1::Category_Name(incident.category()).substr(kCategoryPrefix));
  fields["incident.type"] = incident.type();
  fields["incident.occurred_at"] = FormatRfc3339(FromProto(incident.occurred_at()));
  fields["incident.channel"] = incident.channel();
  fields["incident.agency"] = membership.agency;
  fields["incident.area"] = AreaText(incident.area());
  fields["incident.action_taken"] = incident.action_taken();
  const bool words = released.count("incident.reference") != 0 ||
                     released.count("incident.summary") != 0 ||
                     released.count("incident.location") != 0;
  if (!words) return absl::OkStatus();
  WM_ASSIGN_OR_RETURN(const gateway::v1::IncidentPrivate said,
                      vault.OpenIncident(incident.incident_id()));
  fields["incident.reference"] = said.source_reference();
  fields["incident.summary"] = said.summary();
  fields["incident.location"] = Line(said.location());
  return absl::OkStatus();
}

void FillRisk(const Membership& membership, const vault::VaultView& vault,
              const gateway::v1::StoredAsk& ask, const std::string& person_id, Fields& fields) {
  fields["risk.band"] = common::v1::Band_Name(ask.asked().band()).substr(kBandPrefix);
  const auto assessments = vault.AssessmentsOf(person_id);
  if (!assessments.empty()) {
    const common::v1::Assessment& latest = assessments.back().assessment();
    std::vector<std::string> reasons(latest.fired().begin(), latest.fired().end());
    reasons.insert(reasons.begin(), absl::StrCat("instrument.", latest.instrument()));
    fields["risk.reasons"] = absl::StrJoin(reasons, ", ");
    fields["risk.score"] = ScoreText(latest);
  }
  fields["case.id"] = ask.asked().case_id();
  fields["case.status"] = ask.case_state();
  fields["case.lead_agency"] = ask.lead_agency();
  if (!ask.lead_agency().empty()) {
    fields["case.lead_contact"] = membership.DeskOf(ask.lead_agency());
  }
  size_t reports = 0;
  for (const vault::Part& part : vault.PartsOf(person_id)) {
    if (vault::Counts(part.roles)) ++reports;
  }
  fields["history.count"] = absl::StrCat(reports);
  fields["safeguarding.concern"] = ConcernText(ask.asked().safeguarding());
}

}  // namespace

gateway::v1::ShareBasis BasisOf(const runtime::View& view, const gateway::v1::StoredAsk& ask,
                                const agreement::Decision& decision, const std::string& purpose) {
  gateway::v1::ShareBasis basis;
  basis.set_purpose(purpose);
  basis.set_band(ask.asked().band());
  if (!decision.override_receipt.empty()) {
    const auto overriding = overrides::OverridesView(view).Find(decision.override_receipt);
    WM_CHECK(overriding.has_value(), "a decision rests on an override that is not there");
    basis.set_override_id(overriding->override_id());
    basis.set_override_by(overriding->decided_by());
    basis.set_override_role(overriding->decided_by_role());
  }
  if (decision.consent_receipt.empty()) return basis;
  const auto consent = consent::ConsentView(view).Find(decision.consent_receipt);
  if (consent) {
    basis.set_consent_form(consent->form_version());
    *basis.mutable_consent_given_at() = consent->given_at();
  } else if (const auto told =
                 consent::FindTold(view, ask.asked().case_id(), decision.consent_receipt)) {
    basis.set_consent_form(told->told().form_version());
    *basis.mutable_consent_given_at() = told->told().given_at();
  }
  return basis;
}

absl::StatusOr<gateway::v1::ShareContent> AssembleContent(const Membership& membership,
                                                          const runtime::View& view,
                                                          const gateway::v1::StoredAsk& ask,
                                                          const gateway::v1::StoredShare& share,
                                                          const agreement::Decision& decision,
                                                          const std::string& purpose) {
  const vault::VaultView vault(membership, view);
  const std::set<std::string> released(decision.released.begin(), decision.released.end());
  Fields held;
  if (AnyOf(decision.released, "person.")) {
    WM_RETURN_IF_ERROR(FillPerson(vault, share.person_id(), released, held));
  }
  if (const auto incident = IncidentFor(vault, ask, share.person_id())) {
    held["person.role"] = RoleIn(*incident, share.person_id());
    if (AnyOf(decision.released, "incident.")) {
      WM_RETURN_IF_ERROR(FillIncident(membership, vault, *incident, released, held));
    }
  }
  FillRisk(membership, vault, ask, share.person_id(), held);

  gateway::v1::ShareContent content;
  content.set_share_id(share.share_id());
  content.set_origin(membership.agency);
  content.set_recipient(share.recipient());
  content.set_case_id(share.case_id());
  for (const std::string& name : decision.released) {
    const auto value = held.find(name);
    if (value == held.end() || value->second.empty()) {
      (*content.mutable_withheld())[name] = "not_held";
    } else {
      (*content.mutable_fields())[name] = value->second;
    }
  }
  for (const agreement::WithheldField& field : decision.withheld) {
    (*content.mutable_withheld())[field.field] = std::string(agreement::Name(field.reason));
  }
  content.set_lawful_gateway(std::string(agreement::Name(*decision.gateway)));
  content.set_clause(ClauseOf(decision));
  content.set_consent_id(decision.consent_receipt);
  *content.mutable_basis() = BasisOf(view, ask, decision, purpose);
  return content;
}

}  // namespace waymark::sharing::disclosure
