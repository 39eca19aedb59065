// From the options of a verb to a connection: which agency's gateway, with whose certificate, on
// behalf of which person. On one machine everything is found below the data folder
// (cli/partnership/layout.h); for a real deployment it is named option by option.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/verbs/verb.h"
#include "libs/base/clock.h"
#include "libs/rpc/channel.h"

namespace waymark::cli {

struct ConnectionOptions {
  std::string data;  // folder of a local partnership
  std::string as;    // AGENCY[:PERSON[:ROLE]]
  std::string system = "console";
  std::string token_file;   // a person's token, instead of one made for trying out
  std::string endpoint;     // host:port, instead of the directory's
  std::string tls;          // folder with cert.pem, key.pem, ca.pem
  std::string partnership;  // id, instead of the directory's
  bool json = false;
};

struct Identity {
  std::string agency;
  std::string person;  // "" when the system acts by itself
  std::string role;
};
// InvalidArgument says what was wanted. A person without a role is an officer.
absl::StatusOr<Identity> ParseIdentity(const std::string& as);

// One agency's gateway as one caller sees it. Thread-safe.
class Connection {
 public:
  std::string partnership;
  std::string agency;
  std::string where;  // "the gateway of police at 127.0.0.1:7504"
  std::shared_ptr<rpc::Channel> channel;
  // A token for the person, made afresh for each call; "" when there is no person.
  std::function<absl::StatusOr<std::string>()> token;
  bool has_person = false;

  // With a token, and a deadline for unary calls.
  absl::StatusOr<rpc::CallOptions> Options() const;
};

// What verbs work with. The connectors are replaced in tests.
struct Workshop {
  Terminal& terminal;
  Clock& clock;
  Random& random;
  std::string default_data;  // from $WAYMARK_DATA, or "var/waymark"
  std::function<absl::StatusOr<Connection>(const ConnectionOptions&)> connect;
  // To the operator's port.
  std::function<absl::StatusOr<Connection>(const ConnectionOptions&)> connect_operator;
};

// InvalidArgument, NotFound or FailedPrecondition say what is missing or wrong and what to do. No
// connection is made yet.
absl::StatusOr<Connection> ConnectGateway(const ConnectionOptions& options, Clock& clock,
                                          Random& random);
absl::StatusOr<Connection> ConnectOperator(const ConnectionOptions& options);

struct PersonToken {
  std::string agency, person, role;
  absl::Duration lifetime = absl::Minutes(10);
};
// Signed by the identity provider that a local partnership has for trying out.
absl::StatusOr<std::string> MakePersonToken(const std::string& data, const PersonToken& person,
                                            absl::Time now, Random& random);

// --data, --as, --system, --token-file, --endpoint, --tls, --partnership, --json.
void AddConnectionOptions(const Verb& verb, const Workshop& workshop, ConnectionOptions* options);
// --data and --json.
void AddDataOptions(const Verb& verb, const Workshop& workshop, ConnectionOptions* options);

}  // namespace waymark::cli
