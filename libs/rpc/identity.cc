#include "libs/rpc/identity.h"

#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "libs/rpc/errors.h"

namespace waymark::rpc {
namespace {

constexpr std::string_view kScheme = "spiffe://";

bool IsPart(std::string_view part, bool dots) {
  if (part.empty() || part.size() > 63) return false;
  for (char c : part) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (dots && c == '.');
    if (!fine) return false;
  }
  return true;
}

absl::Status NotAPrincipal() {
  return ProblemStatus(
      absl::StatusCode::kUnauthenticated,
      {{"certificate_identity", "",
        "a client certificate with exactly one URI: spiffe://DOMAIN/agency/AGENCY/system/ROLE, "
        ".../agency/AGENCY/gateway, .../core/SERVICE or .../operator/NAME",
        "have a certificate issued for this system and connect with it"}});
}

}  // namespace

std::string Principal::Text() const {
  std::string base = absl::StrCat(ToAbsl(kScheme), trust_domain);
  switch (kind) {
    case PrincipalKind::kSystem:
      return absl::StrCat(base, "/agency/", agency, "/system/", role);
    case PrincipalKind::kGateway:
      return absl::StrCat(base, "/agency/", agency, "/gateway");
    case PrincipalKind::kCore:
      return absl::StrCat(base, "/core/", role);
    case PrincipalKind::kOperator:
      return absl::StrCat(base, "/operator/", role);
  }
  return base;
}

Principal Principal::System(std::string trust_domain, std::string agency, std::string role) {
  return {std::move(trust_domain), PrincipalKind::kSystem, std::move(agency), std::move(role)};
}

Principal Principal::Gateway(std::string trust_domain, std::string agency) {
  return {std::move(trust_domain), PrincipalKind::kGateway, std::move(agency), ""};
}

Principal Principal::Core(std::string trust_domain, std::string service) {
  return {std::move(trust_domain), PrincipalKind::kCore, "", std::move(service)};
}

Principal Principal::Operator(std::string trust_domain, std::string name) {
  return {std::move(trust_domain), PrincipalKind::kOperator, "", std::move(name)};
}

absl::StatusOr<Principal> ParsePrincipal(std::string_view spiffe_uri) {
  if (!spiffe_uri.starts_with(kScheme)) return NotAPrincipal();
  std::vector<std::string> parts = absl::StrSplit(ToAbsl(spiffe_uri.substr(kScheme.size())), '/');
  if (!IsPart(parts[0], /*dots=*/true)) return NotAPrincipal();
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!IsPart(parts[i], /*dots=*/false)) return NotAPrincipal();
  }
  if (parts.size() == 5 && parts[1] == "agency" && parts[3] == "system") {
    return Principal::System(parts[0], parts[2], parts[4]);
  }
  if (parts.size() == 4 && parts[1] == "agency" && parts[3] == "gateway") {
    return Principal::Gateway(parts[0], parts[2]);
  }
  if (parts.size() == 3 && parts[1] == "core") return Principal::Core(parts[0], parts[2]);
  if (parts.size() == 3 && parts[1] == "operator") return Principal::Operator(parts[0], parts[2]);
  return NotAPrincipal();
}

}  // namespace waymark::rpc
