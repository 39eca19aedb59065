// Signatures of the parties on a policy pack (crypto/signed_file.h, context "pack"). They are over
// the bytes of the pack's file and of everything it includes, in the order of the pack's digest,
// and stand in one file beside the pack's: NAME.yaml.signatures. Thread-safe; reads files.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/crypto/signed_file.h"
#include "libs/pack/pack.h"

namespace waymark::config {

// The context under which packs are signed.
inline constexpr std::string_view kPackContext = "pack";

// "packs/fenland.yaml.signatures" for "packs/fenland.yaml".
std::string PackSignaturesFile(std::string_view pack_file);

// The parties (sorted) of `keys` that have signed the pack, all of them.
// FailedPrecondition: a party has not signed, or there is no file of signatures; both say which
// command signs. Unauthenticated: a signature does not hold, or it is over other bytes.
absl::StatusOr<std::vector<std::string>> VerifyPackFile(std::string_view pack_file,
                                                        std::string_view packs_directory,
                                                        const std::vector<crypto::PartyKey>& keys);

// LoadPack, the signatures of all of `keys`, and the bank holidays beside the pack's file when
// there is a signed update (bank_holidays.h).
absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadSignedPack(
    const std::string& pack_file, std::string_view packs_directory,
    const std::vector<crypto::PartyKey>& keys);

// Adds the party's signature to the file beside the pack. Signatures over other bytes are dropped.
absl::Status SignPackFile(std::string_view pack_file, std::string_view packs_directory,
                          std::string_view party, const crypto::SigningKey& key);

}  // namespace waymark::config
