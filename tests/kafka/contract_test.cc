// The event log on Kafka against its contract, on a real broker.
#include "libs/eventlog/contract.h"

#include "tests/kafka/broker.h"

namespace waymark::eventlog {
namespace {

using kafka_testing::Broker;
using kafka_testing::kOperator;

class KafkaUnderTest : public EventLogUnderTest {
 public:
  KafkaUnderTest() { Reopen(); }
  EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    if (!Broker::Missing().has_value()) log_ = Broker::Get().Open(kOperator);
  }
  std::string TopicPrefix() override {
    static int tests = 0;
    return absl::StrCat("contract.", ++tests, ".");
  }

 private:
  std::unique_ptr<KafkaLog> log_;
};

std::unique_ptr<EventLogUnderTest> MakeKafka() { return std::make_unique<KafkaUnderTest>(); }

INSTANTIATE_TEST_SUITE_P(Kafka, EventLogContract,
                         testing::ValuesIn(Broker::Missing().has_value()
                                               ? std::vector<MakeEventLogUnderTest>()
                                               : std::vector<MakeEventLogUnderTest>{&MakeKafka}));

TEST(KafkaContract, HasABroker) { WM_NEEDS_BROKER(); }

}  // namespace
}  // namespace waymark::eventlog
