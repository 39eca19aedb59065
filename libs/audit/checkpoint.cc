#include "libs/audit/checkpoint.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash, space
// The kinds of signature of C2SP signed-note.
constexpr char kEd25519 = 0x01;
constexpr char kCosignature = 0x04;
constexpr size_t kKeyHashSize = 4;
constexpr size_t kTimeSize = 8;
constexpr size_t kSignaturesMax = 64;

absl::Status Wrong(std::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat("not a checkpoint: wanted ", ToAbsl(wanted)));
}

absl::Status NotSigned(std::string_view name) {
  return absl::UnauthenticatedError(
      absl::StrCat("no signature of ", ToAbsl(name), " on the checkpoint holds"));
}

// ASCII only, which is narrower than the format: no white space in any script to think of.
bool IsKeyName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

bool IsLine(std::string_view line) {
  return !line.empty() && std::none_of(line.begin(), line.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
  });
}

std::string KeyHash(std::string_view name, char kind, const crypto::VerifyKey& key) {
  return crypto::Sha256(absl::StrCat(ToAbsl(name), "\n", std::string(1, kind), key.bytes()))
      .substr(0, kKeyHashSize);
}

std::string VerifierKey(std::string_view name, char kind, const crypto::VerifyKey& key) {
  return absl::StrCat(ToAbsl(name), "+", ToHex(KeyHash(name, kind, key)), "+",
                      ToBase64(std::string(1, kind) + key.bytes()));
}

std::string SignatureLine(std::string_view name, std::string_view key_hash,
                          std::string_view signature) {
  return absl::StrCat(ToAbsl(kDash), ToAbsl(name), " ",
                      ToBase64(std::string(key_hash).append(signature)), "\n");
}

std::string CosignedText(uint64_t unix_seconds, std::string_view body) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n", ToAbsl(body));
}

uint64_t ReadTime(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < kTimeSize; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

absl::StatusOr<NoteSignature> ParseSignature(std::string_view line) {
  const absl::Status wrong = Wrong("signature lines: em dash, name, base64");
  if (line.substr(0, kDash.size()) != kDash) return wrong;
  const std::vector<std::string> words = absl::StrSplit(ToAbsl(line.substr(kDash.size())), ' ');
  if (words.size() != 2 || !IsKeyName(words[0])) return wrong;
  const absl::StatusOr<std::string> bytes = FromBase64(words[1]);
  if (!bytes.ok() || ToBase64(*bytes) != words[1] || bytes->size() <= kKeyHashSize) return wrong;
  return NoteSignature{words[0], bytes->substr(0, kKeyHashSize), bytes->substr(kKeyHashSize)};
}

absl::Status ParseBody(SignedCheckpoint& parsed) {
  std::vector<std::string> lines = absl::StrSplit(parsed.body, '\n');
  lines.pop_back();
  if (lines.size() < 3) return Wrong("origin, size and root, each on a line");
  if (!std::all_of(lines.begin(), lines.end(), IsLine)) {
    return Wrong("lines that are not empty and hold no control characters");
  }
  parsed.checkpoint.origin = lines[0];
  if (!absl::SimpleAtoi(lines[1], &parsed.checkpoint.size) ||
      absl::StrCat(parsed.checkpoint.size) != lines[1]) {
    return Wrong("the size as a decimal number without leading zeros");
  }
  const absl::StatusOr<std::string> root = FromBase64(lines[2]);
  if (!root.ok() || root->size() != crypto::kSha256Size || ToBase64(*root) != lines[2]) {
    return Wrong("the root as 32 bytes in base64");
  }
  parsed.checkpoint.root = *root;
  parsed.extensions.assign(lines.begin() + 3, lines.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, std::string_view name,
                                           const crypto::SigningKey& key) {
  if (!IsKeyName(name)) return Wrong("a key name without white space or '+'");
  if (!IsLine(checkpoint.origin)) return Wrong("an origin of one line");
  if (checkpoint.root.size() != crypto::kSha256Size) return Wrong("a root of 32 bytes");
  const std::string body =
      absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", ToBase64(checkpoint.root), "\n");
  return absl::StrCat(
      body, "\n", SignatureLine(name, KeyHash(name, kEd25519, key.verify_key()), key.Sign(body)));
}

absl::StatusOr<SignedCheckpoint> ParseCheckpoint(std::string_view note) {
  if (note.size() > kCheckpointBytesMax) return Wrong("at most 64 KiB");
  const size_t end = note.rfind("\n\n");
  if (end == std::string_view::npos || note.back() != '\n') {
    return Wrong("a text, an empty line, and signature lines, each ended by a line feed");
  }
  SignedCheckpoint parsed;
  parsed.body = note.substr(0, end + 1);
  WM_RETURN_IF_ERROR(ParseBody(parsed));
  std::vector<std::string> lines = absl::StrSplit(ToAbsl(note.substr(end + 2)), '\n');
  lines.pop_back();
  if (lines.empty() || lines.size() > kSignaturesMax) return Wrong("1 to 64 signatures");
  for (const std::string& line : lines) {
    WM_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignature(line));
    parsed.signatures.push_back(std::move(signature));
  }
  return parsed;
}

absl::Status VerifyCheckpoint(const SignedCheckpoint& checkpoint, std::string_view name,
                              const crypto::VerifyKey& key) {
  const std::string key_hash = KeyHash(name, kEd25519, key);
  for (const NoteSignature& s : checkpoint.signatures) {
    if (s.name == name && s.key_hash == key_hash && key.Verify(checkpoint.body, s.signature)) {
      return absl::OkStatus();
    }
  }
  return NotSigned(name);
}

absl::StatusOr<std::string> Cosign(std::string_view note, std::string_view name,
                                   const crypto::SigningKey& key, absl::Time at) {
  if (!IsKeyName(name)) return Wrong("a key name without white space or '+'");
  WM_ASSIGN_OR_RETURN(const SignedCheckpoint parsed, ParseCheckpoint(note));
  const int64_t unix_seconds = absl::ToUnixSeconds(at);
  if (unix_seconds <= 0) return Wrong("an instant of cosigning after 1970");
  const std::string key_hash = KeyHash(name, kCosignature, key.verify_key());
  std::string result = parsed.body + "\n";
  size_t kept = 0;
  for (const NoteSignature& s : parsed.signatures) {
    if (s.name == name && s.key_hash == key_hash) continue;
    result += SignatureLine(s.name, s.key_hash, s.signature);
    ++kept;
  }
  if (kept == kSignaturesMax) return Wrong("1 to 64 signatures");
  const uint64_t time = static_cast<uint64_t>(unix_seconds);
  result +=
      SignatureLine(name, key_hash, BigEndian64(time) + key.Sign(CosignedText(time, parsed.body)));
  return result;
}

absl::StatusOr<absl::Time> VerifyCosignature(const SignedCheckpoint& checkpoint,
                                             std::string_view name, const crypto::VerifyKey& key) {
  const std::string key_hash = KeyHash(name, kCosignature, key);
  for (const NoteSignature& s : checkpoint.signatures) {
    if (s.name != name || s.key_hash != key_hash) continue;
    if (s.signature.size() != kTimeSize + crypto::kSignatureSize) continue;
    const uint64_t time = ReadTime(s.signature);
    if (time > INT64_MAX) continue;
    if (key.Verify(CosignedText(time, checkpoint.body), s.signature.substr(kTimeSize))) {
      return absl::FromUnixSeconds(static_cast<int64_t>(time));
    }
  }
  return NotSigned(name);
}

absl::StatusOr<std::string> JoinSignatures(std::string_view note, std::string_view other) {
  WM_ASSIGN_OR_RETURN(const SignedCheckpoint parsed, ParseCheckpoint(note));
  WM_ASSIGN_OR_RETURN(const SignedCheckpoint more, ParseCheckpoint(other));
  if (parsed.body != more.body) return Wrong("two notes of one text");
  std::string joined(note);
  size_t count = parsed.signatures.size();
  for (const NoteSignature& s : more.signatures) {
    const bool there = std::any_of(
        parsed.signatures.begin(), parsed.signatures.end(),
        [&](const NoteSignature& of) { return of.name == s.name && of.key_hash == s.key_hash; });
    if (there) continue;
    joined += SignatureLine(s.name, s.key_hash, s.signature);
    if (++count > kSignaturesMax) return Wrong("1 to 64 signatures");
  }
  return joined;
}

std::string NoteVerifierKey(std::string_view name, const crypto::VerifyKey& key) {
  return VerifierKey(name, kEd25519, key);
}

std::string WitnessVerifierKey(std::string_view name, const crypto::VerifyKey& key) {
  return VerifierKey(name, kCosignature, key);
}

}  // namespace waymark::audit
