// Consents that other gateways rely on. A consent has one home; where its scope names other
// agencies as sources, they are told of it for each case, and ask for a lease before each release
// (docs/adr/0008).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/consent_lease.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::consent {

inline constexpr std::string_view kLeaseConsent =
    "/waymark.gateway.v1.ConsentLeaseService/LeaseConsent";

// ---- At the home ----
// Tells every source of the case's consents what holds now, and what does so no more: adds the
// events to the decision. Nothing when all of them know.
absl::Status TellSources(const Membership& membership, const runtime::View& view,
                         const gateway::v1::StoredAsk& ask, absl::Time now,
                         runtime::Decision& decision);
// The reply is a ConsentLeaseDecided: a refusal is recorded too.
absl::StatusOr<runtime::Decision> DecideLease(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);

// ---- At a source ----
// A parcel's ConsentTold: kept, and the case is decided again.
absl::StatusOr<runtime::Decision> DecideTold(const Membership& membership,
                                             const runtime::View& view,
                                             const disclosure::OpenedParcel& parcel,
                                             absl::Time now);
// Consents recorded elsewhere that cover this gateway's data in the case, as last told; those that
// are over included.
std::vector<gateway::v1::StoredToldConsent> ToldIn(const runtime::View& view,
                                                   std::string_view case_id);
std::optional<gateway::v1::StoredToldConsent> FindTold(const runtime::View& view,
                                                       std::string_view case_id,
                                                       std::string_view consent_id);

// Leases that a release was decided with, by consent id: until when each holds here.
using Leases = std::map<std::string, absl::Time>;
// Those of `asked` that are signed by their home, are about this release and hold at `now`.
Leases ValidLeases(const Membership& membership, const runtime::View& view,
                   const gateway::v1::FetchAsked& asked, const gateway::v1::StoredShare& share,
                   absl::Time now);

}  // namespace waymark::sharing::consent
