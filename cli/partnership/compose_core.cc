// The three core services.
#include <utility>

#include "cli/partnership/composition.h"
#include "cli/partnership/keys.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/key_file.h"
#include "services/casemgr/app/casemgr_app.h"
#include "services/casemgr/casemgr_service.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/index.h"
#include "services/intake/app/intake_app.h"
#include "services/risk/app/risk_app.h"

namespace waymark::cli {

absl::Status Composition::OpenIntake() {
  const Home home = layout_.Core("intake");
  absl::StatusOr<crypto::HpkePrivateKey> sealing_key = ReadSealingKey(home.Key(kSealingKey));
  // Destroyed after an erasure: nothing is sealed to the directory's key any more.
  if (absl::IsNotFound(sealing_key.status())) {
    sealing_key = crypto::HpkePrivateKey::Generate(random_);
  }
  WM_RETURN_IF_ERROR(sealing_key.status());
  intake_key_ = std::make_unique<crypto::HpkePrivateKey>(*std::move(sealing_key));
  WM_ASSIGN_OR_RETURN(std::string token_key, ReadSecret(home.Key(kTokenKey)));
  const crypto::KeyFileOptions slots{home.SlotKeys("subject-keys"), home.SlotKeys("subject-keys"),
                                     1024};
  // A rebuild folds the journal, which needs the keys before the store can say how many there are.
  if (rebuild_ == "intake") WM_RETURN_IF_ERROR(subject_keys_.Bind(slots, 0, random_));

  PartConfig config = CoreConfig("intake", directory.intake.endpoint);
  const std::string shard_id = config::CoreShard(directory.id, directory.core_partitions);
  runtime::ShardConfig shard{shard_id, {}, {}};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
  }
  shard.journal = CoreInput(config::kIntakeTopic).front();
  config.runtime.shards = {std::move(shard)};
  auto app = std::make_unique<intake::IntakeApp>(
      intake::IntakeConfig{{{directory.id, pack}}, directory.core_partitions},
      intake::IntakeKeys{*intake_key_, std::move(token_key), subject_keys_, random_});
  const intake::IntakeApp& methods = *app;
  WM_RETURN_IF_ERROR(
      OpenPart(std::move(config), std::move(app), runtime::RefusingSigner(), intake_effects_));
  runtime::Runtime& runtime = parts.back()->runtime();
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(runtime.Read(
      shard_id, [&](const runtime::View& view) { slots_in_use = intake::SlotsInUse(view); }));
  WM_RETURN_IF_ERROR(subject_keys_.Bind(slots, slots_in_use, random_));
  WM_RETURN_IF_ERROR(intake::FinishErasures(runtime, shard_id, subject_keys_));
  rpc::MethodTable table;
  methods.AddMethods(runtime, table);
  parts.back()->Offer(EndpointOf(""), std::move(table), nullptr, real_clock_);
  return absl::OkStatus();
}

absl::Status Composition::OpenRisk() {
  PartConfig config = CoreConfig("risk", directory.risk.endpoint);
  config.runtime.shards = {{config::CoreShard(directory.id, directory.core_partitions),
                            CoreInput(config::kIntakeTopic),
                            CoreInput(config::kRiskTopic).front()}};
  auto app = std::make_unique<risk::RiskApp>(
      std::map<std::string, std::shared_ptr<const pack::Pack>>{{directory.id, pack}});
  WM_RETURN_IF_ERROR(
      OpenPart(std::move(config), std::move(app), runtime::RefusingSigner(), no_effects_));
  parts.back()->Offer(EndpointOf(""), rpc::MethodTable(), nullptr, real_clock_);
  return absl::OkStatus();
}

absl::Status Composition::OpenCasemgr() {
  WM_ASSIGN_OR_RETURN(crypto::SigningKey key,
                      ReadSigningKey(layout_.Core("casemgr").Key(kSigningKey)));
  signers_.push_back(std::make_unique<trust::KeyRecordSigner>(std::move(key)));
  PartConfig config = CoreConfig("casemgr", directory.casemgr.endpoint);
  runtime::ShardConfig shard{config::CoreShard(directory.id, directory.core_partitions), {}, {}};
  shard.inputs = {CoreInput(config::kIntakeTopic).front(), CoreInput(config::kRiskTopic).front()};
  for (const config::Member& member : directory.members) {
    shard.inputs.push_back({config::MemberOutTopic(directory.id, member.agency), 0});
  }
  shard.journal = CoreInput(config::kCasemgrTopic).front();
  config.runtime.shards = {std::move(shard)};
  casemgr::CasemgrPartnership partnership{directory.id, pack, agreements_, {}};
  for (const config::Member& member : directory.members) {
    partnership.members.push_back(member.agency);
  }
  auto app = casemgr::MakeCasemgr({{std::move(partnership)}, directory.core_partitions});
  const casemgr::CasemgrApp& methods = *app;
  WM_RETURN_IF_ERROR(OpenPart(std::move(config), std::move(app), *signers_.back(), no_effects_));
  rpc::MethodTable table;
  methods.AddMethods(parts.back()->runtime(), table);
  parts.back()->Offer(EndpointOf(""), std::move(table), nullptr, real_clock_);
  return absl::OkStatus();
}

}  // namespace waymark::cli
