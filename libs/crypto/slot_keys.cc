#include "libs/crypto/slot_keys.h"

#include "libs/crypto/aead.h"

namespace waymark::crypto {

absl::StatusOr<uint64_t> MemorySlotKeys::Take() {
  std::lock_guard lock(mutex_);
  keys_[next_] = random_.Bytes(kAeadKeySize);
  return next_++;
}

absl::StatusOr<std::string> MemorySlotKeys::Key(uint64_t slot) const {
  std::lock_guard lock(mutex_);
  const auto key = keys_.find(slot);
  if (key == keys_.end()) return absl::NotFoundError("the key of this slot is gone");
  return key->second;
}

void MemorySlotKeys::Erase(uint64_t slot) {
  std::lock_guard lock(mutex_);
  keys_.erase(slot);
}

}  // namespace waymark::crypto
