// A log as files that anyone can host and check: C2SP tlog-tiles, https://c2sp.org/tlog-tiles.
//
//   checkpoint                     the signed note
//   tile/<L>/<N>[.p/<W>]           256 (W) hashes of level 8 L, from 256 N on
//   tile/entries/<N>[.p/<W>]       256 (W) entries, each behind its length in 2 bytes, big-endian
//
// N is written in groups of three digits, all but the last with an x before: 1234067 is
// x001/x234/067. The entry in a bundle is the 32-byte commitment (commitment.h), so that a log can
// be exported whole after what its leaves stand for was erased.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/audit/merkle.h"

namespace waymark::audit {

inline constexpr uint32_t kTileHeight = 8;
inline constexpr uint64_t kTileWidth = 256;
inline constexpr size_t kEntryBytesMax = 65535;

struct TileId {
  bool entries = false;  // a bundle of entries; `level` is 0 then
  uint32_t level = 0;    // 0 to 7
  uint64_t index = 0;
  uint64_t width = kTileWidth;  // 1 to 256; less: a partial tile
  friend bool operator==(const TileId&, const TileId&) = default;
};

std::string TilePath(const TileId& tile);
// InvalidArgument for anything that TilePath would not write.
absl::StatusOr<TileId> ParseTilePath(std::string_view path);

// Every tile and bundle of a log of `size` leaves, bundles first, then by level and index.
std::vector<TileId> TilesOf(uint64_t size);

// The bytes of one tile of TilesOf. Errors are those of the reader. `entry` gives the entry at a
// place of the log, at most kEntryBytesMax bytes; it is asked for bundles only.
using EntryReader = std::function<absl::StatusOr<std::string>(uint64_t index)>;
absl::StatusOr<std::string> TileBytes(const TileId& tile, const NodeReader& nodes,
                                      const EntryReader& entry);

// Takes a tile apart: the hashes, or the entries. InvalidArgument unless there are exactly
// tile.width of them and nothing else.
absl::StatusOr<std::vector<std::string>> ParseTile(const TileId& tile, std::string_view bytes);

}  // namespace waymark::audit
