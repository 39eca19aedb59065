// What lies on this machine: keys, certificate, disk, ports.
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cli/doctor/doctor.h"
#include "cli/doctor/http_get.h"
#include "libs/base/rfc3339.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/crypto/certificates.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"
#include "libs/rpc/tls_files.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr uint64_t kFreeBytesBroken = 256ull << 20;
constexpr uint64_t kFreeBytesWarning = 2ull << 30;

struct WantedKey {
  std::string file;
  // What the directory holds of it; "" when it holds nothing.
  std::string public_half;
  enum Kind { kSigning, kSealing, kSecret } kind;
};

std::vector<WantedKey> WantedKeys(const config::ProcessConfig& config,
                                  const config::Partnership& partnership) {
  switch (config.service) {
    case config::ServiceKind::kIntake:
      return {{"sealing.pem", partnership.intake.sealing_key, WantedKey::kSealing},
              {"token.key", "", WantedKey::kSecret}};
    case config::ServiceKind::kRisk:
      return {};
    case config::ServiceKind::kCasemgr:
      return {{"signing.pem", partnership.casemgr.signing_key, WantedKey::kSigning}};
    case config::ServiceKind::kGateway:
      break;
  }
  const config::Member& member = *partnership.FindMember(config.agency);
  return {{"signing.pem", member.signing_key, WantedKey::kSigning},
          {"sealing.pem", member.sealing_key, WantedKey::kSealing},
          {"audit.pem", member.audit_key, WantedKey::kSigning},
          {"witness.pem", member.witness_key, WantedKey::kSigning},
          {"linkage-1.key", "", WantedKey::kSecret},
          {"local.key", "", WantedKey::kSecret}};
}

absl::StatusOr<std::string> PublicHalf(const WantedKey& wanted, const std::string& bytes) {
  if (wanted.kind == WantedKey::kSecret) {
    if (bytes.size() == 32) return std::string();
    return absl::InvalidArgumentError("is not 32 bytes long");
  }
  if (wanted.kind == WantedKey::kSealing) {
    auto key = crypto::HpkePrivateKey::FromPem(bytes);
    if (!key.ok()) return key.status();
    return key->public_key();
  }
  auto key = crypto::SigningKey::FromPem(bytes);
  if (!key.ok()) return key.status();
  return key->verify_key().bytes();
}

// Nobody but its owner may read a secret.
bool IsPrivate(const std::string& path, const std::string& what, Findings& findings) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return false;
  if ((found.st_mode & 077) == 0) return true;
  findings.push_back({what, Verdict::kBroken,
                      absl::StrFormat("%s has mode %04o: others may read it", path,
                                      static_cast<unsigned>(found.st_mode & 07777)),
                      absl::StrCat("chmod 0600 ", path)});
  return false;
}

Finding End(const std::string& what, absl::Time ends, absl::Time now, const std::string& remedy) {
  const absl::Duration left = ends - now;
  const std::string found = absl::StrCat(FormatRfc3339(ends), ", in ", left / kDay, " days");
  if (left <= absl::ZeroDuration()) {
    return {what, Verdict::kBroken, absl::StrCat("ended ", FormatRfc3339(ends)), remedy};
  }
  if (left <= 30 * kDay) return {what, Verdict::kWarning, found, remedy};
  return {what, Verdict::kGood, found, ""};
}

absl::Status CheckAgainstAuthorities(const rpc::TlsFiles& files, absl::Time now) {
  absl::Status latest = absl::NotFoundError("ca.pem holds no authority");
  for (const std::string& authority : crypto::SplitCertificates(files.authorities)) {
    latest = crypto::CheckChain(files.certificate, authority, std::nullopt, now);
    if (latest.ok()) return latest;
  }
  return latest;
}

void LookAtLists(const rpc::TlsFiles& files, absl::Time now, Findings& findings) {
  if (!files.checks_revocation) {
    findings.push_back({"revocation lists", Verdict::kGood,
                        "none: there is no folder crl/ and revoked certificates are accepted", ""});
    return;
  }
  for (const auto& [issuer, list] : files.revoked) {
    const absl::Duration left = list.next_update - now;
    findings.push_back(
        {"revocation list", left <= kDay ? Verdict::kWarning : Verdict::kGood,
         absl::StrCat("of ", FormatRfc3339(list.this_update), ", ", list.serials.size(),
                      " revoked; to be replaced by ", FormatRfc3339(list.next_update)),
         left <= kDay ? "fetch the authority's current list: without one nobody gets in" : ""});
  }
  const absl::Status own = rpc::JudgePeer(files, files.own, now);
  if (!own.ok()) {
    findings.push_back({"own certificate's standing", Verdict::kBroken,
                        absl::StrCat("this certificate: ", own.message()),
                        "have a new one issued"});
  }
}

// "host:port" of this machine as a place to listen.
absl::Status CanListen(const std::string& address) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found);
  if (code != 0) return absl::NotFoundError(gai_strerror(code));
  const int probe = socket(found->ai_family, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool free = bind(probe, found->ai_addr, found->ai_addrlen) == 0 && listen(probe, 1) == 0;
  const std::string why = strerror(errno);
  close(probe);
  freeaddrinfo(found);
  return free ? absl::OkStatus() : absl::UnavailableError(why);
}

void LookAtNumbers(const std::string& metrics, Findings& findings) {
  int64_t lag = 0, waiting = 0, letters = 0, alarms = 0;
  for (absl::string_view line : absl::StrSplit(metrics, '\n')) {
    const size_t space = line.rfind(' ');
    int64_t value = 0;
    if (space == absl::string_view::npos || !absl::SimpleAtoi(line.substr(space + 1), &value)) {
      continue;
    }
    if (absl::StartsWith(line, "waymark_input_lag")) lag += value;
    if (absl::StartsWith(line, "waymark_runtime_unacknowledged")) waiting += value;
    if (absl::StartsWith(line, "waymark_dead_letters")) letters += value;
    if (absl::StartsWith(line, "waymark_alarms")) alarms += value;
  }
  const auto tell = [&](const char* what, int64_t count, int64_t warn, const char* remedy) {
    findings.push_back({what, count >= warn ? Verdict::kWarning : Verdict::kGood,
                        absl::StrCat(count), count >= warn ? remedy : ""});
  };
  tell("records not read yet", lag, 1000, "see whether it falls; if not, look at this disk");
  tell("records not acknowledged", waiting, 1000, "see whether the broker answers");
  tell("dead letters", letters, 1, "docs/runbooks/dead_letter.md");
  tell("alarms", alarms, 1, "each has a page in docs/runbooks");
}

}  // namespace

void LookAtKeys(const config::ProcessConfig& config, const config::Partnership& partnership,
                Findings& findings) {
  for (const WantedKey& wanted : WantedKeys(config, partnership)) {
    const std::string path = absl::StrCat(config.keys, "/", wanted.file);
    const std::string what = absl::StrCat("key ", wanted.file);
    const auto bytes = config::ReadFile(path);
    if (!bytes.ok()) {
      findings.push_back({what, Verdict::kBroken, std::string(bytes.status().message()),
                          "put this process's own key there; from its backup if it had one"});
      continue;
    }
    if (!IsPrivate(path, what, findings)) continue;
    const auto half = PublicHalf(wanted, *bytes);
    if (!half.ok()) {
      findings.push_back({what, Verdict::kBroken, absl::StrCat(path, ": ", half.status().message()),
                          "put the key back from its backup"});
    } else if (!wanted.public_half.empty() && *half != wanted.public_half) {
      findings.push_back({what, Verdict::kBroken,
                          "its public half is not the one in the partnership directory",
                          "put the right key back, or have the directory changed and signed"});
    } else {
      findings.push_back({what, Verdict::kGood, "private, and as the directory says", ""});
    }
  }
}

void LookAtCertificate(const config::ProcessConfig& config, const config::Partnership& partnership,
                       absl::Time now, Findings& findings) {
  const auto files = rpc::ReadTlsFiles(config.tls, now);
  if (!files.ok()) {
    findings.push_back({"certificate", Verdict::kBroken, std::string(files.status().message()),
                        "put a whole folder in place of this one"});
    return;
  }
  IsPrivate(config.tls + "/key.pem", "certificate's key", findings);
  const std::string wanted = PrincipalOf(config, partnership.trust_domain).Text();
  if (files->own.uris.front() != wanted) {
    findings.push_back({"certificate's identity", Verdict::kBroken,
                        absl::StrCat("it names ", files->own.uris.front()),
                        absl::StrCat("have one issued for ", wanted)});
  } else {
    findings.push_back({"certificate's identity", Verdict::kGood, wanted, ""});
  }
  const absl::Status chain = CheckAgainstAuthorities(*files, now);
  findings.push_back({"certificate's chain", chain.ok() ? Verdict::kGood : Verdict::kBroken,
                      chain.ok() ? "holds" : std::string(chain.message()),
                      chain.ok() ? "" : "put certificate and ca.pem of one partnership together"});
  findings.push_back(End("certificate ends", files->own.not_after, now,
                         "have a new one issued and swap the folder; nothing is restarted"));
  findings.push_back(End("authority ends", files->authority_not_after, now,
                         "put old and new authority together into every ca.pem, then renew"));
  LookAtLists(*files, now, findings);
}

void LookAtDisk(const config::ProcessConfig& config, Findings& findings) {
  fs::path at = config.data;
  std::error_code error;
  while (!fs::exists(at, error) && at.has_parent_path() && at != at.parent_path()) {
    at = at.parent_path();
  }
  struct statvfs space {};
  errno = ENOTDIR;
  if (!fs::is_directory(at, error) || statvfs(at.c_str(), &space) != 0 ||
      access(at.c_str(), W_OK) != 0) {
    findings.push_back({"data folder", Verdict::kBroken,
                        absl::StrCat(at.string(), ": ", strerror(errno)),
                        "make it, and give it to the user that runs this process"});
    return;
  }
  const uint64_t free = static_cast<uint64_t>(space.f_bavail) * space.f_frsize;
  const bool nodes = space.f_files > 0 && space.f_favail < 1000;
  Finding finding{
      "disk", Verdict::kGood,
      absl::StrCat(free >> 20, " MiB free at ", at.string(), nodes ? ", and almost no inodes" : ""),
      ""};
  if (free < kFreeBytesWarning || nodes) finding.verdict = Verdict::kWarning;
  if (free < kFreeBytesBroken) finding.verdict = Verdict::kBroken;
  if (finding.verdict != Verdict::kGood)
    finding.remedy = "make room: a full disk stops the process";
  findings.push_back(std::move(finding));
}

void LookAtPorts(const config::ProcessConfig& config, absl::Duration patience, Findings& findings) {
  const auto ready = HttpGet(config.operator_address, "/readyz", patience);
  if (ready.ok()) {
    findings.push_back(
        {"process", ready->code == 200 ? Verdict::kGood : Verdict::kBroken,
         ready->code == 200 ? "runs and is ready" : absl::StrCat("runs, not ready: ", ready->body),
         ready->code == 200 ? "" : "docs/runbooks/not_ready.md"});
    const auto metrics = HttpGet(config.operator_address, "/metrics", patience);
    if (metrics.ok()) LookAtNumbers(metrics->body, findings);
    return;
  }
  findings.push_back({"process", Verdict::kWarning, "does not run", "start it"});
  for (const std::string& address : {config.listen, config.operator_address}) {
    const absl::Status status = CanListen(address);
    if (status.ok()) continue;
    findings.push_back({absl::StrCat("address ", address), Verdict::kBroken,
                        absl::StrCat("cannot be listened on: ", status.message()),
                        "stop what holds the port, or choose another address"});
  }
}

}  // namespace waymark::cli
