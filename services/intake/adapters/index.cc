#include "services/intake/adapters/index.h"

#include <algorithm>
#include <set>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "services/intake/adapters/keys.h"

namespace waymark::intake {
namespace {

// Every key under `prefix`, read back as text parts after it.
template <class Visit>
void ForEach(const runtime::View& view, std::string_view family, const std::string& prefix,
             const Visit& visit) {
  view.Scan(family, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    KeyReader reader(key.substr(prefix.size()));
    visit(reader);
    return true;
  });
}

std::string Part(KeyReader& reader) {
  auto part = reader.Text();
  WM_CHECK(part.ok(), "a key of intake's index has another layout than keys.h says");
  return *std::move(part);
}

uint64_t Number(std::string_view bytes) {
  auto number = KeyReader(bytes).Number();
  WM_CHECK(number.ok(), "a value of intake's index is not a number");
  return *number;
}

std::string PersonKey(const std::string& partnership, const MemberPerson& person) {
  return KeyBuilder().Text(partnership).Text(person.agency).Text(person.person_id).Take();
}

std::string HolderKey(const std::string& partnership, std::string_view subject,
                      const MemberPerson& person) {
  return KeyBuilder()
      .Text(partnership)
      .Text(subject)
      .Text(person.agency)
      .Text(person.person_id)
      .Take();
}

std::string TokenKey(const std::string& partnership, const Token& token, std::string_view subject,
                     const MemberPerson& person) {
  return KeyBuilder()
      .Text(partnership)
      .Text(token.kind)
      .Text(token.keyed)
      .Text(subject)
      .Text(person.agency)
      .Text(person.person_id)
      .Take();
}

std::vector<Token> TokensOfPerson(const runtime::View& view, const std::string& partnership,
                                  const MemberPerson& person) {
  std::vector<Token> tokens;
  ForEach(view, kPersonTokens, PersonKey(partnership, person), [&](KeyReader& reader) {
    std::string kind = Part(reader);
    tokens.push_back({std::move(kind), Part(reader)});
  });
  return tokens;
}

std::vector<std::string> Agencies(const runtime::View& view, std::string_view family,
                                  const std::string& prefix) {
  std::set<std::string> agencies;
  ForEach(view, family, prefix, [&](KeyReader& reader) { agencies.insert(Part(reader)); });
  return {agencies.begin(), agencies.end()};
}

}  // namespace

std::string IndexView::SubjectOf(const MemberPerson& person) const {
  return view_.Get(kPersons, PersonKey(partnership_, person)).value_or("");
}

std::vector<std::string> IndexView::SubjectsByToken(const Token& token) const {
  std::set<std::string> subjects;
  const std::string prefix =
      KeyBuilder().Text(partnership_).Text(token.kind).Text(token.keyed).Take();
  ForEach(view_, kTokens, prefix, [&](KeyReader& reader) { subjects.insert(Part(reader)); });
  return {subjects.begin(), subjects.end()};
}

std::vector<MemberPerson> IndexView::PersonsOf(std::string_view subject_id) const {
  std::vector<MemberPerson> persons;
  const std::string prefix = KeyBuilder().Text(partnership_).Text(subject_id).Take();
  ForEach(view_, kHolders, prefix, [&](KeyReader& reader) {
    std::string agency = Part(reader);
    persons.push_back({std::move(agency), Part(reader)});
  });
  return persons;
}

std::vector<Token> IndexView::TokensOf(std::string_view subject_id) const {
  std::set<Token> tokens;
  for (const MemberPerson& person : PersonsOf(subject_id)) {
    for (Token& token : TokensOfPerson(view_, partnership_, person)) tokens.insert(token);
  }
  return {tokens.begin(), tokens.end()};
}

std::vector<std::string> IndexView::AgenciesHolding(std::string_view subject_id) const {
  return Agencies(view_, kHolders, KeyBuilder().Text(partnership_).Text(subject_id).Take());
}

std::vector<std::string> IndexView::HoldersOfPlace(std::string_view keyed) const {
  return Agencies(view_, kStock, KeyBuilder().Text(partnership_).Text(keyed).Take());
}

std::vector<std::string> IndexView::HoldersOfLsoa(std::string_view lsoa) const {
  return Agencies(view_, kWards, KeyBuilder().Text(partnership_).Text(lsoa).Take());
}

std::optional<uint64_t> IndexView::KeySlotOf(std::string_view subject_id) const {
  const auto slot = view_.Get(kSubjects, KeyBuilder().Text(partnership_).Text(subject_id).Take());
  if (!slot) return std::nullopt;
  return Number(*slot);
}

std::optional<uint64_t> IndexView::RevisionOf(std::string_view incident_id) const {
  const auto revision =
      view_.Get(kIncidents, KeyBuilder().Text(partnership_).Text(incident_id).Take());
  if (!revision) return std::nullopt;
  return Number(*revision);
}

uint64_t SlotsInUse(const runtime::View& view) {
  uint64_t slots = 0;
  view.Scan(kSubjects, "", "", [&](std::string_view, std::string_view value) {
    slots = std::max(slots, Number(value) + 1);
    return true;
  });
  return slots;
}

void IndexWriter::NoteIncident(std::string_view incident_id, uint64_t revision) {
  changes_.Put(kIncidents, KeyBuilder().Text(partnership_).Text(incident_id).Take(),
               BigEndian64(revision));
}

void IndexWriter::NoteSubject(std::string_view subject_id, uint64_t key_slot) {
  changes_.Put(kSubjects, KeyBuilder().Text(partnership_).Text(subject_id).Take(),
               BigEndian64(key_slot));
}

void IndexWriter::Link(const MemberPerson& person, std::string_view subject_id,
                       const std::vector<Token>& tokens) {
  changes_.Put(kPersons, PersonKey(partnership_, person), subject_id);
  changes_.Put(kHolders, HolderKey(partnership_, subject_id, person), "");
  for (const Token& token : tokens) {
    changes_.Put(kTokens, TokenKey(partnership_, token, subject_id, person), "");
    changes_.Put(kPersonTokens,
                 KeyBuilder()
                     .Text(partnership_)
                     .Text(person.agency)
                     .Text(person.person_id)
                     .Text(token.kind)
                     .Text(token.keyed)
                     .Take(),
                 "");
  }
}

void IndexWriter::Move(const runtime::View& view, const MemberPerson& person, std::string_view from,
                       std::string_view to) {
  const std::vector<Token> tokens = TokensOfPerson(view, partnership_, person);
  changes_.Delete(kHolders, HolderKey(partnership_, from, person));
  for (const Token& token : tokens) {
    changes_.Delete(kTokens, TokenKey(partnership_, token, from, person));
  }
  Link(person, to, tokens);
}

void IndexWriter::AddStock(std::string_view agency, std::string_view keyed) {
  changes_.Put(kStock, KeyBuilder().Text(partnership_).Text(keyed).Text(agency).Take(), "");
}

void IndexWriter::AddWard(std::string_view agency, std::string_view lsoa) {
  changes_.Put(kWards, KeyBuilder().Text(partnership_).Text(lsoa).Text(agency).Take(), "");
}

}  // namespace waymark::intake
