// One key for each person, in a file of fixed slots outside any database, so that a key can really
// be destroyed: overwriting its slot leaves noise wherever bytes encrypted under it still lie.
//
// Slots are filled with fresh random keys and synced ahead of need, so taking one costs no sync.
// Each is encrypted under a master key that is kept in a second file; rewriting everything under a
// new master and destroying the old one also defeats copies of old slots (on worn flash, in backups
// of the slots file). Which slots are taken is known by the caller's own store.
//
// Two files, of the same generation (decimal, 12 digits); they may lie in different directories:
//
//   slots-<generation>  = header slot*
//   header  (64 bytes)  = "WMKEYS01" generation(8) file-id(16) zeros(24)
//                         first 8 bytes of SHA-256 over the 56 bytes before
//   slot    (64 bytes)  = state(1: 1 a key, 2 erased) zeros(3) nonce(12) ciphertext(32) tag(16)
//                         AES-256-GCM under the master key; associated data
//                         F("waymark-key-slot-v1") F(file-id) F(slot number, 8 bytes) F(state)
//   master-<generation> = "WMMASTR1" generation(8) file-id(16) key(32)
//                         SHA-256 over the 64 bytes before
//
// Numbers are big-endian, F is a length-prefixed field (LengthPrefixed). A slots file that ends
// within a chunk of kSlotsInChunk slots was growing when the process died; the chunk is written
// again. The highest generation of the slots is the live one; what remains of lower ones is
// destroyed when opened.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"

namespace waymark::crypto {

struct KeyFileOptions {
  std::string slots_directory;   // made (0700) when it does not exist
  std::string master_directory;  // the same or another
  uint64_t slots_ahead = 1024;   // how many free slots TopUp keeps
};

// Thread-safe. One process at a time (a lock file in slots_directory).
//
// After any failed write or sync every further call fails: nobody knows what is on the disk then.
class KeyFile {
 public:
  static constexpr uint64_t kSlotsInChunk = 1024;

  // Opens, or creates when there are no files and `slots_in_use` is 0. `slots_in_use` is the
  // highest slot number that the caller's store knows, plus one (0: none). Every slot is checked
  // (measured: 0.14 s for 100 000 on a busy machine with two cores). `random` must outlive this.
  //
  // DataLoss: damaged, or missing, or fewer slots than are in use; the text says what to do.
  //
  // FailedPrecondition: another process has it open.
  static absl::StatusOr<std::unique_ptr<KeyFile>> Open(const KeyFileOptions& options,
                                                       uint64_t slots_in_use, Random& random);
  ~KeyFile();

  // A slot that was never taken in this process nor is in use by the caller's store, nor erased. No
  // sync unless all slots filled ahead are used up. A slot that was taken but not stored is handed
  // out again after a restart.
  absl::StatusOr<uint64_t> Take();

  // Fills and syncs new chunks until slots_ahead are free. For a background task.
  absl::Status TopUp();

  // 32 bytes, secret. NotFound: erased. DataLoss: damaged. OutOfRange: there is no such slot.
  absl::StatusOr<std::string> Key(uint64_t slot) const;

  // Overwrites and syncs; repeating it is harmless. Follow it with RewriteUnderNewMaster within the
  // time that the erasure promise allows.
  absl::Status Erase(uint64_t slot);

  // Rising; those erased in the life of these files.
  std::vector<uint64_t> ErasedSlots() const;

  // Writes all keys under a new master key to new files, makes them the live ones, then overwrites
  // and removes the old master and the old slots. Safe to be interrupted at any point.
  absl::Status RewriteUnderNewMaster();

  uint64_t generation() const;
  // All slots in the file, taken or not.
  uint64_t slot_count() const;

 private:
  struct Impl;
  explicit KeyFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Overwrites a file that holds one secret, syncs and removes it. OK when it is not there.
absl::Status DestroyFile(const std::string& path, Random& random);

}  // namespace waymark::crypto
