#include "libs/audit/verify.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"
#include "libs/audit/commitment.h"
#include "libs/audit/merkle.h"
#include "libs/base/bytes.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

using gateway::v1::Alert;
using gateway::v1::AuditEntry;
using google::protobuf::util::TimeUtil;

constexpr size_t kKeyLinesMax = 10'000;
constexpr int kPathMax = 64;
constexpr char kLogKey = 0x01;
constexpr char kWitnessKey = 0x04;
constexpr size_t kKeyHashSize = 4;

constexpr std::string_view kChangedAfterwards =
    "the entry, its salt, its place or the path was changed after the log was signed";
constexpr std::string_view kForged = "somebody else made it, or it was changed after it was signed";

class Collector {
 public:
  Collector(Verdict& verdict, std::string where) : verdict_(verdict), where_(std::move(where)) {}

  // "" for the thing itself.
  void Add(std::string_view what, std::string_view place, std::string expected,
           std::string_view means) {
    std::string where = where_;
    if (!place.empty()) absl::StrAppend(&where, ".", ToAbsl(place));
    verdict_.findings.push_back(
        {std::string(what), std::move(where), std::move(expected), std::string(means)});
  }

 private:
  Verdict& verdict_;
  const std::string where_;
};

struct ReadKey {
  char kind = 0;
  std::string name;
  crypto::VerifyKey key;
};

absl::StatusOr<ReadKey> ReadKeyLine(std::string_view line) {
  const absl::Status wrong = absl::InvalidArgumentError("wanted name+hash+base64 of a key");
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(line), absl::MaxSplits('+', 2));
  if (parts.size() != 3 || parts[0].empty()) return wrong;
  const absl::StatusOr<std::string> bytes = FromBase64(parts[2]);
  if (!bytes.ok() || bytes->empty() || ToBase64(*bytes) != parts[2]) return wrong;
  const std::string hash = crypto::Sha256(absl::StrCat(parts[0], "\n", *bytes));
  if (ToHex(hash.substr(0, kKeyHashSize)) != parts[1]) {
    return absl::InvalidArgumentError("the hash is not that of the name and the key");
  }
  WM_ASSIGN_OR_RETURN(crypto::VerifyKey key, crypto::VerifyKey::FromBytes(bytes->substr(1)));
  return ReadKey{bytes->front(), parts[0], std::move(key)};
}

std::string Fact(const AuditEntry& entry, const std::string& name) {
  const auto found = entry.facts().find(name);
  return found == entry.facts().end() ? "" : found->second;
}

std::vector<std::string> Hashes(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return {list.begin(), list.end()};
}

std::vector<Cosigned> CosignedBy(const SignedCheckpoint& checkpoint, const TrustedKeys& keys) {
  std::vector<Cosigned> cosigned;
  for (const auto& [name, key] : keys.witnesses()) {
    const absl::StatusOr<absl::Time> at = VerifyCosignature(checkpoint, name, key);
    if (at.ok()) cosigned.push_back({name, *at});
  }
  return cosigned;
}

// Parses a note and checks the log's signature; nullopt when it is worth nothing.
std::optional<SignedCheckpoint> ReadNote(const std::string& note, const TrustedKeys& keys,
                                         std::string_view place, Collector& collector) {
  absl::StatusOr<SignedCheckpoint> parsed = ParseCheckpoint(note);
  if (!parsed.ok()) {
    collector.Add(finding::kMalformed, place, "a signed checkpoint of C2SP tlog-checkpoint",
                  kForged);
    return std::nullopt;
  }
  const std::string& origin = parsed->checkpoint.origin;
  const crypto::VerifyKey* key = keys.Log(origin);
  if (key == nullptr) {
    collector.Add(finding::kUnknownLog, place, "a log whose key is among the trusted keys",
                  "it is of a log that you have no key of");
    return std::nullopt;
  }
  if (!VerifyCheckpoint(*parsed, origin, *key).ok()) {
    collector.Add(finding::kWrongKey, place, absl::StrCat("a signature of the key of ", origin),
                  kForged);
    return std::nullopt;
  }
  return *std::move(parsed);
}

void CheckWitnessed(const v1::LogProof& proof, const Checkpoint& now, const TrustedKeys& keys,
                    Collector& collector, ProvenLeaf& leaf) {
  if (proof.witnessed().empty()) return;
  const auto before = ReadNote(proof.witnessed(), keys, "witnessed", collector);
  if (!before) return;
  const absl::Status consistent =
      before->checkpoint.origin != now.origin
          ? absl::UnauthenticatedError("another log")
          : VerifyConsistency(before->checkpoint.size, now.size, before->checkpoint.root, now.root,
                              Hashes(proof.consistency()));
  if (!consistent.ok()) {
    return collector.Add(finding::kInconsistent, "consistency",
                         "the log of `checkpoint` to continue the log of `witnessed`",
                         "the log was rewritten after partners had cosigned it, or has two faces");
  }
  for (Cosigned& cosigned : CosignedBy(*before, keys)) leaf.cosigned.push_back(std::move(cosigned));
}

// Whether the hand-over may have happened; an entry without an end has none.
void CheckEnd(const AuditEntry& entry, absl::Time at, Collector& collector) {
  for (const char* fact : {"expires_at", "lease_until"}) {
    const std::string text = Fact(entry, fact);
    if (text.empty()) continue;
    const absl::StatusOr<absl::Time> end = ParseRfc3339(text);
    if (!end.ok()) {
      collector.Add(finding::kMalformed, "log.entry", absl::StrCat(fact, " as RFC 3339 says"),
                    "the origin's gateway wrote what no gateway writes");
    } else if (at >= *end) {
      collector.Add(finding::kExpired, "log.entry", absl::StrCat("an instant before ", text),
                    "it was handed over or shown after its end");
    }
  }
}

absl::Time TimeOf(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

void CheckOpenings(const v1::DisclosureProof& proof, const AuditEntry& entry,
                   Collector& collector) {
  std::set<std::string> names;
  for (int i = 0; i < proof.fields_size(); ++i) {
    const v1::FieldOpening& opening = proof.fields(i);
    const std::string place = absl::StrCat("fields[", i, "]");
    const std::string committed = Fact(entry, absl::StrCat("field.", opening.name()));
    if (committed.empty()) {
      collector.Add(finding::kUnproven, place, "a field that the entry in the log names",
                    "the origin never disclosed this field");
    } else if (opening.salt().size() != kSaltSize || !names.insert(opening.name()).second ||
               ToHex(FieldCommitment(opening.salt(), opening.name(), opening.value())) !=
                   committed) {
      collector.Add(finding::kWrongContent, place, "the value that the entry commits to",
                    "the value was changed after the origin had disclosed it");
    }
  }
}

void Append(Verdict more, Verdict& verdict) {
  for (Finding& finding : more.findings) verdict.findings.push_back(std::move(finding));
  for (ProvenLeaf& leaf : more.proven) verdict.proven.push_back(std::move(leaf));
}

// "fenland.waymark" and "police" of "fenland.waymark/audit/police".
std::pair<std::string, std::string> PartsOf(const std::string& origin) {
  const std::vector<std::string> parts = absl::StrSplit(origin, '/');
  if (parts.size() != 3 || parts[1] != "audit") return {};
  return {parts[0], parts[2]};
}

struct Stated {
  std::string what, fact, value;
};

void CheckFacts(const AuditEntry& entry, const std::vector<Stated>& stated, Collector& collector) {
  for (const Stated& one : stated) {
    if (Fact(entry, one.fact) == one.value) continue;
    collector.Add(finding::kWrongStatement, one.what,
                  absl::StrCat("the same as the fact \"", one.fact, "\" of the entry in the log"),
                  "the proof is of something else, or this was changed after it was recorded");
  }
}

void CheckSent(const Alert& alert, const AuditEntry& entry, Collector& collector) {
  if (entry.what() != "alert_sent") {
    return collector.Add(finding::kWrongStatement, "proof.sent.entry", "an alert_sent",
                         "the proof is of another deed");
  }
  CheckFacts(entry,
             {{"alert_id", "alert", alert.alert_id()},
              {"version", "version", absl::StrCat(alert.version())}},
             collector);
  if (alert.proof().salt().size() != kSaltSize ||
      ToHex(AlertCommitment(alert.proof().salt(), alert)) != Fact(entry, "content")) {
    collector.Add(finding::kWrongContent, "", "the alert that the entry commits to",
                  "the alert, or the salt of its proof, was changed after it was sent");
  }
}

// What the openings of all origins say together, as an alert merges them.
std::map<std::string, std::string> Merged(const v1::AlertProof& proof) {
  std::map<std::string, std::string> merged;
  for (const v1::DisclosureProof& origin : proof.origins()) {
    for (const v1::FieldOpening& opening : origin.fields()) {
      std::string& held = merged[opening.name()];
      if (held.empty()) {
        held = opening.value();
      } else if (held != opening.value()) {
        absl::StrAppend(&held, " / ", opening.value());
      }
    }
  }
  return merged;
}

void CheckFields(const Alert& alert, Collector& collector) {
  const std::map<std::string, std::string> merged = Merged(alert.proof());
  for (const auto& [name, value] :
       std::map<std::string, std::string>(alert.fields().begin(), alert.fields().end())) {
    const auto found = merged.find(name);
    if (found == merged.end()) {
      collector.Add(finding::kUnproven, absl::StrCat("fields.", name),
                    "a field that some origin disclosed", "no origin's proof covers this field");
    } else if (found->second != value) {
      collector.Add(finding::kWrongContent, absl::StrCat("fields.", name),
                    "what the origins disclosed", "the value was changed on its way");
    }
  }
  for (const auto& [name, value] : merged) {
    if (alert.fields().count(name) != 0) continue;
    collector.Add(finding::kWrongContent, absl::StrCat("fields.", name), "a field of the alert",
                  "the field was taken out of the alert after it was sent");
  }
}

// One origin's hand-over against the alert that carries it.
void CheckOrigin(const Alert& alert, const ProvenLeaf& origin, const ProvenLeaf& sent, bool first,
                 Collector& collector) {
  const auto [sender_domain, sender] = PartsOf(sent.origin);
  const auto [domain, agency] = PartsOf(origin.origin);
  if (domain.empty() || domain != sender_domain) {
    collector.Add(finding::kWrongStatement, "log.checkpoint", "a log of the same partnership",
                  "the disclosure is of another partnership");
  }
  CheckFacts(origin.entry,
             {{"log.entry", "recipient", sender}, {"log.entry", "case", alert.case_id()}},
             collector);
  CheckEnd(origin.entry, TimeOf(sent.entry.at()), collector);
  if (!first) return;
  const gateway::v1::LawfulBasis& basis = alert.basis();
  const std::string expires = basis.has_expires_at() ? TimeUtil::ToString(basis.expires_at()) : "";
  CheckFacts(origin.entry,
             {{"basis.lawful_gateway", "lawful_gateway", basis.lawful_gateway()},
              {"basis.clause", "clause", basis.clause()},
              {"basis.consent_id", "consent", basis.consent_id()},
              {"basis.expires_at", "expires_at", expires}},
             collector);
}

}  // namespace

absl::StatusOr<TrustedKeys> TrustedKeys::Parse(std::string_view text) {
  TrustedKeys keys;
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(text), '\n')) {
    if (++number > kKeyLinesMax) return absl::InvalidArgumentError("more than 10,000 keys");
    if (line.empty() || line[0] == '#') continue;
    absl::StatusOr<ReadKey> read = ReadKeyLine(ToStd(line));
    if (read.ok() && read->kind != kLogKey && read->kind != kWitnessKey) {
      read = absl::InvalidArgumentError("wanted a key of kind 1 (a log) or 4 (a witness)");
    }
    if (read.ok()) {
      auto& of_kind = read->kind == kLogKey ? keys.logs_ : keys.witnesses_;
      if (of_kind.emplace(read->name, read->key).second) continue;
      read = absl::InvalidArgumentError("wanted each name once");
    }
    return absl::InvalidArgumentError(
        absl::StrCat("line ", number, " of the keys: ", read.status().message()));
  }
  return keys;
}

void TrustedKeys::AddLog(std::string origin, crypto::VerifyKey key) {
  logs_.insert_or_assign(std::move(origin), std::move(key));
}

void TrustedKeys::AddWitness(std::string name, crypto::VerifyKey key) {
  witnesses_.insert_or_assign(std::move(name), std::move(key));
}

const crypto::VerifyKey* TrustedKeys::Log(std::string_view origin) const {
  const auto found = logs_.find(origin);
  return found == logs_.end() ? nullptr : &found->second;
}

Verdict VerifyLogProof(const v1::LogProof& proof, const TrustedKeys& keys,
                       const std::string& where) {
  Verdict verdict;
  Collector collector(verdict, where);
  ProvenLeaf leaf;
  if (!leaf.entry.ParseFromString(proof.entry()) || proof.salt().size() != kSaltSize ||
      proof.path_size() > kPathMax) {
    collector.Add(finding::kMalformed, "", "an entry, a salt of 16 bytes and at most 64 hashes",
                  kChangedAfterwards);
    return verdict;
  }
  const auto note = ReadNote(proof.checkpoint(), keys, "checkpoint", collector);
  if (!note) return verdict;
  const std::string hash = LeafHash(LeafCommitment(proof.salt(), proof.entry()));
  if (!VerifyInclusion(hash, proof.index(), note->checkpoint.size, Hashes(proof.path()),
                       note->checkpoint.root)
           .ok()) {
    collector.Add(finding::kNotInLog, "", "a path from the entry to the signed root",
                  kChangedAfterwards);
    return verdict;
  }
  leaf.origin = note->checkpoint.origin;
  leaf.index = proof.index();
  leaf.size = note->checkpoint.size;
  leaf.cosigned = CosignedBy(*note, keys);
  CheckWitnessed(proof, note->checkpoint, keys, collector, leaf);
  if (verdict.ok()) verdict.proven.push_back(std::move(leaf));
  return verdict;
}

Verdict VerifyDisclosure(const v1::DisclosureProof& proof, const TrustedKeys& keys,
                         std::optional<absl::Time> at, const std::string& where) {
  Verdict verdict = VerifyLogProof(proof.log(), keys, where + ".log");
  if (verdict.proven.empty()) return verdict;
  const AuditEntry& entry = verdict.proven.front().entry;
  Collector collector(verdict, where);
  const bool pushed = entry.what() == "share_decided" && Fact(entry, "state") == "pushed";
  if (entry.what() != "share_fetched" && !pushed) {
    collector.Add(finding::kWrongStatement, "log.entry", "a share that was fetched or pushed",
                  "the proof is of another deed");
  }
  CheckEnd(entry, at.value_or(TimeOf(entry.at())), collector);
  CheckOpenings(proof, entry, collector);
  return verdict;
}

Verdict VerifyHandOver(const v1::DisclosureProof& proof, const HandOver& hand_over,
                       const TrustedKeys& keys, std::optional<absl::Time> at) {
  Verdict verdict = VerifyDisclosure(proof, keys, at);
  if (verdict.proven.empty()) return verdict;
  const ProvenLeaf leaf = verdict.proven.front();
  Collector collector(verdict, "disclosure");
  if (leaf.origin != hand_over.origin) {
    collector.Add(finding::kWrongStatement, "log.checkpoint",
                  absl::StrCat("the log ", hand_over.origin), "the proof is of another log");
  }
  CheckFacts(leaf.entry,
             {{"share_id", "share", hand_over.share_id},
              {"case_id", "case", hand_over.case_id},
              {"recipient", "recipient", hand_over.recipient},
              {"lawful_gateway", "lawful_gateway", hand_over.lawful_gateway},
              {"clause", "clause", hand_over.clause},
              {"consent_id", "consent", hand_over.consent_id}},
             collector);
  std::map<std::string, std::string> opened;
  for (const v1::FieldOpening& field : proof.fields()) opened[field.name()] = field.value();
  if (opened != hand_over.fields) {
    collector.Add(finding::kWrongContent, "fields", "an opening for each field handed over",
                  "what was handed over is not what the origin recorded");
  }
  return verdict;
}

Verdict VerifyAlert(const Alert& alert, const TrustedKeys& keys, std::optional<absl::Time> at) {
  Verdict verdict;
  Collector collector(verdict, "alert");
  if (!alert.proof().has_sent()) {
    collector.Add(finding::kUnproven, "proof", "a proof", "nothing says who sent this alert");
    return verdict;
  }
  Append(VerifyLogProof(alert.proof().sent(), keys, "alert.proof.sent"), verdict);
  const std::vector<ProvenLeaf> sent = verdict.proven;
  if (!sent.empty()) CheckSent(alert, sent.front().entry, collector);
  for (int i = 0; i < alert.proof().origins_size(); ++i) {
    const std::string where = absl::StrCat("alert.proof.origins[", i, "]");
    Verdict of_origin = VerifyDisclosure(alert.proof().origins(i), keys, at, where);
    if (!of_origin.proven.empty() && !sent.empty()) {
      const ProvenLeaf leaf = of_origin.proven.front();
      Collector of_this(of_origin, where);
      CheckOrigin(alert, leaf, sent.front(), i == 0, of_this);
    }
    Append(std::move(of_origin), verdict);
  }
  CheckFields(alert, collector);
  return verdict;
}

}  // namespace waymark::audit
