// waymark look-up: what a call handler needs to know while the caller is on the line.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/look_up.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::KnownIncident;
using gateway::v1::LookUpResponse;
using gateway::v1::PartnerView;

struct Options {
  ConnectionOptions connection;
  gateway::v1::LookUpRequest request;
};

void PrintIncidents(const google::protobuf::RepeatedPtrField<KnownIncident>& incidents,
                    std::ostream& out) {
  Table table({"  WHEN", "CATEGORY", "TYPE", "AGENCY", "DONE"});
  for (const KnownIncident& incident : incidents) {
    const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
    table.Add({"  " + London(incident.occurred_at()),
               LowerWord(common::v1::Category_Name(incident.category()), "CATEGORY_"),
               shown(incident.type()), shown(incident.agency()), shown(incident.action_taken())});
  }
  table.Print(out);
}

void PrintPartners(const PartnerView& partners, std::ostream& out) {
  switch (partners.availability()) {
    case PartnerView::AVAILABILITY_ANSWERED:
      out << "Partners hold " << partners.reports() << " report(s)";
      break;
    case PartnerView::AVAILABILITY_UNAVAILABLE:
      out << "Partners: unavailable; this is your own agency's knowledge only";
      break;
    default:
      out << "Partners: withheld";
  }
  out << (partners.clause().empty() ? "" : " (" + partners.clause() + ")") << "\n";
  PrintIncidents(partners.incidents(), out);
  if (!partners.withheld_because().empty()) {
    out << "  withheld: " << partners.withheld_because() << "\n";
  }
}

void Print(const LookUpResponse& found, std::ostream& out) {
  out << (found.repeat() ? "REPEAT caller or victim" : "Not a repeat caller or victim") << "\n";
  for (const auto& rule : found.rules()) {
    out << "  " << rule.rule() << ": " << rule.count() << " since " << London(rule.since()) << "\n";
  }
  const std::string band = Word(common::v1::Band_Name(found.band()), "BAND_");
  out << "Band in force: " << (band == "-" ? "none" : band);
  if (found.band_by_size() > 0) out << " by " << absl::StrJoin(found.band_by(), ", ");
  out << "\n";
  for (const auto& marker : found.markers()) {
    out << "Marker: " << marker.kind() << " by " << marker.source() << ", until "
        << London(marker.expires_at()) << "\n";
  }
  if (!found.contact_agency().empty()) {
    out << "Contact: " << found.contact_agency() << ", " << found.contact() << "\n";
  }
  out << "Your agency holds " << found.incidents_size() << " earlier incident(s)\n";
  PrintIncidents(found.incidents(), out);
  PrintPartners(found.partners(), out);
  if (found.questions_size() > 0) out << "Ask:\n";
  for (const auto& question : found.questions()) {
    out << "  " << question.number() << "  " << question.text();
    for (int i = 0; i < question.show_when_size(); ++i) {
      const auto& when = question.show_when(i);
      out << (i == 0 ? "  (if " : " and ") << when.question() << " is " << when.answer();
    }
    out << (question.show_when_size() > 0 ? ")" : "")
        << (question.compulsory() ? "  (has to be answered)" : "") << "\n";
  }
}

}  // namespace

void AddLookUp(Verb root, Workshop& workshop) {
  const Verb verb =
      root.Sub("look-up", "What is known of a caller: repeat, band, history, contact");
  const auto options = std::make_shared<Options>();
  gateway::v1::Identity& identity = *options->request.mutable_identity();
  verb.Text("--telephone", identity.mutable_telephone(), "telephone number");
  verb.Text("--given-name", identity.mutable_given_name(), "given name");
  verb.Text("--family-name", identity.mutable_family_name(), "family name");
  verb.Text("--born", identity.mutable_date_of_birth(), "date of birth: 1961-04-30");
  verb.Text("--email", identity.mutable_email(), "e-mail address");
  verb.Text("--house", identity.mutable_address()->mutable_house(), "house name or number");
  verb.Text("--postcode", identity.mutable_address()->mutable_postcode(), "full postcode");
  verb.Text("--uprn", identity.mutable_address()->mutable_uprn(), "12 digits");
  verb.Text("--type", options->request.mutable_type(), "the incident's type, when it is known");
  options->request.set_purpose("prevent_asb");
  verb.Text("--purpose", options->request.mutable_purpose(),
            "purpose from the agreement [prevent_asb]");
  verb.Text("--reason", options->request.mutable_reason(), "why you look; kept in the audit log",
            Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Footer(
      "Example: waymark look-up --telephone \"0113 496 0001\" --reason \"call 1234\" "
      "--as police:ann:call_handler");
  verb.Does([&workshop, options] {
    LookUpResponse response;
    return Ask(workshop, options->connection,
               {"look-up", "/waymark.gateway.v1.LookUpService/LookUp"}, options->request, response,
               [&](std::ostream& out) { Print(response, out); });
  });
}

}  // namespace waymark::cli
