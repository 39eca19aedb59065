// Default deny, over the whole partnership and over real sockets: every RPC of every proto service
// has a rule, and refuses who must be refused.

#include <algorithm>
#include <filesystem>
#include <regex>

#include "cli/partnership/local_partnership.h"
#include "cli/partnership/set_up.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "libs/config/file.h"
#include "libs/rpc/coverage.h"
#include "libs/rpc/testing.h"
#include "libs/store/testing.h"
#include "waymark/casemgr/v1/casemgr.pb.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/assessment.pb.h"
#include "waymark/gateway/v1/audit.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/checkpoint.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/consent_lease.pb.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/incident.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/person.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/share.pb.h"
#include "waymark/gateway/v1/statement.pb.h"
#include "waymark/gateway/v1/stock.pb.h"
#include "waymark/intake/v1/intake.pb.h"
#include "waymark/intake/v1/sealing_key.pb.h"
#include "waymark/lanes/v1/lanes.pb.h"

namespace waymark::cli {
namespace {

using rpc::Principal;
using ::testing::IsEmpty;

constexpr int kFirstPort = 27600;

// All services of these files. A file with a service that no part serves is found by the last test.
std::vector<std::string> ServicesOf(
    const std::vector<const google::protobuf::FileDescriptor*>& files) {
  std::vector<std::string> services;
  for (const auto* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      services.push_back(file->service(i)->full_name());
    }
  }
  return services;
}

std::vector<std::string> GatewayServices() {
  return ServicesOf(
      {gateway::v1::Alert::descriptor()->file(),
       gateway::v1::AssessVictimRequest::descriptor()->file(),
       gateway::v1::Clock::descriptor()->file(), gateway::v1::ConsentScope::descriptor()->file(),
       gateway::v1::ConsentLease::descriptor()->file(),
       gateway::v1::ExportLogRequest::descriptor()->file(),
       gateway::v1::ShareCopy::descriptor()->file(), gateway::v1::Incident::descriptor()->file(),
       gateway::v1::LookUpRequest::descriptor()->file(),
       gateway::v1::ReadShareRequest::descriptor()->file(),
       gateway::v1::Erasure::descriptor()->file(), gateway::v1::Override::descriptor()->file(),
       gateway::v1::MakeStatementRequest::descriptor()->file(),
       gateway::v1::ShareDecision::descriptor()->file(),
       gateway::v1::RegisterStockRequest::descriptor()->file(),
       gateway::v1::ShowLogRequest::descriptor()->file(),
       lanes::v1::RepublishRequest::descriptor()->file()});
}

class DoorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpOptions options;
    options.source_folder = ".";
    options.first_port = kFirstPort;
    ASSERT_TRUE(SetUpPartnership(layout_, options, clock_.Now(), random_).ok());
    auto opened = LocalPartnership::Open({layout_, clock_, clock_, true, ""});
    ASSERT_TRUE(opened.ok()) << opened.status();
    partnership_ = *std::move(opened);
    ASSERT_TRUE(partnership_->Start().ok());
  }
  void TearDown() override {
    if (partnership_ != nullptr) partnership_->Stop(absl::Seconds(5));
  }

  Part& Find(const std::string& name) { return *partnership_->FindPart(name); }
  Principal PrincipalOf(const Part& part) const {
    const std::string& domain = partnership_->directory().trust_domain;
    if (!part.config().agency.empty()) return Principal::Gateway(domain, part.config().agency);
    return Principal::Core(domain, part.config().program.substr(std::string("waymark-").size()));
  }
  std::shared_ptr<rpc::Channel> Channel(const Part& part, const std::string& tls_dir) {
    return rpc::testing::ConnectUnchecked(part.config().endpoint, tls_dir, PrincipalOf(part));
  }

  store::TemporaryDirectory folder_;
  Layout layout_{folder_.path() + "/data"};
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<LocalPartnership> partnership_;
};

TEST_F(DoorsTest, EveryMethodOfEveryServiceHasARule) {
  EXPECT_THAT(
      rpc::UncoveredMethods(Find("intake").endpoint()->table(),
                            ServicesOf({intake::v1::Match::descriptor()->file(),
                                        intake::v1::CurrentKeyRequest::descriptor()->file(),
                                        lanes::v1::RepublishRequest::descriptor()->file()})),
      IsEmpty());
  EXPECT_THAT(
      rpc::UncoveredMethods(Find("risk").endpoint()->table(),
                            ServicesOf({lanes::v1::RepublishRequest::descriptor()->file()})),
      IsEmpty());
  EXPECT_THAT(
      rpc::UncoveredMethods(Find("casemgr").endpoint()->table(),
                            ServicesOf({casemgr::v1::CallCardRequest::descriptor()->file(),
                                        lanes::v1::RepublishRequest::descriptor()->file()})),
      IsEmpty());
  for (const char* agency : {"police", "council", "housing", "fire"}) {
    EXPECT_THAT(rpc::UncoveredMethods(Find(agency).endpoint()->table(), GatewayServices()),
                IsEmpty())
        << agency;
  }
}

TEST_F(DoorsTest, StrangersAndOtherAgenciesAreRefusedByEveryMethod) {
  const std::string& domain = partnership_->directory().trust_domain;
  rpc::testing::TestAuthority stranger("stranger", folder_.path());
  using Options = rpc::testing::TestAuthority::Options;
  const auto unreachable = std::vector{absl::StatusCode::kUnavailable};
  const auto denied = std::vector{absl::StatusCode::kPermissionDenied};
  for (const std::unique_ptr<Part>& part : partnership_->parts()) {
    Options nobody;
    nobody.without_certificate = true;
    const Principal cad = Principal::System(domain, "police", "cad");
    std::vector<rpc::RefusedCaller> callers;
    callers.push_back(
        {"no certificate", Channel(*part, stranger.Directory(cad, nobody)), unreachable});
    callers.push_back({"a certificate of another authority",
                       Channel(*part, stranger.Directory(cad)), unreachable});
    // Another agency's system never gets in, whatever its role; at a core service no system does.
    const std::string other = part->config().agency == "fire" ? "council" : "fire";
    const std::string role = other == "fire" ? "fire" : "crm";
    callers.push_back(
        {other + "'s system", Channel(*part, layout_.System(other, role).Tls()), denied});
    EXPECT_THAT(rpc::NotRefused(part->endpoint()->table(), callers), IsEmpty())
        << part->config().program << " " << part->config().agency;
  }
}

TEST_F(DoorsTest, ASystemWithAWrongRoleIsRefusedByEveryMethodOfItsOwnGateway) {
  ASSERT_TRUE(IssueSystem(layout_, "police", "kitchen", 1, clock_.Now(), random_).ok());
  for (const std::unique_ptr<Part>& part : partnership_->parts()) {
    const std::vector<rpc::RefusedCaller> callers = {
        {"the police kitchen",
         Channel(*part, layout_.System("police", "kitchen").Tls()),
         {absl::StatusCode::kPermissionDenied}}};
    EXPECT_THAT(rpc::NotRefused(part->endpoint()->table(), callers), IsEmpty())
        << part->config().program << " " << part->config().agency;
  }
}

TEST_F(DoorsTest, AServiceInAnyProtoFileIsServedSomewhere) {
  std::vector<std::string> served = {"waymark.ops.v1.OperatorService"};
  for (const std::unique_ptr<Part>& part : partnership_->parts()) {
    for (std::string& service : part->endpoint()->table().Services()) {
      served.push_back(std::move(service));
    }
  }
  const std::regex service_line("\\nservice (\\w+) \\{");
  for (const auto& entry : std::filesystem::recursive_directory_iterator("proto/waymark")) {
    if (entry.path().extension() != ".proto") continue;
    const auto text = config::ReadFile(entry.path().string());
    ASSERT_TRUE(text.ok()) << text.status();
    std::string package = entry.path().parent_path().lexically_relative("proto").string();
    std::replace(package.begin(), package.end(), '/', '.');
    for (std::sregex_iterator match(text->begin(), text->end(), service_line), end; match != end;
         ++match) {
      EXPECT_THAT(served, ::testing::Contains(package + "." + (*match)[1].str()));
    }
  }
}

}  // namespace
}  // namespace waymark::cli
