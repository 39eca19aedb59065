// Offline verification with public keys alone: one disclosure, one alert, a whole export. Nothing
// here trusts the machine that made a proof. Formats: proto/waymark/audit/v1/proof.proto.
//
// A verdict names everything that is wrong, not the first thing only. Pure; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/audit/checkpoint.h"
#include "libs/crypto/sign.h"
#include "waymark/audit/v1/proof.pb.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/journal.pb.h"

namespace waymark::audit {

// Whom the verifier believes. Logs sign checkpoints, witnesses cosign them.
class TrustedKeys {
 public:
  // One verifier key a line, name+hash+base64 as NoteVerifierKey and WitnessVerifierKey write
  // them; empty lines and lines that begin with '#' are left out. InvalidArgument names the line.
  static absl::StatusOr<TrustedKeys> Parse(std::string_view text);

  void AddLog(std::string origin, crypto::VerifyKey key);
  void AddWitness(std::string name, crypto::VerifyKey key);
  // nullptr: nobody trusts a log of that origin.
  const crypto::VerifyKey* Log(std::string_view origin) const;
  const std::map<std::string, crypto::VerifyKey, std::less<>>& witnesses() const {
    return witnesses_;
  }

 private:
  std::map<std::string, crypto::VerifyKey, std::less<>> logs_, witnesses_;
};

// Stable codes of what can be wrong.
namespace finding {
inline constexpr std::string_view kMalformed = "malformed";        // cannot be read as its format
inline constexpr std::string_view kUnknownLog = "unknown_log";     // no trusted key of the origin
inline constexpr std::string_view kWrongKey = "wrong_key";         // no signature of that key holds
inline constexpr std::string_view kNotInLog = "not_in_log";        // entry, salt, place or path
inline constexpr std::string_view kInconsistent = "inconsistent";  // not the log partners cosigned
inline constexpr std::string_view kWrongContent = "wrong_content";  // not what was committed to
inline constexpr std::string_view kUnproven = "unproven";           // shown, and nothing covers it
inline constexpr std::string_view kWrongStatement =
    "wrong_statement";                                       // another deed, share or party
inline constexpr std::string_view kExpired = "expired";      // handed over after its end
inline constexpr std::string_view kEdited = "edited";        // a stored hash or entry differs
inline constexpr std::string_view kTruncated = "truncated";  // less than the signed size
inline constexpr std::string_view kRewritten = "rewritten";  // not a continuation of `since`
}  // namespace finding

struct Finding {
  std::string what;      // a code of above
  std::string where;     // "alert.proof.origins[0].log.path", "tile/0/000"
  std::string expected;  // in words, without personal data
  std::string means;     // what it says about who did what, in words
};

struct Cosigned {
  std::string witness;
  absl::Time at;
};

// One leaf that is proven to be in a log.
struct ProvenLeaf {
  std::string origin;
  uint64_t index = 0;
  uint64_t size = 0;  // of the log, by the checkpoint
  gateway::v1::AuditEntry entry;
  std::vector<Cosigned> cosigned;  // of `checkpoint` or of `witnessed`
};

struct Verdict {
  std::vector<Finding> findings;
  std::vector<ProvenLeaf> proven;
  bool ok() const { return findings.empty(); }
};

// That the entry is in the log. `where` begins each finding's place.
Verdict VerifyLogProof(const v1::LogProof& proof, const TrustedKeys& keys,
                       const std::string& where);

// The same, that the entry is a hand-over, that every opening is of a field it names, and that it
// was not handed over after its end. `at`: not expired at that instant either.
Verdict VerifyDisclosure(const v1::DisclosureProof& proof, const TrustedKeys& keys,
                         std::optional<absl::Time> at = std::nullopt,
                         const std::string& where = "disclosure");

// What a receiver knows of a hand-over without the proof.
struct HandOver {
  std::string origin;  // of the log
  std::string share_id, case_id, recipient;
  std::string lawful_gateway, clause, consent_id;
  std::map<std::string, std::string> fields;  // all must be proven, and no other be opened
};
// The proof is of this hand-over and no other.
Verdict VerifyHandOver(const v1::DisclosureProof& proof, const HandOver& hand_over,
                       const TrustedKeys& keys, std::optional<absl::Time> at = std::nullopt);

// That the gateway sent this alert as it is, and that every personal field in it was disclosed by
// an origin to that gateway's agency. `at` as for VerifyDisclosure.
Verdict VerifyAlert(const gateway::v1::Alert& alert, const TrustedKeys& keys,
                    std::optional<absl::Time> at = std::nullopt);

}  // namespace waymark::audit
