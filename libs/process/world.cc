#include "libs/process/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/config/topics.h"

namespace waymark::process {

absl::StatusOr<Address> AddressOf(const config::Partnership& directory, const std::string& source) {
  const std::string& domain = directory.trust_domain;
  for (const auto& [name, core] : {std::pair{"intake", &directory.intake},
                                   {"risk", &directory.risk},
                                   {"casemgr", &directory.casemgr}}) {
    if (source == name) return Address{core->endpoint, rpc::Principal::Core(domain, name)};
  }
  for (const config::Member& member : directory.members) {
    if (source == config::GatewaySource(member.agency)) {
      return Address{member.endpoint, rpc::Principal::Gateway(domain, member.agency)};
    }
  }
  return absl::NotFoundError(
      absl::StrCat("the directory of ", directory.id, " knows nobody who publishes as ", source));
}

Connector ConnectOverTls() {
  return [](const rpc::Principal&, const std::string& tls, const std::string& endpoint,
            const rpc::Principal& server) {
    rpc::GrpcChannelConfig config;
    config.target = endpoint;
    config.tls_dir = tls;
    config.expected_server = server;
    return rpc::ConnectGrpc(std::move(config));
  };
}

}  // namespace waymark::process
