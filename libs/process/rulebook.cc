#include "libs/process/rulebook.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/signed_pack.h"
#include "libs/crypto/sign.h"

namespace waymark::process {
namespace {

absl::StatusOr<std::vector<crypto::PartyKey>> SigningKeysOf(
    const config::Partnership& partnership) {
  std::vector<crypto::PartyKey> keys;
  for (const config::Member& member : partnership.members) {
    WM_ASSIGN_OR_RETURN(auto key, crypto::VerifyKey::FromBytes(member.signing_key));
    keys.push_back({member.agency, std::move(key)});
  }
  return keys;
}

absl::StatusOr<std::shared_ptr<const agreement::Evaluator>> LoadEvaluator(
    const config::Partnership& partnership, const std::vector<crypto::PartyKey>& keys) {
  std::vector<config::AgreementFiles> files;
  files.push_back({partnership.baseline, partnership.baseline + ".signatures"});
  for (const std::string& path : partnership.agreements) {
    files.push_back({path, path + ".signatures"});
  }
  WM_ASSIGN_OR_RETURN(agreement::Evaluator evaluator, config::LoadAgreements(files, keys));
  return std::make_shared<const agreement::Evaluator>(std::move(evaluator));
}

absl::Status CheckInForce(const agreement::Evaluator& agreements, const std::string& file,
                          absl::Time now) {
  for (const agreement::Agreement& agreement : agreements.agreements()) {
    if (!agreement.expires || now < *agreement.expires) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("agreement ", agreement.id, " ", agreement.version, " expired at ",
                     FormatRfc3339(*agreement.expires),
                     "; have the parties sign a newer version and name it in ", file,
                     ", or take it out of there to go on under the statutory baseline alone"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Rulebook>> LoadRulebook(const std::string& file, absl::Time now) {
  WM_RETURN_IF_ERROR(calendar::CheckTimeZoneData());
  auto rulebook = std::make_unique<Rulebook>();
  WM_ASSIGN_OR_RETURN(rulebook->directory, config::LoadPartnership(file));
  const std::string& pack = rulebook->directory.pack;
  WM_ASSIGN_OR_RETURN(const std::vector<crypto::PartyKey> keys, SigningKeysOf(rulebook->directory));
  WM_ASSIGN_OR_RETURN(
      rulebook->pack,
      config::LoadSignedPack(pack, std::filesystem::path(pack).parent_path().string(), keys));
  for (const config::Member& member : rulebook->directory.members) {
    if (rulebook->pack->FindAgency(member.agency) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": member ", member.agency,
                                                     " is no agency of pack ", rulebook->pack->name,
                                                     "; add it to the pack or remove it"));
    }
  }
  WM_ASSIGN_OR_RETURN(rulebook->agreements, LoadEvaluator(rulebook->directory, keys));
  WM_RETURN_IF_ERROR(CheckInForce(*rulebook->agreements, file, now));
  WM_ASSIGN_OR_RETURN(rulebook->verifier,
                      trust::DirectoryRecordVerifier::Make({rulebook->directory}));
  return rulebook;
}

}  // namespace waymark::process
