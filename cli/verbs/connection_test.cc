// From arguments to a call over mutual TLS and back: identities, tokens, refusals, what is printed.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/verbs/bench.h"
#include "cli/verbs/exit_codes.h"
#include "libs/rpc/errors.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/gateway/v1/stock.pb.h"
#include "waymark/ops/v1/ops.pb.h"

namespace waymark::cli {
namespace {

using namespace gateway::v1;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using rpc::CallContext;
using rpc::Reply;
using rpc::Rule;
using testing::Ran;

using AlertDuplex = rpc::Duplex<SubscribeAlertsRequest, SubscribeAlertsResponse>;

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() {
    rpc::MethodTable table;
    const Rule console = Rule::Systems({"console"});
    table.Unary<LookUpRequest, LookUpResponse>(
        "/waymark.gateway.v1.LookUpService/LookUp",
        Rule(console).WithPerson({"officer", "call_handler"}),
        [this](const CallContext& call, LookUpRequest request, Reply<LookUpResponse> reply) {
          std::lock_guard lock(mutex_);
          asked_ = request;
          person_ = call.person->subject + " " + call.person->role;
          reply(answer_);
        });
    table.Unary<CloseCaseRequest, CloseCaseResponse>(
        "/waymark.gateway.v1.CaseService/CloseCase", Rule(console).WithPerson({"officer"}),
        [](const CallContext&, CloseCaseRequest, Reply<CloseCaseResponse> reply) {
          reply(rpc::ProblemStatus(absl::StatusCode::kFailedPrecondition,
                                   {{"actions_open", "case_id", "every action done", "do them"},
                                    {"victim_not_told", "victim_told_at", "a time", "tell them"}}));
        });
    table.Unary<RegisterStockRequest, RegisterStockResponse>(
        "/waymark.gateway.v1.StockService/RegisterStock", console,
        [this](const CallContext&, RegisterStockRequest request,
               Reply<RegisterStockResponse> reply) {
          std::lock_guard lock(mutex_);
          stock_.push_back(request);
          RegisterStockResponse response;
          response.set_added(static_cast<uint32_t>(request.uprns_size() + request.lsoas_size()));
          reply(response);
        });
    table.BidiStream<SubscribeAlertsRequest, SubscribeAlertsResponse>(
        "/waymark.gateway.v1.AlertService/SubscribeAlerts", console,
        [this](const CallContext&, std::shared_ptr<AlertDuplex> stream) { NextOf(stream); });
    gateway_.Serve(std::move(table));
  }

  // Two alerts and a tombstone between them, then nothing more.
  void NextOf(const std::shared_ptr<AlertDuplex>& stream) {
    stream->Read([this, stream](AlertDuplex::Item item) {
      if (!item) return stream->Finish(absl::OkStatus());
      const SubscribeAlertsRequest& request = item->value();
      if (request.has_start()) {
        std::unique_lock lock(mutex_);
        start_ = request.start();
        lock.unlock();
        SubscribeAlertsResponse response;
        response.mutable_heartbeat();
        stream->Write(response);
        response.set_resume_token("t-1");
        response.mutable_alert()->set_alert_id("a-1");
        response.mutable_alert()->set_band(common::v1::BAND_HIGH);
        (*response.mutable_alert()->mutable_fields())["person.name"] = "Ann Example";
        stream->Write(response);
        response.set_resume_token("t-2");
        response.mutable_tombstone()->set_alert_id("a-0");
        response.mutable_tombstone()->set_reason("consent_withdrawn");
        stream->Write(response);
      } else {
        std::lock_guard lock(mutex_);
        receipts_.push_back(request.receipt().resume_token());
      }
      NextOf(stream);
    });
  }

  Ran Run(const std::vector<std::string>& arguments, const std::string& input = "") {
    return gateway_.bench.Run(arguments, input);
  }
  std::vector<std::string> LookUp(const std::string& as) {
    return {"look-up", "--telephone", "0113 496 0001", "--reason", "call 7", "--as", as};
  }

  std::mutex mutex_;
  LookUpRequest asked_;
  LookUpResponse answer_;
  std::string person_;
  std::vector<RegisterStockRequest> stock_;
  SubscribeAlertsRequest::Start start_;
  std::vector<std::string> receipts_;
  testing::GatewayBench gateway_;  // last: its threads end before what they touch
};

TEST_F(ConnectionTest, APersonAsksThroughTheConsole) {
  answer_.set_repeat(true);
  answer_.set_band(common::v1::BAND_HIGH);
  answer_.add_band_by("housing");
  answer_.mutable_partners()->set_availability(PartnerView::AVAILABILITY_UNAVAILABLE);
  auto& incident = *answer_.add_incidents();
  incident.mutable_occurred_at()->set_seconds(1'783'371'600);  // 2026-07-06 21:00 UTC
  incident.set_category(common::v1::CATEGORY_NUISANCE);
  const Ran ran = Run(LookUp("police:ann:call_handler"));
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked_.partnership(), "fenland");
  EXPECT_EQ(asked_.identity().telephone(), "0113 496 0001");
  EXPECT_EQ(asked_.purpose(), "prevent_asb");
  EXPECT_EQ(person_, "ann call_handler");
  EXPECT_THAT(ran.out, AllOf(HasSubstr("REPEAT"), HasSubstr("HIGH by housing"),
                             HasSubstr("Partners: unavailable"),
                             HasSubstr("Mon 06 Jul 2026 22:00 BST  nuisance")));
  std::vector<std::string> arguments = LookUp("police:ann");
  arguments.push_back("--json");
  const auto json = nlohmann::json::parse(Run(arguments).out);
  EXPECT_EQ(json["band"], "BAND_HIGH");
  EXPECT_EQ(json["band_by"][0], "housing");
  EXPECT_EQ(person_, "ann officer");
}

TEST_F(ConnectionTest, WhoMayNotIsToldWhatWouldHelp) {
  const Ran wrong_role = Run(LookUp("police:ann:cleaner"));
  EXPECT_EQ(wrong_role.code, kExitNotPermitted);
  EXPECT_THAT(wrong_role.err, AllOf(HasSubstr("waymark look-up: refused:\n  - "),
                                    HasSubstr("    wanted: "), HasSubstr("    do: ")));
  const Ran wrong_system = [&] {
    auto arguments = LookUp("police:ann");
    arguments.insert(arguments.end(), {"--system", "cad", "--json"});
    return Run(arguments);
  }();
  EXPECT_EQ(wrong_system.code, kExitNotPermitted);
  const auto error = nlohmann::json::parse(wrong_system.err)["error"];
  EXPECT_EQ(error["code"], "PERMISSION_DENIED");
  EXPECT_FALSE(error["problems"].empty());
}

TEST_F(ConnectionTest, WhatIsMissingIsSaidBeforeACall) {
  EXPECT_THAT(Run(LookUp("police")).err, HasSubstr("--as AGENCY:PERSON"));
  EXPECT_EQ(Run(LookUp("police")).code, kExitUsage);
  for (const char* as : {"", ":ann", "police:", "police:ann:", "police:ann:officer:x"}) {
    EXPECT_EQ(Run(LookUp(as)).code, kExitUsage) << as;
  }
  EXPECT_THAT(Run(LookUp("navy:ann")).err, HasSubstr("council, fire, housing, police"));
  auto arguments = LookUp("police:ann");
  arguments.insert(arguments.end(), {"--system", "telex"});
  EXPECT_THAT(Run(arguments).err, HasSubstr("waymark certificates issue"));
  arguments = LookUp("police:ann");
  arguments.insert(arguments.end(), {"--data", "/nonexistent"});
  const Ran nowhere = Run(arguments);
  EXPECT_EQ(nowhere.code, kExitUsage);
  EXPECT_THAT(nowhere.err, HasSubstr("`waymark run` makes one"));
}

TEST_F(ConnectionTest, ARealDeploymentIsNamedOptionByOption) {
  const Layout layout{gateway_.data()};
  const std::string token = gateway_.folder() + "/token";
  const Ran made = Run({"person", "token", "--as", "police:bea", "--role", "call_handler"});
  ASSERT_EQ(made.code, kExitOk) << made.err;
  std::ofstream(token) << made.out;
  std::vector<std::string> arguments = {"look-up",
                                        "--email",
                                        "a@example.org",
                                        "--reason",
                                        "x",
                                        "--data",
                                        "/nonexistent",
                                        "--tls",
                                        layout.System("police", "console").Tls(),
                                        "--endpoint",
                                        gateway_.bench.endpoint,
                                        "--token-file",
                                        token};
  const Ran ran = Run(arguments);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(person_, "bea call_handler");
  EXPECT_EQ(asked_.partnership(), "fenland");
  arguments.insert(arguments.end(), {"--as", "housing"});
  EXPECT_THAT(Run(arguments).err, HasSubstr("--as names housing"));
}

TEST_F(ConnectionTest, NobodyThereIsUnreachable) {
  gateway_.bench.endpoint = "127.0.0.1:1";
  const Ran ran = Run(LookUp("police:ann"));
  EXPECT_EQ(ran.code, kExitUnreachable);
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("no answer: the gateway of police at 127.0.0.1:1: nothing listens"),
                    HasSubstr("waymark status")));
}

TEST_F(ConnectionTest, ARefusalListsEveryCondition) {
  const Ran ran = Run({"case", "close", "c-1", "--reason", "done", "--as", "police:ann"});
  EXPECT_EQ(ran.code, kExitSomeRefused);
  EXPECT_EQ(ran.err,
            "waymark case close: refused:\n"
            "  - actions_open at case_id\n    wanted: every action done\n    do: do them\n"
            "  - victim_not_told at victim_told_at\n    wanted: a time\n    do: tell them\n");
  EXPECT_EQ(Run({"case", "close", "c-1", "--reason", "done", "--victim-told-at", "yesterday",
                 "--as", "police:ann"})
                .code,
            kExitUsage);
}

TEST_F(ConnectionTest, AMethodThatIsNotThereIsAFault) {
  const Ran ran = Run({"case", "list", "--as", "police:ann"});
  EXPECT_EQ(ran.code, kExitFailed);
  EXPECT_THAT(ran.err, HasSubstr("unknown_method"));
}

TEST_F(ConnectionTest, StockIsRegisteredInPiecesAndBadLinesAreSaid) {
  std::string file = "# homes\n\nE01018043\nnot one\n";
  for (int i = 0; i < 1000; ++i) file += std::to_string(100000000000 + i) + "\r\n";
  file += "100000000000\n";  // again
  const Ran ran = Run({"stock", "register", "-", "--as", "police"}, file);
  EXPECT_EQ(ran.code, kExitSomeRefused);
  EXPECT_EQ(ran.out, "1001 entries registered, 1001 of them new; 1 lines refused\n");
  EXPECT_THAT(ran.err, HasSubstr("line 4: refused\n  - malformed"));
  ASSERT_EQ(stock_.size(), 2u);
  EXPECT_THAT(stock_[0].lsoas(), ElementsAre("E01018043"));
  EXPECT_EQ(stock_[0].uprns_size(), 999);
  EXPECT_EQ(stock_[1].uprns_size(), 1);
}

TEST_F(ConnectionTest, AlertsArePrintedAndThenConfirmed) {
  const Ran ran = Run({"alerts", "tail", "--count", "2", "--resume", "t-0", "--subscription",
                       "desk", "--as", "police"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("HIGH  "), HasSubstr("person.name: Ann Example"),
                             HasSubstr("WITHDRAWN  alert a-0")));
  EXPECT_EQ(start_.resume_token(), "t-0");
  EXPECT_EQ(start_.subscription(), "desk");
  std::lock_guard lock(mutex_);
  EXPECT_THAT(receipts_, ElementsAre("t-1", "t-2"));
}

TEST_F(ConnectionTest, StatusIsForOperators) {
  rpc::MethodTable table;
  table.Unary<ops::v1::GetStatusRequest, ops::v1::GetStatusResponse>(
      "/waymark.ops.v1.OperatorService/GetStatus", Rule::Operators(),
      [](const CallContext&, ops::v1::GetStatusRequest, Reply<ops::v1::GetStatusResponse> reply) {
        ops::v1::GetStatusResponse response;
        response.set_version("9.9");
        ops::v1::Part& part = *response.add_parts();
        part.set_program("waymark-intake");
        part.add_alarms()->set_code("lane_gap");
        reply(response);
      });
  SystemClock clock;
  rpc::EndpointConfig config;
  config.trust_domain = "fenland.waymark";
  rpc::ServerConfig server;
  server.tls_dir = Layout{gateway_.data()}.Operator("local").Tls();
  auto started =
      rpc::Server::Start(server, rpc::Endpoint::Create(config, std::move(table), nullptr, clock));
  ASSERT_TRUE(started.ok()) << started.status();
  const Ran ran = Run({"status", "--endpoint", "127.0.0.1:" + std::to_string((*started)->port())});
  EXPECT_EQ(ran.code, kExitFailed) << "an alarm is raised";
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Waymark 9.9"), HasSubstr("PROGRAM"),
                             HasSubstr("waymark-intake  -"), HasSubstr("ALARM waymark-intake")));
}

TEST_F(ConnectionTest, APersonsTokenIsForItsAgencysPeople) {
  EXPECT_EQ(Run({"person", "token", "--as", "police"}).code, kExitUsage);
  EXPECT_EQ(Run({"person", "token", "--as", "navy:ann"}).code, kExitUsage);
  const Ran ran = Run({"person", "token", "--as", "police:ann", "--json"});
  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_FALSE(nlohmann::json::parse(ran.out)["token"].get<std::string>().empty());
}

}  // namespace
}  // namespace waymark::cli
