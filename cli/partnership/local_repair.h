// Lane repair inside one process: the source of a lane is asked directly. Thread-safe once every
// source has been added.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"

namespace waymark::cli {

class LocalRepair : public runtime::LaneRepair {
 public:
  // `runtime` must outlive this.
  void Add(const std::string& source, runtime::Runtime& runtime) { sources_[source] = &runtime; }

  void Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) override {
    const auto source = sources_.find(gap.source);
    if (source == sources_.end()) {
      return done(absl::NotFoundError("no service of this process publishes under that name"));
    }
    done(source->second->Republish(gap.lane, gap.from_seq));
  }

 private:
  std::map<std::string, runtime::Runtime*, std::less<>> sources_;
};

// For services that start no effects.
class NoEffects : public runtime::EffectPerformer {
 public:
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override {
    done(runtime::EffectOutcome::GaveUp("this service performs no effects: " + effect.kind));
  }
};

}  // namespace waymark::cli
