#include "libs/agreement/catalogue.h"

#include <array>

#include "absl/container/flat_hash_map.h"
#include "libs/base/text.h"

namespace waymark::agreement {
namespace {

using enum DataCategory;
using enum Sensitivity;

constexpr std::array kCatalogue = {
    Field{"person.name", kIdentity, kPersonal, "full name"},
    Field{"person.date_of_birth", kIdentity, kPersonal, "date of birth"},
    Field{"person.role", kIdentity, kPersonal, "caller, victim, perpetrator or witness"},
    Field{"person.telephone", kContact, kPersonal, "telephone number"},
    Field{"person.email", kContact, kPersonal, "e-mail address"},
    Field{"person.address", kContact, kPersonal, "home address with UPRN"},
    Field{"person.safe_contact", kContact, kPersonal, "how and when it is safe to make contact"},
    Field{"person.contact_preferences", kContact, kPersonal, "preferred means and times"},
    Field{"person.language", kContact, kPersonal, "language and interpreter needed"},
    Field{"person.vulnerability", kHealth, kSpecialCategory, "vulnerability, with its reason"},
    Field{"person.support_needs", kHealth, kSpecialCategory, "health and support needs"},
    Field{"person.fire_risk", kHealth, kSpecialCategory, "what raises the risk from fire at home"},
    Field{"person.protected_characteristics", kEquality, kSpecialCategory,
          "faith, ethnicity, sexuality, disability and the like"},
    Field{"incident.reference", kIncident, kPersonal, "the reporting agency's reference"},
    Field{"incident.summary", kIncident, kPersonal, "what happened, in words"},
    Field{"incident.category", kIncident, kDepersonalised, "personal, nuisance or environmental"},
    Field{"incident.type", kIncident, kPersonal, "kind of anti-social behaviour"},
    Field{"incident.occurred_at", kIncident, kPersonal, "when it happened"},
    Field{"incident.channel", kIncident, kPersonal, "how it was reported"},
    Field{"incident.agency", kIncident, kPersonal, "which agency took the report"},
    Field{"incident.area", kIncident, kDepersonalised, "outward postcode or LSOA"},
    Field{"incident.location", kIncident, kPersonal, "exact place"},
    Field{"incident.action_taken", kIncident, kPersonal, "what was done about it"},
    Field{"incident.hate_motivation", kEquality, kSpecialCategory,
          "perceived motive against a protected characteristic"},
    Field{"risk.band", kRisk, kDepersonalised, "STANDARD, MEDIUM or HIGH"},
    Field{"risk.reasons", kRisk, kPersonal, "what led to the band, coded"},
    Field{"risk.score", kRisk, kPersonal, "points, best and worst case"},
    Field{"risk.answers", kRisk, kSpecialCategory, "each answer of the matrix"},
    Field{"case.id", kCase, kPersonal, "number of the case"},
    Field{"case.status", kCase, kPersonal, "open, closed, reviewed"},
    Field{"case.lead_agency", kCase, kDepersonalised, "which agency leads"},
    Field{"case.lead_contact", kCase, kDepersonalised, "the lead agency's desk"},
    Field{"case.agencies", kCase, kPersonal, "agencies involved"},
    Field{"case.plan", kCase, kPersonal, "actions to be taken"},
    Field{"case.profile", kCase, kPersonal, "who is at risk, of what, with which support"},
    Field{"case.conference", kCase, kPersonal, "conference date, parties and decisions"},
    Field{"history.count", kHistory, kPersonal, "number of earlier reports"},
    Field{"history.items", kHistory, kPersonal, "earlier reports one by one"},
    Field{"history.repeat", kHistory, kPersonal, "which repeat rule fired"},
    Field{"marker.kind", kMarker, kPersonal, "kind of warning"},
    Field{"marker.reason", kMarker, kPersonal, "why the warning was set"},
    Field{"marker.source", kMarker, kPersonal, "which agency set it, and until when"},
    Field{"safeguarding.concern", kSafeguarding, kSpecialCategory, "the concern, in words"},
    Field{"safeguarding.referral", kSafeguarding, kSpecialCategory, "referral made and its state"},
    Field{"offending.history", kOffending, kCriminalOffence, "earlier offences"},
    Field{"offending.orders", kOffending, kCriminalOffence, "injunctions and orders in force"},
    Field{"offending.warnings", kOffending, kPersonal, "warning letters and agreements"},
};
static_assert(kCatalogue.size() <= 64, "a FieldSet holds 64 fields");

template <size_t N, typename Key>
constexpr std::array<FieldSet, N> GroupBy(Key Field::*key) {
  std::array<FieldSet, N> groups{};
  for (size_t id = 0; id < kCatalogue.size(); ++id) {
    groups[static_cast<size_t>(kCatalogue[id].*key)] |= Only(static_cast<int>(id));
  }
  return groups;
}
constexpr auto kByCategory = GroupBy<kAllDataCategories.size()>(&Field::category);
constexpr auto kBySensitivity = GroupBy<4>(&Field::sensitivity);

}  // namespace

std::span<const Field> Catalogue() { return kCatalogue; }

std::optional<int> FieldId(std::string_view name) {
  static const auto& ids = *[] {
    auto* map = new absl::flat_hash_map<std::string_view, int>();
    for (size_t id = 0; id < kCatalogue.size(); ++id) map->emplace(kCatalogue[id].name, id);
    return map;
  }();
  const auto found = ids.find(name);
  if (found == ids.end()) return std::nullopt;
  return found->second;
}

FieldSet FieldsOf(DataCategory category) { return kByCategory[static_cast<size_t>(category)]; }

FieldSet FieldsOf(Sensitivity sensitivity) {
  return kBySensitivity[static_cast<size_t>(sensitivity)];
}

std::vector<std::string> FieldNames(FieldSet fields) {
  std::vector<std::string> names;
  for (; fields != 0; fields &= fields - 1) {
    names.emplace_back(kCatalogue[static_cast<size_t>(__builtin_ctzll(fields))].name);
  }
  return names;
}

}  // namespace waymark::agreement
