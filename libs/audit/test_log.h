// For tests: a log with its key, and the proofs that its gateway would give.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/audit/commitment.h"
#include "libs/audit/export.h"
#include "libs/audit/merkle.h"
#include "libs/audit/tiles.h"
#include "libs/audit/verify.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"

namespace waymark::audit {

class NodeMap : public NodeReader {
 public:
  absl::StatusOr<std::string> Read(NodeId id) const override {
    const auto found = nodes.find(id);
    if (found == nodes.end()) return absl::NotFoundError("no such node");
    return found->second;
  }
  std::map<NodeId, std::string> nodes;
};

class TestLog {
 public:
  TestLog(std::string log_origin, char seed)
      : origin(std::move(log_origin)),
        key(crypto::SigningKey::FromBytes(std::string(32, seed)).value()) {}

  static std::string Salt(uint64_t n) { return BigEndian64(n) + BigEndian64(~n); }

  void Add(const gateway::v1::AuditEntry& entry) {
    const LeafOpening leaf{log.size(), Salt(log.size()), entry.SerializeAsString()};
    leaves.push_back(leaf);
    for (const Node& node : log.Append(LeafHash(LeafCommitment(leaf.salt, leaf.entry)))) {
      nodes.nodes[node.id] = node.hash;
    }
  }
  void AddIdle(uint64_t count) {
    gateway::v1::AuditEntry entry;
    for (uint64_t i = 0; i < count; ++i) {
      entry.set_what(absl::StrCat("idle_", log.size()));
      Add(entry);
    }
  }

  std::string CheckpointAt(uint64_t size) const {
    return SignCheckpoint({origin, size, RootAt(size, nodes).value()}, origin, key).value();
  }

  v1::LogProof Prove(uint64_t index) const {
    v1::LogProof proof;
    proof.set_entry(leaves[index].entry);
    proof.set_salt(leaves[index].salt);
    proof.set_index(index);
    const std::vector<std::string> path = InclusionProof(index, log.size(), nodes).value();
    *proof.mutable_path() = {path.begin(), path.end()};
    proof.set_checkpoint(CheckpointAt(log.size()));
    return proof;
  }

  std::map<std::string, std::string> Export() const {
    std::map<std::string, std::string> files = {
        {std::string(kCheckpointFile), CheckpointAt(log.size())}};
    for (const TileId& tile : TilesOf(log.size())) {
      files[TilePath(tile)] = TileBytes(tile, nodes, [this](uint64_t index) {
                                return LeafCommitment(leaves[index].salt, leaves[index].entry);
                              }).value();
    }
    for (const LeafOpening& leaf : leaves) files[std::string(kOpeningsFile)] += OpeningLine(leaf);
    return files;
  }

  const std::string origin;
  const crypto::SigningKey key;
  MerkleLog log;
  NodeMap nodes;
  std::vector<LeafOpening> leaves;
};

inline FileReader ReaderOf(const std::map<std::string, std::string>& files) {
  return [&files](const std::string& path) -> absl::StatusOr<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return absl::NotFoundError("no such file");
    return found->second;
  };
}

inline std::vector<std::string> CodesOf(const Verdict& verdict) {
  std::vector<std::string> codes;
  for (const Finding& finding : verdict.findings) codes.push_back(finding.what);
  return codes;
}

}  // namespace waymark::audit
