// The store port: ordered bytes in named column families, changed by atomic, durable batches.
//
// It is everything a service knows about its disk. Implementations: RocksStore (rocks_store.h) and
// MemoryStore (memory_store.h); both pass the suite in contract.h.
//
// Threads: any thread may read or commit at any time. Commits take effect one after the other, in
// an order of the implementation's choosing; those that wait together may share one disk sync.
//
// Keys and values are any bytes, the empty string included; order is that of unsigned bytes.
// Errors name the path and what to do, and never hold a key or a value.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::store {

// Changes that happen together or not at all. A later change of the same key wins. Used by one
// thread at a time.
class WriteBatch {
 public:
  struct Op {
    enum class Kind { kPut, kDelete };
    Kind kind = Kind::kPut;
    std::string column_family;
    std::string key;
    std::string value;  // empty for kDelete
  };

  void Put(std::string_view column_family, std::string_view key, std::string_view value);
  // A key that is not there is no error.
  void Delete(std::string_view column_family, std::string_view key);

  // In the order they were added.
  const std::vector<Op>& ops() const { return ops_; }
  // Keys and values together, in bytes: what decides when a batch is large enough.
  size_t bytes() const { return bytes_; }
  bool empty() const { return ops_.empty(); }
  void Clear();

 private:
  std::vector<Op> ops_;
  size_t bytes_ = 0;
};

// Errors of every method:
//   InvalidArgument    a column family that was not declared when the store was opened
//   DataLoss           a file is damaged: restore a backup or rebuild
//   ResourceExhausted  the disk is full
//   Internal           any other failure of the disk or of the implementation
// After an error other than InvalidArgument the caller must stop serving and exit: what was read
// or written can no longer be relied on.
class Store {
 public:
  virtual ~Store() = default;

  // nullopt when the key is not there.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view column_family,
                                                         std::string_view key) const = 0;

  // Called for each pair in key order; the views live until it returns; false ends the scan. It
  // may read this store but must not commit to it.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  // Visits every pair with from <= key < to; an empty `to` means the end. Sees the store as it was
  // at the call: whole batches only, none committed later. An error may come after visits.
  virtual absl::Status Scan(std::string_view column_family, std::string_view from,
                            std::string_view to, const Visitor& visit) const = 0;

  // All or nothing. OK means that every reader sees the batch and that it survives the loss of
  // power. On InvalidArgument nothing was written. On any other error no reader of this store sees
  // the batch, but it may be there after the store is opened again. An empty batch is OK and
  // writes nothing.
  virtual absl::Status Commit(const WriteBatch& batch) = 0;

  // Writes a consistent copy to `directory`, which must not exist yet (AlreadyExists) and whose
  // parent must. The copy opens as a store of the same kind with the same column families, holds
  // every batch committed before the call, and stands for itself. Commits may go on meanwhile.
  virtual absl::Status Checkpoint(const std::string& directory) = 0;
};

// What every implementation says for a column family that was not declared.
absl::Status UnknownColumnFamily(std::string_view name);

}  // namespace waymark::store
