// The names of topics, and which partition of a core topic a partnership lives in. The table of who
// writes and reads what is in docs/road.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waymark::config {

inline constexpr std::string_view kIntakeTopic = "waymark.intake.v1";
inline constexpr std::string_view kRiskTopic = "waymark.risk.v1";
inline constexpr std::string_view kCasemgrTopic = "waymark.casemgr.v1";

// Member topics have one partition each. Partnership and agency ids are [a-z0-9-]+, so no two
// memberships share a name.
std::string MemberOutTopic(std::string_view partnership, std::string_view agency);
std::string MemberInboxTopic(std::string_view partnership, std::string_view agency);
std::string MemberAuditTopic(std::string_view partnership, std::string_view agency);

enum class MemberTopicKind { kOut, kInbox, kAudit };
struct MemberTopicName {
  std::string partnership;
  std::string agency;
  MemberTopicKind kind = MemberTopicKind::kOut;
};
// nullopt when `topic` is no member topic.
std::optional<MemberTopicName> ParseMemberTopic(std::string_view topic);

// The names under which processes publish (a record's source).
inline constexpr std::string_view kIntakeSource = "intake";
inline constexpr std::string_view kRiskSource = "risk";
inline constexpr std::string_view kCasemgrSource = "casemgr";
std::string GatewaySource(std::string_view agency);  // "gateway/police"

// The names in certificates (the subject's CN), by which Kafka knows a process: its principal is
// "User:CN=gateway.police@fenland.waymark". deploy/topics.yaml uses the same forms.
std::string CoreName(std::string_view trust_domain, std::string_view service);  // "intake@..."
std::string GatewayName(std::string_view trust_domain, std::string_view agency);
std::string OperatorName(std::string_view trust_domain, std::string_view name);
// "system.police.cad@...": no system of an agency has any business with Kafka.
std::string SystemName(std::string_view trust_domain, std::string_view agency,
                       std::string_view role);
std::string BrokerName(std::string_view trust_domain);

// What a person's token for this agency's gateway names as its audience: "waymark-gateway/police".
std::string GatewayAudience(std::string_view agency);

// The origin of a membership's audit log, and the name of the key that signs its checkpoints:
// "fenland.waymark/audit/police". The trust domain names one partnership.
std::string AuditOrigin(std::string_view trust_domain, std::string_view agency);
// The name of the key with which an agency cosigns the others' checkpoints:
// "fenland.waymark/witness/police".
std::string WitnessName(std::string_view trust_domain, std::string_view agency);

// The first 8 bytes of SHA-256 of the id, big-endian, modulo `partitions` (at least 1).
int CorePartition(std::string_view partnership, int partitions);

// A shard of a core service is one partition: "7". A shard of a gateway is one membership:
// "fenland/police".
std::string CoreShard(std::string_view partnership, int partitions);
std::string MembershipShard(std::string_view partnership, std::string_view agency);

}  // namespace waymark::config
