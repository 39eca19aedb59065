#include "cli/publish/checkpoint.h"

#include <nlohmann/json.hpp>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/config/file.h"

namespace waymark::cli {
namespace {

constexpr int kVersion = 1;

absl::Status NotACheckpoint(const std::string& path) {
  return absl::InvalidArgumentError(
      path + " is not a checkpoint of this program; remove it to publish from the beginning");
}

}  // namespace

Ledger::Ledger(const Checkpoint& from)
    : read_through_(0), base_(from.through_line), done_(from.also_done) {}

bool Ledger::Done(int64_t line) const { return line <= base_ || done_.contains(line); }

void Ledger::Open(int64_t line) {
  WM_CHECK(line > read_through_, "rows are read in order");
  read_through_ = line;
  open_.insert(line);
}

void Ledger::Settle(int64_t line) {
  WM_CHECK(open_.erase(line) == 1, "a row is settled once");
  done_.insert(line);
  // What lies before the first open row is settled altogether and needs no list.
  const int64_t first_open = open_.empty() ? read_through_ + 1 : *open_.begin();
  done_.erase(done_.begin(), done_.lower_bound(first_open));
}

void Ledger::Skip(int64_t line) {
  WM_CHECK(line > read_through_, "rows are read in order");
  read_through_ = line;
}

int64_t Ledger::through_line() const {
  return std::max(base_, open_.empty() ? read_through_ : *open_.begin() - 1);
}

std::set<int64_t> Ledger::also_done() const {
  return {done_.upper_bound(through_line()), done_.end()};
}

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path) {
  WM_ASSIGN_OR_RETURN(const std::string text, config::ReadFile(path));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return NotACheckpoint(path);
  try {
    if (json.at("version") != kVersion) return NotACheckpoint(path);
    Checkpoint checkpoint;
    json.at("input_sha256").get_to(checkpoint.subject.input_sha256);
    json.at("partnership").get_to(checkpoint.subject.partnership);
    json.at("agency").get_to(checkpoint.subject.agency);
    json.at("through_line").get_to(checkpoint.through_line);
    json.at("also_done").get_to(checkpoint.also_done);
    json.at("taken").get_to(checkpoint.taken);
    json.at("refused").get_to(checkpoint.refused);
    return checkpoint;
  } catch (const nlohmann::json::exception&) {
    return NotACheckpoint(path);
  }
}

absl::Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  const nlohmann::ordered_json json = {{"version", kVersion},
                                       {"input_sha256", checkpoint.subject.input_sha256},
                                       {"partnership", checkpoint.subject.partnership},
                                       {"agency", checkpoint.subject.agency},
                                       {"through_line", checkpoint.through_line},
                                       {"also_done", checkpoint.also_done},
                                       {"taken", checkpoint.taken},
                                       {"refused", checkpoint.refused}};
  return config::WriteFile(path, json.dump() + "\n", config::FileMode::kPublic);
}

std::string CheckpointPath(const std::string& input_path) {
  return input_path + ".waymark-checkpoint";
}

}  // namespace waymark::cli
