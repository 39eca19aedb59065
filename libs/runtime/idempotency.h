// Replies of idempotent commands: (principal, method, key) happens once. Keys of rows are hashes,
// so that nothing a client chose stands in a key.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/overlay.h"
#include "libs/runtime/rows.h"
#include "libs/store/store.h"

namespace waymark::runtime {

// HMAC-SHA256 under RuntimeConfig::request_digest_key.
std::string RequestDigest(std::string_view key, std::string_view payload);

// nullopt when the command has not happened within the retention period.
absl::StatusOr<std::optional<ReplyRow>> FindReply(const Overlay& overlay, const std::string& shard,
                                                  const CommandCause& command, absl::Time since);

void StoreReply(Overlay& overlay, const std::string& shard, const CommandCause& command,
                const ReplyRow& row);

// Removes up to `max` replies stored before `until`.
absl::Status PurgeReplies(const store::Store& store, Overlay& overlay, const std::string& shard,
                          absl::Time until, size_t max);

}  // namespace waymark::runtime
