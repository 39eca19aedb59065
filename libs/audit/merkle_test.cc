#include "libs/audit/merkle.h"

#include <map>

#include "gtest/gtest.h"
#include "libs/base/bytes.h"

namespace waymark::audit {
namespace {

class NodeMap : public NodeReader {
 public:
  absl::StatusOr<std::string> Read(NodeId id) const override {
    const auto found = nodes.find(id);
    if (found == nodes.end()) return absl::NotFoundError("no such node");
    return found->second;
  }
  void Write(const std::vector<Node>& written) {
    for (const Node& node : written) EXPECT_TRUE(nodes.emplace(node.id, node.hash).second);
  }
  std::map<NodeId, std::string> nodes;
};

// The leaves and roots that certificate-transparency implementations test with.
constexpr const char* kLeaves[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<std::string> ToHexes(const std::vector<std::string>& hashes) {
  std::vector<std::string> hexes;
  for (const std::string& hash : hashes) hexes.push_back(ToHex(hash));
  return hexes;
}

class PublishedLog : public testing::Test {
 protected:
  PublishedLog() {
    for (const char* hex : kLeaves) nodes_.Write(log_.Append(LeafHash(FromHex(hex).value())));
  }
  NodeMap nodes_;
  MerkleLog log_;
};

TEST(MerkleLog, HasThePublishedRootAtEverySize) {
  MerkleLog log;
  NodeMap nodes;
  EXPECT_EQ(ToHex(log.Root()), kRoots[0]);
  for (size_t i = 0; i < std::size(kLeaves); ++i) {
    nodes.Write(log.Append(LeafHash(FromHex(kLeaves[i]).value())));
    EXPECT_EQ(log.size(), i + 1);
    EXPECT_EQ(ToHex(log.Root()), kRoots[i + 1]);
    for (size_t size = 0; size <= i + 1; ++size) {
      EXPECT_EQ(ToHex(RootAt(size, nodes).value()), kRoots[size]);
    }
  }
}

TEST_F(PublishedLog, GivesThePublishedInclusionProofs) {
  EXPECT_TRUE(InclusionProof(0, 1, nodes_).value().empty());
  EXPECT_EQ(ToHexes(InclusionProof(0, 8, nodes_).value()),
            (std::vector<std::string>{
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  EXPECT_EQ(ToHexes(InclusionProof(5, 8, nodes_).value()),
            (std::vector<std::string>{
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(ToHexes(InclusionProof(2, 3, nodes_).value()),
            (std::vector<std::string>{
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}));
}

TEST_F(PublishedLog, GivesThePublishedConsistencyProofs) {
  EXPECT_TRUE(ConsistencyProof(1, 1, nodes_).value().empty());
  EXPECT_EQ(ToHexes(ConsistencyProof(1, 8, nodes_).value()),
            (std::vector<std::string>{
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  EXPECT_EQ(ToHexes(ConsistencyProof(6, 8, nodes_).value()),
            (std::vector<std::string>{
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
  EXPECT_EQ(ToHexes(ConsistencyProof(2, 5, nodes_).value()),
            (std::vector<std::string>{
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}));
}

constexpr uint64_t kSizeMax = 70;  // past one power of two in every shape

class EverySize : public testing::Test {
 protected:
  EverySize() {
    roots_.push_back(log_.Root());
    for (uint64_t i = 0; i < kSizeMax; ++i) {
      nodes_.Write(log_.Append(LeafHash(BigEndian64(i))));
      roots_.push_back(log_.Root());
    }
  }
  NodeMap nodes_;
  MerkleLog log_;
  std::vector<std::string> roots_;
};

TEST_F(EverySize, StoresFewerThanTwoNodesForEachLeaf) {
  EXPECT_LT(nodes_.nodes.size(), 2 * kSizeMax);
}

TEST_F(EverySize, LoadsAndGoesOn) {
  for (uint64_t size = 0; size < kSizeMax; ++size) {
    MerkleLog log = MerkleLog::Load(size, nodes_).value();
    EXPECT_EQ(log.Root(), roots_[size]);
    EXPECT_EQ(log.Append(LeafHash(BigEndian64(size))).front().id, (NodeId{0, size}));
    EXPECT_EQ(log.Root(), roots_[size + 1]);
  }
}

TEST_F(EverySize, EachLeafIsProvenAndNoOther) {
  for (uint64_t size = 1; size <= kSizeMax; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const std::string leaf = LeafHash(BigEndian64(index));
      const std::vector<std::string> proof = InclusionProof(index, size, nodes_).value();
      ASSERT_TRUE(VerifyInclusion(leaf, index, size, proof, roots_[size]).ok());
      EXPECT_FALSE(VerifyInclusion(LeafHash("x"), index, size, proof, roots_[size]).ok());
      EXPECT_FALSE(VerifyInclusion(leaf, index, size, proof, roots_[size - 1]).ok());
      EXPECT_FALSE(VerifyInclusion(leaf, index ^ 1, size, proof, roots_[size]).ok() && size > 1);
      std::vector<std::string> changed = proof;
      changed.push_back(leaf);
      EXPECT_FALSE(VerifyInclusion(leaf, index, size, changed, roots_[size]).ok());
      for (size_t i = 0; i < proof.size(); ++i) {
        changed = proof;
        changed[i][0] ^= 1;
        EXPECT_FALSE(VerifyInclusion(leaf, index, size, changed, roots_[size]).ok());
      }
      if (!proof.empty()) {
        changed = proof;
        changed.pop_back();
        EXPECT_FALSE(VerifyInclusion(leaf, index, size, changed, roots_[size]).ok());
      }
    }
  }
}

TEST_F(EverySize, EachLaterLogIsProvenToExtendEachEarlier) {
  for (uint64_t size = 0; size <= kSizeMax; ++size) {
    for (uint64_t old = 0; old <= size; ++old) {
      const std::vector<std::string> proof = ConsistencyProof(old, size, nodes_).value();
      ASSERT_TRUE(VerifyConsistency(old, size, roots_[old], roots_[size], proof).ok())
          << old << " " << size;
      EXPECT_FALSE(VerifyConsistency(old, size, LeafHash("x"), roots_[size], proof).ok());
      if (old > 0) {
        EXPECT_FALSE(VerifyConsistency(old, size, roots_[old], LeafHash("x"), proof).ok());
      }
      std::vector<std::string> changed = proof;
      changed.push_back(roots_[old]);
      EXPECT_FALSE(VerifyConsistency(old, size, roots_[old], roots_[size], changed).ok());
      for (size_t i = 0; i < proof.size(); ++i) {
        changed = proof;
        changed[i][31] ^= 1;
        EXPECT_FALSE(VerifyConsistency(old, size, roots_[old], roots_[size], changed).ok());
        changed[i] = "short";
        EXPECT_FALSE(VerifyConsistency(old, size, roots_[old], roots_[size], changed).ok());
        changed = proof;
        changed.erase(changed.begin() + i);
        EXPECT_FALSE(VerifyConsistency(old, size, roots_[old], roots_[size], changed).ok());
      }
    }
  }
}

// A log that was rewritten in the past cannot be shown to extend what was there.
TEST_F(EverySize, ARewrittenLeafIsCaught) {
  NodeMap forged_nodes;
  MerkleLog forged;
  for (uint64_t i = 0; i < kSizeMax; ++i) {
    forged_nodes.Write(forged.Append(LeafHash(BigEndian64(i == 20 ? 999 : i))));
  }
  for (uint64_t old = 21; old < kSizeMax; ++old) {
    const std::vector<std::string> proof = ConsistencyProof(old, kSizeMax, forged_nodes).value();
    EXPECT_FALSE(VerifyConsistency(old, kSizeMax, roots_[old], forged.Root(), proof).ok()) << old;
  }
}

TEST_F(EverySize, AsksForNothingOutsideTheLog) {
  EXPECT_EQ(InclusionProof(5, 5, nodes_).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(6, 5, nodes_).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(VerifyInclusion(LeafHash(""), 5, 5, {}, roots_[5]).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(VerifyConsistency(6, 5, roots_[6], roots_[5], {}).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(RootAt(kSizeMax + 1, nodes_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MerkleLog::Load(kSizeMax + 1, nodes_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(EverySize, SaysThatANodeIsMissingOrDamaged) {
  nodes_.nodes[{6, 0}] = "short";
  EXPECT_EQ(MerkleLog::Load(64, nodes_).status().code(), absl::StatusCode::kDataLoss);
  nodes_.nodes.erase({6, 0});
  EXPECT_EQ(MerkleLog::Load(64, nodes_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(InclusionProof(65, kSizeMax, nodes_).ok());
}

}  // namespace
}  // namespace waymark::audit
