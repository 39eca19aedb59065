// One signature for a group of records that are published together, so that the price of a
// signature is shared while each record still proves itself.
//
// The records' signed bytes (cloud_event.h) are the leaves of a Merkle tree, built as in RFC 6962
// section 2.1; what is signed is GroupBytes of its root. Each record carries its place: its index,
// how many there are, and the hashes on its way to the root. A record alone is signed as it is and
// has no place.
//
//   place = index (1 byte) size (1 byte) *( hash (32 bytes) ), from the leaf up
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::runtime {

inline constexpr size_t kGroupMax = 32;  // records under one signature

struct SignedGroup {
  std::string root;                 // 32 bytes
  std::vector<std::string> places;  // encoded, one for each record
};

// `signed_bytes` of 2 to kGroupMax records.
SignedGroup MakeGroup(const std::vector<std::string>& signed_bytes);

// The root of the group in which a record with these signed bytes has this place; nullopt when it
// is no place. Whether the root is signed is for the caller to check.
std::optional<std::string> RootOf(std::string_view signed_bytes, std::string_view place);

// What is signed for a group: LengthPrefixed (libs/base/bytes.h) of "waymark-record-group-v1" and
// the root.
std::string GroupBytes(std::string_view root);

}  // namespace waymark::runtime
