#include "libs/rpc/tls_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/rpc/identity.h"

namespace waymark::rpc {
namespace {

namespace fs = std::filesystem;

constexpr char kRemedy[] =
    "; make the directory with 'waymark certificates' or put the files there";
constexpr char kListRemedy[] = "; fetch the authority's current revocation list";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.str().empty()) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", path, kRemedy));
  }
  return text.str();
}

absl::Status Bad(const std::string& path, const absl::Status& why, const char* remedy = kRemedy) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why.message(), remedy));
}

absl::Status CheckValid(const std::string& path, const crypto::CertificateInfo& info,
                        absl::Time now) {
  if (now >= info.not_before && now < info.not_after) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, " is valid from ", FormatRfc3339(info.not_before), " to ",
                   FormatRfc3339(info.not_after), ", and now is ", FormatRfc3339(now),
                   "; have a new certificate issued"));
}

absl::Status ReadOneList(const std::string& path, const std::vector<std::string>& authorities,
                         TlsFiles& files) {
  WM_ASSIGN_OR_RETURN(const std::string pem, ReadFile(path));
  absl::StatusOr<crypto::RevocationListInfo> list =
      absl::FailedPreconditionError("there is no authority to hold it against");
  for (const std::string& authority : authorities) {
    list = crypto::ParseRevocationList(pem, authority);
    if (list.ok()) break;
  }
  if (!list.ok()) return Bad(path, list.status(), kListRemedy);
  Revoked fresh{list->this_update, list->next_update, {list->serials.begin(), list->serials.end()}};
  const auto [at, added] = files.revoked.emplace(list->issuer, fresh);
  if (!added && at->second.this_update < fresh.this_update) at->second = std::move(fresh);
  return absl::OkStatus();
}

absl::Status ReadLists(const std::string& directory, const std::vector<std::string>& authorities,
                       absl::Time now, TlsFiles& files) {
  const std::string lists = directory + "/crl";
  std::error_code error;
  if (!fs::is_directory(lists, error)) return absl::OkStatus();
  files.checks_revocation = true;
  for (const fs::directory_entry& entry : fs::directory_iterator(lists, error)) {
    if (!entry.is_regular_file()) continue;
    WM_RETURN_IF_ERROR(ReadOneList(entry.path().string(), authorities, files));
  }
  if (error) return Bad(lists, absl::UnavailableError(error.message()));
  if (files.revoked.size() < authorities.size()) {
    return Bad(lists, absl::NotFoundError("an authority of ca.pem has no list here"), kListRemedy);
  }
  for (const auto& [issuer, list] : files.revoked) {
    if (list.next_update <= now) {
      return Bad(lists,
                 absl::OutOfRangeError(absl::StrCat("a list was to be replaced by ",
                                                    FormatRfc3339(list.next_update))),
                 kListRemedy);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsFiles> ReadTlsFiles(const std::string& directory, absl::Time now) {
  // A swap of the whole directory between two reads must not give half of each.
  std::error_code error;
  const fs::path whole = fs::canonical(directory, error);
  const std::string folder = error ? directory : whole.string();
  TlsFiles files;
  WM_ASSIGN_OR_RETURN(files.certificate, ReadFile(folder + "/cert.pem"));
  WM_ASSIGN_OR_RETURN(files.key, ReadFile(folder + "/key.pem"));
  WM_ASSIGN_OR_RETURN(files.authorities, ReadFile(folder + "/ca.pem"));
  auto own = crypto::ParseCertificate(files.certificate);
  if (!own.ok()) return Bad(folder + "/cert.pem", own.status());
  files.own = *std::move(own);
  const std::vector<std::string> authorities = crypto::SplitCertificates(files.authorities);
  if (authorities.empty()) {
    return Bad(folder + "/ca.pem", crypto::ParseCertificate(files.authorities).status());
  }
  files.authority_not_after = absl::InfiniteFuture();
  for (const std::string& authority : authorities) {
    WM_ASSIGN_OR_RETURN(const auto info, crypto::ParseCertificate(authority));
    files.authority_not_after = std::min(files.authority_not_after, info.not_after);
  }
  const absl::Status matches = crypto::CheckKeyMatches(files.certificate, files.key);
  if (!matches.ok()) return Bad(folder + "/key.pem", matches);
  if (files.own.uris.size() != 1) {
    return Bad(folder + "/cert.pem", absl::InvalidArgumentError("must name exactly one URI"));
  }
  const auto principal = ParsePrincipal(files.own.uris[0]);
  if (!principal.ok()) return Bad(folder + "/cert.pem", principal.status());
  WM_RETURN_IF_ERROR(CheckValid(folder + "/cert.pem", files.own, now));
  WM_RETURN_IF_ERROR(ReadLists(folder, authorities, now, files));
  return files;
}

absl::Status JudgePeer(const TlsFiles& files, const crypto::CertificateInfo& peer, absl::Time now) {
  if (now >= peer.not_after) {
    return absl::UnauthenticatedError("the peer's certificate has ended");
  }
  if (!files.checks_revocation) return absl::OkStatus();
  const auto list = files.revoked.find(peer.issuer);
  if (list == files.revoked.end() || list->second.next_update <= now) {
    return absl::UnauthenticatedError(
        "there is no current revocation list of the authority that signed the peer's certificate");
  }
  if (list->second.serials.count(peer.serial) > 0) {
    return absl::UnauthenticatedError("the peer's certificate is revoked");
  }
  return absl::OkStatus();
}

}  // namespace waymark::rpc
