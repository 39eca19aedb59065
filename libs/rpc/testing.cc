#include "libs/rpc/testing.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "libs/base/check.h"
#include "libs/rpc/grpc_connect.h"
#include "libs/rpc/tls.h"

namespace waymark::rpc::testing {
namespace {

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  WM_CHECK(file.good(), "a test writes its files");
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

crypto::CertificateAuthority MakeAuthority(const std::string& name, absl::Time now,
                                           Random& random) {
  auto authority = crypto::CertificateAuthority::Create(name, now - absl::Hours(24 * 30),
                                                        now + absl::Hours(24 * 30), random);
  WM_CHECK(authority.ok(), authority.status().ToString());
  return *std::move(authority);
}

absl::Time Seconds(absl::Time at) { return absl::FromUnixSeconds(absl::ToUnixSeconds(at)); }

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "waymark-rpc-XXXXXX").string();
  WM_CHECK(mkdtemp(name.data()) != nullptr, "a test has a directory of its own");
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored_when_already_gone;
  std::filesystem::remove_all(path_, ignored_when_already_gone);
}

TestAuthority::TestAuthority(std::string name, std::string root)
    : name_(std::move(name)),
      root_(std::move(root)),
      authority_(MakeAuthority(name_, Seconds(clock_.Now()), random_)) {}

std::string TestAuthority::Directory(const Principal& principal, const Options& options) {
  std::string directory = absl::StrCat(root_, "/", name_, "-", ++made_);
  std::filesystem::create_directories(directory);
  WriteFile(directory + "/ca.pem", options.trusts.empty() ? pem() : options.trusts);
  if (options.without_certificate) return directory;
  crypto::LeafRequest request;
  request.common_name = "test";
  request.uris = options.uris.empty() ? std::vector<std::string>{principal.Text()} : options.uris;
  request.dns_names = {"localhost"};
  request.ip_addresses = {"127.0.0.1"};
  request.not_before = Seconds(clock_.Now() + options.starts);
  request.not_after = Seconds(clock_.Now() + options.ends);
  auto issued = authority_.Issue(request, random_);
  WM_CHECK(issued.ok(), issued.status().ToString());
  WriteFile(directory + "/cert.pem", issued->certificate_pem);
  WriteFile(directory + "/key.pem", issued->private_key_pem);
  return directory;
}

void TestAuthority::Revoke(const std::string& directory, const std::vector<std::string>& revoked,
                           absl::Duration holds_for) {
  std::vector<std::string> serials;
  for (const std::string& from : revoked) {
    auto info = crypto::ParseCertificate(ReadFile(from + "/cert.pem"));
    WM_CHECK(info.ok(), info.status().ToString());
    serials.push_back(info->serial);
  }
  absl::Time now = Seconds(clock_.Now());
  ++lists_;
  auto list = authority_.MakeRevocationList(serials, now - absl::Hours(2) + absl::Seconds(lists_),
                                            now + holds_for, static_cast<uint64_t>(lists_));
  WM_CHECK(list.ok(), list.status().ToString());
  auto name = crypto::RevocationListFileName(pem());
  WM_CHECK(name.ok(), name.status().ToString());
  std::filesystem::create_directories(directory + "/crl");
  WriteFile(directory + "/list.new", *list);
  std::filesystem::rename(directory + "/list.new", directory + "/crl/" + *name);
}

std::shared_ptr<Channel> ConnectUnchecked(const std::string& target, const std::string& tls_dir,
                                          const Principal& expected_server) {
  bool identity = std::filesystem::exists(tls_dir + "/cert.pem");
  return WrapGrpc(target, UncheckedChannelTls(tls_dir, expected_server, identity));
}

}  // namespace waymark::rpc::testing
