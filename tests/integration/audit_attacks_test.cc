// Attacks on the audit log of one gateway, on a whole partnership as it runs: somebody who can
// write its store stops it, changes the store, and starts it again. Each attack must be found and
// named, by the gateway itself or by its partners; without an attack nothing may be found.
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/person_token.h"
#include "cli/partnership/set_up.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/merkle.h"
#include "libs/base/bytes.h"
#include "libs/crypto/hash.h"
#include "libs/rpc/channel.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/testing/gateway_world.h"
#include "waymark/gateway/v1/checkpoint.pb.h"
#include "waymark/gateway/v1/incident.pb.h"
#include "waymark/gateway/v1/journal.pb.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

// Within which every checkpoint is published and cosigned.
constexpr absl::Duration kRound = absl::Minutes(12);
constexpr char kEntries[] = "gateway.audit.entries";
constexpr char kNodes[] = "gateway.audit.nodes";
constexpr char kHead[] = "gateway.audit.head";

// The store of the police's gateway while nothing runs.
class PoliceStore {
 public:
  explicit PoliceStore(const Layout& layout) {
    const sharing::Memberships memberships;
    const std::map<std::string, sharing::CoreChannels> core;
    const sharing::PeerChannels peers;
    sharing::AlertStreams streams;
    std::vector<std::string> families =
        sharing::MakeGateway({memberships, core, peers, streams})->DomainColumnFamilies();
    for (std::string& family : runtime::RuntimeColumnFamilies()) {
      families.push_back(std::move(family));
    }
    store_ = store::OpenRocksStore(layout.Gateway("police").Store(), families).value();
  }
  std::string Get(const std::string& family, const std::string& key) const {
    return store_->Get(family, Key(key)).value().value_or("");
  }
  void Put(const std::string& family, const std::string& key, const std::string& value) {
    store::WriteBatch batch;
    batch.Put(family, Key(key), value);
    ASSERT_TRUE(store_->Commit(batch).ok());
  }
  void Delete(const std::string& family, const std::string& key) {
    store::WriteBatch batch;
    batch.Delete(family, Key(key));
    ASSERT_TRUE(store_->Commit(batch).ok());
  }
  uint64_t size() const { return KeyReader(Get(kHead, "size")).Number().value(); }
  void SetSize(uint64_t size) { Put(kHead, "size", BigEndian64(size)); }
  static std::string NodeKey(audit::NodeId id) {
    return KeyBuilder().Number(id.level).Number(id.index).Take();
  }
  // The tree as its stored commitments say.
  void RebuildTree() {
    audit::MerkleLog log;
    for (uint64_t i = 0; i < size(); ++i) {
      gateway::v1::StoredLeaf leaf;
      ASSERT_TRUE(leaf.ParseFromString(Get(kEntries, BigEndian64(i))));
      for (const audit::Node& node : log.Append(audit::LeafHash(leaf.commitment()))) {
        Put(kNodes, NodeKey(node.id), node.hash);
      }
    }
  }

 private:
  static std::string Key(const std::string& key) {
    return KeyBuilder().Text("fenland/police").Take() + key;
  }
  std::unique_ptr<store::Store> store_;
};

struct Attack {
  std::string name;
  std::function<void(const Layout&, const std::string& old_copy)> change;
  // "code by finder", all about the police.
  std::vector<std::string> found;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

void EditLeaf(const Layout& layout, const std::string&) {
  PoliceStore store(layout);
  std::string leaf = store.Get(kEntries, BigEndian64(1));
  leaf[leaf.size() - 3] ^= 1;
  store.Put(kEntries, BigEndian64(1), leaf);
}

void RemoveLeaf(const Layout& layout, const std::string&) {
  PoliceStore(layout).Delete(kEntries, BigEndian64(1));
}

void EditNode(const Layout& layout, const std::string&) {
  PoliceStore(layout).Put(kNodes, PoliceStore::NodeKey({0, 1}), std::string(32, 'x'));
}

// By somebody who knows the format: another leaf, and every hash above it computed anew.
void RewriteHistory(const Layout& layout, const std::string&) {
  PoliceStore store(layout);
  gateway::v1::LeafOpening opening;
  opening.set_entry(gateway::v1::AuditEntry().SerializeAsString());
  opening.set_salt(std::string(16, 's'));
  gateway::v1::StoredLeaf leaf;
  leaf.set_commitment(
      crypto::Sha256(LengthPrefixed({"waymark-audit-leaf-v1", opening.salt(), opening.entry()})));
  *leaf.mutable_opening() = opening;
  store.Put(kEntries, BigEndian64(1), leaf.SerializeAsString());
  store.RebuildTree();
}

void CutTheEnd(const Layout& layout, const std::string&) {
  PoliceStore store(layout);
  const uint64_t last = store.size() - 1;
  store.Delete(kEntries, BigEndian64(last));
  store.Delete(kNodes, PoliceStore::NodeKey({0, last}));
  store.SetSize(last);
  store.RebuildTree();
}

// The cut, and the gateway's own memory of what it published with it.
void CutTheEndAndForget(const Layout& layout, const std::string& old_copy) {
  CutTheEnd(layout, old_copy);
  PoliceStore(layout).Delete("gateway.audit.own", "published");
}

void PutBackAnOldCopy(const Layout& layout, const std::string& old_copy) {
  fs::remove_all(layout.Gateway("police").Store());
  fs::copy(old_copy, layout.Gateway("police").Store(), fs::copy_options::recursive);
}

const std::vector<Attack>& Attacks() {
  static const auto* attacks = new std::vector<Attack>{
      {"Nothing", [](const Layout&, const std::string&) {}, {}},
      {"EditLeaf", EditLeaf, {"audit_rewritten by police"}},
      {"RemoveLeaf", RemoveLeaf, {"audit_rewritten by police"}},
      {"EditNode", EditNode, {"audit_rewritten by police"}},
      {"RewriteHistory",
       RewriteHistory,
       {"audit_rewritten by police", "audit_rewritten by housing", "audit_rewritten by fire"}},
      {"CutTheEnd", CutTheEnd, {"audit_truncated by police", "audit_rewritten by housing"}},
      {"CutTheEndAndForget",
       CutTheEndAndForget,
       {"audit_rolled_back by police", "audit_rolled_back by housing"}},
      {"PutBackAnOldCopy",
       PutBackAnOldCopy,
       {"audit_rolled_back by police", "audit_rolled_back by housing",
        "audit_rolled_back by council", "audit_rolled_back by fire"}},
  };
  return *attacks;
}

class Running {
 public:
  Running(const Layout& layout, ManualClock& clock) : clock_(clock) {
    auto opened = LocalPartnership::Open({layout, clock, clock, false, ""});
    EXPECT_TRUE(opened.ok()) << opened.status();
    partnership_ = *std::move(opened);
    Step();
  }
  void Step() {
    const absl::Status stepped = partnership_->StepUntilIdle();
    ASSERT_TRUE(stepped.ok()) << stepped;
  }
  void Advance(absl::Duration by) {
    const absl::Time until = clock_.Now() + by;
    while (partnership_->next_due() <= until) {
      clock_.AdvanceTo(std::max(clock_.Now(), partnership_->next_due()));
      Step();
    }
    clock_.AdvanceTo(until);
    Step();
  }
  template <class Resp, class Req>
  Resp Call(const std::string& agency, const std::string& role, const std::string& method,
            const Req& request, const std::string& token = "") {
    const auto channel = rpc::LocalChannel::Create(
        partnership_->FindPart(agency)->endpoint(),
        rpc::Principal::System(partnership_->directory().trust_domain, agency, role), clock_);
    rpc::CallOptions options;
    options.bearer_token = token;
    auto answer = std::make_shared<absl::StatusOr<Resp>>(absl::UnavailableError("no answer"));
    rpc::CallAsync<Resp>(*channel, "/waymark.gateway.v1." + method, request, options,
                         [answer](absl::StatusOr<Resp> came) { *answer = std::move(came); });
    Step();
    EXPECT_TRUE(answer->ok()) << method << ": " << answer->status();
    return answer->value_or(Resp());
  }
  void Publish(const std::string& reference) {
    gateway::v1::PublishIncidentRequest request;
    request.set_partnership("fenland");
    *request.mutable_incident() = sharing::GoodIncident(reference, clock_.Now());
    Call<gateway::v1::PublishIncidentResponse>("police", "cad", "IncidentService/PublishIncident",
                                               request);
  }
  // What every agency's gateway knows, "code by finder".
  std::set<std::string> Found(const Layout& layout, Random& random);

 private:
  ManualClock& clock_;
  std::unique_ptr<LocalPartnership> partnership_;
};

std::set<std::string> Running::Found(const Layout& layout, Random& random) {
  std::set<std::string> found;
  for (const std::string agency : {"police", "council", "housing", "fire"}) {
    const std::string token = IssuePersonToken(layout, agency, "d-1", "data_protection_lead",
                                               absl::Minutes(5), clock_.Now(), random)
                                  .value();
    gateway::v1::ShowLogRequest request;
    request.set_partnership("fenland");
    const auto shown = Call<gateway::v1::ShowLogResponse>(agency, "console",
                                                          "WitnessService/ShowLog", request, token);
    for (const gateway::v1::AuditFinding& one : shown.findings()) {
      EXPECT_EQ(one.agency(), "police") << agency << " has " << one.ShortDebugString();
      found.insert(one.code() + " by " + one.found_by());
    }
  }
  return found;
}

// Made once: a partnership whose police have leaves that everyone cosigned, and an older copy of
// the police's store.
struct Scene {
  Scene() {
    SetUpOptions options;
    options.source_folder = ".";
    const absl::Status made = SetUpPartnership(layout, options, clock.Now(), random);
    EXPECT_TRUE(made.ok()) << made;
    {
      Running first(layout, clock);
      first.Publish("CAD-1");
      first.Advance(kRound);
    }
    fs::copy(layout.Gateway("police").Store(), old_copy, fs::copy_options::recursive);
    Running second(layout, clock);
    second.Publish("CAD-2");
    second.Publish("CAD-3");
    second.Advance(kRound);
  }
  store::TemporaryDirectory folder;
  Layout layout{folder.path() + "/data"};
  std::string old_copy = folder.path() + "/old";
  ManualClock clock{absl::FromUnixSeconds(1'790'000'000)};
  SystemRandom random;
};

class AuditAttackTest : public ::testing::TestWithParam<Attack> {
 protected:
  static void SetUpTestSuite() { scene_ = new Scene; }
  static void TearDownTestSuite() { delete scene_; }
  static Scene* scene_;
};
Scene* AuditAttackTest::scene_ = nullptr;

TEST_P(AuditAttackTest, IsFoundAndNamed) {
  store::TemporaryDirectory folder;
  const Layout layout{folder.path() + "/data"};
  fs::copy(scene_->layout.root, layout.root,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  GetParam().change(layout, scene_->old_copy);
  ManualClock clock(scene_->clock.Now() + absl::Minutes(1));
  Running running(layout, clock);
  running.Advance(kRound);
  // The gateway goes on protecting people, and its partners see what it does.
  running.Publish("CAD-4");
  running.Advance(kRound);
  const std::set<std::string> found = running.Found(layout, scene_->random);
  if (GetParam().found.empty()) {
    EXPECT_THAT(found, IsEmpty());
  } else {
    EXPECT_THAT(found, IsSupersetOf(GetParam().found));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, AuditAttackTest, ::testing::ValuesIn(Attacks()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace waymark::cli
