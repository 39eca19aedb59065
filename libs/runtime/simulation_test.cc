// A small world by seed: front (no journal) and ledger (with one) talk both ways while processes
// crash at named points, the log repeats, drops and refuses, and ledger loses its disk. Whatever
// happens, each command takes effect exactly once everywhere it leads to, and a rebuild gives the
// state that was there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/toy_node.h"

namespace waymark::runtime {
namespace {

const eventlog::TopicPartition kMember{"member", 0}, kInbox{"inbox", 0}, kJournal{"ledger", 0};

struct CrashNow {};

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {
    EXPECT_TRUE(world.log.EnsureTopic("member", 1).ok());
    EXPECT_TRUE(world.log.EnsureTopic("inbox", 1).ok());
    EXPECT_TRUE(world.log.EnsureTopic("ledger", 1).ok());
    front.config.source = "front";
    front.config.shards = {{"f", {kInbox}, {}}};
    front.config.topics = {{"inbox", 1}};
    ledger.config.source = "ledger";
    ledger.config.shards = {{"l", {kMember}, kJournal}};
    ledger.config.topics = {{"member", 1}, {"ledger", 1}};
    ledger.config.core_topics = {"ledger"};
    world.effects.On("Outside", [this](const Effect& effect) {
      return Chance(3) ? EffectOutcome::Retry("busy") : EffectOutcome::Done(effect.payload);
    });
    world.log.ShuffleAcross(seed);
  }

  // The point at which the process that reaches it dies, counted over both; -1 for none.
  void CrashAt(int point) {
    crash_at_ = point;
    for (ToyNode* node : {&front, &ledger}) {
      node->crash_point = [this](std::string_view) {
        if (points_++ == crash_at_) throw CrashNow();
      };
    }
  }
  int points() const { return points_; }

  void Submit(int number) {
    const std::string n = absl::StrCat(number);
    // One command leads to a record, an event, a timer, an effect and a record back.
    const std::string script = absl::StrCat("add sent/", n, " 1\nsend member 0 add got/", n,
                                            " 1&timer t", n, " 5 add fired/", n, " 1&effect e", n,
                                            " add done/", n, " 1&send inbox 0 add back/", n, " 1");
    Command command{"client", "Run", "key " + n, script, "", [this, number](const auto& reply) {
                      if (reply.ok()) answered_.insert(number);
                    }};
    front.runtime->Submit("f", std::move(command));
  }
  bool Answered(int number) const { return answered_.count(number) != 0; }

  // One step of one of them; a crash is followed by a restart.
  void Step(ToyNode& node) {
    try {
      const absl::StatusOr<StepReport> report = node.runtime->Step();
      ASSERT_TRUE(report.ok()) << report.status();
    } catch (const CrashNow&) {
      node.Crash();
      ASSERT_TRUE(node.Open().ok());
    }
  }

  void Trouble() {
    const eventlog::TopicPartition lanes[] = {kMember, kInbox};
    switch (Random(9)) {
      case 0:
        return world.log.RepeatLast(lanes[Random(2)], 1 + Random(4));
      case 1:
        return world.log.RepeatLast(kJournal, 1 + Random(4));
      case 2:
        return world.log.DropTail(lanes[Random(2)], 1 + Random(2));
      case 3:
        return world.log.FailNextAppends(1, absl::UnavailableError("away"), Random(3));
      case 4:
        return world.log.FailNextPolls(1, absl::UnavailableError("away"));
      case 5:
        return CrashAt(points_ + static_cast<int>(Random(12)));
      case 6:
        return LoseLedger();
      case 7:
        return world.clock.Advance(absl::Seconds(Random(4)));
      default:
        return;
    }
  }

  // Only once the journal has all of it: what was not yet published is lost with the disk.
  void LoseLedger() {
    for (const OutboxStatus& lane : ledger.runtime->Outbox()) {
      if (lane.acked_seq < lane.last_seq) return;
    }
    CheckRebuild();
  }

  void CheckRebuild() {
    const absl::StatusOr<std::string> before = ledger.runtime->Digest("l");
    ASSERT_TRUE(before.ok());
    ledger.LoseDisk();
    const absl::Status rebuilt = ledger.Open(ToyNode::How::kRebuild);
    ASSERT_TRUE(rebuilt.ok()) << rebuilt;
    EXPECT_EQ(*ledger.runtime->Digest("l"), *before);
  }

  // The trouble is over: everything must come right by itself, given time.
  void Heal(int commands) {
    CrashAt(-1);
    for (int number = 1; number <= commands; ++number) {
      if (!Answered(number)) Submit(number);
    }
    ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
    // A loss at the very end of a lane shows when the next record comes.
    Submit(commands + 1);
    ASSERT_TRUE(world.harness.RunFor(absl::Hours(1)).ok());
  }

  void Check(int commands) {
    for (int number = 1; number <= commands; ++number) {
      const std::string n = absl::StrCat(number);
      ASSERT_TRUE(Answered(number));
      EXPECT_EQ(front.Get("sent/" + n), "1");
      EXPECT_EQ(ledger.Get("got/" + n), "1");
      EXPECT_EQ(ledger.Get("fired/" + n), "1");
      EXPECT_EQ(ledger.Get("done/" + n), "1");
      EXPECT_EQ(front.Get("back/" + n), "1");
    }
    for (const char* alarm : {"lane_records_lost", "dead_letter", "runtime_stopped", "journal_cut",
                              "lane_gap_unrepaired", "effect_dead_end"}) {
      EXPECT_FALSE(world.alarms.IsRaised(alarm)) << alarm;
    }
    CheckRebuild();
  }

  uint64_t Random(uint64_t below) {
    uint64_t value = 0;
    for (const char c : random_.Bytes(8)) value = value << 8 | static_cast<unsigned char>(c);
    return value % below;
  }
  bool Chance(uint64_t one_in) { return Random(one_in) == 0; }

  ToyWorld world;
  ToyNode front{world, {}}, ledger{world, {}};

 private:
  SeededRandom random_;
  int crash_at_ = -1;
  int points_ = 0;
  std::set<int> answered_;
};

TEST(Simulation, EverySeedEndsWithEachEffectExactlyOnce) {
  constexpr int kCommands = 12;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Simulation world(seed);
    ASSERT_TRUE(world.front.Open().ok());
    ASSERT_TRUE(world.ledger.Open().ok());
    for (int turn = 0, next = 1; turn < 120; ++turn) {
      if (next <= kCommands && world.Chance(4)) world.Submit(next++);
      // A client that got no answer asks again with the same key.
      if (next > 1 && world.Chance(6)) world.Submit(1 + static_cast<int>(world.Random(next - 1)));
      if (world.Chance(3)) world.Trouble();
      world.Step(world.Chance(2) ? world.front : world.ledger);
      if (::testing::Test::HasFatalFailure()) return;
    }
    world.Heal(kCommands);
    world.Check(kCommands);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(Simulation, ACrashAtAnyNamedPointChangesNothing) {
  constexpr int kCommands = 3;
  int points = 1;
  for (int crash_at = 0; crash_at < points; ++crash_at) {
    SCOPED_TRACE(absl::StrCat("crash at point ", crash_at));
    Simulation world(7);
    ASSERT_TRUE(world.front.Open().ok());
    ASSERT_TRUE(world.ledger.Open().ok());
    world.CrashAt(crash_at);
    for (int number = 1; number <= kCommands; ++number) {
      world.Submit(number);
      for (int turn = 0; turn < 6; ++turn) {
        world.Step(world.front);
        world.Step(world.ledger);
        world.world.clock.Advance(absl::Seconds(1));
      }
    }
    // Without a crash in the way this is how many there are.
    points = std::max(points, world.points());
    world.Heal(kCommands);
    world.Check(kCommands);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(points, 50);
}

}  // namespace
}  // namespace waymark::runtime
