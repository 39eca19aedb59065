#include "libs/audit/merkle.h"

#include <bit>

#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

using Proof = std::vector<std::string>;

constexpr size_t kHashSize = crypto::kSha256Size;

// The largest power of two smaller than `size` (2 or more): where RFC 6962 splits a tree.
uint64_t SplitPoint(uint64_t size) { return std::bit_floor(size - 1); }

absl::StatusOr<std::string> ReadNode(NodeId id, const NodeReader& nodes) {
  absl::StatusOr<std::string> hash = nodes.Read(id);
  if (hash.ok() && hash->size() != kHashSize) {
    return absl::DataLossError("a node of the audit log is damaged: it is not 32 bytes");
  }
  return hash;
}

// The root over `size` (1 or more) leaves from `begin`, which is a multiple of every power of two
// that is used as a subtree below: so it holds for every split of RFC 6962.
absl::StatusOr<std::string> RootOfRange(uint64_t begin, uint64_t size, const NodeReader& nodes) {
  if (std::has_single_bit(size)) {
    const uint32_t level = std::countr_zero(size);
    return ReadNode({level, begin >> level}, nodes);
  }
  const uint64_t split = SplitPoint(size);
  WM_ASSIGN_OR_RETURN(const std::string left, RootOfRange(begin, split, nodes));
  WM_ASSIGN_OR_RETURN(const std::string right, RootOfRange(begin + split, size - split, nodes));
  return NodeHash(left, right);
}

absl::Status Outside() {
  return absl::OutOfRangeError("the audit log has not so many leaves at that size");
}

absl::Status DoesNotHold() {
  return absl::UnauthenticatedError("the proof does not hold: the log is not the one it says");
}

bool AreHashes(const Proof& proof) {
  for (const std::string& hash : proof) {
    if (hash.size() != kHashSize) return false;
  }
  return true;
}

class ProofReader {
 public:
  explicit ProofReader(const Proof& proof) : proof_(proof) {}
  bool done() const { return next_ == proof_.size(); }
  const std::string& Next() { return proof_[next_++]; }

 private:
  const Proof& proof_;
  size_t next_ = 0;
};

}  // namespace

std::string LeafHash(std::string_view leaf) { return crypto::MerkleLeaf(leaf); }

std::string NodeHash(std::string_view left, std::string_view right) {
  return crypto::MerkleNode(left, right);
}

std::string EmptyRoot() { return crypto::Sha256(""); }

absl::StatusOr<MerkleLog> MerkleLog::Load(uint64_t size, const NodeReader& nodes) {
  MerkleLog log;
  log.size_ = size;
  uint64_t begin = 0;
  for (uint64_t rest = size; rest > 0;) {
    const uint64_t part = std::bit_floor(rest);
    const uint32_t level = std::countr_zero(part);
    WM_ASSIGN_OR_RETURN(std::string hash, ReadNode({level, begin >> level}, nodes));
    log.peaks_.push_back(std::move(hash));
    begin += part;
    rest -= part;
  }
  return log;
}

std::vector<Node> MerkleLog::Append(std::string_view leaf_hash) {
  WM_CHECK(leaf_hash.size() == kHashSize, "a leaf's hash is 32 bytes");
  std::vector<Node> written;
  NodeId id{0, size_};
  std::string hash(leaf_hash);
  written.push_back({id, hash});
  // Like a carry in binary addition: each peak of the same height is joined.
  for (uint64_t bits = size_; bits & 1; bits >>= 1) {
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
    id = {id.level + 1, id.index >> 1};
    written.push_back({id, hash});
  }
  peaks_.push_back(std::move(hash));
  ++size_;
  return written;
}

std::string MerkleLog::Root() const {
  if (size_ == 0) return EmptyRoot();
  std::string root = peaks_.back();
  for (size_t i = peaks_.size() - 1; i > 0; --i) root = NodeHash(peaks_[i - 1], root);
  return root;
}

absl::StatusOr<std::string> RootAt(uint64_t size, const NodeReader& nodes) {
  if (size == 0) return EmptyRoot();
  return RootOfRange(0, size, nodes);
}

absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, const NodeReader& nodes) {
  if (index >= size) return Outside();
  Proof from_the_top;
  uint64_t begin = 0;
  while (size > 1) {
    const uint64_t split = SplitPoint(size);
    const bool left = index < split;
    WM_ASSIGN_OR_RETURN(std::string hash, left ? RootOfRange(begin + split, size - split, nodes)
                                               : RootOfRange(begin, split, nodes));
    from_the_top.push_back(std::move(hash));
    if (left) {
      size = split;
    } else {
      begin += split;
      index -= split;
      size -= split;
    }
  }
  return Proof(from_the_top.rbegin(), from_the_top.rend());
}

absl::StatusOr<Proof> ConsistencyProof(uint64_t old_size, uint64_t new_size,
                                       const NodeReader& nodes) {
  if (old_size > new_size) return Outside();
  if (old_size == 0 || old_size == new_size) return Proof();
  Proof from_the_top;
  uint64_t begin = 0;
  uint64_t old_part = old_size;
  uint64_t part = new_size;
  while (old_part != part) {
    const uint64_t split = SplitPoint(part);
    const bool left = old_part <= split;
    WM_ASSIGN_OR_RETURN(std::string hash, left ? RootOfRange(begin + split, part - split, nodes)
                                               : RootOfRange(begin, split, nodes));
    from_the_top.push_back(std::move(hash));
    if (left) {
      part = split;
    } else {
      begin += split;
      old_part -= split;
      part -= split;
    }
  }
  // The verifier knows this subtree already when it is the whole of the old log.
  if (begin > 0) {
    WM_ASSIGN_OR_RETURN(std::string hash, RootOfRange(begin, part, nodes));
    from_the_top.push_back(std::move(hash));
  }
  return Proof(from_the_top.rbegin(), from_the_top.rend());
}

// The algorithm of RFC 9162 section 2.1.3.2 (the same tree as RFC 6962).
absl::Status VerifyInclusion(std::string_view leaf_hash, uint64_t index, uint64_t size,
                             const Proof& proof, std::string_view root) {
  if (index >= size) return Outside();
  if (!AreHashes(proof)) return DoesNotHold();
  uint64_t node = index;
  uint64_t last = size - 1;
  std::string hash(leaf_hash);
  for (const std::string& sibling : proof) {
    if (last == 0) return DoesNotHold();
    if ((node & 1) != 0 || node == last) {
      hash = NodeHash(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root ? absl::OkStatus() : DoesNotHold();
}

// The algorithm of RFC 9162 section 2.1.4.2.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, std::string_view old_root,
                               std::string_view new_root, const Proof& proof) {
  if (old_size > new_size) return Outside();
  if (!AreHashes(proof)) return DoesNotHold();
  if (old_size == new_size) {
    return proof.empty() && old_root == new_root ? absl::OkStatus() : DoesNotHold();
  }
  if (old_size == 0) {
    return proof.empty() && old_root == EmptyRoot() ? absl::OkStatus() : DoesNotHold();
  }
  ProofReader reader(proof);
  uint64_t node = old_size - 1;
  uint64_t last = new_size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  if (proof.empty()) return DoesNotHold();
  std::string old_hash = node == 0 ? std::string(old_root) : reader.Next();
  std::string new_hash = old_hash;
  while (!reader.done()) {
    if (last == 0) return DoesNotHold();
    const std::string& sibling = reader.Next();
    if ((node & 1) != 0 || node == last) {
      old_hash = NodeHash(sibling, old_hash);
      new_hash = NodeHash(sibling, new_hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  const bool holds = last == 0 && old_hash == old_root && new_hash == new_root;
  return holds ? absl::OkStatus() : DoesNotHold();
}

}  // namespace waymark::audit
