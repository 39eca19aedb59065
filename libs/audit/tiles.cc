#include "libs/audit/tiles.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

constexpr std::string_view kTile = "tile/";
constexpr std::string_view kEntries = "entries/";
constexpr std::string_view kPartial = ".p/";
constexpr uint32_t kLevelMax = 63 / kTileHeight;
constexpr size_t kLengthSize = 2;

absl::Status NotAPath() {
  return absl::InvalidArgumentError("not the path of a tile as C2SP tlog-tiles writes it");
}

absl::Status Wrong(std::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat("not that tile: wanted ", ToAbsl(wanted)));
}

std::string Grouped(uint64_t index) {
  std::string text = absl::StrFormat("%03d", index % 1000);
  while (index >= 1000) {
    index /= 1000;
    text = absl::StrFormat("x%03d/%s", index % 1000, text);
  }
  return text;
}

// Reads loosely; ParseTilePath compares with what TilePath writes.
absl::StatusOr<uint64_t> Ungrouped(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  uint64_t index = 0;
  if (!absl::SimpleAtoi(digits, &index)) return NotAPath();
  return index;
}

// How many tiles a level has, the partial one apart, and how wide that is.
struct Row {
  uint64_t full = 0;
  uint64_t partial = 0;
};

Row RowOf(uint64_t size, uint32_t level) {
  const uint64_t hashes = size >> (kTileHeight * level);
  return {hashes / kTileWidth, hashes % kTileWidth};
}

void AddRow(const Row& row, TileId tile, std::vector<TileId>& tiles) {
  for (tile.index = 0; tile.index < row.full; ++tile.index) tiles.push_back(tile);
  if (row.partial == 0) return;
  tile.width = row.partial;
  tiles.push_back(tile);
}

absl::StatusOr<std::vector<std::string>> ParseBundle(uint64_t width, std::string_view bytes) {
  std::vector<std::string> entries;
  while (!bytes.empty()) {
    if (bytes.size() < kLengthSize) return Wrong("a length of 2 bytes before each entry");
    const size_t length = static_cast<size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
                          static_cast<unsigned char>(bytes[1]);
    bytes.remove_prefix(kLengthSize);
    if (bytes.size() < length) return Wrong("as many bytes as the length says");
    entries.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
    if (entries.size() > width) break;
  }
  if (entries.size() != width) return Wrong(absl::StrCat(width, " entries"));
  return entries;
}

}  // namespace

std::string TilePath(const TileId& tile) {
  std::string path(kTile);
  path += tile.entries ? std::string(kEntries) : absl::StrCat(tile.level, "/");
  path += Grouped(tile.index);
  if (tile.width < kTileWidth) absl::StrAppend(&path, ToAbsl(kPartial), tile.width);
  return path;
}

absl::StatusOr<TileId> ParseTilePath(std::string_view path) {
  if (path.substr(0, kTile.size()) != kTile) return NotAPath();
  TileId tile;
  std::string_view rest = path.substr(kTile.size());
  if (rest.substr(0, kEntries.size()) == kEntries) {
    tile.entries = true;
    rest.remove_prefix(kEntries.size());
  } else {
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos ||
        !absl::SimpleAtoi(ToAbsl(rest.substr(0, slash)), &tile.level) || tile.level > kLevelMax) {
      return NotAPath();
    }
    rest.remove_prefix(slash + 1);
  }
  const size_t partial = rest.find(kPartial);
  if (partial != std::string_view::npos) {
    if (!absl::SimpleAtoi(ToAbsl(rest.substr(partial + kPartial.size())), &tile.width) ||
        tile.width == 0 || tile.width >= kTileWidth) {
      return NotAPath();
    }
    rest = rest.substr(0, partial);
  }
  WM_ASSIGN_OR_RETURN(tile.index, Ungrouped(rest));
  if (TilePath(tile) != path) return NotAPath();
  return tile;
}

std::vector<TileId> TilesOf(uint64_t size) {
  std::vector<TileId> tiles;
  AddRow(RowOf(size, 0), {.entries = true}, tiles);
  for (uint32_t level = 0; level <= kLevelMax && size >> (kTileHeight * level) > 0; ++level) {
    AddRow(RowOf(size, level), {.level = level}, tiles);
  }
  return tiles;
}

absl::StatusOr<std::string> TileBytes(const TileId& tile, const NodeReader& nodes,
                                      const EntryReader& entry) {
  std::string bytes;
  for (uint64_t i = tile.index * kTileWidth; i < tile.index * kTileWidth + tile.width; ++i) {
    if (!tile.entries) {
      WM_ASSIGN_OR_RETURN(const std::string hash, nodes.Read({tile.level * kTileHeight, i}));
      bytes += hash;
      continue;
    }
    WM_ASSIGN_OR_RETURN(const std::string content, entry(i));
    WM_CHECK(content.size() <= kEntryBytesMax, "an entry is longer than its length can say");
    bytes += static_cast<char>(content.size() >> 8);
    bytes += static_cast<char>(content.size() & 0xff);
    bytes += content;
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> ParseTile(const TileId& tile, std::string_view bytes) {
  if (tile.entries) return ParseBundle(tile.width, bytes);
  if (bytes.size() != tile.width * crypto::kSha256Size) {
    return Wrong(absl::StrCat(tile.width, " hashes of 32 bytes"));
  }
  std::vector<std::string> hashes;
  for (uint64_t i = 0; i < tile.width; ++i) {
    hashes.emplace_back(bytes.substr(i * crypto::kSha256Size, crypto::kSha256Size));
  }
  return hashes;
}

}  // namespace waymark::audit
