#include <cstdlib>
#include <filesystem>

#include "cli/verbs/verbs.h"

namespace waymark::cli {

std::string ShippedFolder() {
  namespace fs = std::filesystem;
  if (const char* set = std::getenv("WAYMARK_SHARE"); set != nullptr && *set != '\0') return set;
  std::error_code error;
  if (fs::is_directory("packs", error)) return ".";
  // A program in TREE/build/bin finds TREE; one in PREFIX/bin finds PREFIX/share/waymark.
  const fs::path bin = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& folder : {bin / "../..", bin / "../share/waymark"}) {
    if (fs::is_directory(folder / "packs", error)) return fs::weakly_canonical(folder).string();
  }
  return ".";
}

}  // namespace waymark::cli
