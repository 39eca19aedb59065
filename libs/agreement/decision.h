// The question "may this agency disclose these fields about this subject to that agency?" and its
// answer. Plain values without identity: a subject is never named here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/agreement/terms.h"

namespace waymark::agreement {

struct ConsentFacts {
  std::string receipt_id;             // "" is no consent: what cannot be shown was not given
  std::vector<std::string> agencies;  // recipients in scope
  std::vector<DataCategory> categories;
  std::vector<std::string> purposes;
  std::string form_version;
  absl::Time given = absl::InfiniteFuture();
  absl::Time expires = absl::InfinitePast();  // first instant at which it no longer holds
  bool withdrawn = false;
};

// Sharing against or without consent. Both are required; one without the other counts as none.
struct OverrideFacts {
  std::string decision_maker;  // principal of the named person, not a display name
  std::string reason;
};

// Attributes are optional where they can be unknown; an unknown one never helps a permit.
struct Request {
  std::string partnership;
  std::string origin;          // agency that holds the data
  std::string recipient;       // agency that would receive it
  std::string recipient_role;  // of the person, or the name of the system
  std::string purpose;
  std::optional<SubjectCategory> subject;
  std::vector<std::string> fields;  // asked for; unknown names are withheld, repeats count once
  std::optional<Ask> ask;

  std::optional<Band> band;
  std::optional<bool> recipient_has_interest;
  std::optional<bool> child_at_risk;
  std::optional<bool> adult_at_risk;
  std::optional<bool> vital_interests;
  std::optional<bool> public_body_request;  // the recipient asked in writing, as a public body
  std::string legal_obligation;             // reference of the duty relied on; "" if none

  std::optional<ConsentFacts> consent;
  std::optional<OverrideFacts> override_facts;

  // Rely on this gateway and no other: a fetch says what its notice rested on.
  std::optional<Gateway> only_gateway;
};

// Why something was not released. Names are stable.
enum class Missing : uint8_t {
  kNone,
  kOwnData,      // origin and recipient are one agency: no disclosure takes place
  kNoAgreement,  // no agreement holds both agencies in this partnership
  kAgreementNotYetValid,
  kAgreementExpired,
  kAgreementSuspended,
  kAgreementSuperseded,
  kPurposeNotCovered,
  kSubjectNotCovered,
  kRoleNotCovered,
  kAskNotCovered,
  kFieldNotListed,     // no clause that covers the rest of the request lists the field
  kFieldUnknown,       // the catalogue has no such field
  kForbidden,          // a forbid clause applies
  kOtherGatewayAsked,  // the request named one gateway; the clause has others
  kInterest,           // the recipient has no interest in this subject or place
  kBand,               // band unknown or below the clause's floor
  kConsent,
  kConsentNotYet,
  kConsentExpired,
  kConsentWithdrawn,
  kConsentForm,    // given on a form the agreement does not accept
  kConsentAgency,  // the recipient is outside its scope
  kConsentPurpose,
  kConsentCategory,  // the field's data category is outside its scope
  kOverride,         // the clause needs a decision-maker's override
  kOverrideReason,   // an override was claimed without a reason
  kOverrideDecisionMaker,
  kChildAtRisk,
  kAdultAtRisk,
  kVitalInterests,
  kLegalObligation,
  kPublicBodyRequest,
  kPushNotProtective,  // only safeguarding and vital interests may be pushed
  kOtherClause,        // another clause would release it: ask again under that gateway
  kNothingAsked,
};
std::string_view Name(Missing reason);     // "agreement_expired"
std::string_view InWords(Missing reason);  // "the agreement has expired"

struct ObligationDue {
  Obligation code = Obligation::kNoOnwardSharing;
  int days = 0;  // kRetainAtMost: days after the case closed; else 0

  friend bool operator==(const ObligationDue&, const ObligationDue&) = default;
};

struct WithheldField {
  std::string field;
  Missing reason = Missing::kFieldNotListed;
  std::string clause;  // "fenland-isa 1.0 clause 5.2": forbade it, or would release it; may be ""

  friend bool operator==(const WithheldField&, const WithheldField&) = default;
};

enum class Effect : uint8_t {
  kRefuse,          // nothing may be released
  kDepersonalised,  // only fields that need no lawful gateway are released
  kPermit,
};
std::string_view Name(Effect effect);  // "refuse", "depersonalised", "permit"

// What stands in the way, and the way out. Set whenever any requested field was withheld.
struct Remedy {
  std::string clause;                 // the clause that refused, "" when no clause came into play
  std::vector<Missing> missing;       // in order of Missing, without repeats
  std::vector<Gateway> would_serve;   // gateways that clauses for this request offer, not yet open
  std::vector<std::string> deciders;  // roles that can decide
};

struct Decision {
  Effect effect = Effect::kRefuse;
  std::vector<std::string> released;    // in catalogue order
  std::vector<WithheldField> withheld;  // catalogue order, then unknown names as asked
  std::optional<Gateway> gateway;       // the one it rests on; nullopt for a refusal
  std::optional<Regime> regime;
  std::vector<Condition> conditions;  // for the special-category and offence fields released
  std::string agreement_id;           // of the deciding clause, or of the lapsed agreement
  std::string agreement_version;
  std::string agreement_digest;
  std::string clause;
  std::string consent_receipt;     // when it rests on consent
  std::string legal_obligation;    // when it rests on a legal obligation
  std::string override_receipt;    // when it rests on an override: the caller's id of it
  bool rests_on_override = false;  // start the second-person review; list for the lead
  bool push_allowed = false;       // the same request as a push would be permitted
  std::vector<ObligationDue> obligations;
  std::optional<absl::Time> expires;  // the decision cannot outlive this (consent, agreement)
  Remedy remedy;
};

// The decision as a few plain sentences: what was released on which ground, or what is missing,
// which other gateway would serve and who can decide. Names fields and roles, never a person.
std::string Explain(const Decision& decision);

}  // namespace waymark::agreement
