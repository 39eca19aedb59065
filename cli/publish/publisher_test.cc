#include "cli/publish/publisher.h"

#include <gmock/gmock.h>

#include <sstream>

#include "cli/publish/fake_incidents.h"

namespace waymark::cli {
namespace {

using ::testing::ElementsAre;
using testing::FakeIncidents;
using ::testing::Pair;
using ::testing::SizeIs;

class Recorder : public PublishObserver {
 public:
  void Taken(int64_t line, const gateway::v1::IncidentReceipt& receipt) override {
    taken.push_back(line);
    if (receipt.outcome() == gateway::v1::IncidentReceipt::OUTCOME_ALREADY_HELD) ++already_held;
    if (after_taken) after_taken();
  }
  void Refused(int64_t line, const std::vector<Problem>& problems) override {
    refused.emplace_back(line, problems.at(0).code);
  }
  void TryingAgain(const absl::Status&) override { ++tries; }
  void Moved(const Ledger&, int64_t) override {}

  std::vector<int64_t> taken;
  std::vector<std::pair<int64_t, std::string>> refused;
  int already_held = 0, tries = 0;
  std::function<void()> after_taken;
};

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    rpc::MethodTable table;
    incidents_.AddTo(table);
    rpc::EndpointConfig config;
    config.trust_domain = "fenland.waymark";
    config.own_agency = "police";
    endpoint_ = rpc::Endpoint::Create(config, std::move(table), nullptr, clock_);
    channel_ = rpc::LocalChannel::Create(
        endpoint_, rpc::Principal::System("fenland.waymark", "police", system_), clock_);
    options_.partnership = "fenland";
    options_.retry_min = absl::Milliseconds(1);
    options_.give_up_after = absl::Milliseconds(300);
  }

  absl::Status Run(const std::string& lines) {
    std::istringstream in(lines);
    auto source = OpenIncidents(in, IncidentFormat::kJsonLines).value();
    return Publish(*source, options_, ledger_, {[this] { return Open(); }, clock_, stop_},
                   recorder_);
  }
  absl::StatusOr<std::shared_ptr<PublishStream>> Open() {
    ++opened_;
    if (opened_ <= unreachable_) return absl::UnavailableError("nobody listens");
    return rpc::OpenBidi<gateway::v1::PublishIncidentsRequest,
                         gateway::v1::PublishIncidentsResponse>(
        *channel_, "/waymark.gateway.v1.IncidentService/PublishIncidents");
  }
  void As(const std::string& role) {
    channel_ = rpc::LocalChannel::Create(
        endpoint_, rpc::Principal::System("fenland.waymark", "police", role), clock_);
  }

  // `count` rows F-1, F-2, ..., one a line.
  static std::string Lines(int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i) {
      lines += "{\"source_reference\":\"F-" + std::to_string(i) + "\"}\n";
    }
    return lines;
  }

  const std::string system_ = "console";
  SystemClock clock_;
  FakeIncidents incidents_;
  std::shared_ptr<rpc::Endpoint> endpoint_;
  std::shared_ptr<rpc::Channel> channel_;
  PublishOptions options_;
  Ledger ledger_;
  Recorder recorder_;
  std::atomic<bool> stop_{false};
  int opened_ = 0, unreachable_ = 0;
};

TEST_F(PublisherTest, TakesGoodRowsAndSaysBadOnesBesideThem) {
  incidents_.Refuse("F-2");
  EXPECT_TRUE(Run(Lines(3) + "{\"colour\":1}\nnot json\n{\"source_reference\":\"G\"}\n").ok());
  EXPECT_THAT(incidents_.taken(), ElementsAre("F-1/0", "F-3/0", "G/0"));
  EXPECT_THAT(recorder_.refused,
              ::testing::UnorderedElementsAre(Pair(2, "unknown_category"), Pair(4, "unknown_field"),
                                              Pair(5, "not_json")));
  EXPECT_EQ(ledger_.through_line(), 6);
  EXPECT_EQ(incidents_.streams(), 1);
  EXPECT_EQ(incidents_.last().partnership(), "fenland");
  EXPECT_EQ(incidents_.last().item(), 6u);
}

TEST_F(PublisherTest, ManyMoreThanFitInFlight) {
  EXPECT_TRUE(Run(Lines(1000)).ok());
  EXPECT_THAT(incidents_.taken(), SizeIs(1000));
  EXPECT_EQ(ledger_.through_line(), 1000);
}

TEST_F(PublisherTest, AStreamLostInTheMiddleLosesNothingAndDoublesNothing) {
  for (int at : {1, 40, 90, 170}) incidents_.LoseStreamAt(at);
  EXPECT_TRUE(Run(Lines(200)).ok());
  EXPECT_THAT(incidents_.taken(), SizeIs(200));
  EXPECT_THAT(recorder_.taken, SizeIs(200));
  EXPECT_EQ(incidents_.streams(), 5);
  EXPECT_GE(recorder_.already_held, 4);  // taken before the loss, unanswered, sent again
  EXPECT_EQ(ledger_.through_line(), 200);
}

TEST_F(PublisherTest, WhatIsNotDecidedIsSentAgain) {
  incidents_.NotAtOnce("F-1");
  incidents_.NotAtOnce("F-7");
  EXPECT_TRUE(Run(Lines(10)).ok());
  EXPECT_THAT(incidents_.taken(), SizeIs(10));
  EXPECT_EQ(incidents_.received()["F-1"], 2);
  EXPECT_EQ(incidents_.received()["F-2"], 1);
}

TEST_F(PublisherTest, RevisionsOfOneReferenceStayInOrderWhateverIsSentAgain) {
  incidents_.NotAtOnce("A");
  EXPECT_TRUE(Run("{\"source_reference\":\"A\",\"revision\":1}\n"
                  "{\"source_reference\":\"A\",\"revision\":2}\n"
                  "{\"source_reference\":\"B\"}\n")
                  .ok());
  const std::vector<std::string> taken = incidents_.taken();
  const auto first = std::find(taken.begin(), taken.end(), "A/1");
  EXPECT_NE(std::find(first, taken.end(), "A/2"), taken.end());
}

TEST_F(PublisherTest, GivesUpWhenNobodyListensForTooLong) {
  unreachable_ = 1'000'000;
  const absl::Status ended = Run(Lines(3));
  EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
  EXPECT_GT(recorder_.tries, 1);
  EXPECT_EQ(ledger_.through_line(), 0);
}

TEST_F(PublisherTest, GivesUpWhenNothingIsEverDecided) {
  incidents_.NeverDecide();
  const absl::Status ended = Run(Lines(3));
  EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
}

TEST_F(PublisherTest, GoesOnWhenTheGatewayComesBack) {
  unreachable_ = 3;
  EXPECT_TRUE(Run(Lines(3)).ok());
  EXPECT_THAT(incidents_.taken(), SizeIs(3));
}

TEST_F(PublisherTest, ARefusedStreamIsNotTriedAgain) {
  As("kitchen");
  EXPECT_TRUE(absl::IsPermissionDenied(Run(Lines(3))));
  EXPECT_EQ(opened_, 1);
}

TEST_F(PublisherTest, StopsAndGoesOnFromWhereItWas) {
  options_.in_flight_max = 8;
  recorder_.after_taken = [&] { stop_ = recorder_.taken.size() >= 20; };
  EXPECT_TRUE(absl::IsCancelled(Run(Lines(100))));
  const size_t before = recorder_.taken.size();
  EXPECT_GE(before, 20u);
  EXPECT_LT(before, 100u);
  Checkpoint checkpoint;
  checkpoint.through_line = ledger_.through_line();
  checkpoint.also_done = ledger_.also_done();
  ledger_ = Ledger(checkpoint);
  recorder_.after_taken = nullptr;
  stop_ = false;
  EXPECT_TRUE(Run(Lines(100)).ok());
  EXPECT_THAT(incidents_.taken(), SizeIs(100));
  for (const auto& [reference, times] : incidents_.received()) EXPECT_EQ(times, 1) << reference;
}

TEST_F(PublisherTest, PassesOverWhatBeginsBeforeTheLineGiven) {
  options_.from_line = 3;
  EXPECT_TRUE(Run(Lines(4)).ok());
  EXPECT_THAT(incidents_.taken(), ElementsAre("F-3/0", "F-4/0"));
}

TEST_F(PublisherTest, NothingToPublishOpensNoStream) {
  EXPECT_TRUE(Run("").ok());
  EXPECT_EQ(opened_, 0);
}

}  // namespace
}  // namespace waymark::cli
