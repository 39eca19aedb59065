// The linker puts these functions in the way of the runtime's own (--wrap in CMakeLists.txt), so
// that deduplication can be off here although the product cannot turn it off.
#include <atomic>

#include "libs/runtime/lanes.h"
#include "tests/faults/seeded.h"

// Names that the linker wants.
// NOLINTBEGIN
extern "C" {
waymark::runtime::LaneJudgement
__real__ZN7waymark7runtime9JudgeLaneERNS0_9LaneInRowERKNS0_10CloudEventE(
    waymark::runtime::LaneInRow& row, const waymark::runtime::CloudEvent& event);
waymark::runtime::LaneJudgement
__wrap__ZN7waymark7runtime9JudgeLaneERNS0_9LaneInRowERKNS0_10CloudEventE(
    waymark::runtime::LaneInRow& row, const waymark::runtime::CloudEvent& event);
}

namespace {
std::atomic<bool> take_repeats = false;
}

waymark::runtime::LaneJudgement
__wrap__ZN7waymark7runtime9JudgeLaneERNS0_9LaneInRowERKNS0_10CloudEventE(
    waymark::runtime::LaneInRow& row, const waymark::runtime::CloudEvent& event) {
  auto judgement =
      __real__ZN7waymark7runtime9JudgeLaneERNS0_9LaneInRowERKNS0_10CloudEventE(row, event);
  if (take_repeats && judgement.verdict == waymark::runtime::LaneVerdict::kRepeat) {
    judgement.verdict = waymark::runtime::LaneVerdict::kTake;
  }
  return judgement;
}
// NOLINTEND

namespace waymark::faults {

void TakeRepeats(bool take) { take_repeats = take; }

}  // namespace waymark::faults
