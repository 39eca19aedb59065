// Faults put into a partnership on purpose, each as a decorator around what the composition makes:
// the product has no switch for any of them. The checker must find every one.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/process/hooks.h"
#include "libs/store/faulty_files.h"

namespace waymark::faults {

// "part:point:count": the process kills itself when `part` ("*" for any) passes that point for the
// count-th time.
struct CrashAt {
  std::string part, point;
  uint64_t count = 1;
};

struct Plan {
  std::vector<CrashAt> crashes;
  // Of the store of `files_of` alone; lose_unsynced is of every store.
  store::FaultyFilesOptions files;
  std::string files_of;
  // Name of the fault to the part it is put into ("*": every part; "" where it is in all):
  // "no_deduplication" (all), "position_before_state", "answer_before_sync", "nonce_reused" (all),
  // "leaf_left_out", "name_in_topic", "key_kept" (all), "leaf_forgotten", "reversal_forgotten".
  std::map<std::string, std::string> faults;
  std::string word;  // that name_in_topic puts there
};

// Says what a partnership must be opened with so that the plan comes true. Outlives it.
class Seeded {
 public:
  // InvalidArgument when the plan names what there is not.
  static absl::StatusOr<std::unique_ptr<Seeded>> Make(Plan plan);

  process::Hooks Hooks();
  // Once everything serves: from now on points are counted and operations fail.
  void Arm();

 private:
  explicit Seeded(Plan plan) : plan_(std::move(plan)), passed_(plan_.crashes.size()) {}
  bool Has(const std::string& fault, std::string_view part) const;
  rocksdb::Env* FilesOf(std::string_view part);
  void Pass(std::string_view part, std::string_view point);

  const Plan plan_;
  std::atomic<bool> armed_ = false;
  std::vector<std::atomic<uint64_t>> passed_;
  std::map<std::string, std::unique_ptr<store::FaultyFiles>, std::less<>> files_;
  std::unique_ptr<Random> random_;
};

// Whether the receiving end of lanes takes repeats as if they were new (deduplication.cc).
void TakeRepeats(bool take);
// Whether a key that is destroyed stays in its key file (kept_keys.cc).
void KeepKeys(bool keep);

}  // namespace waymark::faults
