// Drives several runtimes in one thread on one virtual clock, so that a test can run a whole
// partnership for days in milliseconds, the same way every time.
//
//   ManualClock clock(start);
//   RuntimeHarness harness(clock);
//   harness.Add(intake); harness.Add(risk);
//   absl::StatusOr<std::string> reply = harness.Call(intake, "0", {.principal = "p", .method =
//   "M"}); ASSERT_TRUE(harness.RunFor(absl::Hours(72)).ok());      // timers fire in order, each at
//   its time
//
// Not thread-safe. Runtimes must be opened, must not be started, and outlive the harness or be
// removed.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/runtime/runtime.h"

namespace waymark::testing {

class RuntimeHarness {
 public:
  explicit RuntimeHarness(ManualClock& clock) : clock_(clock) {}

  void Add(runtime::Runtime& runtime);
  void Remove(runtime::Runtime& runtime);

  // Steps all in turn, without moving time, until none has anything to do. Internal when that does
  // not end (two services feeding each other for ever).
  absl::Status RunUntilIdle();

  // Runs until idle, then moves the clock to the next due time of any runtime, and so on until
  // `until`; ends with the clock at `until` and all idle.
  absl::Status RunUntil(absl::Time until);
  absl::Status RunFor(absl::Duration by) { return RunUntil(clock_.Now() + by); }

  // Submits, runs until idle, returns the reply. `on_reply` of the command is replaced.
  absl::StatusOr<std::string> Call(runtime::Runtime& runtime, std::string_view shard,
                                   runtime::Command command);

 private:
  // How often everything may step before RunUntilIdle gives up.
  static constexpr int kRoundsMax = 100'000;
  // How many due times RunUntil visits before it gives up.
  static constexpr int kDueTimesMax = 10'000'000;

  absl::StatusOr<absl::Time> StepAll();  // the next due time once all are idle

  ManualClock& clock_;
  std::vector<runtime::Runtime*> runtimes_;
};

// Performs effects by calling a function for each kind; an unknown kind gives up.
class ScriptedEffects : public runtime::EffectPerformer {
 public:
  using Handler = std::function<runtime::EffectOutcome(const runtime::Effect&)>;
  void On(std::string_view kind, Handler handler);
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

  // Every call so far, in order.
  const std::vector<runtime::Effect>& performed() const { return performed_; }

 private:
  std::map<std::string, Handler, std::less<>> handlers_;
  std::vector<runtime::Effect> performed_;
};

// Answers every gap by calling Republish of the runtime registered for the source; a source that is
// not registered cannot be asked.
class DirectLaneRepair : public runtime::LaneRepair {
 public:
  void Serve(std::string_view source, runtime::Runtime* runtime);  // nullptr: away
  void Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) override;
  int asked() const { return asked_; }

 private:
  std::map<std::string, runtime::Runtime*, std::less<>> runtimes_;
  int asked_ = 0;
};

}  // namespace waymark::testing
