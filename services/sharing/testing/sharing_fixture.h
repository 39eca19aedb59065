// The story that tests of consent, disclosure and alerts begin with: the police hold Annalise, the
// housing provider has an interest.
#pragma once

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/testing/sharing_world.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing {

class SharingTest : public ::testing::Test {
 protected:
  static constexpr const char* kCase = "case-1";
  static constexpr const char* kAlert = "alert-1";

  // The police publish an incident, and casemgr asks them to share it.
  void PublishAndAsk(common::v1::Safeguarding safeguarding = {},
                     std::vector<std::string> recipients = {"housing"}) {
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    *request.mutable_incident() = GoodIncident("CAD-1", world.clock.Now() - absl::Minutes(5));
    request.mutable_incident()->mutable_grading()->set_harm("moderate");
    request.mutable_incident()->mutable_grading()->set_pattern("regular");
    const auto published = world.Call<gateway::v1::PublishIncidentResponse>(
        "police", "cad", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
    ASSERT_TRUE(published.ok()) << published.status();
    asked.set_case_id(kCase);
    asked.add_incident_ids(published->receipt().incident_id());
    world.Read("police", [&](const runtime::View& view) {
      const vault::VaultView vault(world.MembershipOf("police"), view);
      const auto incident = vault.Incident(published->receipt().incident_id());
      asked.add_person_ids(incident->parties(0).person_id());
    });
    for (const std::string& recipient : recipients) asked.add_recipients(recipient);
    asked.set_band(common::v1::BAND_HIGH);
    *asked.mutable_safeguarding() = safeguarding;
    world.Post("casemgr", "police", asked);
  }

  void RaiseAlert(const std::string& agency = "housing") {
    casemgr::v1::HighRiskAlert alert;
    alert.set_alert_id(kAlert);
    alert.set_case_id(kCase);
    *alert.mutable_raised_at() = ToProto(world.clock.Now());
    alert.set_band(common::v1::BAND_HIGH);
    alert.add_band_by("police");
    alert.set_category(common::v1::CATEGORY_PERSONAL);
    alert.mutable_area()->set_outward_postcode("PE13");
    alert.set_lead_agency("police");
    alert.set_interest("stock");
    alert.add_holders("police");
    world.Post("casemgr", agency, alert);
  }

  gateway::v1::RecordConsentRequest GoodConsent() {
    gateway::v1::RecordConsentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_source_reference("CAD-1");
    request.mutable_scope()->add_agencies("housing");
    for (const char* category : {"identity", "contact", "incident", "risk", "case"}) {
      request.mutable_scope()->add_categories(category);
    }
    request.mutable_scope()->add_purposes("prevent_asb");
    request.set_form_version("fenland-consent-1");
    request.set_scan_sha256(std::string(64, 'a'));
    *request.mutable_given_at() = ToProto(world.clock.Now() - absl::Hours(1));
    *request.mutable_expires_at() = ToProto(world.clock.Now() + absl::Hours(24 * 90));
    return request;
  }
  absl::StatusOr<gateway::v1::RecordConsentResponse> Record(
      const gateway::v1::RecordConsentRequest& request) {
    return world.Call<gateway::v1::RecordConsentResponse>(
        "police", "records", "/waymark.gateway.v1.ConsentService/RecordConsent", request,
        "officer");
  }
  absl::StatusOr<gateway::v1::WithdrawConsentResponse> Withdraw(const std::string& consent_id) {
    gateway::v1::WithdrawConsentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_consent_id(consent_id);
    request.set_reason("Canaryreason: she changed her mind");
    return world.Call<gateway::v1::WithdrawConsentResponse>(
        "police", "records", "/waymark.gateway.v1.ConsentService/WithdrawConsent", request,
        "officer");
  }

  std::vector<gateway::v1::ShareDecision> Shares(const std::string& agency = "police") {
    gateway::v1::ListSharesRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    const auto listed = world.Call<gateway::v1::ListSharesResponse>(
        agency, "console", "/waymark.gateway.v1.ShareService/ListShares", request, "officer");
    if (!listed.ok()) return {};
    return {listed->shares().begin(), listed->shares().end()};
  }
  gateway::v1::FetchShareRequest FetchOf(const std::string& share_id) {
    gateway::v1::FetchShareRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_share_id(share_id);
    request.set_reader("subject-7");
    request.set_reader_role("officer");
    request.set_purpose("prevent_asb");
    return request;
  }
  absl::StatusOr<gateway::v1::FetchShareResponse> Fetch(
      const gateway::v1::FetchShareRequest& request, const std::string& by = "housing") {
    return world.CallPeer<gateway::v1::FetchShareResponse>(
        by, "police", "/waymark.gateway.v1.PeerService/FetchShare", request);
  }
  static std::vector<std::string> Codes(const absl::Status& status) {
    std::vector<std::string> codes;
    for (const Problem& problem : rpc::ProblemsFrom(status)) codes.push_back(problem.code);
    return codes;
  }
  static std::vector<std::string> Names(
      const google::protobuf::Map<std::string, std::string>& fields) {
    std::vector<std::string> names;
    for (const auto& [name, value] : fields) names.push_back(name);
    return names;
  }

  SharingWorld world;
  casemgr::v1::ShareAsked asked;
};

}  // namespace waymark::sharing
