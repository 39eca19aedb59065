#include "services/sharing/vault/adapters/vault_view.h"

#include <algorithm>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/keys.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/tokeniser.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::StoredAssessment;
using gateway::v1::StoredIncident;
using gateway::v1::StoredPerson;

// What this process wrote it can read; the store checks for damage.
template <class Message>
Message Parsed(std::string_view bytes) {
  Message message;
  WM_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "a row of the vault is not the message it should be");
  return message;
}

std::string TextPart(KeyReader& reader) {
  absl::StatusOr<std::string> text = reader.Text();
  WM_CHECK(text.ok(), "a key of the vault has another layout");
  return *std::move(text);
}

uint64_t NumberPart(KeyReader& reader) {
  const absl::StatusOr<uint64_t> number = reader.Number();
  WM_CHECK(number.ok(), "a key of the vault has another layout");
  return *number;
}

template <class Message>
std::optional<Message> ReadMessage(const runtime::View& view, std::string_view family,
                                   std::string_view key) {
  const std::optional<std::string> bytes = view.Get(family, key);
  if (!bytes) return std::nullopt;
  return Parsed<Message>(*bytes);
}

template <class Message>
absl::StatusOr<Message> OpenMessage(const Membership& membership, const SealIntent& intent,
                                    const gateway::v1::Sealed& sealed) {
  WM_ASSIGN_OR_RETURN(const std::string plain, Open(membership, intent, sealed));
  Message message;
  if (!message.ParseFromString(plain)) {
    return absl::DataLossError("what a person's key sealed cannot be read");
  }
  return message;
}

std::vector<Role> RolesOf(const gateway::v1::StoredPart& part) {
  std::vector<Role> roles;
  for (const int role : part.roles()) roles.push_back(static_cast<Role>(role));
  return roles;
}

absl::Status NoSuch(std::string_view what) {
  return absl::NotFoundError(absl::StrCat("the vault holds no such ", ToAbsl(what)));
}

}  // namespace

std::optional<StoredPerson> VaultView::Person(std::string_view person_id) const {
  return ReadMessage<StoredPerson>(view_, kPersons, PersonPrefix(person_id));
}

std::optional<StoredIncident> VaultView::Incident(std::string_view incident_id) const {
  return ReadMessage<StoredIncident>(view_, kIncidents, PersonPrefix(incident_id));
}

std::optional<StoredIncident> VaultView::IncidentByReference(
    std::string_view source_reference) const {
  const auto reference = ReadMessage<gateway::v1::StoredReference>(
      view_, door::kReferences, ReferenceKey(membership_, source_reference));
  if (!reference) return std::nullopt;
  return Incident(reference->incident_id());
}

std::vector<Part> VaultView::PartsOf(std::string_view person_id) const {
  std::vector<Part> parts;
  const std::string prefix = PersonPrefix(person_id);
  view_.Scan(
      kParts, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
        KeyReader reader(key);
        TextPart(reader);
        const absl::Time at = absl::FromUnixMicros(static_cast<int64_t>(NumberPart(reader)));
        parts.push_back({TextPart(reader), at, RolesOf(Parsed<gateway::v1::StoredPart>(value))});
        return true;
      });
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<StoredAssessment> VaultView::AssessmentsOf(std::string_view person_id) const {
  std::vector<StoredAssessment> found;
  const std::string prefix = PersonPrefix(person_id);
  view_.Scan(kAssessments, prefix, AfterPrefix(prefix),
             [&](std::string_view, std::string_view value) {
               found.push_back(Parsed<StoredAssessment>(value));
               return true;
             });
  return found;
}

std::vector<std::string> VaultView::AssessedIn(const StoredIncident& incident) {
  std::vector<ResolvedParty> resolved;
  for (const gateway::v1::ReportedParty& party : incident.parties()) {
    ResolvedParty one{party.person_id(), false, {}, {}};
    for (const int role : party.roles()) one.roles.push_back(static_cast<Role>(role));
    resolved.push_back(std::move(one));
  }
  std::vector<std::string> ids;
  for (const size_t i : AssessedPersons(resolved)) ids.push_back(resolved[i].person_id);
  return ids;
}

std::optional<gateway::v1::StoredErasure> VaultView::Erasure(std::string_view person_id) const {
  return ReadMessage<gateway::v1::StoredErasure>(view_, kErasures, PersonPrefix(person_id));
}

std::vector<gateway::v1::StoredErasure> VaultView::Erasures() const {
  std::vector<gateway::v1::StoredErasure> all;
  view_.Scan(kErasures, "", "", [&](std::string_view, std::string_view value) {
    all.push_back(Parsed<gateway::v1::StoredErasure>(value));
    return true;
  });
  std::stable_sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
    return FromProto(left.erasure().ordered_at()) > FromProto(right.erasure().ordered_at());
  });
  return all;
}

absl::StatusOr<gateway::v1::Identity> VaultView::OpenIdentity(std::string_view person_id) const {
  const std::optional<StoredPerson> person = Person(person_id);
  if (!person) return NoSuch("person");
  const std::string id(person_id);
  return OpenMessage<gateway::v1::Identity>(membership_, {id, SealedField::kIdentity, id, 0},
                                            person->identity());
}

absl::StatusOr<gateway::v1::Address> VaultView::OpenAddress(std::string_view person_id) const {
  const std::optional<StoredPerson> person = Person(person_id);
  if (!person) return NoSuch("person");
  const std::string id(person_id);
  return OpenMessage<gateway::v1::Address>(membership_, {id, SealedField::kAddress, id, 0},
                                           person->address());
}

absl::StatusOr<gateway::v1::IncidentPrivate> VaultView::OpenIncident(
    std::string_view incident_id) const {
  const std::optional<StoredIncident> incident = Incident(incident_id);
  if (!incident || !incident->has_private_part()) return NoSuch("incident");
  return OpenMessage<gateway::v1::IncidentPrivate>(
      membership_, {incident->private_owner(), SealedField::kIncident, incident->incident_id(), 0},
      incident->private_part());
}

absl::StatusOr<std::vector<std::string>> VaultView::OpenTokens(std::string_view person_id) const {
  const std::optional<StoredPerson> person = Person(person_id);
  if (!person) return NoSuch("person");
  const std::string id(person_id);
  WM_ASSIGN_OR_RETURN(const auto tokens,
                      OpenMessage<gateway::v1::LocalTokens>(
                          membership_, {id, SealedField::kTokens, id, 0}, person->tokens()));
  return std::vector<std::string>(tokens.tokens().begin(), tokens.tokens().end());
}

uint64_t SlotsInUse(const runtime::View& view) {
  const std::optional<std::string> slots = view.Get(kHead, kSlotsKey);
  if (!slots) return 0;
  KeyReader reader(*slots);
  return NumberPart(reader);
}

}  // namespace waymark::sharing::vault
