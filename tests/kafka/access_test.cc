// Every principal tries every topic, to write and to read: what the broker lets through is the
// table of the architecture, written here once more by hand.
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/topics/plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/topic_list.h"
#include "libs/eventlog/kafka_admin.h"
#include "libs/eventlog/waiter.h"
#include "tests/kafka/broker.h"

namespace waymark::kafka_testing {
namespace {

using eventlog::Record;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDomain = "access.waymark";
const std::vector<std::string> kAgencies = {"council", "housing", "police"};

config::Partnership Three() {
  config::Partnership partnership;
  partnership.id = "access";
  partnership.trust_domain = kDomain;
  partnership.core_partitions = 2;
  for (const std::string& agency : kAgencies) {
    partnership.members.push_back({});
    partnership.members.back().agency = agency;
  }
  return partnership;
}

std::string Member(const std::string& agency, const std::string& kind) {
  return absl::StrCat("waymark.member.access.", agency, ".", kind, ".v1");
}

struct May {
  std::set<std::string> write, read;
};

// By topic, the short names of principals.
std::map<std::string, May> Table() {
  std::map<std::string, May> table = {
      {"waymark.intake.v1", {{"intake"}, {"intake", "risk", "casemgr"}}},
      {"waymark.risk.v1", {{"risk"}, {"risk", "casemgr"}}},
      {"waymark.casemgr.v1", {{"casemgr"}, {"casemgr"}}}};
  for (const std::string& agency : kAgencies) {
    const std::string own = "gateway." + agency;
    May inbox{{"casemgr"}, {own}};
    May audit{{own}, {}};
    for (const std::string& other : kAgencies) {
      if (other != agency) inbox.write.insert("gateway." + other);
      audit.read.insert("gateway." + other);
    }
    table[Member(agency, "out")] = {{own}, {"intake", "casemgr"}};
    table[Member(agency, "inbox")] = inbox;
    table[Member(agency, "audit")] = audit;
  }
  return table;
}

const std::vector<std::string> kPrincipals = {
    "intake",          "risk",           "casemgr",          "gateway.council",
    "gateway.housing", "gateway.police", "system.police.cad"};

std::string Tried(const absl::Status& status) {
  if (status.ok()) return "may";
  if (absl::IsPermissionDenied(status) || absl::StrContains(status.message(), "no ACL lets")) {
    return "may not";
  }
  return status.ToString();
}

absl::Status Write(eventlog::EventLog& log, const std::string& topic) {
  return log.Append({topic, 0}, {Record{.key = "k", .value = "tried"}});
}

// There is a record in every partition that is read here.
absl::Status Read(eventlog::EventLog& log, const std::string& topic) {
  eventlog::Waiter waiter;
  auto reader = log.OpenReader({{{topic, 0}, 0}});
  if (!reader.ok()) return reader.status();
  waiter.Attach(**reader);
  while (true) {
    const auto some = (*reader)->Poll(1);
    if (!some.ok()) return some.status();
    if (!some->empty()) return absl::OkStatus();
    if (!waiter.Wait()) return absl::DeadlineExceededError("no record came");
  }
}

class AccessTest : public testing::Test {
 protected:
  void SetUp() override {
    WM_NEEDS_BROKER();
    const auto list = config::LoadTopicList("deploy/topics.yaml");
    ASSERT_TRUE(list.ok()) << list.status();
    wanted_ = config::WantedTopics(*list, {Three()}).value();
    auto admin = eventlog::KafkaAdmin::Open(Broker::Get().Options(kOperator), RealClock());
    ASSERT_TRUE(admin.ok()) << admin.status();
    admin_ = *std::move(admin);
    Apply();
  }

  cli::TopicPlan Plan() {
    const auto topics = admin_->Topics(cli::SettingNames(wanted_));
    EXPECT_TRUE(topics.ok()) << topics.status();
    const auto acls = admin_->Acls();
    EXPECT_TRUE(acls.ok()) << acls.status();
    return cli::PlanTopics(wanted_, topics.value(), acls.value());
  }

  void Apply() {
    const cli::TopicPlan plan = Plan();
    for (const eventlog::KafkaTopic& topic : plan.make) {
      const absl::Status made = admin_->MakeTopic(topic);
      ASSERT_TRUE(made.ok() || absl::IsAlreadyExists(made)) << made;
    }
    for (const eventlog::KafkaTopic& topic : plan.settings) {
      const absl::Status set = admin_->SetSettings(topic.name, topic.settings);
      ASSERT_TRUE(set.ok()) << set;
    }
    absl::Status done = admin_->AddAcls(plan.add);
    ASSERT_TRUE(done.ok()) << done;
    done = admin_->RemoveAcls(plan.surplus);
    ASSERT_TRUE(done.ok()) << done;
    AwaitPlan(0);
  }

  // What an operator has changed is seen by the broker a moment later.
  cli::TopicPlan AwaitPlan(size_t findings) {
    cli::TopicPlan plan = Plan();
    for (int i = 0; i < 200 && plan.findings.size() != findings; ++i) plan = Plan();
    EXPECT_EQ(plan.findings.size(), findings);
    for (const cli::TopicFinding& one : plan.findings) {
      if (findings == 0) ADD_FAILURE() << one.code << " " << one.subject << ": " << one.what;
    }
    return plan;
  }

  std::vector<config::WantedTopic> wanted_;
  std::unique_ptr<eventlog::KafkaAdmin> admin_;
};

TEST_F(AccessTest, EveryPrincipalMayDoWithEveryTopicWhatTheTableSays) {
  const auto log = Broker::Get().Open(kOperator);
  for (const auto& [topic, may] : Table()) ASSERT_TRUE(Write(*log, topic).ok()) << topic;
  for (const std::string& principal : kPrincipals) {
    const auto tried = Broker::Get().Open(absl::StrCat(principal, "@", kDomain));
    for (const auto& [topic, may] : Table()) {
      EXPECT_EQ(Tried(Write(*tried, topic)), may.write.count(principal) ? "may" : "may not")
          << principal << " writes " << topic;
      EXPECT_EQ(Tried(Read(*tried, topic)), may.read.count(principal) ? "may" : "may not")
          << principal << " reads " << topic;
    }
    EXPECT_FALSE(tried->EnsureTopic("waymark.new.v1", 1).ok()) << principal;
  }
}

TEST_F(AccessTest, SomebodyOfAnotherPartnershipMayDoNothing) {
  const auto stranger = Broker::Get().Open("gateway.police@elsewhere.waymark");
  for (const auto& [topic, may] : Table()) {
    EXPECT_EQ(Tried(Write(*stranger, topic)), "may not") << topic;
    EXPECT_EQ(Tried(Read(*stranger, topic)), "may not") << topic;
  }
}

TEST_F(AccessTest, ChangesBehindTheListsBackAreFoundAndPutRight) {
  const std::string topic = Member("police", "out");
  eventlog::KafkaAcl stolen;
  stolen.name = "waymark.member.";
  stolen.prefix = true;
  stolen.principal = "User:CN=gateway.council@access.waymark";
  stolen.operation = "read";
  ASSERT_TRUE(admin_->AddAcls({stolen}).ok());
  eventlog::KafkaAcl lost;
  lost.name = topic;
  lost.principal = "User:CN=intake@access.waymark";
  lost.operation = "read";
  ASSERT_TRUE(admin_->RemoveAcls({lost}).ok());
  ASSERT_TRUE(admin_->SetSettings(topic, {{"cleanup.policy", "compact"}}).ok());
  const cli::TopicPlan plan = AwaitPlan(3);
  std::set<std::string> found;
  for (const cli::TopicFinding& one : plan.findings) found.insert(one.code + " " + one.subject);
  EXPECT_THAT(found, testing::UnorderedElementsAre("topic_settings " + topic,
                                                   "acl_missing " + cli::InWords(lost),
                                                   "acl_surplus " + cli::InWords(stolen)));
  Apply();
  EXPECT_THAT(Plan().findings, IsEmpty());
}

TEST_F(AccessTest, OnlyAnOperatorMayLookOrChange) {
  auto options = Broker::Get().Options(absl::StrCat("intake@", kDomain));
  const auto admin = eventlog::KafkaAdmin::Open(options, RealClock());
  ASSERT_TRUE(admin.ok());
  const absl::Status looked = (*admin)->Acls().status();
  EXPECT_TRUE(absl::IsPermissionDenied(looked)) << looked;
  EXPECT_THAT(std::string(looked.message()), HasSubstr("operator"));
  const absl::Status made = (*admin)->MakeTopic({"waymark.new.v1", 1, -1, {}});
  EXPECT_TRUE(absl::IsPermissionDenied(made)) << made;
}

}  // namespace
}  // namespace waymark::kafka_testing
