// SHA-256 (FIPS 180-4). Digests are 32 raw bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace waymark::crypto {

inline constexpr size_t kSha256Size = 32;

// Thread-safe.
std::string Sha256(std::string_view bytes);

// Of a Merkle tree. The prefixes keep a leaf from being taken for a node (RFC 6962 section 2.1).
std::string MerkleLeaf(std::string_view leaf);                          // SHA-256(0x00 || leaf)
std::string MerkleNode(std::string_view left, std::string_view right);  // SHA-256(0x01 || l || r)

// For bytes that come in pieces. Not thread-safe; movable, not copyable.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

  void Update(std::string_view bytes);
  // The digest of everything since construction or the last Finish(); the hasher is then empty
  // again.
  std::string Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::crypto
