#include "services/sharing/alerts/adapters/show.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/domain/mask.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/facts.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::Alert;
using gateway::v1::StoredAlert;

void ShowDepersonalised(const Showing& showing, const StoredAlert& stored, Alert& alert) {
  const gateway::v1::RaisedAlert& said = stored.alert();
  const Membership& membership = showing.membership;
  const AlertMask mask = MaskOf(*membership.agreements,
                                {membership.partnership, said.lead_agency(), membership.agency,
                                 showing.role, showing.purpose, disclosure::BandOf(said.band())},
                                showing.now);
  alert.set_alert_id(said.alert_id());
  alert.set_case_id(said.case_id());
  alert.set_version(stored.version());
  *alert.mutable_raised_at() = said.raised_at();
  if (stored.has_acknowledge_by()) *alert.mutable_acknowledge_by() = stored.acknowledge_by();
  if (mask.band) {
    alert.set_band(said.band());
    *alert.mutable_band_by() = said.band_by();
  }
  if (mask.category) alert.set_category(said.category());
  if (mask.area) *alert.mutable_area() = said.area();
  if (mask.lead_agency) alert.set_lead_agency(said.lead_agency());
  if (mask.lead_contact) alert.set_lead_contact(membership.DeskOf(said.lead_agency()));
  for (const auto& [field, reason] : mask.withheld) (*alert.mutable_withheld())[field] = reason;
}

}  // namespace

bool AddContent(const Membership& membership, const std::string& role, const std::string& purpose,
                bool pushed, const gateway::v1::ShareContent& content, absl::Time now,
                Alert& alert) {
  gateway::v1::ShareNotice stated;
  stated.set_lawful_gateway(content.lawful_gateway());
  stated.set_consent_id(content.consent_id());
  if (content.has_expires_at()) {
    if (FromProto(content.expires_at()) <= now) {
      for (const auto& [name, value] : content.fields()) {
        (*alert.mutable_withheld())[name] = "lease_expired";
      }
      return false;
    }
    *stated.mutable_expires_at() = content.expires_at();
  }
  *stated.mutable_basis() = content.basis();
  for (const auto& [name, value] : content.fields()) stated.add_fields(name);
  disclosure::Attested attested = disclosure::AttestedBy(membership, content.origin(), stated);
  attested.recipient_role = role;
  attested.purpose = purpose;
  attested.ask = pushed ? agreement::Ask::kPush : agreement::Ask::kFetch;
  const agreement::Decision decided =
      disclosure::DecideToTake(*membership.agreements, attested, now);
  std::map<std::string, std::string> fields;
  if (decided.effect == agreement::Effect::kPermit) {
    for (const std::string& name : decided.released) fields[name] = content.fields().at(name);
  }
  for (const agreement::WithheldField& field : decided.withheld) {
    (*alert.mutable_withheld())[field.field] = std::string(agreement::Name(field.reason));
  }
  for (const auto& [name, reason] : content.withheld()) (*alert.mutable_withheld())[name] = reason;
  if (fields.empty()) return false;
  *alert.mutable_proof()->add_origins() = Reduced(content.proof(), fields);
  std::map<std::string, std::string> merged(alert.fields().begin(), alert.fields().end());
  MergeFields(fields, merged);
  for (const auto& [name, value] : merged) {
    (*alert.mutable_fields())[name] = value;
    alert.mutable_withheld()->erase(name);
  }
  if (!alert.has_basis()) {
    gateway::v1::LawfulBasis& basis = *alert.mutable_basis();
    basis.set_lawful_gateway(content.lawful_gateway());
    basis.set_clause(content.clause());
    basis.set_consent_id(content.consent_id());
    basis.set_override_id(content.basis().override_id());
    if (content.has_holds_until()) {
      *basis.mutable_expires_at() = content.holds_until();
    } else if (pushed && content.has_expires_at()) {
      *basis.mutable_expires_at() = content.expires_at();
    }
  }
  return true;
}

absl::Status Show(const Showing& showing, const StoredAlert& alert,
                  gateway::v1::ItemDecided& item) {
  Alert& shown = *item.mutable_alert();
  ShowDepersonalised(showing, alert, shown);
  const disclosure::DisclosureView shares(showing.membership, showing.view);
  const auto live = shares.LiveReceived(alert.alert().case_id(), showing.now);
  for (const gateway::v1::StoredReceivedShare& share : live) {
    if (share.state() == "notified") {
      gateway::v1::ShareToFetch& fetch = *item.add_fetch();
      fetch.set_share_id(share.share_id());
      fetch.set_origin(share.origin());
      *fetch.mutable_fields() = share.notice().fields();
      continue;
    }
    const absl::StatusOr<gateway::v1::ShareContent> content = shares.OpenPushed(share);
    if (absl::IsNotFound(content.status())) continue;  // erased
    WM_RETURN_IF_ERROR(content.status());
    if (AddContent(showing.membership, showing.role, showing.purpose, true, *content, showing.now,
                   shown)) {
      item.add_share_ids(share.share_id());
    }
  }
  if (live.empty()) {
    const auto& holders = alert.alert().holders();
    (*shown.mutable_withheld())["person"] =
        holders.empty() ? "no_share" : absl::StrCat("no_share_from:", absl::StrJoin(holders, ","));
  }
  return absl::OkStatus();
}

}  // namespace waymark::sharing::alerts
