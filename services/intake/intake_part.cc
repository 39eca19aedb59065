#include "services/intake/intake_part.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/key_file.h"
#include "libs/crypto/slot_keys.h"
#include "libs/process/keys.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/index.h"
#include "services/intake/app/intake_app.h"

namespace waymark::intake {
namespace {

using process::Part;

// Intake's secrets, and what destroys them.
struct Belongings {
  Belongings(crypto::HpkePrivateKey key, const process::Place& place, Random& random)
      : sealing_key(std::move(key)),
        effects(subject_keys, [path = place.Key(process::kSealingKey), &random] {
          return crypto::DestroyFile(path, random);
        }) {}

  const crypto::HpkePrivateKey sealing_key;
  crypto::FileSlotKeys subject_keys;
  KeyEffects effects;
};

absl::StatusOr<std::shared_ptr<Belongings>> ReadKeys(const process::World& world,
                                                     const process::Place& place) {
  absl::StatusOr<crypto::HpkePrivateKey> key =
      process::ReadSealingKey(place.Key(process::kSealingKey));
  // Destroyed after an erasure: nothing is sealed to the directory's key any more.
  if (absl::IsNotFound(key.status())) key = crypto::HpkePrivateKey::Generate(world.random);
  WM_RETURN_IF_ERROR(key.status());
  return std::make_shared<Belongings>(*std::move(key), place, world.random);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Part>> OpenPart(const process::World& world,
                                               const process::Seat& seat) {
  const config::Partnership& directory = world.rulebook.directory;
  WM_ASSIGN_OR_RETURN(const std::shared_ptr<Belongings> own, ReadKeys(world, seat.place));
  WM_ASSIGN_OR_RETURN(std::string token_key,
                      process::ReadSecret(seat.place.Key(process::kTokenKey)));
  const std::string slots_path = seat.place.SlotKeys("subject-keys");
  const crypto::KeyFileOptions slots{slots_path, slots_path, 1024};
  // A rebuild folds the journal, which needs the keys before the store can say how many there are.
  if (seat.rebuild) WM_RETURN_IF_ERROR(own->subject_keys.Bind(slots, 0, world.random));

  const std::string shard_id = config::CoreShard(directory.id, directory.core_partitions);
  process::PartConfig config = process::CoreConfig(world, seat, "intake");
  runtime::ShardConfig shard{shard_id, {}, process::CoreInput(world, config::kIntakeTopic)};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
  }
  config.runtime.shards = {std::move(shard)};
  auto app = std::make_unique<IntakeApp>(
      IntakeConfig{{{directory.id, world.rulebook.pack}}, directory.core_partitions},
      IntakeKeys{own->sealing_key, std::move(token_key), own->subject_keys, world.random});
  const IntakeApp& methods = *app;
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part,
                      Part::Open(world, std::move(config),
                                 {std::move(app), &runtime::RefusingSigner(), &own->effects, own},
                                 seat.rebuild ? Part::Start::kRebuild : Part::Start::kOpen));
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(part->runtime().Read(
      shard_id, [&](const runtime::View& view) { slots_in_use = SlotsInUse(view); }));
  WM_RETURN_IF_ERROR(own->subject_keys.Bind(slots, slots_in_use, world.random));
  WM_RETURN_IF_ERROR(FinishErasures(part->runtime(), shard_id, own->subject_keys));
  rpc::MethodTable table;
  methods.AddMethods(part->runtime(), table);
  part->Offer(std::move(table), nullptr);
  return part;
}

}  // namespace waymark::intake
