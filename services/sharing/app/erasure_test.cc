// A person is erased: from every room at once, at every partner, and in a day from old copies too.
#include "services/sharing/vault/domain/erasure.h"

#include <string>
#include <vector>

#include "libs/audit/merkle.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "services/sharing/vault/adapters/destroy_keys.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "waymark/gateway/v1/person.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::ErasePersonRequest;
using gateway::v1::ErasePersonResponse;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ErasureTest : public SharingTest {
 protected:
  ErasePersonRequest Ask() {
    ErasePersonRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_source_reference("CAD-1");
    request.set_ground("objection");
    return request;
  }
  absl::StatusOr<ErasePersonResponse> Erase(const ErasePersonRequest& request,
                                            const std::string& role = "data_protection_lead") {
    return world.Call<ErasePersonResponse>("police", "console", std::string(vault::kErasePerson),
                                           request, role);
  }
  gateway::v1::Erasure Listed() {
    gateway::v1::ListErasuresRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    const auto listed = world.Call<gateway::v1::ListErasuresResponse>(
        "police", "console", std::string(vault::kListErasures), request, "data_protection_lead");
    EXPECT_TRUE(listed.ok() && listed->erasures_size() == 1) << listed.status();
    return listed->erasures(0);
  }
  std::string Person() { return asked.person_ids(0); }
  crypto::SlotKeys& Keys() { return *world.MembershipOf("police").person_keys; }
  void ReadPolice(const std::function<void(const runtime::View&)>& read) {
    world.Read("police", read);
  }
  absl::StatusOr<gateway::v1::PublishIncidentResponse> Publish(const std::string& reference) {
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    *request.mutable_incident() = GoodIncident(reference, world.clock.Now() - absl::Minutes(5));
    return world.Call<gateway::v1::PublishIncidentResponse>(
        "police", "cad", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
  }
  // Every leaf hashed again from its commitment.
  void ExpectLogVerifies() {
    ReadPolice([](const runtime::View& view) {
      audit::MerkleLog log;
      for (uint64_t i = 0; i < AuditSize(view); ++i) {
        log.Append(audit::LeafHash(LeafCommitment(view, i).value()));
      }
      EXPECT_EQ(log.Root(), AuditRoot(view).value());
    });
  }
};

TEST_F(ErasureTest, TakesThePersonOutOfEveryRoomInOneBatch) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  const std::string share = Shares().at(0).share_id();
  ASSERT_TRUE(Fetch(FetchOf(share)).ok());
  const uint64_t slot = [&] {
    uint64_t found = 0;
    ReadPolice([&](const runtime::View& view) {
      found = vault::VaultView(world.MembershipOf("police"), view).Person(Person())->key_slot();
    });
    return found;
  }();
  const auto erased = Erase(Ask());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->erasure().person_id(), Person());
  EXPECT_EQ(erased->erasure().ground(), "objection");
  EXPECT_THAT(erased->copies_outstanding(), IsEmpty());
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("erased"));
  EXPECT_TRUE(absl::IsNotFound(Keys().Key(slot).status()));
  ReadPolice([&](const runtime::View& view) {
    const Membership& police = world.MembershipOf("police");
    const vault::VaultView vault(police, view);
    EXPECT_FALSE(vault.Person(Person()));
    EXPECT_FALSE(vault.Incident(asked.incident_ids(0)));
    EXPECT_THAT(vault.PartsOf(Person()), IsEmpty());
    EXPECT_THAT(vault.AssessmentsOf(Person()), IsEmpty());
    EXPECT_FALSE(consent::ConsentView(view).Find(consent));
    EXPECT_THAT(disclosure::DisclosureView(police, view).Ask(kCase)->asked().person_ids(),
                IsEmpty());
  });
  world.Read("housing", [&](const runtime::View& view) {
    const auto told =
        disclosure::DisclosureView(world.MembershipOf("housing"), view).Received(share);
    EXPECT_EQ(told->state(), "withdrawn");
    EXPECT_EQ(told->reason(), "erased");
  });
  EXPECT_THAT(world.Audited("housing"), Contains("share_withdrawn_by_origin"));
  ExpectLogVerifies();
}

TEST_F(ErasureTest, IsAskedForByTheDataProtectionLeadOnAGroundOfTheLaw) {
  PublishAndAsk();
  EXPECT_TRUE(absl::IsPermissionDenied(Erase(Ask(), "manager").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(Erase(Ask(), "").status()));
  ErasePersonRequest request = Ask();
  request.set_ground("she asked");
  request.set_person_id("p");
  EXPECT_THAT(Codes(Erase(request).status()), ElementsAre("missing_field", "unknown_ground"));
  request = Ask();
  request.set_party(1);
  EXPECT_THAT(Codes(Erase(request).status()), ElementsAre("unknown_person"));
  request.set_source_reference("CAD-9");
  EXPECT_THAT(Codes(Erase(request).status()), ElementsAre("unknown_person"));
  EXPECT_THAT(Keys().ErasedSlots(), IsEmpty());
  EXPECT_THAT(world.Audited("police"), Not(Contains("person_erased")));
}

TEST_F(ErasureTest, AnswersTheSameWhenAskedAgainAndIsListed) {
  PublishAndAsk();
  const auto first = Erase(Ask());
  ASSERT_TRUE(first.ok()) << first.status();
  ErasePersonRequest again = Ask();
  again.clear_source_reference();
  again.set_person_id(Person());
  const auto second = Erase(again);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(FromProto(second->erasure().ordered_at()), FromProto(first->erasure().ordered_at()));
  EXPECT_TRUE(Listed().has_keys_destroyed_at());
  EXPECT_FALSE(Listed().has_completed_at());
  EXPECT_EQ(FromProto(Listed().complete_by()), world.clock.Now() + absl::Hours(24));
}

TEST_F(ErasureTest, IsCompleteForOldCopiesWithinADayAndOneRoundServesSeveral) {
  PublishAndAsk();
  ASSERT_TRUE(Erase(Ask()).ok());
  world.Advance(absl::Minutes(1));
  ASSERT_TRUE(Publish("CAD-2").ok());
  ErasePersonRequest second = Ask();
  second.set_source_reference("CAD-2");
  ASSERT_TRUE(Erase(second).ok());
  auto& keys = static_cast<crypto::MemorySlotKeys&>(Keys());
  EXPECT_EQ(keys.rewrites(), 0);
  std::optional<keyed_index::Generations> before;
  ReadPolice([&](const runtime::View& view) { before = vault::IndexGenerations(view); });
  world.Advance(absl::Hours(2));
  EXPECT_EQ(keys.rewrites(), 1);
  EXPECT_TRUE(absl::IsNotFound(keys.Key(before->current).status())) << "the index's old key";
  gateway::v1::ListErasuresRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  const auto listed = world.Call<gateway::v1::ListErasuresResponse>(
      "police", "console", std::string(vault::kListErasures), request, "data_protection_lead");
  ASSERT_THAT(listed->erasures(), SizeIs(2));
  for (const gateway::v1::Erasure& one : listed->erasures()) {
    EXPECT_TRUE(one.has_completed_at());
    EXPECT_LE(FromProto(one.completed_at()), FromProto(one.complete_by()));
  }
}

TEST_F(ErasureTest, FindsTheOthersAfterTheIndexWasPutUnderANewKey) {
  PublishAndAsk();
  gateway::v1::PublishIncidentRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  *request.mutable_incident() = GoodIncident("CAD-7", world.clock.Now() - absl::Minutes(5));
  gateway::v1::Identity& bob = *request.mutable_incident()->mutable_parties(0)->mutable_identity();
  bob.Clear();
  bob.set_given_name("Bob");
  bob.set_family_name("Sparrowson");
  bob.set_date_of_birth("1970-01-02");
  bob.set_telephone("0113 496 0007");
  const auto published = world.Call<gateway::v1::PublishIncidentResponse>(
      "police", "cad", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
  ASSERT_TRUE(published.ok()) << published.status();
  ASSERT_TRUE(Erase(Ask()).ok());
  world.Advance(absl::Hours(2));
  request.mutable_incident()->set_source_reference("CAD-8");
  const auto later = world.Call<gateway::v1::PublishIncidentResponse>(
      "police", "cad", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
  ASSERT_TRUE(later.ok()) << later.status();
  ReadPolice([&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    const auto first = vault.Incident(published->receipt().incident_id());
    const auto second = vault.Incident(later->receipt().incident_id());
    EXPECT_EQ(first->parties(0).person_id(), second->parties(0).person_id());
  });
}

TEST_F(ErasureTest, DoesNotTakeTheErasedInAgainUnderTheirReference) {
  PublishAndAsk();
  ASSERT_TRUE(Erase(Ask()).ok());
  EXPECT_THAT(Codes(Publish("CAD-1").status()), ElementsAre("erased"));
  // A new report of the same human is a new person here.
  const auto again = Publish("CAD-2");
  ASSERT_TRUE(again.ok()) << again.status();
  ReadPolice([&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    EXPECT_NE(vault.Incident(again->receipt().incident_id())->parties(0).person_id(), Person());
  });
}

TEST_F(ErasureTest, LeavesNothingThatAKnownIdentifierFinds) {
  PublishAndAsk();
  Record(GoodConsent()).IgnoreError();
  std::vector<std::string> tokens;
  ReadPolice([&](const runtime::View& view) {
    tokens = vault::VaultView(world.MembershipOf("police"), view).OpenTokens(Person()).value();
  });
  ASSERT_THAT(tokens, SizeIs(::testing::Ge(4)));
  for (const std::string& token : tokens) {
    EXPECT_THAT(world.EverythingStored(), Not(HasSubstr(token)));
  }
  ASSERT_TRUE(Erase(Ask()).ok());
  ReadPolice([&](const runtime::View& view) {
    const auto index = vault::PersonIndex::Load(world.MembershipOf("police"), view);
    for (const std::string& token : tokens) EXPECT_THAT(index->Persons(token), IsEmpty());
  });
}

TEST_F(ErasureTest, LeavesAboutThePersonOpenNoMoreButThatTheyWereErasedDoes) {
  PublishAndAsk();
  Record(GoodConsent()).IgnoreError();
  ASSERT_TRUE(Erase(Ask()).ok());
  std::vector<std::string> open;
  uint64_t size = 0;
  ReadPolice([&](const runtime::View& view) {
    size = AuditSize(view);
    for (uint64_t i = 0; i < size; ++i) {
      if (const auto leaf = OpenLeaf(world.MembershipOf("police"), view, i)) {
        open.push_back(leaf->entry.what());
      }
    }
  });
  EXPECT_THAT(open, Not(Contains("publish")));
  EXPECT_THAT(open, Not(Contains("consent_recorded")));
  EXPECT_THAT(open, Contains("person_erased"));
  EXPECT_THAT(open, Contains("person_keys_destroyed"));
  EXPECT_GT(size, open.size());
  ExpectLogVerifies();
}

TEST_F(ErasureTest, ARestoredOldStoreErasesAgainAndTellsThePartnersAgain) {
  PublishAndAsk();
  const std::string consent = Record(GoodConsent())->consent_id();
  const std::string share = Shares().at(0).share_id();
  // The key file knows of an erasure that this store does not: it is an older copy.
  uint64_t slot = 0;
  std::optional<keyed_index::Generations> index;
  ReadPolice([&](const runtime::View& view) {
    slot = vault::VaultView(world.MembershipOf("police"), view).Person(Person())->key_slot();
    index = vault::IndexGenerations(view);
  });
  ASSERT_TRUE(Keys().Erase(slot).ok());
  ASSERT_TRUE(Keys().Erase(index->current).ok());
  world.FinishErasures("police");
  world.Run();
  ReadPolice([&](const runtime::View& view) {
    const Membership& police = world.MembershipOf("police");
    EXPECT_FALSE(vault::VaultView(police, view).Person(Person()));
    EXPECT_TRUE(vault::VaultView(police, view).Erasure(Person()));
    EXPECT_FALSE(consent::ConsentView(view).Find(consent));
    EXPECT_NE(vault::IndexGenerations(view)->current, index->current);
  });
  world.Read("housing", [&](const runtime::View& view) {
    const auto told =
        disclosure::DisclosureView(world.MembershipOf("housing"), view).Received(share);
    EXPECT_EQ(told->state(), "withdrawn");
  });
  EXPECT_THAT(Codes(Fetch(FetchOf(share)).status()), ElementsAre("erased"));
  ASSERT_TRUE(Publish("CAD-2").ok()) << "the index works under its new key";
}

TEST_F(ErasureTest, RowsThatARestoredIndexKeepsLeadToNobody) {
  PublishAndAsk();
  uint64_t slot = 0;
  ReadPolice([&](const runtime::View& view) {
    slot = vault::VaultView(world.MembershipOf("police"), view).Person(Person())->key_slot();
  });
  ASSERT_TRUE(Keys().Erase(slot).ok());
  world.FinishErasures("police");
  ASSERT_TRUE(Publish("CAD-2").ok()) << "the same identifiers, while the old index still stands";
  ReadPolice([&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    EXPECT_NE(vault.IncidentByReference("CAD-2")->places(0), Person());
  });
}

TEST_F(ErasureTest, WhatWasOrderedAndNotDoneIsDoneAtStart) {
  PublishAndAsk();
  ASSERT_TRUE(Erase(Ask()).ok());
  // The keys came back with an old copy of the key file.
  SeededRandom random(99);
  auto old = std::make_shared<crypto::MemorySlotKeys>(random);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(old->Take().ok());
  const std::vector<uint64_t> erased = Keys().ErasedSlots();
  world.MembershipOf("police").person_keys = old;
  world.FinishErasures("police");
  EXPECT_EQ(old->ErasedSlots(), erased);
}

TEST_F(ErasureTest, DestroysTheKeyOfAPushedShareThatIsTakenBack) {
  common::v1::Safeguarding child;
  child.set_child_at_risk(true);
  PublishAndAsk(child);
  uint64_t slot = 0;
  std::string share;
  world.Read("housing", [&](const runtime::View& view) {
    const disclosure::DisclosureView shares(world.MembershipOf("housing"), view);
    const auto live = shares.LiveReceived(kCase, world.clock.Now());
    ASSERT_THAT(live, SizeIs(1));
    ASSERT_TRUE(live[0].has_pushed());
    slot = live[0].pushed().key_slot();
    share = live[0].share_id();
  });
  ASSERT_TRUE(Erase(Ask()).ok());
  crypto::SlotKeys& keys = *world.MembershipOf("housing").person_keys;
  EXPECT_TRUE(absl::IsNotFound(keys.Key(slot).status()));
  world.Advance(absl::Hours(2));
  EXPECT_EQ(static_cast<crypto::MemorySlotKeys&>(keys).rewrites(), 1);
}

TEST(ErasureRoundTest, BeginsAtTheNextFullHour) {
  const absl::Time ten = absl::FromUnixSeconds(1'760'000'400);
  EXPECT_EQ(vault::RoundFor(ten), vault::RoundFor(ten + absl::Minutes(39)));
  EXPECT_GT(vault::RoundFor(ten), ten);
  EXPECT_EQ(vault::RoundFor(absl::FromUnixSeconds(3600)), absl::FromUnixSeconds(7200));
}

}  // namespace
}  // namespace waymark::sharing
