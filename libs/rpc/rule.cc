#include "libs/rpc/rule.h"

#include "absl/strings/str_join.h"
#include "libs/base/check.h"
#include "libs/rpc/errors.h"

namespace waymark::rpc {
namespace {

absl::Status Refused(absl::StatusCode code, std::string problem, const std::string& wanted,
                     std::string remedy) {
  return ProblemStatus(code, {{std::move(problem), "", wanted, std::move(remedy)}});
}

}  // namespace

Rule Rule::Systems(std::set<std::string> roles) {
  WM_CHECK(!roles.empty(), "a rule names the roles it permits");
  Alternative alternative;
  alternative.kind = PrincipalKind::kSystem;
  alternative.roles = std::move(roles);
  return Rule(std::move(alternative));
}

Rule Rule::Gateways() {
  Alternative alternative;
  alternative.kind = PrincipalKind::kGateway;
  return Rule(std::move(alternative));
}

Rule Rule::Core(std::set<std::string> services) {
  WM_CHECK(!services.empty(), "a rule names the services it permits");
  Alternative alternative;
  alternative.kind = PrincipalKind::kCore;
  alternative.roles = std::move(services);
  return Rule(std::move(alternative));
}

Rule Rule::Operators() {
  Alternative alternative;
  alternative.kind = PrincipalKind::kOperator;
  return Rule(std::move(alternative));
}

Rule Rule::AnyPrincipal() {
  Alternative alternative;
  alternative.any_kind = true;
  return Rule(std::move(alternative));
}

Rule Rule::WithPerson(std::set<std::string> person_roles) && {
  WM_CHECK(!person_roles.empty(), "a rule names the roles of the people it permits");
  for (Alternative& alternative : alternatives_) alternative.person_roles = person_roles;
  return std::move(*this);
}

Rule Rule::Or(Rule other) && {
  for (Alternative& alternative : other.alternatives_) {
    alternatives_.push_back(std::move(alternative));
  }
  return std::move(*this);
}

absl::Status Rule::Check(const Principal& caller, const std::optional<Person>& person,
                         const std::string& own_agency) const {
  bool caller_fits = false;
  bool person_missing = false;
  for (const Alternative& alternative : alternatives_) {
    if (!alternative.any_kind) {
      if (alternative.kind != caller.kind) continue;
      if (!alternative.roles.empty() && !alternative.roles.contains(caller.role)) continue;
      if (caller.kind == PrincipalKind::kSystem && caller.agency != own_agency) continue;
    }
    caller_fits = true;
    if (alternative.person_roles.empty()) return absl::OkStatus();
    if (!person) {
      person_missing = true;
    } else if (person->agency == own_agency && alternative.person_roles.contains(person->role)) {
      return absl::OkStatus();
    }
  }
  if (!caller_fits) {
    return Refused(absl::StatusCode::kPermissionDenied, "caller_not_permitted", Text(),
                   "call from a system that is permitted, or ask the endpoint's operator");
  }
  if (person_missing) {
    return Refused(absl::StatusCode::kUnauthenticated, "person_required", Text(),
                   "send the person's token as 'authorization: Bearer TOKEN'");
  }
  return Refused(absl::StatusCode::kPermissionDenied, "person_not_permitted", Text(),
                 "have a person with a permitted role of this agency act");
}

std::string Rule::TextOf(const Alternative& alternative) {
  std::string text = "any certificate of the trust domain";
  std::string roles = absl::StrJoin(alternative.roles, "|");
  if (!alternative.any_kind) {
    switch (alternative.kind) {
      case PrincipalKind::kSystem:
        text = absl::StrCat("system ", roles, " of the own agency");
        break;
      case PrincipalKind::kGateway:
        text = "a gateway";
        break;
      case PrincipalKind::kCore:
        text = absl::StrCat("core service ", roles);
        break;
      case PrincipalKind::kOperator:
        text = "an operator";
        break;
    }
  }
  if (alternative.person_roles.empty()) return text;
  return absl::StrCat(text, " with person ", absl::StrJoin(alternative.person_roles, "|"));
}

std::string Rule::Text() const {
  std::vector<std::string> texts;
  for (const Alternative& alternative : alternatives_) texts.push_back(TextOf(alternative));
  return absl::StrJoin(texts, ", or ");
}

}  // namespace waymark::rpc
