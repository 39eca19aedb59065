// Intake over the runtime: signed sheets in, linked incidents out, and back from its own journal.

#include "services/intake/app/intake_app.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/bytes.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "libs/eventlog/memory_log.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "libs/store/memory_store.h"
#include "libs/testing/publisher.h"
#include "libs/testing/runtime_harness.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/keys.h"
#include "waymark/common/v1/caller.pb.h"
#include "waymark/gateway/v1/sealing_key.pb.h"
#include "waymark/intake/v1/intake.pb.h"
#include "waymark/intake/v1/sealing_key.pb.h"

namespace waymark::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kPartnership[] = "fenland";

class IntakeAppTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = config::LoadPack("fenland", "packs");
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    pack_ = *std::move(loaded);
    for (const auto& [topic, partitions] : Topics()) {
      ASSERT_TRUE(log_.EnsureTopic(topic, partitions).ok());
    }
    runtime_ = MakeRuntime(store_);
    ASSERT_TRUE(runtime_->Open().ok());
    harness_.Add(*runtime_);
    for (const char* agency : {"police", "council", "housing", "fire"}) {
      members_[agency] = std::make_unique<testing::Publisher>(
          config::GatewaySource(agency), config::MembershipShard(kPartnership, agency), Topics(),
          log_, clock_, harness_);
    }
  }

  static std::map<std::string, int> Topics() {
    std::map<std::string, int> topics = {{std::string(config::kIntakeTopic), 24}};
    for (const char* agency : {"police", "council", "housing", "fire"}) {
      topics[config::MemberOutTopic(kPartnership, agency)] = 1;
    }
    return topics;
  }

  std::unique_ptr<runtime::Runtime> MakeRuntime(store::Store& store) {
    app_ =
        std::make_unique<IntakeApp>(IntakeConfig{{{kPartnership, pack_}}, 24},
                                    IntakeKeys{key_, std::string(32, 'k'), subject_keys_, random_});
    runtime::RuntimeConfig config;
    config.source = "intake";
    runtime::ShardConfig shard{config::CoreShard(kPartnership, 24), {}, std::nullopt};
    for (const auto& [topic, partitions] : Topics()) {
      config.core_topics.insert(topic);
      if (topic != config::kIntakeTopic) shard.inputs.push_back({topic, 0});
    }
    shard.journal = Journal();
    config.shards = {shard};
    config.topics = Topics();
    return std::make_unique<runtime::Runtime>(
        config,
        runtime::RuntimeDeps{store, log_, *app_, effects_, runtime::RefusingSigner(),
                             runtime::RefusingVerifier(), repair_, clock_, alarms_, nullptr});
  }

  static eventlog::TopicPartition Journal() {
    return {std::string(config::kIntakeTopic), config::CorePartition(kPartnership, 24)};
  }

  static std::vector<std::string> Families() {
    std::vector<std::string> all = ColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) all.push_back(std::move(family));
    return all;
  }

  // Identifiers stand for themselves: the gateway's HMAC is not under test here.
  static gateway::v1::BlindToken Blind(const std::string& kind, const std::string& what) {
    gateway::v1::BlindToken token;
    token.set_kind(kind);
    token.set_key_version(1);
    std::string value = what;
    value.resize(32, '.');
    token.set_value(value);
    return token;
  }

  gateway::v1::IncidentReported Report(const std::string& agency, const std::string& incident,
                                       const std::string& person, const std::string& name,
                                       const std::string& uprn = "") {
    gateway::v1::IncidentReported report;
    report.set_partnership(kPartnership);
    report.set_incident_id(incident);
    report.set_type("noise");
    report.mutable_area()->set_lsoa("E01018043");
    gateway::v1::ReportedParty& party = *report.add_parties();
    party.set_person_id(person);
    party.add_roles(common::v1::ROLE_VICTIM);
    gateway::v1::TokenSheet sheet;
    gateway::v1::PartyTokens& tokens = *sheet.add_parties();
    tokens.set_person_id(person);
    *tokens.add_tokens() = Blind("name_dob", name);
    *tokens.add_tokens() = Blind("telephone", name + "'s");
    if (!uprn.empty()) *sheet.add_location() = Blind("uprn", uprn);
    *report.mutable_tokens() =
        runtime_rpc::SealTokens(sheet, kPartnership, agency, public_key_, random_).value();
    return report;
  }

  template <class Message>
  void Send(const std::string& agency, const Message& message) {
    ASSERT_TRUE(members_.at(agency)
                    ->Publish({config::MemberOutTopic(kPartnership, agency), 0}, message)
                    .ok());
    ASSERT_TRUE(harness_.RunUntilIdle().ok());
  }

  std::vector<intake::v1::IncidentLinked> Linked() {
    std::vector<intake::v1::IncidentLinked> all;
    for (const eventlog::Record& record : log_.Records(Journal())) {
      for (const eventlog::Header& header : record.headers) {
        if (header.name != "ce_type" || header.value != "waymark.intake.v1.IncidentLinked")
          continue;
        EXPECT_TRUE(all.emplace_back().ParseFromString(record.value));
      }
    }
    return all;
  }

  void Erase(const std::string& agency, const std::string& person) {
    gateway::v1::PersonErased erased;
    erased.set_partnership(kPartnership);
    erased.set_person_id(person);
    Send(agency, erased);
  }
  intake::v1::CurrentKeyResponse CurrentKey() {
    runtime::Command ask;
    intake::v1::CurrentKeyRequest request;
    request.set_partnership(kPartnership);
    common::v1::CommandEnvelope envelope;
    envelope.set_partnership(kPartnership);
    envelope.set_request(request.SerializeAsString());
    ask.principal = "gateway/police";
    ask.method = "/waymark.intake.v1.SealingKeyService/CurrentKey";
    ask.payload = envelope.SerializeAsString();
    const auto reply = harness_.Call(*runtime_, config::CoreShard(kPartnership, 24), ask);
    intake::v1::CurrentKeyResponse response;
    EXPECT_TRUE(reply.ok() && response.ParseFromString(*reply)) << reply.status();
    return response;
  }
  void Adopt(const std::string& agency, const std::string& public_key) {
    gateway::v1::SealingKeyAdopted adopted;
    adopted.set_partnership(kPartnership);
    adopted.set_public_key(public_key);
    Send(agency, adopted);
  }
  std::vector<intake::v1::PersonForgotten> Forgotten() {
    std::vector<intake::v1::PersonForgotten> all;
    for (const eventlog::Record& record : log_.Records(Journal())) {
      for (const eventlog::Header& header : record.headers) {
        if (header.name == "ce_type" && header.value == "waymark.intake.v1.PersonForgotten") {
          EXPECT_TRUE(all.emplace_back().ParseFromString(record.value));
        }
      }
    }
    return all;
  }
  std::string LastSubject() { return Linked().back().parties(0).subject_id(); }
  std::string EverythingStored() {
    std::string all;
    for (const std::string& family : Families()) {
      EXPECT_TRUE(store_
                      .Scan(family, "", "",
                            [&](std::string_view key, std::string_view value) {
                              all.append(key).append(" ").append(value).append(" ");
                              return true;
                            })
                      .ok());
    }
    for (const eventlog::Record& record : log_.Records(Journal())) all.append(record.value);
    return all;
  }

  static std::vector<std::string> Interests(const intake::v1::IncidentLinked& incident) {
    std::vector<std::string> all;
    for (const intake::v1::Interest& interest : incident.interests()) {
      all.push_back(interest.agency() + ":" + interest.reason());
    }
    return all;
  }

  ManualClock clock_{ParseRfc3339("2026-03-01T09:00:00Z").value()};
  SeededRandom random_{1};
  crypto::HpkePrivateKey key_ = crypto::HpkePrivateKey::Generate(random_);
  std::string public_key_ = key_.public_key();
  crypto::MemorySlotKeys subject_keys_{random_};
  std::shared_ptr<const pack::Pack> pack_;
  eventlog::MemoryLog log_;
  store::MemoryStore store_{Families()};
  telemetry::AlarmList alarms_{clock_};
  int directory_key_destroyed_ = 0;
  KeyEffects effects_{subject_keys_, [this] {
                        ++directory_key_destroyed_;
                        return absl::OkStatus();
                      }};
  testing::DirectLaneRepair repair_;
  testing::RuntimeHarness harness_{clock_};
  std::unique_ptr<IntakeApp> app_;
  std::unique_ptr<runtime::Runtime> runtime_;
  std::map<std::string, std::unique_ptr<testing::Publisher>> members_;
};

TEST_F(IntakeAppTest, LinksOnePersonAcrossAgenciesAndSaysWhoHasAnInterest) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Send("council", Report("council", "i2", "c1", "ann"));
  Send("council", Report("council", "i3", "c2", "bob"));
  const auto linked = Linked();
  ASSERT_THAT(linked, SizeIs(3));
  EXPECT_EQ(linked[0].parties(0).subject_id(), linked[1].parties(0).subject_id());
  EXPECT_NE(linked[0].parties(0).subject_id(), linked[2].parties(0).subject_id());
  EXPECT_THAT(Interests(linked[0]), ElementsAre("police:reporter"));
  EXPECT_THAT(Interests(linked[1]), ElementsAre("council:reporter", "police:holds_record"));
}

TEST_F(IntakeAppTest, TheSameRevisionTwiceIsOneIncident) {
  const auto report = Report("police", "i1", "p1", "ann");
  Send("police", report);
  Send("police", report);
  EXPECT_THAT(Linked(), SizeIs(1));
  auto amended = report;
  amended.set_revision(1);
  Send("police", amended);
  EXPECT_THAT(Linked(), SizeIs(2));
}

TEST_F(IntakeAppTest, ALandlordAndAWardGiveAnInterest) {
  gateway::v1::StockRegistered stock;
  stock.set_partnership(kPartnership);
  gateway::v1::TokenSheet sheet;
  *sheet.add_location() = Blind("uprn", "100000000001");
  *stock.mutable_uprns() =
      runtime_rpc::SealTokens(sheet, kPartnership, "housing", key_.public_key(), random_).value();
  Send("housing", stock);
  gateway::v1::StockRegistered wards;
  wards.set_partnership(kPartnership);
  wards.add_lsoas("E01018043");
  Send("council", wards);
  Send("police", Report("police", "i1", "p1", "ann", "100000000001"));
  EXPECT_THAT(Interests(Linked().back()),
              ElementsAre("council:ward", "housing:stock", "police:reporter"));
  EXPECT_THAT(Linked().back().location_id(), SizeIs(32));
}

TEST_F(IntakeAppTest, ASheetSealedForAnotherAgencyIsParkedAndTheLaneGoesOn) {
  auto stolen = Report("council", "i1", "p1", "ann");
  Send("police", stolen);
  EXPECT_THAT(Linked(), SizeIs(0));
  const auto parked = runtime_->DeadLetters(config::CoreShard(kPartnership, 24));
  ASSERT_TRUE(parked.ok());
  EXPECT_THAT(*parked, SizeIs(1));
  Send("police", Report("police", "i2", "p1", "ann"));
  EXPECT_THAT(Linked(), SizeIs(1));
}

TEST_F(IntakeAppTest, TokensAreInTheJournalOnlySealed) {
  Send("police", Report("police", "i1", "p1", "ann"));
  for (const eventlog::Record& record : log_.Records(Journal())) {
    EXPECT_EQ(record.value.find("ann...."), std::string::npos);
  }
}

TEST_F(IntakeAppTest, ARebuildFromTheJournalIsTheSameState) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Send("council", Report("council", "i2", "c1", "ann"));
  const std::string shard = config::CoreShard(kPartnership, 24);
  const auto before = runtime_->Digest(shard);
  ASSERT_TRUE(before.ok());
  harness_.Remove(*runtime_);
  runtime_.reset();
  store::MemoryStore empty(Families());
  auto rebuilt = MakeRuntime(empty);
  ASSERT_TRUE(rebuilt->Rebuild().ok());
  EXPECT_EQ(rebuilt->Digest(shard).value(), *before);
}

TEST_F(IntakeAppTest, AnErasedPersonsTokensDoNotComeBackInARebuild) {
  Send("police", Report("police", "i1", "p1", "ann"));
  ASSERT_TRUE(subject_keys_.Erase(Linked().front().parties(0).key_slot()).ok());
  harness_.Remove(*runtime_);
  runtime_.reset();
  store::MemoryStore empty(Families());
  runtime_ = MakeRuntime(empty);
  ASSERT_TRUE(runtime_->Rebuild().ok());
  harness_.Add(*runtime_);
  Send("council", Report("council", "i2", "c1", "ann"));
  const auto linked = Linked();
  EXPECT_NE(linked.front().parties(0).subject_id(), linked.back().parties(0).subject_id());
  harness_.Remove(*runtime_);
  runtime_.reset();
}

TEST_F(IntakeAppTest, WhatOneMemberErasesAnotherStillKnows) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Send("council", Report("council", "i2", "c1", "ann"));
  const std::string ann = LastSubject();
  Erase("police", "p1");
  ASSERT_THAT(Forgotten(), SizeIs(1));
  EXPECT_EQ(Forgotten()[0].subject_id(), ann);
  EXPECT_FALSE(Forgotten()[0].last());
  EXPECT_TRUE(absl::IsNotFound(subject_keys_.Key(Forgotten()[0].key_slot()).status()));
  Send("housing", Report("housing", "i3", "h1", "ann"));
  EXPECT_EQ(LastSubject(), ann) << "by what the council brought";
  EXPECT_THAT(Interests(Linked().back()), ElementsAre("council:holds_record", "housing:reporter"));
  Erase("council", "c1");
  Erase("housing", "h1");
  EXPECT_TRUE(Forgotten().back().last());
  Send("police", Report("police", "i4", "p2", "ann"));
  EXPECT_NE(LastSubject(), ann);
}

TEST_F(IntakeAppTest, ForgettingTwiceOrANobodyChangesNothing) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Erase("council", "p1");
  Erase("police", "p9");
  EXPECT_THAT(Forgotten(), SizeIs(0));
  Erase("police", "p1");
  Erase("police", "p1");
  EXPECT_THAT(Forgotten(), SizeIs(1));
}

TEST_F(IntakeAppTest, TheIndexIsPutUnderANewKeyWithinTheDayAndStillFinds) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Send("council", Report("council", "i2", "c1", "bob"));
  const std::string bob = LastSubject();
  const uint64_t index_slot = Linked().front().index_slot();
  Erase("police", "p1");
  ASSERT_TRUE(harness_.RunFor(absl::Hours(2)).ok());
  EXPECT_TRUE(absl::IsNotFound(subject_keys_.Key(index_slot).status()));
  EXPECT_EQ(subject_keys_.rewrites(), 1);
  Send("housing", Report("housing", "i3", "h1", "bob"));
  EXPECT_EQ(LastSubject(), bob);
}

TEST_F(IntakeAppTest, NoTokenIsStoredInAFormThatIntakesOwnKeyGives) {
  Send("police", Report("police", "i1", "p1", "ann"));
  std::string blind = "ann";
  blind.resize(32, '.');
  const std::string keyed =
      crypto::HmacSha256(crypto::DeriveKey(std::string(32, 'k'), "waymark-intake-index-v1"))
          .Mac(LengthPrefixed({"name_dob", BigEndian64(1), blind}));
  EXPECT_EQ(EverythingStored().find(keyed), std::string::npos);
  EXPECT_EQ(EverythingStored().find(blind), std::string::npos);
}

TEST_F(IntakeAppTest, ARebuildAfterAnErasureIsTheSameStateAndBringsNobodyBack) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Send("council", Report("council", "i2", "c1", "bob"));
  const std::string bob = LastSubject();
  const std::string ann = Linked().front().parties(0).subject_id();
  Erase("police", "p1");
  ASSERT_TRUE(harness_.RunFor(absl::Hours(2)).ok());
  Send("council", Report("council", "i5", "c1", "bob"));
  const std::string shard = config::CoreShard(kPartnership, 24);
  const auto before = runtime_->Digest(shard);
  ASSERT_TRUE(before.ok());
  harness_.Remove(*runtime_);
  runtime_.reset();
  store::MemoryStore empty(Families());
  runtime_ = MakeRuntime(empty);
  ASSERT_TRUE(runtime_->Rebuild().ok());
  EXPECT_EQ(runtime_->Digest(shard).value(), *before);
  harness_.Add(*runtime_);
  Send("housing", Report("housing", "i3", "h1", "ann"));
  EXPECT_NE(LastSubject(), ann);
  Send("housing", Report("housing", "i4", "h2", "bob"));
  EXPECT_EQ(LastSubject(), bob);
  harness_.Remove(*runtime_);
  runtime_.reset();
}

TEST_F(IntakeAppTest, AMergeAndASplitKeepWhatFindsEachPerson) {
  Send("police", Report("police", "i1", "p1", "ann"));
  const std::string ann = LastSubject();
  Send("council", Report("council", "i2", "c1", "anne"));
  const std::string anne = LastSubject();
  runtime::Command merge;
  intake::v1::MergeSubjectsRequest request;
  request.set_partnership(kPartnership);
  request.set_kept_subject_id(ann);
  request.set_merged_subject_id(anne);
  common::v1::CommandEnvelope envelope;
  envelope.set_partnership(kPartnership);
  envelope.set_request(request.SerializeAsString());
  merge.principal = "gateway/council";
  merge.method = "/waymark.intake.v1.IntakeService/MergeSubjects";
  merge.payload = envelope.SerializeAsString();
  ASSERT_TRUE(harness_.Call(*runtime_, config::CoreShard(kPartnership, 24), merge).ok());
  Send("housing", Report("housing", "i3", "h1", "anne"));
  EXPECT_EQ(LastSubject(), ann);
  Erase("council", "c1");
  EXPECT_EQ(Forgotten().back().subject_id(), ann);
}

TEST_F(IntakeAppTest, OldSealingKeysGoOnceEveryMemberSealsToANewerOne) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Erase("police", "p1");
  ASSERT_TRUE(harness_.RunFor(absl::Hours(2)).ok());
  const intake::v1::CurrentKeyResponse current = CurrentKey();
  ASSERT_EQ(current.public_key().size(), 32u);
  // Until the last one has it, sheets sealed to the old key open.
  std::vector<std::string> members;
  for (const pack::Agency& agency : pack_->agencies) members.push_back(agency.id);
  ASSERT_THAT(members, SizeIs(::testing::Ge(3)));
  for (const std::string& agency : members) {
    EXPECT_EQ(directory_key_destroyed_, 0);
    Adopt(agency, current.public_key());
  }
  EXPECT_EQ(directory_key_destroyed_, 1);
  Send("council", Report("council", "i2", "c1", "bob"));
  EXPECT_THAT(Linked(), SizeIs(1)) << "sealed to a destroyed key: parked";
  public_key_ = current.public_key();
  Send("council", Report("council", "i3", "c1", "bob"));
  EXPECT_THAT(Linked(), SizeIs(2));
}

TEST_F(IntakeAppTest, WhatWasRecordedAsErasedIsErasedAtStart) {
  Send("police", Report("police", "i1", "p1", "ann"));
  Erase("police", "p1");
  crypto::MemorySlotKeys old(random_);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(old.Take().ok());
  ASSERT_TRUE(FinishErasures(*runtime_, config::CoreShard(kPartnership, 24), old).ok());
  EXPECT_EQ(old.ErasedSlots(), subject_keys_.ErasedSlots());
}

}  // namespace
}  // namespace waymark::intake
