#include "libs/config/partnership.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/topics.h"

namespace waymark::config {
namespace {

using ::testing::HasSubstr;

Member MakeMember(const std::string& agency, char key) {
  return {agency,
          agency + ".invalid:7501",
          std::string(32, key),
          std::string(32, static_cast<char>(key + 1)),
          "https://idp." + agency + ".invalid",
          std::string(32, static_cast<char>(key + 2)),
          std::string(32, static_cast<char>(key + 3)),
          std::string(32, static_cast<char>(key + 4))};
}

Partnership Example() {
  Partnership partnership;
  partnership.id = "fenland";
  partnership.trust_domain = "fenland.waymark";
  partnership.pack = "/etc/waymark/packs/fenland.yaml";
  partnership.baseline = "/etc/waymark/baseline.yaml";
  partnership.agreements = {"/etc/waymark/isa.yaml"};
  partnership.intake = {"intake.invalid:1", std::string(32, 'i'), ""};
  partnership.risk = {"risk.invalid:1", "", ""};
  partnership.casemgr = {"casemgr.invalid:1", "", std::string(32, 'c')};
  partnership.members = {MakeMember("housing", 'a'), MakeMember("police", 'k')};
  return partnership;
}

TEST(Partnership, ReadsBackWhatItWrites) {
  const std::string yaml = PartnershipToYaml(Example());
  const auto read = ParsePartnership(yaml, "partnership.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(PartnershipToYaml(*read), yaml);
  ASSERT_NE(read->FindMember("police"), nullptr);
  EXPECT_EQ(read->FindMember("police")->sealing_key, std::string(32, 'l'));
  EXPECT_EQ(read->FindMember("police")->audit_key, std::string(32, 'n'));
  EXPECT_EQ(read->FindMember("police")->witness_key, std::string(32, 'o'));
  EXPECT_EQ(read->FindMember("fire"), nullptr);
}

TEST(Partnership, PathsAreRelativeToTheFile) {
  Partnership partnership = Example();
  partnership.pack = "../packs/fenland.yaml";
  const auto read =
      ParsePartnership(PartnershipToYaml(partnership), "/srv/data/p/partnership.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->pack, "/srv/data/packs/fenland.yaml");
}

TEST(Partnership, RefusesTwinsUnknownKeysAndBadKeys) {
  Partnership twins = Example();
  twins.members[1].sealing_key = twins.members[0].signing_key;
  EXPECT_THAT(ParsePartnership(PartnershipToYaml(twins), "p.yaml").status().message(),
              HasSubstr("another key"));
  twins = Example();
  twins.members[0].witness_key = twins.members[0].audit_key;
  EXPECT_THAT(ParsePartnership(PartnershipToYaml(twins), "p.yaml").status().message(),
              HasSubstr("another key"));
  const std::string yaml = PartnershipToYaml(Example());
  EXPECT_THAT(ParsePartnership(yaml + "colour: blue\n", "p.yaml").status().message(),
              HasSubstr("colour"));
  Partnership short_key = Example();
  short_key.casemgr.signing_key = "short";
  EXPECT_THAT(ParsePartnership(PartnershipToYaml(short_key), "p.yaml").status().message(),
              HasSubstr("64 hexadecimal digits"));
}

TEST(Topics, MemberTopicsReadBack) {
  const auto inbox = ParseMemberTopic(MemberInboxTopic("fenland", "fire"));
  ASSERT_TRUE(inbox.has_value());
  EXPECT_EQ(inbox->partnership, "fenland");
  EXPECT_EQ(inbox->agency, "fire");
  EXPECT_EQ(inbox->kind, MemberTopicKind::kInbox);
  for (const char* topic : {"waymark.intake.v1", "waymark.member.fenland.fire.inbox.v2",
                            "waymark.member.fenland..out.v1", "waymark.member.f.a.b.out.v1", ""}) {
    EXPECT_FALSE(ParseMemberTopic(topic).has_value()) << topic;
  }
}

TEST(Topics, NamesAndPartitions) {
  EXPECT_EQ(MemberOutTopic("fenland", "police"), "waymark.member.fenland.police.out.v1");
  EXPECT_EQ(MemberInboxTopic("fenland", "fire"), "waymark.member.fenland.fire.inbox.v1");
  EXPECT_EQ(MembershipShard("fenland", "fire"), "fenland/fire");
  const int partition = CorePartition("fenland", 24);
  EXPECT_GE(partition, 0);
  EXPECT_LT(partition, 24);
  EXPECT_EQ(CoreShard("fenland", 24), std::to_string(partition));
  EXPECT_EQ(CorePartition("fenland", 1), 0);
}

}  // namespace
}  // namespace waymark::config
