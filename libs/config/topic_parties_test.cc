#include "libs/config/topic_parties.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/all_topics.h"
#include "libs/config/topics.h"

namespace waymark::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Partnership Fenland() {
  Partnership partnership;
  partnership.id = "fenland";
  partnership.core_partitions = 24;
  for (const char* agency : {"council", "police"}) {
    Member member;
    member.agency = agency;
    partnership.members.push_back(member);
  }
  return partnership;
}

std::vector<std::string> Those(bool (*touches)(const Partnership&, std::string_view,
                                               std::string_view),
                               std::string_view source) {
  const Partnership partnership = Fenland();
  std::vector<std::string> topics;
  for (const auto& [topic, partitions] : AllTopics(partnership)) {
    if (touches(partnership, source, topic)) topics.push_back(topic);
  }
  return topics;
}

const std::string kCouncil = "waymark.member.fenland.council.";
const std::string kPolice = "waymark.member.fenland.police.";

TEST(TopicParties, TheTableOfTheRoad) {
  EXPECT_THAT(Those(Writes, "intake"), ElementsAre("waymark.intake.v1"));
  EXPECT_THAT(Those(Writes, "risk"), ElementsAre("waymark.risk.v1"));
  EXPECT_THAT(Those(Writes, "casemgr"),
              ElementsAre("waymark.casemgr.v1", kCouncil + "inbox.v1", kPolice + "inbox.v1"));
  EXPECT_THAT(Those(Writes, "gateway/police"),
              ElementsAre(kCouncil + "inbox.v1", kPolice + "audit.v1", kPolice + "out.v1"));
  EXPECT_THAT(Those(Reads, "intake"),
              ElementsAre("waymark.intake.v1", kCouncil + "out.v1", kPolice + "out.v1"));
  EXPECT_THAT(Those(Reads, "risk"), ElementsAre("waymark.intake.v1", "waymark.risk.v1"));
  EXPECT_THAT(Those(Reads, "casemgr"),
              ElementsAre("waymark.casemgr.v1", "waymark.intake.v1", kCouncil + "out.v1",
                          kPolice + "out.v1", "waymark.risk.v1"));
  EXPECT_THAT(Those(Reads, "gateway/police"),
              ElementsAre(kCouncil + "audit.v1", kPolice + "audit.v1", kPolice + "inbox.v1"));
}

TEST(TopicParties, NobodyElseTouchesAnything) {
  for (const char* stranger :
       {"", "gateway", "gateway/", "gateway/fire", "police", "operator", "intake/x"}) {
    EXPECT_THAT(Those(Reads, stranger), IsEmpty()) << stranger;
    EXPECT_THAT(Those(Writes, stranger), IsEmpty()) << stranger;
    EXPECT_THAT(TopicsOf(Fenland(), stranger), IsEmpty()) << stranger;
  }
}

TEST(TopicParties, TopicsOfAnotherPartnershipOrAgencyAreNobodys) {
  for (const char* topic : {"waymark.member.marsh.police.out.v1",
                            "waymark.member.fenland.fire.out.v1", "waymark.intake.v2", ""}) {
    for (const char* source : {"intake", "casemgr", "gateway/police"}) {
      EXPECT_FALSE(Reads(Fenland(), source, topic)) << source << " " << topic;
      EXPECT_FALSE(Writes(Fenland(), source, topic)) << source << " " << topic;
    }
  }
}

TEST(TopicParties, EachTopicWithItsPartitions) {
  const auto topics = TopicsOf(Fenland(), "risk");
  EXPECT_EQ(topics.size(), 2u);
  EXPECT_EQ(topics.at("waymark.intake.v1"), 24);
  EXPECT_EQ(TopicsOf(Fenland(), "gateway/police").at(kPolice + "out.v1"), 1);
}

}  // namespace
}  // namespace waymark::config
