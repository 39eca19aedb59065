// Policy packs from files: strictly read, completed by what they include, checked, with a digest.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/pack/pack.h"

namespace waymark::config {

// Loads a pack by name ("fenland": <packs_directory>/fenland.yaml) or by path (anything that holds
// a '/' or ends in ".yaml"; its includes are looked for beside it, then in `packs_directory`).
//
// A pack says what it includes; every pack but `statutory` must include `statutory`. From an
// include it takes every list entry by id (a clock of the same name is replaced by the pack's own;
// any other entry given twice is refused) and every single value that it does not state itself.
//
// The digest is "sha256:" and the SHA-256, in hexadecimal, of the exact bytes of the pack's file
// and then of its includes in the order they are named.
//
// NotFound: no such file, with the names there are. InvalidArgument: a line for each complaint,
// with file, line, path, what was found and what was wanted. Thread-safe; reads files.
absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadPack(std::string_view name_or_path,
                                                           std::string_view packs_directory);

}  // namespace waymark::config
