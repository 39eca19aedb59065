// Who may write what on member topics, and how each record proves it. Kafka does not bind a
// record's claimed source to the certificate of the client that wrote it, so every record on a
// member topic is signed, and this is what signs and checks. Both are thread-safe.
//
//   topic   may be written by
//   out     the gateway of the agency that the topic names
//   audit   the same
//   inbox   casemgr, and the gateway of every other member of the partnership
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/config/partnership.h"
#include "libs/crypto/sign.h"
#include "libs/runtime/ports.h"

namespace waymark::trust {

class KeyRecordSigner : public runtime::RecordSigner {
 public:
  explicit KeyRecordSigner(crypto::SigningKey key) : key_(std::move(key)) {}
  absl::StatusOr<runtime::Signature> Sign(std::string_view bytes) override;

 private:
  crypto::SigningKey key_;
};

class DirectoryRecordVerifier : public runtime::RecordVerifier {
 public:
  // InvalidArgument when a key of a directory is not one.
  static absl::StatusOr<std::unique_ptr<DirectoryRecordVerifier>> Make(
      const std::vector<config::Partnership>& partnerships);

  // PermissionDenied: the source may not write there, or its key did not sign this.
  absl::Status Verify(const eventlog::TopicPartition& at, std::string_view source,
                      std::string_view bytes, const runtime::Signature& signature) override;

 private:
  // Keys by source name ("casemgr", "gateway/police"), for each partnership.
  using Keys = std::map<std::string, crypto::VerifyKey, std::less<>>;
  explicit DirectoryRecordVerifier(std::map<std::string, Keys, std::less<>> keys)
      : keys_(std::move(keys)) {}

  const std::map<std::string, Keys, std::less<>> keys_;
};

}  // namespace waymark::trust
