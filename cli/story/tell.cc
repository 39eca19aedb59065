#include "cli/story/tell.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/partnership/set_up.h"
#include "libs/base/status.h"
#include "nlohmann/json.hpp"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/incident.pb.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::cli::story {
namespace {

namespace gw = gateway::v1;
using std::string;

constexpr char kConsole[] = "console";
constexpr char kOfficer[] = "officer";
constexpr int kStockEntriesInOneCall = 500;
constexpr absl::Duration kConsentHolds = absl::Hours(24 * 180);

string Name(const string& agency, const string& reference) {
  return absl::StrCat(agency, "/", reference);
}

google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(at));
  return out;
}

bool MayOpenACase(const gw::Incident& incident) {
  return incident.grading().harm() == "significant" && incident.grading().pattern() != "isolated";
}

}  // namespace

string PublishingSystem(const LocalPartnership& partnership, const string& agency) {
  return SystemRolesOf(partnership.pack().FindAgency(agency)->kind).front();
}

absl::Status Teller::Pump() {
  while (true) {
    WM_ASSIGN_OR_RETURN(const bool busy, partnership_.StepOnce());
    if (!busy) return absl::OkStatus();
  }
}

absl::Status Teller::AdvanceTo(absl::Time to) {
  WM_RETURN_IF_ERROR(Pump());
  while (partnership_.next_due() <= to) {
    clock_.AdvanceTo(partnership_.next_due());
    WM_RETURN_IF_ERROR(Pump());
  }
  clock_.AdvanceTo(to);
  return Pump();
}

absl::Status Teller::Prepare(const Fortnight& fortnight) {
  const auto register_some = [&](const string& agency, gw::RegisterStockRequest& request) {
    request.set_partnership(partnership_.directory().id);
    const auto answer = actors_.Call<gw::RegisterStockResponse>(
        agency, PublishingSystem(partnership_, agency), "",
        "/waymark.gateway.v1.StockService/RegisterStock", request);
    request.Clear();
    return answer.status();
  };
  for (const auto& [agency, lsoas] : fortnight.lsoas) {
    gw::RegisterStockRequest request;
    *request.mutable_lsoas() = {lsoas.begin(), lsoas.end()};
    WM_RETURN_IF_ERROR(register_some(agency, request));
  }
  for (const auto& [agency, uprns] : fortnight.uprns) {
    gw::RegisterStockRequest request;
    for (const string& uprn : uprns) {
      request.add_uprns(uprn);
      if (request.uprns_size() == kStockEntriesInOneCall) {
        WM_RETURN_IF_ERROR(register_some(agency, request));
      }
    }
    if (!request.uprns().empty()) WM_RETURN_IF_ERROR(register_some(agency, request));
  }
  return Pump();
}

std::string Teller::Memory() const {
  nlohmann::json memory;
  memory["cases"] = cases_;
  memory["consents"] = consents_;
  memory["known"] = known_cases_;
  return memory.dump();
}

absl::Status Teller::Remember(const std::string& memory) {
  const nlohmann::json read = nlohmann::json::parse(memory, nullptr, false);
  if (!read.is_object() || !read.contains("cases") || !read.contains("consents") ||
      !read.contains("known")) {
    return absl::DataLossError("what the story had learnt cannot be read; begin with --fresh");
  }
  read["cases"].get_to(cases_);
  read["consents"].get_to(consents_);
  read["known"].get_to(known_cases_);
  return absl::OkStatus();
}

absl::StatusOr<Told> Teller::Tell(
    const Fortnight& fortnight, size_t from,
    const std::function<absl::Status(size_t, absl::Time)>& before_each) {
  Told told;
  Progress progress;
  progress.of = fortnight.happenings.size();
  progress.done = from;
  for (size_t i = from; i < fortnight.happenings.size(); ++i) {
    const Happening& happening = fortnight.happenings[i];
    WM_RETURN_IF_ERROR(before_each(i, happening.at));
    WM_RETURN_IF_ERROR(AdvanceTo(happening.at));
    WM_RETURN_IF_ERROR(
        std::visit([&](const auto& deed) { return Do(deed, told); }, happening.deed));
    ++progress.done;
    progress.at = happening.at;
    progress.news = std::exchange(news_, "");
    on_progress_(progress);
  }
  WM_RETURN_IF_ERROR(Pump());
  return told;
}

absl::Status Teller::CatchUp() {
  WM_RETURN_IF_ERROR(AdvanceTo(clock_.RealNow()));
  clock_.GoOnInRealTime();
  return Pump();
}

absl::Status Teller::Surprised(const absl::Status& status, const string& deed, Told& told) {
  if (status.ok()) return status;
  if (!partnership_.health().ok()) return partnership_.health();
  told.surprises.push_back(absl::StrCat(deed, ": ", status.message()));
  return absl::OkStatus();
}

absl::Status Teller::Do(const Report& report, Told& told) {
  if (MayOpenACase(report.incident)) {
    WM_RETURN_IF_ERROR(Surprised(NewCases(report.agency).status(), "listing cases", told));
  }
  gw::PublishIncidentRequest request;
  request.set_partnership(partnership_.directory().id);
  *request.mutable_incident() = report.incident;
  const auto answer = actors_.Call<gw::PublishIncidentResponse>(
      report.agency, PublishingSystem(partnership_, report.agency), "",
      "/waymark.gateway.v1.IncidentService/PublishIncident", request);
  if (!answer.ok()) {
    ++told.refused;
    return Surprised(answer.status(), "publishing an incident", told);
  }
  ++told.published;
  ++told.by_agency[report.agency];
  if (answer->receipt().has_assessment()) {
    ++told.bands[answer->receipt().assessment().overall()];
  } else {
    ++told.without_band;
  }
  if (!MayOpenACase(report.incident)) return absl::OkStatus();
  return LearnCase(report.agency, report.incident.source_reference());
}

absl::StatusOr<std::vector<string>> Teller::NewCases(const string& agency) {
  gw::ListCasesRequest request;
  request.set_partnership(partnership_.directory().id);
  WM_ASSIGN_OR_RETURN(const auto cases, (actors_.Call<gw::ListCasesResponse>(
                                            agency, kConsole, kOfficer,
                                            "/waymark.gateway.v1.CaseService/ListCases", request)));
  std::vector<string>& known = known_cases_[agency];
  std::vector<string> fresh;
  for (const gw::ShowCaseResponse& one : cases.cases()) {
    if (std::find(known.begin(), known.end(), one.case_id()) != known.end()) continue;
    known.push_back(one.case_id());
    fresh.push_back(one.case_id());
  }
  return fresh;
}

absl::Status Teller::LearnCase(const string& agency, const string& reference) {
  WM_RETURN_IF_ERROR(Pump());
  WM_ASSIGN_OR_RETURN(const std::vector<string> fresh, NewCases(agency));
  if (fresh.empty()) return absl::OkStatus();
  cases_[Name(agency, reference)] = fresh.front();
  news_ = absl::StrCat("a case opens: rated HIGH by ", agency);
  return absl::OkStatus();
}

absl::StatusOr<string> Teller::CaseOf(const IncidentName& incident) const {
  const auto found = cases_.find(Name(incident.agency, incident.reference));
  if (found != cases_.end()) return found->second;
  return absl::NotFoundError("no case had opened for this incident");
}

absl::Status Teller::Do(const LookUp& look_up, Told& told) {
  gw::LookUpRequest request;
  request.set_partnership(partnership_.directory().id);
  *request.mutable_identity() = look_up.identity;
  request.set_purpose("prevent_asb");
  request.set_reason("the caller is on the line");
  const auto answer = actors_.Call<gw::LookUpResponse>(
      look_up.agency, PublishingSystem(partnership_, look_up.agency), "call_handler",
      "/waymark.gateway.v1.LookUpService/LookUp", request);
  if (answer.ok()) told.look_ups.push_back({look_up.who, look_up.agency, *answer});
  return Surprised(answer.status(), "looking a caller up", told);
}

absl::Status Teller::Do(const Assess& assess, Told& told) {
  WM_RETURN_IF_ERROR(Surprised(NewCases(assess.agency).status(), "listing cases", told));
  gw::AssessVictimRequest request;
  request.set_partnership(partnership_.directory().id);
  request.set_source_reference(assess.reference);
  for (const auto& [item, option] : assess.answers) (*request.mutable_answers())[item] = option;
  const auto answer = actors_.Call<gw::AssessVictimResponse>(
      assess.agency, kConsole, kOfficer, "/waymark.gateway.v1.AssessmentService/AssessVictim",
      request);
  if (!answer.ok()) return Surprised(answer.status(), "assessing a victim", told);
  return LearnCase(assess.agency, assess.reference);
}

absl::Status Teller::Do(const Consent& consent, Told& told) {
  gw::RecordConsentRequest request;
  request.set_partnership(partnership_.directory().id);
  request.set_source_reference(consent.reference);
  for (const string& agency : consent.agencies) request.mutable_scope()->add_agencies(agency);
  for (const char* category : {"identity", "contact", "incident", "risk", "case"}) {
    request.mutable_scope()->add_categories(category);
  }
  request.mutable_scope()->add_purposes("prevent_asb");
  request.mutable_scope()->add_purposes("support_victim");
  request.set_form_version("fenland-consent-1");
  request.set_scan_sha256(string(64, 'a'));
  *request.mutable_given_at() = ToProto(clock_.Now());
  *request.mutable_expires_at() = ToProto(clock_.Now() + kConsentHolds);
  const auto answer = actors_.Call<gw::RecordConsentResponse>(
      consent.agency, kConsole, kOfficer, "/waymark.gateway.v1.ConsentService/RecordConsent",
      request, absl::StrCat("story-consent-", consent.reference));
  if (!answer.ok()) return Surprised(answer.status(), "recording a consent", told);
  consents_[Name(consent.agency, consent.reference)] = answer->consent_id();
  news_ = absl::StrCat("the victim consents at ", consent.agency, ": partners may now see who");
  return absl::OkStatus();
}

absl::Status Teller::Do(const Withdraw& withdraw, Told& told) {
  gw::WithdrawConsentRequest request;
  request.set_partnership(partnership_.directory().id);
  request.set_consent_id(consents_[Name(withdraw.agency, withdraw.reference)]);
  request.set_reason("not given");
  const auto answer = actors_.Call<gw::WithdrawConsentResponse>(
      withdraw.agency, kConsole, kOfficer, "/waymark.gateway.v1.ConsentService/WithdrawConsent",
      request, absl::StrCat("story-withdraw-", withdraw.reference));
  if (answer.ok()) news_ = "the victim withdraws: from now on nobody is shown who they are";
  return Surprised(answer.status(), "withdrawing a consent", told);
}

absl::Status Teller::Do(const EnterProfile& profile, Told& told) {
  gw::CreateProfileRequest request;
  request.set_partnership(partnership_.directory().id);
  const auto case_id = CaseOf(profile.about);
  if (!case_id.ok()) return Surprised(case_id.status(), "entering a profile", told);
  request.set_case_id(*case_id);
  request.add_risks("repeat_victim");
  request.add_support("family");
  request.set_update_interval_days(7);
  request.add_contact_preferences("telephone");
  const auto answer = actors_.Call<gw::CreateProfileResponse>(
      profile.agency, kConsole, kOfficer, "/waymark.gateway.v1.CaseService/CreateProfile", request,
      absl::StrCat("story-profile-", *case_id));
  if (answer.ok()) news_ = absl::StrCat(profile.agency, " enters the profile");
  return Surprised(answer.status(), "entering a profile", told);
}

absl::Status Teller::Do(const CallConference& conference, Told& told) {
  gw::CallConferenceRequest request;
  request.set_partnership(partnership_.directory().id);
  const auto case_id = CaseOf(conference.about);
  if (!case_id.ok()) return Surprised(case_id.status(), "calling a conference", told);
  request.set_case_id(*case_id);
  *request.mutable_scheduled_for() = ToProto(clock_.Now() + conference.ahead);
  const auto answer = actors_.Call<gw::CallConferenceResponse>(
      conference.agency, kConsole, kOfficer, "/waymark.gateway.v1.CaseService/CallConference",
      request, absl::StrCat("story-conference-", *case_id));
  if (answer.ok()) news_ = absl::StrCat(conference.agency, " calls the conference");
  return Surprised(answer.status(), "calling a conference", told);
}

absl::Status Teller::Do(const HoldConference& conference, Told& told) {
  gw::HoldConferenceRequest request;
  request.set_partnership(partnership_.directory().id);
  const auto case_id = CaseOf(conference.about);
  if (!case_id.ok()) return Surprised(case_id.status(), "holding a conference", told);
  request.set_case_id(*case_id);
  *request.mutable_held_at() = ToProto(clock_.Now());
  for (const config::Member& member : partnership_.directory().members) {
    const auto& absent = conference.absent;
    if (std::find(absent.begin(), absent.end(), member.agency) == absent.end()) {
      request.add_attended(member.agency);
    }
  }
  request.set_chair_role(partnership_.pack().FindAgency(conference.agency)->chair_roles.front());
  const auto answer = actors_.Call<gw::HoldConferenceResponse>(
      conference.agency, kConsole, kOfficer, "/waymark.gateway.v1.CaseService/HoldConference",
      request, absl::StrCat("story-held-", *case_id));
  if (answer.ok()) news_ = "the conference is held";
  return Surprised(answer.status(), "holding a conference", told);
}

absl::Status Teller::Do(const AcknowledgeAlerts& acknowledge, Told& told) {
  gw::ListAlertsRequest list;
  list.set_partnership(partnership_.directory().id);
  const auto alerts = actors_.Call<gw::ListAlertsResponse>(
      acknowledge.agency, kConsole, kOfficer, "/waymark.gateway.v1.AlertService/ListAlerts", list);
  if (!alerts.ok()) return Surprised(alerts.status(), "listing alerts", told);
  for (const gw::AlertStatus& alert : alerts->alerts()) {
    if (alert.has_acknowledged_at()) continue;
    gw::AcknowledgeAlertRequest request;
    request.set_partnership(partnership_.directory().id);
    request.set_alert_id(alert.alert_id());
    const auto answer = actors_.Call<gw::AcknowledgeAlertResponse>(
        acknowledge.agency, kConsole, kOfficer, "/waymark.gateway.v1.AlertService/AcknowledgeAlert",
        request, absl::StrCat("story-seen-", acknowledge.agency, "-", alert.alert_id()));
    WM_RETURN_IF_ERROR(Surprised(answer.status(), "acknowledging an alert", told));
  }
  return absl::OkStatus();
}

}  // namespace waymark::cli::story
