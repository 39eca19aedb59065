// Every finding of the doctor, made by breaking what it looks at. Real files, real sockets.
#include "cli/doctor/doctor.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/partnership/set_up.h"
#include "libs/base/check.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"
#include "libs/eventlog/memory_log.h"
#include "libs/rpc/testing.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

// What the doctor asks a log, and answers it may get.
class FakeLog : public eventlog::MemoryLog {
 public:
  absl::StatusOr<int> PartitionCount(std::string_view topic) const override {
    if (!reached.ok()) return reached;
    return MemoryLog::PartitionCount(topic);
  }
  absl::StatusOr<eventlog::OffsetRange> Range(const eventlog::TopicPartition& at) const override {
    if (at.topic == denied) return absl::PermissionDeniedError("no ACL lets this principal read");
    return MemoryLog::Range(at);
  }
  absl::Status reached;
  std::string denied;
};

// A partnership made once and copied for each test: making keys and certificates takes a while.
const std::string& MadeOnce() {
  static const auto& made = *new rpc::testing::ScratchDirectory();
  static const bool done = [] {
    SystemRandom random;
    SetUpOptions options;
    options.source_folder = ".";
    const absl::Status status =
        SetUpPartnership({made.path() + "/p"}, options, SystemClock().Now(), random);
    WM_CHECK(status.ok(), status.ToString());
    return true;
  }();
  WM_CHECK(done, "made");
  static const auto& path = *new std::string(made.path() + "/p");
  return path;
}

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    fs::copy(MadeOnce(), layout_.root,
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    partnership_ = config::LoadPartnership(layout_.PartnershipFile()).value();
    int port = 1;  // nobody listens there
    for (std::string* endpoint : Endpoints()) *endpoint = absl::StrCat("127.0.0.1:", port++);
    Save();
    const Home home = layout_.Gateway("police");
    config_.service = config::ServiceKind::kGateway;
    config_.agency = "police";
    config_.directory = layout_.PartnershipFile();
    config_.data = home.path + "/data";
    config_.keys = home.path + "/keys";
    config_.tls = home.Tls();
    config_.listen = "127.0.0.1:0";
    config_.operator_address = "127.0.0.1:9";
    config_.log.bootstrap = {"kafka:9093"};
  }
  ~DoctorTest() override {
    if (operator_thread_.joinable()) {
      operator_.stop();
      operator_thread_.join();
    }
  }

  std::vector<std::string*> Endpoints() {
    std::vector<std::string*> all = {&partnership_.intake.endpoint, &partnership_.risk.endpoint,
                                     &partnership_.casemgr.endpoint};
    for (config::Member& member : partnership_.members) all.push_back(&member.endpoint);
    return all;
  }
  void Save() {
    std::ofstream(layout_.PartnershipFile()) << config::PartnershipToYaml(partnership_);
  }
  void Serve(const Home& home, std::string* endpoint, bool serving = true) {
    rpc::EndpointConfig config;
    config.trust_domain = partnership_.trust_domain;
    rpc::MethodTable table;
    using Text = google::protobuf::StringValue;
    table.Unary<Text, Text>("/waymark.test.v1.TestService/Echo", rpc::Rule::AnyPrincipal(),
                            [](const auto&, auto, auto) {});
    auto served = rpc::Endpoint::Create(config, std::move(table), nullptr, real_);
    served->SetAllServing(serving);
    rpc::ServerConfig server;
    server.tls_dir = home.Tls();
    servers_.push_back(rpc::Server::Start(server, served).value());
    *endpoint = absl::StrCat("127.0.0.1:", servers_.back()->port());
    Save();
  }
  // A process that answers on its operator port.
  void Operate(int code, const std::string& metrics) {
    operator_.Get("/readyz", [code](const httplib::Request&, httplib::Response& response) {
      response.status = code;
      response.set_content("{\"reasons\":[\"behind: 5\"]}", "application/json");
    });
    operator_.Get("/metrics", [metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics, "text/plain");
    });
    const int port = operator_.bind_to_any_port("127.0.0.1");
    config_.operator_address = absl::StrCat("127.0.0.1:", port);
    operator_thread_ = std::thread([this] { operator_.listen_after_bind(); });
  }
  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog() {
    if (!opened_.ok()) return opened_;
    auto log = std::make_unique<FakeLog>();
    for (const auto& [topic, partitions] : config::TopicsOf(partnership_, SourceOf(config_))) {
      if (topic == missing_topic_) continue;
      const int count = topic == resized_topic_ ? partitions + 1 : partitions;
      WM_CHECK(log->EnsureTopic(topic, count).ok(), "a topic is made");
    }
    log->reached = reached_;
    log->denied = denied_;
    return log;
  }
  Findings Look() {
    return Examine({config_, clock_, [this] { return OpenLog(); }, absl::Seconds(5)});
  }
  // The finding whose `what` begins so.
  Finding Find(const std::string& what) {
    for (Finding& finding : Look()) {
      if (absl::StartsWith(finding.what, what)) return std::move(finding);
    }
    return {what, Verdict::kGood, "was not looked at", ""};
  }
  void ExpectBroken(const std::string& what, const std::string& found, const std::string& remedy) {
    const Finding finding = Find(what);
    EXPECT_EQ(finding.verdict, Verdict::kBroken) << finding.found;
    EXPECT_THAT(finding.found, HasSubstr(found));
    EXPECT_THAT(finding.remedy, HasSubstr(remedy));
  }
  std::string Key(const std::string& name) const { return config_.keys + "/" + name; }

  SystemClock real_;
  ManualClock clock_{real_.Now()};
  rpc::testing::ScratchDirectory scratch_;
  const Layout layout_{scratch_.path() + "/p"};
  config::Partnership partnership_;
  config::ProcessConfig config_;
  std::vector<std::unique_ptr<rpc::Server>> servers_;
  httplib::Server operator_;
  std::thread operator_thread_;
  absl::Status opened_, reached_;
  std::string denied_, missing_topic_, resized_topic_;
};

TEST_F(DoctorTest, FindsNothingWrongWhereNothingIs) {
  for (const char* service : {"intake", "risk", "casemgr"}) {
    std::string* endpoint = &partnership_.intake.endpoint;
    if (service == std::string("risk")) endpoint = &partnership_.risk.endpoint;
    if (service == std::string("casemgr")) endpoint = &partnership_.casemgr.endpoint;
    Serve(layout_.Core(service), endpoint);
  }
  for (config::Member& member : partnership_.members) {
    Serve(layout_.Gateway(member.agency), &member.endpoint);
  }
  Operate(200, "waymark_input_lag{topic=\"t\"} 3\nwaymark_alarms{code=\"x\"} 0\n");
  clock_.AdvanceTo(std::max(real_.Now(), clock_.Now()));
  const Findings findings = Look();
  EXPECT_GT(findings.size(), 30u);
  for (const Finding& finding : findings) {
    const bool disk = finding.what == "disk" && finding.verdict == Verdict::kWarning;
    EXPECT_TRUE(finding.verdict == Verdict::kGood || disk)
        << finding.what << ": " << finding.found << "; " << finding.remedy;
  }
}

TEST_F(DoctorTest, DirectoryMembershipPackAndAgreements) {
  std::ofstream(layout_.Agreements() + "/fenland-isa.yaml", std::ios::app) << "# changed\n";
  ExpectBroken("agreements", "fenland-isa", "sign the same bytes");
  partnership_.pack = layout_.Packs() + "/nowhere.yaml";
  Save();
  ExpectBroken("pack", "nowhere", "one version");
  config_.agency = "nobody";
  ExpectBroken("membership", "no member", "`agency`");
  config_.directory = "/nowhere.yaml";
  ExpectBroken("partnership directory", "nowhere", "fetch the partnership's directory");
}

TEST_F(DoctorTest, Keys) {
  fs::remove(Key("signing.pem"));
  ExpectBroken("key signing.pem", "signing.pem", "backup");
  fs::permissions(Key("audit.pem"), fs::perms::group_read, fs::perm_options::add);
  ExpectBroken("key audit.pem", "0640", "chmod 0600");
  fs::copy_file(layout_.Gateway("fire").Key("witness.pem"), Key("witness.pem"),
                fs::copy_options::overwrite_existing);
  ExpectBroken("key witness.pem", "not the one in the partnership directory", "right key");
  std::ofstream(Key("local.key")) << "short";
  ExpectBroken("key local.key", "32 bytes", "backup");
  EXPECT_EQ(Find("key sealing.pem").verdict, Verdict::kGood);
}

TEST_F(DoctorTest, ACertificateThatEndsOrIsNotOurs) {
  EXPECT_EQ(Find("certificate ends").verdict, Verdict::kGood);
  clock_.Advance(absl::Hours(24 * 61));
  EXPECT_EQ(Find("certificate ends").verdict, Verdict::kWarning);
  EXPECT_THAT(Find("certificate ends").remedy, HasSubstr("swap the folder"));
  clock_.Advance(absl::Hours(24 * 30));
  ExpectBroken("certificate", "is valid from", "whole folder");
}

TEST_F(DoctorTest, ACertificateOfAnotherIsTold) {
  config_.tls = layout_.Gateway("fire").Tls();
  ExpectBroken("certificate's identity", "agency/fire/gateway", "agency/police/gateway");
  rpc::testing::TestAuthority other("other", scratch_.path());
  const auto self = rpc::Principal::Gateway(partnership_.trust_domain, "police");
  config_.tls = other.Directory(self);
  EXPECT_EQ(Find("certificate's chain").verdict, Verdict::kGood) << "of another, but whole";
  std::ifstream ours(layout_.AuthorityCertificate());
  std::ofstream(config_.tls + "/ca.pem") << ours.rdbuf();
  ExpectBroken("certificate's chain", "does not hold", "one partnership");
  fs::permissions(config_.tls + "/key.pem", fs::perms::others_read, fs::perm_options::add);
  ExpectBroken("certificate's key", "others may read it", "chmod");
}

TEST_F(DoctorTest, RevocationLists) {
  rpc::testing::TestAuthority authority("own", scratch_.path());
  config_.tls = authority.Directory(rpc::Principal::Gateway(partnership_.trust_domain, "police"));
  EXPECT_THAT(Find("revocation lists").found, HasSubstr("none"));
  authority.Revoke(config_.tls, {});
  EXPECT_EQ(Find("revocation list").verdict, Verdict::kWarning) << "to be replaced in an hour";
  authority.Revoke(config_.tls, {config_.tls});
  ExpectBroken("own certificate's standing", "revoked", "new one");
  authority.Revoke(config_.tls, {}, -absl::Minutes(1));
  ExpectBroken("certificate", "was to be replaced by", "whole folder");
}

TEST_F(DoctorTest, Peers) {
  ExpectBroken("peer intake", "refused", "start it");
  Serve(layout_.Core("risk"), &partnership_.intake.endpoint);
  ExpectBroken("peer intake", "the server is not", "another program");
  Serve(layout_.Core("intake"), &partnership_.intake.endpoint, /*serving=*/false);
  EXPECT_EQ(Find("peer intake").verdict, Verdict::kWarning);
  EXPECT_THAT(Find("peer intake").found, HasSubstr("does not serve"));
  partnership_.intake.endpoint = "no-such-host.invalid:7510";
  Save();
  ExpectBroken("peer intake", "no-such-host", "host name");
  rpc::testing::TestAuthority other("other", scratch_.path());
  Home stranger{scratch_.path() + "/stranger"};
  fs::create_directories(stranger.path);
  fs::rename(other.Directory(rpc::Principal::Core(partnership_.trust_domain, "intake")),
             stranger.Tls());
  Serve(stranger, &partnership_.intake.endpoint);
  ExpectBroken("peer intake", "certificate verify failed", "compare both sides' ca.pem");
}

TEST_F(DoctorTest, ClocksThatDiffer) {
  Serve(layout_.Core("intake"), &partnership_.intake.endpoint);
  clock_.AdvanceTo(real_.Now() + absl::Seconds(20));
  EXPECT_EQ(Find("clock against intake").verdict, Verdict::kWarning);
  EXPECT_THAT(Find("clock against intake").found, HasSubstr("ahead"));
  clock_.Advance(absl::Minutes(10));
  ExpectBroken("clock against intake", "ahead of it", "clock_jump");
}

TEST_F(DoctorTest, TheEventLogAndItsTopics) {
  const std::string inbox = config::MemberInboxTopic("fenland", "police");
  EXPECT_EQ(Find("topic " + inbox).found, "read here");
  denied_ = inbox;
  ExpectBroken("topic " + inbox, "no ACL", "waymark topics apply");
  denied_ = "";
  missing_topic_ = inbox;
  ExpectBroken("topic " + inbox, "", "waymark topics apply");
  missing_topic_ = "";
  resized_topic_ = inbox;
  ExpectBroken("topic " + inbox, "has 2 partitions", "never change");
  reached_ = absl::UnavailableError("TLS: certificate unknown");
  ExpectBroken("event log at kafka:9093", "certificate unknown", "ca.pem");
  opened_ = absl::FailedPreconditionError("the certificate has expired");
  ExpectBroken("event log at kafka:9093", "expired", "certificate");
}

TEST_F(DoctorTest, DiskPortsAndWhatTheProcessSays) {
  std::ofstream(scratch_.path() + "/file") << "";
  config_.data = scratch_.path() + "/file/data";
  ExpectBroken("data folder", "file", "give it to the user");
  httplib::Server other;
  config_.listen = absl::StrCat("127.0.0.1:", other.bind_to_any_port("127.0.0.1"));
  EXPECT_EQ(Find("process").verdict, Verdict::kWarning);
  std::thread holder([&] { other.listen_after_bind(); });
  ExpectBroken("address " + config_.listen, "cannot be listened on", "another address");
  other.stop();
  holder.join();
  Operate(503,
          "waymark_input_lag{topic=\"t\"} 4000\nwaymark_runtime_unacknowledged 1\n"
          "waymark_dead_letters 2\nwaymark_alarms{code=\"x\"} 1\n");
  ExpectBroken("process", "behind: 5", "not_ready");
  EXPECT_EQ(Find("records not read yet").verdict, Verdict::kWarning);
  EXPECT_EQ(Find("records not acknowledged").verdict, Verdict::kGood);
  EXPECT_THAT(Find("dead letters").remedy, HasSubstr("dead_letter"));
  EXPECT_EQ(Find("alarms").found, "1");
}

}  // namespace
}  // namespace waymark::cli
