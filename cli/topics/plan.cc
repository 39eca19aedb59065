#include "cli/topics/plan.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace waymark::cli {
namespace {

using config::WantedTopic;
using eventlog::KafkaAcl;
using eventlog::KafkaTopic;

constexpr const char* kApply = "run `waymark topics apply`";

std::set<KafkaAcl> WantedAcls(const std::vector<WantedTopic>& wanted) {
  std::set<KafkaAcl> acls;
  for (const WantedTopic& topic : wanted) {
    const auto add = [&](const std::set<std::string>& names, const char* operation) {
      for (const std::string& name : names) {
        KafkaAcl acl;
        acl.name = topic.name;
        acl.principal = absl::StrCat("User:CN=", name);
        acl.operation = operation;
        acls.insert(std::move(acl));
      }
    };
    add(topic.writers, "write");
    add(topic.readers, "read");
  }
  return acls;
}

// Whether a rule has to do with any of the topics, or with everything.
bool Concerns(const KafkaAcl& acl, const std::vector<WantedTopic>& wanted) {
  if (acl.resource == "cluster") return true;
  if (acl.resource != "topic") return false;
  if (acl.name == "*") return true;
  return std::any_of(wanted.begin(), wanted.end(), [&](const WantedTopic& topic) {
    return acl.prefix ? absl::StartsWith(topic.name, acl.name) : topic.name == acl.name;
  });
}

void ComparePartitions(const WantedTopic& wanted, const KafkaTopic& found, TopicPlan& plan) {
  if (found.partitions == wanted.partitions) return;
  plan.findings.push_back({"topic_partitions", wanted.name,
                           absl::StrCat("it has ", found.partitions, " partitions; ",
                                        wanted.partitions, " are configured"),
                           "the count is fixed when a topic is made, and decides where a "
                           "partnership's records are: put "
                           "core_partitions of the directory back to what the cluster has, or, "
                           "before the first record, "
                           "delete the topic and apply the list again"});
}

void CompareSettings(const WantedTopic& wanted, const KafkaTopic& found, TopicPlan& plan) {
  std::string differing;
  for (const auto& [name, value] : wanted.settings) {
    const auto at = found.settings.find(name);
    const std::string has = at == found.settings.end() ? "nothing" : at->second;
    if (has == value) continue;
    absl::StrAppend(&differing, differing.empty() ? "" : ", ", name, " is ", has, " instead of ",
                    value);
  }
  if (differing.empty()) return;
  KafkaTopic repaired;
  repaired.name = wanted.name;
  repaired.settings = wanted.settings;
  plan.settings.push_back(std::move(repaired));
  plan.findings.push_back({"topic_settings", wanted.name, differing,
                           absl::StrCat(kApply,
                                        "; if records have been removed by it, what reads "
                                        "the topic asks its sources again")});
}

}  // namespace

std::string InWords(const KafkaAcl& acl) {
  return absl::StrCat(acl.deny ? "deny " : "allow ", acl.principal, " to ", acl.operation, " ",
                      acl.resource, " ", acl.name, acl.prefix ? "... (a prefix)" : "",
                      acl.host == "*" ? "" : absl::StrCat(" from ", acl.host));
}

std::vector<std::string> SettingNames(const std::vector<WantedTopic>& wanted) {
  std::set<std::string> names;
  for (const WantedTopic& topic : wanted) {
    for (const auto& [name, value] : topic.settings) names.insert(name);
  }
  return {names.begin(), names.end()};
}

TopicPlan PlanTopics(const std::vector<WantedTopic>& wanted, const std::vector<KafkaTopic>& topics,
                     const std::vector<KafkaAcl>& acls) {
  TopicPlan plan;
  for (const WantedTopic& topic : wanted) {
    const auto found = std::find_if(topics.begin(), topics.end(),
                                    [&](const KafkaTopic& one) { return one.name == topic.name; });
    if (found != topics.end()) {
      ComparePartitions(topic, *found, plan);
      CompareSettings(topic, *found, plan);
      continue;
    }
    plan.make.push_back({topic.name, topic.partitions, -1, topic.settings});
    plan.findings.push_back({"topic_missing", topic.name, "there is no such topic", kApply});
  }
  const std::set<KafkaAcl> wanted_acls = WantedAcls(wanted);
  const std::set<KafkaAcl> found_acls(acls.begin(), acls.end());
  for (const KafkaAcl& acl : wanted_acls) {
    if (found_acls.count(acl) != 0) continue;
    plan.add.push_back(acl);
    plan.findings.push_back({"acl_missing", InWords(acl), "there is no such rule", kApply});
  }
  for (const KafkaAcl& acl : found_acls) {
    if (wanted_acls.count(acl) != 0 || !Concerns(acl, wanted)) continue;
    plan.surplus.push_back(acl);
    plan.findings.push_back(
        {"acl_surplus", InWords(acl),
         "the list has no such rule: somebody may do what they must not",
         "find out who added it, then run `waymark topics apply --remove-surplus`"});
  }
  return plan;
}

}  // namespace waymark::cli
