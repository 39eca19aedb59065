// The parts that stand by themselves: bytes of rows and records, the overlay, the time of batches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/runtime/applier.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/codec.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/runtime/timekeeper.h"
#include "libs/store/memory_store.h"

namespace waymark::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Codec, ReadsBackWhatItWrote) {
  const absl::Time at = absl::FromUnixMicros(-1'234'567);
  const std::string bytes =
      Encoder().Number(0).Number(~uint64_t{0}).Text("").Text("text").Time(at).Take();
  Decoder in(bytes);
  EXPECT_EQ(in.Number(), 0u);
  EXPECT_EQ(in.Number(), ~uint64_t{0});
  EXPECT_EQ(in.Text(), "");
  EXPECT_EQ(in.Text(), "text");
  EXPECT_EQ(in.Time(), at);
  EXPECT_TRUE(in.Finish("it").ok());
}

TEST(Codec, EveryCutRowIsRefused) {
  DeadLetterRow row;
  row.reason = "reason";
  row.at = absl::FromUnixMicros(1);
  row.is_record = true;
  row.from = {"topic", 3};
  row.record = {"key", {{"name", "value"}}, "bytes"};
  const std::string bytes = Encode(row);
  const auto back = DecodeDeadLetterRow(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->record, row.record);
  EXPECT_EQ(back->from, row.from);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeDeadLetterRow(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodeDeadLetterRow(bytes + "x").ok());
}

TEST(Codec, EveryCauseSurvives) {
  const std::vector<Cause> causes = {RecordCause{"s", "l", 7, 9}, CommandCause{"p", "m", "k"},
                                     TimerCause{"t", absl::FromUnixMicros(5)}, EffectCause{"e"}};
  for (const Cause& cause : causes) {
    const std::string bytes = EncodeCause({cause, 1, 3, "digest", "reply"});
    const auto back = DecodeCause(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->cause.index(), cause.index());
    EXPECT_EQ(back->number, 1u);
    EXPECT_EQ(EncodeCause(*back), bytes);
  }
  EXPECT_FALSE(DecodeCause("\x09").ok());
}

CloudEvent Example() {
  CloudEvent event;
  event.key = "7";
  event.id = "0123";
  event.source = "intake";
  event.type = "waymark.intake.v1.IncidentLinked";
  event.at = absl::FromUnixMicros(1'700'000'000'123'456);
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  event.lane = "7>waymark.intake.v1/7";
  event.epoch = 3;
  event.base = 4;
  event.seq = 5;
  event.cause = std::string("\x00\xff", 2);
  event.payload = "protobuf";
  event.signature = Signature{"key", std::string("\x01\x00", 2)};
  return event;
}

TEST(CloudEvents, TheHeadersAreThoseOfTheBinding) {
  const eventlog::Record record = ToRecord(Example());
  std::string text;
  for (const eventlog::Header& header : record.headers) {
    text += header.name + ": " + header.value + "\n";
  }
  EXPECT_EQ(text,
            "ce_specversion: 1.0\nce_id: 0123\nce_source: intake\n"
            "ce_type: waymark.intake.v1.IncidentLinked\nce_time: 2023-11-14T22:13:20.123456Z\n"
            "content-type: application/protobuf\n"
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
            "ce_wmlane: 7>waymark.intake.v1/7\nce_wmepoch: 3\nce_wmbase: 4\nce_wmseq: 5\n"
            "ce_wmcause: AP8\nce_wmkeyid: key\nce_wmsignature: AQA\n");
  EXPECT_EQ(record.key, "7");
  EXPECT_EQ(record.value, "protobuf");
  const auto back = FromRecord(record);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(ToRecord(*back), record);
}

TEST(CloudEvents, AMissingDoubledOrWrongHeaderIsNamed) {
  const eventlog::Record good = ToRecord(Example());
  for (size_t i = 0; i < good.headers.size(); ++i) {
    const std::string& name = good.headers[i].name;
    eventlog::Record doubled = good;
    doubled.headers.push_back(good.headers[i]);
    EXPECT_FALSE(FromRecord(doubled).ok()) << name;
    if (name == "traceparent" || name == "ce_wmcause" || name == "ce_wmkeyid" ||
        name == "ce_wmsignature") {
      continue;
    }
    eventlog::Record without = good;
    without.headers.erase(without.headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THAT(FromRecord(without).status().ToString(), HasSubstr(name));
  }
  CloudEvent backwards = Example();
  backwards.seq = backwards.base;
  EXPECT_THAT(FromRecord(ToRecord(backwards)).status().ToString(), HasSubstr("ce_wmseq"));
}

TEST(Overlay, ScansSeeWhatTheBatchChangedAndStopWhenTold) {
  store::MemoryStore store({"cf"});
  store::WriteBatch batch;
  for (const char* key : {"b", "d", "f"}) batch.Put("cf", key, "old");
  ASSERT_TRUE(store.Commit(batch).ok());
  Overlay overlay(store);
  overlay.Put("cf", "a", "new");
  overlay.Put("cf", "c", "new");
  overlay.Put("cf", "d", "new");
  overlay.Delete("cf", "f");
  overlay.Put("cf", "g", "new");
  const auto scan = [&](std::string_view from, std::string_view to, size_t max) {
    std::vector<std::string> seen;
    overlay.Scan("cf", from, to, [&](std::string_view key, std::string_view value) {
      seen.push_back(std::string(key) + " " + std::string(value));
      return seen.size() < max;
    });
    return seen;
  };
  EXPECT_THAT(scan("", "", 9), ElementsAre("a new", "b old", "c new", "d new", "g new"));
  EXPECT_THAT(scan("b", "d", 9), ElementsAre("b old", "c new"));
  for (size_t max = 1; max <= 5; ++max) EXPECT_EQ(scan("", "", max).size(), max);
  EXPECT_EQ(overlay.Get("cf", "f"), std::nullopt);
  EXPECT_EQ(overlay.Get("cf", "d"), "new");
}

TEST(Overlay, OneShardDoesNotSeeAnother) {
  store::MemoryStore store({"cf"});
  Overlay overlay(store);
  overlay.Put("cf", std::string("1\0\0k", 4), "one");
  overlay.Put("cf", std::string("10\0\0k", 5), "ten");
  const OverlayView one(overlay, "1");
  EXPECT_EQ(one.Get("cf", "k"), "one");
  int seen = 0;
  one.Scan("cf", "", "", [&](std::string_view key, std::string_view) {
    EXPECT_EQ(key, "k");
    ++seen;
    return true;
  });
  EXPECT_EQ(seen, 1);
}

TEST(Overlay, AStoreErrorIsKept) {
  store::MemoryStore store({"cf"});
  const Overlay overlay(store);
  EXPECT_EQ(overlay.Get("unknown", "k"), std::nullopt);
  EXPECT_FALSE(overlay.status().ok());
}

TEST(Ids, DeriveFromIdentityKindAndNumber) {
  const std::string id = DeriveId("identity", "case", 0);
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(DeriveId("identity", "case", 0), id);
  EXPECT_NE(DeriveId("identity", "case", 1), id);
  EXPECT_NE(DeriveId("identity", "event", 0), id);
  EXPECT_NE(DeriveId("other", "case", 0), id);
}

TEST(TimeKeeper, DoesNotRunBackBehindTheLatestBatch) {
  ManualClock clock(absl::FromUnixSeconds(1'000'000));
  telemetry::AlarmList alarms(clock);
  TimeKeeper time(clock, alarms, absl::Minutes(2));
  time.Restore(clock.Now() + absl::Hours(1));
  EXPECT_EQ(time.Now(), absl::FromUnixSeconds(1'003'600));
  EXPECT_FALSE(time.trusted());
  clock.Advance(absl::Seconds(10));
  EXPECT_EQ(time.Now(), absl::FromUnixSeconds(1'003'610));
  // The operator says that the wall clock is right: time stands still until it has caught up.
  time.Adopt();
  EXPECT_EQ(time.Now(), absl::FromUnixSeconds(1'003'610));
  EXPECT_TRUE(time.trusted());
  clock.Advance(absl::Hours(2));
  EXPECT_EQ(time.Now(), clock.Now());
  EXPECT_TRUE(time.trusted());
}

TEST(TimeKeeper, FollowsSmallStepsOnly) {
  ManualClock clock(absl::FromUnixSeconds(1'000'000));
  telemetry::AlarmList alarms(clock);
  TimeKeeper time(clock, alarms, absl::Minutes(2));
  time.Now();
  clock.JumpTo(clock.Now() + absl::Minutes(2));
  EXPECT_EQ(time.Now(), clock.Now());
  EXPECT_TRUE(time.trusted());
  const absl::Time before = clock.Now();
  clock.JumpTo(clock.Now() + absl::Minutes(2) + absl::Seconds(1));
  EXPECT_EQ(time.Now(), before);
  EXPECT_FALSE(time.trusted());
  EXPECT_TRUE(alarms.IsRaised("clock_jump"));
}

// A wall clock that was set back stands still until it is true again. Whoever looks often must not
// follow it: timers would wait for as long.
TEST(TimeKeeper, DoesNotStandStillWithTheWallClock) {
  ManualClock clock(absl::FromUnixSeconds(1'000'000));
  telemetry::AlarmList alarms(clock);
  TimeKeeper time(clock, alarms, absl::Minutes(2));
  const absl::Time start = time.Now();
  for (int second = 0; second < 3'600; ++second) {
    clock.ElapseOnly(absl::Seconds(1));
    time.Now();
  }
  EXPECT_TRUE(alarms.IsRaised("clock_jump"));
  EXPECT_GT(time.Now() - start, absl::Minutes(59));
  clock.JumpTo(start + absl::Hours(1));
  EXPECT_EQ(time.Now(), clock.Now());
  EXPECT_FALSE(alarms.IsRaised("clock_jump"));
}

TEST(TimeKeeper, FollowsAClockThatIsSteeredForEver) {
  ManualClock clock(absl::FromUnixSeconds(1'000'000));
  telemetry::AlarmList alarms(clock);
  TimeKeeper time(clock, alarms, absl::Minutes(2));
  time.Now();
  for (int step = 0; step < 60'000; ++step) {
    clock.Advance(absl::Seconds(10));
    clock.JumpTo(clock.Now() + absl::Milliseconds(5));
    EXPECT_EQ(time.Now(), clock.Now());
  }
  EXPECT_TRUE(time.trusted());
}

}  // namespace
}  // namespace waymark::runtime
