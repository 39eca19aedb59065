#include "cli/pack/pack_command.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/pack/handbook.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/config/signed_pack.h"

namespace waymark::cli {
namespace {

constexpr size_t kEveryComplaint = 100000;

int Say(std::ostream& err, std::string_view verb, const absl::Status& status) {
  err << "waymark pack " << verb << ": " << status.message() << "\n";
  return kPackRefused;
}

}  // namespace

int CheckPacks(const std::vector<std::string>& packs, const std::string& packs_directory, bool json,
               std::ostream& out) {
  int code = kPackGood;
  for (const std::string& name : packs) {
    const auto pack = config::LoadPack(name, packs_directory, kEveryComplaint);
    std::vector<std::string> mistakes;
    if (!pack.ok()) {
      mistakes = absl::StrSplit(pack.status().message(), '\n', absl::SkipEmpty());
      code = kPackRefused;
    }
    if (json) {
      nlohmann::ordered_json line{{"pack", name}, {"good", pack.ok()}, {"mistakes", mistakes}};
      if (pack.ok()) line["digest"] = (*pack)->digest;
      out << line.dump() << "\n";
      continue;
    }
    for (const std::string& mistake : mistakes) out << mistake << "\n";
    if (pack.ok()) {
      out << name << ": good, version " << (*pack)->version << ", " << (*pack)->digest << "\n";
    } else {
      out << name << ": " << mistakes.size() << (mistakes.size() == 1 ? " mistake" : " mistakes")
          << "\n";
    }
  }
  return code;
}

int ShowPack(const std::string& pack, const std::string& packs_directory, HandbookFormat format,
             std::ostream& out, std::ostream& err) {
  const auto loaded = config::LoadPack(pack, packs_directory);
  if (!loaded.ok()) return Say(err, "show", loaded.status());
  const Handbook handbook = HandbookOf(**loaded);
  out << (format == HandbookFormat::kHtml ? ToHtml(handbook) : ToMarkdown(handbook));
  return kPackGood;
}

int SignPack(const std::string& pack_file, const std::string& packs_directory,
             const std::string& party, const std::string& key_file, std::ostream& out,
             std::ostream& err) {
  const auto pack = config::LoadPack(pack_file, packs_directory);
  if (!pack.ok()) return Say(err, "sign", pack.status());
  const absl::StatusOr<std::string> pem = config::ReadFile(key_file);
  if (!pem.ok()) return Say(err, "sign", pem.status());
  const absl::StatusOr<crypto::SigningKey> key = crypto::SigningKey::FromPem(*pem);
  if (!key.ok()) return Say(err, "sign", key.status());
  if ((*pack)->FindAgency(party) == nullptr) {
    return Say(err, "sign", absl::InvalidArgumentError(party + " is no agency of the pack"));
  }
  const absl::Status status = config::SignPackFile(pack_file, packs_directory, party, *key);
  if (!status.ok()) return Say(err, "sign", status);
  out << "Signed " << (*pack)->name << " " << (*pack)->digest << " for " << party << " in "
      << config::PackSignaturesFile(pack_file) << "\n";
  return kPackGood;
}

int VerifyPack(const std::string& pack_file, const std::string& packs_directory,
               const std::vector<crypto::PartyKey>& trusted, std::ostream& out, std::ostream& err) {
  const auto signed_by = config::VerifyPackFile(pack_file, packs_directory, trusted);
  if (!signed_by.ok()) return Say(err, "verify", signed_by.status());
  out << "VERIFIED  " << pack_file << " signed by " << absl::StrJoin(*signed_by, ", ") << "\n";
  return kPackGood;
}

}  // namespace waymark::cli
