#include "cli/verbs/connection.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/partnership/layout.h"
#include "cli/partnership/person_token.h"
#include "cli/partnership/set_up.h"
#include "libs/base/status.h"
#include "libs/config/file.h"
#include "libs/config/partnership.h"
#include "libs/crypto/certificates.h"

namespace waymark::cli {
namespace {

constexpr absl::Duration kUnaryTimeout = absl::Seconds(15);
constexpr std::string_view kDefaultRole = "officer";

absl::StatusOr<config::Partnership> LoadDirectory(const std::string& data) {
  const std::string path = Layout{data}.PartnershipFile();
  absl::StatusOr<config::Partnership> directory = config::LoadPartnership(path);
  if (absl::IsNotFound(directory.status())) {
    return absl::NotFoundError(absl::StrCat(
        path, " is not there: ", data,
        " holds no partnership. `waymark run` makes one; `--data DIR` names another folder; a real "
        "deployment needs --endpoint, --tls and --partnership"));
  }
  return directory;
}

std::string MembersOf(const config::Partnership& directory) {
  return absl::StrJoin(directory.members, ", ", [](std::string* out, const config::Member& member) {
    *out += member.agency;
  });
}

absl::StatusOr<const config::Member*> FindMember(const config::Partnership& directory,
                                                 const std::string& agency) {
  if (const config::Member* member = directory.FindMember(agency)) return member;
  return absl::InvalidArgumentError(absl::StrCat("--as: '", agency, "' is no member of ",
                                                 directory.id, "; wanted one of ",
                                                 MembersOf(directory)));
}

// Who the certificate of a TLS folder names.
absl::StatusOr<rpc::Principal> HolderOf(const std::string& tls) {
  const std::string path = tls + "/cert.pem";
  absl::StatusOr<std::string> pem = config::ReadFile(path);
  if (!pem.ok()) {
    return absl::NotFoundError(
        absl::StrCat(pem.status().message(),
                     "; wanted the certificate of a system of the agency: `waymark certificates "
                     "issue` makes one on this machine, `--tls DIR` names another folder"));
  }
  WM_ASSIGN_OR_RETURN(const crypto::CertificateInfo info, crypto::ParseCertificate(*pem));
  if (info.uris.size() != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " names ", info.uris.size(), " principals; wanted exactly one URI"));
  }
  return rpc::ParsePrincipal(info.uris.front());
}

// The directory's id when there is one, else the trust domain's first part.
std::string PartnershipOf(const ConnectionOptions& options, const rpc::Principal& self) {
  if (!options.partnership.empty()) return options.partnership;
  return self.trust_domain.substr(0, self.trust_domain.find('.'));
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  WM_ASSIGN_OR_RETURN(const std::string text, config::ReadFile(path));
  const std::string token(absl::StripAsciiWhitespace(text));
  if (token.empty()) return absl::InvalidArgumentError(path + " holds no token");
  return token;
}

// For whom and how tokens are made, by the options.
absl::Status AddPerson(const ConnectionOptions& options, const Identity& identity, Clock& clock,
                       Random& random, Connection& connection) {
  connection.has_person = true;
  if (!options.token_file.empty()) {
    // Read again each time: something else keeps it fresh.
    connection.token = [path = options.token_file] { return ReadToken(path); };
    return connection.token().status();
  }
  if (identity.person.empty()) {
    connection.has_person = false;
    connection.token = [] { return std::string(); };
    return absl::OkStatus();
  }
  const PersonToken person{identity.agency, identity.person, identity.role};
  connection.token = [data = options.data, person, &clock, &random] {
    return MakePersonToken(data, person, clock.Now(), random);
  };
  return connection.token().status();
}

}  // namespace

absl::StatusOr<Identity> ParseIdentity(const std::string& as) {
  const std::vector<std::string> parts = absl::StrSplit(as, ':');
  bool empty = parts.size() > 3;
  for (const std::string& part : parts) empty = empty || part.empty();
  if (empty) {
    return absl::InvalidArgumentError(
        "--as: wanted AGENCY, AGENCY:PERSON or AGENCY:PERSON:ROLE, such as police:ann:supervisor");
  }
  Identity identity{parts[0], "", ""};
  if (parts.size() > 1) identity.person = parts[1];
  if (parts.size() > 1) identity.role = parts.size() > 2 ? parts[2] : std::string(kDefaultRole);
  return identity;
}

absl::StatusOr<rpc::CallOptions> Connection::Options() const {
  rpc::CallOptions options;
  options.timeout = kUnaryTimeout;
  WM_ASSIGN_OR_RETURN(options.bearer_token, token());
  return options;
}

absl::StatusOr<std::string> MakePersonToken(const std::string& data, const PersonToken& person,
                                            absl::Time now, Random& random) {
  WM_ASSIGN_OR_RETURN(const config::Partnership directory, LoadDirectory(data));
  WM_RETURN_IF_ERROR(FindMember(directory, person.agency).status());
  return IssuePersonToken({data}, person.agency, person.person, person.role, person.lifetime, now,
                          random);
}

absl::StatusOr<Connection> ConnectGateway(const ConnectionOptions& options, Clock& clock,
                                          Random& random) {
  Identity identity;
  if (!options.as.empty()) {
    WM_ASSIGN_OR_RETURN(identity, ParseIdentity(options.as));
  } else if (options.tls.empty()) {
    return absl::InvalidArgumentError(
        "say for whom: `--as AGENCY` or `--as AGENCY:PERSON`, such as --as police:ann");
  }
  Connection connection;
  std::string endpoint = options.endpoint, tls = options.tls;
  if (endpoint.empty() || tls.empty()) {
    WM_ASSIGN_OR_RETURN(const config::Partnership directory, LoadDirectory(options.data));
    if (!identity.agency.empty()) {
      WM_ASSIGN_OR_RETURN(const config::Member* member, FindMember(directory, identity.agency));
      if (endpoint.empty()) endpoint = member->endpoint;
    }
    if (endpoint.empty()) {
      return absl::InvalidArgumentError("with --tls alone, name the gateway: --endpoint HOST:PORT");
    }
    if (tls.empty()) tls = Layout{options.data}.System(identity.agency, options.system).Tls();
    connection.partnership = options.partnership.empty() ? directory.id : options.partnership;
  }
  WM_ASSIGN_OR_RETURN(const rpc::Principal self, HolderOf(tls));
  if (self.kind != rpc::PrincipalKind::kSystem) {
    return absl::InvalidArgumentError(
        absl::StrCat(tls, " is the certificate of ", self.Text(),
                     "; wanted a system's: spiffe://DOMAIN/agency/AGENCY/system/ROLE"));
  }
  if (!identity.agency.empty() && identity.agency != self.agency) {
    return absl::InvalidArgumentError(absl::StrCat("--as names ", identity.agency, " but ", tls,
                                                   " is a certificate of ", self.agency));
  }
  identity.agency = self.agency;
  if (connection.partnership.empty()) connection.partnership = PartnershipOf(options, self);
  connection.agency = self.agency;
  connection.where = absl::StrCat("the gateway of ", self.agency, " at ", endpoint);
  WM_RETURN_IF_ERROR(AddPerson(options, identity, clock, random, connection));
  rpc::GrpcChannelConfig config;
  config.target = endpoint;
  config.tls_dir = tls;
  config.expected_server = rpc::Principal::Gateway(self.trust_domain, self.agency);
  WM_ASSIGN_OR_RETURN(connection.channel, rpc::ConnectGrpc(std::move(config)));
  return connection;
}

absl::StatusOr<Connection> ConnectOperator(const ConnectionOptions& options) {
  Connection connection;
  std::string endpoint = options.endpoint;
  if (endpoint.empty()) {
    WM_ASSIGN_OR_RETURN(const config::Partnership directory, LoadDirectory(options.data));
    connection.partnership = directory.id;
    // Beside the first gateway's port, as the process that listens computes it.
    const std::string& first = directory.members.front().endpoint;
    const size_t colon = first.rfind(':');
    int port = 0;
    if (!absl::SimpleAtoi(first.substr(colon + 1), &port)) {
      return absl::InvalidArgumentError(first + " has no port; name one with --endpoint");
    }
    endpoint = absl::StrCat(first.substr(0, colon + 1), OperatorPort(port - 1));
  }
  const std::string tls =
      options.tls.empty() ? Layout{options.data}.Operator("local").Tls() : options.tls;
  WM_ASSIGN_OR_RETURN(const rpc::Principal self, HolderOf(tls));
  connection.where = "the operator's port at " + endpoint;
  connection.token = [] { return std::string(); };
  rpc::GrpcChannelConfig config;
  config.target = endpoint;
  config.tls_dir = tls;
  config.expected_server = self;
  WM_ASSIGN_OR_RETURN(connection.channel, rpc::ConnectGrpc(std::move(config)));
  return connection;
}

void AddDataOptions(const Verb& verb, const Workshop& workshop, ConnectionOptions* options) {
  options->data = workshop.default_data;
  verb.Text("--data", &options->data,
            "folder of a partnership on this machine [" + workshop.default_data + "]");
  verb.Flag("--json", &options->json, "answers for programs: protobuf JSON");
}

void AddConnectionOptions(const Verb& verb, const Workshop& workshop, ConnectionOptions* options) {
  verb.Text("--as", &options->as,
            "for whom: AGENCY, AGENCY:PERSON or AGENCY:PERSON:ROLE (role: officer)");
  AddDataOptions(verb, workshop, options);
  verb.Text("--system", &options->system, "which system's certificate [console]");
  verb.Text("--token-file", &options->token_file, "a person's token from the identity provider");
  verb.Text("--endpoint", &options->endpoint, "the gateway's HOST:PORT");
  verb.Text("--tls", &options->tls, "folder with cert.pem, key.pem and ca.pem");
  verb.Text("--partnership", &options->partnership, "partnership id");
}

}  // namespace waymark::cli
