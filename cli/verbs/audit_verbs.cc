// waymark audit: the public keys of the logs, a whole log as files, and verification offline.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/partnership/layout.h"
#include "cli/publish/mailbox.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/audit_files.h"
#include "cli/verbs/interrupt.h"
#include "cli/verbs/verbs.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/export.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/config/file.h"
#include "libs/config/partnership.h"
#include "libs/config/topics.h"
#include "waymark/gateway/v1/audit.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::ExportLogResponse;

constexpr std::string_view kExportLog = "/waymark.gateway.v1.AuditService/ExportLog";

absl::StatusOr<std::string> KeysOf(const std::string& data) {
  WM_ASSIGN_OR_RETURN(const config::Partnership directory,
                      config::LoadPartnership(Layout{data}.PartnershipFile()));
  std::string text;
  for (const config::Member& member : directory.members) {
    WM_ASSIGN_OR_RETURN(const crypto::VerifyKey log,
                        crypto::VerifyKey::FromBytes(member.audit_key));
    WM_ASSIGN_OR_RETURN(const crypto::VerifyKey witness,
                        crypto::VerifyKey::FromBytes(member.witness_key));
    const std::string& domain = directory.trust_domain;
    absl::StrAppend(
        &text, audit::NoteVerifierKey(config::AuditOrigin(domain, member.agency), log), "\n",
        audit::WitnessVerifierKey(config::WitnessName(domain, member.agency), witness), "\n");
  }
  return text;
}

int Fail(const Workshop& workshop, bool json, const std::string& doing,
         const absl::Status& status) {
  SayStatus(workshop.terminal, json, doing, status);
  return ExitCodeOf(status);
}

void AddKeys(const Verb& audit, Workshop& workshop) {
  const Verb verb = audit.Sub("keys", "Public keys of every log and witness, for audit verify");
  const auto options = std::make_shared<ConnectionOptions>();
  AddDataOptions(verb, workshop, options.get());
  verb.Does([&workshop, options] {
    const absl::StatusOr<std::string> keys = KeysOf(options->data);
    if (!keys.ok()) return Fail(workshop, options->json, "audit keys", keys.status());
    if (options->json) {
      workshop.terminal.out << nlohmann::json({{"keys", *keys}}).dump() << "\n";
    } else {
      workshop.terminal.out << *keys;
    }
    return static_cast<int>(kExitOk);
  });
}

// ---- export -------------------------------------------------------------------------------------

struct ExportOptions {
  ConnectionOptions connection;
  std::string folder, purpose = "audit";
};

struct Exported {
  uint64_t files = 0, openings = 0;
};

// Writes what comes until the stream ends.
absl::StatusOr<Exported> Receive(const Connection& connection, const ExportOptions& options) {
  WM_ASSIGN_OR_RETURN(rpc::CallOptions call, connection.Options());
  call.timeout = absl::Minutes(10);
  gateway::v1::ExportLogRequest request;
  request.set_partnership(connection.partnership);
  request.set_purpose(options.purpose);
  using Stream = rpc::ClientStream<gateway::v1::ExportLogRequest, ExportLogResponse>;
  const auto stream = rpc::OpenServerStream<ExportLogResponse>(
      *connection.channel, std::string(kExportLog), request, call);
  auto mailbox = std::make_shared<Mailbox<Stream::Item>>();
  ExportFolder folder(options.folder);
  Exported exported;
  const std::atomic<bool>& stop = WatchInterrupts();
  const auto read = [&] {
    stream->Read([mailbox](Stream::Item item) { mailbox->Put(std::move(item)); });
  };
  for (read(); !stop;) {
    const std::optional<Stream::Item> letter = mailbox->Take();
    if (!letter) continue;
    if (!letter->ok()) return letter->status();
    if (!letter->value().has_value()) {
      WM_RETURN_IF_ERROR(folder.Close());
      return exported;
    }
    const ExportLogResponse& part = *letter->value();
    exported.files += part.has_file() ? 1 : 0;
    exported.openings += static_cast<uint64_t>(part.openings().openings_size());
    WM_RETURN_IF_ERROR(folder.Write(part));
    read();
  }
  return absl::CancelledError("stopped before the whole log had come");
}

int Export(Workshop& workshop, const ExportOptions& options) {
  const bool json = options.connection.json;
  const absl::StatusOr<Connection> connection = workshop.connect(options.connection);
  if (!connection.ok()) {
    SayStatus(workshop.terminal, json, "audit export", connection.status());
    return kExitUsage;
  }
  std::error_code error;
  if (!std::filesystem::is_empty(options.folder, error) && !error) {
    return SayUsage(workshop, json, "audit export", options.folder + " is not empty");
  }
  absl::StatusOr<Exported> exported = Receive(*connection, options);
  if (!exported.ok()) {
    return Fail(workshop, json, "audit export", Placed(exported.status(), connection->where));
  }
  if (json) {
    workshop.terminal.out << nlohmann::json({{"folder", options.folder},
                                             {"files", exported->files},
                                             {"openings", exported->openings}})
                                 .dump()
                          << "\n";
  } else {
    workshop.terminal.out << "Exported " << exported->files << " files and " << exported->openings
                          << " openings to " << options.folder
                          << "; check it with: waymark audit verify " << options.folder << "\n";
  }
  return kExitOk;
}

void AddExport(const Verb& audit, Workshop& workshop) {
  const Verb verb =
      audit.Sub("export", "The whole audit log as files (C2SP tlog-tiles), with what may be read");
  const auto options = std::make_shared<ExportOptions>();
  verb.Text("folder", &options->folder, "a new or empty folder", Need::kRequired);
  verb.Text("--purpose", &options->purpose, "why, one coded word [audit]");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Footer("Needs an auditor or data protection lead: --as police:ann:auditor");
  verb.Does([&workshop, options] { return Export(workshop, *options); });
}

// ---- verify -------------------------------------------------------------------------------------

struct VerifyOptions {
  ConnectionOptions connection;  // --data and --json
  std::string target, keys, since, at;
};

nlohmann::json JsonOf(const audit::Verdict& verdict) {
  nlohmann::json findings = nlohmann::json::array(), proven = nlohmann::json::array();
  for (const audit::Finding& finding : verdict.findings) {
    findings.push_back({{"what", finding.what},
                        {"where", finding.where},
                        {"expected", finding.expected},
                        {"means", finding.means}});
  }
  for (const audit::ProvenLeaf& leaf : verdict.proven) {
    nlohmann::json cosigned = nlohmann::json::array();
    for (const audit::Cosigned& one : leaf.cosigned) cosigned.push_back(one.witness);
    proven.push_back({{"origin", leaf.origin},
                      {"index", leaf.index},
                      {"size", leaf.size},
                      {"what", leaf.entry.what()},
                      {"cosigned_by", cosigned}});
  }
  return {{"verified", verdict.ok()}, {"findings", findings}, {"proven", proven}};
}

void PrintLeaf(const audit::ProvenLeaf& leaf, std::ostream& out) {
  out << "  " << leaf.origin << ", leaf " << leaf.index << " of " << leaf.size << ", "
      << London(leaf.entry.at()) << ": " << leaf.entry.what();
  const auto& facts = leaf.entry.facts();
  const auto fact = [&](const char* name) {
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
  };
  if (!fact("lawful_gateway").empty()) {
    out << " to " << fact("recipient") << " by " << fact("lawful_gateway") << ", "
        << fact("clause");
    if (!fact("consent").empty()) out << ", consent " << fact("consent");
    if (!fact("expires_at").empty()) out << ", until " << fact("expires_at");
  }
  std::vector<std::string> witnesses;
  for (const audit::Cosigned& one : leaf.cosigned) witnesses.push_back(one.witness);
  if (!witnesses.empty()) out << "; cosigned by " << absl::StrJoin(witnesses, ", ");
  out << "\n";
}

void PrintFindings(const audit::Verdict& verdict, std::ostream& out) {
  for (const audit::Finding& finding : verdict.findings) {
    out << "  - " << finding.what << " at " << finding.where
        << "\n    expected: " << finding.expected << "\n    means: " << finding.means << "\n";
  }
}

int Verify(Workshop& workshop, const VerifyOptions& options) {
  const bool json = options.connection.json;
  const auto usage = [&](const absl::Status& status) {
    return SayUsage(workshop, json, "audit verify", std::string(status.message()));
  };
  const absl::StatusOr<std::string> text =
      options.keys.empty() ? KeysOf(options.connection.data) : config::ReadFile(options.keys);
  if (!text.ok()) return usage(text.status());
  const absl::StatusOr<audit::TrustedKeys> keys = audit::TrustedKeys::Parse(*text);
  if (!keys.ok()) return usage(keys.status());
  google::protobuf::Timestamp at;
  const std::string wrong = SetWhen("--at", options.at, &at);
  if (!wrong.empty()) return SayUsage(workshop, json, "audit verify", wrong);
  std::optional<std::string> since;
  if (!options.since.empty()) {
    absl::StatusOr<std::string> note = config::ReadFile(options.since);
    if (!note.ok()) return usage(note.status());
    since = *std::move(note);
  }
  const absl::Duration begun = workshop.clock.Elapsed();
  std::optional<absl::Time> instant;
  if (!options.at.empty()) instant = TimeOf(at);
  absl::StatusOr<std::vector<Checked>> checked =
      CheckTarget(options.target, *keys, std::move(since), instant);
  const double took_ms = absl::ToDoubleMilliseconds(workshop.clock.Elapsed() - begun);
  if (!checked.ok()) return usage(checked.status());
  bool all = true;
  for (const Checked& one : *checked) {
    all = all && one.verdict.ok();
    if (json) {
      nlohmann::json line = JsonOf(one.verdict);
      line["of"] = one.of;
      line["took_ms"] = took_ms;
      workshop.terminal.out << line.dump() << "\n";
      continue;
    }
    workshop.terminal.out << (one.verdict.ok() ? "VERIFIED  " : "NOT VERIFIED  ") << one.of << "\n";
    for (const audit::ProvenLeaf& leaf : one.verdict.proven) {
      PrintLeaf(leaf, workshop.terminal.out);
    }
    PrintFindings(one.verdict, workshop.terminal.out);
  }
  if (!json) {
    workshop.terminal.out << absl::StrFormat("%d checked in %.1f ms, offline\n", checked->size(),
                                             took_ms);
  }
  return all ? kExitOk : kExitFailed;
}

void AddVerify(const Verb& audit, Workshop& workshop) {
  const Verb verb = audit.Sub(
      "verify", "Check alerts, a disclosure or an exported log offline, with public keys alone");
  const auto options = std::make_shared<VerifyOptions>();
  verb.Text("target", &options->target,
            "a file with what `alerts tail --json` printed, a proof, or an exported folder",
            Need::kRequired);
  verb.Text("--keys", &options->keys, "file of `audit keys` [those of the directory in --data]");
  verb.Text("--since", &options->since, "an older checkpoint that the export must continue");
  verb.Text("--at", &options->at, "also: not expired at this instant");
  AddDataOptions(verb, workshop, &options->connection);
  verb.Footer("Exit code 0: all of it verifies; 1: something does not; 2: it cannot be read.");
  verb.Does([&workshop, options] { return Verify(workshop, *options); });
}

}  // namespace

void AddAudit(Verb root, Workshop& workshop) {
  const Verb audit = root.Sub("audit", "The audit log, its proofs, and who watches it");
  AddKeys(audit, workshop);
  AddExport(audit, workshop);
  AddVerify(audit, workshop);
  AddAuditStatus(audit, workshop);
}

}  // namespace waymark::cli
