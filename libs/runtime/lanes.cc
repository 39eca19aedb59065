#include "libs/runtime/lanes.h"

#include <algorithm>

namespace waymark::runtime {

LaneJudgement JudgeLane(LaneInRow& row, const CloudEvent& event) {
  LaneJudgement judgement;
  if (event.epoch > row.epoch) {
    if (row.epoch != 0 && row.last > event.base) {
      judgement.source_lost_records = true;
      row.last = event.base;
    }
    row.epoch = event.epoch;
    row.base = event.base;
    row.stopped = false;
  } else if (event.epoch < row.epoch && event.seq > row.base) {
    judgement.verdict = LaneVerdict::kOlderEpoch;
    return judgement;
  }
  if (event.type == kLaneOpenedType) {
    const bool behind = event.epoch == row.epoch && row.last < event.base;
    row.stopped = row.stopped || behind;
    judgement.verdict = behind ? LaneVerdict::kGap : LaneVerdict::kOpened;
  } else if (event.seq <= row.last) {
    judgement.verdict = LaneVerdict::kRepeat;
  } else if (event.seq == row.last + 1) {
    row.last = event.seq;
    row.stopped = false;
  } else {
    row.stopped = true;
    judgement.verdict = LaneVerdict::kGap;
  }
  return judgement;
}

}  // namespace waymark::runtime
