// waymark assess: the risk matrix of the victim of an incident.
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/assessment.pb.h"

namespace waymark::cli {
namespace {

using common::v1::Band;
using gateway::v1::AssessVictimResponse;

struct Options {
  ConnectionOptions connection;
  gateway::v1::AssessVictimRequest request;
  std::vector<std::string> answers;
  std::string officer, supervisor;
};

std::string BandWord(Band band) { return Word(common::v1::Band_Name(band), "BAND_"); }

// "" or what was wrong.
std::string ReadBand(const std::string& word, common::v1::Judgement* judgement) {
  Band band = common::v1::BAND_UNSPECIFIED;
  if (!common::v1::Band_Parse("BAND_" + absl::AsciiStrToUpper(word), &band)) return word;
  judgement->set_band(band);
  return "";
}

std::string Between(int32_t min, int32_t max) {
  return min == max ? absl::StrCat(min) : absl::StrCat(min, " to ", max);
}

void Print(const AssessVictimResponse& response, std::ostream& out) {
  const auto& assessment = response.assessment();
  out << "Overall " << BandWord(assessment.overall()) << " (scored "
      << BandWord(assessment.scored()) << ", "
      << Between(assessment.score_min(), assessment.score_max()) << " points), made "
      << London(assessment.made_at()) << " by " << assessment.agency() << "\n";
  if (response.officer() != common::v1::BAND_UNSPECIFIED) {
    out << "The officer judged " << BandWord(response.officer()) << "\n";
  }
  if (response.supervisor() != common::v1::BAND_UNSPECIFIED) {
    out << "The supervisor judged " << BandWord(response.supervisor()) << "\n";
  }
  if (response.band_min() != response.band_max()) {
    out << "What is not known leaves it between " << BandWord(response.band_min()) << " and "
        << BandWord(response.band_max()) << "\n";
  }
  if (response.needs_size() > 0) out << "Needed: an officer's own band (--officer)\n";
  for (const std::string& rule : assessment.fired()) out << "Raised by " << rule << "\n";
  Table items({"ITEM", "ANSWER", "POINTS"});
  for (const auto& item : response.contributions()) {
    items.Add({item.item(), item.answer(), Between(item.score_min(), item.score_max())});
  }
  items.Print(out);
  if (response.would_change_size() > 0) out << "One other answer would change the band:\n";
  for (const auto& change : response.would_change()) {
    out << "  " << change.item() << "=" << change.answer() << " -> " << BandWord(change.band_min());
    if (change.band_max() != change.band_min()) out << " to " << BandWord(change.band_max());
    out << "\n";
  }
  if (response.agencies_should_talk()) {
    out << "Close below HIGH: talk to the other agencies, and record what is said with your own\n";
  }
  out << "Assessment " << assessment.assessment_id() << ", rules " << assessment.pack_digest()
      << "\n";
}

int Run(Workshop& workshop, Options& options) {
  const auto usage = [&](const std::string& message) {
    return SayUsage(workshop, options.connection.json, "assess", message);
  };
  for (const std::string& answer : options.answers) {
    const size_t equals = answer.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == answer.size()) {
      return usage("--answer: wanted ITEM=OPTION, such as frequency=frequently or hate=unknown");
    }
    (*options.request.mutable_answers())[answer.substr(0, equals)] = answer.substr(equals + 1);
  }
  for (auto [word, judgement] :
       {std::pair(&options.officer, options.request.mutable_officer()),
        std::pair(&options.supervisor, options.request.mutable_supervisor())}) {
    if (!word->empty() && !ReadBand(*word, judgement).empty()) {
      return usage("a band is standard, medium or high");
    }
  }
  if (options.officer.empty() && options.request.officer().reason().empty()) {
    options.request.clear_officer();
  }
  if (options.supervisor.empty() && options.request.supervisor().reason().empty()) {
    options.request.clear_supervisor();
  }
  AssessVictimResponse response;
  return Ask(workshop, options.connection,
             {"assess", "/waymark.gateway.v1.AssessmentService/AssessVictim"}, options.request,
             response, [&](std::ostream& out) { Print(response, out); });
}

}  // namespace

void AddAssess(Verb root, Workshop& workshop) {
  const Verb verb = root.Sub("assess", "Fill in the risk matrix of an incident's victim");
  const auto options = std::make_shared<Options>();
  const std::vector<std::string> bands = {"standard", "medium", "high"};
  verb.Text("reference", options->request.mutable_source_reference(),
            "your agency's reference of the incident", Need::kRequired);
  verb.Texts("--answer", &options->answers, "ITEM=OPTION of the matrix; ITEM=unknown is an answer");
  verb.Text("--instrument", options->request.mutable_instrument(),
            "instead of answers: an instrument of your agency that the pack knows");
  verb.Text("--result", options->request.mutable_instrument_result(), "what the instrument said");
  verb.Choice("--officer", &options->officer, bands, "the officer's own band");
  verb.Text("--officer-reason", options->request.mutable_officer()->mutable_reason(), "why");
  verb.Choice("--supervisor", &options->supervisor, bands, "the supervisor's band");
  verb.Text("--supervisor-reason", options->request.mutable_supervisor()->mutable_reason(), "why");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Footer("Items and options of a pack: packs/NAME.yaml; `waymark rules` answers offline.");
  verb.Does([&workshop, options] { return Run(workshop, *options); });
}

}  // namespace waymark::cli
