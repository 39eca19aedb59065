// The keys of a gateway's persons, read from their files, and what they open: leaves about persons
// are sealed, and a checker that could not read them could not say that one is missing. The layouts
// stand in libs/crypto/key_file.h and services/sharing/adapters/audit_note.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace checker {

struct PersonKeys {
  std::map<uint64_t, std::string> live;  // slot to key
  std::set<uint64_t> erased;
  std::string unreadable;  // "" unless something could not be read
};

PersonKeys ReadKeys(const std::string& directory);

// AES-256-GCM; `sealed` is nonce (12), ciphertext and tag (16).
std::optional<std::string> OpenSealed(std::string_view key, std::string_view associated,
                                      std::string_view sealed);
// HKDF-SHA256 without a salt, 32 bytes.
std::string Derive(std::string_view secret, std::string_view info);
// Each field behind its length as 8 bytes.
std::string LengthPrefixed(const std::vector<std::string_view>& fields);

}  // namespace checker
