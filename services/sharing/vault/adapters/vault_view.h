// What other rooms may ask the vault: typed, read only. Made for one decision (or one
// Runtime::Read) over its view and dropped with it.
//
// Coded facts are read freely. Who a person is and what they said is opened only by the calls that
// begin with Open: whoever calls one puts an audit leaf ("read", with the purpose) into the same
// decision, and keeps nothing of what came back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "services/sharing/vault/domain/persons.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::vault {

// A person's part in one incident.
struct Part {
  std::string incident_id;
  absl::Time reported_at;
  std::vector<Role> roles;
};

class VaultView {
 public:
  // Both must outlive this.
  VaultView(const Membership& membership, const runtime::View& view)
      : membership_(membership), view_(view) {}

  std::optional<gateway::v1::StoredPerson> Person(std::string_view person_id) const;
  std::optional<gateway::v1::StoredIncident> Incident(std::string_view incident_id) const;
  // By the agency's own reference, for commands that name one.
  std::optional<gateway::v1::StoredIncident> IncidentByReference(
      std::string_view source_reference) const;
  // Newest report first.
  std::vector<Part> PartsOf(std::string_view person_id) const;
  // Oldest first; the last one is this agency's standing one.
  std::vector<gateway::v1::StoredAssessment> AssessmentsOf(std::string_view person_id) const;
  // Persons the assessment of this incident's victim is about: its victims, otherwise its callers.
  static std::vector<std::string> AssessedIn(const gateway::v1::StoredIncident& incident);

  // Of an erased person; nullopt for anybody else.
  std::optional<gateway::v1::StoredErasure> Erasure(std::string_view person_id) const;
  // Newest first.
  std::vector<gateway::v1::StoredErasure> Erasures() const;

  // Errors of all: NotFound when there is no such person or incident, or its key was erased.
  // Who: without the address.
  absl::StatusOr<gateway::v1::Identity> OpenIdentity(std::string_view person_id) const;
  absl::StatusOr<gateway::v1::Address> OpenAddress(std::string_view person_id) const;
  absl::StatusOr<gateway::v1::IncidentPrivate> OpenIncident(std::string_view incident_id) const;
  // What finds the person. Keyed hashes only: no leaf is owed for reading them.
  absl::StatusOr<std::vector<std::string>> OpenTokens(std::string_view person_id) const;

 private:
  const Membership& membership_;
  const runtime::View& view_;
};

// What crypto::KeyFile::Open wants to know: the highest slot that the store uses, plus one.
uint64_t SlotsInUse(const runtime::View& view);

}  // namespace waymark::sharing::vault
