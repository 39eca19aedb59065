// What only a socket can get wrong: certificates, rotation, revocation, start and shutdown.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "libs/base/check.h"
#include "libs/rpc/coverage.h"
#include "libs/rpc/test_service.h"
#include "waymark/rpc/v1/reflection.pb.h"

namespace waymark::rpc {
namespace {

using absl::StatusCode;
using testing::kEcho;
using testing::kHold;
using testing::MakeText;
using testing::Text;

class MtlsTest : public ::testing::Test {
 protected:
  MtlsTest() : authority_("authority", scratch_.path()), stranger_("stranger", scratch_.path()) {}

  std::unique_ptr<Server> StartServer(const std::string& tls_dir, MethodTable table) {
    EndpointConfig config;
    config.trust_domain = "fenland.example";
    config.own_agency = "police";
    endpoint_ = Endpoint::Create(config, std::move(table), &verifier_, clock_);
    ServerConfig server_config;
    server_config.tls_dir = tls_dir;
    server_config.tls_refresh = absl::Seconds(1);
    auto server = Server::Start(server_config, endpoint_);
    WM_CHECK(server.ok(), server.status().ToString());
    target_ = absl::StrCat("127.0.0.1:", (*server)->port());
    return *std::move(server);
  }
  std::unique_ptr<Server> StartServer() {
    return StartServer(authority_.Directory(self_), service_.Table());
  }
  // A new connection each time.
  absl::Status Try(const std::string& tls_dir) {
    auto channel = testing::ConnectUnchecked(target_, tls_dir, self_);
    CallOptions options;
    options.timeout = absl::Seconds(10);
    return Call<Text>(*channel, kEcho, MakeText("a"), options).status();
  }
  // Tries with new connections until the code comes, for up to 20 seconds.
  bool Becomes(const std::string& tls_dir, StatusCode code) {
    for (absl::Time end = clock_.Now() + absl::Seconds(20); clock_.Now() < end;) {
      if (Try(tls_dir).code() == code) return true;
    }
    return false;
  }
  std::string Directory(testing::TestAuthority::Options options) {
    return authority_.Directory(cad_, options);
  }

  const Principal self_ = Principal::Gateway("fenland.example", "police");
  const Principal cad_ = Principal::System("fenland.example", "police", "cad");
  SystemClock clock_;
  testing::ScratchDirectory scratch_;
  testing::TestAuthority authority_;
  testing::TestAuthority stranger_;
  testing::TestVerifier verifier_;
  testing::TestService service_;
  std::shared_ptr<Endpoint> endpoint_;
  std::string target_;
};

TEST_F(MtlsTest, OnlyAValidCertificateOfTheAuthorityGetsIn) {
  auto server = StartServer();
  EXPECT_TRUE(Try(authority_.Directory(cad_)).ok());
  testing::TestAuthority::Options options;
  options.without_certificate = true;
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnavailable) << "no certificate";
  options = {};
  options.trusts = authority_.pem();
  EXPECT_EQ(Try(stranger_.Directory(cad_, options)).code(), StatusCode::kUnavailable)
      << "another authority's";
  options = {};
  options.starts = -absl::Hours(2);
  options.ends = -absl::Hours(1);
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnavailable) << "expired";
  options = {};
  options.starts = absl::Minutes(10);
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnavailable) << "not yet valid";
  EXPECT_EQ(service_.calls(), 1);
}

TEST_F(MtlsTest, ACertificateNamesExactlyOnePrincipal) {
  auto server = StartServer();
  testing::TestAuthority::Options options;
  options.uris = {"https://fenland.example/cad"};
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnauthenticated);
  options.uris = {cad_.Text(), self_.Text()};
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnauthenticated);
  options.uris = {"spiffe://fenland.example/agency/police/system/cad/more"};
  EXPECT_EQ(Try(Directory(options)).code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(MtlsTest, AClientTalksOnlyToTheServerItExpects) {
  auto server = StartServer(authority_.Directory(Principal::Gateway("fenland.example", "housing")),
                            service_.Table());
  EXPECT_EQ(Try(authority_.Directory(cad_)).code(), StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls(), 0);
}

TEST_F(MtlsTest, EveryMethodRefusesWhoeverItMust) {
  MethodTable table = service_.Table();
  AddReflection(table, {"waymark.test.v1.TestService"});
  auto server = StartServer(authority_.Directory(self_), std::move(table));
  testing::TestAuthority::Options none;
  none.without_certificate = true;
  auto connect = [&](const std::string& directory) {
    return testing::ConnectUnchecked(target_, directory, self_);
  };
  auto as = [&](const Principal& principal) { return connect(authority_.Directory(principal)); };
  std::vector<RefusedCaller> callers = {
      {"no certificate", connect(Directory(none)), {StatusCode::kUnavailable}},
      {"another agency's system",
       as(Principal::System("fenland.example", "housing", "cad")),
       {StatusCode::kPermissionDenied}},
      {"a wrong role",
       as(Principal::System("fenland.example", "police", "kitchen")),
       {StatusCode::kPermissionDenied}},
  };
  EXPECT_EQ(NotRefused(endpoint_->table(), callers), std::vector<std::string>());
  // The walk itself must be able to fail.
  MethodTable open;
  open.Unary<Text, Text>(kEcho, Rule::Systems({"cad"}), [](const auto&, auto, auto) {});
  callers = {{"a permitted system", as(cad_), {StatusCode::kPermissionDenied}}};
  auto let_in = NotRefused(open, callers);
  ASSERT_EQ(let_in.size(), 1u);
  EXPECT_NE(let_in[0].find("called with a permitted system gave OK"), std::string::npos);
}

TEST_F(MtlsTest, StartSaysWhatIsWrongWithTheDirectory) {
  EndpointConfig config;
  config.trust_domain = "fenland.example";
  auto endpoint = Endpoint::Create(config, MethodTable(), nullptr, clock_);
  auto start = [&](const std::string& directory, const std::string& address) {
    ServerConfig server_config;
    server_config.tls_dir = directory;
    server_config.address = address;
    return Server::Start(server_config, endpoint).status();
  };
  std::string any = "127.0.0.1:0";
  EXPECT_EQ(start(scratch_.path() + "/nowhere", any).code(), StatusCode::kFailedPrecondition);
  testing::TestAuthority::Options options;
  options.ends = -absl::Minutes(1);
  absl::Status expired = start(authority_.Directory(self_, options), any);
  EXPECT_EQ(expired.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(expired.message().find("is valid from"), absl::string_view::npos) << expired;
  std::string mixed = authority_.Directory(self_);
  std::filesystem::copy_file(authority_.Directory(self_) + "/key.pem", mixed + "/key.pem",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(start(mixed, any).code(), StatusCode::kFailedPrecondition);
  options = {};
  options.uris = {"https://fenland.example"};
  EXPECT_EQ(start(authority_.Directory(self_, options), any).code(),
            StatusCode::kFailedPrecondition);
  auto server = StartServer();
  EXPECT_EQ(start(authority_.Directory(self_), target_).code(), StatusCode::kUnavailable);
}

TEST_F(MtlsTest, DrainWaitsForWhatIsInAndSaysWhetherItHadToCancel) {
  auto server = StartServer();
  auto channel = testing::ConnectUnchecked(target_, authority_.Directory(cad_), self_);
  std::promise<absl::StatusOr<Text>> held;
  CallAsync<Text>(*channel, kHold, MakeText("in"), {},
                  [&](absl::StatusOr<Text> text) { held.set_value(std::move(text)); });
  ASSERT_TRUE(service_.WaitForHeld());
  bool clean = false;
  std::thread drain([&] { clean = server->Drain(absl::Seconds(20)); });
  EXPECT_TRUE(Becomes(authority_.Directory(cad_), StatusCode::kUnavailable));
  service_.AnswerHeld();
  auto answer = held.get_future().get();
  drain.join();
  EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(clean);
}

TEST_F(MtlsTest, DrainCancelsWhatDoesNotEndInTime) {
  auto server = StartServer();
  auto channel = testing::ConnectUnchecked(target_, authority_.Directory(cad_), self_);
  std::promise<absl::Status> held;
  CallAsync<Text>(*channel, kHold, MakeText("in"), {},
                  [&](absl::StatusOr<Text> text) { held.set_value(text.status()); });
  ASSERT_TRUE(service_.WaitForHeld());
  EXPECT_FALSE(server->Drain(absl::Milliseconds(10)));
  EXPECT_FALSE(held.get_future().get().ok());
  service_.AnswerHeld();
}

TEST_F(MtlsTest, ReflectionListsAndDescribesForOperatorsOnly) {
  using v1::ReflectionRequest;
  using v1::ReflectionResponse;
  const char path[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  MethodTable table = service_.Table();
  AddReflection(table, {"waymark.test.v1.TestService"});
  auto server = StartServer(authority_.Directory(self_), std::move(table));
  auto ask_as = [&](const Principal& caller, const ReflectionRequest& request) {
    auto channel = testing::ConnectUnchecked(target_, authority_.Directory(caller), self_);
    auto stream = OpenBidi<ReflectionRequest, ReflectionResponse>(*channel, path);
    stream->Send(request);
    return stream->Next();
  };
  Principal anna = Principal::Operator("fenland.example", "anna");
  ReflectionRequest request;
  request.set_list_services("*");
  auto listed = ask_as(anna, request);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ((*listed)->service_list().services_size(), 1);
  EXPECT_EQ((*listed)->service_list().services(0).name(), "waymark.test.v1.TestService");
  request.set_file_containing_symbol("waymark.rpc.v1.ServiceList");
  EXPECT_EQ((*ask_as(anna, request))->file_descriptors().file_descriptor_protos_size(), 1);
  request.set_file_by_filename("no/such.proto");
  EXPECT_EQ((*ask_as(anna, request))->error().error_code(), 5);
  EXPECT_EQ(ask_as(cad_, request).status().code(), StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace waymark::rpc
