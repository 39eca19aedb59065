#include "services/intake/adapters/forget.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/intake/adapters/codec.h"
#include "services/intake/adapters/index.h"
#include "services/intake/adapters/keys.h"
#include "services/intake/adapters/sealing.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {
namespace {

using intake::v1::IndexRekeyed;
using intake::v1::KeptRound;
using intake::v1::KeysToDestroy;

constexpr uint32_t kPersonsInStep = 500;  // about 10 ms of work

std::string RoundKey(const std::string& partnership) {
  return KeyBuilder().Text(partnership).Take();
}

std::optional<KeptRound> RoundOf(const runtime::View& view, const std::string& partnership) {
  const std::optional<std::string> row = view.Get(kRounds, RoundKey(partnership));
  if (!row) return std::nullopt;
  KeptRound round;
  WM_CHECK(round.ParseFromString(*row), "a row of intake's rounds is not one");
  return round;
}

// One round serves everything that is forgotten within an hour.
void ArmRound(const std::string& partnership, absl::Time now, runtime::Changes& changes) {
  const absl::Duration since = now - absl::UnixEpoch();
  const absl::Time due = absl::UnixEpoch() + absl::Floor(since, absl::Hours(1)) + absl::Hours(1);
  changes.ArmTimer(absl::StrCat("intake.round/", partnership, "/", absl::ToUnixSeconds(due)), due,
                   kRound, partnership);
}

}  // namespace

void DestroyKeys(const KeysToDestroy& keys, runtime::Changes& changes) {
  for (const uint64_t slot : keys.slots()) changes.Put(kErasedSlots, BigEndian64(slot), "");
  const std::string first =
      keys.slots_size() > 0 ? absl::StrCat(keys.slots(0)) : std::string("directory");
  changes.StartEffect(absl::StrCat(ToAbsl(kDestroyKeys), "/", first), kDestroyKeys,
                      keys.SerializeAsString());
}

absl::StatusOr<runtime::Decision> DecideRekey(const runtime::View& view, const TokenDesk& tokens,
                                              const std::string& partnership, bool begin,
                                              absl::Time now) {
  std::optional<KeptRound> round = RoundOf(view, partnership);
  if (!begin && !round) return runtime::Decision{};
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens, partnership));
  if (!index.indexed()) return runtime::Decision{};
  IndexRekeyed step;
  step.set_partnership(partnership);
  step.set_persons_max(kPersonsInStep);
  if (begin && round) {
    step.set_again(true);
    return runtime::Decision{
        {{step.GetTypeName(), step.SerializeAsString()}}, "", absl::OkStatus()};
  }
  if (begin) {
    SetTime(now, *step.mutable_begun_at());
    WM_ASSIGN_OR_RETURN(const uint64_t slot, tokens.TakeSlot());
    step.set_new_slot(slot);
  } else {
    *step.mutable_begun_at() = round->begun_at();
    step.set_from(round->done_to());
  }
  step.set_finished(index.PersonsAfter(step.from(), kPersonsInStep).size() < kPersonsInStep);
  runtime::Decision decision{
      {{step.GetTypeName(), step.SerializeAsString()}}, "", absl::OkStatus()};
  if (begin) {
    WM_ASSIGN_OR_RETURN(const auto made, MakeSealingKey(tokens, partnership));
    decision.events.push_back({made.GetTypeName(), made.SerializeAsString()});
  }
  return decision;
}

absl::Status EvolveForgotten(const runtime::View& view, const TokenDesk& tokens,
                             const intake::v1::PersonForgotten& forgotten, absl::Time now,
                             runtime::Changes& changes) {
  IndexWriter index(view, changes, tokens, forgotten.partnership());
  WM_RETURN_IF_ERROR(index.Forget({forgotten.agency(), forgotten.person_id()}));
  KeysToDestroy keys;
  keys.add_slots(forgotten.key_slot());
  DestroyKeys(keys, changes);
  ArmRound(forgotten.partnership(), now, changes);
  return absl::OkStatus();
}

absl::Status EvolveRekeyed(const runtime::View& view, const TokenDesk& tokens,
                           const IndexRekeyed& step, absl::Time now, runtime::Changes& changes) {
  const std::string& partnership = step.partnership();
  KeptRound round = RoundOf(view, partnership).value_or(KeptRound());
  if (step.again()) {
    round.set_again(true);
    changes.Put(kRounds, RoundKey(partnership), round.SerializeAsString());
    return absl::OkStatus();
  }
  IndexWriter index(view, changes, tokens, partnership);
  std::optional<keyed_index::Generations> generations = IndexGenerations(view, partnership);
  WM_CHECK(generations.has_value(), "an index is re-keyed that never was");
  if (step.has_new_slot()) {
    generations = generations->Next(step.new_slot());
    index.SetGenerations(*generations);
  }
  WM_ASSIGN_OR_RETURN(const IndexView known, IndexView::Load(view, tokens, partnership));
  const auto persons = known.PersonsAfter(step.from(), step.persons_max());
  WM_RETURN_IF_ERROR(index.Rekey(persons));
  if (!step.finished()) {
    *round.mutable_begun_at() = step.begun_at();
    if (!persons.empty()) round.set_done_to(persons.back().second);
    changes.Put(kRounds, RoundKey(partnership), round.SerializeAsString());
    changes.ArmTimer(absl::StrCat("intake.rekey/", partnership), now, kRekey, partnership);
    return absl::OkStatus();
  }
  if (round.again()) ArmRound(partnership, now, changes);
  changes.Delete(kRounds, RoundKey(partnership));
  index.SetGenerations(generations->Settled());
  KeysToDestroy keys;
  keys.add_slots(generations->previous.value());
  keys.set_rewrite(true);
  DestroyKeys(keys, changes);
  return absl::OkStatus();
}

void KeyEffects::Perform(const runtime::Effect& effect,
                         std::function<void(runtime::EffectOutcome)> done) {
  KeysToDestroy keys;
  if (effect.kind != kDestroyKeys || !keys.ParseFromString(effect.payload)) {
    return done(runtime::EffectOutcome::GaveUp("no effect of intake"));
  }
  absl::Status performed;
  for (const uint64_t slot : keys.slots()) performed.Update(keys_.Erase(slot));
  if (keys.directory_key()) performed.Update(destroy_directory_key_());
  if (keys.rewrite()) performed.Update(keys_.RewriteUnderNewMaster());
  if (performed.ok()) return done(runtime::EffectOutcome::Done(""));
  done(runtime::EffectOutcome::Retry(std::string(performed.message())));
}

absl::Status FinishErasures(const runtime::Runtime& runtime, const std::string& shard,
                            crypto::SlotKeys& keys) {
  std::vector<uint64_t> recorded;
  WM_RETURN_IF_ERROR(runtime.Read(shard, [&](const runtime::View& view) {
    view.Scan(kErasedSlots, "", "", [&](std::string_view key, std::string_view) {
      const absl::StatusOr<uint64_t> slot = KeyReader(key).Number();
      WM_CHECK(slot.ok(), "a key of intake's store has another layout");
      recorded.push_back(*slot);
      return true;
    });
  }));
  const std::vector<uint64_t> done = keys.ErasedSlots();
  for (const uint64_t slot : recorded) {
    if (!std::binary_search(done.begin(), done.end(), slot)) WM_RETURN_IF_ERROR(keys.Erase(slot));
  }
  return absl::OkStatus();
}

}  // namespace waymark::intake
