#include "libs/runtime/signed_group.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/crypto/hash.h"

namespace waymark::runtime {
namespace {

constexpr size_t kHashSize = crypto::kSha256Size;
constexpr size_t kHeadSize = 2;  // of a place: index and size

}  // namespace

SignedGroup MakeGroup(const std::vector<std::string>& signed_bytes) {
  const size_t size = signed_bytes.size();
  WM_CHECK(size >= 2 && size <= kGroupMax, "a group has 2 to kGroupMax records");
  SignedGroup group;
  std::vector<std::string> level;
  for (size_t i = 0; i < size; ++i) {
    level.push_back(crypto::MerkleLeaf(signed_bytes[i]));
    group.places.push_back({static_cast<char>(i), static_cast<char>(size)});
  }
  // A hash without a neighbour goes up as it is.
  for (size_t height = 0; level.size() > 1; ++height) {
    for (size_t i = 0; i < size; ++i) {
      const size_t neighbour = (i >> height) ^ 1;
      if (neighbour < level.size()) group.places[i] += level[neighbour];
    }
    std::vector<std::string> above;
    for (size_t i = 0; i < level.size(); i += 2) {
      above.push_back(i + 1 < level.size() ? crypto::MerkleNode(level[i], level[i + 1]) : level[i]);
    }
    level = std::move(above);
  }
  group.root = std::move(level.front());
  return group;
}

std::optional<std::string> RootOf(std::string_view signed_bytes, std::string_view place) {
  if (place.size() < kHeadSize) return std::nullopt;
  size_t index = static_cast<unsigned char>(place[0]);
  size_t width = static_cast<unsigned char>(place[1]);
  if (width < 2 || width > kGroupMax || index >= width) return std::nullopt;
  std::string_view rest = place.substr(kHeadSize);
  std::string hash = crypto::MerkleLeaf(signed_bytes);
  for (; width > 1; index >>= 1, width = (width + 1) >> 1) {
    if ((index ^ 1) >= width) continue;
    if (rest.size() < kHashSize) return std::nullopt;
    const std::string_view neighbour = rest.substr(0, kHashSize);
    rest.remove_prefix(kHashSize);
    hash = (index & 1) != 0 ? crypto::MerkleNode(neighbour, hash)
                            : crypto::MerkleNode(hash, neighbour);
  }
  if (!rest.empty()) return std::nullopt;
  return hash;
}

std::string GroupBytes(std::string_view root) {
  return LengthPrefixed({"waymark-record-group-v1", root});
}

}  // namespace waymark::runtime
