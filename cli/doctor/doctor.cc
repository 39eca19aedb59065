#include "cli/doctor/doctor.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/load_pack.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"

namespace waymark::cli {
namespace {

Finding Broken(std::string what, const absl::Status& why, std::string remedy) {
  return {std::move(what), Verdict::kBroken, std::string(why.message()), std::move(remedy)};
}

// Whether the partnership knows this process.
bool IsMember(const config::ProcessConfig& config, const config::Partnership& partnership,
              Findings& findings) {
  if (config.service != config::ServiceKind::kGateway) return true;
  if (partnership.FindMember(config.agency) != nullptr) return true;
  findings.push_back({"membership", Verdict::kBroken,
                      absl::StrCat(config.agency, " is no member of ", partnership.id),
                      "correct `agency`, or fetch the newest partnership directory"});
  return false;
}

}  // namespace

rpc::Principal PrincipalOf(const config::ProcessConfig& config, std::string_view trust_domain) {
  const std::string domain(trust_domain);
  if (config.service == config::ServiceKind::kGateway) {
    return rpc::Principal::Gateway(domain, config.agency);
  }
  return rpc::Principal::Core(domain, std::string(config::NameOf(config.service)));
}

std::string SourceOf(const config::ProcessConfig& config) {
  if (config.service == config::ServiceKind::kGateway) return config::GatewaySource(config.agency);
  return std::string(config::NameOf(config.service));
}

void LookAtRules(const config::ProcessConfig& config, const config::Partnership& partnership,
                 Findings& findings) {
  const auto pack = config::LoadPack(
      partnership.pack, std::filesystem::path(partnership.pack).parent_path().string());
  if (pack.ok()) {
    findings.push_back({"pack", Verdict::kGood, partnership.pack, ""});
  } else {
    findings.push_back(
        Broken("pack", pack.status(), "fetch the partnership's files again, all of one version"));
  }
  if (config.service != config::ServiceKind::kGateway) return;
  std::vector<crypto::PartyKey> keys;
  for (const config::Member& member : partnership.members) {
    const auto key = crypto::VerifyKey::FromBytes(member.signing_key);
    if (key.ok()) keys.push_back({member.agency, *key});
  }
  std::vector<config::AgreementFiles> files = {
      {partnership.baseline, partnership.baseline + ".signatures"}};
  for (const std::string& path : partnership.agreements) {
    files.push_back({path, path + ".signatures"});
  }
  const auto agreements = config::LoadAgreements(files, keys);
  if (agreements.ok()) {
    findings.push_back({"agreements", Verdict::kGood,
                        absl::StrCat(files.size(), " are signed by all and make sense"), ""});
  } else {
    findings.push_back(Broken("agreements", agreements.status(),
                              "have every party sign the same bytes, and put file and signatures "
                              "in place together"));
  }
}

Findings Examine(const Examination& examination) {
  const config::ProcessConfig& config = examination.config;
  Findings findings;
  const auto partnership = config::LoadPartnership(config.directory);
  if (!partnership.ok()) {
    findings.push_back(Broken("partnership directory", partnership.status(),
                              "fetch the partnership's directory and name it in `directory`"));
    findings.push_back({"keys, certificate, peers, event log", Verdict::kNotLooked,
                        "the directory says who they are", ""});
    LookAtDisk(config, findings);
    return findings;
  }
  findings.push_back({"partnership directory", Verdict::kGood,
                      absl::StrCat(partnership->id, ", ", partnership->members.size(), " members"),
                      ""});
  if (!IsMember(config, *partnership, findings)) return findings;
  LookAtRules(config, *partnership, findings);
  LookAtKeys(config, *partnership, findings);
  LookAtCertificate(config, *partnership, examination.clock.Now(), findings);
  LookAtDisk(config, findings);
  LookAtPorts(config, examination.patience, findings);
  LookAtPeers(examination, *partnership, findings);
  LookAtLog(examination, *partnership, findings);
  return findings;
}

}  // namespace waymark::cli
