// Who may have a lane published again, and that it is.
#include "libs/runtime_rpc/lanes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/topics.h"
#include "libs/runtime/toy_node.h"
#include "waymark/lanes/v1/lanes.pb.h"

namespace waymark::runtime_rpc {
namespace {

using lanes::v1::RepublishRequest;
using lanes::v1::RepublishResponse;
using rpc::Principal;
using runtime::ToyNode;
using runtime::ToyWorld;

constexpr char kDomain[] = "fenland.waymark";
constexpr char kRepublish[] = "/waymark.lanes.v1.LaneService/Republish";
const std::string kOut = "waymark.member.fenland.police.out.v1";
const std::string kInbox = "waymark.member.fenland.council.inbox.v1";
const std::string kAudit = "waymark.member.fenland.police.audit.v1";

config::Partnership Fenland() {
  config::Partnership partnership;
  partnership.id = "fenland";
  partnership.trust_domain = kDomain;
  for (const char* agency : {"council", "housing", "police"}) {
    config::Member member;
    member.agency = agency;
    partnership.members.push_back(member);
  }
  return partnership;
}

// The police gateway, which has published one record on each of three topics.
class LaneServiceTest : public ::testing::Test {
 protected:
  LaneServiceTest() : police_(world_, PoliceConfig()) {}
  void SetUp() override {
    for (const std::string& topic : {kOut, kInbox, kAudit}) {
      ASSERT_TRUE(world_.log.EnsureTopic(topic, 1).ok());
    }
    ASSERT_TRUE(police_.Open().ok());
    for (const std::string& topic : {kOut, kInbox, kAudit}) {
      ASSERT_TRUE(police_.Run("send " + topic + " 0 log a").ok());
    }
    rpc::MethodTable table;
    AddLaneService(*police_.runtime, partnership_, table);
    rpc::EndpointConfig config;
    config.trust_domain = kDomain;
    config.own_agency = "police";
    endpoint_ = rpc::Endpoint::Create(std::move(config), std::move(table), nullptr, world_.clock);
  }
  static runtime::RuntimeConfig PoliceConfig() {
    runtime::RuntimeConfig config;
    config.source = "gateway/police";
    config.shards = {{"fenland/police", {}, {}}};
    return config;
  }
  static std::string LaneTo(const std::string& topic) { return "fenland/police>" + topic + "/0"; }
  size_t Records(const std::string& topic) { return world_.log.Records({topic, 0}).size(); }

  std::shared_ptr<rpc::Channel> As(const Principal& caller) {
    return rpc::LocalChannel::Create(endpoint_, caller, world_.clock);
  }
  absl::StatusCode Ask(const Principal& caller, const std::string& lane, uint64_t from = 1) {
    RepublishRequest request;
    request.set_lane(lane);
    request.set_from_seq(from);
    const auto answer = rpc::Call<RepublishResponse>(*As(caller), kRepublish, request);
    EXPECT_TRUE(world_.harness.RunUntilIdle().ok());
    return answer.status().code();
  }

  ToyWorld world_;
  ToyNode police_;
  const config::Partnership partnership_ = Fenland();
  std::shared_ptr<rpc::Endpoint> endpoint_;
};

TEST_F(LaneServiceTest, OnlyWhoReadsALaneMayAskForIt) {
  const std::map<std::string, Principal> callers = {
      {"intake", Principal::Core(kDomain, "intake")},
      {"risk", Principal::Core(kDomain, "risk")},
      {"casemgr", Principal::Core(kDomain, "casemgr")},
      {"council", Principal::Gateway(kDomain, "council")},
      {"housing", Principal::Gateway(kDomain, "housing")},
      {"a gateway of no member", Principal::Gateway(kDomain, "fire")},
      {"a core service there is not", Principal::Core(kDomain, "kitchen")},
      {"its own system", Principal::System(kDomain, "police", "cad")},
      {"an operator", Principal::Operator(kDomain, "local")},
  };
  const std::map<std::string, std::set<std::string>> readers = {
      {kOut, {"intake", "casemgr"}}, {kInbox, {"council"}}, {kAudit, {"council", "housing"}}};
  for (const auto& [topic, may] : readers) {
    for (const auto& [name, caller] : callers) {
      const size_t before = Records(topic);
      const bool let_in = may.count(name) != 0;
      EXPECT_EQ(Ask(caller, LaneTo(topic)),
                let_in ? absl::StatusCode::kOk : absl::StatusCode::kPermissionDenied)
          << name << " " << topic;
      EXPECT_EQ(Records(topic), before + (let_in ? 1 : 0)) << name << " " << topic;
    }
  }
}

TEST_F(LaneServiceTest, WhatIsNoLaneIsNobodys) {
  const Principal intake = Principal::Core(kDomain, "intake");
  for (const char* lane :
       {"", ">", "/", ">/", "x", "fenland/police>waymark.intake.v1", "fenland/police/0>",
        "fenland/police>waymark.member.marsh.police.out.v1/0"}) {
    EXPECT_EQ(Ask(intake, lane), absl::StatusCode::kPermissionDenied) << lane;
  }
  // A lane of a topic that intake reads, and that this process does not write.
  EXPECT_EQ(Ask(intake, "0>waymark.intake.v1/0"), absl::StatusCode::kNotFound);
  EXPECT_EQ(Ask(intake, LaneTo(kOut), 0), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Records(kOut), 1u);
}

TEST_F(LaneServiceTest, AReceiverThatMissesRecordsHasThemPublishedAgain) {
  int found = 0;
  RepairByCall repair(
      [&](const std::string& source) -> absl::StatusOr<std::shared_ptr<rpc::Channel>> {
        ++found;
        if (source != "gateway/police") return absl::NotFoundError("nobody publishes as " + source);
        return As(Principal::Core(kDomain, "intake"));
      });
  absl::Status answered = absl::UnknownError("not yet");
  const auto done = [&](absl::Status status) { answered = std::move(status); };
  repair.Ask({"gateway/police", LaneTo(kOut), {kOut, 0}, 1}, done);
  EXPECT_TRUE(answered.ok()) << answered;
  ASSERT_TRUE(world_.harness.RunUntilIdle().ok());
  EXPECT_EQ(Records(kOut), 2u);
  repair.Ask({"gateway/police", LaneTo(kInbox), {kInbox, 0}, 1}, done);
  EXPECT_TRUE(absl::IsPermissionDenied(answered)) << answered;
  EXPECT_EQ(found, 1) << "one channel for each source";
  repair.Ask({"gateway/fire", "x", {kOut, 0}, 1}, done);
  EXPECT_TRUE(absl::IsNotFound(answered)) << answered;
}

}  // namespace
}  // namespace waymark::runtime_rpc
