// Parcels between gateways: sealed to the recipient, signed by the sender, alike from outside. And
// a pushed share at rest, under a key of its own.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/peer.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

// FailedPrecondition: the partnership has no such member.
absl::StatusOr<gateway::v1::Parcel> SealParcel(const Membership& membership,
                                               const std::string& recipient,
                                               const gateway::v1::ParcelHeader& header,
                                               const gateway::v1::ParcelContent& content);

struct OpenedParcel {
  std::string sender;  // agency
  gateway::v1::ParcelHeader header;
  gateway::v1::ParcelContent content;
};
// `source` is the authenticated source of the record. PermissionDenied, Unauthenticated or
// InvalidArgument: not from that member, not to this one, forged, or not a parcel.
absl::StatusOr<OpenedParcel> OpenParcel(const Membership& membership, const std::string& source,
                                        const gateway::v1::Parcel& parcel);

// Errors are of the key file.
absl::StatusOr<gateway::v1::Sealed> SealKept(const Membership& membership,
                                             const std::string& share_id,
                                             const gateway::v1::ShareContent& content);
absl::StatusOr<gateway::v1::ShareContent> OpenKept(const Membership& membership,
                                                   const gateway::v1::StoredReceivedShare& share);

// What an origin signs when it hands over content.
std::string ContentSignedBytes(const std::string& partnership, const std::string& origin,
                               const std::string& recipient, const std::string& content);
// Verifies and reads what `origin` answered; every field of it is bound to the share, the origin
// and this membership. PermissionDenied otherwise.
absl::StatusOr<gateway::v1::ShareContent> ReadFetched(
    const Membership& membership, const std::string& origin, const std::string& share_id,
    const gateway::v1::FetchShareResponse& response);

}  // namespace waymark::sharing::disclosure
