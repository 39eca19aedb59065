#include "libs/config/topics.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"

namespace waymark::config {
namespace {

std::string MemberTopic(std::string_view partnership, std::string_view agency,
                        std::string_view kind) {
  return absl::StrCat("waymark.member.", ToAbsl(partnership), ".", ToAbsl(agency), ".",
                      ToAbsl(kind), ".v1");
}

}  // namespace

std::string MemberOutTopic(std::string_view partnership, std::string_view agency) {
  return MemberTopic(partnership, agency, "out");
}

std::string MemberInboxTopic(std::string_view partnership, std::string_view agency) {
  return MemberTopic(partnership, agency, "inbox");
}

std::string MemberAuditTopic(std::string_view partnership, std::string_view agency) {
  return MemberTopic(partnership, agency, "audit");
}

std::optional<MemberTopicName> ParseMemberTopic(std::string_view topic) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(topic), '.');
  if (parts.size() != 6 || parts[0] != "waymark" || parts[1] != "member" || parts[5] != "v1" ||
      parts[2].empty() || parts[3].empty()) {
    return std::nullopt;
  }
  if (parts[4] == "out") return MemberTopicName{parts[2], parts[3], MemberTopicKind::kOut};
  if (parts[4] == "inbox") return MemberTopicName{parts[2], parts[3], MemberTopicKind::kInbox};
  if (parts[4] == "audit") return MemberTopicName{parts[2], parts[3], MemberTopicKind::kAudit};
  return std::nullopt;
}

std::string GatewaySource(std::string_view agency) {
  return absl::StrCat("gateway/", ToAbsl(agency));
}

std::string CoreName(std::string_view trust_domain, std::string_view service) {
  return absl::StrCat(ToAbsl(service), "@", ToAbsl(trust_domain));
}

std::string GatewayName(std::string_view trust_domain, std::string_view agency) {
  return absl::StrCat("gateway.", ToAbsl(agency), "@", ToAbsl(trust_domain));
}

std::string OperatorName(std::string_view trust_domain, std::string_view name) {
  return absl::StrCat("operator.", ToAbsl(name), "@", ToAbsl(trust_domain));
}

std::string SystemName(std::string_view trust_domain, std::string_view agency,
                       std::string_view role) {
  return absl::StrCat("system.", ToAbsl(agency), ".", ToAbsl(role), "@", ToAbsl(trust_domain));
}

std::string BrokerName(std::string_view trust_domain) {
  return absl::StrCat("broker@", ToAbsl(trust_domain));
}

std::string GatewayAudience(std::string_view agency) {
  return absl::StrCat("waymark-gateway/", ToAbsl(agency));
}

std::string AuditOrigin(std::string_view trust_domain, std::string_view agency) {
  return absl::StrCat(ToAbsl(trust_domain), "/audit/", ToAbsl(agency));
}

std::string WitnessName(std::string_view trust_domain, std::string_view agency) {
  return absl::StrCat(ToAbsl(trust_domain), "/witness/", ToAbsl(agency));
}

int CorePartition(std::string_view partnership, int partitions) {
  WM_CHECK(partitions >= 1, "a topic has at least one partition");
  const std::string hash = crypto::Sha256(partnership);
  uint64_t first = 0;
  for (int i = 0; i < 8; ++i) first = first << 8 | static_cast<unsigned char>(hash[i]);
  return static_cast<int>(first % static_cast<uint64_t>(partitions));
}

std::string CoreShard(std::string_view partnership, int partitions) {
  return absl::StrCat(CorePartition(partnership, partitions));
}

std::string MembershipShard(std::string_view partnership, std::string_view agency) {
  return absl::StrCat(ToAbsl(partnership), "/", ToAbsl(agency));
}

}  // namespace waymark::config
