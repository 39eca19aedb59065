#include "services/sharing/vault/adapters/destroy_keys.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/reindex.h"

namespace waymark::sharing::vault {
namespace {

// Rising, as the keys are.
std::vector<uint64_t> RecordedAsErased(const runtime::View& view) {
  std::vector<uint64_t> slots;
  view.Scan(kErasedSlots, "", "", [&](std::string_view key, std::string_view) {
    const absl::StatusOr<uint64_t> slot = KeyReader(key).Number();
    WM_CHECK(slot.ok(), "a key of the vault has another layout");
    slots.push_back(*slot);
    return true;
  });
  return slots;
}

absl::Status Perform(const Membership& membership, const runtime::Effect& effect) {
  if (effect.kind == kRewriteKeys) return membership.person_keys->RewriteUnderNewMaster();
  gateway::v1::KeysToDestroy keys;
  if (effect.kind != kDestroyKeys || !keys.ParseFromString(effect.payload)) {
    return absl::InvalidArgumentError("no effect of the vault");
  }
  for (const uint64_t slot : keys.slots()) {
    WM_RETURN_IF_ERROR(membership.person_keys->Erase(slot));
  }
  return absl::OkStatus();
}

}  // namespace

void DestroyKeys(const gateway::v1::KeysToDestroy& keys, absl::Time now,
                 runtime::Changes& changes) {
  WM_CHECK(keys.slots_size() > 0, "no key to destroy");
  for (const uint64_t slot : keys.slots()) changes.Put(kErasedSlots, BigEndian64(slot), "");
  changes.StartEffect(absl::StrCat(ToAbsl(kDestroyKeys), "/", keys.slots(0)), kDestroyKeys,
                      keys.SerializeAsString());
  if (!keys.of_index()) ArmRound(now, changes);
}

void RecordErased(uint64_t slot, absl::Time now, runtime::Changes& changes) {
  changes.Put(kErasedSlots, BigEndian64(slot), "");
  ArmRound(now, changes);
}

void KeyEffects::Perform(const runtime::Effect& effect,
                         std::function<void(runtime::EffectOutcome)> done) {
  const auto membership =
      std::find_if(memberships_.begin(), memberships_.end(),
                   [&](const auto& one) { return one.second.Shard() == effect.shard; });
  if (membership == memberships_.end()) {
    return done(runtime::EffectOutcome::GaveUp("no membership of this gateway"));
  }
  const absl::Status performed = vault::Perform(membership->second, effect);
  if (performed.ok()) return done(runtime::EffectOutcome::Done(effect.payload));
  if (absl::IsInvalidArgument(performed)) {
    return done(runtime::EffectOutcome::GaveUp(std::string(performed.message())));
  }
  done(runtime::EffectOutcome::Retry(std::string(performed.message())));
}

absl::Status FinishErasures(const runtime::Runtime& runtime, const Membership& membership) {
  std::vector<uint64_t> recorded;
  WM_RETURN_IF_ERROR(runtime.Read(
      membership.Shard(), [&](const runtime::View& view) { recorded = RecordedAsErased(view); }));
  const std::vector<uint64_t> done = membership.person_keys->ErasedSlots();
  for (const uint64_t slot : recorded) {
    if (std::binary_search(done.begin(), done.end(), slot)) continue;
    WM_RETURN_IF_ERROR(membership.person_keys->Erase(slot));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> UnknownErasures(const runtime::Runtime& runtime,
                                                      const Membership& membership) {
  std::vector<uint64_t> recorded;
  WM_RETURN_IF_ERROR(runtime.Read(
      membership.Shard(), [&](const runtime::View& view) { recorded = RecordedAsErased(view); }));
  const std::vector<uint64_t> erased = membership.person_keys->ErasedSlots();
  std::vector<uint64_t> unknown;
  std::set_difference(erased.begin(), erased.end(), recorded.begin(), recorded.end(),
                      std::back_inserter(unknown));
  return unknown;
}

}  // namespace waymark::sharing::vault
