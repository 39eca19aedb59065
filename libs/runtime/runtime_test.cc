// Commands, timers, effects and time of one runtime.
#include "libs/runtime/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/runtime/toy_node.h"

namespace waymark::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() : node(world, Config()) {}
  void SetUp() override {
    ASSERT_TRUE(world.log.EnsureTopic("core", 2).ok());
    ASSERT_TRUE(node.Open().ok());
  }

  static RuntimeConfig Config() {
    RuntimeConfig config;
    config.source = "front";
    config.shards = {{"0", {}, eventlog::TopicPartition{"core", 0}}};
    config.topics = {{"core", 2}};
    config.core_topics = {"core"};
    return config;
  }

  ToyWorld world;
  ToyNode node;
};

TEST_F(RuntimeTest, ACommandTakesEffectIsJournalledAndAnswered) {
  const auto reply = node.Run("put a 1|log hello");
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_THAT(*reply, HasSubstr("done "));
  EXPECT_EQ(node.Get("a"), "1");
  EXPECT_THAT(node.Log(), ElementsAre("hello"));
  const auto records = world.log.Records({"core", 0});
  ASSERT_EQ(records.size(), 2u);
  const auto first = FromRecord(records[0]), second = FromRecord(records[1]);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->type, "Did");
  EXPECT_EQ(first->payload, "put a 1");
  EXPECT_EQ(first->source, "front");
  EXPECT_EQ(first->lane, "0>core/0");
  EXPECT_EQ(first->seq, 1u);
  EXPECT_EQ(second->seq, 2u);
  EXPECT_EQ(first->id.size(), 32u);
  EXPECT_NE(first->id, second->id);
}

TEST_F(RuntimeTest, TwoBatchesTwoSyncsAndAReadNeedsNone) {
  ASSERT_TRUE(node.Run("put a 1").ok());
  const int64_t commits = node.store->commits();
  EXPECT_EQ(*node.Run("a", "", "Read"), "1");
  EXPECT_EQ(node.store->commits(), commits);
  for (int i = 0; i < 50; ++i) {
    node.runtime->Submit("0", {"tester", "Run", "", "add n 1", "", [](const auto&) {}});
  }
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(node.Get("n"), "50");
  EXPECT_EQ(node.store->commits(), commits + 1);
}

TEST_F(RuntimeTest, ARefusalKeepsItsDetailsAndChangesNothing) {
  const auto reply = node.Run("put a 1", "", "Refuse");
  EXPECT_EQ(reply.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(reply.status().GetPayload("example"), absl::Cord("details"));
  EXPECT_EQ(node.Run("", "", "Senseless").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(node.Get("a"), "");
  EXPECT_THAT(world.log.Records({"core", 0}), IsEmpty());
}

TEST_F(RuntimeTest, AnEventThatNoRecordCouldHoldIsRefused) {
  EXPECT_EQ(node.Run("put a " + std::string(900'000, 'x')).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(node.Run("put a " + std::string(800'000, 'x')).ok());
}

TEST_F(RuntimeTest, AnIdempotentCommandHappensOnce) {
  const auto first = node.Run("add n 1", "key-1");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*node.Run("add n 1", "key-1"), *first);
  EXPECT_EQ(node.Run("add n 2", "key-1").status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(node.Get("n"), "1");
  node.Crash();
  ASSERT_TRUE(node.Open().ok());
  EXPECT_EQ(*node.Run("add n 1", "key-1"), *first);
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(24 * 7) - absl::Seconds(1)).ok());
  EXPECT_EQ(*node.Run("add n 1", "key-1"), *first);
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(2)).ok());
  EXPECT_NE(*node.Run("add n 1", "key-1"), *first);
  EXPECT_EQ(node.Get("n"), "2");
}

TEST_F(RuntimeTest, ARepeatInTheSameBatchGetsTheSameReply) {
  std::vector<std::string> replies;
  for (int i = 0; i < 2; ++i) {
    node.runtime->Submit("0", {"tester", "Run", "k", "add n 1", "", [&](const auto& reply) {
                                 replies.push_back(reply.value_or("refused"));
                               }});
  }
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0], replies[1]);
  EXPECT_EQ(node.Get("n"), "1");
}

TEST_F(RuntimeTest, TooManyWaitingCommandsAreRefused) {
  node.config.limits.waiting_commands_max = 2;
  ASSERT_TRUE(node.Open().ok());
  std::vector<absl::StatusCode> codes;
  for (int i = 0; i < 3; ++i) {
    node.runtime->Submit("0", {"tester", "Run", "", "add n 1", "",
                               [&](const auto& reply) { codes.push_back(reply.status().code()); }});
  }
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kResourceExhausted));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(node.Get("n"), "2");
  EXPECT_EQ(world.harness.Call(*node.runtime, "9", {}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(RuntimeTest, AStoreErrorRefusesAllThatWaitsAndStopsEverything) {
  node.store->FailNextCommits(1, absl::InternalError("disk on fire"));
  absl::StatusCode code = absl::StatusCode::kOk;
  node.runtime->Submit("0", {"tester", "Run", "", "put a 1", "",
                             [&](const auto& reply) { code = reply.status().code(); }});
  EXPECT_FALSE(world.harness.RunUntilIdle().ok());
  EXPECT_EQ(code, absl::StatusCode::kUnavailable);
  EXPECT_FALSE(node.runtime->healthy());
  EXPECT_TRUE(world.alarms.IsRaised("runtime_stopped"));
  EXPECT_FALSE(node.runtime->Step().ok());
  node.runtime->Submit("0", {"tester", "Run", "", "put a 1", "",
                             [&](const auto& reply) { code = reply.status().code(); }});
  EXPECT_EQ(code, absl::StatusCode::kUnavailable);
  EXPECT_THAT(world.log.Records({"core", 0}), IsEmpty());
}

TEST_F(RuntimeTest, ADeciderThatBreaksStopsTheRuntime) {
  EXPECT_FALSE(node.Run("", "", "Break").ok());
  EXPECT_FALSE(node.runtime->healthy());
}

TEST_F(RuntimeTest, AnEventThatDoesNotEvolveStopsTheRuntime) {
  EXPECT_FALSE(node.Run("nonsense").ok());
  EXPECT_EQ(node.runtime->failure().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RuntimeTest, TimersFireInDueOrderOnceAndNeverEarly) {
  ASSERT_TRUE(node.Run("timer b 20 log b\ntimer a 10 log a\ntimer c 20 log c").ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(10) - absl::Microseconds(1)).ok());
  EXPECT_THAT(node.Log(), IsEmpty());
  ASSERT_TRUE(world.harness.RunFor(absl::Microseconds(1)).ok());
  EXPECT_THAT(node.Log(), ElementsAre("a"));
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  EXPECT_THAT(node.Log(), ElementsAre("a", "b", "c"));
}

TEST_F(RuntimeTest, ATimerIsReplacedAndCancelled) {
  ASSERT_TRUE(node.Run("timer a 10 log first\ntimer b 10 log b").ok());
  ASSERT_TRUE(node.Run("timer a 5 log second|cancel b").ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  EXPECT_THAT(node.Log(), ElementsAre("second"));
}

TEST_F(RuntimeTest, ATimerCancelledByAnotherOfTheSameBatchDoesNotFire) {
  ASSERT_TRUE(node.Run("timer a 10 cancel b\ntimer b 11 log b\ntimer c 12 log c").ok());
  world.clock.Advance(absl::Seconds(20));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(node.Log(), ElementsAre("late 10s", "c", "late 8s"));
}

TEST_F(RuntimeTest, OverdueTimersFireAtOnceAtTheStartAndSayHowLate) {
  ASSERT_TRUE(node.Run("timer a 10 log a").ok());
  node.Crash();
  world.clock.Advance(absl::Seconds(70));
  ASSERT_TRUE(node.Open().ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(node.Log(), ElementsAre("a", "late 1m"));
  node.Crash();
  ASSERT_TRUE(node.Open().ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  EXPECT_THAT(node.Log(), ElementsAre("a", "late 1m"));
}

TEST_F(RuntimeTest, AnUndecidableTimerIsParkedAndCanBeReplayed) {
  ASSERT_TRUE(node.Run("timer a 10 log a").ok());
  node.service.refuses_records = true;
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(10)).ok());
  EXPECT_TRUE(world.alarms.IsRaised("dead_letter"));
  const auto letters = node.runtime->DeadLetters("0");
  ASSERT_TRUE(letters.ok());
  ASSERT_EQ(letters->size(), 1u);
  EXPECT_EQ((*letters)[0].reason, "undecidable");
  EXPECT_EQ((*letters)[0].type, "Fired");
  node.service.refuses_records = false;
  ASSERT_TRUE(node.runtime->ReplayDeadLetter("0", 1).ok());
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(node.Log(), ElementsAre("a"));
  EXPECT_FALSE(world.alarms.IsRaised("dead_letter"));
  EXPECT_EQ(node.runtime->ReplayDeadLetter("0", 1).code(), absl::StatusCode::kNotFound);
}

TEST_F(RuntimeTest, AWallClockJumpIsNotAdoptedAndDestructiveTimersWait) {
  ASSERT_TRUE(node.Run("timer a 7200 log protective\nexpire b 7200 log destructive").ok());
  world.clock.JumpTo(world.clock.Now() + absl::Hours(5));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_TRUE(world.alarms.IsRaised("clock_jump"));
  EXPECT_FALSE(node.runtime->time_trusted());
  EXPECT_THAT(node.Log(), IsEmpty());
  world.clock.ElapseOnly(absl::Hours(2));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_THAT(node.Log(), ElementsAre("protective"));
  node.runtime->AdoptTime();
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_TRUE(node.runtime->time_trusted());
  EXPECT_FALSE(world.alarms.IsRaised("clock_jump"));
  EXPECT_THAT(node.Log(), ElementsAre("protective", "destructive", "late 3h"));
}

TEST_F(RuntimeTest, AWallClockThatWasSetBackIsExtrapolated) {
  ASSERT_TRUE(node.Run("timer a 600 log a").ok());
  world.clock.ElapseOnly(absl::Minutes(10));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_TRUE(world.alarms.IsRaised("clock_jump"));
  EXPECT_THAT(node.Log(), ElementsAre("a"));
  // The wall clock comes back by itself.
  world.clock.JumpTo(world.clock.Now() + absl::Minutes(10));
  ASSERT_TRUE(world.harness.RunUntilIdle().ok());
  EXPECT_FALSE(world.alarms.IsRaised("clock_jump"));
}

TEST_F(RuntimeTest, AnEffectIsPerformedAndItsResultComesBackOnce) {
  world.effects.On(
      "Outside", [](const Effect& effect) { return EffectOutcome::Done("of " + effect.payload); });
  ASSERT_TRUE(node.Run("effect e call somebody").ok());
  EXPECT_THAT(node.Log(), ElementsAre("result of call somebody"));
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  EXPECT_EQ(world.effects.performed().size(), 1u);
}

TEST_F(RuntimeTest, AnEffectIsTriedAgainWithGrowingPausesAlsoAfterARestart) {
  std::vector<absl::Time> at;
  world.effects.On("Outside", [&](const Effect& effect) {
    at.push_back(world.clock.Now());
    EXPECT_EQ(effect.attempt, at.size());
    return at.size() < 5 ? EffectOutcome::Retry("busy") : EffectOutcome::Done("at last");
  });
  ASSERT_TRUE(node.Run("effect e x").ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(4)).ok());
  node.Crash();
  ASSERT_TRUE(node.Open().ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Minutes(1)).ok());
  ASSERT_EQ(at.size(), 5u);
  EXPECT_EQ(at[1] - at[0], absl::Seconds(1));
  EXPECT_EQ(at[2] - at[1], absl::Seconds(2));
  EXPECT_EQ(at[3] - at[2], absl::Seconds(4));
  EXPECT_EQ(at[4] - at[3], absl::Seconds(8));
  EXPECT_THAT(node.Log(), ElementsAre("result at last"));
}

TEST_F(RuntimeTest, ADeadEndRaisesAnAlarmAndComesBackAsAnInput) {
  node.config.limits.effect_attempts_max = 3;
  ASSERT_TRUE(node.Open().ok());
  world.effects.On("Outside", [](const Effect&) { return EffectOutcome::Retry("still busy"); });
  ASSERT_TRUE(node.Run("effect e x").ok());
  ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  EXPECT_EQ(world.effects.performed().size(), 3u);
  EXPECT_TRUE(world.alarms.IsRaised("effect_dead_end"));
  EXPECT_THAT(node.Log(), ElementsAre("failed still busy"));
}

TEST_F(RuntimeTest, TheResultOfAReplacedOrCancelledEffectIsDropped) {
  std::vector<std::function<void(EffectOutcome)>> dones;
  struct Slow : EffectPerformer {
    explicit Slow(std::vector<std::function<void(EffectOutcome)>>& dones) : dones(dones) {}
    void Perform(const Effect&, std::function<void(EffectOutcome)> done) override {
      dones.push_back(std::move(done));
    }
    std::vector<std::function<void(EffectOutcome)>>& dones;
  } slow(dones);
  ToyService service;
  store::MemoryStore store(ToyService::AllColumnFamilies());
  auto runtime = std::make_unique<Runtime>(
      [] {
        RuntimeConfig config = Config();
        config.shards[0].journal.reset();
        return config;
      }(),
      RuntimeDeps{store, world.log, service, slow, world.signer, world.verifier, world.repair,
                  world.clock, world.alarms});
  ASSERT_TRUE(runtime->Open().ok());
  testing::RuntimeHarness harness(world.clock);
  harness.Add(*runtime);
  const auto run = [&](std::string script) {
    return harness.Call(*runtime, "0", {"tester", "Run", "", std::move(script), "", {}}).status();
  };
  ASSERT_TRUE(run("effect e one\neffect f one").ok());
  ASSERT_TRUE(run("effect e two\nstop f").ok());
  ASSERT_EQ(dones.size(), 3u);
  dones[0](EffectOutcome::Done("of one"));
  dones[1](EffectOutcome::Done("of f"));
  ASSERT_TRUE(harness.RunUntilIdle().ok());
  dones[2](EffectOutcome::Done("of two"));
  ASSERT_TRUE(harness.RunUntilIdle().ok());
  std::vector<std::string> log;
  ASSERT_TRUE(runtime->Read("0", [&](const View& view) { log = LogOf(view); }).ok());
  EXPECT_THAT(log, ElementsAre("result of two"));
  // An answer that comes after the runtime is gone falls into nothing.
  ASSERT_TRUE(run("effect g late").ok());
  runtime.reset();
  dones.back()(EffectOutcome::Done("too late"));
}

TEST_F(RuntimeTest, ReplicatedCommandsAreAnsweredWhenTheLogHasThem) {
  node.config.ack = Ack::kReplicated;
  ASSERT_TRUE(node.Open().ok());
  world.log.FailNextAppends(1, absl::UnavailableError("broker away"));
  bool answered = false;
  node.runtime->Submit(
      "0", {"tester", "Run", "", "put a 1", "", [&](const auto& reply) { answered = reply.ok(); }});
  ASSERT_TRUE(node.runtime->Step().ok());
  EXPECT_FALSE(answered);
  EXPECT_EQ(node.Get("a"), "1");
  ASSERT_TRUE(world.harness.RunFor(absl::Seconds(1)).ok());
  EXPECT_TRUE(answered);
}

TEST_F(RuntimeTest, StopFinishesWhatWaitsAndRefusesTheRest) {
  absl::Status first = absl::UnknownError("none"), second = first;
  node.runtime->Submit("0", {"tester", "Run", "", "put a 1", "",
                             [&](const auto& reply) { first = reply.status(); }});
  node.runtime->Stop(absl::Seconds(1));
  node.runtime->Submit("0", {"tester", "Run", "", "put a 2", "",
                             [&](const auto& reply) { second = reply.status(); }});
  EXPECT_TRUE(first.ok()) << first;
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(world.log.Records({"core", 0}).size(), 1u);
}

TEST_F(RuntimeTest, AMisfitStopsTheStartWithAdvice) {
  ASSERT_TRUE(node.Run("put a 1").ok());
  const RuntimeConfig good = node.config;
  node.config.source = "other";
  EXPECT_THAT(node.Open().ToString(), HasSubstr("belongs to front"));
  node.config = good;
  node.config.topics["core"] = 3;
  EXPECT_THAT(node.Open().ToString(), HasSubstr("has 2 partitions"));
  node.config = good;
  node.config.topics["missing"] = 1;
  EXPECT_THAT(node.Open().ToString(), HasSubstr("create the topics"));
  node.config = good;
  node.config.shards.push_back({"1", {{"core", 5}}, {}});
  EXPECT_EQ(node.Open().code(), absl::StatusCode::kInvalidArgument);
  node.config = good;
  ASSERT_TRUE(node.Open().ok());
  // An empty disk beside a journal that is not: somebody forgot to rebuild.
  node.LoseDisk();
  world.clock.Advance(absl::Hours(1));
  EXPECT_THAT(node.Open().ToString(), HasSubstr("rebuild it from the journal"));
}

TEST_F(RuntimeTest, AnOldCopyOfTheStoreDoesNotStart) {
  ASSERT_TRUE(node.Run("put a 1").ok());
  ASSERT_TRUE(node.store->Checkpoint("copy").ok());
  ASSERT_TRUE(node.Run("put a 2").ok());
  auto copy = node.store->OpenCheckpoint("copy");
  node.Close();
  node.store = *std::move(copy);
  EXPECT_THAT(node.Open().ToString(), HasSubstr("an old copy"));
}

TEST_F(RuntimeTest, AnInterruptedRebuildIsNoticed) {
  store::WriteBatch batch;
  batch.Put("rt_meta", "something", "left");
  node.LoseDisk();
  ASSERT_TRUE(node.store->Commit(batch).ok());
  EXPECT_THAT(node.Open().ToString(), HasSubstr("did not end"));
}

}  // namespace
}  // namespace waymark::runtime
