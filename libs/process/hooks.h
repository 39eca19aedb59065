// Where a test program reaches into how a part is made: what it gets from outside can be wrapped or
// watched. The product passes none of these.
//
// A part is named "intake", "risk", "casemgr" or by its agency; the event log's store is "log".
// Each function may be empty; those that are not are called while a part is opened, but for
// crash_point, which is called on any thread at any time.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"
#include "libs/runtime/decider.h"
#include "libs/store/store.h"

namespace rocksdb {
class Env;
}

namespace waymark::process {

struct Hooks {
  // The files that a part's store sees; null for those of the machine. Outlives the partnership.
  std::function<rocksdb::Env*(std::string_view part)> files;
  // What stands between a part and its store.
  std::function<std::unique_ptr<store::Store>(std::string_view part, std::unique_ptr<store::Store>)>
      wrap_store;
  // What stands between a part's runtime and its decider.
  std::function<std::unique_ptr<runtime::Service>(std::string_view part,
                                                  std::unique_ptr<runtime::Service>)>
      wrap_service;
  // What a part takes for the event log. The log given outlives what is returned.
  std::function<std::unique_ptr<eventlog::EventLog>(std::string_view part, eventlog::EventLog&)>
      wrap_log;
  // As RuntimeDeps::crash_point says, and of which part.
  std::function<void(std::string_view part, std::string_view point)> crash_point;
  // Where keys, nonces and ids of gateways and intake come from; null for the system's. Outlives
  // the partnership.
  Random* random = nullptr;
};

}  // namespace waymark::process
