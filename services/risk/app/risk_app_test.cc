// Risk over the runtime: linked incidents in, one picture out whenever it changes.

#include "services/risk/app/risk_app.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/eventlog/memory_log.h"
#include "libs/store/memory_store.h"
#include "libs/testing/publisher.h"
#include "libs/testing/runtime_harness.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/adapters/keys.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kPartnership[] = "fenland";

class RiskAppTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = config::LoadPack("fenland", "packs");
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    app_ = std::make_unique<RiskApp>(
        std::map<std::string, std::shared_ptr<const pack::Pack>>{{kPartnership, *loaded}});
    for (const auto& [topic, partitions] : Topics()) {
      ASSERT_TRUE(log_.EnsureTopic(topic, partitions).ok());
    }
    runtime_ = MakeRuntime(store_);
    ASSERT_TRUE(runtime_->Open().ok());
    harness_.Add(*runtime_);
    intake_ =
        std::make_unique<testing::Publisher>("intake", Shard(), Topics(), log_, clock_, harness_);
  }

  static std::string Shard() { return config::CoreShard(kPartnership, 24); }
  static eventlog::TopicPartition At(std::string_view topic) {
    return {std::string(topic), config::CorePartition(kPartnership, 24)};
  }
  static std::map<std::string, int> Topics() {
    return {{std::string(config::kIntakeTopic), 24}, {std::string(config::kRiskTopic), 24}};
  }
  static std::vector<std::string> Families() {
    std::vector<std::string> all = ColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) all.push_back(std::move(family));
    return all;
  }
  std::unique_ptr<runtime::Runtime> MakeRuntime(store::Store& store) {
    runtime::RuntimeConfig config;
    config.source = "risk";
    config.shards = {{Shard(), {At(config::kIntakeTopic)}, At(config::kRiskTopic)}};
    config.topics = Topics();
    for (const auto& [topic, partitions] : Topics()) config.core_topics.insert(topic);
    return std::make_unique<runtime::Runtime>(
        config,
        runtime::RuntimeDeps{store, log_, *app_, effects_, runtime::RefusingSigner(),
                             runtime::RefusingVerifier(), repair_, clock_, alarms_, nullptr});
  }

  intake::v1::IncidentLinked Incident(const std::string& id, const std::string& subject,
                                      const std::string& agency,
                                      common::v1::Band band = common::v1::BAND_UNSPECIFIED) {
    intake::v1::IncidentLinked incident;
    incident.set_partnership(kPartnership);
    incident.set_incident_id(id);
    incident.set_agency(agency);
    incident.set_type("noise");
    *incident.mutable_occurred_at() = ToProto(clock_.Now());
    *incident.mutable_reported_at() = ToProto(clock_.Now());
    intake::v1::LinkedParty& party = *incident.add_parties();
    party.set_person_id(agency + "-" + subject);
    party.set_subject_id(subject);
    party.add_roles(common::v1::ROLE_VICTIM);
    if (band != common::v1::BAND_UNSPECIFIED) {
      common::v1::Assessment& assessment = *incident.mutable_assessment();
      assessment.set_assessment_id("a-" + id);
      assessment.set_agency(agency);
      assessment.set_overall(band);
      *assessment.mutable_made_at() = ToProto(clock_.Now());
    }
    return incident;
  }

  template <class Message>
  void Send(const Message& message) {
    ASSERT_TRUE(intake_->Publish(At(config::kIntakeTopic), message).ok());
    ASSERT_TRUE(harness_.RunUntilIdle().ok());
  }
  // Sends, then lets five hours pass, so that incidents are not one and the same.
  template <class Message>
  void SendAndWait(const Message& message) {
    Send(message);
    ASSERT_TRUE(harness_.RunFor(absl::Hours(5)).ok());
  }

  std::vector<risk::v1::SubjectRiskChanged> Changes() {
    std::vector<risk::v1::SubjectRiskChanged> all;
    for (const eventlog::Record& record : log_.Records(At(config::kRiskTopic))) {
      for (const eventlog::Header& header : record.headers) {
        if (header.name == "ce_type" && header.value == "waymark.risk.v1.SubjectRiskChanged") {
          EXPECT_TRUE(all.emplace_back().ParseFromString(record.value));
        }
      }
    }
    return all;
  }

  ManualClock clock_{ParseRfc3339("2026-03-01T09:00:00Z").value()};
  eventlog::MemoryLog log_;
  store::MemoryStore store_{Families()};
  telemetry::AlarmList alarms_{clock_};
  testing::ScriptedEffects effects_;
  testing::DirectLaneRepair repair_;
  testing::RuntimeHarness harness_{clock_};
  std::unique_ptr<RiskApp> app_;
  std::unique_ptr<runtime::Runtime> runtime_;
  std::unique_ptr<testing::Publisher> intake_;
};

TEST_F(RiskAppTest, AnUngradedFirstReportChangesNothingForPartners) {
  Send(Incident("i1", "s1", "police"));
  EXPECT_THAT(Changes(), IsEmpty());
}

TEST_F(RiskAppTest, ThreeAgenciesEachWithOneReportMakeARepeatVictim) {
  SendAndWait(Incident("i1", "s1", "police"));
  SendAndWait(Incident("i2", "s1", "council"));
  SendAndWait(Incident("i3", "s1", "housing"));
  const auto changes = Changes();
  ASSERT_FALSE(changes.empty());
  EXPECT_THAT(changes.back().newly_fired(), ElementsAre("case_review_6m", "response_30d"));
  EXPECT_EQ(changes.back().subject_id(), "s1");
}

TEST_F(RiskAppTest, AHighBindsEveryoneFromItsOwnInstant) {
  const absl::Time graded = clock_.Now();
  Send(Incident("i1", "s1", "council", common::v1::BAND_HIGH));
  const auto changes = Changes();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].effective(), common::v1::BAND_HIGH);
  EXPECT_EQ(FromProto(changes[0].high_since()), graded);
  EXPECT_EQ(changes[0].high_first_by(), "council");
}

TEST_F(RiskAppTest, ARepeatedRevisionIsCountedOnceAndAnAmendmentMovesTheCount) {
  const auto incident = Incident("i1", "s1", "police", common::v1::BAND_HIGH);
  Send(incident);
  Send(incident);
  EXPECT_THAT(Changes(), SizeIs(1));
  auto amended = incident;
  amended.set_revision(1);
  amended.mutable_parties(0)->set_subject_id("s2");
  amended.mutable_assessment()->set_assessment_id("a-i1-1");
  Send(amended);
  EXPECT_EQ(Changes().back().subject_id(), "s2");
}

TEST_F(RiskAppTest, AMergeJoinsHistoriesAndASplitPartsThem) {
  SendAndWait(Incident("i1", "s1", "police"));
  SendAndWait(Incident("i2", "s1", "council"));
  SendAndWait(Incident("i3", "s2", "housing"));
  intake::v1::SubjectsMerged merged;
  merged.set_partnership(kPartnership);
  merged.set_kept_subject_id("s1");
  merged.set_merged_subject_id("s2");
  Send(merged);
  EXPECT_THAT(Changes().back().newly_fired(), ElementsAre("case_review_6m", "response_30d"));

  intake::v1::SubjectSplit split;
  split.set_partnership(kPartnership);
  split.set_subject_id("s1");
  split.set_new_subject_id("s3");
  intake::v1::MemberPerson& person = *split.add_moved();
  person.set_agency("housing");
  person.set_person_id("housing-s2");
  Send(split);
  const auto parted = Changes().back();
  EXPECT_EQ(parted.subject_id(), "s1");
  for (const auto& repeat : parted.repeats()) EXPECT_NE(repeat.rule(), "response_30d");
}

TEST_F(RiskAppTest, WhatAnErasedPersonBroughtCountsForNobody) {
  SendAndWait(Incident("i1", "s1", "police"));
  SendAndWait(Incident("i2", "s1", "council"));
  SendAndWait(Incident("i3", "s1", "housing"));
  EXPECT_THAT(Changes().back().repeats(), Not(IsEmpty()));
  intake::v1::PersonForgotten forgotten;
  forgotten.set_partnership(kPartnership);
  forgotten.set_subject_id("s1");
  forgotten.set_agency("housing");
  forgotten.set_person_id("housing-s1");
  forgotten.set_nobody_subject_id("nobody-1");
  Send(forgotten);
  const auto left = Changes().back();
  EXPECT_EQ(left.subject_id(), "s1");
  for (const auto& repeat : left.repeats()) EXPECT_NE(repeat.rule(), "response_30d");
  for (const auto& change : Changes()) EXPECT_NE(change.subject_id(), "nobody-1");
}

TEST_F(RiskAppTest, ARebuildFromTheJournalIsTheSameState) {
  SendAndWait(Incident("i1", "s1", "police", common::v1::BAND_HIGH));
  SendAndWait(Incident("i2", "s1", "council"));
  const auto before = runtime_->Digest(Shard());
  ASSERT_TRUE(before.ok());
  harness_.Remove(*runtime_);
  runtime_.reset();
  store::MemoryStore empty(Families());
  auto rebuilt = MakeRuntime(empty);
  ASSERT_TRUE(rebuilt->Rebuild().ok());
  EXPECT_EQ(rebuilt->Digest(Shard()).value(), *before);
}

}  // namespace
}  // namespace waymark::risk
