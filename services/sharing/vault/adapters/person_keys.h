// Sealing under the keys of persons (PersonKeys, membership.h). Thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/slot_keys.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/domain/persons.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::vault {

using MemoryPersonKeys = crypto::MemorySlotKeys;

// Carries out an intent under the key of `slot`. The owner, the field, what it belongs to, its
// version and the membership are bound.
absl::StatusOr<gateway::v1::Sealed> Seal(const Membership& membership, const SealIntent& intent,
                                         uint64_t slot, std::string_view plaintext);
// The plaintext. NotFound: the owner was erased. Unauthenticated: it is not that field's
// ciphertext. `intent.version` is taken from `sealed`.
absl::StatusOr<std::string> Open(const Membership& membership, const SealIntent& intent,
                                 const gateway::v1::Sealed& sealed);

// A key that all of these slots make together. `use` keeps uses apart. NotFound: one of their
// owners was erased.
absl::StatusOr<std::string> JointKey(const Membership& membership, const std::set<uint64_t>& slots,
                                     std::string_view use);

}  // namespace waymark::sharing::vault
