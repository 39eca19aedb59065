// Writers who may write a topic but not say whatever they like on it: the real runtime reads an
// inbox from a real broker, and one of the inbox's rightful writers forges.
#include <condition_variable>
#include <mutex>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/topics.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/toy_service.h"
#include "libs/store/memory_store.h"
#include "libs/testing/runtime_harness.h"
#include "libs/trust/record_trust.h"
#include "tests/kafka/broker.h"

namespace waymark::kafka_testing {
namespace {

using crypto::SigningKey;
using runtime::CloudEvent;
using ::testing::ElementsAre;

const eventlog::TopicPartition kInbox{config::MemberInboxTopic("trust", "police"), 0};

class TrustTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WM_NEEDS_BROKER();
    log_ = Broker::Get().Open(kOperator);
    ASSERT_TRUE(log_->EnsureTopic(kInbox.topic, 1).ok());
    partnership_.id = "trust";
    partnership_.casemgr.signing_key = casemgr_.verify_key().bytes();
    for (const auto& [agency, key] : {std::pair("police", &police_), std::pair("fire", &fire_)}) {
      partnership_.members.push_back({});
      partnership_.members.back().agency = agency;
      partnership_.members.back().signing_key = key->verify_key().bytes();
    }
    verifier_ = trust::DirectoryRecordVerifier::Make({partnership_}).value();
    config_.source = "gateway/police";
    config_.shards = {{"trust/police", {kInbox}, std::nullopt}};
    config_.topics = {{kInbox.topic, 1}};
    runtime_ =
        std::make_unique<runtime::Runtime>(config_, runtime::RuntimeDeps{.store = store_,
                                                                         .log = *log_,
                                                                         .service = service_,
                                                                         .effects = effects_,
                                                                         .signer = signer_,
                                                                         .verifier = *verifier_,
                                                                         .repair = repair_,
                                                                         .clock = RealClock(),
                                                                         .alarms = alarms_});
    ASSERT_TRUE(runtime_->Open().ok());
    ASSERT_TRUE(runtime_->Start().ok());
  }
  void TearDown() override {
    if (runtime_ != nullptr) runtime_->Stop(absl::Seconds(10));
  }

  static CloudEvent Event(const std::string& source, const std::string& lane, uint64_t seq,
                          const std::string& script) {
    CloudEvent event;
    event.id = lane + std::to_string(seq);
    event.source = source;
    event.type = "Do";
    event.at = absl::FromUnixSeconds(1'700'000'000);
    event.lane = lane;
    event.epoch = 1;
    event.seq = seq;
    event.payload = script;
    return event;
  }

  void Write(CloudEvent event, const SigningKey& key) {
    trust::KeyRecordSigner signer(key);
    event.signature = signer.Sign(runtime::SignedBytes(kInbox, event)).value();
    WriteAsItIs(event);
  }
  void WriteAsItIs(const CloudEvent& event) {
    const absl::Status written = log_->Append(kInbox, {runtime::ToRecord(event)});
    ASSERT_TRUE(written.ok()) << written;
  }

  std::vector<std::string> Taken() {
    std::vector<std::string> taken;
    const absl::Status read = runtime_->Read(
        "trust/police", [&](const runtime::View& view) { taken = runtime::LogOf(view); });
    EXPECT_TRUE(read.ok()) << read;
    return taken;
  }
  // Records come by threads and a network.
  bool Eventually(const std::function<bool()>& holds) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (int i = 0; i < 3000 && !holds(); ++i) never.wait_for(lock, std::chrono::milliseconds(10));
    return holds();
  }

  SystemRandom random_;
  SigningKey police_ = SigningKey::Generate(random_);
  SigningKey fire_ = SigningKey::Generate(random_);
  SigningKey casemgr_ = SigningKey::Generate(random_);
  config::Partnership partnership_;
  std::unique_ptr<eventlog::KafkaLog> log_;
  store::MemoryStore store_{runtime::ToyService::AllColumnFamilies()};
  runtime::ToyService service_;
  waymark::testing::ScriptedEffects effects_;
  waymark::testing::DirectLaneRepair repair_;
  trust::KeyRecordSigner signer_{police_};
  std::unique_ptr<trust::DirectoryRecordVerifier> verifier_;
  telemetry::AlarmList alarms_{RealClock()};
  runtime::RuntimeConfig config_;
  std::unique_ptr<runtime::Runtime> runtime_;
};

TEST_F(TrustTest, WhoClaimsAnotherSourceOrLaneIsRefusedBeforeItsLaneIsTouched) {
  const std::string lane = "0>" + eventlog::ToString(kInbox);
  const CloudEvent first = Event("casemgr", lane, 1, "log a");
  Write(first, casemgr_);
  // The fire service's gateway may write here. As casemgr, by its own key:
  Write(Event("casemgr", lane, 2, "log forged"), fire_);
  // as casemgr, with what casemgr has signed for another record:
  CloudEvent borrowed = Event("casemgr", lane, 2, "log forged");
  trust::KeyRecordSigner casemgr(casemgr_);
  borrowed.signature = casemgr.Sign(runtime::SignedBytes(kInbox, first)).value();
  WriteAsItIs(borrowed);
  // what casemgr signed for another inbox:
  CloudEvent moved = Event("casemgr", lane, 2, "log forged");
  moved.signature =
      casemgr.Sign(runtime::SignedBytes({config::MemberInboxTopic("trust", "fire"), 0}, moved))
          .value();
  WriteAsItIs(moved);
  // a new epoch of casemgr's lane, so that what follows would be refused as old:
  CloudEvent epoch = Event("casemgr", lane, 9, "log forged");
  epoch.type = runtime::kLaneOpenedType;
  epoch.epoch = 7;
  epoch.base = 9;
  Write(epoch, fire_);
  // as the reader itself, unsigned, and bytes that are no record:
  Write(Event("gateway/police", "p>" + eventlog::ToString(kInbox), 1, "log forged"), fire_);
  WriteAsItIs(Event("casemgr", lane, 2, "log forged"));
  ASSERT_TRUE(log_->Append(kInbox, {{"k", {{"ce_id", "1"}}, "junk"}}).ok());
  // as itself, in a lane that leads elsewhere; and as itself under the name of casemgr's lane:
  Write(Event("gateway/fire", "f>" + kInbox.topic + "/7", 1, "log forged"), fire_);
  Write(Event("gateway/fire", lane, 2, "log forged"), fire_);
  Write(Event("casemgr", lane, 2, "log b"), casemgr_);

  EXPECT_TRUE(Eventually([&] { return Taken().size() >= 2; }));
  EXPECT_THAT(Taken(), ElementsAre("a", "b"));
  const auto letters = runtime_->DeadLetters("trust/police");
  ASSERT_TRUE(letters.ok());
  std::map<std::string, int> reasons;
  for (const runtime::DeadLetter& letter : *letters) ++reasons[letter.reason];
  EXPECT_EQ(reasons, (std::map<std::string, int>{{"bad_signature", 6}, {"malformed_record", 2}}));
  EXPECT_TRUE(alarms_.IsRaised("dead_letter"));
  const auto lanes = runtime_->Lanes();
  ASSERT_TRUE(lanes.ok());
  for (const runtime::LaneStatus& one : *lanes) {
    if (one.source == "casemgr") {
      EXPECT_EQ(one.epoch, 1u);
      EXPECT_EQ(one.last_seq, 2u);
      EXPECT_FALSE(one.stopped);
    } else {
      // Its own stream alone waits for a first record that never was.
      EXPECT_EQ(one.source, "gateway/fire");
      EXPECT_EQ(one.last_seq, 0u);
    }
  }
}

}  // namespace
}  // namespace waymark::kafka_testing
