#include "libs/runtime/idempotency.h"

#include <vector>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/mac.h"
#include "libs/runtime/keys.h"

namespace waymark::runtime {
namespace {

std::string Hash(const CommandCause& command) {
  return crypto::Sha256(LengthPrefixed({command.principal, command.method, command.key}));
}

}  // namespace

std::string RequestDigest(std::string_view key, std::string_view payload) {
  return crypto::HmacSha256(key).Mac(payload);
}

absl::StatusOr<std::optional<ReplyRow>> FindReply(const Overlay& overlay, const std::string& shard,
                                                  const CommandCause& command, absl::Time since) {
  const std::optional<std::string> stored = overlay.Get(kRepliesCf, ReplyKey(shard, Hash(command)));
  if (!stored.has_value()) return std::nullopt;
  WM_ASSIGN_OR_RETURN(ReplyRow row, DecodeReplyRow(*stored));
  if (row.at < since) return std::nullopt;
  return row;
}

void StoreReply(Overlay& overlay, const std::string& shard, const CommandCause& command,
                const ReplyRow& row) {
  const std::string hash = Hash(command);
  overlay.Put(kRepliesCf, ReplyKey(shard, hash), Encode(row));
  overlay.Put(kRepliesCf, ReplyAtKey(shard, row.at, hash), "");
}

absl::Status PurgeReplies(const store::Store& store, Overlay& overlay, const std::string& shard,
                          absl::Time until, size_t max) {
  std::vector<std::string> expired;
  const std::string prefix = ReplyAtPrefix(shard);
  WM_RETURN_IF_ERROR(store.Scan(kRepliesCf, prefix, ReplyAtEnd(shard, until),
                                [&](std::string_view key, std::string_view) {
                                  expired.emplace_back(key);
                                  return expired.size() < max;
                                }));
  for (const std::string& key : expired) {
    KeyReader reader(std::string_view(key).substr(prefix.size()));
    WM_RETURN_IF_ERROR(reader.Number().status());
    WM_ASSIGN_OR_RETURN(const std::string hash, reader.Text());
    // The command may have happened again since, after its first reply had expired.
    const std::string reply_key = ReplyKey(shard, hash);
    if (const std::optional<std::string> stored = overlay.Get(kRepliesCf, reply_key)) {
      WM_ASSIGN_OR_RETURN(const ReplyRow row, DecodeReplyRow(*stored));
      if (row.at < until) overlay.Delete(kRepliesCf, reply_key);
    }
    overlay.Delete(kRepliesCf, key);
  }
  return absl::OkStatus();
}

}  // namespace waymark::runtime
