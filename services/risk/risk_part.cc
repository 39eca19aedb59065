#include "services/risk/risk_part.h"

#include <map>
#include <utility>

#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "services/risk/app/risk_app.h"

namespace waymark::risk {

using process::Part;

absl::StatusOr<std::unique_ptr<Part>> OpenPart(const process::World& world,
                                               const process::Seat& seat) {
  const config::Partnership& directory = world.rulebook.directory;
  process::PartConfig config = process::CoreConfig(world, seat, "risk");
  config.runtime.shards = {{config::CoreShard(directory.id, directory.core_partitions),
                            {process::CoreInput(world, config::kIntakeTopic)},
                            process::CoreInput(world, config::kRiskTopic)}};
  auto app = std::make_unique<RiskApp>(std::map<std::string, std::shared_ptr<const pack::Pack>>{
      {directory.id, world.rulebook.pack}});
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part,
                      Part::Open(world, std::move(config),
                                 {std::move(app), &runtime::RefusingSigner(), nullptr, nullptr},
                                 seat.rebuild ? Part::Start::kRebuild : Part::Start::kOpen));
  part->Offer(rpc::MethodTable(), nullptr);
  return part;
}

}  // namespace waymark::risk
