// waymark_micro: the small decisions and the cryptography on the road, one by one, with Google
// Benchmark. Run it with --benchmark_filter=NAME, --benchmark_repetitions=N.
#include <benchmark/benchmark.h>

#include <map>

#include "libs/agreement/evaluator.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/merkle.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/file.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"
#include "libs/store/rocks_store.h"
#include "libs/store/testing.h"
#include "services/sharing/disclosure/domain/decide.h"

namespace waymark::bench {
namespace {

// ---- Sharing ----

const absl::Time kDecidedAt = absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone());

// The agreement and the baseline that ship, as drafts: whether they are signed costs nothing here.
agreement::Evaluator Shipped() {
  std::vector<agreement::Agreement> agreements;
  for (const char* file : {"agreements/fenland-baseline.yaml", "agreements/fenland-isa.yaml"}) {
    const auto text = config::ReadFile(file);
    WM_CHECK(text.ok(), "run it from the root of the tree");
    agreements.push_back(config::ParseAgreement(*text, file).value());
  }
  return config::CompileOrStatus(std::move(agreements), {.require_signatures = false}).value();
}

sharing::disclosure::SubjectFacts Victim(bool consents) {
  sharing::disclosure::SubjectFacts facts;
  facts.band = agreement::Band::kHigh;
  facts.child_at_risk = facts.adult_at_risk = facts.vital_interests = false;
  if (!consents) return facts;
  agreement::ConsentFacts consent;
  consent.receipt_id = "consent-1";
  consent.agencies = {"housing", "council"};
  consent.categories = {agreement::DataCategory::kIdentity, agreement::DataCategory::kContact,
                        agreement::DataCategory::kIncident, agreement::DataCategory::kRisk,
                        agreement::DataCategory::kCase};
  consent.purposes = {"prevent_asb"};
  consent.form_version = "fenland-consent-1";
  consent.given = kDecidedAt - absl::Hours(24);
  consent.expires = kDecidedAt + absl::Hours(24);
  facts.consents.push_back(std::move(consent));
  return facts;
}

// Decides as a gateway does before it tells a partner, and puts the answer into words.
void ShareDecision(benchmark::State& state) {
  const agreement::Evaluator agreements = Shipped();
  const bool consents = state.range(0) != 0;
  const auto facts = Victim(consents);
  sharing::disclosure::Question question;
  question.partnership = "fenland";
  question.origin = "police";
  question.recipient = "housing";
  question.recipient_role = sharing::disclosure::kGatewayRole;
  question.purpose = sharing::disclosure::kSharingPurpose;
  question.has_interest = true;
  const auto first = sharing::disclosure::DecideToTell(agreements, facts, question, kDecidedAt);
  WM_CHECK((first.decision.effect == agreement::Effect::kPermit) == consents,
           "the benchmark decides something else than it says");
  for (auto _ : state) {
    const auto settled = sharing::disclosure::DecideToTell(agreements, facts, question, kDecidedAt);
    benchmark::DoNotOptimize(sharing::disclosure::Explained(settled.decision));
  }
}
BENCHMARK(ShareDecision)->ArgName("consent")->Arg(1)->Arg(0);

// ---- Audit ----

class NodeMap : public audit::NodeReader {
 public:
  absl::StatusOr<std::string> Read(audit::NodeId id) const override {
    const auto found = nodes.find(id);
    if (found == nodes.end()) return absl::NotFoundError("no such node");
    return found->second;
  }
  std::map<audit::NodeId, std::string> nodes;
};

std::string Leaf(uint64_t number) {
  return audit::LeafHash(
      crypto::Sha256(LengthPrefixed({"leaf", BigEndian64(number), std::string(300, 'x')})));
}

void AuditAppend(benchmark::State& state) {
  audit::MerkleLog log;
  for (auto _ : state) benchmark::DoNotOptimize(log.Append(Leaf(log.size())));
}
BENCHMARK(AuditAppend);

// With the rows a gateway writes, one synced commit for so many leaves.
void AuditAppendSynced(benchmark::State& state) {
  const store::TemporaryDirectory folder;
  const auto store = store::OpenRocksStore(folder.path() + "/store", {"nodes", "entries"}).value();
  audit::MerkleLog log;
  const std::string entry(300, 'x');
  for (auto _ : state) {
    store::WriteBatch batch;
    for (int64_t i = 0; i < state.range(0); ++i) {
      batch.Put("entries", BigEndian64(log.size()), entry);
      for (const audit::Node& node : log.Append(Leaf(log.size()))) {
        batch.Put("nodes", BigEndian64(node.id.level) + BigEndian64(node.id.index), node.hash);
      }
    }
    WM_CHECK(store->Commit(batch).ok(), "the store does not commit");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(AuditAppendSynced)->ArgName("leaves")->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

// One disclosure offline: the leaf is in the log, and the log's owner and one witness signed it.
void AuditVerify(benchmark::State& state) {
  constexpr uint64_t kSize = 100'000;
  NodeMap nodes;
  audit::MerkleLog log;
  for (uint64_t i = 0; i < kSize; ++i) {
    for (audit::Node& node : log.Append(Leaf(i))) nodes.nodes[node.id] = std::move(node.hash);
  }
  SeededRandom random(1);
  const auto key = crypto::SigningKey::Generate(random);
  const auto witness = crypto::SigningKey::Generate(random);
  std::string note = audit::SignCheckpoint({"bench", kSize, log.Root()}, "bench", key).value();
  note = audit::Cosign(note, "witness", witness, kDecidedAt).value();
  const auto proof = audit::InclusionProof(kSize / 3, kSize, nodes).value();
  for (auto _ : state) {
    const auto read = audit::ParseCheckpoint(note).value();
    const bool held =
        audit::VerifyCheckpoint(read, "bench", key.verify_key()).ok() &&
        audit::VerifyCosignature(read, "witness", witness.verify_key()).ok() &&
        audit::VerifyInclusion(Leaf(kSize / 3), kSize / 3, kSize, proof, read.checkpoint.root).ok();
    WM_CHECK(held, "a true proof does not verify");
  }
}
BENCHMARK(AuditVerify);

// ---- What the road is made of ----

void Sign(benchmark::State& state) {
  SeededRandom random(1);
  const auto key = crypto::SigningKey::Generate(random);
  const std::string message(1000, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(key.Sign(message));
}
BENCHMARK(Sign);

void VerifySignature(benchmark::State& state) {
  SeededRandom random(1);
  const auto key = crypto::SigningKey::Generate(random);
  const std::string message(1000, 'x'), signature = key.Sign(message);
  for (auto _ : state) {
    WM_CHECK(key.verify_key().Verify(message, signature), "a true signature does not verify");
  }
}
BENCHMARK(VerifySignature);

void SealTokenSheet(benchmark::State& state) {
  SystemRandom random;
  const auto key = crypto::HpkePrivateKey::Generate(random);
  const std::string sheet(400, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(crypto::HpkeSeal(key.public_key(), "bench", "", sheet, random));
  }
}
BENCHMARK(SealTokenSheet);

void OpenTokenSheet(benchmark::State& state) {
  SystemRandom random;
  const auto key = crypto::HpkePrivateKey::Generate(random);
  const auto sealed =
      crypto::HpkeSeal(key.public_key(), "bench", "", std::string(400, 'x'), random).value();
  for (auto _ : state) benchmark::DoNotOptimize(crypto::HpkeOpen(key, sealed, "bench", ""));
}
BENCHMARK(OpenTokenSheet);

}  // namespace
}  // namespace waymark::bench

BENCHMARK_MAIN();
