#include "libs/config/all_topics.h"

#include "libs/config/topics.h"

namespace waymark::config {

std::map<std::string, int> AllTopics(const Partnership& partnership) {
  std::map<std::string, int> topics;
  for (std::string_view core : {kIntakeTopic, kRiskTopic, kCasemgrTopic}) {
    topics[std::string(core)] = partnership.core_partitions;
  }
  for (const Member& member : partnership.members) {
    topics[MemberOutTopic(partnership.id, member.agency)] = 1;
    topics[MemberInboxTopic(partnership.id, member.agency)] = 1;
    topics[MemberAuditTopic(partnership.id, member.agency)] = 1;
  }
  return topics;
}

}  // namespace waymark::config
