// What stands between a cluster and the list of topics: what to make, change, add and remove, and
// each of it in words with its remedy. Values only.
#pragma once

#include <string>
#include <vector>

#include "libs/config/topic_list.h"
#include "libs/eventlog/kafka_admin.h"

namespace waymark::cli {

struct TopicFinding {
  std::string code;     // "topic_missing", "topic_partitions", "topic_settings", "acl_missing",
                        // "acl_surplus"
  std::string subject;  // the topic, or the rule
  std::string what;     // what is wrong, with what was found and wanted
  std::string remedy;   // what to do about it

  friend bool operator==(const TopicFinding&, const TopicFinding&) = default;
};

struct TopicPlan {
  std::vector<eventlog::KafkaTopic> make;
  std::vector<eventlog::KafkaTopic> settings;  // topics whose settings are to be put right
  std::vector<eventlog::KafkaAcl> add;
  std::vector<eventlog::KafkaAcl> surplus;
  std::vector<TopicFinding> findings;  // empty: the cluster is as the list says
};

TopicPlan PlanTopics(const std::vector<config::WantedTopic>& wanted,
                     const std::vector<eventlog::KafkaTopic>& topics,
                     const std::vector<eventlog::KafkaAcl>& acls);

// The settings that the list speaks of.
std::vector<std::string> SettingNames(const std::vector<config::WantedTopic>& wanted);

// "allow User:CN=intake@fenland.waymark to read topic waymark.intake.v1".
std::string InWords(const eventlog::KafkaAcl& acl);

}  // namespace waymark::cli
