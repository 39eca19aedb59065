// The shipped list of topics against what the programs expect, and bad lists.
#include "libs/config/topic_list.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/all_topics.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"

namespace waymark::config {
namespace {

using testing::HasSubstr;

Partnership Four(const std::string& id = "fenland") {
  Partnership partnership;
  partnership.id = id;
  partnership.trust_domain = id + ".waymark";
  partnership.core_partitions = 6;
  for (const char* agency : {"council", "fire", "housing", "police"}) {
    partnership.members.push_back({});
    partnership.members.back().agency = agency;
  }
  return partnership;
}

std::vector<TopicFamily> Shipped() {
  auto list = LoadTopicList("deploy/topics.yaml");
  EXPECT_TRUE(list.ok()) << list.status();
  return list.ok() ? *list : std::vector<TopicFamily>();
}

std::vector<WantedTopic> Wanted(const std::vector<Partnership>& partnerships) {
  auto topics = WantedTopics(Shipped(), partnerships);
  EXPECT_TRUE(topics.ok()) << topics.status();
  return topics.ok() ? *topics : std::vector<WantedTopic>();
}

TEST(TopicListTest, HasTheTopicsThatTheProgramsExpectWithTheirPartitions) {
  const Partnership partnership = Four();
  std::map<std::string, int> listed;
  for (const WantedTopic& topic : Wanted({partnership})) {
    listed[topic.name] = topic.partitions;
  }
  EXPECT_EQ(listed, AllTopics(partnership));
}

TEST(TopicListTest, LetsEachPartyDoWhatTheProgramsDoAndNothingElse) {
  const Partnership partnership = Four();
  const std::string& domain = partnership.trust_domain;
  std::map<std::string, std::string> source_of = {{CoreName(domain, "intake"), "intake"},
                                                  {CoreName(domain, "risk"), "risk"},
                                                  {CoreName(domain, "casemgr"), "casemgr"}};
  for (const Member& member : partnership.members) {
    source_of[GatewayName(domain, member.agency)] = GatewaySource(member.agency);
  }
  for (const WantedTopic& topic : Wanted({partnership})) {
    std::set<std::string> writers, readers;
    for (const auto& [name, source] : source_of) {
      if (Writes(partnership, source, topic.name)) writers.insert(name);
      if (Reads(partnership, source, topic.name)) readers.insert(name);
    }
    EXPECT_EQ(topic.writers, writers) << topic.name;
    EXPECT_EQ(topic.readers, readers) << topic.name;
  }
}

TEST(TopicListTest, NeverCompactsAndKeepsTheCoreForEver) {
  for (const WantedTopic& topic : Wanted({Four()})) {
    EXPECT_EQ(topic.settings.at("cleanup.policy"), "delete") << topic.name;
    const bool core = !ParseMemberTopic(topic.name).has_value();
    EXPECT_EQ(topic.settings.at("retention.ms") == "-1", core) << topic.name;
  }
}

TEST(TopicListTest, SharesTheCoreTopicsOfAClusterAmongPartnerships) {
  Partnership other = Four("wolds");
  const auto topics = Wanted({Four(), other});
  EXPECT_EQ(topics.size(), 3u + 2 * 4 * 3);
  for (const WantedTopic& topic : topics) {
    if (topic.name != kRiskTopic) continue;
    EXPECT_EQ(topic.writers, (std::set<std::string>{"risk@fenland.waymark", "risk@wolds.waymark"}));
  }
  other.core_partitions = 24;
  const absl::Status clash = WantedTopics(Shipped(), {Four(), other}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(clash));
  EXPECT_THAT(std::string(clash.message()), HasSubstr("core_partitions"));
}

TEST(TopicListTest, RefusesListsThatSayNothingSensible) {
  const auto refused = [](const std::string& entry) {
    const auto list = ParseTopicList("topics:\n  - {" + entry + "}\n", "topics.yaml");
    EXPECT_TRUE(absl::IsInvalidArgument(list.status())) << entry;
    return std::string(list.status().message());
  };
  const std::string good = "name: a.v1, partitions: 1, keep_days: 3, writers: [intake]";
  EXPECT_TRUE(ParseTopicList("topics:\n  - {" + good + ", readers: [risk]}", "t").ok());
  EXPECT_THAT(refused(good + ", readers: [gateway]"), HasSubstr("of no agency"));
  EXPECT_THAT(refused(good + ", readers: [everyone]"), HasSubstr("everyone"));
  EXPECT_THAT(refused(good + ", readers: []"), HasSubstr("at least one"));
  EXPECT_THAT(refused(good + ", readers: [risk], compact: true"), HasSubstr("compact"));
  EXPECT_THAT(refused("name: a.<agency>.v1, partitions: 1, keep_days: 3, writers: [intake], "
                      "readers: [gateway]"),
              HasSubstr("<partnership>"));
  refused("name: a.v1, partitions: 0, keep_days: 3, writers: [intake], readers: [risk]");
  refused("name: a.v1, partitions: 1, keep_days: ever, writers: [intake], readers: [risk]");
}

}  // namespace
}  // namespace waymark::config
