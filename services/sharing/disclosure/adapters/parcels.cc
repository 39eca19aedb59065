#include "services/sharing/disclosure/adapters/parcels.h"

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/aead.h"
#include "libs/crypto/sealed_share.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::ParcelContent;
using gateway::v1::ShareContent;

crypto::ShareParties Parties(const Membership& membership, const std::string& sender,
                             const std::string& recipient) {
  return {config::MembershipShard(membership.partnership, sender),
          config::MembershipShard(membership.partnership, recipient)};
}

absl::StatusOr<const Peer*> FindPeer(const Membership& membership, const std::string& agency) {
  const auto found = membership.peers.find(agency);
  if (found == membership.peers.end() || agency == membership.agency) {
    return absl::FailedPreconditionError(
        absl::StrCat(agency, " is no other member of ", membership.partnership));
  }
  return &found->second;
}

std::string KeptBound(const Membership& membership, const std::string& share_id) {
  return LengthPrefixed(
      {"waymark-pushed-share-v1", membership.partnership, membership.agency, share_id});
}

absl::Status CheckHeader(const OpenedParcel& parcel) {
  const auto& header = parcel.header;
  const auto matches = [&](std::string_view kind, const auto& content) {
    return header.kind() == kind && header.share_id() == content.share_id() &&
           header.case_id() == content.case_id() && !content.share_id().empty();
  };
  switch (parcel.content.content_case()) {
    case ParcelContent::kNotice:
      if (matches("notice", parcel.content.notice())) return absl::OkStatus();
      break;
    case ParcelContent::kPushed:
      if (matches("pushed", parcel.content.pushed())) return absl::OkStatus();
      break;
    case ParcelContent::kWithdrawn:
      if (matches("withdrawn", parcel.content.withdrawn())) return absl::OkStatus();
      break;
    case ParcelContent::kCopies:
      if (matches("copies", parcel.content.copies())) return absl::OkStatus();
      break;
    case ParcelContent::kConsent: {
      const auto& told = parcel.content.consent();
      if (parcel.header.kind() == "consent" && !told.consent_id().empty() &&
          parcel.header.share_id() == told.consent_id() &&
          parcel.header.case_id() == told.case_id()) {
        return absl::OkStatus();
      }
      break;
    }
    default:
      break;
  }
  return absl::InvalidArgumentError("a parcel whose header and content disagree");
}

}  // namespace

absl::StatusOr<gateway::v1::Parcel> SealParcel(const Membership& membership,
                                               const std::string& recipient,
                                               const gateway::v1::ParcelHeader& header,
                                               const ParcelContent& content) {
  WM_ASSIGN_OR_RETURN(const Peer* peer, FindPeer(membership, recipient));
  WM_ASSIGN_OR_RETURN(
      const std::string sealed,
      crypto::SealShare({header.SerializeAsString(), content.SerializeAsString()},
                        Parties(membership, membership.agency, recipient), *membership.signing_key,
                        peer->sealing_key, *membership.random));
  gateway::v1::Parcel parcel;
  parcel.set_sealed(sealed);
  return parcel;
}

absl::StatusOr<OpenedParcel> OpenParcel(const Membership& membership, const std::string& source,
                                        const gateway::v1::Parcel& parcel) {
  OpenedParcel opened;
  for (const auto& [agency, peer] : membership.peers) {
    if (agency != membership.agency && source == config::GatewaySource(agency)) {
      opened.sender = agency;
    }
  }
  if (opened.sender.empty()) {
    return absl::PermissionDeniedError("a parcel comes from another member's gateway only");
  }
  WM_ASSIGN_OR_RETURN(
      const crypto::ShareParts parts,
      crypto::OpenShare(parcel.sealed(), Parties(membership, opened.sender, membership.agency),
                        membership.peers.at(opened.sender).verify, *membership.sealing_key));
  if (!opened.header.ParseFromString(parts.header) ||
      !opened.content.ParseFromString(parts.content)) {
    return absl::InvalidArgumentError("a parcel whose inside cannot be read");
  }
  WM_RETURN_IF_ERROR(CheckHeader(opened));
  const ShareContent& pushed = opened.content.pushed();
  if (opened.content.has_pushed() &&
      (pushed.origin() != opened.sender || pushed.recipient() != membership.agency)) {
    return absl::PermissionDeniedError("a pushed share between other parties");
  }
  return opened;
}

absl::StatusOr<gateway::v1::Sealed> SealKept(const Membership& membership,
                                             const std::string& share_id,
                                             const ShareContent& content) {
  WM_ASSIGN_OR_RETURN(const uint64_t slot, membership.person_keys->Take());
  WM_ASSIGN_OR_RETURN(const std::string key, membership.person_keys->Key(slot));
  gateway::v1::Sealed sealed;
  sealed.set_key_slot(slot);
  sealed.set_version(1);
  sealed.set_sealed(crypto::AeadSeal(key, KeptBound(membership, share_id),
                                     content.SerializeAsString(), *membership.random));
  return sealed;
}

absl::StatusOr<ShareContent> OpenKept(const Membership& membership,
                                      const gateway::v1::StoredReceivedShare& share) {
  WM_ASSIGN_OR_RETURN(const std::string key,
                      membership.person_keys->Key(share.pushed().key_slot()));
  WM_ASSIGN_OR_RETURN(
      const std::string plain,
      crypto::AeadOpen(key, KeptBound(membership, share.share_id()), share.pushed().sealed()));
  ShareContent content;
  if (!content.ParseFromString(plain)) {
    return absl::DataLossError("a pushed share at rest cannot be read");
  }
  return content;
}

std::string ContentSignedBytes(const std::string& partnership, const std::string& origin,
                               const std::string& recipient, const std::string& content) {
  return LengthPrefixed({"waymark-share-content-v1", partnership, origin, recipient, content});
}

absl::StatusOr<ShareContent> ReadFetched(const Membership& membership, const std::string& origin,
                                         const std::string& share_id,
                                         const gateway::v1::FetchShareResponse& response) {
  WM_ASSIGN_OR_RETURN(const Peer* peer, FindPeer(membership, origin));
  const std::string bytes =
      ContentSignedBytes(membership.partnership, origin, membership.agency, response.content());
  if (response.key_id() != peer->verify.id() || !peer->verify.Verify(bytes, response.signature())) {
    return absl::PermissionDeniedError("the content of a share is not signed by its origin");
  }
  ShareContent content;
  if (!content.ParseFromString(response.content())) {
    return absl::PermissionDeniedError("the content of a share cannot be read");
  }
  if (content.share_id() != share_id || content.origin() != origin ||
      content.recipient() != membership.agency) {
    return absl::PermissionDeniedError("the content belongs to another share");
  }
  return content;
}

}  // namespace waymark::sharing::disclosure
