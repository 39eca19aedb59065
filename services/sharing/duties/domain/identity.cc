#include "services/sharing/duties/domain/identity.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/agreement/terms.h"
#include "libs/base/text.h"

namespace waymark::sharing::duties {
namespace {

constexpr char kName[] = "person.name";
constexpr char kReader[] = "officer";  // who works on a case at the other agency

agreement::Band BandOf(pack::Band band) {
  switch (band) {
    case pack::Band::kStandard:
      return agreement::Band::kStandard;
    case pack::Band::kMedium:
      return agreement::Band::kMedium;
    case pack::Band::kHigh:
      return agreement::Band::kHigh;
  }
  return agreement::Band::kStandard;
}

std::set<std::string> PurposesOf(const agreement::Evaluator& agreements) {
  std::set<std::string> purposes;
  for (const agreement::Agreement& one : agreements.agreements()) {
    for (const agreement::Purpose& purpose : one.purposes) purposes.insert(purpose.id);
  }
  return purposes;
}

std::set<std::string> OtherParties(const agreement::Evaluator& agreements,
                                   const IdentityQuestion& question) {
  std::set<std::string> others(question.recipients.begin(), question.recipients.end());
  if (others.empty()) {
    for (const agreement::Agreement& one : agreements.agreements()) {
      for (const agreement::Party& party : one.parties) others.insert(party.id);
    }
  }
  others.erase(question.self);
  return others;
}

agreement::Request RequestOf(const IdentityQuestion& question) {
  agreement::Request request;
  request.partnership = question.partnership;
  request.origin = question.self;
  request.recipient_role = kReader;
  request.subject = agreement::SubjectCategory::kVictim;
  request.fields = {kName};
  request.ask = agreement::Ask::kNotice;
  if (question.band) request.band = BandOf(*question.band);
  request.recipient_has_interest = true;
  request.child_at_risk = question.facts.child_at_risk;
  request.adult_at_risk = question.facts.adult_at_risk;
  request.vital_interests = question.facts.vital_interests;
  return request;
}

// One disclosure rests on one consent; without any the others are looked for.
std::vector<std::optional<agreement::ConsentFacts>> ConsentsOf(const LawfulFacts& facts) {
  if (facts.consents.empty()) return {std::nullopt};
  return {facts.consents.begin(), facts.consents.end()};
}

bool Names(const agreement::Decision& decision) {
  const std::vector<std::string>& released = decision.released;
  return decision.effect == agreement::Effect::kPermit &&
         std::find(released.begin(), released.end(), kName) != released.end();
}

// What stands in the way, over every decision that came near.
class Remedies {
 public:
  void Add(const agreement::Remedy& remedy) {
    if (remedy.would_serve.empty()) return;
    for (const agreement::Missing missing : remedy.missing) missing_.insert(missing);
    for (const agreement::Gateway gateway : remedy.would_serve) serves_.insert(gateway);
    deciders_.insert(remedy.deciders.begin(), remedy.deciders.end());
  }

  std::string InWords() const {
    if (serves_.empty()) return "no agreement in force lets a partner be shown who the victim is";
    std::vector<std::string> missing, serves;
    for (const agreement::Missing one : missing_) {
      missing.emplace_back(agreement::InWords(one));
    }
    for (const agreement::Gateway one : serves_) serves.emplace_back(agreement::Name(one));
    std::string words =
        absl::StrCat("no lawful gateway stands; missing: ", absl::StrJoin(missing, ", "),
                     "; would serve: ", absl::StrJoin(serves, ", "));
    if (!deciders_.empty()) {
      absl::StrAppend(&words, "; who can decide: ", absl::StrJoin(deciders_, ", "));
    }
    return words;
  }

 private:
  std::set<agreement::Missing> missing_;
  std::set<agreement::Gateway> serves_;
  std::set<std::string> deciders_;
};

}  // namespace

IdentityAnswer MayEnterIdentity(const agreement::Evaluator& agreements,
                                const IdentityQuestion& question) {
  agreement::Request request = RequestOf(question);
  Remedies remedies;
  for (const std::string& recipient : OtherParties(agreements, question)) {
    request.recipient = recipient;
    for (const std::string& purpose : PurposesOf(agreements)) {
      request.purpose = purpose;
      for (const auto& consent : ConsentsOf(question.facts)) {
        request.consent = consent;
        const agreement::Decision decision = agreements.Decide(request, question.now);
        if (Names(decision)) return {true, ""};
        remedies.Add(decision.remedy);
      }
    }
  }
  return {false, remedies.InWords()};
}

}  // namespace waymark::sharing::duties
