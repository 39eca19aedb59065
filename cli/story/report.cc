#include "cli/story/report.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "nlohmann/json.hpp"

namespace waymark::cli::story {
namespace {

namespace gw = gateway::v1;
using std::string;

constexpr char kConsole[] = "console";
constexpr char kOfficer[] = "officer";

absl::Time FromProto(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds());
}

string When(const google::protobuf::Timestamp& at) { return calendar::FormatLondon(FromProto(at)); }

string BandName(common::v1::Band band) {
  switch (band) {
    case common::v1::BAND_HIGH:
      return "HIGH";
    case common::v1::BAND_MEDIUM:
      return "MEDIUM";
    case common::v1::BAND_STANDARD:
      return "STANDARD";
    default:
      return "none";
  }
}

string Late(int64_t seconds) {
  const absl::Duration late = absl::Minutes(seconds / 60);
  return late < absl::Minutes(1) ? absl::StrCat(seconds, " s") : absl::FormatDuration(late);
}

struct ClockCount {
  int kept = 0, late = 0, broken = 0, running = 0;
};

std::map<string, ClockCount> CountClocks(const Findings& findings) {
  std::map<string, ClockCount> counts;
  for (const auto& [id, clock] : findings.clocks) {
    ClockCount& count = counts[clock.clock()];
    switch (clock.state()) {
      case gw::Clock::STATE_DISCHARGED:
        clock.late_seconds() > 0 ? ++count.late : ++count.kept;
        break;
      case gw::Clock::STATE_BREACHED:
        ++count.broken;
        break;
      case gw::Clock::STATE_CANCELLED:
        break;
      default:
        ++count.running;
    }
  }
  return counts;
}

void PrintIncidents(const Told& told, std::ostream& out) {
  out << "\nIncidents\n";
  out << "  " << told.published << " published, " << told.refused << " refused (";
  std::vector<string> parts;
  for (const auto& [agency, count] : told.by_agency) {
    parts.push_back(absl::StrCat(agency, " ", count));
  }
  out << absl::StrJoin(parts, ", ") << ")\n  call-takers' bands: ";
  parts.clear();
  for (const auto& [band, count] : told.bands) {
    parts.push_back(absl::StrCat(BandName(band), " ", count));
  }
  out << absl::StrJoin(parts, ", ") << "\n";
}

void PrintLookUps(const Told& told, std::ostream& out) {
  for (const Told::SeenOnTheLine& seen : told.look_ups) {
    const gw::LookUpResponse& answer = seen.answer;
    out << "\nWhile " << seen.who << " was on the line with the " << seen.agency << "\n";
    out << "  own records: " << answer.incidents_size() << " earlier reports; partners hold "
        << answer.partners().reports() << " more";
    if (!answer.partners().clause().empty()) {
      out << " (" << answer.partners().clause() << ")";
    }
    out << "\n  " << (answer.repeat() ? "REPEAT" : "not a repeat");
    for (const gw::RepeatFinding& rule : answer.rules()) {
      out << "; rule " << rule.rule() << " counts " << rule.count() << " since "
          << When(rule.since());
    }
    out << "\n";
    for (const gw::KnownIncident& incident : answer.partners().incidents()) {
      out << "    " << When(incident.occurred_at()) << "  " << incident.agency() << "  "
          << incident.type() << "\n";
    }
  }
}

void PrintCases(const Findings& findings, std::ostream& out) {
  out << "\nCases opened: " << findings.cases.size() << "\n";
  for (const auto& [id, one] : findings.cases) {
    out << "  " << id.substr(0, 8) << "  " << BandName(one.band()) << " by "
        << absl::StrJoin(one.band_by(), ", ") << "; lead " << one.lead_agency() << "; profile "
        << one.profile() << "; interested: " << absl::StrJoin(one.interested(), ", ") << "\n";
  }
}

void PrintClocks(const Findings& findings, std::ostream& out) {
  out << "\nClocks\n";
  for (const auto& [name, count] : CountClocks(findings)) {
    out << absl::StreamFormat("  %-20s kept %d, late %d, broken %d, running %d\n", name, count.kept,
                              count.late, count.broken, count.running);
  }
  for (const auto& [id, clock] : findings.clocks) {
    const bool broken = clock.state() == gw::Clock::STATE_BREACHED;
    if (!broken && clock.late_seconds() == 0 && clock.handed_from().empty()) continue;
    out << "  case " << clock.case_id().substr(0, 8) << ": " << clock.clock() << " of "
        << clock.owner();
    if (!clock.handed_from().empty()) out << " (handed over from " << clock.handed_from() << ")";
    out << ", due " << When(clock.due_at());
    if (broken) {
      out << ", NOT KEPT";
    } else if (clock.late_seconds() > 0) {
      out << ", kept " << Late(clock.late_seconds()) << " late";
    } else {
      out << ", kept";
    }
    out << "\n";
  }
}

void PrintAlerts(const Findings& findings, const Subscribers& subscribers, std::ostream& out) {
  out << "\nAlerts\n";
  for (const auto& [agency, alerts] : findings.alerts) {
    int delivered = 0, acknowledged = 0, escalated = 0;
    for (const gw::AlertStatus& alert : alerts) {
      delivered += alert.has_delivered_at();
      acknowledged += alert.has_acknowledged_at();
      escalated += alert.escalated();
    }
    out << absl::StreamFormat(
        "  %-8s %d raised, %d delivered to its system, %d acknowledged by a "
        "person, %d escalated\n",
        agency, alerts.size(), delivered, acknowledged, escalated);
  }
  for (const auto& [agency, subscriber] : subscribers) {
    out << "\nWhat the " << agency << "'s own system was sent\n";
    const auto tombstones = subscriber->Tombstones();
    for (const auto& [id, alert] : subscriber->Alerts()) {
      out << "  case " << alert.case_id().substr(0, 8) << ": " << BandName(alert.band()) << " in "
          << alert.area().outward_postcode() << ", ring " << alert.lead_contact();
      if (const auto taken_back = tombstones.find(id); taken_back != tombstones.end()) {
        out << "; TAKEN BACK (" << taken_back->second << ")";
      } else if (alert.fields().empty()) {
        out << "; not who: depersonalised";
      } else {
        std::vector<string> fields;
        for (const auto& [field, value] : alert.fields()) fields.push_back(field);
        std::sort(fields.begin(), fields.end());
        out << "; with " << absl::StrJoin(fields, ", ") << " under "
            << alert.basis().lawful_gateway() << " (" << alert.basis().clause() << ")";
      }
      out << "\n";
    }
  }
}

void PrintShares(const Findings& findings, std::ostream& out) {
  out << "\nWho may see who the victim is, and why not\n";
  for (const auto& [origin, shares] : findings.shares) {
    for (const gw::ShareDecision& share : shares) {
      out << "  case " << share.case_id().substr(0, 8) << ", " << origin << " to "
          << share.recipient() << ": " << share.state();
      if (!share.lawful_gateway().empty()) {
        out << " under " << share.lawful_gateway() << " (" << share.clause() << ")";
      }
      if (!share.missing().empty()) out << "; missing: " << share.missing();
      if (!share.remedy().empty()) out << "; would serve: " << share.remedy();
      if (!share.who_can_decide().empty()) out << "; can decide: " << share.who_can_decide();
      out << "\n";
    }
  }
}

}  // namespace

absl::StatusOr<Findings> Find(const LocalPartnership& partnership, Actors& actors) {
  Findings findings;
  const string& id = partnership.directory().id;
  for (const config::Member& member : partnership.directory().members) {
    const string& agency = member.agency;
    gw::ListCasesRequest cases;
    cases.set_partnership(id);
    WM_ASSIGN_OR_RETURN(const auto all, (actors.Call<gw::ListCasesResponse>(
                                            agency, kConsole, kOfficer,
                                            "/waymark.gateway.v1.CaseService/ListCases", cases)));
    for (const gw::ShowCaseResponse& one : all.cases()) {
      gw::ShowCaseResponse& known = findings.cases[one.case_id()];
      if (known.case_id().empty() || one.lead_agency() == agency) known = one;
    }
    gw::ListClocksRequest clocks;
    clocks.set_partnership(id);
    clocks.set_ended(true);
    WM_ASSIGN_OR_RETURN(
        const auto listed,
        (actors.Call<gw::ListClocksResponse>(
            agency, kConsole, kOfficer, "/waymark.gateway.v1.CaseService/ListClocks", clocks)));
    for (const gw::Clock& clock : listed.clocks()) findings.clocks[clock.obligation_id()] = clock;
    gw::ListAlertsRequest alerts;
    alerts.set_partnership(id);
    WM_ASSIGN_OR_RETURN(
        const auto raised,
        (actors.Call<gw::ListAlertsResponse>(
            agency, kConsole, kOfficer, "/waymark.gateway.v1.AlertService/ListAlerts", alerts)));
    findings.alerts[agency] = {raised.alerts().begin(), raised.alerts().end()};
    gw::ListSharesRequest shares;
    shares.set_partnership(id);
    WM_ASSIGN_OR_RETURN(
        const auto decided,
        (actors.Call<gw::ListSharesResponse>(
            agency, kConsole, kOfficer, "/waymark.gateway.v1.ShareService/ListShares", shares)));
    findings.shares[agency] = {decided.shares().begin(), decided.shares().end()};
  }
  return findings;
}

void PrintReport(const Fortnight& fortnight, const Told& told, const Findings& findings,
                 const Subscribers& subscribers, std::ostream& out) {
  out << "\nWhat happened\n=============\n\nThe people in it (all invented)\n";
  for (const Character& character : fortnight.cast) {
    out << "  " << character.name << ": " << character.about << "\n";
  }
  PrintIncidents(told, out);
  PrintLookUps(told, out);
  PrintCases(findings, out);
  PrintClocks(findings, out);
  PrintAlerts(findings, subscribers, out);
  PrintShares(findings, out);
  for (const string& surprise : told.surprises) out << "\nUnexpected: " << surprise << "\n";
}

void PrintReportJson(const Told& told, const Findings& findings, const Subscribers& subscribers,
                     std::ostream& out) {
  nlohmann::json report;
  report["incidents"] = {{"published", told.published}, {"refused", told.refused}};
  for (const auto& [agency, count] : told.by_agency) {
    report["incidents"]["by_agency"][agency] = count;
  }
  for (const auto& [band, count] : told.bands) report["bands"][BandName(band)] = count;
  report["cases"] = findings.cases.size();
  for (const auto& [name, count] : CountClocks(findings)) {
    report["clocks"][name] = {{"kept", count.kept},
                              {"late", count.late},
                              {"broken", count.broken},
                              {"running", count.running}};
  }
  for (const auto& [agency, alerts] : findings.alerts) {
    nlohmann::json& of_agency = report["alerts"][agency];
    of_agency = {
        {"raised", alerts.size()}, {"delivered", 0}, {"acknowledged", 0}, {"escalated", 0}};
    for (const gw::AlertStatus& alert : alerts) {
      if (alert.has_delivered_at()) of_agency["delivered"] = of_agency["delivered"].get<int>() + 1;
      if (alert.has_acknowledged_at()) {
        of_agency["acknowledged"] = of_agency["acknowledged"].get<int>() + 1;
      }
      if (alert.escalated()) of_agency["escalated"] = of_agency["escalated"].get<int>() + 1;
    }
  }
  report["shares"] = nlohmann::json::array();
  for (const auto& [origin, shares] : findings.shares) {
    for (const gw::ShareDecision& share : shares) {
      report["shares"].push_back({{"case", share.case_id()},
                                  {"origin", origin},
                                  {"recipient", share.recipient()},
                                  {"state", share.state()},
                                  {"lawful_gateway", share.lawful_gateway()},
                                  {"clause", share.clause()},
                                  {"missing", share.missing()}});
    }
  }
  for (const auto& [agency, subscriber] : subscribers) {
    report["sent"][agency] = {{"alerts", subscriber->Alerts().size()},
                              {"taken_back", subscriber->Tombstones().size()}};
  }
  report["surprises"] = told.surprises;
  out << report.dump() << "\n";
}

}  // namespace waymark::cli::story
