#include "libs/testing/runtime_harness.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"

namespace waymark::testing {

void RuntimeHarness::Add(runtime::Runtime& runtime) { runtimes_.push_back(&runtime); }

void RuntimeHarness::Remove(runtime::Runtime& runtime) {
  runtimes_.erase(std::remove(runtimes_.begin(), runtimes_.end(), &runtime), runtimes_.end());
}

absl::StatusOr<absl::Time> RuntimeHarness::StepAll() {
  for (int round = 0; round < kRoundsMax; ++round) {
    bool idle = true;
    absl::Time next = absl::InfiniteFuture();
    for (runtime::Runtime* runtime : runtimes_) {
      WM_ASSIGN_OR_RETURN(const runtime::StepReport report, runtime->Step());
      idle = idle && report.idle();
      next = std::min(next, report.next_due);
    }
    if (idle) return next;
  }
  return absl::InternalError("the runtimes never come to rest: do they feed each other?");
}

absl::Status RuntimeHarness::RunUntilIdle() { return StepAll().status(); }

absl::Status RuntimeHarness::RunUntil(absl::Time until) {
  for (int round = 0; round < kDueTimesMax; ++round) {
    WM_ASSIGN_OR_RETURN(const absl::Time next, StepAll());
    if (next > until) {
      clock_.AdvanceTo(until);
      return RunUntilIdle();
    }
    // What is due now and was not done waits for something else; it must not stop the clock.
    clock_.AdvanceTo(std::max(next, clock_.Now() + absl::Microseconds(1)));
  }
  return absl::InternalError("too many due times before the end");
}

absl::StatusOr<std::string> RuntimeHarness::Call(runtime::Runtime& runtime, std::string_view shard,
                                                 runtime::Command command) {
  // Shared: the reply may come after this call has given up.
  auto reply = std::make_shared<std::optional<absl::StatusOr<std::string>>>();
  command.on_reply = [reply](absl::StatusOr<std::string> got) {
    WM_CHECK(!reply->has_value(), "a command was answered twice");
    *reply = std::move(got);
  };
  runtime.Submit(shard, std::move(command));
  WM_RETURN_IF_ERROR(RunUntilIdle());
  if (!reply->has_value()) return absl::DeadlineExceededError("idle, and no reply");
  return **std::move(reply);
}

void ScriptedEffects::On(std::string_view kind, Handler handler) {
  handlers_[std::string(kind)] = std::move(handler);
}

void ScriptedEffects::Perform(const runtime::Effect& effect,
                              std::function<void(runtime::EffectOutcome)> done) {
  performed_.push_back(effect);
  const auto at = handlers_.find(effect.kind);
  done(at == handlers_.end() ? runtime::EffectOutcome::GaveUp("nobody performs this kind")
                             : at->second(effect));
}

void DirectLaneRepair::Serve(std::string_view source, runtime::Runtime* runtime) {
  runtimes_[std::string(source)] = runtime;
}

void DirectLaneRepair::Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) {
  ++asked_;
  const auto at = runtimes_.find(gap.source);
  if (at == runtimes_.end() || at->second == nullptr) {
    done(absl::UnavailableError("the source cannot be reached"));
    return;
  }
  done(at->second->Republish(gap.lane, gap.from_seq));
}

}  // namespace waymark::testing
