// Two runtimes and the lanes between them: front sends to ledger, which keeps a journal.
#include "libs/runtime/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/toy_node.h"

namespace waymark::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const eventlog::TopicPartition kMember{"member", 0};
constexpr char kLane[] = "f>member/0";

CloudEvent At(uint64_t epoch, uint64_t base, uint64_t seq) {
  CloudEvent event;
  event.epoch = epoch;
  event.base = base;
  event.seq = seq;
  if (seq == base) event.type = kLaneOpenedType;
  return event;
}

TEST(JudgeLane, TakesEachSeqOnce) {
  LaneInRow row;
  EXPECT_EQ(JudgeLane(row, At(5, 0, 1)).verdict, LaneVerdict::kTake);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 1)).verdict, LaneVerdict::kRepeat);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 3)).verdict, LaneVerdict::kGap);
  EXPECT_TRUE(row.stopped);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 4)).verdict, LaneVerdict::kGap);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 2)).verdict, LaneVerdict::kTake);
  EXPECT_FALSE(row.stopped);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 3)).verdict, LaneVerdict::kTake);
}

TEST(JudgeLane, ANewEpochGoesOnWhereTheOldOneEnded) {
  LaneInRow row{5, 0, 7, false, kMember};
  EXPECT_EQ(JudgeLane(row, At(6, 7, 7)).verdict, LaneVerdict::kOpened);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 8)).verdict, LaneVerdict::kOlderEpoch);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 7)).verdict, LaneVerdict::kRepeat);
  EXPECT_EQ(JudgeLane(row, At(6, 7, 8)).verdict, LaneVerdict::kTake);
}

TEST(JudgeLane, AReceiverThatIsBehindTakesTheRestOfTheOldEpoch) {
  LaneInRow row{5, 0, 5, false, kMember};
  EXPECT_EQ(JudgeLane(row, At(6, 7, 7)).verdict, LaneVerdict::kGap);
  EXPECT_TRUE(row.stopped);
  EXPECT_EQ(JudgeLane(row, At(6, 7, 8)).verdict, LaneVerdict::kGap);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 6)).verdict, LaneVerdict::kTake);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 7)).verdict, LaneVerdict::kTake);
  EXPECT_EQ(JudgeLane(row, At(6, 7, 8)).verdict, LaneVerdict::kTake);
}

TEST(JudgeLane, ASourceThatKnowsLessHasLostRecords) {
  LaneInRow row{5, 0, 9, false, kMember};
  const LaneJudgement judgement = JudgeLane(row, At(6, 7, 8));
  EXPECT_TRUE(judgement.source_lost_records);
  EXPECT_EQ(judgement.verdict, LaneVerdict::kTake);
  EXPECT_EQ(row.last, 8u);
  EXPECT_EQ(JudgeLane(row, At(5, 0, 8)).verdict, LaneVerdict::kOlderEpoch);
}

class LanesTest : public ::testing::Test {
 protected:
  LanesTest() : front(world, FrontConfig()), ledger(world, LedgerConfig()) {}
  void SetUp() override {
    ASSERT_TRUE(world.log.EnsureTopic("member", 1).ok());
    ASSERT_TRUE(world.log.EnsureTopic("ledger", 1).ok());
    ASSERT_TRUE(front.Open().ok());
    ASSERT_TRUE(ledger.Open().ok());
  }

  static RuntimeConfig FrontConfig() {
    RuntimeConfig config;
    config.source = "front";
    config.shards = {{"f", {}, {}}};
    return config;
  }
  static RuntimeConfig LedgerConfig() {
    RuntimeConfig config;
    config.source = "ledger";
    config.shards = {{"l", {kMember}, eventlog::TopicPartition{"ledger", 0}}};
    config.topics = {{"member", 1}, {"ledger", 1}};
    config.core_topics = {"ledger"};
    return config;
  }
  void Send(const std::string& script) { ASSERT_TRUE(front.Run("send member 0 " + script).ok()); }

  ToyWorld world;
  ToyNode front, ledger;
};

TEST_F(LanesTest, ARecordIsTakenOnceHoweverOftenItComes) {
  Send("log a");
  Send("log b");
  world.log.RepeatLast(kMember, 2);
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  ASSERT_TRUE(front.runtime->Republish(kLane, 1).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(world.log.Records(kMember).size(), 6u);
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b"));
  const auto lanes = ledger.runtime->Lanes();
  ASSERT_TRUE(lanes.ok());
  ASSERT_EQ(lanes->size(), 1u);
  EXPECT_EQ((*lanes)[0].source, "front");
  EXPECT_EQ((*lanes)[0].lane, kLane);
  EXPECT_EQ((*lanes)[0].last_seq, 2u);
  const std::string metrics = world.metrics.PrometheusText();
  EXPECT_THAT(metrics, HasSubstr("records_total{source=\"ledger\",verdict=\"taken\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("records_total{source=\"ledger\",verdict=\"repeated\"} 4\n"));
  EXPECT_THAT(metrics, HasSubstr("inputs_total{source=\"front\",kind=\"command\"} 2\n"));
  EXPECT_THAT(metrics, HasSubstr("published_total{source=\"front\"} 4\n"));
  EXPECT_THAT(metrics, HasSubstr("unacknowledged{source=\"front\"} 0\n"));
}

TEST_F(LanesTest, AGapStopsThatLaneAloneAndIsRepairedByItself) {
  ToyNode other(world, FrontConfig());
  other.config.source = "other";
  ASSERT_TRUE(other.Open().ok());
  world.harness.Remove(*ledger.runtime);
  Send("log a");
  Send("log b");
  world.log.DropTail(kMember, 1);
  Send("log c");
  ASSERT_TRUE(other.Run("send member 0 log elsewhere").ok());
  world.repair.Serve("front", nullptr);
  world.harness.Add(*ledger.runtime);
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "elsewhere"));
  EXPECT_TRUE(world.alarms.IsRaised("lane_gap_unrepaired"));
  // The stop and the question outlive a restart.
  ledger.Crash();
  ASSERT_TRUE(ledger.Open().ok());
  world.repair.Serve("front", front.runtime.get());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "elsewhere", "b", "c"));
  EXPECT_FALSE(world.alarms.IsRaised("lane_gap_unrepaired"));
}

TEST_F(LanesTest, AnUnrepairableGapIsAskedLessAndLessOftenUntilTheLossIsAccepted) {
  world.harness.Remove(*ledger.runtime);
  Send("log a");
  world.log.DropTail(kMember, 1);
  Send("log b");
  world.repair.Serve("front", nullptr);
  world.harness.Add(*ledger.runtime);
  ASSERT_TRUE(world.harness.RunFor(absl::Minutes(10)).ok());
  EXPECT_GE(world.repair.asked(), 10);
  EXPECT_LE(world.repair.asked(), 20);
  EXPECT_THAT(ledger.Log(), IsEmpty());
  world.repair.Serve("front", front.runtime.get());
  ASSERT_TRUE(ledger.runtime->AcceptLoss("l", "front", kLane, 1).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("b"));
  EXPECT_FALSE(world.alarms.IsRaised("lane_gap_unrepaired"));
}

TEST_F(LanesTest, AForgedRecordIsParkedBeforeItsLaneIsTouched) {
  Send("log a");
  eventlog::Record forged = world.log.Records(kMember)[0];
  const auto event = FromRecord(forged);
  ASSERT_TRUE(event.ok());
  CloudEvent next = *event;
  next.seq = 2;
  forged = ToRecord(next);
  CloudEvent unsigned_one = next;
  unsigned_one.signature.reset();
  ASSERT_TRUE(world.log.Append(kMember, {forged, ToRecord(unsigned_one), {"k", {}, "junk"}}).ok());
  Send("log b");
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b"));
  EXPECT_TRUE(world.alarms.IsRaised("dead_letter"));
  const auto letters = ledger.runtime->DeadLetters("l");
  ASSERT_TRUE(letters.ok());
  ASSERT_EQ(letters->size(), 3u);
  EXPECT_EQ((*letters)[0].reason, "bad_signature");
  EXPECT_EQ((*letters)[0].record, forged);
  EXPECT_EQ((*letters)[0].from, kMember);
  EXPECT_EQ((*letters)[0].offset, 1);
  EXPECT_EQ((*letters)[1].reason, "bad_signature");
  EXPECT_EQ((*letters)[2].reason, "malformed_record");
  EXPECT_EQ((*letters)[2].record.value, "junk");
  // Replayed, it is refused again, under a new number.
  ASSERT_TRUE(ledger.runtime->ReplayDeadLetter("l", 1).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(ledger.runtime->DeadLetters("l")->back().number, 4u);
}

TEST_F(LanesTest, RecordsPublishedTogetherShareASignatureAndEachProvesItself) {
  for (const char* word : {"a", "b", "c"}) {
    Command command;
    command.principal = "tester";
    command.method = "Run";
    command.payload = absl::StrCat("send member 0 log ", word);
    command.on_reply = [](const auto& reply) { EXPECT_TRUE(reply.ok()); };
    front.runtime->Submit("f", std::move(command));
  }
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b", "c"));
  std::vector<CloudEvent> events;
  for (const eventlog::Record& record : world.log.Records(kMember)) {
    events.push_back(FromRecord(record).value());
    EXPECT_FALSE(events.back().group.empty());
    EXPECT_EQ(events.back().signature->bytes, events.front().signature->bytes);
    EXPECT_EQ(events.back().signature->bytes,
              ToySigner::SignatureOf(CoveredBytes(kMember, events.back()).value()));
  }
  ASSERT_EQ(events.size(), 3u);
  // Nothing rides along on a signature that was found good.
  CloudEvent again = events[2];
  again.seq = 4;
  CloudEvent smuggled = again;
  smuggled.payload = "log smuggled";
  CloudEvent elsewhere = smuggled;
  elsewhere.group = events[0].group;
  CloudEvent alone = smuggled;
  alone.group.clear();
  CloudEvent nowhere = smuggled;
  nowhere.group = "x";
  const std::vector<CloudEvent> forged = {again, smuggled, elsewhere, alone, nowhere};
  for (const CloudEvent& event : forged) {
    ASSERT_TRUE(world.log.Append(kMember, {ToRecord(event)}).ok());
  }
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b", "c"));
  const auto letters = ledger.runtime->DeadLetters("l");
  ASSERT_EQ(letters->size(), forged.size());
  for (const DeadLetter& letter : *letters) EXPECT_EQ(letter.reason, "bad_signature");
}

TEST_F(LanesTest, EveryFieldOfARecordIsSigned) {
  Send("log a");
  const auto event = FromRecord(world.log.Records(kMember)[0]);
  ASSERT_TRUE(event.ok());
  const std::string bytes = SignedBytes(kMember, *event);
  EXPECT_EQ(event->signature->bytes, ToySigner::SignatureOf(bytes));
  const std::vector<std::function<void(CloudEvent&)>> changes = {
      [](CloudEvent& e) { e.key = "x"; },
      [](CloudEvent& e) { e.id = "x"; },
      [](CloudEvent& e) { e.source = "x"; },
      [](CloudEvent& e) { e.type = "x"; },
      [](CloudEvent& e) { e.at += absl::Microseconds(1); },
      [](CloudEvent& e) { e.traceparent = "x"; },
      [](CloudEvent& e) { e.lane = "x"; },
      [](CloudEvent& e) { ++e.epoch; },
      [](CloudEvent& e) { ++e.base; },
      [](CloudEvent& e) { ++e.seq; },
      [](CloudEvent& e) { e.cause = "x"; },
      [](CloudEvent& e) { e.payload = "x"; }};
  for (const auto& change : changes) {
    CloudEvent changed = *event;
    change(changed);
    EXPECT_NE(SignedBytes(kMember, changed), bytes);
  }
  EXPECT_NE(SignedBytes({"member", 1}, *event), bytes);
  EXPECT_NE(SignedBytes({"other", 0}, *event), bytes);
}

TEST_F(LanesTest, ARecordOfAnotherPartitionsLaneIsParked) {
  CloudEvent event;
  event.id = "1";
  event.source = "front";
  event.type = "Do";
  event.at = world.clock.Now();
  event.lane = "f>member/7";
  event.epoch = event.seq = 1;
  event.payload = "log smuggled";
  event.signature = Signature{"toy-key", ToySigner::SignatureOf(SignedBytes(kMember, event))};
  ASSERT_TRUE(world.log.Append(kMember, {ToRecord(event)}).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), IsEmpty());
  EXPECT_EQ(ledger.runtime->DeadLetters("l")->size(), 1u);
}

TEST_F(LanesTest, AnUndecidableRecordIsParkedTheLaneGoesOnAndItIsReplayed) {
  ledger.service.refuses_records = true;
  Send("log a");
  ledger.service.refuses_records = false;
  Send("log b");
  EXPECT_THAT(ledger.Log(), ElementsAre("b"));
  ASSERT_TRUE(ledger.runtime->ReplayDeadLetter("l", 1).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("b", "a"));
  EXPECT_THAT(*ledger.runtime->DeadLetters("l"), IsEmpty());
}

TEST_F(LanesTest, ARestoredOldCopyOpensANewEpochAndTheReceiverAlarms) {
  Send("log a");
  ASSERT_TRUE(front.store->Checkpoint("copy").ok());
  Send("log b");
  auto copy = front.store->OpenCheckpoint("copy");
  ASSERT_TRUE(copy.ok());
  front.Close();
  const std::unique_ptr<store::MemoryStore> gone = std::exchange(front.store, *std::move(copy));
  ASSERT_TRUE(front.Open(ToyNode::How::kRestored).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_TRUE(world.alarms.IsRaised("lane_records_lost"));
  Send("log c");
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b", "c"));
}

TEST_F(LanesTest, ALostDiskWithoutACopyIsNoticedToo) {
  Send("log a");
  front.LoseDisk();
  world.clock.Advance(absl::Minutes(1));
  ASSERT_TRUE(front.Open().ok());
  Send("log b");
  EXPECT_TRUE(world.alarms.IsRaised("lane_records_lost"));
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b"));
}

TEST_F(LanesTest, ASourceThatWasReplacedIsRefused) {
  Send("log a");
  ASSERT_TRUE(front.store->Checkpoint("copy").ok());
  auto copy = front.store->OpenCheckpoint("copy");
  ToyNode twin(world, FrontConfig());
  twin.store = *std::move(copy);
  world.clock.Advance(absl::Seconds(5));
  ASSERT_TRUE(twin.Open(ToyNode::How::kRestored).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  Send("log zombie");
  ASSERT_TRUE(twin.Run("send member 0 log twin").ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "twin"));
  EXPECT_EQ(ledger.runtime->DeadLetters("l")->front().reason, "older_epoch");
}

TEST_F(LanesTest, RowsGoARetentionPeriodAfterTheirAcknowledgement) {
  Send("log a");
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(24 * 6)).ok());
  Send("log b");
  EXPECT_TRUE(front.runtime->Republish(kLane, 1).ok());
  for (int day = 0; day < 20; ++day) {
    ASSERT_TRUE(world.harness.RunFor(absl::Hours(24)).ok());
    Send("add n 1");
  }
  EXPECT_EQ(front.runtime->Republish(kLane, 1).code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(front.runtime->Republish(kLane, 22).ok());
  EXPECT_EQ(front.runtime->Republish("f>nowhere/0", 1).code(), absl::StatusCode::kNotFound);
}

TEST_F(LanesTest, WithTheLogAwayWorkGoesOnAndIsPublishedLater) {
  world.log.FailNextAppends(3, absl::UnavailableError("away"));
  ASSERT_TRUE(front.Run("put x 1\nsend member 0 log a").ok());
  EXPECT_EQ(front.Get("x"), "1");
  EXPECT_THAT(ledger.Log(), IsEmpty());
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(30)).ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a"));
}

TEST_F(LanesTest, ALaneToNowhereIsBlockedAloneWithAnAlarm) {
  ASSERT_TRUE(front.Run("send nowhere 0 log lost\nsend member 0 log a").ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a"));
  EXPECT_TRUE(world.alarms.IsRaised("outbox_blocked"));
  ASSERT_TRUE(world.log.EnsureTopic("nowhere", 1).ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(10)).ok());
  EXPECT_FALSE(world.alarms.IsRaised("outbox_blocked"));
  EXPECT_EQ(world.log.Records({"nowhere", 0}).size(), 1u);
}

TEST_F(LanesTest, ALaneThatMayNotBeWrittenWaitsWithAnAlarmAndTheProcessLives) {
  const absl::Status denied = absl::PermissionDeniedError("no ACL lets this process write it");
  world.log.FailNextAppends(1'000, denied);
  ASSERT_TRUE(front.Run("put x 1\nsend member 0 log a").ok());
  EXPECT_TRUE(world.alarms.IsRaised("outbox_blocked"));
  EXPECT_EQ(front.Get("x"), "1");
  world.log.FailNextAppends(0, denied);
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(10)).ok());
  EXPECT_FALSE(world.alarms.IsRaised("outbox_blocked"));
  EXPECT_THAT(ledger.Log(), ElementsAre("a"));
}

TEST_F(LanesTest, AReaderOutsideTheLogsRangeStartsOverAndLanesDropRepeats) {
  Send("log a");
  Send("log b");
  ledger.Close();
  world.log.DropTail(kMember, 1);
  ASSERT_TRUE(ledger.Open().ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_TRUE(world.alarms.IsRaised("input_out_of_range"));
  Send("log c");
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "b", "c"));
}

TEST_F(LanesTest, ARebuildRestoresStatePositionsRepliesTimersAndEffects) {
  world.effects.On("Outside", [](const Effect& e) { return EffectOutcome::Retry("busy"); });
  Send("log a");
  const auto reply = ledger.Run("add n 1\ntimer t 3600 log fired\ntimer u 10 add n 1", "key");
  ASSERT_TRUE(reply.ok());
  ASSERT_TRUE(ledger.Run("effect e x|log both").ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(20)).ok());
  const auto digest = ledger.runtime->Digest("l");
  ASSERT_TRUE(digest.ok());
  const size_t performed = world.effects.performed().size();
  ledger.LoseDisk();
  ASSERT_TRUE(ledger.Open(ToyNode::How::kRebuild).ok());
  EXPECT_EQ(*ledger.runtime->Digest("l"), *digest);
  EXPECT_EQ(world.effects.performed().size(), performed);
  EXPECT_EQ(*ledger.Run("add n 1\ntimer t 3600 log fired\ntimer u 10 add n 1", "key"), *reply);
  EXPECT_GT(world.effects.performed().size(), performed);
  EXPECT_EQ(ledger.Get("n"), "2");
  Send("log b");
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "both", "b"));
  world.effects.On("Outside", [](const Effect& e) { return EffectOutcome::Done("done"); });
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(2)).ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "both", "b", "result done", "fired"));
  // Once more, now with two epochs in the journal.
  const auto later = ledger.runtime->Digest("l");
  ledger.LoseDisk();
  ASSERT_TRUE(ledger.Open(ToyNode::How::kRebuild).ok());
  EXPECT_EQ(*ledger.runtime->Digest("l"), *later);
  EXPECT_THAT(ledger.Open(ToyNode::How::kRebuild).ToString(), HasSubstr("wants an empty store"));
}

TEST_F(LanesTest, ARebuiltSourceTellsReceiversThatAreBehind) {
  // ledger sends to front, which does not listen while ledger loses its disk and the log a record.
  ASSERT_TRUE(world.log.EnsureTopic("inbox", 1).ok());
  front.config.shards[0].inputs = {{"inbox", 0}};
  front.config.topics = {{"inbox", 1}};
  ASSERT_TRUE(front.Open().ok());
  ASSERT_TRUE(ledger.Run("send inbox 0 log one").ok());
  world.harness.Remove(*front.runtime);
  ASSERT_TRUE(ledger.Run("send inbox 0 log two").ok());
  world.log.DropTail({"inbox", 0}, 1);
  ledger.LoseDisk();
  ASSERT_TRUE(ledger.Open(ToyNode::How::kRebuild).ok());
  world.harness.Add(*front.runtime);
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(front.Log(), ElementsAre("one", "two"));
  EXPECT_FALSE(world.alarms.IsRaised("lane_records_lost"));
}

TEST_F(LanesTest, AJournalThatLostItsEndIsPublishedAgainAtTheStart) {
  ASSERT_TRUE(ledger.Run("log a").ok());
  ASSERT_TRUE(ledger.Run("log b").ok());
  ledger.Close();
  world.log.DropTail({"ledger", 0}, 1);
  ASSERT_TRUE(ledger.Open().ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(world.log.Records({"ledger", 0}).size(), 2u);
}

TEST_F(LanesTest, AHalfPublishedDecisionIsLeftOutOfARebuild) {
  ASSERT_TRUE(ledger.Run("log a").ok());
  world.log.FailNextAppends(1, absl::UnavailableError("away"), 1);
  ledger.runtime->Submit("l", {"tester", "Run", "", "log b|log c", "", [](const auto&) {}});
  ASSERT_TRUE(ledger.runtime->Step().ok());
  ASSERT_EQ(world.log.Records({"ledger", 0}).size(), 2u);
  ledger.LoseDisk();
  ASSERT_TRUE(ledger.Open(ToyNode::How::kRebuild).ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a"));
  EXPECT_TRUE(world.alarms.IsRaised("journal_cut"));
  ASSERT_TRUE(ledger.Run("log d").ok());
  ledger.LoseDisk();
  ASSERT_TRUE(ledger.Open(ToyNode::How::kRebuild).ok());
  EXPECT_THAT(ledger.Log(), ElementsAre("a", "d"));
}

}  // namespace
}  // namespace waymark::runtime
