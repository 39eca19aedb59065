// What goes wrong between a process and its broker: each with a clear answer, nothing lost that was
// acknowledged, and work going on by itself once the cause has gone.
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/eventlog/kafka_admin.h"
#include "libs/eventlog/waiter.h"
#include "tests/kafka/broker.h"

namespace waymark::kafka_testing {
namespace {

using eventlog::Fetched;
using eventlog::KafkaLog;
using eventlog::Position;
using eventlog::Record;
using eventlog::TopicPartition;
using testing::AllOf;
using testing::HasSubstr;

Record Of(int number) { return {.key = "k", .value = absl::StrCat(number)}; }

std::string Said(const absl::Status& status) { return status.ToString(); }

class FaultTest : public testing::Test {
 protected:
  void SetUp() override { WM_NEEDS_BROKER(); }

  // A topic that no other test uses.
  TopicPartition Fresh(KafkaLog& log) {
    static int topics = 0;
    const TopicPartition at{absl::StrCat("fault.", ++topics), 0};
    const absl::Status made = log.EnsureTopic(at.topic, 1);
    EXPECT_TRUE(made.ok()) << made;
    return at;
  }
};

// Tries again until it is answered, as a relay does.
void AppendAtLast(KafkaLog& log, const TopicPartition& at, const Record& record) {
  absl::Status status = log.Append(at, {record});
  while (absl::IsUnavailable(status)) {
    std::this_thread::yield();
    status = log.Append(at, {record});
  }
  EXPECT_TRUE(status.ok()) << status;
}

// Everything there, in order; a repeat is dropped as receivers drop it.
std::vector<int> ReadAtLast(eventlog::Reader& reader, eventlog::Waiter& waiter, int count) {
  std::vector<int> numbers;
  waiter.Attach(reader);
  while (static_cast<int>(numbers.size()) < count) {
    const auto some = reader.Poll(100);
    if (!some.ok() && !absl::IsUnavailable(some.status())) {
      ADD_FAILURE() << some.status();
      return numbers;
    }
    if (!some.ok() || some->empty()) {
      if (!waiter.Wait(some.ok() ? 60 : 1) && some.ok()) {
        ADD_FAILURE() << "no wake-up after " << numbers.size();
        return numbers;
      }
      continue;
    }
    for (const Fetched& one : *some) {
      const int number = std::stoi(one.record.value);
      if (!numbers.empty() && number <= numbers.back()) continue;
      numbers.push_back(number);
    }
  }
  return numbers;
}

std::vector<int> UpTo(int count) {
  std::vector<int> numbers(count);
  for (int i = 0; i < count; ++i) numbers[i] = i;
  return numbers;
}

TEST_F(FaultTest, NothingAcknowledgedIsLostWhenTheBrokerIsKilledAndComesBack) {
  constexpr int kRecords = 600;
  Broker& broker = Broker::Get();
  const auto log = broker.Open(kOperator);
  const TopicPartition at = Fresh(*log);
  eventlog::Waiter waiter;
  const auto reader = log->OpenReader({{at, 0}}).value();
  std::atomic<int> written = 0;
  std::thread writer([&] {
    for (int i = 0; i < kRecords; ++i, ++written) AppendAtLast(*log, at, Of(i));
  });
  std::thread killer([&] {
    while (written < kRecords / 3) std::this_thread::yield();
    broker.Kill();
    broker.Start();
  });
  EXPECT_EQ(ReadAtLast(*reader, waiter, kRecords), UpTo(kRecords));
  writer.join();
  killer.join();
  EXPECT_TRUE(log->Health().ok()) << log->Health();
}

// Power goes before the broker's disk has what it acknowledged.
TEST_F(FaultTest, ATailThatWasAcknowledgedAndLostIsNoticedByItsReaderAndWritingGoesOn) {
  namespace fs = std::filesystem;
  Broker& broker = Broker::Get();
  const auto log = broker.Open(kOperator);
  const TopicPartition at = Fresh(*log);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->Append(at, {Of(i)}).ok());
  const std::string partition = absl::StrCat(broker.data(), "/", at.topic, "-0");
  const std::string saved = broker.data() + ".saved";
  fs::copy(partition, saved);
  for (int i = 3; i < 8; ++i) ASSERT_TRUE(log->Append(at, {Of(i)}).ok());
  eventlog::Waiter waiter;
  const auto reader = log->OpenReader({{at, 0}}).value();
  EXPECT_EQ(ReadAtLast(*reader, waiter, 8), UpTo(8));
  broker.Kill();
  fs::remove_all(partition);
  fs::rename(saved, partition);
  broker.Start();
  // The one that was reading, and one that begins where it stopped.
  absl::Status noticed;
  while (noticed.ok() || absl::IsUnavailable(noticed)) {
    const auto some = reader->Poll(1);
    noticed = some.status();
    if (some.ok() && some->empty() && !waiter.Wait(60)) break;
    if (!noticed.ok()) waiter.Wait(1);
  }
  EXPECT_TRUE(absl::IsOutOfRange(noticed)) << noticed;
  EXPECT_THAT(Said(noticed), AllOf(HasSubstr(ToString(at)), HasSubstr("lost")));
  AppendAtLast(*log, at, Of(3));
  const auto again = log->OpenReader({{at, 0}}).value();
  eventlog::Waiter other;
  EXPECT_EQ(ReadAtLast(*again, other, 4), UpTo(4));
}

TEST_F(FaultTest, ABrokerThatHangsIsSaidToBeAwayAndNothingWaitsForEver) {
  Broker& broker = Broker::Get();
  auto options = broker.Options(kOperator);
  options.wait = absl::Milliseconds(300);
  options.append_wait = absl::Seconds(1);
  const auto log = KafkaLog::Open(options, RealClock()).value();
  const TopicPartition at = Fresh(*log);
  ASSERT_TRUE(log->Append(at, {Of(0)}).ok());
  broker.Freeze();
  const absl::Time before = RealClock().Now();
  const absl::Status hung = log->Append(at, {Of(1)});
  EXPECT_TRUE(absl::IsUnavailable(hung)) << hung;
  const absl::Status asked = log->Range(at).status();
  EXPECT_TRUE(absl::IsUnavailable(asked)) << asked;
  EXPECT_THAT(Said(asked), AllOf(HasSubstr(broker.bootstrap()), HasSubstr("does not answer")));
  // Known to be away: no more waiting.
  EXPECT_TRUE(absl::IsUnavailable(log->Append(at, {Of(1)})));
  EXPECT_LT(RealClock().Now() - before, absl::Seconds(8));
  broker.Thaw();
  AppendAtLast(*log, at, Of(1));
  eventlog::Waiter waiter;
  const auto reader = log->OpenReader({{at, 0}}).value();
  EXPECT_EQ(ReadAtLast(*reader, waiter, 2), UpTo(2));
}

TEST_F(FaultTest, ABrokerThatIsNotThereIsNamedWithTheReasonAndALogOpensAllTheSame) {
  auto options = Broker::Get().Options(kOperator);
  options.bootstrap = {"127.0.0.1:1"};
  options.wait = absl::Milliseconds(500);
  const auto log = KafkaLog::Open(options, RealClock());
  ASSERT_TRUE(log.ok()) << log.status();
  const absl::Status asked = (*log)->Range({"any", 0}).status();
  EXPECT_TRUE(absl::IsUnavailable(asked));
  EXPECT_THAT(Said(asked), AllOf(HasSubstr("127.0.0.1:1"), HasSubstr("refused"),
                                 HasSubstr("is the broker running")));
  EXPECT_FALSE((*log)->Health().ok());
  EXPECT_TRUE(absl::IsUnavailable((*log)->OpenReader({{{"any", 0}, 0}}).status()));
  EXPECT_TRUE(absl::IsUnavailable((*log)->Append({"any", 0}, {Of(0)})));
}

TEST_F(FaultTest, CertificatesThatCannotServeAreNamedAtTheStart) {
  Broker& broker = Broker::Get();
  const auto opened = [&](const std::string& folder) {
    auto options = broker.Options(kOperator);
    options.tls = eventlog::KafkaTlsOf(folder);
    const auto log = KafkaLog::Open(options, RealClock());
    EXPECT_TRUE(absl::IsFailedPrecondition(log.status())) << log.status();
    EXPECT_THAT(Said(log.status()), HasSubstr("cert"));
    return Said(log.status());
  };
  EXPECT_THAT(opened(broker.Tls(kOperator, {.ends = -absl::Minutes(1)})), HasSubstr("expired"));
  SystemRandom random;
  const auto other = crypto::CertificateAuthority::Create(
      "elsewhere.waymark", absl::FromUnixSeconds(1'700'000'000),
      absl::FromUnixSeconds(2'000'000'000), random);
  ASSERT_TRUE(other.ok());
  opened(broker.Tls(kOperator, {.by = &*other}));
  const std::string mixed = broker.Tls(kOperator);
  std::filesystem::copy(broker.Tls(kOperator) + "/key.pem", mixed + "/key.pem",
                        std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(opened(mixed), HasSubstr("key"));
  opened("/nonexistent");
}

// All of another partnership: its own files fit together, so only the broker can tell.
TEST_F(FaultTest, ACertificateOfAnotherPartnershipIsRefusedWithTheReason) {
  Broker& broker = Broker::Get();
  SystemRandom random;
  const auto other = crypto::CertificateAuthority::Create(
      "elsewhere.waymark", absl::FromUnixSeconds(1'700'000'000),
      absl::FromUnixSeconds(2'000'000'000), random);
  ASSERT_TRUE(other.ok());
  auto options = broker.Options(kOperator);
  options.wait = absl::Seconds(1);
  const std::string folder = broker.Tls(kOperator, {.by = &*other});
  std::ofstream(folder + "/ca.pem") << other->certificate_pem();
  options.tls = eventlog::KafkaTlsOf(folder);
  const auto log = KafkaLog::Open(options, RealClock());
  ASSERT_TRUE(log.ok()) << log.status();
  const absl::Status asked = (*log)->Range({"any", 0}).status();
  EXPECT_TRUE(absl::IsUnavailable(asked));
  EXPECT_THAT(Said(asked), HasSubstr("another partnership"));
}

TEST_F(FaultTest, NewCertificatesAreTakenWithoutARestartAndHalfWrittenOnesAreNot) {
  Broker& broker = Broker::Get();
  auto options = broker.Options(kOperator);
  const std::string folder = broker.Tls(kOperator, {.ends = absl::Minutes(20)});
  options.tls = eventlog::KafkaTlsOf(folder);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> told;
  options.tell = [&](std::string_view sentence) {
    std::lock_guard lock(mutex);
    told.emplace_back(sentence);
    changed.notify_all();
  };
  const auto heard = [&](const std::string& part) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(30), [&] {
      return std::any_of(told.begin(), told.end(), [&](const std::string& one) {
        return one.find(part) != std::string::npos;
      });
    });
  };
  const auto log = KafkaLog::Open(options, RealClock()).value();
  const TopicPartition at = Fresh(*log);
  eventlog::Waiter waiter;
  const auto reader = log->OpenReader({{at, 0}}).value();
  ASSERT_TRUE(log->Append(at, {Of(0)}).ok());
  EXPECT_EQ(ReadAtLast(*reader, waiter, 1), UpTo(1));
  std::ofstream(folder + "/cert.pem") << "-----BEGIN CERTIFICATE-----\nhalf";
  EXPECT_TRUE(heard("not used"));
  ASSERT_TRUE(log->Append(at, {Of(1)}).ok());
  broker.Replace(folder, kOperator);
  EXPECT_TRUE(heard("made anew"));
  ASSERT_TRUE(log->Append(at, {Of(2)}).ok());
  EXPECT_EQ(ReadAtLast(*reader, waiter, 2), (std::vector<int>{1, 2}));
}

TEST_F(FaultTest, ATopicThatHasGoneOrHasAnotherCountIsSaidAtTheStart) {
  const auto log = Broker::Get().Open("intake@nowhere.waymark");
  const absl::Status missing = log->EnsureTopic("waymark.gone.v1", 24);
  EXPECT_FALSE(missing.ok());
  EXPECT_THAT(Said(missing), AllOf(HasSubstr("waymark.gone.v1"), HasSubstr("topics apply")));
  const auto operators = Broker::Get().Open(kOperator);
  const TopicPartition at = Fresh(*operators);
  const absl::Status other = operators->EnsureTopic(at.topic, 24);
  EXPECT_TRUE(absl::IsFailedPrecondition(other)) << other;
}

TEST_F(FaultTest, ADeniedTopicHoldsUpNoOther) {
  Broker& broker = Broker::Get();
  const auto operators = broker.Open(kOperator);
  const TopicPartition denied = Fresh(*operators), allowed = Fresh(*operators);
  const auto admin = eventlog::KafkaAdmin::Open(broker.Options(kOperator), RealClock()).value();
  eventlog::KafkaAcl acl;
  acl.principal = "User:CN=writer@fault.waymark";
  acl.operation = "write";
  acl.name = allowed.topic;
  eventlog::KafkaAcl seen = acl;
  seen.name = denied.topic;
  seen.operation = "describe";
  ASSERT_TRUE(admin->AddAcls({acl, seen}).ok());
  const auto log = broker.Open("writer@fault.waymark");
  // Rules spread while it is tried already.
  for (int i = 0; i < 1000 && !log->PartitionCount(denied.topic).ok(); ++i) continue;
  AppendAtLast(*log, allowed, Of(0));
  const absl::Status both = log->AppendAll({{denied, {Of(0)}}, {allowed, {Of(1)}}});
  EXPECT_TRUE(absl::IsPermissionDenied(both)) << both;
  EXPECT_THAT(Said(both),
              AllOf(HasSubstr(denied.topic), HasSubstr("no ACL"), HasSubstr("topics apply")));
  EXPECT_TRUE(absl::IsPermissionDenied(log->Append(denied, {Of(0)})));
  EXPECT_TRUE(log->Append(allowed, {Of(1)}).ok());
}

TEST_F(FaultTest, AReaderThatIsRefusedSaysSoUntilItMay) {
  Broker& broker = Broker::Get();
  const auto operators = broker.Open(kOperator);
  const TopicPartition at = Fresh(*operators);
  ASSERT_TRUE(operators->Append(at, {Of(0)}).ok());
  const auto admin = eventlog::KafkaAdmin::Open(broker.Options(kOperator), RealClock()).value();
  eventlog::KafkaAcl acl;
  acl.principal = "User:CN=reader@fault.waymark";
  acl.operation = "describe";
  acl.name = at.topic;
  ASSERT_TRUE(admin->AddAcls({acl}).ok());
  const auto log = broker.Open("reader@fault.waymark");
  for (int i = 0; i < 1000 && !log->PartitionCount(at.topic).ok(); ++i) continue;
  eventlog::Waiter waiter;
  const auto reader = log->OpenReader({{at, 0}}).value();
  waiter.Attach(*reader);
  absl::Status refused;
  while (refused.ok()) {
    const auto some = reader->Poll(1);
    refused = some.status();
    if (refused.ok()) {
      ASSERT_TRUE(some->empty() && waiter.Wait(60));
    }
  }
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(Said(refused), AllOf(HasSubstr(at.topic), HasSubstr("no ACL"), HasSubstr("read")));
  EXPECT_THAT(Said(log->Health()), HasSubstr("no ACL"));
  acl.operation = "read";
  ASSERT_TRUE(admin->AddAcls({acl}).ok());
  EXPECT_EQ(ReadAtLast(*reader, waiter, 1), UpTo(1));
  EXPECT_TRUE(log->Health().ok()) << log->Health();
}

}  // namespace
}  // namespace waymark::kafka_testing
