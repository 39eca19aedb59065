// Performs the effect kDestroyKey: destroys the key under which a pushed share lay, so that every
// copy of its bytes (files of the store, write-ahead logs, backups) is noise. Answers at once,
// after one sync of the key file. Thread-safe.
#pragma once

#include <functional>

#include "libs/runtime/ports.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

class KeyEffects : public runtime::EffectPerformer {
 public:
  // `memberships` must outlive this.
  explicit KeyEffects(const Memberships& memberships) : memberships_(memberships) {}
  void Perform(const runtime::Effect& effect,
               std::function<void(runtime::EffectOutcome)> done) override;

 private:
  const Memberships& memberships_;
};

}  // namespace waymark::sharing::disclosure
