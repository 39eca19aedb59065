#include "cli/verbs/audit_files.h"

#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "libs/audit/export.h"
#include "libs/audit/tiles.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;
using audit::v1::DisclosureProof;
using gateway::v1::Alert;
using gateway::v1::FetchShareResponse;

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
  }
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.good()) return absl::FailedPreconditionError(path + " cannot be read");
  return text;
}

absl::Status WriteWhole(const std::string& path, const std::string& content) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out.good()) return absl::FailedPreconditionError(path + " cannot be written");
  return absl::OkStatus();
}

absl::Status NothingToVerify(const std::string& where) {
  return absl::InvalidArgumentError(absl::StrCat(
      where,
      " holds nothing that can be verified: wanted what `waymark alerts tail --json` prints, "
      "an alert, a fetched share or a disclosure proof"));
}

// What is to be checked, and against what.
struct Bench {
  const audit::TrustedKeys& keys;
  std::optional<absl::Time> at;
};

Checked CheckAlert(const Alert& alert, const Bench& bench) {
  return {absl::StrCat("alert ", alert.alert_id(), " version ", alert.version()),
          audit::VerifyAlert(alert, bench.keys, bench.at)};
}

Checked CheckDisclosure(const DisclosureProof& proof, const Bench& bench) {
  return {"disclosure", audit::VerifyDisclosure(proof, bench.keys, bench.at)};
}

absl::StatusOr<Checked> CheckFetched(const FetchShareResponse& response, const Bench& bench) {
  gateway::v1::ShareContent content;
  if (!content.ParseFromString(response.content())) return NothingToVerify("the fetched share");
  const auto note = audit::ParseCheckpoint(response.proof().log().checkpoint());
  const std::string origin = note.ok() ? note->checkpoint.origin : "";
  audit::HandOver expected;
  expected.origin = absl::StrCat(origin.substr(0, origin.find('/')), "/audit/", content.origin());
  expected.share_id = content.share_id();
  expected.case_id = content.case_id();
  expected.recipient = content.recipient();
  expected.lawful_gateway = content.lawful_gateway();
  expected.clause = content.clause();
  expected.consent_id = content.consent_id();
  expected.fields = {content.fields().begin(), content.fields().end()};
  return Checked{absl::StrCat("share ", content.share_id()),
                 audit::VerifyHandOver(response.proof(), expected, bench.keys, bench.at)};
}

template <class Message>
absl::Status FromJson(const std::string& line, Message& message, const std::string& where) {
  const auto status = google::protobuf::util::JsonStringToMessage(line, &message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where, " is not a ", Message::descriptor()->name(), " in JSON"));
}

absl::Status CheckLine(const std::string& line, const std::string& where, const Bench& bench,
                       std::vector<Checked>& checked) {
  const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
  if (json.is_discarded() || !json.is_object()) {
    return absl::InvalidArgumentError(where + " is not one JSON object");
  }
  if (json.contains("alert") || json.contains("tombstone") || json.contains("heartbeat")) {
    gateway::v1::SubscribeAlertsResponse response;
    WM_RETURN_IF_ERROR(FromJson(line, response, where));
    if (response.has_alert()) checked.push_back(CheckAlert(response.alert(), bench));
    return absl::OkStatus();
  }
  if (json.contains("alert_id") || json.contains("alertId")) {
    Alert alert;
    WM_RETURN_IF_ERROR(FromJson(line, alert, where));
    checked.push_back(CheckAlert(alert, bench));
    return absl::OkStatus();
  }
  if (json.contains("content")) {
    FetchShareResponse response;
    WM_RETURN_IF_ERROR(FromJson(line, response, where));
    WM_ASSIGN_OR_RETURN(Checked one, CheckFetched(response, bench));
    checked.push_back(std::move(one));
    return absl::OkStatus();
  }
  DisclosureProof proof;
  WM_RETURN_IF_ERROR(FromJson(line, proof, where));
  if (!proof.has_log()) return NothingToVerify(where);
  checked.push_back(CheckDisclosure(proof, bench));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Checked>> CheckLines(const std::string& target, const std::string& text,
                                                const Bench& bench) {
  std::vector<Checked> checked;
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    WM_RETURN_IF_ERROR(
        CheckLine(std::string(line), absl::StrCat(target, " line ", number), bench, checked));
  }
  if (checked.empty()) return NothingToVerify(target);
  return checked;
}

absl::StatusOr<std::vector<Checked>> CheckBinary(const std::string& target,
                                                 const std::string& bytes, const Bench& bench) {
  Alert alert;
  if (alert.ParseFromString(bytes) && alert.proof().has_sent()) {
    return std::vector<Checked>{CheckAlert(alert, bench)};
  }
  FetchShareResponse response;
  if (response.ParseFromString(bytes) && response.proof().has_log()) {
    WM_ASSIGN_OR_RETURN(Checked one, CheckFetched(response, bench));
    return std::vector<Checked>{std::move(one)};
  }
  DisclosureProof proof;
  if (proof.ParseFromString(bytes) && proof.has_log()) {
    return std::vector<Checked>{CheckDisclosure(proof, bench)};
  }
  return NothingToVerify(target);
}

Checked CheckExport(const std::string& folder, const audit::TrustedKeys& keys,
                    std::optional<std::string> since) {
  audit::ExportVerdict result = audit::VerifyExport(
      [&](const std::string& path) { return ReadWhole(absl::StrCat(folder, "/", path)); }, keys,
      std::move(since));
  std::string of = absl::StrCat("log ", result.origin, ": ", result.size, " leaves, ",
                                result.opened, " of them readable");
  std::vector<std::string> witnesses;
  for (const audit::Cosigned& one : result.cosigned) witnesses.push_back(one.witness);
  if (!witnesses.empty()) absl::StrAppend(&of, "; cosigned by ", absl::StrJoin(witnesses, ", "));
  return {std::move(of), std::move(result.verdict)};
}

}  // namespace

ExportFolder::ExportFolder(std::string path) : path_(std::move(path)) {}

absl::Status ExportFolder::Write(const gateway::v1::ExportLogResponse& part) {
  if (part.has_file()) {
    const std::string& path = part.file().path();
    if (path != audit::kCheckpointFile) {
      WM_RETURN_IF_ERROR(audit::ParseTilePath(path).status());
    }
    return WriteWhole(absl::StrCat(path_, "/", path), part.file().content());
  }
  if (!openings_.is_open()) {
    openings_.open(absl::StrCat(path_, "/", ToAbsl(audit::kOpeningsFile)), std::ios::binary);
  }
  for (const auto& opening : part.openings().openings()) {
    openings_ << audit::OpeningLine({opening.index(), opening.salt(), opening.entry()});
  }
  if (openings_.good()) return absl::OkStatus();
  return absl::FailedPreconditionError(path_ + " cannot be written");
}

absl::Status ExportFolder::Close() {
  if (!openings_.is_open()) return absl::OkStatus();
  openings_.close();
  if (openings_.good()) return absl::OkStatus();
  return absl::FailedPreconditionError(path_ + " cannot be written");
}

absl::StatusOr<std::vector<Checked>> CheckTarget(const std::string& target,
                                                 const audit::TrustedKeys& keys,
                                                 std::optional<std::string> since,
                                                 std::optional<absl::Time> at) {
  std::error_code error;
  if (fs::is_directory(target, error)) {
    return std::vector<Checked>{CheckExport(target, keys, std::move(since))};
  }
  if (since) return absl::InvalidArgumentError("--since belongs to an exported folder");
  WM_ASSIGN_OR_RETURN(const std::string bytes, ReadWhole(target));
  const Bench bench{keys, at};
  if (!bytes.empty() && bytes[0] == '{') return CheckLines(target, bytes, bench);
  return CheckBinary(target, bytes, bench);
}

}  // namespace waymark::cli
