#include "services/casemgr/casemgr_part.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/process/keys.h"
#include "libs/trust/record_trust.h"
#include "services/casemgr/app/casemgr_app.h"
#include "services/casemgr/casemgr_service.h"

namespace waymark::casemgr {

using process::Part;

absl::StatusOr<std::unique_ptr<Part>> OpenPart(const process::World& world,
                                               const process::Seat& seat) {
  const config::Partnership& directory = world.rulebook.directory;
  WM_ASSIGN_OR_RETURN(crypto::SigningKey key,
                      process::ReadSigningKey(seat.place.Key(process::kSigningKey)));
  if (key.verify_key().bytes() != directory.casemgr.signing_key) {
    return absl::FailedPreconditionError(
        seat.place.Key(process::kSigningKey) +
        " is not the key that the directory names for casemgr; restore it from the keys' backup");
  }
  const auto signer = std::make_shared<trust::KeyRecordSigner>(std::move(key));
  process::PartConfig config = process::CoreConfig(world, seat, "casemgr");
  runtime::ShardConfig shard{config::CoreShard(directory.id, directory.core_partitions),
                             {process::CoreInput(world, config::kIntakeTopic),
                              process::CoreInput(world, config::kRiskTopic)},
                             process::CoreInput(world, config::kCasemgrTopic)};
  CasemgrPartnership partnership{directory.id, world.rulebook.pack, world.rulebook.agreements, {}};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
    partnership.members.push_back(member.agency);
  }
  config.runtime.shards = {std::move(shard)};
  auto app = MakeCasemgr({{std::move(partnership)}, directory.core_partitions});
  const CasemgrApp& methods = *app;
  WM_ASSIGN_OR_RETURN(
      std::unique_ptr<Part> part,
      Part::Open(world, std::move(config), {std::move(app), signer.get(), nullptr, signer},
                 seat.rebuild ? Part::Start::kRebuild : Part::Start::kOpen));
  rpc::MethodTable table;
  methods.AddMethods(part->runtime(), table);
  part->Offer(std::move(table), nullptr);
  return part;
}

}  // namespace waymark::casemgr
