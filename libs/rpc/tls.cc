#include "libs/rpc/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"

namespace waymark::rpc {
namespace {

namespace tls = grpc::experimental;

using Request = tls::TlsCustomVerificationCheckRequest;

grpc::Status Refusal(const absl::Status& why) {
  return why.ok() ? grpc::Status::OK
                  : grpc::Status(grpc::StatusCode::UNAUTHENTICATED, std::string(why.message()));
}

absl::Status JudgeCertificate(TlsSource& source, const Request& request) {
  const grpc::string_ref pem = request.peer_cert();
  return source.Judge({pem.data(), pem.size()});
}

// Of a client. The chain was verified before; the method's rule asks who it is.
class ClientVerifier : public tls::ExternalCertificateVerifier {
 public:
  explicit ClientVerifier(std::shared_ptr<TlsSource> source) : source_(std::move(source)) {}

  bool Verify(Request* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    *sync_status = Refusal(JudgeCertificate(*source_, *request));
    return true;
  }
  void Cancel(Request*) override {}

 private:
  const std::shared_ptr<TlsSource> source_;
};

// Of a server: it must be one principal, whatever host it answers on.
class ServerVerifier : public tls::ExternalCertificateVerifier {
 public:
  // `source` may be null: then nothing but the name is looked at.
  ServerVerifier(std::string uri, std::shared_ptr<TlsSource> source)
      : uri_(std::move(uri)), source_(std::move(source)) {}

  bool Verify(Request* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    auto uris = request->uri_names();
    const bool expected =
        uris.size() == 1 && std::string_view(uris[0].data(), uris[0].size()) == uri_;
    absl::Status verdict;
    if (!expected) {
      verdict = absl::UnauthenticatedError(absl::StrCat("the server is not ", uri_));
    } else if (source_ != nullptr) {
      verdict = JudgeCertificate(*source_, *request);
    }
    *sync_status = Refusal(verdict);
    return true;
  }
  void Cancel(Request*) override {}

 private:
  const std::string uri_;
  const std::shared_ptr<TlsSource> source_;
};

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentialsOf(
    std::shared_ptr<tls::CertificateProviderInterface> provider, const Principal& server,
    bool identity, std::shared_ptr<TlsSource> source) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::move(provider));
  options.watch_root_certs();
  if (identity) options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(true);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<ServerVerifier>(server.Text(), std::move(source)));
  return tls::TlsCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> ServerTls(std::shared_ptr<TlsSource> source) {
  tls::TlsServerCredentialsOptions options(source->provider());
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<ClientVerifier>(std::move(source)));
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> UncheckedChannelTls(const std::string& directory,
                                                              const Principal& server,
                                                              bool identity) {
  auto provider =
      identity ? std::make_shared<tls::FileWatcherCertificateProvider>(
                     directory + "/key.pem", directory + "/cert.pem", directory + "/ca.pem", 1)
               : std::make_shared<tls::FileWatcherCertificateProvider>(directory + "/ca.pem", 1);
  return ChannelCredentialsOf(std::move(provider), server, identity, nullptr);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelTls(const std::string& directory,
                                                                     absl::Duration refresh,
                                                                     const Principal& server) {
  WM_ASSIGN_OR_RETURN(auto source, TlsSource::Open(directory, refresh));
  auto provider = source->provider();
  return ChannelCredentialsOf(std::move(provider), server, /*identity=*/true, std::move(source));
}

}  // namespace waymark::rpc
