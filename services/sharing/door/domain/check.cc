#include "services/sharing/door/domain/check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/blank.h"
#include "services/sharing/door/domain/assess.h"
#include "services/sharing/door/domain/limits.h"

namespace waymark::sharing::door {
namespace {

constexpr int kRoleFirst = 1;  // ROLE_CALLER
constexpr int kRoleLast = 4;   // ROLE_WITNESS
constexpr int kBandFirst = 1;  // BAND_STANDARD
constexpr int kBandLast = 3;   // BAND_HIGH
constexpr const char* kCategories[] = {"", "personal", "nuisance", "environmental"};

// Code points of UTF-8; requests that are not UTF-8 never get this far.
size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsCode(std::string_view text) {
  return text.size() <= kCodeCharactersMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

class Checker {
 public:
  explicit Checker(const CheckContext& context) : context_(context) {}

  void Add(std::string_view code, std::string_view field, std::string wanted, std::string remedy) {
    problems_.push_back(
        {std::string(code), std::string(field), std::move(wanted), std::move(remedy)});
  }

  void Text(std::string_view text, std::string_view field, size_t most) {
    if (Characters(text) <= most) return;
    Add("oversized_text", field, absl::StrCat("at most ", most, " characters"),
        "shorten it, and keep the whole text in your own system");
  }

  void Identifier(IdentifierKind kind, std::string_view raw, std::string_view field) {
    if (raw.empty()) return;
    if (std::optional<Problem> problem = context_.identifiers.Check(kind, raw, field)) {
      problems_.push_back(*std::move(problem));
    }
  }

  void Reference(std::string_view reference) {
    if (IsBlank(reference)) {
      Add("missing_reference", "source_reference", "the agency's own reference of the incident",
          "send the reference under which your system holds it");
      return;
    }
    const bool printable = std::all_of(reference.begin(), reference.end(), [](char c) {
      return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    });
    if (!printable || Characters(reference) > kReferenceCharactersMax) {
      Add("invalid_reference", "source_reference",
          absl::StrCat("1 to ", kReferenceCharactersMax, " printable characters"),
          "send the reference without control characters, and no longer than that");
    }
  }

  void Time(const GivenTime& time, std::string_view field) {
    if (!time.given) {
      return Add("missing_field", field, "an instant", "send when it was, in UTC");
    }
    if (!time.at) {
      return Add("impossible_date", field, "an instant that exists",
                 "check how your system converts dates");
    }
    if (*time.at > context_.now + kClockSkewMax) {
      return Add("future_dated", field,
                 absl::StrCat("not later than now (", absl::FormatDuration(kClockSkewMax),
                              " of difference between clocks allowed)"),
                 "check the clock and the time zone of your system");
    }
    if (*time.at < absl::FromCivil(kReportedFrom, absl::UTCTimeZone())) {
      Add("too_old", field, "not before 1 January 2000", "check the year");
    }
  }

  void Address(const GivenAddress& address, const std::string& path) {
    Identifier(IdentifierKind::kHouse, address.house, path + ".house");
    Text(address.street, path + ".street", kStreetCharactersMax);
    Identifier(IdentifierKind::kPostcode, address.postcode, path + ".postcode");
    Identifier(IdentifierKind::kUprn, address.uprn, path + ".uprn");
  }

  void Identity(const GivenIdentity& identity, const std::string& path) {
    Identifier(IdentifierKind::kName, identity.given_name, path + ".given_name");
    Identifier(IdentifierKind::kName, identity.family_name, path + ".family_name");
    Identifier(IdentifierKind::kDateOfBirth, identity.date_of_birth, path + ".date_of_birth");
    Identifier(IdentifierKind::kTelephone, identity.telephone, path + ".telephone");
    Identifier(IdentifierKind::kEmail, identity.email, path + ".email");
    Address(identity.address, path + ".address");
    Text(identity.safe_contact, path + ".safe_contact", kSafeContactCharactersMax);
  }

  void Party(const GivenParty& party, const std::string& path) {
    if (party.roles.empty()) {
      Add("party_without_role", path + ".roles", "at least one role",
          "say whether the person is caller, victim, perpetrator or witness");
    }
    for (size_t i = 0; i < party.roles.size(); ++i) {
      if (party.roles[i] < kRoleFirst || party.roles[i] > kRoleLast) {
        Add("unknown_role", absl::StrCat(path, ".roles[", i, "]"),
            "caller, victim, perpetrator or witness", "send one of the four");
      }
    }
    const GivenIdentity& who = party.identity;
    if (who.given_name.empty() && who.family_name.empty() && who.date_of_birth.empty() &&
        who.telephone.empty() && who.email.empty() && who.address.empty()) {
      Add("party_without_identifier", path + ".identity",
          "a name, date of birth, telephone, e-mail or address",
          "send what is known of the person, or leave the party out");
    }
    Identity(who, path + ".identity");
  }

  void Judgement(const std::optional<GivenJudgement>& judgement, const std::string& path) {
    if (!judgement) return;
    if (judgement->band < kBandFirst || judgement->band > kBandLast) {
      Add("unknown_band", path + ".band", "STANDARD, MEDIUM or HIGH", "send one of the three");
    }
    if (IsBlank(judgement->reason)) {
      Add("missing_reason", path + ".reason", "why the band is what it is, in words",
          "ask the person who judged for the reason");
    }
    Text(judgement->reason, path + ".reason", kReasonCharactersMax);
  }

  void Matrix(const Answers& answers, bool all) {
    const pack::Matrix* matrix = context_.pack.FindMatrix(pack::Subject::kVictim);
    if (answers.size() > kAnswersMax) {
      return Add("too_many_answers", "answers", absl::StrCat("at most ", kAnswersMax, " answers"),
                 "send the answers of the matrix only");
    }
    for (const auto& [item_id, option] : answers) {
      const pack::Item* item = matrix == nullptr ? nullptr : matrix->FindItem(item_id);
      if (item == nullptr) {
        // The name is the caller's; it is quoted only where it can be nothing but a code.
        Add("unknown_matrix_item", IsCode(item_id) ? "answers." + item_id : "answers",
            "items of the pack's matrix", "take the items from the partnership's pack");
      } else if (option != pack::kUnknown && item->FindOption(option) == nullptr) {
        Add("unknown_matrix_option", "answers." + item_id, "an option of this item, or 'unknown'",
            "take the options from the partnership's pack");
      }
    }
    if (!all || matrix == nullptr) return;
    for (const pack::Item& item : matrix->items) {
      if (item.scored && answers.count(item.id) == 0) {
        Add("missing_answer", "answers." + item.id, "an option of this item, or 'unknown'",
            "put the question, or answer 'unknown'");
      }
    }
  }

  void Coded(std::string_view text, std::string_view field) {
    if (IsCode(text)) return;
    Add("invalid_code", field,
        absl::StrCat("a coded word: at most ", kCodeCharactersMax, " of a-z, 0-9 and _"),
        "send a code of your list; words belong into the summary");
  }

  const CheckContext& context() const { return context_; }
  std::vector<Problem> Take() { return std::move(problems_); }

 private:
  const CheckContext& context_;
  std::vector<Problem> problems_;
};

bool HasLabel(const std::vector<pack::Label>& labels, std::string_view id) {
  return std::any_of(labels.begin(), labels.end(),
                     [&](const pack::Label& label) { return label.id == id; });
}

void CheckCodes(const GivenIncident& incident, Checker& check) {
  const pack::Pack& pack = check.context().pack;
  const bool in_enum = incident.category >= 1 && incident.category <= 3;
  if (!in_enum || !HasLabel(pack.categories, kCategories[incident.category])) {
    check.Add("unknown_category", "category", "personal, nuisance or environmental",
              "send exactly one of them");
  }
  if (pack.FindType(incident.type) == nullptr) {
    check.Add("unknown_type", "type", "a type of the pack's list",
              "take the types from the partnership's pack");
  }
  if (!HasLabel(pack.channels, incident.channel)) {
    check.Add("unknown_channel", "channel", "a channel of the pack's list",
              "take the channels from the partnership's pack");
  }
}

// For requests that hold no identifiers.
class NoIdentifiers : public IdentifierCheck {
 public:
  std::optional<Problem> Check(IdentifierKind, std::string_view, std::string_view) override {
    return std::nullopt;
  }
};

}  // namespace

std::vector<Problem> CheckIncident(const GivenIncident& incident, const CheckContext& context) {
  Checker check(context);
  check.Reference(incident.source_reference);
  check.Time(incident.occurred_at, "occurred_at");
  check.Time(incident.reported_at, "reported_at");
  CheckCodes(incident, check);
  if (incident.parties.size() > kPartiesMax) {
    check.Add("too_many_parties", "parties", absl::StrCat("at most ", kPartiesMax, " people"),
              "send those who matter most, and the rest with another incident");
  }
  for (size_t i = 0; i < std::min(incident.parties.size(), kPartiesMax); ++i) {
    check.Party(incident.parties[i], absl::StrCat("parties[", i, "]"));
  }
  check.Address(incident.location, "location");
  check.Identifier(IdentifierKind::kLsoa, incident.lsoa, "lsoa");
  check.Text(incident.summary, "summary", kSummaryCharactersMax);
  if (incident.grading) {
    if (!pack::ParseHarm(incident.grading->harm)) {
      check.Add("unknown_harm", "grading.harm", "low, moderate or significant",
                "send one of the three");
    }
    if (!pack::ParsePattern(incident.grading->pattern)) {
      check.Add("unknown_pattern", "grading.pattern", "isolated, regular or escalating",
                "send one of the three");
    }
  }
  check.Matrix(incident.answers, false);
  check.Judgement(incident.officer, "officer");
  check.Coded(incident.action_taken, "action_taken");
  return check.Take();
}

void CheckInstrument(const GivenAssessment& assessment, std::string_view agency, Checker& check) {
  if (!assessment.answers.empty()) {
    check.Add("instrument_and_answers", "instrument",
              "an instrument's result or a matrix, not both", "send the one that was used");
  }
  if (!BandOfInstrument(check.context().pack, agency, *assessment.instrument)) {
    check.Add("unknown_instrument_result", "instrument_result",
              "an instrument that the pack maps for this agency, and one of its results",
              "take both from the partnership's pack");
  }
}

std::vector<Problem> CheckAssessment(const GivenAssessment& assessment, const pack::Pack& pack,
                                     std::string_view agency) {
  NoIdentifiers none;
  const CheckContext context{pack, absl::InfiniteFuture(), none};
  Checker check(context);
  check.Reference(assessment.source_reference);
  if (assessment.instrument) CheckInstrument(assessment, agency, check);
  check.Matrix(assessment.answers, !assessment.instrument);
  check.Judgement(assessment.officer, "officer");
  check.Judgement(assessment.supervisor, "supervisor");
  return check.Take();
}

std::vector<Problem> CheckStock(const GivenStock& stock, const CheckContext& context) {
  Checker check(context);
  const size_t entries = stock.uprns.size() + stock.lsoas.size();
  if (entries == 0) {
    check.Add("missing_field", "uprns", "at least one UPRN or LSOA", "send what to register");
  }
  if (entries > kStockEntriesMax) {
    check.Add("too_many_entries", "uprns",
              absl::StrCat("at most ", kStockEntriesMax, " entries in one call"),
              "send the rest with further calls");
    return check.Take();
  }
  for (size_t i = 0; i < stock.uprns.size(); ++i) {
    const std::string field = absl::StrCat("uprns[", i, "]");
    if (stock.uprns[i].empty()) check.Add("invalid_uprn", field, "12 digits", "leave it out");
    check.Identifier(IdentifierKind::kUprn, stock.uprns[i], field);
  }
  for (size_t i = 0; i < stock.lsoas.size(); ++i) {
    const std::string field = absl::StrCat("lsoas[", i, "]");
    if (stock.lsoas[i].empty()) {
      check.Add("invalid_lsoa", field, "a code such as E01018031", "leave it out");
    }
    check.Identifier(IdentifierKind::kLsoa, stock.lsoas[i], field);
  }
  return check.Take();
}

std::vector<Problem> CheckLookUp(const GivenLookUp& look_up,
                                 const std::vector<std::string>& purposes,
                                 const CheckContext& context) {
  Checker check(context);
  const GivenIdentity& who = look_up.identity;
  if (who.given_name.empty() && who.family_name.empty() && who.date_of_birth.empty() &&
      who.telephone.empty() && who.email.empty() && who.address.empty()) {
    check.Add("nothing_asked", "identity",
              "a telephone number, name and date of birth, address or e-mail",
              "ask the caller for one of them");
  }
  check.Identity(who, "identity");
  if (std::find(purposes.begin(), purposes.end(), look_up.purpose) == purposes.end()) {
    check.Add("unknown_purpose", "purpose", "a purpose of an agreement in force",
              "take the purposes from the agreement");
  }
  if (IsBlank(look_up.reason)) {
    check.Add("missing_reason", "reason", "why the record is read, in words",
              "ask the person who reads for the reason");
  }
  check.Text(look_up.reason, "reason", kReasonCharactersMax);
  if (!look_up.type.empty() && context.pack.FindType(look_up.type) == nullptr) {
    check.Add("unknown_type", "type", "a type of the pack's code list, or none",
              "take the types from the pack");
  }
  return check.Take();
}

std::optional<Problem> CheckMembership(std::string_view partnership, std::string_view agency,
                                       std::string_view own_partnership,
                                       std::string_view own_agency) {
  if (partnership != own_partnership) {
    return Problem{"wrong_partnership", "partnership", "a partnership this agency is a member of",
                   "send it to the partnership that the incident belongs to"};
  }
  if (agency != own_agency) {
    return Problem{"wrong_agency", "", "a system of the agency that this gateway belongs to",
                   "send it to your own agency's gateway"};
  }
  return std::nullopt;
}

}  // namespace waymark::sharing::door
