#include "libs/config/agreement_loader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/bytes.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/config/file.h"
#include "libs/config/strict_yaml.h"
#include "libs/crypto/hash.h"

namespace waymark::config {
namespace {

using agreement::Agreement;
using agreement::Clause;

template <typename List>
auto Words(const List& all) {
  using Term = typename List::value_type;
  std::vector<std::pair<std::string_view, Term>> words;
  for (const Term term : all) words.emplace_back(agreement::Name(term), term);
  return words;
}

template <typename List>
auto Term(const YamlNode& node, const List& all) {
  return node.Choice(Words(all));
}

template <typename List>
auto Terms(const YamlNode& node, const List& all) {
  std::vector<typename List::value_type> terms;
  for (const YamlNode& item : node.Items()) terms.push_back(Term(item, all));
  return terms;
}

absl::Time Instant(const YamlNode& node) {
  const auto instant = ParseRfc3339(node.Text());
  if (instant.ok()) return *instant;
  node.Refuse("an instant with its offset, 2026-01-05T00:00:00Z", /*quote=*/true);
  return absl::InfiniteFuture();
}

agreement::Party ReadParty(const YamlNode& node) {
  agreement::Party party;
  party.id = node.At("id").Text();
  party.name = node.At("name").Text();
  party.public_authority = node.At("public_authority").Boolean();
  party.competent_authority = node.At("competent_authority").Boolean();
  for (const std::string& id : node.At("people").Texts()) party.roles.push_back({id, false});
  for (const std::string& id : node.At("systems").Texts()) party.roles.push_back({id, true});
  return party;
}

// "any" stands for every party of the agreement.
std::vector<std::string> ReadParties(const YamlNode& node, const Agreement& agreement) {
  if (!node.IsText()) return node.Texts();
  if (node.Text() != "any") node.Refuse("a list of parties, or any", /*quote=*/true);
  std::vector<std::string> parties;
  for (const agreement::Party& party : agreement.parties) parties.push_back(party.id);
  return parties;
}

Clause ReadClause(const YamlNode& node, const Agreement& agreement) {
  using agreement::ClauseEffect;
  Clause clause;
  clause.id = node.At("id").Text();
  clause.words = node.At("words").Text();
  clause.effect = node.At("effect").Choice<ClauseEffect>(
      {{"permit", ClauseEffect::kPermit}, {"forbid", ClauseEffect::kForbid}});
  clause.from = ReadParties(node.At("from"), agreement);
  clause.to = ReadParties(node.At("to"), agreement);
  if (const auto roles = node.Find("to_roles")) clause.to_roles = roles->Texts();
  clause.purposes = node.At("purposes").Texts();
  clause.subjects = Terms(node.At("subjects"), agreement::kAllSubjectCategories);
  clause.asks = Terms(node.At("asks"), agreement::kAllAsks);
  if (const auto band = node.Find("band_at_least")) {
    clause.band_at_least = Term(*band, agreement::kAllBands);
  }
  if (clause.effect == ClauseEffect::kForbid) {
    if (const auto fields = node.Find("fields")) clause.fields = fields->Texts();
    if (const auto groups = node.Find("categories")) {
      clause.categories = Terms(*groups, agreement::kAllDataCategories);
    }
    if (const auto gateways = node.Find("gateways")) {
      clause.gateways = Terms(*gateways, agreement::kAllGateways);
    }
    return clause;
  }
  clause.fields = node.At("fields").Texts();
  clause.gateways = Terms(node.At("gateways"), agreement::kAllGateways);
  clause.needs_interest = node.At("needs_interest").Boolean();
  if (const auto needed = node.Find("needs_override")) clause.needs_override = needed->Boolean();
  if (const auto conditions = node.Find("conditions")) {
    clause.conditions = Terms(*conditions, agreement::kAllConditions);
  }
  if (const auto obligations = node.Find("obligations")) {
    clause.obligations = Terms(*obligations, agreement::kAllObligations);
  }
  return clause;
}

void ReadHeading(const YamlNode& root, Agreement& agreement) {
  using agreement::AgreementKind;
  agreement.id = root.At("id").Text();
  agreement.version = root.At("version").Text();
  agreement.title = root.At("title").Text();
  agreement.partnership = root.At("partnership").Text();
  agreement.kind = root.At("kind").Choice<AgreementKind>(
      {{"agreement", AgreementKind::kPartnership}, {"baseline", AgreementKind::kBaseline}});
  agreement.valid_from = Instant(root.At("valid_from"));
  agreement.review_at = Instant(root.At("review_at"));
  if (const auto expires = root.Find("expires")) agreement.expires = Instant(*expires);
  if (const auto suspended = root.Find("suspended")) agreement.suspended = suspended->Boolean();
  if (const auto by = root.Find("superseded_by")) agreement.superseded_by = by->Text();
  agreement.renewed_by = root.At("renewed_by").Text();
}

void ReadTerms(const YamlNode& root, Agreement& agreement) {
  for (const YamlNode& node : root.At("purposes").Items()) {
    agreement.purposes.push_back({node.At("id").Text(), node.At("words").Text(),
                                  Term(node.At("regime"), agreement::kAllRegimes)});
  }
  agreement.subjects = Terms(root.At("subjects"), agreement::kAllSubjectCategories);
  for (const YamlNode& node : root.At("data").Items()) {
    agreement.data.push_back({Term(node.At("category"), agreement::kAllDataCategories),
                              node.At("fields").Texts(),
                              static_cast<int>(node.At("retain_days_max").Integer(1, 36525))});
  }
  for (const YamlNode& node : root.At("gateways").Items()) {
    const agreement::Gateway gateway = Term(node.At("gateway"), agreement::kAllGateways);
    agreement.gateways.push_back(gateway);
    if (gateway != agreement::Gateway::kNotPersonal) {
      agreement.deciders.push_back({gateway, node.At("decided_by").Text()});
      if (const auto roles = node.Find("override_by")) {
        agreement.deciders.back().override_roles = roles->Texts();
      }
    }
  }
  if (const auto conditions = root.Find("conditions")) {
    agreement.conditions = Terms(*conditions, agreement::kAllConditions);
  }
  if (const auto forms = root.Find("consent_forms")) agreement.consent_forms = forms->Texts();
}

}  // namespace

absl::StatusOr<Agreement> ParseAgreement(std::string_view yaml, const std::string& file) {
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(yaml, file));
  const YamlNode root = document.root();
  Agreement agreement;
  ReadHeading(root, agreement);
  for (const YamlNode& node : root.At("parties").Items()) {
    agreement.parties.push_back(ReadParty(node));
  }
  ReadTerms(root, agreement);
  for (const YamlNode& node : root.At("clauses").Items()) {
    agreement.clauses.push_back(ReadClause(node, agreement));
  }
  for (const YamlNode& node : root.At("contacts").Items()) {
    agreement.contacts.push_back(
        {node.At("party").Text(), node.At("role").Text(), node.At("address").Text()});
  }
  for (const YamlNode& node : root.At("signatories").Items()) {
    agreement.signatories.push_back({node.At("party").Text(), node.At("role").Text()});
  }
  WM_RETURN_IF_ERROR(document.Finish());
  agreement.digest = ToHex(crypto::Sha256(yaml));
  return agreement;
}

absl::StatusOr<Agreement> ParseSignedAgreement(std::string_view yaml, std::string_view signatures,
                                               const std::string& file,
                                               const std::vector<crypto::PartyKey>& keys) {
  WM_ASSIGN_OR_RETURN(Agreement agreement, ParseAgreement(yaml, file));
  std::vector<crypto::PartyKey> parties;
  for (const crypto::PartyKey& key : keys) {
    const bool is_party =
        std::any_of(agreement.parties.begin(), agreement.parties.end(),
                    [&](const agreement::Party& party) { return party.id == key.party; });
    if (is_party) parties.push_back(key);
  }
  auto signers = crypto::VerifySignedFile(yaml, signatures, kAgreementContext, parties,
                                          agreement.parties.size());
  if (!signers.ok()) {
    return absl::Status(signers.status().code(),
                        absl::StrCat(file, ": ", signers.status().message()));
  }
  agreement.signed_by = *std::move(signers);
  return agreement;
}

absl::StatusOr<agreement::Evaluator> CompileOrStatus(std::vector<Agreement> agreements,
                                                     agreement::CompileOptions options) {
  auto compiled = agreement::Compile(std::move(agreements), options);
  if (auto* evaluator = std::get_if<agreement::Evaluator>(&compiled)) return *evaluator;
  return absl::InvalidArgumentError(absl::StrJoin(
      std::get<std::vector<Problem>>(compiled), "\n",
      [](std::string* out, const Problem& problem) { out->append(Describe(problem)); }));
}

absl::StatusOr<agreement::Evaluator> LoadAgreements(const std::vector<AgreementFiles>& files,
                                                    const std::vector<crypto::PartyKey>& keys) {
  std::vector<Agreement> agreements;
  for (const AgreementFiles& file : files) {
    WM_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(file.yaml));
    WM_ASSIGN_OR_RETURN(const std::string signatures, ReadFile(file.signatures));
    WM_ASSIGN_OR_RETURN(Agreement agreement,
                        ParseSignedAgreement(yaml, signatures, file.yaml, keys));
    agreements.push_back(std::move(agreement));
  }
  return CompileOrStatus(std::move(agreements));
}

}  // namespace waymark::config
