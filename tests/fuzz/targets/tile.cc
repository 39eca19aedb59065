// Paths and bytes of a log's tiles, as anyone may host them.
#include "libs/audit/tiles.h"
#include "tests/fuzz/targets/input.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  fuzz::Pieces pieces(fuzz::Text(data, size));
  const std::string_view path = pieces.Next();
  const auto tile = audit::ParseTilePath(path);
  if (!tile.ok()) return 0;
  WM_CHECK(audit::TilePath(*tile) == path, "a path changes when written");
  const auto parts = audit::ParseTile(*tile, pieces.Rest());
  if (parts.ok()) WM_CHECK(parts->size() == tile->width, "a tile of another width was taken");
  return 0;
}
