// Detached signatures of several parties on one file: agreements, policy packs, the key directory.
// The signatures stand in a text file beside it. Thread-safe.
//
//   signatures = "waymark-signatures v1" LF
//                "context " name LF
//                "sha256 " 64 hexadecimal digits of the file's exact bytes LF
//                *( "signature " party " " key-id " " base64 of 64 bytes LF )
//   name, party = 1 to 100 of a-z 0-9 - . _
//
// Each signs F("waymark-signed-file-v1") F(context) F(party) F(SHA-256 of the file), F as
// LengthPrefixed. The context says what the file is ("agreement", "pack", "key-directory"), so that
// a signature under one kind of file is worth nothing under another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/crypto/sign.h"

namespace waymark::crypto {

inline constexpr size_t kSignatureFileBytesMax = 64 * 1024;

struct FileSignature {
  std::string party;
  std::string key_id;     // VerifyKey::id()
  std::string signature;  // 64 raw bytes
  friend bool operator==(const FileSignature&, const FileSignature&) = default;
};

struct SignatureSet {
  std::string context;
  std::string sha256;  // 32 raw bytes
  std::vector<FileSignature> signatures;
};

SignatureSet NewSignatureSet(std::string_view context, std::string_view file);
// Adds the party's signature, or replaces the one it had.
void AddSignature(SignatureSet& set, std::string_view party, const SigningKey& key);
std::string FormatSignatureSet(const SignatureSet& set);
// InvalidArgument names the line: another version, a line out of order, a party twice, no LF at the
// end, anything left over.
absl::StatusOr<SignatureSet> ParseSignatureSet(std::string_view text);

// A party's public key; a party may have several while keys are being rotated.
struct PartyKey {
  std::string party;
  VerifyKey key;
};

// The parties (sorted, each once) that validly signed `file`, when at least `wanted` of those in
// `trusted` did. One key counts once, whatever names it goes by. Signatures of parties that are not
// in `trusted`, or under keys they do not have, do not count.
// FailedPrecondition: too few. Unauthenticated: a trusted party's signature does not hold, or the
// file or the context is another. InvalidArgument: the text is not a set of signatures.
absl::StatusOr<std::vector<std::string>> VerifySignedFile(std::string_view file,
                                                          std::string_view signatures,
                                                          std::string_view context,
                                                          const std::vector<PartyKey>& trusted,
                                                          size_t wanted);

}  // namespace waymark::crypto
