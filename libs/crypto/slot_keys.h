// Port: one key for each person, in numbered slots outside the store, so that a key can be
// destroyed. Implementations: FileSlotKeys over a KeyFile; MemorySlotKeys for tests. Thread-safe
// but for what says otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/key_file.h"

namespace waymark::crypto {

class SlotKeys {
 public:
  virtual ~SlotKeys() = default;
  // A free slot with a fresh key. No disk sync unless all that were filled ahead are used up. A
  // slot that was taken but never stored by the caller is handed out again after a restart.
  virtual absl::StatusOr<uint64_t> Take() = 0;
  // 32 bytes. NotFound: erased.
  virtual absl::StatusOr<std::string> Key(uint64_t slot) const = 0;
  // Destroys the key for ever, durably; repeating it is harmless. Record the intent before it, and
  // follow it with RewriteUnderNewMaster within the time that the erasure promise allows.
  virtual absl::Status Erase(uint64_t slot) = 0;
  // Rising.
  virtual std::vector<uint64_t> ErasedSlots() const = 0;
  // Makes old copies of erased slots unreadable too. Safe to be interrupted at any point.
  virtual absl::Status RewriteUnderNewMaster() = 0;
};

// The keys of a file that is bound after the store is open, because only the store knows which
// slots are in use. FailedPrecondition until then.
class FileSlotKeys : public SlotKeys {
 public:
  // Closes the file bound before, if any, then opens (KeyFile::Open). Not while others call.
  absl::Status Bind(const KeyFileOptions& options, uint64_t slots_in_use, Random& random);

  absl::StatusOr<uint64_t> Take() override;
  absl::StatusOr<std::string> Key(uint64_t slot) const override;
  absl::Status Erase(uint64_t slot) override;
  std::vector<uint64_t> ErasedSlots() const override;  // none until bound
  absl::Status RewriteUnderNewMaster() override;
  // Null until bound.
  KeyFile* file() { return file_.get(); }

 private:
  std::unique_ptr<KeyFile> file_;
};

class MemorySlotKeys : public SlotKeys {
 public:
  explicit MemorySlotKeys(Random& random) : random_(random) {}
  absl::StatusOr<uint64_t> Take() override;
  absl::StatusOr<std::string> Key(uint64_t slot) const override;
  absl::Status Erase(uint64_t slot) override;
  std::vector<uint64_t> ErasedSlots() const override;
  absl::Status RewriteUnderNewMaster() override;
  // How often everything was put under a new master.
  int rewrites() const;

 private:
  Random& random_;
  mutable std::mutex mutex_;
  std::map<uint64_t, std::string> keys_;
  std::set<uint64_t> erased_;
  uint64_t next_ = 0;
  int rewrites_ = 0;
};

}  // namespace waymark::crypto
