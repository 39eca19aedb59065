// The `waymark pack` verbs as functions: check, show, sign, verify. They read and write files and
// streams and nothing else.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "libs/crypto/signed_file.h"

namespace waymark::cli {

// The exit codes of `waymark help exit-codes` that these verbs use.
inline constexpr int kPackGood = 0;
inline constexpr int kPackUsage = 2;
inline constexpr int kPackRefused = 3;

// Checks each pack (a name or a path) and says every mistake of all of them on `out`: file, line,
// place, what was found, what was wanted. One line "good" for each that has none. kPackRefused when
// any has a mistake or is not there.
int CheckPacks(const std::vector<std::string>& packs, const std::string& packs_directory, bool json,
               std::ostream& out);

enum class HandbookFormat { kMarkdown, kHtml };

// The handbook of a pack on `out`.
int ShowPack(const std::string& pack, const std::string& packs_directory, HandbookFormat format,
             std::ostream& out, std::ostream& err);

// Signs a pack in the name of `party` with the Ed25519 key of `key_file` (PEM). The signature is
// over the bytes of the pack's file and of everything it includes, and is added to
// PACK.yaml.signatures beside the file (an older signature of the party is replaced; signatures
// over other bytes are dropped).
int SignPack(const std::string& pack_file, const std::string& packs_directory,
             const std::string& party, const std::string& key_file, std::ostream& out,
             std::ostream& err);

// Says who has signed the pack as it stands. kPackRefused when not all of `trusted` have, or a
// signature does not hold.
int VerifyPack(const std::string& pack_file, const std::string& packs_directory,
               const std::vector<crypto::PartyKey>& trusted, std::ostream& out, std::ostream& err);

}  // namespace waymark::cli
