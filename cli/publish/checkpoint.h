// Which rows of an input are settled (taken or refused), in whatever order the answers came, and
// the file that keeps it so that an interrupted run goes on where it was. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::cli {

// What a run was about; a checkpoint of anything else is not used.
struct PublishSubject {
  std::string input_sha256;  // of the whole input, in hexadecimal
  std::string partnership;
  std::string agency;
  friend bool operator==(const PublishSubject&, const PublishSubject&) = default;
};

struct Checkpoint {
  PublishSubject subject;
  int64_t through_line = 0;     // every row that begins on or before it is settled
  std::set<int64_t> also_done;  // rows settled after it
  int64_t taken = 0;
  int64_t refused = 0;
};

class Ledger {
 public:
  Ledger() = default;
  explicit Ledger(const Checkpoint& from);

  // Whether the row was settled in an earlier run. `line` grows from call to call.
  bool Done(int64_t line) const;
  // The row was read and is not settled yet.
  void Open(int64_t line);
  // Only for a row that is open.
  void Settle(int64_t line);
  // The row was settled in an earlier run and is passed over.
  void Skip(int64_t line);

  int64_t through_line() const;
  std::set<int64_t> also_done() const;

 private:
  int64_t read_through_ = 0;
  int64_t base_ = 0;
  std::set<int64_t> open_;
  std::set<int64_t> done_;  // after the first open row
};

// NotFound when there is none; InvalidArgument when the file is not a checkpoint.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);
absl::Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);
// "incidents.csv.waymark-checkpoint"
std::string CheckpointPath(const std::string& input_path);

}  // namespace waymark::cli
