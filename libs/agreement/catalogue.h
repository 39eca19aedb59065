// The field catalogue: every field that one agency can disclose to another, by its stable name.
// A field that is not here cannot be shared, and a field that is here is withheld until a clause
// lists it. Names are never reused or renamed; a new field is appended (at most 64 in all, so that
// a set of fields is one machine word).
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/agreement/terms.h"

namespace waymark::agreement {

enum class Sensitivity : uint8_t {
  kDepersonalised,  // says nothing about an identifiable person; needs no lawful gateway
  kPersonal,
  kSpecialCategory,  // UK GDPR art. 9: needs a condition as well
  kCriminalOffence,  // UK GDPR art. 10: needs a condition as well
};

struct Field {
  std::string_view name;  // "person.safe_contact"
  DataCategory category;
  Sensitivity sensitivity;
  std::string_view meaning;  // one phrase for agreement authors and screens
};

// All fields; the position of a field is its id.
std::span<const Field> Catalogue();

// nullopt for a name that is not in the catalogue.
std::optional<int> FieldId(std::string_view name);

// A set of catalogue fields: bit n stands for field id n.
using FieldSet = uint64_t;

constexpr FieldSet Only(int field_id) { return FieldSet{1} << field_id; }
FieldSet FieldsOf(DataCategory category);
FieldSet FieldsOf(Sensitivity sensitivity);
// Names in catalogue order.
std::vector<std::string> FieldNames(FieldSet fields);

}  // namespace waymark::agreement
