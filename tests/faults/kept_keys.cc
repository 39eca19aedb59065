// The fault "key_kept": KeyFile::Erase says that a key is destroyed and leaves it where it is. The
// linker puts this between the key file and whoever erases (CMakeLists.txt).
#include <atomic>

#include "absl/status/status.h"
#include "libs/crypto/key_file.h"
#include "tests/faults/seeded.h"

// NOLINTBEGIN: the linker makes these names
extern "C" {

absl::Status __real__ZN7waymark6crypto7KeyFile5EraseEm(waymark::crypto::KeyFile* file,
                                                       uint64_t slot);

static std::atomic<bool> keep_keys = false;

absl::Status __wrap__ZN7waymark6crypto7KeyFile5EraseEm(waymark::crypto::KeyFile* file,
                                                       uint64_t slot) {
  if (keep_keys) return absl::OkStatus();
  return __real__ZN7waymark6crypto7KeyFile5EraseEm(file, slot);
}
}
// NOLINTEND

namespace waymark::faults {

void KeepKeys(bool keep) { keep_keys = keep; }

}  // namespace waymark::faults
