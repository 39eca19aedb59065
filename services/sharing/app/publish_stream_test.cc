// The stream of incidents: each item is acknowledged or refused by itself.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/domain/limits.h"
#include "services/sharing/testing/gateway_world.h"

namespace waymark::sharing {
namespace {

using gateway::v1::IncidentReceipt;
using gateway::v1::PublishIncidentsRequest;
using gateway::v1::PublishIncidentsResponse;
using ::testing::IsEmpty;
using ::testing::Not;

class PublishStreamTest : public ::testing::Test {
 protected:
  using Stream = rpc::ClientStream<PublishIncidentsRequest, PublishIncidentsResponse>;

  // Writes as far as the stream takes, one after the other.
  struct Client {
    std::shared_ptr<Stream> stream;
    std::vector<PublishIncidentsRequest> items;
    size_t written = 0;
    std::map<uint64_t, PublishIncidentsResponse> answers;
    absl::Status end = absl::UnknownError("still open");
    bool ended = false;

    void WriteAll() {
      if (written == items.size()) return stream->WritesDone();
      stream->Write(items[written], [this](bool taken) {
        if (!taken) return;
        ++written;
        WriteAll();
      });
    }
    void ReadAll() {
      stream->Read([this](Stream::Item item) {
        if (!item.ok() || !*item) {
          end = item.ok() ? absl::OkStatus() : item.status();
          ended = true;
          return;
        }
        answers[(*item)->item()] = **item;
        ReadAll();
      });
    }
  };

  PublishIncidentsRequest Item(uint64_t number, const std::string& reference) {
    PublishIncidentsRequest item;
    item.set_partnership("fenland");
    item.set_item(number);
    *item.mutable_incident() = GoodIncident(reference, world.clock.Now() - absl::Minutes(5));
    return item;
  }

  void Open(Client& client) {
    client.stream = rpc::OpenBidi<PublishIncidentsRequest, PublishIncidentsResponse>(
        *world.channel, std::string(door::kPublishIncidents));
  }

  GatewayWorld world;
};

TEST_F(PublishStreamTest, RefusesBadItemsAndTakesTheRest) {
  Client client;
  client.items = {Item(1, "CAD-1"), Item(2, "CAD-2"), Item(3, "CAD-3"), Item(4, "CAD-1"),
                  Item(5, "CAD-5")};
  client.items[1].mutable_incident()->set_type("ufo");
  client.items[1].mutable_incident()->clear_source_reference();
  client.items[3].mutable_incident()->set_summary("other words");
  client.items[4].set_partnership("elsewhere");
  Open(client);
  client.ReadAll();
  client.WriteAll();
  world.RunUntilIdle();
  ASSERT_TRUE(client.ended);
  EXPECT_TRUE(client.end.ok()) << client.end;
  ASSERT_EQ(5u, client.answers.size());
  EXPECT_EQ(IncidentReceipt::OUTCOME_ACCEPTED, client.answers[1].receipt().outcome());
  ASSERT_EQ(2, client.answers[2].refused().problems_size());
  EXPECT_EQ("missing_reference", client.answers[2].refused().problems(0).code());
  EXPECT_EQ("unknown_type", client.answers[2].refused().problems(1).code());
  EXPECT_EQ(IncidentReceipt::OUTCOME_ACCEPTED, client.answers[3].receipt().outcome());
  EXPECT_EQ("reference_reused", client.answers[4].refused().problems(0).code());
  EXPECT_EQ("wrong_partnership", client.answers[5].refused().problems(0).code());
  EXPECT_EQ(2u, world.Sent().size());
}

TEST_F(PublishStreamTest, ReadsNoFurtherThanItsBoundWhileNothingIsDecided) {
  Client client;
  for (uint64_t i = 0; i < 4 * door::kStreamItemsInFlightMax; ++i) {
    client.items.push_back(Item(i, "CAD-" + std::to_string(i)));
  }
  Open(client);
  client.WriteAll();
  EXPECT_GE(client.written, door::kStreamItemsInFlightMax);
  EXPECT_LT(client.written, client.items.size());
  client.ReadAll();
  while (!client.ended) world.RunUntilIdle();
  EXPECT_TRUE(client.end.ok());
  EXPECT_EQ(client.items.size(), client.answers.size());
  EXPECT_EQ(client.items.size(), world.Sent().size());
}

TEST_F(PublishStreamTest, AnswersWhatItTookWhenTheGatewayDrains) {
  Client client;
  client.items = {Item(1, "CAD-1"), Item(2, "CAD-2")};
  Open(client);
  client.ReadAll();
  client.stream->Write(client.items[0], [](bool) {});
  world.endpoint->BeginDrain();
  world.RunUntilIdle();
  ASSERT_TRUE(client.ended);
  EXPECT_THAT(client.answers, Not(IsEmpty()));
  EXPECT_EQ(IncidentReceipt::OUTCOME_ACCEPTED, client.answers[1].receipt().outcome());
}

TEST_F(PublishStreamTest, SaysTryAgainWhenTheGatewayCannotDecide) {
  Client client;
  client.items = {Item(1, "CAD-1")};
  Open(client);
  client.ReadAll();
  world.runtime->Stop(absl::ZeroDuration());
  client.WriteAll();
  EXPECT_THAT(client.answers[1].try_again(), Not(IsEmpty()));
  EXPECT_EQ(0u, world.Rows());
}

}  // namespace
}  // namespace waymark::sharing
