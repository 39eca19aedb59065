// What one casemgr process serves. Immutable once handed over; shared between threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/agreement/evaluator.h"
#include "libs/pack/pack.h"

namespace waymark::casemgr {

struct CasemgrPartnership {
  std::string id;
  std::shared_ptr<const pack::Pack> pack;
  std::shared_ptr<const agreement::Evaluator> agreements;  // the baseline included
  std::vector<std::string> members;                        // agencies, in any order
};

struct CasemgrConfig {
  std::vector<CasemgrPartnership> partnerships;
  int core_partitions = 24;
};

}  // namespace waymark::casemgr
