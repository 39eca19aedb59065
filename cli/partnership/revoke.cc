// The authority's revocation list, and a copy of it beside every certificate.
#include <filesystem>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/partnership/set_up.h"
#include "libs/base/status.h"
#include "libs/config/file.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;

using config::FileMode;
using config::WriteFile;

// For peers whose clocks are a little behind.
constexpr absl::Duration kBackdated = absl::Minutes(5);

std::set<std::string> RevokedBefore(const Layout& layout) {
  const auto text = config::ReadFile(layout.Revoked());
  if (!text.ok()) return {};
  return absl::StrSplit(*text, '\n', absl::SkipEmpty());
}

absl::StatusOr<std::string> SerialOf(const std::string& file, const std::string& authority_pem) {
  WM_ASSIGN_OR_RETURN(const std::string pem, config::ReadFile(file));
  WM_ASSIGN_OR_RETURN(const auto info, crypto::ParseCertificate(pem));
  WM_ASSIGN_OR_RETURN(const auto authority, crypto::ParseCertificate(authority_pem));
  if (info.issuer == authority.issuer && !info.is_authority) return info.serial;
  return absl::InvalidArgumentError(
      absl::StrCat(file, " was not issued by the authority of this folder"));
}

}  // namespace

absl::Status RevokeCertificates(const Layout& layout, const std::vector<std::string>& files,
                                int days, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const std::string certificate,
                      config::ReadFile(layout.AuthorityCertificate()));
  WM_ASSIGN_OR_RETURN(const std::string key, config::ReadFile(layout.AuthorityKey()));
  WM_ASSIGN_OR_RETURN(const auto authority,
                      crypto::CertificateAuthority::FromPem(certificate, key));
  std::set<std::string> serials = RevokedBefore(layout);
  for (const std::string& file : files) {
    WM_ASSIGN_OR_RETURN(std::string serial, SerialOf(file, certificate));
    serials.insert(std::move(serial));
  }
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  WM_ASSIGN_OR_RETURN(
      const std::string list,
      authority.MakeRevocationList({serials.begin(), serials.end()}, second - kBackdated,
                                   second + absl::Hours(24) * days,
                                   static_cast<uint64_t>(absl::ToUnixSeconds(now))));
  WM_ASSIGN_OR_RETURN(const std::string name, crypto::RevocationListFileName(certificate));
  WM_RETURN_IF_ERROR(WriteFile(layout.Revoked(), absl::StrCat(absl::StrJoin(serials, "\n"), "\n"),
                               FileMode::kPublic));
  WM_RETURN_IF_ERROR(
      WriteFile(absl::StrCat(layout.AuthorityLists(), "/", name), list, FileMode::kPublic));
  WM_ASSIGN_OR_RETURN(const auto all, ListCertificates(layout));
  for (const CertificateStatus& one : all) {
    const fs::path folder = (fs::path(layout.root) / one.path).parent_path();
    WM_RETURN_IF_ERROR(WriteFile((folder / "crl" / name).string(), list, FileMode::kPublic));
  }
  return absl::OkStatus();
}

}  // namespace waymark::cli
