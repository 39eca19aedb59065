// Erasing a person. One batch takes them out of every room (each evolves PersonErasing) and records
// that their keys are to be destroyed (destroy_keys.h); a round makes old copies worthless
// (reindex.h). docs/adr/0009-erasure.md goes through everything that is stored.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"

namespace waymark::sharing::vault {

inline constexpr std::string_view kErasePerson = "/waymark.gateway.v1.PersonService/ErasePerson";
inline constexpr std::string_view kListErasures = "/waymark.gateway.v1.PersonService/ListErasures";
// A command of this process to itself, at start.
inline constexpr std::string_view kReconcile = "vault.reconcile";
// Every room that keeps something of a person evolves it.
inline constexpr std::string_view kPersonErasing = "waymark.gateway.v1.PersonErasing";
inline constexpr std::string_view kPersonErased = "waymark.gateway.v1.PersonErased";

absl::StatusOr<runtime::Decision> DecideErase(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);
absl::StatusOr<runtime::Decision> DecideListErasures(const Membership& membership,
                                                     const runtime::View& view);
// The store is an old copy: persons whose key is erased are erased again, and everybody is told.
absl::StatusOr<runtime::Decision> DecideReconcile(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now);

// The vault's part of it.
absl::Status EvolveErasing(const Membership& membership, const runtime::View& view,
                           const gateway::v1::PersonErasing& erasing, absl::Time now,
                           runtime::Changes& changes);

}  // namespace waymark::sharing::vault
