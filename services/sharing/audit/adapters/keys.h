// Column families, keys, and the kinds of timers and effects of the room audit. Parts are
// KeyBuilder's; values are messages of checkpoint_kept.proto. The leaves and nodes of the log
// itself belong to the vault (adapters/audit_note.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/bytes.h"

namespace waymark::sharing::audit_room {

// one of the words below -> see there
inline constexpr std::string_view kOwn = "gateway.audit.own";
inline constexpr std::string_view kPublishedKey = "published";  // StoredHead
inline constexpr std::string_view kWitnessedKey = "witnessed";  // StoredHead: size and note
inline constexpr std::string_view kSelfKey = "self";            // StoredSelfAudit
inline constexpr std::string_view kDueKey = "due";  // Unix microseconds, 8 bytes: next publication
// agency -> StoredCosignature of the own log
inline constexpr std::string_view kCosigned = "gateway.audit.cosigned";
// agency -> StoredSeen
inline constexpr std::string_view kSeen = "gateway.audit.seen";
// agency, size -> root: accepted heads
inline constexpr std::string_view kHeads = "gateway.audit.heads";
// agency, size, root -> StoredHead: heard of elsewhere
inline constexpr std::string_view kUntied = "gateway.audit.untied";
// agency, code, who found it -> AuditFinding
inline constexpr std::string_view kFindings = "gateway.audit.findings";

inline std::string HeadKey(std::string_view agency, uint64_t size) {
  return KeyBuilder().Text(agency).Number(size).Take();
}
inline std::string UntiedKey(std::string_view agency, uint64_t size, std::string_view root) {
  return KeyBuilder().Text(agency).Number(size).Text(root).Take();
}
inline std::string FindingKey(std::string_view agency, std::string_view code,
                              std::string_view found_by) {
  return KeyBuilder().Text(agency).Text(code).Text(found_by).Take();
}

// Timers. The payload of the last two is an agency.
inline constexpr std::string_view kPublish = "audit.publish";
inline constexpr std::string_view kSelfAudit = "audit.self";
inline constexpr std::string_view kSilence = "audit.silence";
inline constexpr std::string_view kTie = "audit.tie";
// Effects.
inline constexpr std::string_view kAlarm = "audit.alarm";  // AuditAlarm
inline constexpr std::string_view kProve = "audit.prove";  // ConsistencyAsk: its own topic
inline constexpr std::string_view kProveHeard = "audit.prove_heard";  // heads heard of elsewhere
// Commands.
inline constexpr std::string_view kStart = "audit.start";
inline constexpr std::string_view kShowLog = "/waymark.gateway.v1.WitnessService/ShowLog";
inline constexpr std::string_view kProveConsistency =
    "/waymark.gateway.v1.WitnessService/ProveConsistency";

}  // namespace waymark::sharing::audit_room
