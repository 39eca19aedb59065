// HPKE with one encapsulation for many messages (RFC 9180 section 5.2), in the suite of hpke.h: the
// two X25519 operations are paid once for each session instead of once for each message. Message 0
// of a session is what HpkeSeal makes.
//
// The nonce is the base nonce XOR the message's number, which therefore travels with the message:
// messages open in any order, also twice. Whoever opens must know by other means that a message is
// new.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"

namespace waymark::crypto {

// What both ends of a session share. A value; its secret is wiped with it.
class HpkeSessionKeys {
 public:
  HpkeSessionKeys(std::string key, std::string base_nonce);
  ~HpkeSessionKeys();
  HpkeSessionKeys(HpkeSessionKeys&&) noexcept = default;
  HpkeSessionKeys& operator=(HpkeSessionKeys&&) noexcept = default;

  const std::string& key() const { return key_; }
  std::string Nonce(uint64_t number) const;

 private:
  std::string key_;
  std::string base_nonce_;
};

// The sending end. Not thread-safe; movable, not copyable: two copies would use one nonce twice.
class HpkeSender {
 public:
  // As HpkeSeal: InvalidArgument for a public key that is not a usable one.
  static absl::StatusOr<HpkeSender> Begin(std::string_view recipient_public_key,
                                          std::string_view info, Random& random);

  struct Message {
    uint64_t number = 0;     // from 0, each once
    std::string ciphertext;  // 16 bytes longer than the plaintext
  };
  Message Seal(std::string_view aad, std::string_view plaintext);

  const std::string& encapsulated_key() const { return encapsulated_key_; }
  uint64_t sealed() const { return next_; }

 private:
  HpkeSender(std::string encapsulated_key, HpkeSessionKeys keys)
      : encapsulated_key_(std::move(encapsulated_key)), keys_(std::move(keys)) {}

  std::string encapsulated_key_;
  HpkeSessionKeys keys_;
  uint64_t next_ = 0;
};

// The receiving end. Immutable; thread-safe.
class HpkeReceiver {
 public:
  // Any failure here and below gives one and the same Unauthenticated status.
  static absl::StatusOr<HpkeReceiver> Begin(const HpkePrivateKey& recipient,
                                            std::string_view encapsulated_key,
                                            std::string_view info);
  absl::StatusOr<std::string> Open(uint64_t number, std::string_view aad,
                                   std::string_view ciphertext) const;

 private:
  explicit HpkeReceiver(HpkeSessionKeys keys) : keys_(std::move(keys)) {}

  HpkeSessionKeys keys_;
};

}  // namespace waymark::crypto
