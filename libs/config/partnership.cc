#include "libs/config/partnership.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/config/strict_yaml.h"

namespace waymark::config {
namespace {

constexpr size_t kKeySize = 32;

std::string ReadId(const YamlNode& node) {
  std::string id = node.Text();
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain) node.Refuse("an id of a-z, 0-9 and -", true);
  return id;
}

std::string ReadKey(const YamlNode& node) {
  const auto key = FromHex(node.Text());
  if (!key.ok() || key->size() != kKeySize) {
    node.Refuse("a public key of 64 hexadecimal digits");
    return "";
  }
  return *key;
}

std::string ReadEndpoint(const YamlNode& node) {
  std::string endpoint = node.Text();
  const size_t colon = endpoint.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == endpoint.size()) {
    node.Refuse("an endpoint as host:port", true);
  }
  return endpoint;
}

std::string ReadPath(const YamlNode& node, const std::string& file) {
  const std::filesystem::path path = node.Text();
  if (path.is_absolute()) return path.string();
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

Member ReadMember(const YamlNode& node) {
  Member member;
  member.agency = ReadId(node.At("agency"));
  member.endpoint = ReadEndpoint(node.At("endpoint"));
  member.signing_key = ReadKey(node.At("signing_key"));
  member.sealing_key = ReadKey(node.At("sealing_key"));
  member.audit_key = ReadKey(node.At("audit_key"));
  member.witness_key = ReadKey(node.At("witness_key"));
  const YamlNode issuer = node.At("token_issuer");
  member.token_issuer = issuer.At("name").Text();
  member.token_issuer_key = ReadKey(issuer.At("key"));
  return member;
}

void RefuseTwins(const YamlNode& members, const std::vector<Member>& list) {
  std::set<std::string> agencies, endpoints, keys;
  for (const Member& member : list) {
    if (!agencies.insert(member.agency).second) members.Refuse("each agency once");
    if (!endpoints.insert(member.endpoint).second) members.Refuse("another endpoint for each");
    for (const std::string& key :
         {member.signing_key, member.sealing_key, member.audit_key, member.witness_key}) {
      if (!keys.insert(key).second) members.Refuse("another key for each member and each use");
    }
  }
}

}  // namespace

const Member* Partnership::FindMember(std::string_view agency) const {
  for (const Member& member : members) {
    if (member.agency == agency) return &member;
  }
  return nullptr;
}

absl::StatusOr<Partnership> ParsePartnership(std::string_view yaml, const std::string& file) {
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(yaml, file));
  const YamlNode root = document.root();
  Partnership partnership;
  partnership.id = ReadId(root.At("id"));
  partnership.trust_domain = root.At("trust_domain").Text();
  partnership.pack = ReadPath(root.At("pack"), file);
  partnership.baseline = ReadPath(root.At("baseline"), file);
  for (const YamlNode& agreement : root.At("agreements").Items()) {
    partnership.agreements.push_back(ReadPath(agreement, file));
  }
  partnership.core_partitions = static_cast<int>(root.At("core_partitions").Integer(1, 10'000));
  const YamlNode core = root.At("core");
  const YamlNode intake = core.At("intake");
  partnership.intake.endpoint = ReadEndpoint(intake.At("endpoint"));
  partnership.intake.sealing_key = ReadKey(intake.At("sealing_key"));
  partnership.risk.endpoint = ReadEndpoint(core.At("risk").At("endpoint"));
  const YamlNode casemgr = core.At("casemgr");
  partnership.casemgr.endpoint = ReadEndpoint(casemgr.At("endpoint"));
  partnership.casemgr.signing_key = ReadKey(casemgr.At("signing_key"));
  const YamlNode members = root.At("members");
  for (const YamlNode& member : members.Items()) partnership.members.push_back(ReadMember(member));
  RefuseTwins(members, partnership.members);
  WM_RETURN_IF_ERROR(document.Finish());
  std::sort(partnership.members.begin(), partnership.members.end(),
            [](const Member& a, const Member& b) { return a.agency < b.agency; });
  return partnership;
}

absl::StatusOr<Partnership> LoadPartnership(const std::string& file) {
  WM_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(file));
  return ParsePartnership(yaml, file);
}

std::string PartnershipToYaml(const Partnership& partnership) {
  std::string yaml = absl::StrCat(
      "id: ", partnership.id, "\ntrust_domain: ", partnership.trust_domain,
      "\npack: ", partnership.pack, "\nbaseline: ", partnership.baseline, "\nagreements:\n");
  for (const std::string& agreement : partnership.agreements) {
    absl::StrAppend(&yaml, "  - ", agreement, "\n");
  }
  absl::StrAppend(
      &yaml, "core_partitions: ", partnership.core_partitions, "\ncore:\n",
      "  intake:\n    endpoint: \"", partnership.intake.endpoint, "\"\n    sealing_key: \"",
      ToHex(partnership.intake.sealing_key), "\"\n  risk:\n    endpoint: \"",
      partnership.risk.endpoint, "\"\n  casemgr:\n    endpoint: \"", partnership.casemgr.endpoint,
      "\"\n    signing_key: \"", ToHex(partnership.casemgr.signing_key), "\"\nmembers:\n");
  for (const Member& member : partnership.members) {
    absl::StrAppend(&yaml, "  - agency: ", member.agency, "\n    endpoint: \"", member.endpoint,
                    "\"\n    signing_key: \"", ToHex(member.signing_key), "\"\n    sealing_key: \"",
                    ToHex(member.sealing_key), "\"\n    audit_key: \"", ToHex(member.audit_key),
                    "\"\n    witness_key: \"", ToHex(member.witness_key),
                    "\"\n    token_issuer:\n      name: \"", member.token_issuer,
                    "\"\n      key: \"", ToHex(member.token_issuer_key), "\"\n");
  }
  return yaml;
}

}  // namespace waymark::config
