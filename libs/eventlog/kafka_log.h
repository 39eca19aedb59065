// The event log on Kafka: a client of one cluster, over mutual TLS.
//
// What it relies on the cluster for: topics made beforehand (`waymark topics apply`), automatic
// creation off, access by ACL with default deny. The certificate's subject is the principal
// (deploy/topics.yaml says which). No consumer groups, no commits to the broker: readers begin
// where their caller says, and the caller keeps its positions in its own store.
//
// An append is idempotent as long as one producer lives. It is replaced after any error that leaves
// a doubt (a fatal error, a time-out, a refused batch): the caller sends the whole call again, and
// receivers drop repeats by lane. Certificate files are looked at every few seconds; when they have
// changed, connections are made anew with them, and nothing is lost or read twice.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/eventlog/event_log.h"

namespace waymark::eventlog {

// PEM files, read again whenever a connection is made.
struct KafkaTls {
  std::string certificate;           // this process's certificate
  std::string key;                   // its private key
  std::string authority;             // who vouches for the brokers
  std::string revocation_directory;  // its first *.r0 is used, if there is one; may be ""
};

// Those of a folder as `waymark certificates` makes it: cert.pem, key.pem, ca.pem and crl/.
KafkaTls KafkaTlsOf(std::string_view folder);

struct KafkaOptions {
  std::vector<std::string> bootstrap;  // "host:port", at least one
  KafkaTls tls;
  std::string client_id;  // for the broker's log: "intake", "gateway.police"
  // How long a call may wait for the cluster when nothing is known against it. While the cluster is
  // known to be out of reach calls answer Unavailable at once, and a thread tries in the
  // background.
  absl::Duration wait = absl::Seconds(3);
  // How long an append may wait for its acknowledgement.
  absl::Duration append_wait = absl::Seconds(15);
  // What one reader may hold of one partition before its caller has polled it, about.
  int read_ahead_kbytes = 512;
  // Told what an operator should know, one sentence without personal data; from any thread, quickly
  // and without calling the log. Repeats are held back. May be empty.
  std::function<void(std::string_view)> tell;
};

// Errors beyond those of the port, each saying what was wrong and what to do:
//   Unavailable         the cluster cannot be reached, or does not answer; TLS was refused, by
//                       either side (with the reason OpenSSL gives)
//   PermissionDenied    an ACL is missing: Append, Range and OpenReader. A Reader that is open
//   gives
//                       Unavailable, since ACLs may be repaired while it waits
//   FailedPrecondition  Open: a certificate has expired, is another partnership's, or its key is
//                       another's; EnsureTopic: another count
class KafkaLog : public EventLog {
 public:
  // Checks options and certificate files. Does not wait for the cluster: a gateway starts without
  // it. `clock` must outlive the log.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(const KafkaOptions& options, Clock& clock);
  ~KafkaLog() override;

  // Makes a missing topic where the principal may (in tests and by operators); NotFound where it
  // may not: processes only check.
  absl::Status EnsureTopic(std::string_view topic, int partitions) override;
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override;
  absl::StatusOr<OffsetRange> Range(const TopicPartition& at) const override;
  absl::Status Append(const TopicPartition& at, const std::vector<Record>& records) override;
  absl::Status AppendAll(const Batches& batches) override;
  // One consumer, with its threads, for each reader that is open: open few.
  absl::StatusOr<std::unique_ptr<Reader>> OpenReader(const std::vector<Position>& from) override;

  // OK while the cluster answers and no reader is refused its topic; otherwise Unavailable with the
  // reason. Never waits. For readiness.
  absl::Status Health() const;

 private:
  struct Impl;
  explicit KafkaLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace waymark::eventlog
