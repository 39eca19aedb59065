#include "cli/topics/plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::cli {
namespace {

using config::WantedTopic;
using eventlog::KafkaAcl;
using eventlog::KafkaTopic;
using testing::ElementsAre;
using testing::HasSubstr;

const WantedTopic kWanted = {.name = "a.v1",
                             .partitions = 6,
                             .settings = {{"cleanup.policy", "delete"}, {"retention.ms", "-1"}},
                             .writers = {"w@d"},
                             .readers = {"r@d"}};

KafkaTopic AsWanted() { return {"a.v1", 6, 1, kWanted.settings}; }

KafkaAcl Rule(const std::string& who, const std::string& operation, const std::string& name) {
  KafkaAcl acl;
  acl.principal = "User:CN=" + who;
  acl.operation = operation;
  acl.name = name;
  return acl;
}

std::vector<KafkaAcl> RulesAsWanted() {
  return {Rule("w@d", "write", "a.v1"), Rule("r@d", "read", "a.v1")};
}

std::vector<std::string> Codes(const TopicPlan& plan) {
  std::vector<std::string> codes;
  for (const TopicFinding& finding : plan.findings) {
    codes.push_back(finding.code);
    EXPECT_FALSE(finding.subject.empty());
    EXPECT_FALSE(finding.remedy.empty());
  }
  return codes;
}

TEST(TopicPlanTest, FindsNothingWhereAllIsAsListed) {
  EXPECT_THAT(PlanTopics({kWanted}, {AsWanted()}, RulesAsWanted()).findings, ElementsAre());
}

TEST(TopicPlanTest, MakesWhatIsMissing) {
  const TopicPlan plan = PlanTopics({kWanted}, {}, {});
  EXPECT_THAT(Codes(plan), ElementsAre("topic_missing", "acl_missing", "acl_missing"));
  ASSERT_EQ(plan.make.size(), 1u);
  EXPECT_EQ(plan.make[0].partitions, 6);
  EXPECT_EQ(plan.make[0].settings, kWanted.settings);
  EXPECT_EQ(plan.add.size(), 2u);
}

TEST(TopicPlanTest, NamesAnotherPartitionCountAndLeavesItAlone) {
  KafkaTopic other = AsWanted();
  other.partitions = 12;
  const TopicPlan plan = PlanTopics({kWanted}, {other}, RulesAsWanted());
  ASSERT_THAT(Codes(plan), ElementsAre("topic_partitions"));
  EXPECT_THAT(plan.findings[0].what, HasSubstr("12"));
  EXPECT_THAT(plan.findings[0].what, HasSubstr("6"));
  EXPECT_TRUE(plan.make.empty() && plan.settings.empty());
}

TEST(TopicPlanTest, PutsChangedSettingsRight) {
  KafkaTopic other = AsWanted();
  other.settings["cleanup.policy"] = "compact";
  other.settings.erase("retention.ms");
  const TopicPlan plan = PlanTopics({kWanted}, {other}, RulesAsWanted());
  ASSERT_THAT(Codes(plan), ElementsAre("topic_settings"));
  EXPECT_THAT(plan.findings[0].what, HasSubstr("cleanup.policy is compact instead of delete"));
  EXPECT_THAT(plan.findings[0].what, HasSubstr("retention.ms is nothing"));
  ASSERT_EQ(plan.settings.size(), 1u);
  EXPECT_EQ(plan.settings[0].settings, kWanted.settings);
}

TEST(TopicPlanTest, NamesEveryRuleThatLetsSomebodyInBesides) {
  std::vector<KafkaAcl> acls = RulesAsWanted();
  acls.push_back(Rule("stranger@d", "read", "a.v1"));
  acls.push_back(Rule("w@d", "read", "a.v1"));
  acls.push_back(Rule("stranger@d", "read", "*"));
  KafkaAcl prefixed = Rule("stranger@d", "all", "a.");
  prefixed.prefix = true;
  acls.push_back(prefixed);
  KafkaAcl cluster = Rule("stranger@d", "alter", "kafka-cluster");
  cluster.resource = "cluster";
  acls.push_back(cluster);
  KafkaAcl denied = Rule("r@d", "read", "a.v1");
  denied.deny = true;
  acls.push_back(denied);
  KafkaAcl elsewhere = Rule("stranger@d", "all", "b.");
  elsewhere.prefix = true;
  acls.push_back(elsewhere);
  acls.push_back(Rule("stranger@d", "read", "b.v1"));
  const TopicPlan plan = PlanTopics({kWanted}, {AsWanted()}, acls);
  EXPECT_THAT(Codes(plan), testing::Each("acl_surplus"));
  EXPECT_EQ(plan.surplus.size(), 6u);
  EXPECT_TRUE(plan.add.empty());
}

}  // namespace
}  // namespace waymark::cli
