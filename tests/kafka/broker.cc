#include "tests/kafka/broker.h"

#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/check.h"

namespace waymark::kafka_testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTool = "python3 -B tools/kafka/broker.py ";

struct Ran {
  int code = 0;
  std::string said;
};

Ran Run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  WM_CHECK(pipe != nullptr, "a shell");
  Ran ran;
  std::array<char, 4096> buffer;
  for (size_t got; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    ran.said.append(buffer.data(), got);
  }
  ran.code = pclose(pipe);
  return ran;
}

void RunWell(const std::string& command) {
  const Ran ran = Run(command);
  WM_CHECK(ran.code == 0, absl::StrCat(command, ": ", ran.said));
}

absl::Time Seconds(absl::Time at) { return absl::FromUnixSeconds(absl::ToUnixSeconds(at)); }

void Write(const std::string& path, const std::string& bytes) {
  std::ofstream out(path + ".new", std::ios::binary);
  out << bytes;
  out.close();
  WM_CHECK(out.good(), path);
  fs::rename(path + ".new", path);
}

std::unique_ptr<Broker>& TheOne() {
  static auto& one = *new std::unique_ptr<Broker>();
  return one;
}

class EndsIt : public testing::Environment {
 public:
  void TearDown() override { TheOne().reset(); }
};
[[maybe_unused]] const auto* const kEnds = testing::AddGlobalTestEnvironment(new EndsIt);

}  // namespace

SystemClock& RealClock() {
  static auto& clock = *new SystemClock();
  return clock;
}

std::optional<std::string> Broker::Missing() {
  if (std::system("java -version >/dev/null 2>&1") != 0) {
    return "there is no Java here (Debian: openjdk-17-jre-headless); ./dev test installs it";
  }
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(WAYMARK_KAFKA_JARS, error)) {
    if (entry.path().filename().string().rfind("kafka_2.13", 0) == 0) return std::nullopt;
  }
  return absl::StrCat("there are no Kafka jars in ", WAYMARK_KAFKA_JARS,
                      ": ./dev kafka_jars fetches them");
}

Broker& Broker::Get() {
  if (TheOne() == nullptr) TheOne() = std::make_unique<Broker>();
  return *TheOne();
}

Broker::Broker(std::string home_under)
    : home_((home_under.empty() ? scratch_.path() : home_under) + "/broker"),
      authority_(*crypto::CertificateAuthority::Create(
          "fenland.waymark", Seconds(clock_.Now() - absl::Hours(48)),
          Seconds(clock_.Now() + absl::Hours(48)), random_)) {
  Tls("broker@fenland.waymark");
  Start();
}

Broker::~Broker() { RunWell(absl::StrCat(kTool, "kill --home ", home_)); }

void Broker::Start() {
  const Ran ran = Run(absl::StrCat(kTool, "start --home ", home_, " --jars ", WAYMARK_KAFKA_JARS,
                                   " --tls ", scratch_.path(), "/1 --operator CN=", kOperator));
  WM_CHECK(ran.code == 0, ran.said);
  bootstrap_ = std::string(absl::StripAsciiWhitespace(ran.said));
}

void Broker::Kill() { RunWell(absl::StrCat(kTool, "kill --home ", home_)); }
void Broker::Stop() { RunWell(absl::StrCat(kTool, "stop --home ", home_)); }

int Broker::Pid() const {
  return nlohmann::json::parse(std::ifstream(home_ + "/broker.json")).at("pid").get<int>();
}
void Broker::Freeze() { kill(Pid(), SIGSTOP); }
void Broker::Thaw() { kill(Pid(), SIGCONT); }

std::string Broker::Tls(const std::string& name, const Identity& identity) {
  const std::string folder = absl::StrCat(scratch_.path(), "/", ++folders_);
  fs::create_directory(folder);
  Write(folder + "/ca.pem", authority_.certificate_pem());
  Replace(folder, name, identity);
  return folder;
}

void Broker::Replace(const std::string& folder, const std::string& name, const Identity& identity) {
  crypto::LeafRequest request;
  request.common_name = name;
  request.dns_names = {"localhost"};
  request.ip_addresses = {"127.0.0.1"};
  request.not_before = Seconds(clock_.Now() + identity.starts);
  request.not_after = Seconds(clock_.Now() + identity.ends);
  const auto issued = (identity.by != nullptr ? identity.by : &authority_)->Issue(request, random_);
  WM_CHECK(issued.ok(), issued.status().ToString());
  Write(folder + "/cert.pem", issued->certificate_pem);
  Write(folder + "/key.pem", issued->private_key_pem);
}

eventlog::KafkaOptions Broker::Options(const std::string& name) {
  eventlog::KafkaOptions options;
  options.bootstrap = {bootstrap_};
  options.tls = eventlog::KafkaTlsOf(Tls(name));
  options.client_id = name;
  options.wait = absl::Seconds(10);
  options.append_wait = absl::Seconds(30);
  return options;
}

std::unique_ptr<eventlog::KafkaLog> Broker::Open(const std::string& name) {
  auto log = eventlog::KafkaLog::Open(Options(name), clock_);
  WM_CHECK(log.ok(), log.status().ToString());
  return *std::move(log);
}

}  // namespace waymark::kafka_testing
