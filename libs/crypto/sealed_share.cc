#include "libs/crypto/sealed_share.h"

#include <algorithm>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/fields_internal.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/hpke_internal.h"
#include "libs/crypto/mac.h"

namespace waymark::crypto {
namespace {

using internal::FieldReader;

constexpr std::string_view kProfile = "waymark-share-v1";
constexpr std::string_view kSignatureContext = "waymark-share-signature-v1";
constexpr std::string_view kHeaderContext = "waymark-share-header-v1";
constexpr size_t kSaltSize = 32;
constexpr size_t kTagSize = 16;
constexpr size_t kBucketMin = 1024;

// Views into the sealed bytes.
struct Fields {
  std::string_view profile, suite, sender, recipient, key_id, encapsulated_key, commitment,
      ciphertext, signature;
};

std::string SuiteBytes() {
  return BigEndian64(static_cast<uint64_t>(kHpkeSuite.kem) << 32 |
                     static_cast<uint64_t>(kHpkeSuite.kdf) << 16 | kHpkeSuite.aead)
      .substr(2);
}

std::string Commitment(std::string_view salt, std::string_view header) {
  return Sha256(LengthPrefixed({kHeaderContext, salt, header}));
}

std::string AssociatedData(const Fields& fields) {
  return LengthPrefixed({fields.sender, fields.recipient, fields.key_id, fields.commitment});
}

std::string SignedBytes(const Fields& fields) {
  return LengthPrefixed({kSignatureContext, fields.suite, fields.profile, fields.sender,
                         fields.recipient, fields.encapsulated_key, Sha256(fields.ciphertext),
                         fields.commitment});
}

bool IsBucket(size_t size) {
  return size >= kBucketMin && size <= kSharePlaintextMax && (size & (size - 1)) == 0;
}

size_t BucketFor(size_t size) {
  size_t bucket = kBucketMin;
  while (bucket < size) bucket *= 2;
  return bucket;
}

bool PartyFits(std::string_view party) { return !party.empty() && party.size() <= kSharePartyMax; }

absl::StatusOr<Fields> Split(std::string_view sealed) {
  if (sealed.size() > kShareBytesMax) {
    return absl::InvalidArgumentError("a sealed share is larger than the limit");
  }
  FieldReader reader(sealed);
  Fields fields;
  for (std::string_view* field :
       {&fields.profile, &fields.suite, &fields.sender, &fields.recipient, &fields.key_id,
        &fields.encapsulated_key, &fields.commitment, &fields.ciphertext, &fields.signature}) {
    const std::optional<std::string_view> next = reader.Next();
    if (!next.has_value()) return absl::InvalidArgumentError("a sealed share is cut short");
    *field = *next;
  }
  if (!reader.rest().empty()) {
    return absl::InvalidArgumentError("a sealed share is followed by more bytes");
  }
  if (fields.profile != kProfile || fields.suite != SuiteBytes()) {
    return absl::InvalidArgumentError(
        "a share is sealed in a form that is not allowed: wanted waymark-share-v1 with "
        "DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM");
  }
  const bool sizes =
      PartyFits(fields.sender) && PartyFits(fields.recipient) && fields.key_id.size() == 16 &&
      fields.encapsulated_key.size() == kHpkeKeySize && fields.commitment.size() == kSha256Size &&
      fields.ciphertext.size() >= kTagSize && IsBucket(fields.ciphertext.size() - kTagSize) &&
      fields.signature.size() == kSignatureSize;
  if (!sizes) return absl::InvalidArgumentError("a field of a sealed share has a wrong size");
  return fields;
}

absl::StatusOr<ShareParts> ReadParts(std::string_view plaintext, std::string_view commitment) {
  FieldReader reader(plaintext);
  const std::optional<std::string_view> salt = reader.Next();
  const std::optional<std::string_view> header = reader.Next();
  const std::optional<std::string_view> content = reader.Next();
  if (!salt || !header || !content) return internal::CannotOpen();
  const bool padded =
      std::all_of(reader.rest().begin(), reader.rest().end(), [](char c) { return c == '\0'; });
  if (!padded || salt->size() != kSaltSize ||
      !ConstantTimeEqual(Commitment(*salt, *header), commitment)) {
    return internal::CannotOpen();
  }
  return ShareParts{std::string(*header), std::string(*content)};
}

}  // namespace

absl::StatusOr<std::string> SealShare(const ShareParts& parts, const ShareParties& parties,
                                      const SigningKey& sender_key,
                                      std::string_view recipient_public_key, Random& random) {
  if (!PartyFits(parties.sender) || !PartyFits(parties.recipient)) {
    return absl::InvalidArgumentError("a party's name must have 1 to 200 bytes");
  }
  if (parts.header.size() + parts.content.size() > kSharePlaintextMax) {
    return absl::InvalidArgumentError("a share is larger than 256 KiB: share less, or in parts");
  }
  const std::string salt = random.Bytes(kSaltSize);
  std::string plaintext = LengthPrefixed({salt, parts.header, parts.content});
  if (plaintext.size() > kSharePlaintextMax) {
    return absl::InvalidArgumentError("a share is larger than 256 KiB: share less, or in parts");
  }
  plaintext.resize(BucketFor(plaintext.size()), '\0');

  const std::string suite = SuiteBytes();
  const std::string commitment = Commitment(salt, parts.header);
  Fields fields;
  fields.profile = kProfile;
  fields.suite = suite;
  fields.sender = parties.sender;
  fields.recipient = parties.recipient;
  fields.key_id = sender_key.verify_key().id();
  fields.commitment = commitment;
  const absl::StatusOr<HpkeSealed> sealed =
      HpkeSeal(recipient_public_key, kProfile, AssociatedData(fields), plaintext, random);
  Wipe(plaintext);
  if (!sealed.ok()) return sealed.status();
  fields.encapsulated_key = sealed->encapsulated_key;
  fields.ciphertext = sealed->ciphertext;
  const std::string signature = sender_key.Sign(SignedBytes(fields));
  return LengthPrefixed({fields.profile, fields.suite, fields.sender, fields.recipient,
                         fields.key_id, fields.encapsulated_key, fields.commitment,
                         fields.ciphertext, signature});
}

absl::StatusOr<ShareEnvelope> ReadShareEnvelope(std::string_view sealed) {
  WM_ASSIGN_OR_RETURN(const Fields fields, Split(sealed));
  return ShareEnvelope{{std::string(fields.sender), std::string(fields.recipient)},
                       std::string(fields.key_id),
                       std::string(fields.commitment)};
}

absl::StatusOr<ShareParts> OpenShare(std::string_view sealed, const ShareParties& expected,
                                     const VerifyKey& sender_key,
                                     const HpkePrivateKey& recipient_key) {
  WM_ASSIGN_OR_RETURN(const Fields fields, Split(sealed));
  if (fields.sender != expected.sender || fields.recipient != expected.recipient) {
    return absl::PermissionDeniedError("a share is between other parties than the lane it is on");
  }
  if (fields.key_id != sender_key.id() ||
      !sender_key.Verify(SignedBytes(fields), fields.signature)) {
    return internal::CannotOpen();
  }
  WM_ASSIGN_OR_RETURN(std::string plaintext, HpkeOpen(recipient_key,
                                                      {std::string(fields.encapsulated_key),
                                                       std::string(fields.ciphertext)},
                                                      kProfile, AssociatedData(fields)));
  absl::StatusOr<ShareParts> parts = ReadParts(plaintext, fields.commitment);
  Wipe(plaintext);
  return parts;
}

}  // namespace waymark::crypto
