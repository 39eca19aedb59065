#include "cli/partnership/topics.h"

#include "libs/config/topics.h"

namespace waymark::cli {

std::map<std::string, int> AllTopics(const config::Partnership& partnership) {
  std::map<std::string, int> topics;
  for (std::string_view core : {config::kIntakeTopic, config::kRiskTopic, config::kCasemgrTopic}) {
    topics[std::string(core)] = partnership.core_partitions;
  }
  for (const config::Member& member : partnership.members) {
    topics[config::MemberOutTopic(partnership.id, member.agency)] = 1;
    topics[config::MemberInboxTopic(partnership.id, member.agency)] = 1;
    topics[config::MemberAuditTopic(partnership.id, member.agency)] = 1;
  }
  return topics;
}

}  // namespace waymark::cli
