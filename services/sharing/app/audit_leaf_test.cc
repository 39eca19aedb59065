// How a leaf's entry and salt lie in the store: sealed under its persons' keys, gone with any one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/audit/merkle.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/testing/gateway_world.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::sharing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AuditLeafTest : public ::testing::Test {
 protected:
  // Ann was called on by somebody else: two persons, one leaf.
  std::vector<std::string> PublishWithTwo() {
    gateway::v1::Incident incident = GoodIncident("CAD-1", world.clock.Now());
    incident.mutable_parties(0)->clear_roles();
    incident.mutable_parties(0)->add_roles(common::v1::ROLE_VICTIM);
    gateway::v1::Party& other = *incident.add_parties();
    other.add_roles(common::v1::ROLE_CALLER);
    other.mutable_identity()->set_given_name("Bob");
    other.mutable_identity()->set_family_name("Sparrowson");
    other.mutable_identity()->set_telephone("0113 496 0002");
    const auto receipt = world.Publish(incident);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    std::vector<std::string> persons;
    world.Read([&](const runtime::View& view) {
      const auto stored =
          vault::VaultView(world.membership(), view).Incident(receipt->incident_id());
      for (const auto& party : stored->parties()) persons.push_back(party.person_id());
    });
    return persons;
  }
  std::optional<OpenedLeaf> Open(uint64_t index) {
    std::optional<OpenedLeaf> leaf;
    world.Read(
        [&](const runtime::View& view) { leaf = OpenLeaf(world.membership(), view, index); });
    return leaf;
  }
  std::string Commitment(uint64_t index) {
    std::string commitment;
    world.Read([&](const runtime::View& view) {
      commitment = LeafCommitment(view, index).value_or("none");
    });
    return commitment;
  }
  std::string Root() {
    std::string root;
    world.Read([&](const runtime::View& view) { root = AuditRoot(view).value(); });
    return root;
  }
  uint64_t SlotOf(const std::string& person) {
    uint64_t slot = 0;
    world.Read([&](const runtime::View& view) {
      slot = vault::VaultView(world.membership(), view).Person(person)->key_slot();
    });
    return slot;
  }
  void Erase(uint64_t slot) { ASSERT_TRUE(world.membership().person_keys->Erase(slot).ok()); }

  GatewayWorld world;
};

TEST_F(AuditLeafTest, OpensToWhatWasCommittedToAndLiesSealed) {
  const std::vector<std::string> persons = PublishWithTwo();
  ASSERT_EQ(persons.size(), 2u);
  const std::optional<OpenedLeaf> leaf = Open(0);
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->entry.what(), "publish");
  EXPECT_EQ(leaf->entry_bytes, leaf->entry.SerializeAsString());
  EXPECT_EQ(Commitment(0), AuditCommitment(leaf->salt, leaf->entry_bytes));
  EXPECT_EQ(Root(), audit::LeafHash(Commitment(0)));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr(leaf->salt)));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr(leaf->entry_bytes)));
  EXPECT_FALSE(Open(1)) << "there is one";
}

class AuditLeafErasedTest : public AuditLeafTest, public ::testing::WithParamInterface<size_t> {};

TEST_P(AuditLeafErasedTest, IsGoneWithAnyOneOfItsPersonsWhileTheLogStillVerifies) {
  const std::vector<std::string> persons = PublishWithTwo();
  const std::string commitment = Commitment(0);
  const std::string root = Root();
  ASSERT_TRUE(Open(0));
  Erase(SlotOf(persons.at(GetParam())));
  EXPECT_FALSE(Open(0));
  EXPECT_EQ(Commitment(0), commitment);
  EXPECT_EQ(Root(), root);
}
INSTANTIATE_TEST_SUITE_P(EachOfTwo, AuditLeafErasedTest, ::testing::Values(0, 1));

TEST_F(AuditLeafTest, OfAnIncidentWithoutAPartyLiesUnderTheIncidentsOwnKey) {
  gateway::v1::Incident incident = GoodIncident("CAD-2", world.clock.Now());
  incident.clear_parties();
  ASSERT_TRUE(world.Publish(incident).ok());
  ASSERT_TRUE(Open(0));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr(Open(0)->salt)));
  Erase(0);
  EXPECT_FALSE(Open(0));
}

TEST_F(AuditLeafTest, OfNobodyLiesOpenForEver) {
  gateway::v1::RegisterStockRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  request.add_lsoas("E01018043");
  ASSERT_TRUE(world.Call<gateway::v1::RegisterStockResponse>(door::kRegisterStock, request).ok());
  ASSERT_TRUE(Open(0));
  EXPECT_EQ(Open(0)->entry.what(), "register_stock");
  EXPECT_THAT(world.EverythingStored(), HasSubstr(Open(0)->salt));
}

}  // namespace
}  // namespace waymark::sharing
