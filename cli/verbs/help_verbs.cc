// waymark version, completion and help.
#include <ostream>

#include "cli/verbs/completion.h"
#include "cli/verbs/exit_codes.h"
#include "cli/verbs/verbs.h"
#include "libs/base/version.h"

namespace waymark::cli {
namespace {

constexpr char kCsvHelp[] =
    R"(CSV of incidents: RFC 4180 in UTF-8. The first line names the columns, in any order; only
source_reference must be there. An empty cell leaves its field out.

  source_reference  revision  type  channel  lsoa  summary  action_taken
  occurred_at  reported_at            2026-03-06T18:00:00Z, or 2026-03-06 18:00 in London
  category                            personal, nuisance or environmental
  location.house  location.street  location.postcode  location.uprn
  grading.harm  grading.pattern       low, moderate, significant; isolated, regular, escalating
  officer.band  officer.reason        standard, medium or high
  safeguarding.child_at_risk  safeguarding.adult_at_risk  safeguarding.vital_interests  yes or no
  answers.ITEM                        option of the risk matrix, such as answers.frequency
  partyN.roles                        N from 1 to 20; caller, victim, perpetrator, witness; several
                                      with + between: caller+victim
  partyN.given_name  partyN.family_name  partyN.date_of_birth  partyN.telephone  partyN.email
  partyN.safe_contact  partyN.house  partyN.street  partyN.postcode  partyN.uprn

Example:
  source_reference,occurred_at,reported_at,category,type,channel,party1.roles,party1.telephone
  F-1,2026-03-05 22:10,2026-03-06 09:00,nuisance,noise,call_101,caller+victim,0113 496 0001
)";

constexpr char kJsonLinesHelp[] =
    R"(JSON lines of incidents: one waymark.gateway.v1.Incident a line as protobuf JSON, UTF-8. A
field that the message does not have is refused. Example, as one line:

  {"source_reference":"F-1","occurred_at":"2026-03-05T22:10:00Z",
   "reported_at":"2026-03-06T09:00:00Z","category":"CATEGORY_NUISANCE","type":"noise",
   "channel":"call_101","parties":[{"roles":["ROLE_CALLER","ROLE_VICTIM"],
   "identity":{"telephone":"0113 496 0001"}}],
   "grading":{"harm":"moderate","pattern":"regular"}}

Categories: CATEGORY_PERSONAL, CATEGORY_NUISANCE, CATEGORY_ENVIRONMENTAL. Roles: ROLE_CALLER,
ROLE_VICTIM, ROLE_PERPETRATOR, ROLE_WITNESS. Bands: BAND_STANDARD, BAND_MEDIUM, BAND_HIGH.
All fields: proto/waymark/gateway/v1/incident.proto.
)";

int Help(const CommandLine& line, const Terminal& terminal, const std::vector<std::string>& words) {
  std::string path;
  for (const std::string& word : words) path += (path.empty() ? "" : " ") + word;
  std::string text;
  if (path == "exit-codes") {
    text = ExitCodesText();
  } else if (path == "csv") {
    text = kCsvHelp;
  } else if (path == "jsonl") {
    text = kJsonLinesHelp;
  } else {
    text = line.HelpOf(path);
  }
  if (text.empty()) {
    terminal.err << "waymark help: nothing is called '" << path
                 << "'; wanted a verb, exit-codes, csv or jsonl\n";
    return kExitUsage;
  }
  terminal.out << text;
  return kExitOk;
}

}  // namespace

void AddHelp(CommandLine& line, Workshop& workshop) {
  const Verb root = line.Root();
  const Verb version = root.Sub("version", "Release of this program");
  const auto json = std::make_shared<bool>(false);
  version.Flag("--json", json.get(), "for programs");
  version.Does([&workshop, json] {
    if (*json) {
      workshop.terminal.out << "{\"version\":\"" << kVersion << "\"}\n";
    } else {
      workshop.terminal.out << "waymark " << kVersion << "\n";
    }
    return static_cast<int>(kExitOk);
  });

  const Verb completion = root.Sub("completion", "Print a script that completes verbs and options");
  const auto shell = std::make_shared<std::string>();
  completion.Choice("shell", shell.get(), {"bash", "zsh", "fish"}, "which shell", Need::kRequired);
  completion.Does([&line, &workshop, shell] {
    workshop.terminal.out << CompletionScript(*shell, line.Describe());
    return static_cast<int>(kExitOk);
  });

  const Verb help = root.Sub("help", "Help on a verb, or on exit-codes, csv, jsonl");
  const auto words = std::make_shared<std::vector<std::string>>();
  help.Words("topic", words.get(), "a verb, or exit-codes, csv, jsonl");
  help.Does([&line, &workshop, words] { return Help(line, workshop.terminal, *words); });
}

}  // namespace waymark::cli
