// Who may call a method. A rule permits the callers it names and nobody else; there is no rule that
// permits everybody, and none can be made by default. Immutable once built; thread-safe.
//
//   Rule::Systems({"cad", "crm"})                                 own agency's systems, no person
//   Rule::Systems({"console"}).WithPerson({"supervisor"})         a supervisor at the console
//   Rule::Gateways()                                              any agency's gateway
//   Rule::Core({"casemgr"}).Or(Rule::Operators())                 either
//
// Systems are those of the endpoint's own agency only: another agency's system never gets past the
// edge, it goes through its own gateway. Gateways are those of every agency of the trust domain;
// which of them may see what is the handler's decision (an agreement), from CallContext::system.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/rpc/identity.h"

namespace waymark::rpc {

class Rule {
 public:
  // `roles` and `services` must name at least one.
  static Rule Systems(std::set<std::string> roles);
  static Rule Gateways();
  static Rule Core(std::set<std::string> services);
  static Rule Operators();
  // Anyone with a valid certificate of the trust domain. For health only: it tells nothing of use.
  static Rule AnyPrincipal();

  // Also asks for a person of the endpoint's own agency with one of these roles. On a rule made by
  // Or it applies to every alternative so far.
  Rule WithPerson(std::set<std::string> person_roles) &&;
  Rule Or(Rule other) &&;

  // OK; PERMISSION_DENIED (wrong kind of caller, agency or role) or UNAUTHENTICATED (a person is
  // needed and there is none), each carrying a Problem. `own_agency` is "" for a core service.
  absl::Status Check(const Principal& caller, const std::optional<Person>& person,
                     const std::string& own_agency) const;

  // For people: "system cad|crm of the own agency, with person officer|supervisor".
  std::string Text() const;

 private:
  struct Alternative {
    bool any_kind = false;
    PrincipalKind kind = PrincipalKind::kSystem;
    std::set<std::string> roles;         // empty: every role of the kind
    std::set<std::string> person_roles;  // empty: no person needed
  };
  explicit Rule(Alternative alternative) { alternatives_.push_back(std::move(alternative)); }
  static std::string TextOf(const Alternative& alternative);

  std::vector<Alternative> alternatives_;
};

}  // namespace waymark::rpc
