#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/agreement/compiled.h"
#include "libs/base/text.h"

namespace waymark::agreement {
namespace {

class Validator {
 public:
  Validator(const Agreement& agreement, bool require_signatures)
      : agreement_(agreement), require_signatures_(require_signatures) {}

  std::vector<Problem> Run() {
    Heading();
    Parties();
    Purposes();
    Data();
    Gateways();
    Life();
    Signatures();
    std::set<std::string> ids;
    for (size_t i = 0; i < agreement_.clauses.size(); ++i) {
      const Clause& clause = agreement_.clauses[i];
      const std::string path = absl::StrCat("clauses[", i, "]");
      if (!ids.insert(clause.id).second) Duplicate(path + ".id");
      Check(clause, path);
    }
    if (agreement_.clauses.empty()) Missing("clauses", "at least one clause");
    return std::move(problems_);
  }

 private:
  void Refuse(std::string code, const std::string& path, std::string wanted, std::string remedy) {
    problems_.push_back({std::move(code),
                         absl::StrCat(agreement_.id, " ", agreement_.version, ": ", path),
                         std::move(wanted), std::move(remedy)});
  }
  void Missing(const std::string& path, std::string wanted) {
    Refuse("missing_value", path, std::move(wanted), "add it to the agreement");
  }
  void Duplicate(const std::string& path) {
    Refuse("duplicate", path, "a value that occurs once", "remove or rename one of the two");
  }
  void Contradiction(const std::string& path, std::string wanted) {
    Refuse("contradiction", path, std::move(wanted), "change one of the two places");
  }
  void Need(const std::string& value, const std::string& path) {
    if (value.empty()) Missing(path, "a text that is not empty");
  }

  void Heading() {
    Need(agreement_.id, "id");
    Need(agreement_.version, "version");
    Need(agreement_.title, "title");
    Need(agreement_.partnership, "partnership");
    Need(agreement_.renewed_by, "renewed_by");
    if (agreement_.subjects.empty()) Missing("subjects", "at least one subject category");
    for (size_t i = 0; i < agreement_.contacts.size(); ++i) {
      const std::string path = absl::StrCat("contacts[", i, "]");
      KnownParty(agreement_.contacts[i].party, path + ".party");
      Need(agreement_.contacts[i].role, path + ".role");
      Need(agreement_.contacts[i].address, path + ".address");
    }
  }

  void Parties() {
    if (agreement_.parties.size() < 2) Missing("parties", "at least two parties");
    std::set<std::string> ids;
    for (size_t i = 0; i < agreement_.parties.size(); ++i) {
      const Party& party = agreement_.parties[i];
      const std::string path = absl::StrCat("parties[", i, "]");
      Need(party.id, path + ".id");
      Need(party.name, path + ".name");
      if (!ids.insert(party.id).second) Duplicate(path + ".id");
      if (party.roles.empty()) Missing(path + ".roles", "at least one role or system");
      std::set<std::string> roles;
      for (size_t r = 0; r < party.roles.size(); ++r) {
        const std::string role_path = absl::StrCat(path, ".roles[", r, "]");
        Need(party.roles[r].id, role_path);
        if (!roles.insert(party.roles[r].id).second) Duplicate(role_path);
      }
    }
  }

  void Purposes() {
    if (agreement_.purposes.empty()) Missing("purposes", "at least one purpose");
    std::set<std::string> ids;
    for (size_t i = 0; i < agreement_.purposes.size(); ++i) {
      const std::string path = absl::StrCat("purposes[", i, "]");
      Need(agreement_.purposes[i].id, path + ".id");
      Need(agreement_.purposes[i].words, path + ".words");
      if (!ids.insert(agreement_.purposes[i].id).second) Duplicate(path + ".id");
    }
  }

  void Data() {
    if (agreement_.data.empty()) Missing("data", "at least one data category with its fields");
    for (size_t i = 0; i < agreement_.data.size(); ++i) {
      const DataGroup& group = agreement_.data[i];
      const std::string path = absl::StrCat("data[", i, "]");
      if (group.fields.empty()) Missing(path + ".fields", "at least one field");
      if (group.retain_days_max <= 0) Missing(path + ".retain_days_max", "a number of days over 0");
      for (size_t f = 0; f < group.fields.size(); ++f) {
        const std::string field_path = absl::StrCat(path, ".fields[", f, "]");
        const auto id = FieldId(group.fields[f]);
        if (!id) {
          UnknownField(field_path);
        } else if ((FieldsOf(group.category) & Only(*id)) == 0) {
          Contradiction(field_path, absl::StrCat("a field of the data category ",
                                                 ToAbsl(Name(group.category))));
        } else if ((listed_ & Only(*id)) != 0) {
          Duplicate(field_path);
        } else {
          listed_ |= Only(*id);
        }
      }
    }
  }

  void Gateways() {
    if (agreement_.gateways.empty()) Missing("gateways", "at least one lawful gateway");
    for (size_t i = 0; i < agreement_.gateways.size(); ++i) {
      const Gateway gateway = agreement_.gateways[i];
      const std::string path = absl::StrCat("gateways[", i, "]");
      if (gateways_ & Bit(gateway)) Duplicate(path);
      gateways_ |= Bit(gateway);
      if (agreement_.kind == AgreementKind::kBaseline && !IsProtective(gateway) &&
          gateway != Gateway::kLegalObligation) {
        Contradiction(path, "in a baseline, vital interests, safeguarding or a legal obligation");
      }
      const bool decided =
          std::any_of(agreement_.deciders.begin(), agreement_.deciders.end(),
                      [&](const Decider& d) { return d.gateway == gateway && !d.role.empty(); });
      if (!decided && gateway != Gateway::kNotPersonal) {
        Missing("deciders", absl::StrCat("a role that decides on ", ToAbsl(Name(gateway))));
      }
    }
    for (size_t i = 0; i < agreement_.deciders.size(); ++i) {
      if ((gateways_ & Bit(agreement_.deciders[i].gateway)) == 0) {
        NotInAgreement("gateway", absl::StrCat("deciders[", i, "].gateway"));
      }
      OverrideRoles(agreement_.deciders[i], absl::StrCat("deciders[", i, "].override_roles"));
    }
    for (const Condition condition : agreement_.conditions) conditions_ |= Bit(condition);
  }

  void OverrideRoles(const Decider& decider, const std::string& path) {
    if (decider.gateway == Gateway::kConsent && !decider.override_roles.empty()) {
      Contradiction(path, "nobody: only the person concerned decides on their consent");
    }
    for (size_t i = 0; i < decider.override_roles.size(); ++i) {
      const auto has = [&](const Party& party) {
        return std::any_of(party.roles.begin(), party.roles.end(), [&](const Role& role) {
          return !role.is_system && role.id == decider.override_roles[i];
        });
      };
      if (std::any_of(agreement_.parties.begin(), agreement_.parties.end(), has)) continue;
      Refuse("unknown_role", absl::StrCat(path, "[", i, "]"),
             "a role of people that some party declares", "declare the role or name another");
    }
  }

  void Life() {
    if (agreement_.valid_from == absl::InfiniteFuture()) Missing("valid_from", "an instant");
    if (agreement_.review_at == absl::InfiniteFuture()) Missing("review_at", "an instant");
    if (agreement_.review_at <= agreement_.valid_from) {
      Contradiction("review_at", "an instant after valid_from");
    }
    if (agreement_.kind == AgreementKind::kBaseline) {
      if (agreement_.expires) {
        Contradiction("expires", "no expiry: a baseline holds until a newer one supersedes it");
      }
    } else if (!agreement_.expires) {
      Missing("expires", "an instant after which nothing rests on the agreement");
    } else if (*agreement_.expires <= agreement_.valid_from) {
      Contradiction("expires", "an instant after valid_from");
    }
  }

  void Signatures() {
    for (size_t i = 0; i < agreement_.signatories.size(); ++i) {
      const std::string path = absl::StrCat("signatories[", i, "]");
      KnownParty(agreement_.signatories[i].party, path + ".party");
      Need(agreement_.signatories[i].role, path + ".role");
    }
    for (const Party& party : agreement_.parties) {
      const auto signatories =
          std::count_if(agreement_.signatories.begin(), agreement_.signatories.end(),
                        [&](const Signatory& s) { return s.party == party.id; });
      if (signatories != 1) {
        Missing("signatories", absl::StrCat("exactly one signatory of ", party.id));
      }
      if (require_signatures_ && !Holds(agreement_.signed_by, party.id)) {
        Refuse("not_signed", "signed_by",
               absl::StrCat("a signature of ", party.id, " that verifies over these exact bytes"),
               "have the party sign the file, or load the file that was signed");
      }
    }
  }

  static bool Holds(const std::vector<std::string>& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  const Party* FindParty(const std::string& id) const {
    for (const Party& party : agreement_.parties) {
      if (party.id == id) return &party;
    }
    return nullptr;
  }
  void KnownParty(const std::string& id, const std::string& path) {
    if (FindParty(id) == nullptr) {
      Refuse("unknown_party", path, "the id of a party of this agreement",
             "correct the id or add the party");
    }
  }
  void UnknownField(const std::string& path) {
    Refuse("unknown_field", path, "the name of a field in the field catalogue",
           "correct the name; a field that the catalogue lacks cannot be shared");
  }
  void NotInAgreement(const std::string& what, const std::string& path) {
    Refuse(what + "_not_in_agreement", path,
           absl::StrCat("a ", what, " that this agreement declares"),
           "declare it in the agreement or take it out of the clause");
  }

  void Check(const Clause& clause, const std::string& path) {
    Need(clause.id, path + ".id");
    Need(clause.words, path + ".words");
    CheckParties(clause.from, path + ".from");
    CheckParties(clause.to, path + ".to");
    CheckRoles(clause, path);
    if (clause.purposes.empty()) Missing(path + ".purposes", "at least one purpose");
    for (size_t i = 0; i < clause.purposes.size(); ++i) {
      if (FindPurpose(clause.purposes[i]) == nullptr) {
        Refuse("unknown_purpose", absl::StrCat(path, ".purposes[", i, "]"),
               "a purpose that this agreement declares", "correct the id or declare the purpose");
      }
    }
    if (clause.subjects.empty()) Missing(path + ".subjects", "at least one subject category");
    for (const SubjectCategory subject : clause.subjects) {
      if (std::find(agreement_.subjects.begin(), agreement_.subjects.end(), subject) ==
          agreement_.subjects.end()) {
        NotInAgreement("subject", path + ".subjects");
      }
    }
    if (clause.asks.empty()) Missing(path + ".asks", "at least one kind of ask");
    const FieldSet fields = CheckFields(clause, path);
    if (clause.effect == ClauseEffect::kPermit) {
      CheckPermit(clause, path, fields);
    } else if (!clause.obligations.empty() || !clause.conditions.empty() || clause.needs_override) {
      Contradiction(path, "a forbid without obligations, conditions or an override");
    }
  }

  void CheckParties(const std::vector<std::string>& parties, const std::string& path) {
    if (parties.empty()) Missing(path, "at least one party");
    for (size_t i = 0; i < parties.size(); ++i) {
      KnownParty(parties[i], absl::StrCat(path, "[", i, "]"));
    }
  }

  void CheckRoles(const Clause& clause, const std::string& path) {
    for (size_t i = 0; i < clause.to_roles.size(); ++i) {
      const bool declared = std::any_of(clause.to.begin(), clause.to.end(), [&](const auto& id) {
        const Party* party = FindParty(id);
        return party != nullptr &&
               std::any_of(party->roles.begin(), party->roles.end(),
                           [&](const Role& role) { return role.id == clause.to_roles[i]; });
      });
      if (!declared) {
        Refuse("unknown_role", absl::StrCat(path, ".to_roles[", i, "]"),
               "a role that one of the receiving parties declares",
               "correct the id or declare the role");
      }
    }
  }

  const Purpose* FindPurpose(const std::string& id) const {
    for (const Purpose& purpose : agreement_.purposes) {
      if (purpose.id == id) return &purpose;
    }
    return nullptr;
  }

  FieldSet CheckFields(const Clause& clause, const std::string& path) {
    FieldSet fields = 0;
    for (size_t i = 0; i < clause.fields.size(); ++i) {
      const std::string field_path = absl::StrCat(path, ".fields[", i, "]");
      const auto id = FieldId(clause.fields[i]);
      if (!id) {
        UnknownField(field_path);
        continue;
      }
      if (clause.effect == ClauseEffect::kPermit && (listed_ & Only(*id)) == 0) {
        NotInAgreement("field", field_path);
      }
      if (fields & Only(*id)) Duplicate(field_path);
      fields |= Only(*id);
    }
    return fields;
  }

  void CheckPermit(const Clause& clause, const std::string& path, FieldSet fields) {
    if (clause.fields.empty()) Missing(path + ".fields", "the fields it releases, by name");
    if (!clause.categories.empty()) {
      Contradiction(path + ".categories",
                    "field names: a permit never covers fields that are not listed yet");
    }
    if (clause.gateways.empty()) Missing(path + ".gateways", "at least one lawful gateway");
    for (size_t i = 0; i < clause.gateways.size(); ++i) {
      const std::string gateway_path = absl::StrCat(path, ".gateways[", i, "]");
      if ((gateways_ & Bit(clause.gateways[i])) == 0) NotInAgreement("gateway", gateway_path);
      CheckGateway(clause, clause.gateways[i], gateway_path, fields);
    }
    CheckConditions(clause, path, fields);
    CheckPush(clause, path);
    CheckRegime(clause, path);
    for (size_t i = 0; i < clause.obligations.size(); ++i) {
      if (clause.obligations[i] == Obligation::kRetainAtMost ||
          clause.obligations[i] == Obligation::kSecondPersonReview ||
          clause.obligations[i] == Obligation::kListForDataProtectionLead) {
        Contradiction(absl::StrCat(path, ".obligations[", i, "]"),
                      "an obligation that is not added by itself (retention and review are)");
      }
    }
  }

  void CheckGateway(const Clause& clause, Gateway gateway, const std::string& path,
                    FieldSet fields) {
    const auto all = [&](const std::vector<std::string>& ids, bool Party::*flag, bool wanted) {
      return std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
        const Party* party = FindParty(id);
        return party == nullptr || party->*flag == wanted;
      });
    };
    if (gateway == Gateway::kConsent && clause.needs_override) {
      Contradiction(path, "no consent where an override is needed: an override replaces consent");
    }
    if (gateway == Gateway::kRecognisedLegitimateInterest &&
        !(all(clause.from, &Party::public_authority, false) &&
          all(clause.to, &Party::public_authority, true))) {
      Contradiction(path, "origins that are not public authorities and recipients that are");
    }
    if (gateway == Gateway::kLawEnforcement &&
        !std::all_of(clause.purposes.begin(), clause.purposes.end(), [&](const auto& id) {
          const Purpose* purpose = FindPurpose(id);
          return purpose == nullptr || purpose->regime == Regime::kDpaPart3;
        })) {
      Contradiction(path, "purposes under DPA 2018 Part 3 only");
    }
    if (gateway == Gateway::kNotPersonal) {
      if ((fields & ~FieldsOf(Sensitivity::kDepersonalised)) != 0) {
        Contradiction(path, "depersonalised fields only");
      }
      if (std::find(clause.asks.begin(), clause.asks.end(), Ask::kLookUp) != clause.asks.end()) {
        Contradiction(path, "no look-ups: who looks a person up knows who the answer is about");
      }
    }
  }

  void CheckConditions(const Clause& clause, const std::string& path, FieldSet fields) {
    const FieldSet sensitive =
        FieldsOf(Sensitivity::kSpecialCategory) | FieldsOf(Sensitivity::kCriminalOffence);
    if ((fields & sensitive) != 0 && clause.conditions.empty()) {
      Refuse("condition_missing", path + ".conditions",
             "a condition for the special-category or offence fields it lists",
             "name the condition or take those fields out");
    }
    for (size_t i = 0; i < clause.conditions.size(); ++i) {
      const std::string condition_path = absl::StrCat(path, ".conditions[", i, "]");
      if ((conditions_ & Bit(clause.conditions[i])) == 0) {
        NotInAgreement("condition", condition_path);
      }
      if (clause.conditions[i] == Condition::kExplicitConsent &&
          !(clause.gateways.size() == 1 && clause.gateways[0] == Gateway::kConsent)) {
        Contradiction(condition_path, "consent as the clause's only gateway");
      }
    }
  }

  void CheckPush(const Clause& clause, const std::string& path) {
    const bool push =
        std::find(clause.asks.begin(), clause.asks.end(), Ask::kPush) != clause.asks.end();
    if (push && std::none_of(clause.gateways.begin(), clause.gateways.end(), IsProtective)) {
      Contradiction(path + ".asks", "push only with safeguarding or vital interests");
    }
  }

  void CheckRegime(const Clause& clause, const std::string& path) {
    for (size_t i = 0; i < clause.purposes.size(); ++i) {
      const Purpose* purpose = FindPurpose(clause.purposes[i]);
      if (purpose == nullptr || purpose->regime != Regime::kDpaPart3) continue;
      const auto competent = [&](const std::string& id) {
        const Party* party = FindParty(id);
        return party == nullptr || party->competent_authority;
      };
      if (!std::all_of(clause.from.begin(), clause.from.end(), competent) ||
          !std::all_of(clause.to.begin(), clause.to.end(), competent)) {
        Contradiction(absl::StrCat(path, ".purposes[", i, "]"),
                      "competent authorities on both sides of a purpose under DPA 2018 Part 3");
      }
    }
  }

  const Agreement& agreement_;
  const bool require_signatures_;
  std::vector<Problem> problems_;
  FieldSet listed_ = 0;
  uint32_t gateways_ = 0;
  uint32_t conditions_ = 0;
};

}  // namespace

std::vector<Problem> Validate(const Agreement& agreement, bool require_signatures) {
  return Validator(agreement, require_signatures).Run();
}

}  // namespace waymark::agreement
