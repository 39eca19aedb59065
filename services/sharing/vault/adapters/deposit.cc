#include "services/sharing/vault/adapters/deposit.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "libs/base/status.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/person_keys.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::Address;
using gateway::v1::Identity;
using gateway::v1::PersonKept;
using gateway::v1::StoredPerson;

// Later reports win, but what they leave out is kept: MergeFrom skips empty fields.
struct Known {
  Identity identity;  // without the address
  Address address;
  std::vector<std::string> tokens;
};

Known Split(Identity identity) {
  Known known;
  known.address = identity.address();
  identity.clear_address();
  known.identity = std::move(identity);
  return known;
}

std::vector<EarlierParty> EarlierParties(const gateway::v1::StoredIncident* before) {
  std::vector<EarlierParty> earlier;
  if (before == nullptr) return earlier;
  for (const std::string& person_id : before->places()) {
    EarlierParty party{person_id, {}};
    for (const gateway::v1::ReportedParty& reported : before->parties()) {
      if (reported.person_id() != person_id) continue;
      for (const int role : reported.roles()) party.roles.push_back(static_cast<Role>(role));
    }
    earlier.push_back(std::move(party));
  }
  return earlier;
}

class Depositor {
 public:
  Depositor(const Membership& membership, const VaultView& vault)
      : membership_(membership), vault_(vault) {}

  // The person with what this incident says of them; nullopt when that is nothing new.
  absl::StatusOr<std::optional<PersonKept>> Learn(const ResolvedParty& resolved,
                                                  const IncidentInput& incident,
                                                  const std::set<std::string>& tokens) {
    StoredPerson person;
    Known known;
    if (resolved.is_new) {
      WM_ASSIGN_OR_RETURN(const uint64_t slot, membership_.person_keys->Take());
      person.set_key_slot(slot);
    } else {
      person = vault_.Person(resolved.person_id).value();
      WM_ASSIGN_OR_RETURN(known.identity, vault_.OpenIdentity(resolved.person_id));
      WM_ASSIGN_OR_RETURN(known.address, vault_.OpenAddress(resolved.person_id));
      WM_ASSIGN_OR_RETURN(known.tokens, vault_.OpenTokens(resolved.person_id));
    }
    slots_[resolved.person_id] = person.key_slot();
    Known merged = known;
    for (const size_t party : resolved.parties) {
      Known said = Split(incident.parties[party].identity);
      merged.identity.MergeFrom(said.identity);
      // An address is one thing: the house of one and the postcode of another would be neither.
      if (said.address.ByteSizeLong() > 0) merged.address = said.address;
    }
    std::set<std::string> all(known.tokens.begin(), known.tokens.end());
    all.insert(tokens.begin(), tokens.end());
    const bool same_words =
        merged.identity.SerializeAsString() == known.identity.SerializeAsString() &&
        merged.address.SerializeAsString() == known.address.SerializeAsString();
    if (!resolved.is_new && same_words && all.size() == known.tokens.size()) {
      return std::optional<PersonKept>();
    }
    merged.tokens.assign(all.begin(), all.end());
    WM_RETURN_IF_ERROR(SealPerson(resolved.person_id, merged, person));
    std::optional<PersonKept> kept(std::in_place);
    kept->set_person_id(resolved.person_id);
    *kept->mutable_person() = std::move(person);
    for (const std::string& token : merged.tokens) kept->add_tokens(token);
    return kept;
  }

  absl::StatusOr<uint64_t> SlotOf(const std::string& owner,
                                  const gateway::v1::StoredIncident* before) {
    if (const auto found = slots_.find(owner); found != slots_.end()) return found->second;
    if (before != nullptr && before->private_owner() == owner) {
      return before->private_part().key_slot();
    }
    return membership_.person_keys->Take();
  }

  // Of everybody who was learnt.
  std::set<uint64_t> Slots() const {
    std::set<uint64_t> slots;
    for (const auto& [person, slot] : slots_) slots.insert(slot);
    return slots;
  }

 private:
  absl::Status SealPerson(const std::string& id, const Known& known, StoredPerson& person) {
    const uint32_t version = person.version() + 1;
    person.set_version(version);
    WM_ASSIGN_OR_RETURN(*person.mutable_identity(),
                        Seal(membership_, {id, SealedField::kIdentity, id, version},
                             person.key_slot(), known.identity.SerializeAsString()));
    WM_ASSIGN_OR_RETURN(*person.mutable_address(),
                        Seal(membership_, {id, SealedField::kAddress, id, version},
                             person.key_slot(), known.address.SerializeAsString()));
    gateway::v1::LocalTokens tokens;
    for (const std::string& token : known.tokens) tokens.add_tokens(token);
    WM_ASSIGN_OR_RETURN(*person.mutable_tokens(),
                        Seal(membership_, {id, SealedField::kTokens, id, version},
                             person.key_slot(), tokens.SerializeAsString()));
    return absl::OkStatus();
  }

  const Membership& membership_;
  const VaultView& vault_;
  std::map<std::string, uint64_t> slots_;
};

}  // namespace

absl::StatusOr<Deposit> DepositIncident(const Membership& membership, const runtime::View& view,
                                        Tokeniser& tokeniser, const IncidentInput& incident,
                                        const std::function<std::string()>& new_person_id) {
  std::vector<Party> parties;
  for (const PartyInput& input : incident.parties) {
    parties.push_back({input.roles, tokeniser.Local(input.inputs)});
  }
  const VaultView vault(membership, view);
  WM_ASSIGN_OR_RETURN(const PersonIndex index, PersonIndex::Load(membership, view));
  Deposit deposit;
  deposit.resolved = ResolveParties(parties, EarlierParties(incident.before), index,
                                    membership.pack->linking, new_person_id);
  Depositor depositor(membership, vault);
  for (const ResolvedParty& resolved : deposit.resolved) {
    std::set<std::string> local;
    gateway::v1::PartyTokens blind;
    blind.set_person_id(resolved.person_id);
    for (const size_t party : resolved.parties) {
      for (const LocalToken& token : parties[party].tokens) local.insert(token.key);
      for (gateway::v1::BlindToken& token : tokeniser.Blind(incident.parties[party].inputs)) {
        *blind.add_tokens() = std::move(token);
      }
    }
    deposit.tokens.push_back(std::move(blind));
    WM_ASSIGN_OR_RETURN(std::optional<PersonKept> learnt,
                        depositor.Learn(resolved, incident, local));
    if (learnt) deposit.persons.push_back(*std::move(learnt));
  }
  if (!IndexGenerations(view) && !deposit.persons.empty()) {
    WM_ASSIGN_OR_RETURN(deposit.index_slot, membership.person_keys->Take());
  }
  const SealIntent intent = SealIncident(incident.incident_id, incident.revision, deposit.resolved);
  WM_ASSIGN_OR_RETURN(const uint64_t slot, depositor.SlotOf(intent.owner, incident.before));
  WM_ASSIGN_OR_RETURN(deposit.private_part,
                      Seal(membership, intent, slot, incident.words.SerializeAsString()));
  deposit.private_owner = intent.owner;
  deposit.key_slots = depositor.Slots();
  deposit.key_slots.insert(slot);
  return deposit;
}

absl::StatusOr<gateway::v1::Sealed> SealReasons(const Membership& membership,
                                                const std::string& owner, uint64_t key_slot,
                                                const std::string& assessment_id,
                                                const gateway::v1::JudgementReasons& reasons) {
  return Seal(membership, {owner, SealedField::kReasons, assessment_id, 1}, key_slot,
              reasons.SerializeAsString());
}

}  // namespace waymark::sharing::vault
