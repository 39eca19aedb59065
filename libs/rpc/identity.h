// Who calls: the system that holds the connection's certificate, and the person it acts for.
//
// A system is named by the one URI in its certificate (SPIFFE form); a person by a short-lived
// bearer token. A certificate never stands for a person, nor a token for a system.
// Values only; every function here is thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace waymark::rpc {

enum class PrincipalKind {
  kSystem,    // spiffe://DOMAIN/agency/AGENCY/system/ROLE   a system of an agency: "cad", "housing"
  kGateway,   // spiffe://DOMAIN/agency/AGENCY/gateway       an agency's gateway
  kCore,      // spiffe://DOMAIN/core/SERVICE                intake, risk, casemgr
  kOperator,  // spiffe://DOMAIN/operator/NAME               who runs the platform
};

struct Principal {
  std::string trust_domain;
  PrincipalKind kind = PrincipalKind::kSystem;
  std::string agency;  // kSystem and kGateway; "" otherwise
  std::string role;    // kSystem: its role; kCore: the service; kOperator: its name; kGateway: ""

  // The URI it was read from; also what idempotency keys and audit leaves are bound to.
  std::string Text() const;

  static Principal System(std::string trust_domain, std::string agency, std::string role);
  static Principal Gateway(std::string trust_domain, std::string agency);
  static Principal Core(std::string trust_domain, std::string service);
  static Principal Operator(std::string trust_domain, std::string name);

  friend bool operator==(const Principal&, const Principal&) = default;
};

// Reads one of the four forms above. Parts are 1-63 characters of a-z, 0-9, '-' and (in the trust
// domain) '.'. UNAUTHENTICATED for anything else, with what was wanted.
absl::StatusOr<Principal> ParsePrincipal(std::string_view spiffe_uri);

// A person as stated by a verified token.
struct Person {
  std::string agency;
  std::string subject;   // the identity provider's pseudonymous id; not a name
  std::string role;      // "officer", "supervisor", ...
  std::string token_id;  // the token's `jti`, for the audit log

  friend bool operator==(const Person&, const Person&) = default;
};

// Port: turns a bearer token into a person. Implementations are thread-safe, do no I/O that can
// block for long, and check signature, issuer, audience and expiry on their own clock.
class PersonVerifier {
 public:
  virtual ~PersonVerifier() = default;
  // UNAUTHENTICATED when the token is not to be believed; the message never quotes the token.
  virtual absl::StatusOr<Person> Verify(std::string_view token) = 0;
};

// What a handler knows about a call that was let in. `person` is set exactly when a token came with
// the call and was verified; it is always set when the method's rule asks for a person.
struct CallContext {
  Principal system;
  std::optional<Person> person;
  std::string idempotency_key;  // metadata `idempotency-key`, at most 128 printable characters
  std::string traceparent;      // W3C trace context; "" when absent or malformed
  std::string method;           // "/waymark.intake.v1.IntakeService/Resolve"
  absl::Time deadline;          // never infinite for a unary call; see Limits in endpoint.h
};

}  // namespace waymark::rpc
