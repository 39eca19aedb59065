// A person is erased from a whole partnership on disk. Everything that lay there before (stores,
// write-ahead logs, event log) is kept as a thief or an old backup would have it, and is tried with
// every key that still exists afterwards.
#include "tests/integration/erasure_fixture.h"

namespace waymark::cli {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ErasureOnDiskTest, NoKeyThatStillExistsOpensAnythingThatEverLayOnDisk) {
  Open();
  const auto incident = Publish("police", "cad", "CAD-1", Ann());
  ASSERT_TRUE(incident.ok()) << incident.status();
  const std::string person = PersonOf(*incident);
  Close();
  const fs::path before = Copy("before");
  Open();
  const auto erased = Erase("police", "CAD-1");
  ASSERT_TRUE(erased.ok()) << erased.status();
  for (int i = 0; i < 3; ++i) Advance(absl::Hours(1));
  ASSERT_TRUE(Publish("police", "cad", "CAD-5", Ann()).ok()) << "sealed to the new key";
  EXPECT_THAT(partnership_->FindPart("intake")
                  ->runtime()
                  .DeadLetters(config::CoreShard("fenland", 24))
                  .value(),
              IsEmpty());
  ASSERT_TRUE(Erase("police", "CAD-5").ok());
  for (int i = 0; i < 3; ++i) Advance(absl::Hours(1));
  Close();

  crypto::FileSlotKeys unused;
  const sharing::Membership police = Police(layout_, unused);
  std::vector<std::string> plain;
  const std::vector<std::string> keyed = KeyedTokens(police, &plain);
  const std::vector<std::string> local = LocalTokens(police);
  ASSERT_THAT(local, SizeIs(::testing::Ge(5)));
  // With the keys of before everything opens: the attack itself works.
  const Layout old_keys{before.string()};
  unused = crypto::FileSlotKeys();
  const Attack then = AttackPolice(before, old_keys, person, *incident, local);
  EXPECT_TRUE(then.identity && then.address && then.tokens && then.words);
  EXPECT_GT(then.leaves, 0);
  EXPECT_GE(then.found_by_token, 5);
  const IntakeAttack intake_then = AttackIntake(before, old_keys, "police", person, keyed);
  EXPECT_GE(intake_then.sealed_open, 5);
  EXPECT_GE(intake_then.found_by_token, 5);
  EXPECT_EQ(SheetsThatOpen(before, old_keys), 1);
  // With the keys that still exist nothing does.
  EXPECT_EQ(SheetsThatOpen(before, layout_), 0);
  const Attack now = AttackPolice(before, layout_, person, *incident, local);
  EXPECT_FALSE(now.identity || now.address || now.tokens || now.words);
  EXPECT_EQ(now.leaves, 0);
  EXPECT_EQ(now.found_by_token, 0);
  const IntakeAttack intake_now = AttackIntake(before, layout_, "police", person, keyed);
  EXPECT_EQ(intake_now.sealed_open, 0);
  EXPECT_EQ(intake_now.found_by_token, 0);
  // And what can be derived from who she is lies nowhere as it is, nor do words of hers.
  std::vector<std::string> secrets = {"Canary",   "canary",     "Annalise", "annalise",
                                      "19610430", "1961-04-30", "4960001",  "100090000001"};
  for (const auto& tokens : {local, plain, BlindTokens(police)}) {
    for (const std::string& token : tokens) {
      secrets.push_back(token);
      secrets.push_back(ToHex(token));
    }
  }
  ExpectNowhere(before, secrets);
  ExpectNowhere(layout_.root, secrets);
}

TEST_F(ErasureOnDiskTest, EveryAuditLogStillVerifies) {
  Open();
  ASSERT_TRUE(Publish("police", "cad", "CAD-1", Ann()).ok());
  std::string before;
  uint64_t size = 0;
  ReadPolice([&](const runtime::View& view) {
    before = sharing::AuditRoot(view).value();
    size = sharing::AuditSize(view);
  });
  ASSERT_TRUE(Erase("police", "CAD-1").ok());
  Advance(absl::Hours(2));
  for (const char* agency : {"police", "council", "housing", "fire"}) {
    const std::string shard = config::MembershipShard("fenland", agency);
    ASSERT_TRUE(partnership_->FindPart(agency)
                    ->runtime()
                    .Read(shard,
                          [&](const runtime::View& view) {
                            audit::MerkleLog log;
                            for (uint64_t i = 0; i < sharing::AuditSize(view); ++i) {
                              log.Append(audit::LeafHash(sharing::LeafCommitment(view, i).value()));
                              if (std::string(agency) == "police" && i + 1 == size) {
                                EXPECT_EQ(log.Root(), before);
                              }
                            }
                            EXPECT_EQ(log.Root(), sharing::AuditRoot(view).value()) << agency;
                          })
                    .ok());
  }
}

TEST_F(ErasureOnDiskTest, ARestoredStoreAndARebuiltIntakeBringNobodyBack) {
  Open();
  const auto incident = Publish("police", "cad", "CAD-1", Ann());
  ASSERT_TRUE(incident.ok()) << incident.status();
  const std::string person = PersonOf(*incident);
  Close();
  const fs::path before = Copy("before");
  Open();
  ASSERT_TRUE(Erase("police", "CAD-1").ok());
  Advance(absl::Hours(2));
  Close();
  // Intake lost its disk.
  fs::remove_all(layout_.Core("intake").Store());
  Open("intake");
  ASSERT_TRUE(Publish("council", "crm", "CRM-1", Ann()).ok());
  Close();
  std::vector<std::string> plain;
  {
    crypto::FileSlotKeys slots;
    const std::string path = layout_.Core("intake").SlotKeys("subject-keys");
    ASSERT_TRUE(slots.Bind({path, path, 1024}, 0, random_).ok());
    auto store = OpenStore(layout_.Core("intake").Store(), intake::ColumnFamilies());
    const ShardView view(*store, config::CoreShard("fenland", 24));
    EXPECT_FALSE(view.Get(intake::kPersons,
                          KeyBuilder().Text("fenland").Text("police").Text(person).Take()));
  }
  // The police put an old copy of their store back; their keys are kept apart and are the present
  // ones.
  fs::remove_all(layout_.Gateway("police").Store());
  fs::copy(Layout{before.string()}.Gateway("police").Store(), layout_.Gateway("police").Store(),
           fs::copy_options::recursive);
  Open();
  ReadPolice([&](const runtime::View& view) {
    const sharing::Membership none;
    const sharing::vault::VaultView vault(none, view);
    EXPECT_FALSE(vault.Person(person));
    EXPECT_FALSE(vault.Incident(*incident));
    EXPECT_TRUE(vault.Erasure(person));
  });
  EXPECT_FALSE(Publish("police", "cad", "CAD-1", Ann()).ok()) << "the reference is closed again";
}

}  // namespace
}  // namespace waymark::cli
