// Certificates that change while a server and its clients run: swapped, half written, revoked,
// ended. Real sockets, real time.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "libs/base/check.h"
#include "libs/rpc/probe.h"
#include "libs/rpc/test_service.h"
#include "libs/rpc/tls_state.h"

namespace waymark::rpc {
namespace {

namespace fs = std::filesystem;

using absl::StatusCode;
using testing::kEcho;
using testing::MakeText;
using testing::Text;

class RotationTest : public ::testing::Test {
 protected:
  RotationTest() : first_("first", scratch_.path()), second_("second", scratch_.path()) {}

  std::unique_ptr<Server> StartServer(const std::string& tls_dir) {
    EndpointConfig config;
    config.trust_domain = "fenland.example";
    config.own_agency = "police";
    config.limits.calls_per_second = config.limits.calls_burst = 1e6;
    endpoint_ = Endpoint::Create(config, service_.Table(), &verifier_, clock_);
    ServerConfig server_config;
    server_config.tls_dir = tls_dir;
    server_config.tls_refresh = absl::Seconds(1);
    server_config.connection_age_max = age_max_;
    auto server = Server::Start(server_config, endpoint_);
    WM_CHECK(server.ok(), server.status().ToString());
    target_ = absl::StrCat("127.0.0.1:", (*server)->port());
    return *std::move(server);
  }
  static absl::Status Echo(Channel& channel) {
    CallOptions options;
    options.timeout = absl::Seconds(10);
    return Call<Text>(channel, kEcho, MakeText("a"), options).status();
  }
  // A new connection each time.
  absl::Status Try(const std::string& tls_dir) {
    return Echo(*testing::ConnectUnchecked(target_, tls_dir, self_));
  }
  // Repeats until it is so, for up to 20 seconds.
  bool Becomes(const std::function<bool()>& so) {
    for (const absl::Time end = clock_.Now() + absl::Seconds(20); clock_.Now() < end;) {
      if (so()) return true;
      std::promise<void>().get_future().wait_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  bool Becomes(const std::string& tls_dir, StatusCode code) {
    return Becomes([&] { return Try(tls_dir).code() == code; });
  }
  absl::StatusOr<std::shared_ptr<Channel>> Connect(const std::string& tls_dir) {
    GrpcChannelConfig config;
    config.target = target_;
    config.tls_dir = tls_dir;
    config.expected_server = self_;
    config.tls_refresh = absl::Seconds(1);
    return ConnectGrpc(config);
  }
  static TlsState StateOf(const std::string& directory) {
    for (TlsState& state : TlsInUse()) {
      if (state.directory == directory) return std::move(state);
    }
    return {};
  }
  bool SaysOnDisk(const std::string& directory, const std::string& words) {
    return Becomes([&] {
      const TlsState state = StateOf(directory);
      return absl::StrContains(std::string(state.on_disk.message()), words);
    });
  }
  void PointAt(const std::string& directory) {
    fs::create_directory_symlink(directory, Link() + ".new");
    fs::rename(Link() + ".new", Link());
  }
  std::string Link() const { return scratch_.path() + "/current"; }
  std::string Trusting(testing::TestAuthority& issuer, const Principal& who,
                       const std::string& authorities) {
    testing::TestAuthority::Options options;
    options.trusts = authorities;
    return issuer.Directory(who, options);
  }

  const Principal self_ = Principal::Gateway("fenland.example", "police");
  const Principal cad_ = Principal::System("fenland.example", "police", "cad");
  absl::Duration age_max_ = absl::Minutes(30);
  SystemClock clock_;
  testing::ScratchDirectory scratch_;
  testing::TestAuthority first_;
  testing::TestAuthority second_;
  testing::TestVerifier verifier_;
  testing::TestService service_;
  std::shared_ptr<Endpoint> endpoint_;
  std::string target_;
};

TEST_F(RotationTest, AnAuthorityIsReplacedWhileCallsRunAndNoneFails) {
  const std::string both = first_.pem() + second_.pem();
  age_max_ = absl::Milliseconds(300);
  PointAt(first_.Directory(self_));
  auto server = StartServer(Link());
  auto channel = Connect(Trusting(first_, cad_, both));
  ASSERT_TRUE(channel.ok()) << channel.status();
  std::atomic<bool> done = false;
  std::atomic<int> calls = 0;
  std::string failed;
  std::thread caller([&] {
    while (!done && failed.empty()) {
      const absl::Status status = Echo(**channel);
      if (!status.ok()) failed = status.ToString();
      ++calls;
      std::promise<void>().get_future().wait_for(std::chrono::milliseconds(1));
    }
  });
  const std::string of_second = second_.Directory(cad_);
  EXPECT_EQ(Try(Trusting(second_, cad_, both)).code(), StatusCode::kUnavailable);
  PointAt(Trusting(first_, self_, both));
  EXPECT_TRUE(Becomes(Trusting(second_, cad_, both), StatusCode::kOk)) << "trusts the second";
  EXPECT_EQ(Try(of_second).code(), StatusCode::kUnavailable) << "is not yet of the second";
  PointAt(Trusting(second_, self_, both));
  EXPECT_TRUE(Becomes(of_second, StatusCode::kOk)) << "is of the second";
  const int before = calls;
  EXPECT_TRUE(Becomes([&] { return calls > before + 10; })) << "the caller goes on";
  done = true;
  caller.join();
  EXPECT_EQ(failed, "");
  EXPECT_EQ(StateOf(Link()).taken_into_use, 3);
}

TEST_F(RotationTest, WhatIsHalfWrittenChangesNothingUntilItIsWhole) {
  PointAt(first_.Directory(self_));
  auto server = StartServer(Link());
  const std::string client = first_.Directory(cad_);
  const std::string whole = second_.Directory(self_);
  for (const char* file : {"key.pem", "cert.pem", "ca.pem"}) {
    const std::string half = second_.Directory(self_);
    const std::string path = half + "/" + file;
    fs::resize_file(path, fs::file_size(path) / 2);
    PointAt(half);
    EXPECT_TRUE(SaysOnDisk(Link(), file)) << StateOf(Link()).on_disk;
    EXPECT_TRUE(Try(client).ok()) << file;
  }
  const std::string mixed = second_.Directory(self_);
  fs::copy_file(second_.Directory(self_) + "/key.pem", mixed + "/key.pem",
                fs::copy_options::overwrite_existing);
  PointAt(mixed);
  EXPECT_TRUE(SaysOnDisk(Link(), "not the certificate's"));
  fs::remove(Link());
  EXPECT_TRUE(SaysOnDisk(Link(), "cannot read"));
  EXPECT_TRUE(Try(client).ok()) << "the files are gone";
  EXPECT_EQ(StateOf(Link()).taken_into_use, 1);
  PointAt(whole);
  EXPECT_TRUE(Becomes(second_.Directory(cad_), StatusCode::kOk));
  EXPECT_TRUE(StateOf(Link()).on_disk.ok());
}

TEST_F(RotationTest, ARevokedClientIsRefusedAlsoOnAnOpenConnection) {
  const std::string directory = first_.Directory(self_);
  const std::string good = first_.Directory(cad_);
  const std::string revoked = first_.Directory(cad_);
  first_.Revoke(directory, {});
  auto server = StartServer(directory);
  auto open = testing::ConnectUnchecked(target_, revoked, self_);
  ASSERT_TRUE(Echo(*open).ok());
  const std::string lists = directory + "/crl";
  const fs::path list = fs::directory_iterator(lists)->path();
  fs::copy_file(list, scratch_.path() + "/older");
  first_.Revoke(directory, {revoked});
  EXPECT_TRUE(Becomes([&] { return Echo(*open).code() == StatusCode::kUnauthenticated; }));
  EXPECT_EQ(Try(revoked).code(), StatusCode::kUnavailable);
  EXPECT_TRUE(Try(good).ok());

  fs::copy_file(list, scratch_.path() + "/newer");
  fs::rename(scratch_.path() + "/older", list);
  EXPECT_TRUE(SaysOnDisk(directory, "older than the one in force"));
  std::ofstream(list) << "-----BEGIN X509 CRL-----\n";
  EXPECT_TRUE(SaysOnDisk(directory, "not a revocation list"));
  fs::rename(lists, directory + "/elsewhere");
  EXPECT_TRUE(SaysOnDisk(directory, "crl/ has gone"));
  EXPECT_EQ(Try(revoked).code(), StatusCode::kUnavailable) << "what is in force stays so";
  EXPECT_TRUE(Try(good).ok());
}

TEST_F(RotationTest, AClientHonoursTheListToo) {
  const std::string directory = first_.Directory(self_);
  auto server = StartServer(directory);
  const std::string client = first_.Directory(cad_);
  first_.Revoke(client, {directory});
  auto channel = Connect(client);
  ASSERT_TRUE(channel.ok()) << channel.status();
  EXPECT_EQ(Echo(**channel).code(), StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(RotationTest, ACertificateThatEndsIsRefusedAlsoOnAnOpenConnection) {
  auto server = StartServer(first_.Directory(self_));
  testing::TestAuthority::Options options;
  options.ends = absl::Seconds(4);
  auto open = testing::ConnectUnchecked(target_, first_.Directory(cad_, options), self_);
  ASSERT_TRUE(Echo(*open).ok());
  EXPECT_TRUE(Becomes([&] { return Echo(*open).code() == StatusCode::kUnauthenticated; }));
}

TEST_F(RotationTest, AListMissingOrOutOfDateStopsTheStart) {
  EndpointConfig config;
  config.trust_domain = "fenland.example";
  auto endpoint = Endpoint::Create(config, MethodTable(), nullptr, clock_);
  ServerConfig server_config;
  server_config.tls_dir = first_.Directory(self_);
  fs::create_directory(server_config.tls_dir + "/crl");
  absl::Status status = Server::Start(server_config, endpoint).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "no list here")) << status;
  first_.Revoke(server_config.tls_dir, {}, -absl::Minutes(1));
  status = Server::Start(server_config, endpoint).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "was to be replaced by")) << status;
}

TEST_F(RotationTest, AProbeSaysWhatItMetAndThePeersTime) {
  GrpcChannelConfig config;
  config.tls_dir = first_.Directory(cad_);
  config.expected_server = self_;
  config.target = "127.0.0.1:1";
  Probe probe = ProbeServer(config, absl::Seconds(5), clock_);
  EXPECT_EQ(probe.answered.code(), StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(probe.answered.message(), "refused")) << probe.answered;
  auto server = StartServer(first_.Directory(self_));
  config.target = target_;
  probe = ProbeServer(config, absl::Seconds(5), clock_);
  EXPECT_TRUE(probe.answered.ok()) << probe.answered;
  EXPECT_FALSE(probe.serving);
  ASSERT_TRUE(probe.its_time.has_value());
  EXPECT_LT(absl::AbsDuration(*probe.its_time - clock_.Now()), absl::Seconds(5));
  endpoint_->SetAllServing(true);
  EXPECT_TRUE(ProbeServer(config, absl::Seconds(5), clock_).serving);
  config.expected_server = Principal::Gateway("fenland.example", "housing");
  probe = ProbeServer(config, absl::Seconds(5), clock_);
  EXPECT_TRUE(absl::StrContains(probe.answered.message(), "the server is not")) << probe.answered;
  config.expected_server = self_;
  config.tls_dir = second_.Directory(cad_);
  probe = ProbeServer(config, absl::Seconds(5), clock_);
  EXPECT_TRUE(absl::StrContains(probe.answered.message(), "certificate verify failed"))
      << probe.answered;
}

TEST_F(RotationTest, TheStateSaysWhatIsInForceAndUntilWhen) {
  const std::string directory = first_.Directory(self_);
  EXPECT_EQ(StateOf(directory).identity, "");
  first_.Revoke(directory, {});
  auto server = StartServer(directory);
  const TlsState state = StateOf(directory);
  EXPECT_EQ(state.identity, self_.Text());
  EXPECT_GT(state.not_after, clock_.Now() + absl::Minutes(50));
  EXPECT_GT(state.authority_not_after, clock_.Now() + absl::Hours(24 * 29));
  EXPECT_LT(state.revocation_next_update, clock_.Now() + absl::Hours(2));
  EXPECT_TRUE(state.on_disk.ok());
  server = nullptr;
  EXPECT_EQ(StateOf(directory).identity, "") << "nobody uses it any more";
}

}  // namespace
}  // namespace waymark::rpc
