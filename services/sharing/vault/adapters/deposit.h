// Puts the people and the words of one incident into the vault: finds or makes the persons, merges
// what is known of them, seals. Changes nothing itself: what it returns goes into the event.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/identifiers/identifiers.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "services/sharing/vault/domain/persons.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::vault {

// One party as published, with the inputs of its tokens.
struct PartyInput {
  std::vector<Role> roles;
  gateway::v1::Identity identity;
  std::vector<identifiers::TokenInput> inputs;
};

struct IncidentInput {
  std::string incident_id;
  uint32_t revision = 0;
  std::vector<PartyInput> parties;
  // As the revision before left it; nullptr when there is none.
  const gateway::v1::StoredIncident* before = nullptr;
  gateway::v1::IncidentPrivate words;
};

struct Deposit {
  std::vector<ResolvedParty> resolved;
  std::vector<gateway::v1::PersonKept> persons;  // new, or with something new
  std::vector<gateway::v1::PartyTokens> tokens;  // blind, one for each of `resolved`
  std::string private_owner;
  gateway::v1::Sealed private_part;
  std::set<uint64_t> key_slots;        // of all these people and of the words
  std::optional<uint64_t> index_slot;  // taken for the index of tokens, when it has none yet
};

// Errors are of the key file only, and stop the process.
absl::StatusOr<Deposit> DepositIncident(const Membership& membership, const runtime::View& view,
                                        Tokeniser& tokeniser, const IncidentInput& incident,
                                        const std::function<std::string()>& new_person_id);

// Seals the reasons of an assessment under the key of the incident's words.
absl::StatusOr<gateway::v1::Sealed> SealReasons(const Membership& membership,
                                                const std::string& owner, uint64_t key_slot,
                                                const std::string& assessment_id,
                                                const gateway::v1::JudgementReasons& reasons);

}  // namespace waymark::sharing::vault
