// The two PersonKeys (membership.h), and sealing under them. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/key_file.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/domain/persons.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::vault {

// The key file of a membership. Open it with SlotsInUse of vault_view.h.
class KeyFileSlots : public PersonKeys {
 public:
  explicit KeyFileSlots(std::unique_ptr<crypto::KeyFile> file) : file_(std::move(file)) {}
  absl::StatusOr<uint64_t> Take() override { return file_->Take(); }
  absl::StatusOr<std::string> Key(uint64_t slot) const override { return file_->Key(slot); }
  crypto::KeyFile& file() { return *file_; }

 private:
  std::unique_ptr<crypto::KeyFile> file_;
};

// Keys in memory, for tests; outlives a store that "crashes".
class MemoryPersonKeys : public PersonKeys {
 public:
  // `random` must outlive this.
  explicit MemoryPersonKeys(Random& random) : random_(random) {}
  absl::StatusOr<uint64_t> Take() override;
  absl::StatusOr<std::string> Key(uint64_t slot) const override;
  void Erase(uint64_t slot);

 private:
  Random& random_;
  mutable std::mutex mutex_;
  uint64_t next_ = 0;
  std::map<uint64_t, std::string> keys_;
};

// Carries out an intent under the key of `slot`. The owner, the field, what it belongs to, its
// version and the membership are bound.
absl::StatusOr<gateway::v1::Sealed> Seal(const Membership& membership, const SealIntent& intent,
                                         uint64_t slot, std::string_view plaintext);
// The plaintext. NotFound: the owner was erased. Unauthenticated: it is not that field's
// ciphertext. `intent.version` is taken from `sealed`.
absl::StatusOr<std::string> Open(const Membership& membership, const SealIntent& intent,
                                 const gateway::v1::Sealed& sealed);

}  // namespace waymark::sharing::vault
