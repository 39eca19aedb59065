// What the door asks of every request: all problems at once, in the order of the request's fields,
// each with a stable code. Pure. No problem ever holds what was in a field.
//
// Codes: missing_reference, invalid_reference, missing_field, impossible_date, future_dated,
// too_old, unknown_category, unknown_type, unknown_channel, too_many_parties, party_without_role,
// unknown_role, party_without_identifier, oversized_text, invalid_code, unknown_harm,
// unknown_pattern, unknown_matrix_item, unknown_matrix_option, missing_answer, too_many_answers,
// unknown_band, missing_reason, unknown_purpose,
// wrong_partnership, wrong_agency, too_many_entries, nothing_asked;
// and those of the identifiers: invalid_telephone, invalid_name, invalid_date_of_birth,
// invalid_uprn, invalid_postcode, invalid_house, invalid_email, invalid_lsoa.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/problem.h"
#include "libs/pack/pack.h"
#include "services/sharing/door/domain/incident.h"

namespace waymark::sharing::door {

enum class IdentifierKind {
  kTelephone,
  kName,
  kDateOfBirth,
  kUprn,
  kPostcode,
  kHouse,
  kEmail,
  kLsoa
};

// Answered by libs/identifiers in production.
class IdentifierCheck {
 public:
  virtual ~IdentifierCheck() = default;
  // nullopt when `raw`, which is not empty, has a normal form. `field` is its path.
  virtual std::optional<Problem> Check(IdentifierKind kind, std::string_view raw,
                                       std::string_view field) = 0;
};

struct CheckContext {
  const pack::Pack& pack;
  absl::Time now;
  IdentifierCheck& identifiers;
};

// Occurred after reported is taken as it stands: agencies do write it down so.
std::vector<Problem> CheckIncident(const GivenIncident& incident, const CheckContext& context);

// The matrix of a victim, by a person; every scored item is answered, "unknown" included.
struct GivenAssessment {
  std::string source_reference;
  Answers answers;
  std::optional<GivenJudgement> officer, supervisor;
  std::optional<GivenInstrument> instrument = {};  // instead of answers
};
std::vector<Problem> CheckAssessment(const GivenAssessment& assessment, const pack::Pack& pack,
                                     std::string_view agency);

struct GivenStock {
  std::vector<std::string> uprns, lsoas;
};
std::vector<Problem> CheckStock(const GivenStock& stock, const CheckContext& context);

struct GivenLookUp {
  GivenIdentity identity;
  std::string purpose, reason;
  std::string type = {};  // "" when the call handler does not know it yet
};
// `purposes`: those of the live agreements.
std::vector<Problem> CheckLookUp(const GivenLookUp& look_up,
                                 const std::vector<std::string>& purposes,
                                 const CheckContext& context);

// That the request names this membership's partnership and comes from its agency.
std::optional<Problem> CheckMembership(std::string_view partnership, std::string_view agency,
                                       std::string_view own_partnership,
                                       std::string_view own_agency);

}  // namespace waymark::sharing::door
