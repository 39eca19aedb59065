// Start and Stop: the same work from threads, on the real clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/toy_node.h"

namespace waymark::runtime {
namespace {

// Counts down to zero; a test waits for that.
class Latch {
 public:
  explicit Latch(int count) : left_(count) {}
  void Arrive() {
    std::lock_guard lock(mutex_);
    if (--left_ == 0) done_.notify_all();
  }
  bool Wait() {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, std::chrono::seconds(30), [this] { return left_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  int left_;
};

class ThreadsTest : public ::testing::Test {
 protected:
  ThreadsTest() : alarms(clock), store(ToyService::AllColumnFamilies()) {
    EXPECT_TRUE(log.EnsureTopic("core", 4).ok());
    EXPECT_TRUE(log.EnsureTopic("echo", 4).ok());
    config.source = "front";
    for (int shard = 0; shard < 4; ++shard) {
      config.shards.push_back(
          {absl::StrCat(shard), {{"echo", shard}}, eventlog::TopicPartition{"core", shard}});
    }
    config.topics = {{"core", 4}, {"echo", 4}};
    config.core_topics = {"core", "echo"};
    config.workers = 2;
  }

  std::unique_ptr<Runtime> Make() {
    return std::make_unique<Runtime>(
        config, RuntimeDeps{store, log, service, effects, RefusingSigner(), RefusingVerifier(),
                            repair, clock, alarms});
  }

  SystemClock clock;
  telemetry::AlarmList alarms;
  store::MemoryStore store;
  eventlog::MemoryLog log;
  testing::ScriptedEffects effects;
  testing::DirectLaneRepair repair;
  ToyService service;
  RuntimeConfig config;
};

TEST_F(ThreadsTest, CommandsRecordsAndTimersFromManyThreads) {
  constexpr int kThreads = 4, kEach = 200;
  config.ack = Ack::kReplicated;
  const auto runtime = Make();
  ASSERT_TRUE(runtime->Open().ok());
  ASSERT_TRUE(runtime->Start().ok());
  Latch answered(kThreads * kEach);
  std::atomic<int> refused{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < kThreads; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kEach; ++i) {
        const std::string shard = absl::StrCat(client);
        Command command;
        command.principal = "client";
        command.method = "Run";
        command.key = absl::StrCat(i);
        command.payload = absl::StrCat("add n 1\nsend echo ", client, " add echoed 1");
        command.on_reply = [&](const auto& reply) {
          if (!reply.ok()) ++refused;
          answered.Arrive();
        };
        runtime->Submit(shard, std::move(command));
      }
    });
  }
  for (std::thread& client : clients) client.join();
  ASSERT_TRUE(answered.Wait());
  EXPECT_EQ(refused, 0);
  // The echoes and a timer come without anybody calling.
  Latch fired(1);
  effects.On("Outside", [&](const Effect&) {
    fired.Arrive();
    return EffectOutcome::Done("done");
  });
  runtime->Submit("0", {"client", "Run", "", "timer t 1 effect e x", "", [](const auto&) {}});
  ASSERT_TRUE(fired.Wait());
  runtime->Stop(absl::Seconds(10));
  EXPECT_TRUE(runtime->healthy()) << runtime->failure();
  for (int shard = 0; shard < kThreads; ++shard) {
    ASSERT_TRUE(runtime
                    ->Read(absl::StrCat(shard),
                           [&](const View& view) {
                             EXPECT_EQ(view.Get("toy", "n"), absl::StrCat(kEach));
                             EXPECT_EQ(view.Get("toy", "echoed"), absl::StrCat(kEach));
                           })
                    .ok());
  }
  for (const OutboxStatus& lane : runtime->Outbox()) EXPECT_EQ(lane.acked_seq, lane.last_seq);
}

TEST_F(ThreadsTest, AStoreErrorRefusesWhatWaitsWithoutWaitingForStop) {
  const auto runtime = Make();
  ASSERT_TRUE(runtime->Open().ok());
  ASSERT_TRUE(runtime->Start().ok());
  store.FailNextCommits(1, absl::InternalError("disk on fire"));
  Latch answered(1);
  absl::StatusCode code = absl::StatusCode::kOk;
  runtime->Submit("1", {"client", "Run", "", "put a 1", "", [&](const auto& reply) {
                          code = reply.status().code();
                          answered.Arrive();
                        }});
  ASSERT_TRUE(answered.Wait());
  EXPECT_EQ(code, absl::StatusCode::kUnavailable);
  EXPECT_FALSE(runtime->healthy());
  runtime->Stop(absl::Seconds(1));
}

TEST_F(ThreadsTest, StopEndsWithinItsDeadlineWhileTheLogIsAway) {
  const auto runtime = Make();
  ASSERT_TRUE(runtime->Open().ok());
  log.FailNextAppends(1'000'000, absl::UnavailableError("away"));
  ASSERT_TRUE(runtime->Start().ok());
  Latch answered(1);
  runtime->Submit("1",
                  {"client", "Run", "", "put a 1", "", [&](const auto&) { answered.Arrive(); }});
  ASSERT_TRUE(answered.Wait());
  const absl::Duration before = clock.Elapsed();
  runtime->Stop(absl::Milliseconds(300));
  EXPECT_LT(clock.Elapsed() - before, absl::Seconds(20));
  // The next life publishes what is left.
  log.FailNextAppends(0, absl::UnavailableError("away"));
  const auto next = Make();
  ASSERT_TRUE(next->Open().ok());
  ASSERT_TRUE(next->Step().ok());
  EXPECT_EQ(log.Records({"core", 1}).size(), 1u);
}

}  // namespace
}  // namespace waymark::runtime
