// What Compile() makes and Decide() walks: every word of an agreement as a bit. Internal to this
// library. Immutable once built; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/agreement/catalogue.h"
#include "libs/agreement/model.h"
#include "libs/base/problem.h"

namespace waymark::agreement {

template <typename Term>
constexpr uint32_t Bit(Term term) {
  return uint32_t{1} << static_cast<uint32_t>(term);
}

// A clause as seen between one origin and one recipient.
struct CompiledClause {
  int agreement = 0;
  int clause = 0;
  uint64_t roles = 0;
  uint64_t purposes = 0;
  FieldSet fields = 0;
  uint32_t subjects = 0;
  uint32_t asks = 0;
  uint32_t gateways = 0;
  std::optional<Band> band_at_least;
  bool needs_interest = false;
  bool needs_override = false;
};

struct Pair {
  std::vector<int> agreements;  // that hold both agencies, in order
  std::vector<CompiledClause> permits;
  std::vector<CompiledClause> forbids;
};

struct Partnership {
  absl::flat_hash_map<std::string, int> agencies;
  absl::flat_hash_map<std::string, int> roles;     // at most 64
  absl::flat_hash_map<std::string, int> purposes;  // at most 64
  std::vector<Pair> pairs;                         // [origin * agencies.size() + recipient]
  std::vector<int> agreements;
};

struct CompiledAgreements {
  std::vector<Agreement> agreements;
  std::vector<std::vector<std::string>> labels;  // [agreement][clause]: "fenland-isa 1 clause 2"
  absl::flat_hash_map<std::string, Partnership> partnerships;
  FieldSet look_up_fields = 0;  // that some clause releases in answer to a look-up; never empty
};

// Every fault of `agreement` by itself, with its path.
std::vector<Problem> Validate(const Agreement& agreement, bool require_signatures);

}  // namespace waymark::agreement
