#include "libs/crypto/signed_file.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/mac.h"

namespace waymark::crypto {
namespace {

constexpr std::string_view kFirstLine = "waymark-signatures v1";
constexpr std::string_view kSignedContext = "waymark-signed-file-v1";
constexpr size_t kNameMax = 100;

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// Lower-case hexadecimal only, so that one set has one text.
bool IsHex(std::string_view text, size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string SignedBytes(std::string_view context, std::string_view party, std::string_view sha256) {
  return LengthPrefixed({kSignedContext, context, party, sha256});
}

absl::Status Wrong(size_t line, std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line + 1, " of the signatures: wanted ", ToAbsl(wanted)));
}

absl::StatusOr<FileSignature> ParseSignatureLine(std::string_view line, size_t number) {
  const std::vector<std::string> words = absl::StrSplit(ToAbsl(line), ' ');
  if (words.size() != 4 || words[0] != "signature" || !IsName(words[1]) || !IsHex(words[2], 16)) {
    return Wrong(number, "'signature PARTY KEY-ID BASE64'");
  }
  const absl::StatusOr<std::string> signature = FromBase64(words[3]);
  if (!signature.ok() || signature->size() != kSignatureSize || ToBase64(*signature) != words[3]) {
    return Wrong(number, "a signature of 64 bytes in base64");
  }
  return FileSignature{words[1], words[2], *signature};
}

}  // namespace

SignatureSet NewSignatureSet(std::string_view context, std::string_view file) {
  WM_CHECK(IsName(context), "the context of a signature is 1 to 100 of a-z 0-9 - . _");
  return SignatureSet{std::string(context), Sha256(file), {}};
}

void AddSignature(SignatureSet& set, std::string_view party, const SigningKey& key) {
  WM_CHECK(IsName(party), "a signing party's name is 1 to 100 of a-z 0-9 - . _");
  std::erase_if(set.signatures, [&](const FileSignature& s) { return s.party == party; });
  set.signatures.push_back({std::string(party), key.verify_key().id(),
                            key.Sign(SignedBytes(set.context, party, set.sha256))});
}

std::string FormatSignatureSet(const SignatureSet& set) {
  std::string text = absl::StrCat(ToAbsl(kFirstLine), "\ncontext ", set.context, "\nsha256 ",
                                  ToHex(set.sha256), "\n");
  for (const FileSignature& s : set.signatures) {
    absl::StrAppend(&text, "signature ", s.party, " ", s.key_id, " ", ToBase64(s.signature), "\n");
  }
  return text;
}

absl::StatusOr<SignatureSet> ParseSignatureSet(std::string_view text) {
  if (text.size() > kSignatureFileBytesMax) {
    return absl::InvalidArgumentError("the signatures are longer than 64 KiB");
  }
  std::vector<std::string> lines = absl::StrSplit(ToAbsl(text), '\n');
  if (lines.size() < 4 || !lines.back().empty()) {
    return Wrong(lines.size() - 1, "three lines or more, each ended by a line feed");
  }
  lines.pop_back();
  if (lines[0] != kFirstLine) return Wrong(0, "'waymark-signatures v1'");
  SignatureSet set;
  const std::string_view context = lines[1];
  if (context.substr(0, 8) != "context " || !IsName(context.substr(8))) {
    return Wrong(1, "'context NAME'");
  }
  set.context = context.substr(8);
  const std::string_view digest = lines[2];
  if (digest.substr(0, 7) != "sha256 " || !IsHex(digest.substr(7), 64)) {
    return Wrong(2, "'sha256 ' and 64 hexadecimal digits");
  }
  WM_ASSIGN_OR_RETURN(set.sha256, FromHex(digest.substr(7)));
  std::set<std::string> parties;
  for (size_t i = 3; i < lines.size(); ++i) {
    WM_ASSIGN_OR_RETURN(FileSignature signature, ParseSignatureLine(lines[i], i));
    if (!parties.insert(signature.party).second) return Wrong(i, "each party once");
    set.signatures.push_back(std::move(signature));
  }
  return set;
}

absl::StatusOr<std::vector<std::string>> VerifySignedFile(std::string_view file,
                                                          std::string_view signatures,
                                                          std::string_view context,
                                                          const std::vector<PartyKey>& trusted,
                                                          size_t wanted) {
  WM_ASSIGN_OR_RETURN(const SignatureSet set, ParseSignatureSet(signatures));
  if (set.context != context) {
    return absl::UnauthenticatedError(
        absl::StrCat("the signatures are for another kind of file: wanted '", ToAbsl(context),
                     "', sign it as that"));
  }
  if (set.sha256 != Sha256(file)) {
    return absl::UnauthenticatedError(
        "the file is not the one that was signed: restore it, or have it signed again");
  }
  std::set<std::string> parties;
  std::set<std::string> keys;
  for (const FileSignature& s : set.signatures) {
    const auto known = std::find_if(trusted.begin(), trusted.end(), [&](const PartyKey& t) {
      return t.party == s.party && t.key.id() == s.key_id;
    });
    if (known == trusted.end()) continue;
    if (!known->key.Verify(SignedBytes(context, s.party, set.sha256), s.signature)) {
      return absl::UnauthenticatedError(
          absl::StrCat("the signature of ", s.party, " does not hold: have it signed again"));
    }
    if (keys.insert(known->key.bytes()).second) parties.insert(s.party);
  }
  if (parties.size() < wanted) {
    return absl::FailedPreconditionError(absl::StrCat(
        "signed by ", parties.size(), " of the parties whose keys are trusted: wanted ", wanted,
        "; have more of them sign it"));
  }
  return std::vector<std::string>(parties.begin(), parties.end());
}

}  // namespace waymark::crypto
