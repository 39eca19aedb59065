// For tests: a command line over string streams, against a real partnership folder and a real
// gateway on a loopback port whose services are fakes.
#pragma once

#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "cli/partnership/layout.h"
#include "cli/partnership/set_up.h"
#include "cli/publish/fake_incidents.h"
#include "cli/verbs/verbs.h"
#include "libs/base/check.h"
#include "libs/calendar/civil.h"
#include "libs/config/partnership.h"
#include "libs/config/topics.h"
#include "libs/rpc/server.h"
#include "libs/rpc/testing.h"
#include "libs/rpc/token_verifier.h"

namespace waymark::cli::testing {

struct Ran {
  int code = 0;
  std::string out, err;
};

// Streams and a workshop; connects as the program does.
class Bench {
 public:
  explicit Bench(std::string data = "/nonexistent/partnership") : data_(std::move(data)) {
    WM_CHECK(calendar::CheckTimeZoneData().ok(), "tzdata is not there");
  }

  Ran Run(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    Terminal terminal{in, out, err};
    Workshop workshop{terminal,
                      clock_,
                      random_,
                      data_,
                      [this](ConnectionOptions options) {
                        if (options.endpoint.empty()) options.endpoint = endpoint;
                        return ConnectGateway(options, clock_, random_);
                      },
                      ConnectOperator};
    CommandLine line("waymark", "Test", terminal);
    AddEveryVerb(line, workshop,
                 {[this](const RunOptions& options) {
                    run_options = options;
                    return 0;
                  },
                  [this](const std::string& data, const std::string& service) {
                    rebuilt = data + " " + service;
                    return 0;
                  }});
    verbs = line.Describe();
    Ran ran;
    ran.code = line.Run(arguments);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }

  std::string endpoint;  // instead of the directory's, when not ""
  RunOptions run_options;
  std::string rebuilt;
  std::vector<VerbInfo> verbs;  // after a Run

 protected:
  const std::string data_;
  SystemClock clock_;
  SystemRandom random_;
};

// The police's gateway of a fresh partnership.
class GatewayBench {
 public:
  GatewayBench() : bench(scratch_.path() + "/data") {
    const Layout layout{data()};
    WM_CHECK(SetUpPartnership(layout, {"fenland", ".", 7500}, clock_.Now(), random_).ok(),
             "the partnership cannot be set up");
  }
  ~GatewayBench() {
    if (server_ != nullptr) server_->Drain(absl::Seconds(5));
  }

  // The methods must be in `table` before; serves on a free port from now on.
  void Serve(rpc::MethodTable table) {
    const Layout layout{data()};
    const auto directory = config::LoadPartnership(layout.PartnershipFile()).value();
    const config::Member& police = *directory.FindMember("police");
    rpc::TokenTrust trust;
    trust.issuer = police.token_issuer;
    trust.audience = config::GatewayAudience("police");
    trust.agency = "police";
    trust.keys =
        crypto::MakeKeySet({crypto::VerifyKey::FromBytes(police.token_issuer_key).value()});
    verifier_ = std::make_unique<rpc::TokenVerifier>(std::move(trust), clock_);
    rpc::EndpointConfig config;
    config.trust_domain = directory.trust_domain;
    config.own_agency = "police";
    auto endpoint = rpc::Endpoint::Create(config, std::move(table), verifier_.get(), clock_);
    rpc::ServerConfig server;
    server.tls_dir = layout.Gateway("police").Tls();
    auto started = rpc::Server::Start(server, std::move(endpoint));
    WM_CHECK(started.ok(), started.status().ToString());
    server_ = *std::move(started);
    bench.endpoint = "127.0.0.1:" + std::to_string(server_->port());
  }

  std::string data() const { return scratch_.path() + "/data"; }
  std::string folder() const { return scratch_.path(); }

 private:
  SystemClock clock_;
  SystemRandom random_;
  rpc::testing::ScratchDirectory scratch_;
  std::unique_ptr<rpc::TokenVerifier> verifier_;
  std::unique_ptr<rpc::Server> server_;

 public:
  Bench bench;
};

}  // namespace waymark::cli::testing
