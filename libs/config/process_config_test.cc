#include "libs/config/process_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace waymark::config {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGateway[] = R"(service: gateway
agency: police
directory: ../../partnership.yaml
data: .
keys: keys
tls: tls
listen: "0.0.0.0:7501"
operator: "127.0.0.1:7531"
log:
  bootstrap: ["kafka-1:9093", "kafka-2:9093"]
  tls: /etc/waymark/kafka
ack: replicated
stop_within_seconds: 30
)";

std::string Without(std::string text, const std::string& part, const std::string& with = "") {
  const size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), with);
}

TEST(ProcessConfig, ReadsEveryKey) {
  const auto read = ParseProcessConfig(kGateway, "/srv/fenland/agencies/police/process.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->service, ServiceKind::kGateway);
  EXPECT_EQ(read->agency, "police");
  EXPECT_EQ(read->directory, "/srv/fenland/partnership.yaml");
  EXPECT_EQ(read->data, "/srv/fenland/agencies/police");
  EXPECT_EQ(read->keys, "/srv/fenland/agencies/police/keys");
  EXPECT_EQ(read->tls, "/srv/fenland/agencies/police/tls");
  EXPECT_EQ(read->listen, "0.0.0.0:7501");
  EXPECT_EQ(read->operator_address, "127.0.0.1:7531");
  EXPECT_THAT(read->log.bootstrap, ElementsAre("kafka-1:9093", "kafka-2:9093"));
  EXPECT_EQ(read->log.tls, "/etc/waymark/kafka");
  EXPECT_EQ(read->ack, AckWhen::kReplicated);
  EXPECT_EQ(read->stop_within, absl::Seconds(30));
}

TEST(ProcessConfig, ReadsBackWhatItWrites) {
  const auto read = ParseProcessConfig(kGateway, "/srv/process.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  const std::string yaml = ProcessConfigToYaml(*read);
  const auto again = ParseProcessConfig(yaml, "/elsewhere/process.yaml");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ProcessConfigToYaml(*again), yaml);
}

TEST(ProcessConfig, WhatMayBeLeftOut) {
  std::string text = Without(kGateway, "  tls: /etc/waymark/kafka\n");
  text = Without(text, "ack: replicated\nstop_within_seconds: 30\n");
  const auto read = ParseProcessConfig(text, "process.yaml");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->log.tls, read->tls);
  EXPECT_EQ(read->ack, AckWhen::kLocal);
  EXPECT_EQ(read->stop_within, absl::Seconds(10));
}

TEST(ProcessConfig, TellsEveryProblemWithFileAndLine) {
  std::string text = Without(kGateway, "service: gateway", "service: kitchen");
  text = Without(text, "\"0.0.0.0:7501\"", "\"7501\"");
  text = Without(text, "[\"kafka-1:9093\", \"kafka-2:9093\"]", "[]");
  text = Without(text, "stop_within_seconds: 30", "stop_within_seconds: 0\nnonsense: 1");
  const auto read = ParseProcessConfig(text, "process.yaml");
  EXPECT_TRUE(absl::IsInvalidArgument(read.status()));
  EXPECT_THAT(std::string(read.status().message()),
              AllOf(HasSubstr("process.yaml:1"), HasSubstr("kitchen"), HasSubstr("process.yaml:7"),
                    HasSubstr("host:port"), HasSubstr("process.yaml:10"),
                    HasSubstr("process.yaml:13"), HasSubstr("nonsense")));
}

TEST(ProcessConfig, AgenciesAreOfGatewaysAndOfNothingElse) {
  const auto core = ParseProcessConfig(Without(kGateway, "service: gateway", "service: risk"), "f");
  EXPECT_THAT(std::string(core.status().message()), HasSubstr("a core service belongs to none"));
  const auto nobody = ParseProcessConfig(Without(kGateway, "agency: police\n"), "f");
  EXPECT_THAT(std::string(nobody.status().message()), HasSubstr("agency"));
  const auto odd = ParseProcessConfig(Without(kGateway, "agency: police", "agency: P/1"), "f");
  EXPECT_THAT(std::string(odd.status().message()), HasSubstr("a-z, 0-9 and -"));
}

TEST(ProcessConfig, TheTwoPortsDiffer) {
  const auto same = ParseProcessConfig(Without(kGateway, "127.0.0.1:7531", "0.0.0.0:7501"), "f");
  EXPECT_THAT(std::string(same.status().message()), HasSubstr("another address than `listen`"));
  std::string free = Without(kGateway, "127.0.0.1:7531", "127.0.0.1:0");
  free = Without(free, "0.0.0.0:7501", "127.0.0.1:0");
  EXPECT_TRUE(ParseProcessConfig(free, "f").ok());
}

TEST(ProcessConfig, AMissingFileSaysWhichAndWhatToDo) {
  const auto missing = LoadProcessConfig("/nowhere/process.yaml");
  EXPECT_THAT(std::string(missing.status().message()),
              AllOf(HasSubstr("/nowhere/process.yaml"), HasSubstr("--config")));
}

TEST(ProcessConfig, TheExamplesInDeployAreWhatTheProgramsRead) {
  for (const ServiceKind kind :
       {ServiceKind::kIntake, ServiceKind::kRisk, ServiceKind::kCasemgr, ServiceKind::kGateway}) {
    const std::string file = "deploy/config/" + std::string(NameOf(kind)) + ".yaml";
    const auto read = LoadProcessConfig(file);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->service, kind) << file;
  }
}

}  // namespace
}  // namespace waymark::config
