// A whole partnership on disk for the tests of erasure: what publishes and erases, and what a thief
// of old files can try with the keys that are left.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "cli/partnership/local_partnership.h"
#include "cli/partnership/person_token.h"
#include "cli/partnership/set_up.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/merkle.h"
#include "libs/base/bytes.h"
#include "libs/config/load_pack.h"
#include "libs/config/partnership.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/process/keys.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/endpoint.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/keys.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"
#include "services/intake/adapters/index.h"
#include "services/intake/adapters/keys.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/codec.h"
#include "services/sharing/gateway_part.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/vault/adapters/erase.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/incident.pb.h"
#include "waymark/gateway/v1/person.pb.h"

namespace waymark::cli {

namespace fs = std::filesystem;
using process::ReadSealingKey;
using process::ReadSecret;
using rpc::Principal;

constexpr char kPublish[] = "/waymark.gateway.v1.IncidentService/PublishIncident";

// One shard of a store as a decider sees it.
class ShardView : public runtime::View {
 public:
  ShardView(const store::Store& store, const std::string& shard)
      : store_(store), prefix_(runtime::DomainPrefix(shard)) {}
  std::optional<std::string> Get(std::string_view family, std::string_view key) const override {
    return store_.Get(family, prefix_ + std::string(key)).value();
  }
  void Scan(std::string_view family, std::string_view from, std::string_view to,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::string end = to.empty() ? AfterPrefix(prefix_) : prefix_ + std::string(to);
    ASSERT_TRUE(store_
                    .Scan(family, prefix_ + std::string(from), end,
                          [&](std::string_view key, std::string_view value) {
                            return visit(key.substr(prefix_.size()), value);
                          })
                    .ok());
  }

 private:
  const store::Store& store_;
  const std::string prefix_;
};

std::string BytesOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class ErasureOnDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpOptions options;
    options.source_folder = ".";
    options.first_port = 27900;
    ASSERT_TRUE(SetUpPartnership(layout_, options, real_.Now(), random_).ok());
  }

  void Open(const std::string& rebuild = "") {
    auto opened = LocalPartnership::Open({layout_, clock_, real_, false, rebuild});
    ASSERT_TRUE(opened.ok()) << opened.status();
    partnership_ = *std::move(opened);
    ASSERT_TRUE(partnership_->StepUntilIdle().ok());
  }
  void Close() { partnership_.reset(); }
  void Advance(absl::Duration by) {
    clock_.Advance(by);
    partnership_->Tick();
    ASSERT_TRUE(partnership_->StepUntilIdle().ok());
  }

  template <class Resp, class Req>
  absl::StatusOr<Resp> Call(const std::string& agency, const std::string& system,
                            const std::string& method, const Req& request,
                            const std::string& role = "") {
    Part& gateway = *partnership_->FindPart(agency);
    gateway.endpoint()->SetAllServing(true);
    auto channel = rpc::LocalChannel::Create(
        gateway.endpoint(),
        Principal::System(partnership_->directory().trust_domain, agency, system), real_);
    rpc::CallOptions options;
    if (!role.empty()) {
      options.bearer_token =
          IssuePersonToken(layout_, agency, "p.lead", role, absl::Minutes(5), real_.Now(), random_)
              .value();
    }
    auto answer = std::make_shared<absl::StatusOr<Resp>>(absl::UnavailableError("no answer"));
    rpc::CallAsync<Resp>(*channel, method, request, options,
                         [answer](absl::StatusOr<Resp> came) { *answer = std::move(came); });
    EXPECT_TRUE(partnership_->StepUntilIdle().ok());
    return *answer;
  }

  gateway::v1::Identity Ann() {
    gateway::v1::Identity ann;
    ann.set_given_name("Annalise");
    ann.set_family_name("Canaryson");
    ann.set_date_of_birth("1961-04-30");
    ann.set_telephone("0113 496 0001");
    ann.set_email("annalise@canary.example.org");
    ann.mutable_address()->set_house("12a");
    ann.mutable_address()->set_street("Canary Lane");
    ann.mutable_address()->set_postcode("PE13 1AA");
    ann.mutable_address()->set_uprn("100090000001");
    return ann;
  }
  absl::StatusOr<std::string> Publish(const std::string& agency, const std::string& system,
                                      const std::string& reference,
                                      const gateway::v1::Identity& who) {
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership("fenland");
    gateway::v1::Incident& incident = *request.mutable_incident();
    incident.set_source_reference(reference);
    *incident.mutable_occurred_at() = sharing::ToProto(clock_.Now() - absl::Minutes(20));
    *incident.mutable_reported_at() = sharing::ToProto(clock_.Now() - absl::Minutes(10));
    incident.set_category(common::v1::CATEGORY_PERSONAL);
    incident.set_type("noise");
    incident.set_channel("call_101");
    gateway::v1::Party& party = *incident.add_parties();
    party.add_roles(common::v1::ROLE_VICTIM);
    *party.mutable_identity() = who;
    incident.set_summary("Canaryneighbour shouts through the wall every night");
    incident.set_action_taken("advice");
    const auto taken =
        Call<gateway::v1::PublishIncidentResponse>(agency, system, kPublish, request);
    if (!taken.ok()) return taken.status();
    return taken->receipt().incident_id();
  }
  absl::StatusOr<gateway::v1::ErasePersonResponse> Erase(const std::string& agency,
                                                         const std::string& reference) {
    gateway::v1::ErasePersonRequest request;
    request.set_partnership("fenland");
    request.set_source_reference(reference);
    request.set_ground("objection");
    return Call<gateway::v1::ErasePersonResponse>(agency, agency == "police" ? "cad" : "crm",
                                                  std::string(sharing::vault::kErasePerson),
                                                  request, "data_protection_lead");
  }

  void ReadPolice(const std::function<void(const runtime::View&)>& read) {
    ASSERT_TRUE(partnership_->FindPart("police")->runtime().Read("fenland/police", read).ok());
  }
  std::string PersonOf(const std::string& incident) {
    std::string person;
    ReadPolice([&](const runtime::View& view) {
      const sharing::Membership none;
      person = sharing::vault::VaultView(none, view).Incident(incident)->parties(0).person_id();
    });
    return person;
  }
  uint64_t SlotOf(const std::string& person) {
    uint64_t slot = 0;
    ReadPolice([&](const runtime::View& view) {
      const sharing::Membership none;
      slot = sharing::vault::VaultView(none, view).Person(person)->key_slot();
    });
    return slot;
  }

  fs::path Copy(const std::string& name) {
    const fs::path to = fs::path(folder_.path()) / name;
    fs::copy(layout_.root, to, fs::copy_options::recursive);
    return to;
  }

  // The membership of the police with the keys that lie in `keys`.
  sharing::Membership Police(const Layout& keys, crypto::FileSlotKeys& slots) {
    const auto directory = config::LoadPartnership(layout_.PartnershipFile()).value();
    const auto member =
        std::find_if(directory.members.begin(), directory.members.end(),
                     [](const config::Member& one) { return one.agency == "police"; });
    sharing::Membership membership =
        sharing::ReadMembership(keys.Gateway("police").Place(), directory, *member, random_)
            .value();
    const std::string path = keys.Gateway("police").SlotKeys("person-keys");
    EXPECT_TRUE(slots.Bind({path, path, 1024}, 0, random_).ok());
    membership.person_keys = std::shared_ptr<crypto::SlotKeys>(&slots, [](crypto::SlotKeys*) {});
    return membership;
  }

  static std::unique_ptr<store::Store> OpenStore(const std::string& path,
                                                 std::vector<std::string> families) {
    for (std::string& family : runtime::RuntimeColumnFamilies()) {
      families.push_back(std::move(family));
    }
    auto store = store::OpenRocksStore(path, families);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  std::vector<std::string> GatewayFamilies() {
    sharing::Memberships none;
    std::map<std::string, sharing::CoreChannels> core;
    sharing::PeerChannels peers;
    sharing::AlertStreams streams;
    return sharing::MakeGateway({none, core, peers, streams})->DomainColumnFamilies();
  }

  // What one can do with old rows of the police's store and some keys.
  struct Attack {
    bool identity = false, address = false, tokens = false, words = false;
    int leaves = 0;          // about the person, that open
    int found_by_token = 0;  // index rows that any key leads to
  };
  Attack AttackPolice(const fs::path& rows, const Layout& keys, const std::string& person,
                      const std::string& incident, const std::vector<std::string>& local_tokens) {
    const fs::path copy = fs::path(folder_.path()) / ("attack-" + std::to_string(++attacks_));
    fs::copy(rows, copy, fs::copy_options::recursive);
    auto store = OpenStore(Layout{copy.string()}.Gateway("police").Store(), GatewayFamilies());
    const ShardView view(*store, "fenland/police");
    crypto::FileSlotKeys slots;
    const sharing::Membership police = Police(keys, slots);
    const sharing::vault::VaultView vault(police, view);
    Attack attack;
    attack.identity = vault.OpenIdentity(person).ok();
    attack.address = vault.OpenAddress(person).ok();
    attack.tokens = vault.OpenTokens(person).ok();
    attack.words = vault.OpenIncident(incident).ok();
    for (uint64_t i = 0; i < sharing::AuditSize(view); ++i) {
      const auto leaf = sharing::OpenLeaf(police, view, i);
      if (!leaf) continue;
      const auto& about = leaf->entry.about();
      attack.leaves += std::find(about.begin(), about.end(), person) != about.end() ? 1 : 0;
    }
    attack.found_by_token = FoundByAnyKey(view, slots, sharing::vault::kTokens, "", local_tokens);
    return attack;
  }
  static int FoundByAnyKey(const runtime::View& view, crypto::FileSlotKeys& slots,
                           std::string_view family, const std::string& prefix,
                           const std::vector<std::string>& tokens) {
    int found = 0;
    for (uint64_t slot = 0; slot < slots.file()->slot_count(); ++slot) {
      auto index = keyed_index::KeyedIndex::Load(slots, family, prefix,
                                                 keyed_index::Generations{slot, std::nullopt});
      EXPECT_TRUE(index.ok()) << index.status();
      for (const std::string& token : tokens) {
        found += static_cast<int>(index->Find(view, token).size());
      }
    }
    return found;
  }

  // What the police and intake derive from who she is, under keys that live on.
  std::vector<std::string> LocalTokens(const sharing::Membership& police) {
    std::vector<std::string> tokens;
    for (const auto& token : sharing::vault::Tokeniser(police).Local(Inputs())) {
      tokens.push_back(token.key);
    }
    return tokens;
  }
  std::vector<std::string> BlindTokens(const sharing::Membership& police) {
    std::vector<std::string> tokens;
    for (const auto& token : sharing::vault::Tokeniser(police).Blind(Inputs())) {
      tokens.push_back(token.value());
    }
    return tokens;
  }
  // Of the persons' index: F(kind) F(keyed).
  std::vector<std::string> KeyedTokens(const sharing::Membership& police,
                                       std::vector<std::string>* plain) {
    const std::string token_key = ReadSecret(layout_.Core("intake").Key(kTokenKey)).value();
    crypto::HmacSha256 mac(crypto::DeriveKey(token_key, "waymark-intake-index-v1"));
    std::vector<std::string> tokens;
    for (const auto& blind : sharing::vault::Tokeniser(police).Blind(Inputs())) {
      const std::string keyed =
          mac.Mac(LengthPrefixed({blind.kind(), BigEndian64(blind.key_version()), blind.value()}));
      plain->push_back(keyed);
      tokens.push_back(KeyBuilder().Text(blind.kind()).Text(keyed).Take());
    }
    return tokens;
  }
  std::vector<identifiers::TokenInput> Inputs() {
    return sharing::door::IdentifierLibrary(absl::CivilDay(2026, 3, 1)).Tokens(Ann());
  }

  // How many of intake's rows of old some key opens, and how many lead to somebody by her tokens.
  struct IntakeAttack {
    int sealed_open = 0;
    int found_by_token = 0;
  };
  IntakeAttack AttackIntake(const fs::path& rows, const Layout& keys, const std::string& agency,
                            const std::string& person, const std::vector<std::string>& tokens) {
    const fs::path copy = fs::path(folder_.path()) / ("attack-" + std::to_string(++attacks_));
    fs::copy(rows, copy, fs::copy_options::recursive);
    auto store = OpenStore(Layout{copy.string()}.Core("intake").Store(), intake::ColumnFamilies());
    const ShardView view(*store, config::CoreShard("fenland", 24));
    crypto::FileSlotKeys slots;
    const std::string path = keys.Core("intake").SlotKeys("subject-keys");
    EXPECT_TRUE(slots.Bind({path, path, 1024}, 0, random_).ok());
    // The first sealing key is gone after an erasure; it opens sheets, not what is kept.
    const auto sealing = ReadSealingKey(keys.Core("intake").Key(kSealingKey));
    const intake::TokenDesk desk(
        {sealing.ok() ? *sealing : crypto::HpkePrivateKey::Generate(random_),
         ReadSecret(keys.Core("intake").Key(kTokenKey)).value(), slots, random_});
    IntakeAttack attack;
    const auto row =
        view.Get(intake::kPersons, KeyBuilder().Text("fenland").Text(agency).Text(person).Take());
    intake::v1::KeptPerson kept;
    EXPECT_TRUE(row && kept.ParseFromString(*row)) << "the old rows hold her";
    const auto unsealed =
        desk.Unseal(kept.sealed_tokens(), "fenland", {agency, person}, kept.key_slot());
    attack.sealed_open = unsealed.ok() ? static_cast<int>(unsealed->size()) : 0;
    attack.found_by_token =
        FoundByAnyKey(view, slots, intake::kTokens, KeyBuilder().Text("fenland").Take(), tokens);
    return attack;
  }

  // How many token sheets on the police's out topic some key of intake opens.
  int SheetsThatOpen(const fs::path& rows, const Layout& keys) {
    std::vector<crypto::HpkePrivateKey> all;
    const auto first = ReadSealingKey(keys.Core("intake").Key(kSealingKey));
    if (first.ok()) all.push_back(*first);
    crypto::FileSlotKeys slots;
    const std::string path = keys.Core("intake").SlotKeys("subject-keys");
    EXPECT_TRUE(slots.Bind({path, path, 1024}, 0, random_).ok());
    for (uint64_t slot = 0; slot < slots.file()->slot_count(); ++slot) {
      const auto key = slots.Key(slot);
      if (!key.ok()) continue;
      all.push_back(
          crypto::HpkePrivateKey::FromBytes(crypto::DeriveKey(*key, "waymark-intake-sealing-v1"))
              .value());
    }
    const fs::path copy = fs::path(folder_.path()) / ("attack-" + std::to_string(++attacks_));
    fs::copy(rows, copy, fs::copy_options::recursive);
    auto store =
        store::OpenRocksStore(Layout{copy.string()}.Log(), eventlog::EmbeddedLog::ColumnFamilies());
    EXPECT_TRUE(store.ok()) << store.status();
    const auto log = eventlog::EmbeddedLog::Open(store->get(), &clock_).value();
    const auto reader =
        log->OpenReader({{{config::MemberOutTopic("fenland", "police"), 0}, 0}}).value();
    int open = 0;
    const std::vector<eventlog::Fetched> all_records = reader->Poll(10'000).value();
    for (const eventlog::Fetched& fetched : all_records) {
      gateway::v1::IncidentReported reported;
      const auto event = runtime::FromRecord(fetched.record);
      if (!event.ok() || event->type != "waymark.gateway.v1.IncidentReported") continue;
      EXPECT_TRUE(reported.ParseFromString(event->payload));
      for (const crypto::HpkePrivateKey& key : all) {
        open += runtime_rpc::OpenTokens(reported.tokens(), "fenland", "police", key).ok() ? 1 : 0;
      }
    }
    return open;
  }

  // Every file below `root`, and every row of every store there, must not hold any of `secrets`.
  void ExpectNowhere(const fs::path& root, const std::vector<std::string>& secrets) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      const std::string bytes = BytesOf(entry.path());
      for (const std::string& secret : secrets) {
        EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path();
      }
    }
  }

  ManualClock clock_{absl::FromUnixSeconds(1'772'000'000)};
  SystemClock real_;
  SystemRandom random_;
  store::TemporaryDirectory folder_;
  Layout layout_{folder_.path() + "/data"};
  int attacks_ = 0;
  std::unique_ptr<LocalPartnership> partnership_;
};

}  // namespace waymark::cli
