#include "services/casemgr/casemgr_service.h"

#include <map>

#include "libs/config/topics.h"

namespace waymark::casemgr {

std::unique_ptr<CasemgrApp> MakeCasemgr(CasemgrConfig config) {
  return std::make_unique<CasemgrApp>(std::move(config));
}

runtime::RuntimeConfig RuntimeConfigOf(const CasemgrConfig& config) {
  const std::string intake(config::kIntakeTopic);
  const std::string risk(config::kRiskTopic);
  const std::string journal(config::kCasemgrTopic);
  runtime::RuntimeConfig runtime;
  runtime.source = std::string(config::kCasemgrSource);
  std::map<int, runtime::ShardConfig> shards;
  for (const CasemgrPartnership& partnership : config.partnerships) {
    const int partition = config::CorePartition(partnership.id, config.core_partitions);
    runtime::ShardConfig& shard = shards[partition];
    if (shard.inputs.empty()) {
      shard.id = config::CoreShard(partnership.id, config.core_partitions);
      shard.inputs = {{intake, partition}, {risk, partition}};
      shard.journal = eventlog::TopicPartition{journal, partition};
    }
    for (const std::string& agency : partnership.members) {
      const std::string out = config::MemberOutTopic(partnership.id, agency);
      shard.inputs.push_back({out, 0});
      runtime.topics[out] = 1;
      runtime.topics[config::MemberInboxTopic(partnership.id, agency)] = 1;
    }
  }
  for (auto& [partition, shard] : shards) runtime.shards.push_back(std::move(shard));
  for (const std::string& topic : {intake, risk, journal}) {
    runtime.topics[topic] = config.core_partitions;
    runtime.core_topics.insert(topic);
  }
  return runtime;
}

}  // namespace waymark::casemgr
