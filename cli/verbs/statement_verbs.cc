// waymark share explain and statement: what was shared, told afterwards, and what would be.
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/share.pb.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::ExplainPastRequest;
using gateway::v1::ExplainPastResponse;
using gateway::v1::PastShare;
using gateway::v1::PastStep;
using gateway::v1::ShareDecision;

void PrintDecision(const ShareDecision& decision, std::ostream& out) {
  out << (decision.effect() == "permit" ? "PERMIT" : "REFUSE") << " to " << decision.recipient();
  if (!decision.lawful_gateway().empty()) out << " by " << decision.lawful_gateway();
  if (!decision.clause().empty()) out << ", " << decision.clause();
  out << "\n";
  if (!decision.override_id().empty()) {
    out << "Rests on override " << decision.override_id() << "\n";
  }
  if (decision.released_size() > 0) {
    out << "Released: " << absl::StrJoin(decision.released(), ", ") << "\n";
  }
  Table withheld({"WITHHELD", "BECAUSE"});
  const std::map<std::string, std::string> fields(decision.withheld().begin(),
                                                  decision.withheld().end());
  for (const auto& [field, reason] : fields) withheld.Add({field, reason});
  withheld.Print(out);
  for (const std::string& reason : decision.reasons()) out << "Because: " << reason << "\n";
  for (const std::string& duty : decision.obligations()) out << "Obliges: " << duty << "\n";
  if (!decision.missing().empty()) out << "Missing: " << decision.missing() << "\n";
  if (!decision.remedy().empty()) out << "Remedy: " << decision.remedy() << "\n";
  if (!decision.who_can_decide().empty()) {
    out << "Who can decide: " << decision.who_can_decide() << "\n";
  }
}

std::string ConsentWords(const gateway::v1::ConsentThen& consent) {
  if (!consent.has_given_at()) return absl::StrCat("consent ", consent.consent_id());
  std::string words =
      absl::StrCat("consent ", consent.consent_id(), " of ", London(consent.given_at()),
                   consent.held() ? ", held then" : ", no longer held");
  if (consent.has_withdrawn_at()) {
    absl::StrAppend(&words, ", withdrawn ", London(consent.withdrawn_at()));
  }
  return words;
}

void PrintStep(const PastStep& step, std::ostream& out) {
  out << London(step.at()) << "  " << step.what();
  if (!step.state().empty()) out << ": " << step.state();
  if (!step.code().empty()) out << " (" << step.code() << ")";
  out << "  [leaf " << step.log_index() << "]\n";
  const auto line = [&](const std::string& label, const std::string& value) {
    if (!value.empty()) out << "    " << label << " " << value << "\n";
  };
  line("fields", absl::StrJoin(step.fields(), ", "));
  line("by", step.lawful_gateway());
  line("under", step.clause());
  if (!step.agreement_digest().empty()) {
    line("agreement", absl::StrCat(step.agreement(),
                                   step.agreement_stands() ? ", still loaded, " : ", not loaded, ",
                                   "digest ", step.agreement_digest()));
  }
  if (step.has_consent()) line("with", ConsentWords(step.consent()));
  line("override", step.override_id());
  if (!step.reader().empty()) {
    line("read by", absl::StrCat(step.reader(), " as ", step.reader_role()));
  }
  line("for", step.purpose());
}

void PrintPast(const PastShare& past, std::ostream& out) {
  out << "Share " << past.share_id() << " of case " << past.case_id() << ", from " << past.origin()
      << " to " << past.recipient() << ": " << past.state()
      << (past.copy_outstanding() ? ", a copy is outstanding" : "") << "\n\nThen\n";
  for (const PastStep& step : past.steps()) PrintStep(step, out);
  out << "\nNow\n";
  PrintDecision(past.now(), out);
}

struct ExplainOptions {
  ConnectionOptions connection;
  gateway::v1::ExplainShareRequest supposed;
  std::string share, alert, consent, place;
  std::vector<std::string> fields;
};

int ExplainPast(Workshop& workshop, const ExplainOptions& options) {
  ExplainPastRequest request;
  if (!options.alert.empty()) {
    request.set_alert_id(options.alert);
  } else if (!options.consent.empty()) {
    request.set_consent_id(options.consent);
  } else {
    request.set_share_id(options.share.empty() ? options.place : options.share);
  }
  ExplainPastResponse response;
  return Ask(workshop, options.connection,
             {"share explain", "/waymark.gateway.v1.StatementService/ExplainPast"}, request,
             response, [&](std::ostream& out) {
               bool first = true;
               for (const PastShare& past : response.shares()) {
                 if (!first) out << "\n";
                 first = false;
                 PrintPast(past, out);
               }
             });
}

int Explain(Workshop& workshop, ExplainOptions& options) {
  size_t past = 0;
  for (const std::string* one :
       {&options.share, &options.alert, &options.consent, &options.place}) {
    if (!one->empty()) ++past;
  }
  const auto& supposed = options.supposed;
  if (past == 1 && supposed.source_reference().empty()) return ExplainPast(workshop, options);
  if (past > 0 || supposed.source_reference().empty() || supposed.recipient().empty() ||
      supposed.purpose().empty()) {
    return SayUsage(workshop, options.connection.json, "share explain",
                    "wanted a share id, --alert or --consent; or --reference, --recipient and "
                    "--purpose together");
  }
  options.supposed.mutable_fields()->Assign(options.fields.begin(), options.fields.end());
  gateway::v1::ExplainShareResponse response;
  return Ask(workshop, options.connection,
             {"share explain", "/waymark.gateway.v1.ShareService/ExplainShare"}, options.supposed,
             response, [&](std::ostream& out) { PrintDecision(response.decision(), out); });
}

void AddExplain(const Verb& shares, Workshop& workshop) {
  const Verb verb =
      shares.Sub("explain", "What was decided then and would be now; or may this be shared");
  const auto options = std::make_shared<ExplainOptions>();
  verb.Text("share", &options->place, "id of a share that was decided; or one of:");
  verb.Text("--share", &options->share, "the same");
  verb.Text("--alert", &options->alert, "alert that you got: every share behind it");
  verb.Text("--consent", &options->consent, "consent: every share that rested on it");
  verb.Text("--reference", options->supposed.mutable_source_reference(),
            "or suppose one: incident whose victim it is about");
  verb.Text("--recipient", options->supposed.mutable_recipient(), "agency that would receive");
  verb.Text("--purpose", options->supposed.mutable_purpose(), "purpose from the agreement");
  verb.Texts("--field", &options->fields, "catalogue name; may be repeated; without: all");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] { return Explain(workshop, *options); });
}

struct StatementOptions {
  ConnectionOptions connection;
  gateway::v1::MakeStatementRequest request;
  std::string html;
  int64_t party = 0;
};

// Readable by its owner alone: it tells where somebody lives in trouble.
bool Write(const std::string& path, const std::string& text) {
  std::error_code ignored;
  std::ofstream(path, std::ios::app).close();
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out.good();
}

int MakeStatement(Workshop& workshop, StatementOptions& options) {
  options.request.set_party(static_cast<uint32_t>(options.party));
  gateway::v1::MakeStatementResponse response;
  const int code = Ask(workshop, options.connection,
                       {"share statement", "/waymark.gateway.v1.StatementService/MakeStatement"},
                       options.request, response, [&](std::ostream& out) {
                         if (options.html.empty()) out << response.text();
                       });
  if (code != kExitOk || options.html.empty()) return code;
  if (!Write(options.html, response.html())) {
    return SayUsage(workshop, options.connection.json, "share statement",
                    absl::StrCat("--html: ", options.html, " cannot be written"));
  }
  if (!options.connection.json) {
    workshop.terminal.out << "Written to " << options.html << "\n";
  }
  return kExitOk;
}

void AddStatement(const Verb& shares, Workshop& workshop) {
  const Verb verb =
      shares.Sub("statement", "For the person: who was told what, when, why and under which law");
  const auto options = std::make_shared<StatementOptions>();
  verb.Text("reference", options->request.mutable_source_reference(),
            "your reference of an incident in which the person is victim or caller",
            Need::kRequired);
  verb.Number("--party", &options->party, 0, 1000, "place among the incident's parties, from 1");
  verb.Text("--html", &options->html, "write it as a page to this file instead");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] { return MakeStatement(workshop, *options); });
}

}  // namespace

void AddStatements(const Verb& shares, Workshop& workshop) {
  AddExplain(shares, workshop);
  AddStatement(shares, workshop);
}

}  // namespace waymark::cli
