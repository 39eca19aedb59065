#include "libs/crypto/key_file.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/file_internal.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/mac.h"

namespace waymark::crypto {
namespace {

using internal::File;

constexpr std::string_view kSlotsMagic = "WMKEYS01";
constexpr std::string_view kMasterMagic = "WMMASTR1";
constexpr std::string_view kSlotContext = "waymark-key-slot-v1";
constexpr size_t kHeaderSize = 64;
constexpr size_t kSlotSize = 64;
constexpr size_t kSlotPrefixSize = 4;
constexpr size_t kFileIdSize = 16;
constexpr size_t kMasterSize = 96;
constexpr size_t kChunkSize = KeyFile::kSlotsInChunk * kSlotSize;
constexpr char kLive = 1;
constexpr char kErased = 2;

std::string SlotsName(uint64_t generation) { return absl::StrFormat("slots-%012d", generation); }
std::string MasterName(uint64_t generation) { return absl::StrFormat("master-%012d", generation); }

uint64_t SlotOffset(uint64_t slot) { return kHeaderSize + slot * kSlotSize; }

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrCat(
      "the file of personal keys is damaged or incomplete (", ToAbsl(what),
      "): stop, put back the slots file and the master file of one and the same backup of the "
      "keys, and replay the erasures made since"));
}

// One generation as it is in memory: what seals and opens slots.
struct Generation {
  uint64_t number = 0;
  std::string file_id;
  std::string master;  // secret

  std::string Seal(uint64_t slot, char state, std::string_view key, Random& random) const {
    std::string bytes = {state, 0, 0, 0};
    return bytes + AeadSeal(master, AssociatedData(slot, state), key, random);
  }

  // The state and the key; nothing when the slot is damaged.
  std::optional<std::pair<char, std::string>> Open(uint64_t slot, std::string_view bytes) const {
    const char state = bytes[0];
    if (bytes.substr(1, 3) != std::string_view("\0\0\0", 3)) return std::nullopt;
    absl::StatusOr<std::string> key =
        AeadOpen(master, AssociatedData(slot, state), bytes.substr(kSlotPrefixSize));
    if (!key.ok() || (state != kLive && state != kErased)) return std::nullopt;
    return std::make_pair(state, *std::move(key));
  }

  std::string SlotsHeader() const {
    std::string header = std::string(kSlotsMagic) + BigEndian64(number) + file_id;
    header.resize(kHeaderSize - 8, '\0');
    return header + Sha256(header).substr(0, 8);
  }

  std::string MasterBytes() const {
    const std::string bytes = std::string(kMasterMagic) + BigEndian64(number) + file_id + master;
    return bytes + Sha256(bytes);
  }

 private:
  std::string AssociatedData(uint64_t slot, char state) const {
    return LengthPrefixed({kSlotContext, file_id, BigEndian64(slot), std::string_view(&state, 1)});
  }
};

Generation NewGeneration(uint64_t number, Random& random) {
  return {number, random.Bytes(kFileIdSize), random.Bytes(kAeadKeySize)};
}

// The numbers of the files named PREFIX and 12 digits.
absl::StatusOr<std::vector<uint64_t>> NumbersIn(const std::string& directory,
                                                std::string_view prefix) {
  WM_ASSIGN_OR_RETURN(const std::vector<std::string> names, internal::ListDirectory(directory));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    const std::string digits = name.size() > prefix.size() ? name.substr(prefix.size()) : "";
    const bool ours =
        name.compare(0, prefix.size(), prefix) == 0 && digits.size() == 12 &&
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (ours) numbers.push_back(std::stoull(digits));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Status WriteNew(const std::string& path, std::string_view bytes) {
  WM_ASSIGN_OR_RETURN(File file, File::Create(path));
  WM_RETURN_IF_ERROR(file.WriteAt(0, bytes));
  return file.Sync();
}

absl::StatusOr<Generation> ReadGeneration(const File& slots, const std::string& master_path,
                                          uint64_t number) {
  absl::StatusOr<std::string> header = slots.ReadAt(0, kHeaderSize);
  if (!header.ok()) return Damaged("the slots file has no header");
  absl::StatusOr<File> file = File::OpenExisting(master_path);
  if (absl::IsNotFound(file.status())) {
    return Damaged(absl::StrCat("there is no ", master_path));
  }
  WM_RETURN_IF_ERROR(file.status());
  absl::StatusOr<std::string> master = file->ReadAt(0, kMasterSize);
  if (!master.ok()) return Damaged("the master file is cut short");
  Generation generation{number, master->substr(16, kFileIdSize), master->substr(32, 32)};
  const bool whole = ConstantTimeEqual(*master, generation.MasterBytes());
  Wipe(*master);
  if (!whole) return Damaged("the master file does not match its checksum or its name");
  if (*header != generation.SlotsHeader()) {
    return Damaged("the slots file's header is not the one of this master file");
  }
  return generation;
}

}  // namespace

struct KeyFile::Impl {
  Impl(KeyFileOptions opened, Random& source) : options(std::move(opened)), random(source) {}
  ~Impl() { Wipe(live.master); }

  std::string SlotsPath(uint64_t number) const {
    return absl::StrCat(options.slots_directory, "/", SlotsName(number));
  }
  std::string MasterPath(uint64_t number) const {
    return absl::StrCat(options.master_directory, "/", MasterName(number));
  }

  absl::Status Lock();
  absl::Status OpenOrCreate(uint64_t slots_in_use);
  absl::Status OpenLive(uint64_t number, uint64_t slots_in_use);
  absl::Status CheckSlots();
  absl::Status Create(uint64_t number);
  absl::Status DestroyAllBut(uint64_t number);
  absl::Status DestroyMaster(uint64_t number);

  absl::Status AppendChunk();
  absl::Status TopUp();
  absl::StatusOr<std::string> Key(uint64_t slot) const;
  absl::Status Erase(uint64_t slot);
  absl::Status WriteUnder(const Generation& next, const std::string& path);
  absl::Status Rewrite();

  // Runs a change; once one has failed, none runs any more.
  template <typename Change>
  absl::Status Run(const Change& change) {
    WM_RETURN_IF_ERROR(broken);
    broken = change();
    return broken;
  }

  const KeyFileOptions options;
  Random& random;
  mutable std::mutex mutex;
  File lock;
  File slots;
  Generation live;
  uint64_t slot_count = 0;
  uint64_t next_slot = 0;
  std::set<uint64_t> erased;
  absl::Status broken;
};

absl::Status KeyFile::Impl::Lock() {
  WM_RETURN_IF_ERROR(internal::MakeDirectory(options.slots_directory));
  WM_RETURN_IF_ERROR(internal::MakeDirectory(options.master_directory));
  WM_ASSIGN_OR_RETURN(lock, File::Create(absl::StrCat(options.slots_directory, "/lock")));
  WM_ASSIGN_OR_RETURN(const bool locked, lock.TryLock());
  if (locked) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("another process uses the personal keys in ",
                                                    options.slots_directory, ": stop it first"));
}

absl::Status KeyFile::Impl::OpenOrCreate(uint64_t slots_in_use) {
  next_slot = slots_in_use;
  WM_ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers,
                      NumbersIn(options.slots_directory, "slots-"));
  if (!numbers.empty()) {
    WM_RETURN_IF_ERROR(OpenLive(numbers.back(), slots_in_use));
  } else if (slots_in_use > 0) {
    return Damaged(absl::StrCat("there is no slots file in ", options.slots_directory, ", but ",
                                slots_in_use, " slots are in use"));
  } else {
    // A master without slots is what a creation that was interrupted left.
    WM_ASSIGN_OR_RETURN(const std::vector<uint64_t> masters,
                        NumbersIn(options.master_directory, "master-"));
    WM_RETURN_IF_ERROR(Create(masters.empty() ? 1 : masters.back() + 1));
  }
  WM_RETURN_IF_ERROR(DestroyAllBut(live.number));
  return TopUp();
}

absl::Status KeyFile::Impl::OpenLive(uint64_t number, uint64_t slots_in_use) {
  WM_ASSIGN_OR_RETURN(slots, File::OpenExisting(SlotsPath(number)));
  WM_ASSIGN_OR_RETURN(live, ReadGeneration(slots, MasterPath(number), number));
  WM_ASSIGN_OR_RETURN(const uint64_t size, slots.Size());
  slot_count = (size - kHeaderSize) / kChunkSize * kSlotsInChunk;
  if (slot_count < slots_in_use) {
    return Damaged(
        absl::StrCat("it has ", slot_count, " slots, but ", slots_in_use, " are in use"));
  }
  WM_RETURN_IF_ERROR(CheckSlots());
  return slots.Truncate(SlotOffset(slot_count));
}

absl::Status KeyFile::Impl::CheckSlots() {
  for (uint64_t first = 0; first < slot_count; first += kSlotsInChunk) {
    WM_ASSIGN_OR_RETURN(const std::string chunk, slots.ReadAt(SlotOffset(first), kChunkSize));
    for (uint64_t i = 0; i < kSlotsInChunk; ++i) {
      const std::string_view bytes = std::string_view(chunk).substr(i * kSlotSize, kSlotSize);
      std::optional<std::pair<char, std::string>> opened = live.Open(first + i, bytes);
      if (!opened) return Damaged(absl::StrCat("slot ", first + i));
      if (opened->first == kErased) erased.insert(first + i);
      Wipe(opened->second);
    }
  }
  return absl::OkStatus();
}

absl::Status KeyFile::Impl::Create(uint64_t number) {
  live = NewGeneration(number, random);
  WM_RETURN_IF_ERROR(WriteNew(MasterPath(number), live.MasterBytes()));
  WM_RETURN_IF_ERROR(internal::SyncDirectory(options.master_directory));
  const std::string path = SlotsPath(number) + ".new";
  WM_RETURN_IF_ERROR(WriteNew(path, live.SlotsHeader()));
  WM_RETURN_IF_ERROR(internal::Rename(path, SlotsPath(number)));
  WM_RETURN_IF_ERROR(internal::SyncDirectory(options.slots_directory));
  WM_ASSIGN_OR_RETURN(slots, File::OpenExisting(SlotsPath(number)));
  return absl::OkStatus();
}

absl::Status KeyFile::Impl::DestroyMaster(uint64_t number) {
  const std::string path = MasterPath(number);
  WM_ASSIGN_OR_RETURN(File file, File::OpenExisting(path));
  WM_RETURN_IF_ERROR(file.WriteAt(0, random.Bytes(kMasterSize)));
  WM_RETURN_IF_ERROR(file.Sync());
  return internal::Remove(path);
}

absl::Status KeyFile::Impl::DestroyAllBut(uint64_t number) {
  WM_ASSIGN_OR_RETURN(const std::vector<uint64_t> masters,
                      NumbersIn(options.master_directory, "master-"));
  for (uint64_t other : masters) {
    if (other != number) WM_RETURN_IF_ERROR(DestroyMaster(other));
  }
  WM_RETURN_IF_ERROR(internal::SyncDirectory(options.master_directory));
  WM_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                      internal::ListDirectory(options.slots_directory));
  for (const std::string& name : names) {
    if (name.compare(0, 6, "slots-") != 0 || name == SlotsName(number)) continue;
    WM_RETURN_IF_ERROR(internal::Remove(absl::StrCat(options.slots_directory, "/", name)));
  }
  return internal::SyncDirectory(options.slots_directory);
}

absl::Status KeyFile::Impl::AppendChunk() {
  std::string chunk;
  chunk.reserve(kChunkSize);
  std::string keys = random.Bytes(kSlotsInChunk * kAeadKeySize);
  for (uint64_t i = 0; i < kSlotsInChunk; ++i) {
    const std::string_view key = std::string_view(keys).substr(i * kAeadKeySize, kAeadKeySize);
    chunk += live.Seal(slot_count + i, kLive, key, random);
  }
  Wipe(keys);
  WM_RETURN_IF_ERROR(slots.WriteAt(SlotOffset(slot_count), chunk));
  WM_RETURN_IF_ERROR(slots.Sync());
  slot_count += kSlotsInChunk;
  return absl::OkStatus();
}

absl::Status KeyFile::Impl::TopUp() {
  while (slot_count - next_slot < std::max<uint64_t>(options.slots_ahead, 1)) {
    WM_RETURN_IF_ERROR(AppendChunk());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> KeyFile::Impl::Key(uint64_t slot) const {
  WM_ASSIGN_OR_RETURN(const std::string bytes, slots.ReadAt(SlotOffset(slot), kSlotSize));
  std::optional<std::pair<char, std::string>> opened = live.Open(slot, bytes);
  if (!opened) return Damaged(absl::StrCat("slot ", slot));
  if (opened->first == kErased) {
    return absl::NotFoundError("this person's key was erased: what it protected is gone");
  }
  return std::move(opened->second);
}

absl::Status KeyFile::Impl::Erase(uint64_t slot) {
  const std::string noise = random.Bytes(kAeadKeySize);
  WM_RETURN_IF_ERROR(slots.WriteAt(SlotOffset(slot), live.Seal(slot, kErased, noise, random)));
  WM_RETURN_IF_ERROR(slots.Sync());
  erased.insert(slot);
  return absl::OkStatus();
}

absl::Status KeyFile::Impl::WriteUnder(const Generation& next, const std::string& path) {
  WM_ASSIGN_OR_RETURN(File file, File::Create(path));
  WM_RETURN_IF_ERROR(file.WriteAt(0, next.SlotsHeader()));
  for (uint64_t first = 0; first < slot_count; first += kSlotsInChunk) {
    WM_ASSIGN_OR_RETURN(const std::string chunk, slots.ReadAt(SlotOffset(first), kChunkSize));
    std::string rewritten;
    rewritten.reserve(kChunkSize);
    for (uint64_t i = 0; i < kSlotsInChunk; ++i) {
      std::optional<std::pair<char, std::string>> opened =
          live.Open(first + i, std::string_view(chunk).substr(i * kSlotSize, kSlotSize));
      if (!opened) return Damaged(absl::StrCat("slot ", first + i));
      rewritten += next.Seal(first + i, opened->first, opened->second, random);
      Wipe(opened->second);
    }
    WM_RETURN_IF_ERROR(file.WriteAt(SlotOffset(first), rewritten));
  }
  return file.Sync();
}

absl::Status KeyFile::Impl::Rewrite() {
  Generation next = NewGeneration(live.number + 1, random);
  WM_RETURN_IF_ERROR(WriteNew(MasterPath(next.number), next.MasterBytes()));
  WM_RETURN_IF_ERROR(internal::SyncDirectory(options.master_directory));
  const std::string path = SlotsPath(next.number) + ".new";
  WM_RETURN_IF_ERROR(WriteUnder(next, path));
  // From this name on the new generation is the live one; what is left of the old is destroyed
  // here, or when the file is next opened.
  WM_RETURN_IF_ERROR(internal::Rename(path, SlotsPath(next.number)));
  WM_RETURN_IF_ERROR(internal::SyncDirectory(options.slots_directory));
  WM_ASSIGN_OR_RETURN(slots, File::OpenExisting(SlotsPath(next.number)));
  std::swap(live, next);
  Wipe(next.master);
  return DestroyAllBut(live.number);
}

KeyFile::KeyFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyFile::~KeyFile() = default;

absl::StatusOr<std::unique_ptr<KeyFile>> KeyFile::Open(const KeyFileOptions& options,
                                                       uint64_t slots_in_use, Random& random) {
  auto impl = std::make_unique<Impl>(options, random);
  WM_RETURN_IF_ERROR(impl->Lock());
  WM_RETURN_IF_ERROR(impl->OpenOrCreate(slots_in_use));
  return std::unique_ptr<KeyFile>(new KeyFile(std::move(impl)));
}

absl::StatusOr<uint64_t> KeyFile::Take() {
  const std::lock_guard lock(impl_->mutex);
  WM_RETURN_IF_ERROR(impl_->broken);
  while (impl_->erased.count(impl_->next_slot) != 0) ++impl_->next_slot;
  if (impl_->next_slot == impl_->slot_count) {
    WM_RETURN_IF_ERROR(impl_->Run([this] { return impl_->AppendChunk(); }));
  }
  return impl_->next_slot++;
}

absl::Status KeyFile::TopUp() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->Run([this] { return impl_->TopUp(); });
}

absl::StatusOr<std::string> KeyFile::Key(uint64_t slot) const {
  const std::lock_guard lock(impl_->mutex);
  WM_RETURN_IF_ERROR(impl_->broken);
  if (slot >= impl_->slot_count) return absl::OutOfRangeError("there is no such key slot");
  return impl_->Key(slot);
}

absl::Status KeyFile::Erase(uint64_t slot) {
  const std::lock_guard lock(impl_->mutex);
  WM_RETURN_IF_ERROR(impl_->broken);
  if (slot >= impl_->slot_count) return absl::OutOfRangeError("there is no such key slot");
  return impl_->Run([this, slot] { return impl_->Erase(slot); });
}

std::vector<uint64_t> KeyFile::ErasedSlots() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->erased.begin(), impl_->erased.end()};
}

absl::Status KeyFile::RewriteUnderNewMaster() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->Run([this] { return impl_->Rewrite(); });
}

uint64_t KeyFile::generation() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->live.number;
}

uint64_t KeyFile::slot_count() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->slot_count;
}

absl::Status DestroyFile(const std::string& path, Random& random) {
  absl::StatusOr<File> file = File::OpenExisting(path);
  if (absl::IsNotFound(file.status())) return absl::OkStatus();
  WM_RETURN_IF_ERROR(file.status());
  WM_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  WM_RETURN_IF_ERROR(file->WriteAt(0, random.Bytes(size)));
  WM_RETURN_IF_ERROR(file->Sync());
  WM_RETURN_IF_ERROR(internal::Remove(path));
  return internal::SyncDirectory(path.substr(0, path.rfind('/')));
}

}  // namespace waymark::crypto
