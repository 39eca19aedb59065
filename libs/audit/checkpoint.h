// Signed statements of how long a log is and what its root is, in the text formats of C2SP:
// tlog-checkpoint (the body), signed-note (its signatures) and tlog-cosignature (a witness saw it
// and found it consistent with what it saw before). https://c2sp.org
//
//   checkpoint  = origin LF size LF base64(root) LF *( extension LF )
//   signed-note = checkpoint LF 1*( em-dash " " name " " base64(key hash, signature) LF )
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/crypto/sign.h"

namespace waymark::audit {

inline constexpr size_t kCheckpointBytesMax = 64 * 1024;

struct Checkpoint {
  std::string origin;  // names the log, for example "waymark.example/fenland/police"
  uint64_t size = 0;
  std::string root;  // 32 raw bytes
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

struct NoteSignature {
  std::string name;
  std::string key_hash;   // 4 raw bytes
  std::string signature;  // what follows the key hash
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::vector<std::string> extensions;
  std::string body;  // the signed text, up to and with the LF before the empty line
  std::vector<NoteSignature> signatures;
};

// A signed note with one signature. `name` is the key's name (usually the origin): not empty, no
// white space, no '+'. InvalidArgument when the name, the origin or the root cannot be written.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, std::string_view name,
                                           const crypto::SigningKey& key);

// InvalidArgument for anything but the format. Says nothing about signatures: verify next.
absl::StatusOr<SignedCheckpoint> ParseCheckpoint(std::string_view note);

// That the log's key of that name signed it. Unauthenticated otherwise.
absl::Status VerifyCheckpoint(const SignedCheckpoint& checkpoint, std::string_view name,
                              const crypto::VerifyKey& key);

// The note with the witness's line added (or put in place of its earlier one). The witness must
// have verified the log's signature and consistency first. `at` has whole seconds.
absl::StatusOr<std::string> Cosign(std::string_view note, std::string_view name,
                                   const crypto::SigningKey& key, absl::Time at);
// When the witness cosigned it. Unauthenticated when it did not.
absl::StatusOr<absl::Time> VerifyCosignature(const SignedCheckpoint& checkpoint,
                                             std::string_view name, const crypto::VerifyKey& key);

// Two notes of one body as one note with the signatures of both, those of `note` first. A signature
// of `other` by a key that signed `note` too is left out. InvalidArgument when the bodies differ.
absl::StatusOr<std::string> JoinSignatures(std::string_view note, std::string_view other);

// The key of a log as the text that tools for signed notes take: name+keyhash+base64.
std::string NoteVerifierKey(std::string_view name, const crypto::VerifyKey& key);
// The same for a witness, whose signatures are cosignatures.
std::string WitnessVerifierKey(std::string_view name, const crypto::VerifyKey& key);

}  // namespace waymark::audit
