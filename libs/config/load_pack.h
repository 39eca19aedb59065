// Policy packs from files: strictly read, completed by what they include, checked, with a digest.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/config/strict_yaml.h"
#include "libs/pack/pack.h"

namespace waymark::config {

// Loads a pack by name ("fenland": <packs_directory>/fenland.yaml) or by path (anything that holds
// a '/' or ends in ".yaml"; its includes are looked for beside it, then in `packs_directory`, in
// each also in the folder `parts`, which holds what is included and is no pack by itself).
//
// A pack says what it includes; every pack but `statutory` must include `statutory`. From an
// include it takes every list entry by id (a clock of the same name is replaced by the pack's own;
// any other entry given twice is refused) and every single value that it does not state itself. An
// include may include others; one that leads back to a file on its own way is refused.
//
// The digest is "sha256:" and the SHA-256, in hexadecimal, of the exact bytes of the pack's file
// and then of its includes in the order they are named (those of an include after it, each once).
//
// NotFound: no such file, with the names there are. InvalidArgument: a line for each complaint,
// with file, line, path, what was found and what was wanted; `complaints_most` of them for each
// file. Thread-safe; reads files.
absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadPack(std::string_view name_or_path,
                                                           std::string_view packs_directory,
                                                           size_t complaints_most = 10);

// The bytes that the digest is over. Errors as LoadPack's, without looking at what the files say
// beyond their includes.
absl::StatusOr<std::string> PackBytes(std::string_view name_or_path,
                                      std::string_view packs_directory);

// What the reader of packs asks of the files of one: the pack language, as far as this pack uses
// it.
absl::StatusOr<YamlShape> PackShape(std::string_view name_or_path,
                                    std::string_view packs_directory);

}  // namespace waymark::config
