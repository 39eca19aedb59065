// The sharing statement: for one person, who was told what about them, when, why and under which
// law, in words that need no lawyer. From recorded facts alone. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace waymark::sharing::statement {

struct Opened {
  absl::Time at;
  std::string by;   // "a housing officer": role in words, never a name
  std::string why;  // purpose in words
  bool copy = false;
};

struct SharedPart {
  std::string recipient;            // agency's name
  std::vector<std::string> fields;  // in words
  absl::Time since;
  std::string why;  // purpose in words
  std::string law;  // one sentence
  std::string statute;
  std::string clause;            // "fenland-isa 1 clause 2.2"
  std::string clause_words;      // "" when that version is no longer loaded
  bool without_consent = false;  // a named person decided, against or without consent
  bool pushed = false;           // handed over at once instead of on asking
  std::vector<Opened> opened;    // in order
  std::optional<absl::Time> until;
  std::string ended_because;  // in words
  bool copy_outstanding = false;
};

struct NotShared {
  std::string recipient;
  absl::Time at;
  std::string because;  // in words
};

struct ConsentGiven {
  absl::Time given, expires;
  std::optional<absl::Time> withdrawn;
  std::vector<std::string> agencies, categories, purposes;  // in words
};

struct WithoutConsent {
  absl::Time at, expires;
  std::string role;  // who decided, in words
  std::string law, statute;
  std::vector<std::string> recipients, fields;
  std::string review;  // "confirmed by a second person on ...", "waits for a second person"
};

struct Statement {
  std::string agency;  // name
  std::string person;  // name as held; "" when none is held
  absl::Time made_at;
  std::vector<SharedPart> shared;
  std::vector<NotShared> not_shared;
  std::vector<ConsentGiven> consents;
  std::vector<WithoutConsent> overrides;
  std::string desk, data_protection;  // addresses; "" when the agreements name none
  uint64_t log_size = 0;              // leaves of the audit log it was drawn from
  std::string log_root;               // hexadecimal
};

// Plain text, lines of at most 80 characters where words allow.
std::string AsText(const Statement& statement);
// One self-contained HTML page: no script, nothing from outside, readable by a screen reader and in
// print. Every value is escaped.
std::string AsHtml(const Statement& statement);

}  // namespace waymark::sharing::statement
