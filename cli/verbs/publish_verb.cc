// waymark publish: a file of incidents to the agency's own gateway.
#include <fstream>
#include <istream>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/publish/publisher.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/interrupt.h"
#include "cli/verbs/progress.h"
#include "cli/verbs/verbs.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/config/file.h"
#include "libs/crypto/hash.h"
#include "libs/rpc/errors.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::IncidentReceipt;
using gateway::v1::PublishIncidentsRequest;
using gateway::v1::PublishIncidentsResponse;

constexpr char kMethod[] = "/waymark.gateway.v1.IncidentService/PublishIncidents";
constexpr absl::Duration kCheckpointEvery = absl::Seconds(1);

struct Options {
  ConnectionOptions connection;
  std::string file, format;
  int64_t resume_from = 0;
  bool from_start = false;
  int64_t give_up_after_s = 60;
  int64_t in_flight = 64;
};

struct Totals {
  int64_t taken = 0, already_held = 0, amended = 0, refused = 0;
};

// Says what happens and keeps the checkpoint.
class Watcher : public PublishObserver {
 public:
  Watcher(Workshop& workshop, const Options& options, std::string where, int64_t bytes,
          std::string checkpoint_path, Checkpoint checkpoint)
      : workshop_(workshop),
        where_(std::move(where)),
        json_(options.connection.json),
        progress_(workshop.terminal, !json_ && workshop.terminal.progress, bytes),
        checkpoint_path_(std::move(checkpoint_path)),
        checkpoint_(std::move(checkpoint)),
        saved_at_(workshop.clock.Elapsed()) {}

  void Taken(int64_t line, const IncidentReceipt& receipt) override {
    ++totals.taken;
    ++checkpoint_.taken;
    if (receipt.outcome() == IncidentReceipt::OUTCOME_ALREADY_HELD) ++totals.already_held;
    if (receipt.outcome() == IncidentReceipt::OUTCOME_AMENDED) ++totals.amended;
    if (!json_) return;
    workshop_.terminal.out << "{\"line\":" << line << ",\"receipt\":" << JsonOf(receipt) << "}\n";
  }

  void Refused(int64_t line, const std::vector<Problem>& problems) override {
    ++totals.refused;
    ++checkpoint_.refused;
    if (json_) {
      workshop_.terminal.out << "{\"line\":" << line << "," << ProblemsJson(problems) << "}\n";
      return;
    }
    progress_.Clear();
    workshop_.terminal.err << "line " << line << ": refused\n" << ProblemLines(problems);
  }

  void TryingAgain(const absl::Status& why) override {
    const bool first = !trying_again_;
    trying_again_ = true;
    if (json_ || !first) return;
    progress_.Clear();
    workshop_.terminal.err << "trying again: " << Placed(why, where_).message() << "\n";
  }

  void Moved(const Ledger& ledger, int64_t bytes_read) override {
    const int64_t settled = totals.taken + totals.refused;
    if (settled != settled_) trying_again_ = false;
    progress_.Show(bytes_read, absl::StrCat(totals.taken, " taken, ", totals.refused, " refused",
                                            trying_again_ ? ", trying again" : ""));
    const absl::Duration now = workshop_.clock.Elapsed();
    if (settled == settled_ || now - saved_at_ < kCheckpointEvery) return;
    settled_ = settled;
    Save(ledger);
  }

  // Nothing is lost without it but time: what was taken may safely be sent again.
  void Save(const Ledger& ledger) {
    if (checkpoint_path_.empty()) return;
    saved_at_ = workshop_.clock.Elapsed();
    checkpoint_.through_line = ledger.through_line();
    checkpoint_.also_done = ledger.also_done();
    const absl::Status written = WriteCheckpoint(checkpoint_path_, checkpoint_);
    if (written.ok() || warned_) return;
    warned_ = true;
    progress_.Clear();
    workshop_.terminal.err << "the checkpoint cannot be kept (" << written.message()
                           << "); a broken run would have to begin again\n";
  }

  void Done() { progress_.Clear(); }
  const Checkpoint& checkpoint() const { return checkpoint_; }

  Totals totals;

 private:
  Workshop& workshop_;
  const std::string where_;
  const bool json_;
  Progress progress_;
  const std::string checkpoint_path_;
  Checkpoint checkpoint_;
  absl::Duration saved_at_;
  int64_t settled_ = 0;
  bool trying_again_ = false;
  bool warned_ = false;
};

struct Input {
  std::ifstream file;
  std::istream* in = nullptr;
  int64_t bytes = 0;            // 0 when not known
  std::string sha256;           // "" for standard input
  std::string checkpoint_path;  // "" for standard input
};

absl::Status OpenInput(const Options& options, std::istream& standard_input, Input& input) {
  if (options.file == "-") {
    input.in = &standard_input;
    return absl::OkStatus();
  }
  input.file.open(options.file, std::ios::binary);
  crypto::Sha256Hasher hasher;
  std::string piece(1 << 16, '\0');
  const auto size = static_cast<std::streamsize>(piece.size());
  while (input.file.read(piece.data(), size) || input.file.gcount() > 0) {
    hasher.Update({piece.data(), static_cast<size_t>(input.file.gcount())});
    input.bytes += input.file.gcount();
  }
  if (!input.file.eof()) {
    return absl::NotFoundError(options.file +
                               " cannot be read; wanted a file of incidents, or - "
                               "for standard input");
  }
  input.file.clear();
  input.file.seekg(0);
  input.in = &input.file;
  input.sha256 = ToHex(hasher.Finish());
  input.checkpoint_path = CheckpointPath(options.file);
  return absl::OkStatus();
}

IncidentFormat FormatOf(const Options& options) {
  const bool csv_name =
      options.file.size() > 4 && options.file.substr(options.file.size() - 4) == ".csv";
  const bool csv = options.format.empty() ? csv_name : options.format == "csv";
  return csv ? IncidentFormat::kCsv : IncidentFormat::kJsonLines;
}

// The checkpoint to go on from: an empty one when there is none for this very input.
absl::StatusOr<Checkpoint> FindCheckpoint(const Options& options, const Input& input,
                                          const Connection& connection, std::ostream& err) {
  Checkpoint fresh;
  fresh.subject = {input.sha256, connection.partnership, connection.agency};
  if (input.checkpoint_path.empty() || options.from_start || options.resume_from > 0) return fresh;
  absl::StatusOr<Checkpoint> found = ReadCheckpoint(input.checkpoint_path);
  if (absl::IsNotFound(found.status())) return fresh;
  WM_RETURN_IF_ERROR(found.status());
  if (found->subject == fresh.subject) {
    if (!options.connection.json) {
      err << "going on after line " << found->through_line << " (" << found->taken << " taken, "
          << found->refused << " refused before)\n";
    }
    return found;
  }
  if (!options.connection.json) {
    err << "the file has changed since " << input.checkpoint_path
        << " was kept: publishing from the beginning\n";
  }
  return fresh;
}

void PrintTotals(const Workshop& workshop, const Options& options, const Watcher& watcher,
                 const absl::Status& ended) {
  const Totals& totals = watcher.totals;
  if (options.connection.json) {
    workshop.terminal.out << "{\"summary\":{\"taken\":" << totals.taken
                          << ",\"already_held\":" << totals.already_held
                          << ",\"amended\":" << totals.amended << ",\"refused\":" << totals.refused
                          << ",\"complete\":" << (ended.ok() ? "true" : "false") << "}}\n";
    return;
  }
  workshop.terminal.out << totals.taken << " taken";
  if (totals.already_held > 0)
    workshop.terminal.out << " (" << totals.already_held << " already held)";
  if (totals.amended > 0) workshop.terminal.out << " (" << totals.amended << " amended)";
  workshop.terminal.out << ", " << totals.refused << " refused\n";
}

// What to type to go on.
void SayHowToGoOn(const Workshop& workshop, const Options& options, const Ledger& ledger) {
  if (options.connection.json) return;
  if (options.file == "-") {
    workshop.terminal.err << "To go on, give the same input again with --resume-from "
                          << ledger.through_line() + 1 << "\n";
  } else {
    workshop.terminal.err << "The same command goes on where this one stopped.\n";
  }
}

int Finish(Workshop& workshop, const Options& options, const Input& input, const Ledger& ledger,
           const absl::Status& ended, Watcher& watcher) {
  watcher.Done();
  if (!ended.ok()) watcher.Save(ledger);
  PrintTotals(workshop, options, watcher, ended);
  workshop.terminal.out.flush();
  if (!ended.ok()) {
    SayStatus(workshop.terminal, options.connection.json, "publish", ended);
    SayHowToGoOn(workshop, options, ledger);
    return ExitCodeOf(ended);
  }
  if (!input.checkpoint_path.empty()) std::remove(input.checkpoint_path.c_str());
  return watcher.checkpoint().refused > 0 ? kExitSomeRefused : kExitOk;
}

int Run(Workshop& workshop, const Options& options) {
  const auto failed = [&](const absl::Status& status) {
    SayStatus(workshop.terminal, options.connection.json, "publish", status);
    return kExitUsage;
  };
  Input input;
  const absl::Status opened = OpenInput(options, workshop.terminal.in, input);
  if (!opened.ok()) return failed(opened);
  const auto source = OpenIncidents(*input.in, FormatOf(options));
  if (!source.ok()) return failed(source.status());
  const absl::StatusOr<Connection> connection = workshop.connect(options.connection);
  if (!connection.ok()) return failed(connection.status());
  absl::StatusOr<Checkpoint> checkpoint =
      FindCheckpoint(options, input, *connection, workshop.terminal.err);
  if (!checkpoint.ok()) return failed(checkpoint.status());

  PublishOptions publish;
  publish.partnership = connection->partnership;
  publish.from_line = std::max<int64_t>(options.resume_from, 1);
  publish.in_flight_max = static_cast<size_t>(options.in_flight);
  publish.give_up_after = absl::Seconds(options.give_up_after_s);
  Ledger ledger(*checkpoint);
  Watcher watcher(workshop, options, connection->where, input.bytes, input.checkpoint_path,
                  *std::move(checkpoint));
  const auto open = [&connection]() -> absl::StatusOr<std::shared_ptr<PublishStream>> {
    WM_ASSIGN_OR_RETURN(rpc::CallOptions call, connection->Options());
    call.timeout = absl::InfiniteDuration();
    return rpc::OpenBidi<PublishIncidentsRequest, PublishIncidentsResponse>(*connection->channel,
                                                                            kMethod, call);
  };
  const absl::Status ended =
      Placed(Publish(**source, publish, ledger, {open, workshop.clock, WatchInterrupts()}, watcher),
             connection->where);
  return Finish(workshop, options, input, ledger, ended, watcher);
}

}  // namespace

void AddPublish(Verb root, Workshop& workshop) {
  const Verb verb = root.Sub("publish", "Publish a file of incidents to your agency's gateway");
  const auto options = std::make_shared<Options>();
  verb.Text("file", &options->file, "JSON lines or CSV; - for standard input", Need::kRequired);
  verb.Choice("--format", &options->format, {"jsonl", "csv"},
              "format [csv when the name ends in .csv, else jsonl]");
  verb.Number("--resume-from", &options->resume_from, 1, INT64_MAX,
              "pass over what begins before this line");
  verb.Flag("--from-start", &options->from_start, "take no notice of a checkpoint");
  verb.Number("--give-up-after", &options->give_up_after_s, 1, 86400,
              "seconds without an answer [60]");
  verb.Number("--in-flight", &options->in_flight, 1, 64, "rows sent and not yet answered [64]");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Footer(
      "A bad row is said with its line and the rest is taken; an interrupted run goes on where it\n"
      "was, by a checkpoint beside the file. `waymark help csv`, `waymark help jsonl` show the\n"
      "formats, `waymark help exit-codes` how it ends.\n"
      "Example: waymark publish incidents.csv --as police");
  verb.Does([&workshop, options] { return Run(workshop, *options); });
}

}  // namespace waymark::cli
