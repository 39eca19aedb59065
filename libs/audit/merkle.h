// The Merkle tree of RFC 6962 section 2.1, over SHA-256: a log whose root binds every leaf and
// their order, with short proofs that a leaf is in it and that a later log only appended to an
// earlier one.
//
// Nothing here stores anything. A log is its peaks (the roots of the perfect subtrees that make up
// its size; 64 hashes at most) and the nodes that the caller keeps: Append says which to write, so
// that they go into the same batch as the effect that the leaf records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::audit {

// All hashes are 32 raw bytes.
std::string LeafHash(std::string_view leaf);
std::string NodeHash(std::string_view left, std::string_view right);
std::string EmptyRoot();  // SHA-256("")

// The root of a perfect subtree of 2^level leaves, of which the first is index * 2^level.
struct NodeId {
  uint32_t level = 0;  // 0: a leaf's hash
  uint64_t index = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

struct Node {
  NodeId id;
  std::string hash;
};

// What the caller's store answers. NotFound when a node that was written is missing.
class NodeReader {
 public:
  virtual ~NodeReader() = default;
  virtual absl::StatusOr<std::string> Read(NodeId id) const = 0;
};

// The growing end of a log. A value; not thread-safe.
class MerkleLog {
 public:
  MerkleLog() = default;
  // A log of `size` leaves from its stored nodes (at most 64 reads).
  static absl::StatusOr<MerkleLog> Load(uint64_t size, const NodeReader& nodes);

  // Adds a leaf by its hash; its index is size() before the call. The nodes that are now complete,
  // the leaf's own first: write them all, in the batch that makes the leaf true.
  std::vector<Node> Append(std::string_view leaf_hash);

  uint64_t size() const { return size_; }
  std::string Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<std::string> peaks_;  // from left (largest) to right
};

// The root that the log had with its first `size` leaves.
absl::StatusOr<std::string> RootAt(uint64_t size, const NodeReader& nodes);

// RFC 6962 section 2.1.1. OutOfRange unless index < size.
absl::StatusOr<std::vector<std::string>> InclusionProof(uint64_t index, uint64_t size,
                                                        const NodeReader& nodes);
// Section 2.1.2. OutOfRange unless old_size <= new_size. Empty for old_size 0 or new_size.
absl::StatusOr<std::vector<std::string>> ConsistencyProof(uint64_t old_size, uint64_t new_size,
                                                          const NodeReader& nodes);

// Offline, by anyone. Unauthenticated when the proof does not hold; OutOfRange as above.
absl::Status VerifyInclusion(std::string_view leaf_hash, uint64_t index, uint64_t size,
                             const std::vector<std::string>& proof, std::string_view root);
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, std::string_view old_root,
                               std::string_view new_root, const std::vector<std::string>& proof);

}  // namespace waymark::audit
