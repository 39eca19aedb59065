#include "libs/eventlog/kafka_client.h"

#include <librdkafka/rdkafka.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/certificates.h"

namespace waymark::eventlog {

namespace {
namespace fs = std::filesystem;

// "" when there is none: a folder without lists is a partnership that has revoked nothing.
std::string RevocationList(const KafkaTls& tls) {
  std::string first;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(tls.revocation_directory, error)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() == ".r0" && (first.empty() || path < first)) first = path;
  }
  return first;
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.good() && !in.eof()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " cannot be read: make it with `waymark certificates`, and let this user read it"));
  }
  return bytes;
}

}  // namespace

KafkaTls KafkaTlsOf(std::string_view folder) {
  const std::string at(folder);
  return {at + "/cert.pem", at + "/key.pem", at + "/ca.pem", at + "/crl"};
}

namespace internal {
namespace {

struct Remedy {
  const char* part;  // of the reason, as OpenSSL, the resolver or the kernel words it
  const char* what;
};
constexpr Remedy kRemedies[] = {
    {"certificate expired",
     "a certificate of this process or of the broker has expired: renew it (`waymark "
     "certificates renew`)"},
    {"certificate has expired", "the broker's certificate has expired: renew it"},
    {"certificate revoked", "this process's certificate was revoked: it needs a new one"},
    {"unknown ca",
     "the broker does not know who vouches for this process's certificate: is it of another "
     "partnership?"},
    {"certificate unknown",
     "the broker does not take this process's certificate: it has expired, or it is of another "
     "partnership"},
    {"bad certificate",
     "the broker does not take this process's certificate: it has expired, or it is of another "
     "partnership"},
    {"certificate verify failed",
     "the authority in ca.pem does not vouch for the broker's certificate: is the broker of "
     "another partnership, or its certificate expired?"},
    {"could not be verified",
     "the authority in ca.pem does not vouch for the broker's certificate: is the broker of "
     "another partnership, or its certificate expired?"},
    {"connection refused", "is the broker running, and is this its address?"},
    {"resolve", "the broker's name has no address: check log.bootstrap"},
    {"timed out", "the address does not answer: check the network, and that the broker runs"},
};

void OnError(rd_kafka_t* handle, int code, const char* reason, void* opaque) {
  char fatal[512];
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    code = rd_kafka_fatal_error(handle, fatal, sizeof(fatal));
    reason = fatal;
  }
  static_cast<const HandleRequest*>(opaque)->told->Error(code, reason);
}

// What matters comes by OnError as well; the lines themselves name inner states of librdkafka.
void OnLog(const rd_kafka_t*, int, const char*, const char*) {}

void OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<const HandleRequest*>(opaque)->delivered(message->_private, message->err);
}

Settings CommonSettings(const KafkaOptions& options) {
  Settings settings = {
      {"bootstrap.servers", absl::StrJoin(options.bootstrap, ",")},
      {"client.id", options.client_id},
      {"security.protocol", "ssl"},
      {"ssl.ca.location", options.tls.authority},
      {"ssl.certificate.location", options.tls.certificate},
      {"ssl.key.location", options.tls.key},
      {"ssl.endpoint.identification.algorithm", "https"},
      {"enable.ssl.certificate.verification", "true"},
      {"socket.timeout.ms", "10000"},
      {"socket.connection.setup.timeout.ms", "5000"},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.interval.ms", "60000"},
      {"log.connection.close", "false"},
  };
  const std::string list = RevocationList(options.tls);
  if (!list.empty()) settings["ssl.crl.location"] = list;
  return settings;
}

}  // namespace

void Told::Error(int code, std::string_view reason) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::lock_guard lock(mutex_);
  suspicious_ = true;
  // It only sums up what has been told already, with less said.
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !latest_.empty()) return;
  latest_ = WithRemedy(reason);
}

void Told::Tell(const std::string& sentence) {
  {
    std::lock_guard lock(mutex_);
    if (sentence == told_) return;
    told_ = sentence;
  }
  if (tell_) tell_(sentence);
}

std::string Told::Latest() const {
  std::lock_guard lock(mutex_);
  return latest_;
}

void Told::Clear() {
  std::lock_guard lock(mutex_);
  latest_.clear();
}

bool Told::TakeSuspicion() {
  std::lock_guard lock(mutex_);
  return std::exchange(suspicious_, false);
}

absl::StatusOr<Handle> NewHandle(const KafkaOptions& options, const HandleRequest& request) {
  // The handle owns what its callbacks are given.
  auto own = std::make_unique<HandleRequest>(request);
  Settings settings = CommonSettings(options);
  for (const auto& [name, value] : request.more) settings[name] = value;
  char why[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof(why)) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return absl::InvalidArgumentError(absl::StrCat("Kafka's client refuses a setting: ", why));
    }
  }
  rd_kafka_conf_set_opaque(conf, own.get());
  rd_kafka_conf_set_error_cb(conf, &OnError);
  rd_kafka_conf_set_log_cb(conf, &OnLog);
  if (request.delivered != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, &OnDelivered);
  rd_kafka_t* handle =
      rd_kafka_new(request.role == Role::kProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf,
                   why, sizeof(why));
  if (handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    // Files that were whole a moment ago are being replaced, or the machine has no threads left.
    return absl::UnavailableError(absl::StrCat("Kafka's client cannot start: ", WithRemedy(why)));
  }
  return Handle(handle, [own = std::shared_ptr<HandleRequest>(std::move(own))](rd_kafka_t* ended) {
    rd_kafka_destroy_flags(ended, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  });
}

std::string WithRemedy(std::string_view reason) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(reason));
  for (const Remedy& remedy : kRemedies) {
    if (absl::StrContains(lower, remedy.part)) {
      return absl::StrCat(ToAbsl(reason), "; ", remedy.what);
    }
  }
  return std::string(reason);
}

absl::Status TopicError(int code, std::string_view topic, std::string_view doing) {
  const auto err = static_cast<rd_kafka_resp_err_t>(code);
  switch (err) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return UnknownTopic(topic);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(
          absl::StrCat("topic ", ToAbsl(topic), ": no ACL lets this process ", ToAbsl(doing),
                       " it; an operator adds what is missing with `waymark topics apply`"));
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return absl::InvalidArgumentError(absl::StrCat(
          "topic ", ToAbsl(topic), " takes only smaller records: its ",
          "max.message.bytes has been changed; ", kRecordBytesMax + 100'000, " are needed"));
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return absl::UnavailableError(
          "the broker refuses this process as a writer: no ACL lets it write any topic (yet); an "
          "operator adds what is missing with `waymark topics apply`");
    default:
      return absl::UnavailableError(absl::StrCat("topic ", ToAbsl(topic), ": the broker did not ",
                                                 ToAbsl(doing), ": ", rd_kafka_err2str(err)));
  }
}

absl::Status NotReached(const KafkaOptions& options, std::string_view why) {
  return absl::UnavailableError(absl::StrCat("Kafka at ", absl::StrJoin(options.bootstrap, ", "),
                                             " does not answer", why.empty() ? "" : ": ",
                                             ToAbsl(why)));
}

absl::Status CheckTlsFiles(const KafkaTls& tls, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const std::string certificate, ReadPem(tls.certificate));
  WM_ASSIGN_OR_RETURN(const std::string key, ReadPem(tls.key));
  WM_ASSIGN_OR_RETURN(const std::string authority, ReadPem(tls.authority));
  const auto told = [&](const absl::Status& status) {
    return absl::FailedPreconditionError(absl::StrCat(tls.certificate, ": ", status.message()));
  };
  if (const absl::Status status = crypto::CheckKeyMatches(certificate, key); !status.ok()) {
    return told(status);
  }
  const absl::Status chain = crypto::CheckChain(certificate, authority, std::nullopt, now);
  return chain.ok() ? chain : told(chain);
}

std::string TlsFilesMark(const KafkaTls& tls) {
  std::string mark;
  std::vector<std::string> files = {tls.certificate, tls.key, tls.authority};
  const std::string list = RevocationList(tls);
  if (!list.empty()) files.push_back(list);
  for (const std::string& file : files) {
    struct stat about = {};
    if (stat(file.c_str(), &about) != 0) return "";
    absl::StrAppend(&mark, about.st_dev, "/", about.st_ino, "/", about.st_size, "/",
                    about.st_mtim.tv_sec, ".", about.st_mtim.tv_nsec, " ");
  }
  return mark;
}

}  // namespace internal
}  // namespace waymark::eventlog
