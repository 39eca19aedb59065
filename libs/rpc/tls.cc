#include "libs/rpc/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "libs/base/clock.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/crypto/certificates.h"

namespace waymark::rpc {
namespace {

namespace tls = grpc::experimental;

constexpr char kRemedy[] =
    "; make the directory with 'waymark certificates' or put the files there";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.str().empty()) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", path, kRemedy));
  }
  return text.str();
}

// gRPC only logs what is wrong with these files, so this looks before it does.
absl::Status CheckDirectory(const std::string& directory) {
  WM_ASSIGN_OR_RETURN(std::string certificate, ReadFile(directory + "/cert.pem"));
  WM_ASSIGN_OR_RETURN(std::string key, ReadFile(directory + "/key.pem"));
  WM_ASSIGN_OR_RETURN(std::string authorities, ReadFile(directory + "/ca.pem"));
  auto bad = [&](const char* file, const absl::Status& why) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, "/", file, ": ", why.message(), kRemedy));
  };
  auto info = crypto::ParseCertificate(certificate);
  if (!info.ok()) return bad("cert.pem", info.status());
  auto authority = crypto::ParseCertificate(authorities);
  if (!authority.ok()) return bad("ca.pem", authority.status());
  absl::Status matches = crypto::CheckKeyMatches(certificate, key);
  if (!matches.ok()) return bad("key.pem", matches);
  if (info->uris.size() != 1) {
    return bad("cert.pem", absl::InvalidArgumentError("must name exactly one URI"));
  }
  auto principal = ParsePrincipal(info->uris[0]);
  if (!principal.ok()) return bad("cert.pem", principal.status());
  absl::Time now = SystemClock().Now();
  if (now < info->not_before || now >= info->not_after) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, "/cert.pem is valid from ", FormatRfc3339(info->not_before), " to ",
                     FormatRfc3339(info->not_after), ", and now is ", FormatRfc3339(now),
                     "; have a new certificate issued"));
  }
  return absl::OkStatus();
}

void SetRevocationLists(tls::TlsCredentialsOptions& options, const std::string& directory) {
  std::error_code error;
  std::string lists = directory + "/crl";
  if (std::filesystem::is_directory(lists, error)) options.set_crl_directory(lists);
}

std::shared_ptr<tls::CertificateProviderInterface> Watch(const std::string& directory,
                                                         absl::Duration refresh) {
  auto seconds = static_cast<unsigned>(std::max<int64_t>(1, absl::ToInt64Seconds(refresh)));
  return std::make_shared<tls::FileWatcherCertificateProvider>(
      directory + "/key.pem", directory + "/cert.pem", directory + "/ca.pem", seconds);
}

// The peer must be one principal, whatever host it answers on. The chain was verified before.
class PrincipalVerifier : public tls::ExternalCertificateVerifier {
 public:
  explicit PrincipalVerifier(std::string uri) : uri_(std::move(uri)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    auto uris = request->uri_names();
    bool expected = uris.size() == 1 && std::string_view(uris[0].data(), uris[0].size()) == uri_;
    *sync_status = expected ? grpc::Status::OK
                            : grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                                           absl::StrCat("the server is not ", uri_));
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::string uri_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerTls(const std::string& directory,
                                                                   absl::Duration refresh) {
  WM_RETURN_IF_ERROR(CheckDirectory(directory));
  tls::TlsServerCredentialsOptions options(Watch(directory, refresh));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  SetRevocationLists(options, directory);
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> UncheckedChannelTls(const std::string& directory,
                                                              absl::Duration refresh,
                                                              const Principal& server,
                                                              bool identity) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(
      identity ? Watch(directory, refresh)
               : std::make_shared<tls::FileWatcherCertificateProvider>(directory + "/ca.pem", 1));
  options.watch_root_certs();
  if (identity) options.watch_identity_key_cert_pairs();
  SetRevocationLists(options, directory);
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<PrincipalVerifier>(server.Text()));
  return tls::TlsCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelTls(const std::string& directory,
                                                                     absl::Duration refresh,
                                                                     const Principal& server) {
  WM_RETURN_IF_ERROR(CheckDirectory(directory));
  return UncheckedChannelTls(directory, refresh, server, /*identity=*/true);
}

}  // namespace waymark::rpc
