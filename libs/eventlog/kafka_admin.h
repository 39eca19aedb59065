// What an operator does at a cluster: look at topics and access lists, make and change them. For
// tools; the services have no business with it.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/eventlog/kafka_log.h"

namespace waymark::eventlog {

struct KafkaTopic {
  std::string name;
  int partitions = 1;
  int replication = -1;                         // when one is made; -1: as the brokers are set
  std::map<std::string, std::string> settings;  // "cleanup.policy": "delete", ...
};

// One rule of the authoriser. Words as Kafka's own tools use them, in lower case.
struct KafkaAcl {
  std::string resource = "topic";  // "topic", "group", "cluster", or "other"
  std::string name;                // of the resource; "*" for all
  bool prefix = false;             // `name` is the beginning of names
  std::string principal;           // "User:CN=intake@fenland.waymark"
  std::string host = "*";
  std::string operation;  // "read", "write", "describe", "all", ...
  bool deny = false;

  friend auto operator<=>(const KafkaAcl&, const KafkaAcl&) = default;
};

// Used by one thread at a time. Every call waits for options.append_wait at most: Unavailable says
// what was in the way. PermissionDenied: the certificate is not an operator's.
class KafkaAdmin {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Open(const KafkaOptions& options,
                                                          Clock& clock);
  ~KafkaAdmin();

  // All topics but Kafka's own, in order of name, with the settings that `names` lists.
  absl::StatusOr<std::vector<KafkaTopic>> Topics(const std::vector<std::string>& names);
  // AlreadyExists when there is one.
  absl::Status MakeTopic(const KafkaTopic& topic);
  // Replaces every setting of a topic by these; what is left out goes back to the brokers' own.
  absl::Status SetSettings(const std::string& topic,
                           const std::map<std::string, std::string>& settings);

  absl::StatusOr<std::vector<KafkaAcl>> Acls();
  absl::Status AddAcls(const std::vector<KafkaAcl>& acls);
  absl::Status RemoveAcls(const std::vector<KafkaAcl>& acls);

 private:
  struct Impl;
  explicit KafkaAdmin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::eventlog
