// A signed information sharing agreement, and the statutory baseline beneath all agreements, as
// plain values. Read from files by libs/config/agreement_loader.h; checked and made executable by
// Compile() in libs/agreement/evaluator.h. Nothing here is checked yet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/terms.h"

namespace waymark::agreement {

enum class AgreementKind {
  kPartnership,  // an ordinary agreement: lapses, can be suspended and superseded
  // What the law requires whatever has lapsed: its permits rest only on vital interests,
  // safeguarding or a legal obligation; it has no expiry; only its own forbids bind it.
  kBaseline,
};

// A role of a person or the name of a system inside a party.
struct Role {
  std::string id;  // "case_officer"; unique within the party
  bool is_system = false;
};

struct Party {
  std::string id;    // the agency: "housing"
  std::string name;  // "Roddons Housing Association"
  bool public_authority = false;
  bool competent_authority = false;  // for DPA 2018 Part 3
  std::vector<Role> roles;
};

struct Purpose {
  std::string id;     // "support_victim"
  std::string words;  // what it means, for people
  Regime regime = Regime::kUkGdpr;
};

// The agreement's outer allow-list: no clause can release a field that is not here.
struct DataGroup {
  DataCategory category = DataCategory::kIdentity;
  std::vector<std::string> fields;
  int retain_days_max = 0;  // how long a recipient may keep it after its case has closed; > 0
};

enum class ClauseEffect { kPermit, kForbid };

// One rule. A clause applies when every list holds the request's value and every condition holds.
// An attribute that a condition needs and the request lacks: a permit does not apply, a forbid
// does.
struct Clause {
  std::string id;     // "5.2"; unique within the agreement
  std::string words;  // the clause as people read it
  ClauseEffect effect = ClauseEffect::kPermit;
  std::vector<std::string> from;      // parties
  std::vector<std::string> to;        // parties
  std::vector<std::string> to_roles;  // roles of recipients; empty: every declared role
  std::vector<std::string> purposes;
  std::vector<SubjectCategory> subjects;
  std::vector<Ask> asks;
  // Permit: the allow-list, by name; must not be empty. Forbid: the fields withheld; empty together
  // with `categories`: the whole request is refused.
  std::vector<std::string> fields;
  std::vector<DataCategory> categories;  // forbid only
  // Permit: the lawful gateways that may carry it, at least one. Forbid: those it closes; empty:
  // all.
  std::vector<Gateway> gateways;
  std::vector<Condition> conditions;  // for special-category and offence fields
  std::optional<Band> band_at_least;
  bool needs_interest = true;   // need to know: permit only
  bool needs_override = false;  // permit only: a named decision-maker and a reason
  std::vector<Obligation> obligations;
};

// Who may decide when a gateway is not open: "designated safeguarding lead of the origin".
struct Decider {
  Gateway gateway = Gateway::kConsent;
  std::string role;
  // Roles of people of the origin, as the parties declare them, who may decide on this gateway
  // against or without consent. Empty: nobody may.
  std::vector<std::string> override_roles = {};
};

struct Contact {
  std::string party;
  std::string role;     // "data protection lead"
  std::string address;  // a work address, never a private person's
};

// Who binds the party. Keys are not named here: they come from the key directory, and rotate.
struct Signatory {
  std::string party;
  std::string role;  // "Chief Executive"
};

struct Agreement {
  std::string id;       // "fenland-isa"
  std::string version;  // "1.0"
  std::string title;
  std::string partnership;  // "fenland"
  AgreementKind kind = AgreementKind::kPartnership;
  std::vector<Party> parties;
  std::vector<Purpose> purposes;
  std::vector<SubjectCategory> subjects;
  std::vector<DataGroup> data;
  std::vector<Gateway> gateways;
  std::vector<Condition> conditions;
  std::vector<Clause> clauses;
  std::vector<std::string> consent_forms;  // accepted form versions; empty: any
  std::vector<Decider> deciders;           // one for each of `gateways` but not_personal
  std::string renewed_by;                  // the role that renews, lifts or amends the agreement
  std::vector<Contact> contacts;
  std::vector<Signatory> signatories;  // one for each party
  absl::Time valid_from = absl::InfiniteFuture();
  absl::Time review_at = absl::InfiniteFuture();
  std::optional<absl::Time> expires;  // an ordinary agreement must have one
  bool suspended = false;
  std::string superseded_by;  // "fenland-isa 2.0"; "" while current

  // Filled in by whoever loaded and verified the file.
  std::string digest;                  // SHA-256 of the exact bytes, hexadecimal
  std::vector<std::string> signed_by;  // parties whose signature over those bytes was verified
};

}  // namespace waymark::agreement
