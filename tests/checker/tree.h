// An audit log's Merkle tree as it lies in a gateway's store, and signed statements about it: read
// and verified with OpenSSL alone. Formats: RFC 6962 section 2.1, C2SP tlog-checkpoint, signed-note
// and tlog-cosignature.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/checker/world.h"

namespace checker {

struct Tree {
  uint64_t size = 0;
  std::map<std::pair<uint64_t, uint64_t>, std::string> nodes;  // (level, index): perfect subtrees

  // Of its first `size` leaves; "" beyond its end, or where a node is missing.
  std::string RootAt(uint64_t size) const;
};

Tree ReadTree(const Store& store);

struct NoteLine {
  std::string name, key_hash, signature;
};

struct Note {
  std::string origin, root, body;
  uint64_t size = 0;
  std::vector<NoteLine> lines;
};

// Nothing when it is no checkpoint.
std::optional<Note> ParseNote(std::string_view text);
// `key`: Ed25519, 32 bytes. That the log's key of the origin's name signed it.
bool IsSigned(const Note& note, const std::string& key);
// That a witness of that name did.
bool IsCosigned(const Note& note, const std::string& name, const std::string& key);

}  // namespace checker
