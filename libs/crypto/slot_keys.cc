#include "libs/crypto/slot_keys.h"

#include "libs/crypto/aead.h"

namespace waymark::crypto {
namespace {

absl::Status NotBound() { return absl::FailedPreconditionError("the key file is not open yet"); }

}  // namespace

absl::Status FileSlotKeys::Bind(const KeyFileOptions& options, uint64_t slots_in_use,
                                Random& random) {
  file_.reset();
  auto file = KeyFile::Open(options, slots_in_use, random);
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  return file_->TopUp();
}

absl::StatusOr<uint64_t> FileSlotKeys::Take() {
  if (file_ == nullptr) return NotBound();
  return file_->Take();
}

absl::StatusOr<std::string> FileSlotKeys::Key(uint64_t slot) const {
  if (file_ == nullptr) return NotBound();
  return file_->Key(slot);
}

absl::Status FileSlotKeys::Erase(uint64_t slot) {
  if (file_ == nullptr) return NotBound();
  return file_->Erase(slot);
}

std::vector<uint64_t> FileSlotKeys::ErasedSlots() const {
  return file_ == nullptr ? std::vector<uint64_t>() : file_->ErasedSlots();
}

absl::Status FileSlotKeys::RewriteUnderNewMaster() {
  if (file_ == nullptr) return NotBound();
  return file_->RewriteUnderNewMaster();
}

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

absl::Status MemorySlotKeys::Erase(uint64_t slot) {
  std::lock_guard lock(mutex_);
  if (slot >= next_) return absl::OutOfRangeError("there is no such key slot");
  keys_.erase(slot);
  erased_.insert(slot);
  return absl::OkStatus();
}

std::vector<uint64_t> MemorySlotKeys::ErasedSlots() const {
  std::lock_guard lock(mutex_);
  return {erased_.begin(), erased_.end()};
}

absl::Status MemorySlotKeys::RewriteUnderNewMaster() {
  std::lock_guard lock(mutex_);
  ++rewrites_;
  return absl::OkStatus();
}

int MemorySlotKeys::rewrites() const {
  std::lock_guard lock(mutex_);
  return rewrites_;
}

}  // namespace waymark::crypto
