#include "libs/config/signed_pack.h"

#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/bank_holidays.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/crypto/hash.h"

namespace waymark::config {

std::string PackSignaturesFile(std::string_view pack_file) {
  return std::string(pack_file) + ".signatures";
}

absl::StatusOr<std::vector<std::string>> VerifyPackFile(std::string_view pack_file,
                                                        std::string_view packs_directory,
                                                        const std::vector<crypto::PartyKey>& keys) {
  WM_ASSIGN_OR_RETURN(const std::string bytes, PackBytes(pack_file, packs_directory));
  const std::string file = PackSignaturesFile(pack_file);
  const absl::StatusOr<std::string> signatures = ReadFile(file);
  if (absl::IsNotFound(signatures.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(ToAbsl(pack_file), " is not signed: there is no ", file,
                     "; every party signs with: waymark pack sign ", ToAbsl(pack_file)));
  }
  WM_RETURN_IF_ERROR(signatures.status());
  std::set<std::string> parties;
  for (const crypto::PartyKey& key : keys) parties.insert(key.party);
  absl::StatusOr<std::vector<std::string>> signed_by =
      crypto::VerifySignedFile(bytes, *signatures, kPackContext, keys, parties.size());
  if (signed_by.ok()) return signed_by;
  return absl::Status(signed_by.status().code(),
                      absl::StrCat(file, ": ", signed_by.status().message(), "; all of ",
                                   absl::StrJoin(parties, ", "), " sign with: waymark pack sign ",
                                   ToAbsl(pack_file)));
}

absl::StatusOr<std::shared_ptr<const pack::Pack>> LoadSignedPack(
    const std::string& pack_file, std::string_view packs_directory,
    const std::vector<crypto::PartyKey>& keys) {
  WM_ASSIGN_OR_RETURN(const auto pack, LoadPack(pack_file, packs_directory));
  WM_RETURN_IF_ERROR(VerifyPackFile(pack_file, packs_directory, keys).status());
  const std::string folder = std::filesystem::path(pack_file).parent_path().string();
  WM_ASSIGN_OR_RETURN(auto holidays, LoadSignedBankHolidays(folder, pack->holidays_division, keys));
  if (holidays == nullptr) return pack;
  auto updated = std::make_shared<pack::Pack>(*pack);
  updated->holidays = std::move(holidays);
  return std::shared_ptr<const pack::Pack>(std::move(updated));
}

absl::Status SignPackFile(std::string_view pack_file, std::string_view packs_directory,
                          std::string_view party, const crypto::SigningKey& key) {
  WM_ASSIGN_OR_RETURN(const std::string bytes, PackBytes(pack_file, packs_directory));
  const std::string file = PackSignaturesFile(pack_file);
  crypto::SignatureSet set = crypto::NewSignatureSet(kPackContext, bytes);
  const absl::StatusOr<std::string> written = ReadFile(file);
  if (written.ok()) {
    WM_ASSIGN_OR_RETURN(crypto::SignatureSet found, crypto::ParseSignatureSet(*written));
    if (found.context == set.context && found.sha256 == set.sha256) set = std::move(found);
  } else if (!absl::IsNotFound(written.status())) {
    return written.status();
  }
  crypto::AddSignature(set, party, key);
  return WriteFile(file, crypto::FormatSignatureSet(set), FileMode::kPublic);
}

}  // namespace waymark::config
