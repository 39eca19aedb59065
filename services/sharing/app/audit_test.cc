// Checkpoints and witnesses among three gateways: who cosigns, who is asked, what is found.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/merkle.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/adapters/heard.h"
#include "services/sharing/audit/adapters/keys.h"
#include "services/sharing/audit/domain/schedule.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/checkpoint.pb.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::AuditFinding;
using gateway::v1::CheckpointCosigned;
using gateway::v1::CheckpointPublished;
using gateway::v1::ShowLogResponse;
using gateway::v1::StoredSeen;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const absl::Duration kARound = kPublishEvery + absl::Minutes(2);

class AuditTest : public SharingTest {
 protected:
  // The police have leaves, and everybody has cosigned everybody.
  void SetUp() override {
    world.StartAudit();
    PublishAndAsk();
    world.Advance(kARound);
  }
  ShowLogResponse Show(const std::string& agency) {
    gateway::v1::ShowLogRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    const auto shown = world.Call<ShowLogResponse>(agency, "console", std::string(kShowLog),
                                                   request, "data_protection_lead");
    EXPECT_TRUE(shown.ok()) << shown.status();
    return shown.value_or(ShowLogResponse());
  }
  // "code about agency by finder", those that stand.
  std::vector<std::string> Found(const std::string& at) {
    std::vector<std::string> found;
    const ShowLogResponse shown = Show(at);
    for (const AuditFinding& one : shown.findings()) {
      if (one.has_ended_at()) continue;
      found.push_back(one.code() + " about " + one.agency() + " by " + one.found_by());
    }
    return found;
  }
  void Grow(const std::string& reference) {
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    *request.mutable_incident() = GoodIncident(reference, world.clock.Now() - absl::Minutes(5));
    const auto published = world.Call<gateway::v1::PublishIncidentResponse>(
        "police", "cad", "/waymark.gateway.v1.IncidentService/PublishIncident", request);
    ASSERT_TRUE(published.ok()) << published.status();
  }
  // A checkpoint that the police's key signs, of a log that is not theirs.
  std::string Forged(uint64_t size) {
    const Membership& police = world.MembershipOf("police");
    const std::string origin = police.AuditOrigin("police");
    return audit::SignCheckpoint({origin, size, std::string(32, 'f')}, origin, *police.audit_key)
        .value();
  }
  std::string Topic(const std::string& agency) {
    return world.MembershipOf(agency).AuditOf(agency).topic;
  }
  std::string StoreKey(const std::string& agency, const std::string& key) {
    return KeyBuilder().Text(world.MembershipOf(agency).Shard()).Take() + key;
  }
  void Edit(const std::string& agency, std::string_view family, const std::string& key,
            const std::string& value) {
    store::WriteBatch batch;
    batch.Put(std::string(family), StoreKey(agency, key), value);
    ASSERT_TRUE(world.StoreOf(agency).Commit(batch).ok());
  }
  std::string Stored(const std::string& agency, std::string_view family, const std::string& key) {
    return world.StoreOf(agency).Get(family, StoreKey(agency, key)).value().value_or("");
  }
};

TEST_F(AuditTest, EveryOtherMemberCosignsWhatIsPublished) {
  const ShowLogResponse police = Show("police");
  EXPECT_GT(police.size(), 0u);
  EXPECT_EQ(police.published_size(), police.size());
  ASSERT_EQ(police.witnesses_size(), 2);
  for (const auto& witness : police.witnesses()) {
    EXPECT_TRUE(witness.up_to_date()) << witness.agency();
    EXPECT_EQ(witness.size(), police.size());
  }
  const ShowLogResponse housing = Show("housing");
  for (const auto& seen : housing.seen()) {
    if (seen.agency() != "police") continue;
    EXPECT_EQ(seen.root(), police.root());
  }
  EXPECT_THAT(Found("police"), IsEmpty());
}

TEST_F(AuditTest, CosignaturesHoldWithPublicKeysAlone) {
  std::optional<gateway::v1::StoredHead> witnessed;
  world.Read("police", [&](const runtime::View& view) { witnessed = AuditView(view).Witnessed(); });
  ASSERT_TRUE(witnessed.has_value());
  const auto note = audit::ParseCheckpoint(witnessed->note()).value();
  const Membership& any = world.MembershipOf("council");
  EXPECT_TRUE(audit::VerifyCheckpoint(note, "fenland.waymark/audit/police",
                                      any.peers.at("police").audit_verify)
                  .ok());
  for (const std::string witness : {"housing", "council"}) {
    EXPECT_TRUE(audit::VerifyCosignature(note, "fenland.waymark/witness/" + witness,
                                         any.peers.at(witness).witness_verify)
                    .ok())
        << witness;
  }
}

TEST_F(AuditTest, ALogThatStandsStillIsPublishedAndCosignedAllTheSame) {
  const auto before = Show("police");
  world.Advance(kStandEvery);
  const auto after = Show("police");
  EXPECT_EQ(after.published_size(), before.published_size());
  EXPECT_GT(after.published_at().seconds(), before.published_at().seconds());
  EXPECT_GT(after.witnesses(0).cosigned_at().seconds(),
            before.witnesses(0).cosigned_at().seconds());
}

TEST_F(AuditTest, AMissingLinkIsAskedFor) {
  const std::string old = Stored("housing", kSeen, RowKey("police"));
  Grow("CAD-2");
  world.Advance(kARound);
  Edit("housing", kSeen, RowKey("police"), old);
  const int calls = world.Peer("housing", "police").calls;
  Grow("CAD-3");
  world.Advance(kARound);
  EXPECT_GT(world.Peer("housing", "police").calls, calls);
  EXPECT_TRUE(Show("police").witnesses(1).up_to_date());
  EXPECT_THAT(Found("housing"), IsEmpty());
}

TEST_F(AuditTest, AMissingLinkWaitsUntilTheOwnerIsBack) {
  const std::string old = Stored("housing", kSeen, RowKey("police"));
  Grow("CAD-2");
  world.Advance(kARound);
  Edit("housing", kSeen, RowKey("police"), old);
  world.Peer("housing", "police").cut = true;
  Grow("CAD-3");
  world.Advance(kARound);
  EXPECT_FALSE(Show("police").witnesses(1).up_to_date());
  world.Peer("housing", "police").cut = false;
  world.Advance(absl::Minutes(20));
  EXPECT_TRUE(Show("police").witnesses(1).up_to_date());
}

TEST_F(AuditTest, AnotherRootOfASizeThatWasSeenIsFoundAndNotCosigned) {
  CheckpointPublished published;
  published.set_note(Forged(Show("police").size()));
  published.set_from_size(Show("police").size());
  world.PostTo(Topic("police"), "gateway/police", published);
  EXPECT_THAT(Found("housing"), Contains("audit_rewritten about police by housing"));
  EXPECT_TRUE(world.alarms.IsRaised("audit_rewritten"));
  // Both notes are kept, and each verifies: the police cannot deny either.
  const auto shown = Show("housing");
  ASSERT_EQ(shown.findings(0).evidence_size(), 2);
  for (const std::string& note : shown.findings(0).evidence()) {
    EXPECT_TRUE(audit::VerifyCheckpoint(
                    audit::ParseCheckpoint(note).value(), "fenland.waymark/audit/police",
                    world.MembershipOf("housing").peers.at("police").audit_verify)
                    .ok());
  }
  // Every member knows who found what, the accused too.
  EXPECT_THAT(Found("police"), UnorderedElementsAre("audit_rewritten about police by housing",
                                                    "audit_rewritten about police by council"));
  Grow("CAD-2");
  world.Advance(kARound);
  const ShowLogResponse police = Show("police");
  for (const auto& witness : police.witnesses()) EXPECT_FALSE(witness.up_to_date());
}

TEST_F(AuditTest, AHeadThatWasShownToAnotherPartyAloneIsFound) {
  // The police show the council a head of its own, and the council, believing it, cosigns it.
  Grow("CAD-2");
  const Membership& council = world.MembershipOf("council");
  CheckpointCosigned cosigned;
  cosigned.set_agency("police");
  cosigned.set_note(audit::Cosign(Forged(3), council.WitnessName("council"), *council.witness_key,
                                  world.clock.Now())
                        .value());
  world.PostTo(Topic("council"), "gateway/council", cosigned);
  world.Advance(kARound);
  EXPECT_THAT(Found("housing"), Contains("audit_forked about police by housing"));
  // Somebody signs with the police's key: they see it themselves.
  EXPECT_THAT(Found("police"), Contains("audit_rewritten about police by police"));
}

TEST_F(AuditTest, AHeadInsideAProofIsTiedToWhatWasPublished) {
  const auto hear = [&](const std::string& note) {
    std::optional<runtime::Event> event;
    world.Read("housing", [&](const runtime::View& view) {
      event = HeardCheckpoint(world.MembershipOf("housing"), view, "police", note, "police",
                              world.clock.Now());
    });
    return event;
  };
  // What was published, and what the police did not sign, is nothing to remember.
  EXPECT_FALSE(hear(Show("police").checkpoint()).has_value());
  const Membership& council = world.MembershipOf("council");
  EXPECT_FALSE(hear(audit::SignCheckpoint({council.AuditOrigin("police"), 3, std::string(32, 'f')},
                                          council.AuditOrigin("police"), *council.audit_key)
                        .value())
                   .has_value());
  EXPECT_FALSE(hear("no note").has_value());
  EXPECT_TRUE(hear(Forged(3)).has_value());
}

TEST_F(AuditTest, WhatTheOwnerDidNotSignIsParked) {
  const Membership& council = world.MembershipOf("council");
  const std::string origin = council.AuditOrigin("police");
  CheckpointPublished published;
  published.set_note(
      audit::SignCheckpoint({origin, 99, std::string(32, 'f')}, origin, *council.audit_key)
          .value());
  world.PostTo(Topic("police"), "gateway/police", published);
  EXPECT_EQ(world.DeadLetters("housing"), 1u);
  EXPECT_THAT(Found("housing"), IsEmpty());
  // Nor a cosignature that does not hold.
  CheckpointCosigned cosigned;
  cosigned.set_agency("police");
  cosigned.set_note(Show("police").checkpoint());
  world.PostTo(Topic("council"), "gateway/council", cosigned);
  EXPECT_EQ(world.DeadLetters("police"), 1u);
  // Nor a finding in another's name.
  gateway::v1::AuditFindingTold told;
  told.mutable_finding()->set_code("audit_forked");
  told.mutable_finding()->set_agency("police");
  told.mutable_finding()->set_found_by("housing");
  told.mutable_finding()->mutable_found_at()->set_seconds(1);
  world.PostTo(Topic("council"), "gateway/council", told);
  EXPECT_THAT(Found("police"), IsEmpty());
}

TEST_F(AuditTest, AMemberThatPublishesNothingIsNamedUntilItIsHeardAgain) {
  world.Pause("police");
  world.Advance(kSilentAfter + absl::Hours(1));
  EXPECT_THAT(Found("housing"), UnorderedElementsAre("audit_silent about police by housing",
                                                     "audit_silent about police by council"));
  EXPECT_TRUE(world.alarms.IsRaised("audit_silent"));
  world.Resume("police");
  world.Advance(kARound);
  EXPECT_THAT(Found("housing"), IsEmpty());
  EXPECT_FALSE(world.alarms.IsRaised("audit_silent"));
  // It was away itself, and accuses nobody.
  const ShowLogResponse police = Show("police");
  for (const AuditFinding& found : police.findings()) {
    EXPECT_NE(found.found_by(), "police") << found.code();
  }
}

TEST_F(AuditTest, AnEditedLeafIsFoundByTheSelfAudit) {
  std::string leaf = Stored("police", "gateway.audit.entries", BigEndian64(1));
  ASSERT_FALSE(leaf.empty());
  leaf[leaf.size() / 2] ^= 1;
  Edit("police", "gateway.audit.entries", BigEndian64(1), leaf);
  world.Advance(absl::Hours(25));
  EXPECT_THAT(Found("police"), Contains("audit_rewritten about police by police"));
  EXPECT_THAT(Show("police").findings(0).means(), HasSubstr("leaf 1 "));
}

TEST_F(AuditTest, AnEditedNodeIsFoundByTheSelfAudit) {
  Edit("police", "gateway.audit.nodes", KeyBuilder().Number(1).Number(0).Take(),
       std::string(32, 'x'));
  world.Advance(absl::Hours(25));
  EXPECT_THAT(Found("police"), Contains("audit_rewritten about police by police"));
}

TEST_F(AuditTest, AnErasedLeafIsNoFinding) {
  world.Read("police", [&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    const auto person = vault.Person(asked.person_ids(0));
    ASSERT_TRUE(world.MembershipOf("police").person_keys->Erase(person->key_slot()).ok());
  });
  world.Advance(absl::Hours(25));
  EXPECT_THAT(Found("police"), IsEmpty());
  EXPECT_EQ(Show("police").self_audit().checked(), 0u);
  EXPECT_GT(Show("police").self_audit().last_whole_at().seconds(), 0);
}

TEST_F(AuditTest, AnOldCopyIsKnownBeforeItServes) {
  ASSERT_TRUE(world.StoreOf("police").Checkpoint("old").ok());
  auto old = world.StoreOf("police").OpenCheckpoint("old").value();
  Grow("CAD-2");
  world.Advance(kARound);
  world.Restart("police", std::move(old));
  world.StartAudit("police");
  EXPECT_THAT(Found("police"), ElementsAre("audit_rolled_back about police by police"));
}

TEST_F(AuditTest, AlarmsAreRaisedAgainAfterARestart) {
  CheckpointPublished published;
  published.set_note(Forged(Show("police").size()));
  published.set_from_size(Show("police").size());
  world.PostTo(Topic("police"), "gateway/police", published);
  world.alarms.Clear("audit_rewritten", "fenland/police");
  world.Restart("housing");
  world.StartAudit("housing");
  EXPECT_TRUE(world.alarms.IsRaised("audit_rewritten"));
}

TEST_F(AuditTest, ConsistencyIsProvenToMembersOnlyAndWithinLimits) {
  gateway::v1::ProveConsistencyRequest request;
  request.set_partnership(GatewayWorld::kPartnership);
  const auto prove = [&] {
    return world.CallPeer<gateway::v1::ProveConsistencyResponse>(
        "housing", "police", std::string(kProveConsistency), request);
  };
  EXPECT_EQ(prove().status().code(), absl::StatusCode::kInvalidArgument);
  request.set_to_size(Show("police").size());
  for (int i = 0; i < 256; ++i) request.add_from_sizes(1);
  EXPECT_TRUE(prove().ok());
  request.add_from_sizes(1);
  EXPECT_EQ(prove().status().code(), absl::StatusCode::kInvalidArgument);
  request.clear_from_sizes();
  request.add_from_sizes(request.to_size() + 1);
  EXPECT_EQ(prove().status().code(), absl::StatusCode::kInvalidArgument);
  request.set_to_size(1'000'000);
  const auto beyond = prove();
  ASSERT_TRUE(beyond.ok()) << beyond.status();
  EXPECT_EQ(beyond->size(), Show("police").size());
  EXPECT_EQ(beyond->paths_size(), 0);
  // No officer reads how the log stands.
  gateway::v1::ShowLogRequest show;
  show.set_partnership(GatewayWorld::kPartnership);
  EXPECT_EQ(world.Call<ShowLogResponse>("police", "console", std::string(kShowLog), show, "officer")
                .status()
                .code(),
            absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace waymark::sharing::audit_room
