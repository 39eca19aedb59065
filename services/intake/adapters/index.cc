#include "services/intake/adapters/index.h"

#include <algorithm>
#include <set>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "services/intake/adapters/keys.h"

namespace waymark::intake {

using intake::v1::KeptPerson;
using keyed_index::Generations;
using keyed_index::KeyedIndex;

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

std::string PartnershipKey(const std::string& partnership) {
  return KeyBuilder().Text(partnership).Take();
}

// What the index is asked with, and what it answers.
std::string TokenOf(const Token& token) {
  return KeyBuilder().Text(token.kind).Text(token.keyed).Take();
}
std::string EntryOf(const MemberPerson& person) {
  return KeyBuilder().Text(person.agency).Text(person.person_id).Take();
}
MemberPerson PersonOf(std::string_view entry) {
  KeyReader reader(entry);
  std::string agency = Part(reader);
  return {std::move(agency), Part(reader)};
}

absl::StatusOr<KeyedIndex> LoadIndex(const TokenDesk& tokens, const std::string& partnership,
                                     const std::optional<Generations>& generations) {
  return KeyedIndex::Load(tokens.slot_keys(), kTokens, PartnershipKey(partnership), generations);
}

std::optional<KeptPerson> ReadPerson(const runtime::View& view, const std::string& partnership,
                                     const MemberPerson& person) {
  const std::optional<std::string> row = view.Get(kPersons, PersonKey(partnership, person));
  if (!row) return std::nullopt;
  KeptPerson kept;
  WM_CHECK(kept.ParseFromString(*row), "a row of intake's persons is not one");
  return kept;
}

std::vector<std::string> Agencies(const runtime::View& view, std::string_view family,
                                  const std::string& prefix) {
  std::set<std::string> agencies;
  ForEach(view, family, prefix, [&](KeyReader& reader) { agencies.insert(Part(reader)); });
  return {agencies.begin(), agencies.end()};
}

}  // namespace

std::optional<Generations> IndexGenerations(const runtime::View& view,
                                            const std::string& partnership) {
  const std::optional<std::string> stored = view.Get(kIndex, PartnershipKey(partnership));
  if (!stored) return std::nullopt;
  return Generations::Decode(*stored);
}

absl::StatusOr<IndexView> IndexView::Load(const runtime::View& view, const TokenDesk& tokens,
                                          std::string partnership) {
  const std::optional<Generations> generations = IndexGenerations(view, partnership);
  WM_ASSIGN_OR_RETURN(KeyedIndex index, LoadIndex(tokens, partnership, generations));
  return IndexView(view, tokens, std::move(partnership), generations, std::move(index));
}

std::optional<KeptPerson> IndexView::Person(const MemberPerson& person) const {
  return ReadPerson(view_, partnership_, person);
}

std::string IndexView::SubjectOf(const MemberPerson& person) const {
  const std::optional<KeptPerson> kept = Person(person);
  return kept ? kept->subject_id() : "";
}

std::vector<std::string> IndexView::SubjectsByToken(const Token& token) const {
  std::set<std::string> subjects;
  for (const std::string& entry : index_.Find(view_, TokenOf(token))) {
    const std::string subject = SubjectOf(PersonOf(entry));
    WM_CHECK(!subject.empty(), "intake's index names a person who is not there");
    subjects.insert(subject);
  }
  return {subjects.begin(), subjects.end()};
}

absl::StatusOr<std::vector<Token>> IndexView::TokensOfPerson(const MemberPerson& person) const {
  const std::optional<KeptPerson> kept = Person(person);
  if (!kept) return std::vector<Token>();
  return tokens_.Unseal(kept->sealed_tokens(), partnership_, person, kept->key_slot());
}

std::vector<std::pair<MemberPerson, std::string>> IndexView::PersonsAfter(const std::string& from,
                                                                          size_t max) const {
  std::vector<std::pair<MemberPerson, std::string>> persons;
  const std::string prefix = PartnershipKey(partnership_);
  const std::string begin = from.empty() ? prefix : AfterPrefix(from);
  view_.Scan(kPersons, begin, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    persons.emplace_back(PersonOf(key.substr(prefix.size())), std::string(key));
    return persons.size() < max;
  });
  return persons;
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
    absl::StatusOr<std::vector<Token>> brought = TokensOfPerson(person);
    if (!brought.ok()) {
      status_.Update(brought.status());
      continue;
    }
    tokens.insert(brought->begin(), brought->end());
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

std::optional<uint64_t> IndexView::RevisionOf(std::string_view incident_id) const {
  const auto revision =
      view_.Get(kIncidents, KeyBuilder().Text(partnership_).Text(incident_id).Take());
  if (!revision) return std::nullopt;
  return Number(*revision);
}

uint64_t SlotsInUse(const runtime::View& view) {
  uint64_t slots = 0;
  const auto use = [&](uint64_t slot) { slots = std::max(slots, slot + 1); };
  view.Scan(kPersons, "", "", [&](std::string_view, std::string_view value) {
    KeptPerson kept;
    WM_CHECK(kept.ParseFromArray(value.data(), static_cast<int>(value.size())),
             "a row of intake's persons is not one");
    use(kept.key_slot());
    return true;
  });
  view.Scan(kIndex, "", "", [&](std::string_view, std::string_view value) {
    const Generations generations = Generations::Decode(value);
    use(generations.current);
    if (generations.previous) use(*generations.previous);
    return true;
  });
  view.Scan(kSealing, "", "", [&](std::string_view, std::string_view value) {
    intake::v1::KeptSealing kept;
    WM_CHECK(kept.ParseFromArray(value.data(), static_cast<int>(value.size())),
             "a row of intake's sealing keys is not one");
    for (const uint64_t slot : kept.slots()) use(slot);
    return true;
  });
  return slots;
}

absl::StatusOr<KeyedIndex> IndexWriter::Index() const {
  return LoadIndex(tokens_, partnership_, IndexGenerations(view_, partnership_));
}

void IndexWriter::SetGenerations(const Generations& generations) {
  changes_.Put(kIndex, PartnershipKey(partnership_), generations.Encode());
}

void IndexWriter::UseIndexKey(uint64_t slot) {
  if (!IndexGenerations(view_, partnership_)) SetGenerations({slot, std::nullopt});
}

void IndexWriter::NoteIncident(std::string_view incident_id, uint64_t revision) {
  changes_.Put(kIncidents, KeyBuilder().Text(partnership_).Text(incident_id).Take(),
               BigEndian64(revision));
}

absl::Status IndexWriter::Link(const MemberPerson& person, const KeptPerson& kept) {
  const std::optional<KeptPerson> before = ReadPerson(view_, partnership_, person);
  if (before && before->SerializeAsString() == kept.SerializeAsString()) return absl::OkStatus();
  changes_.Put(kPersons, PersonKey(partnership_, person), kept.SerializeAsString());
  changes_.Put(kHolders, HolderKey(partnership_, kept.subject_id(), person), "");
  WM_ASSIGN_OR_RETURN(const std::vector<Token> tokens,
                      tokens_.Unseal(kept.sealed_tokens(), partnership_, person, kept.key_slot()));
  WM_ASSIGN_OR_RETURN(KeyedIndex index, Index());
  for (const Token& token : tokens) index.Put(changes_, TokenOf(token), EntryOf(person));
  return absl::OkStatus();
}

absl::Status IndexWriter::Forget(const MemberPerson& person) {
  const std::optional<KeptPerson> kept = ReadPerson(view_, partnership_, person);
  if (!kept) return absl::OkStatus();
  WM_ASSIGN_OR_RETURN(
      const std::vector<Token> tokens,
      tokens_.Unseal(kept->sealed_tokens(), partnership_, person, kept->key_slot()));
  WM_ASSIGN_OR_RETURN(KeyedIndex index, Index());
  for (const Token& token : tokens) index.Delete(changes_, TokenOf(token), EntryOf(person));
  changes_.Delete(kPersons, PersonKey(partnership_, person));
  changes_.Delete(kHolders, HolderKey(partnership_, kept->subject_id(), person));
  return absl::OkStatus();
}

absl::Status IndexWriter::Rekey(const std::vector<std::pair<MemberPerson, std::string>>& persons) {
  WM_ASSIGN_OR_RETURN(KeyedIndex index, Index());
  for (const auto& [person, key] : persons) {
    const std::optional<KeptPerson> kept = ReadPerson(view_, partnership_, person);
    if (!kept) continue;
    WM_ASSIGN_OR_RETURN(
        const std::vector<Token> tokens,
        tokens_.Unseal(kept->sealed_tokens(), partnership_, person, kept->key_slot()));
    for (const Token& token : tokens) index.Move(changes_, TokenOf(token), EntryOf(person));
  }
  return absl::OkStatus();
}

void IndexWriter::Move(const MemberPerson& person, std::string_view from, std::string_view to) {
  std::optional<KeptPerson> kept = ReadPerson(view_, partnership_, person);
  WM_CHECK(kept.has_value(), "a person is moved who is not there");
  kept->set_subject_id(std::string(to));
  changes_.Put(kPersons, PersonKey(partnership_, person), kept->SerializeAsString());
  changes_.Delete(kHolders, HolderKey(partnership_, from, person));
  changes_.Put(kHolders, HolderKey(partnership_, to, person), "");
}

void IndexWriter::AddStock(std::string_view agency, std::string_view keyed) {
  changes_.Put(kStock, KeyBuilder().Text(partnership_).Text(keyed).Text(agency).Take(), "");
}

void IndexWriter::AddWard(std::string_view agency, std::string_view lsoa) {
  changes_.Put(kWards, KeyBuilder().Text(partnership_).Text(lsoa).Text(agency).Take(), "");
}

}  // namespace waymark::intake
