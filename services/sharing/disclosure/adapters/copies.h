// Copies of shares in somebody's own records: listed at the origin and at the agency that took
// them, until the holder says that they are gone. docs/adr/0008.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kListCopies = "/waymark.gateway.v1.CopyService/ListCopies";
inline constexpr std::string_view kConfirmRemoval =
    "/waymark.gateway.v1.CopyService/ConfirmRemoval";
// Effect: the key of a pushed share is destroyed. Its payload and its result: PushedShareEnded.
inline constexpr std::string_view kDestroyKey = "disclosure.destroy_key";

// Holder of a pushed share that lies sealed at the recipient's gateway.
inline constexpr std::string_view kGatewayHolder = "gateway";

inline constexpr size_t kCopiesListedMax = 1000;
// Beyond so many holders of one share the rest count as one.
inline constexpr int kHoldersMax = 200;
inline constexpr std::string_view kOtherHolders = "others";

gateway::v1::ShareCopy CopyBy(const std::string& holder, const std::string& role,
                              const std::string& purpose, absl::Time at);

// ---- Rows: StoredShare at the origin, StoredReceivedShare at the recipient ----
template <class Row>
bool AnyCopyThere(const Row& row) {
  for (const gateway::v1::ShareCopy& copy : row.copies()) {
    if (!copy.has_removed_at()) return true;
  }
  return false;
}
// False when the holder had a copy already: then nothing changed.
template <class Row>
bool AddCopy(gateway::v1::ShareCopy taken, Row& row) {
  const bool full = row.copies_size() >= kHoldersMax;
  for (gateway::v1::ShareCopy& copy : *row.mutable_copies()) {
    if (copy.holder() != taken.holder() && !(full && copy.holder() == kOtherHolders)) continue;
    if (!copy.has_removed_at()) return false;
    taken.set_holder(copy.holder());
    copy = taken;
    return true;
  }
  if (full) taken.set_holder(std::string(kOtherHolders));
  *row.add_copies() = taken;
  return true;
}
// Marks a holder's copy as removed; returns how many were there.
template <class Row>
uint32_t RemoveCopies(std::string_view holder, const google::protobuf::Timestamp& at,
                      const std::string& by, Row& row) {
  uint32_t removed = 0;
  for (gateway::v1::ShareCopy& copy : *row.mutable_copies()) {
    if (copy.has_removed_at() || copy.holder() != holder) continue;
    *copy.mutable_removed_at() = at;
    copy.set_removed_by(by);
    ++removed;
  }
  return removed;
}
// The share no longer stands and a copy of it is there.
template <class Row>
bool IsOutstanding(const Row& row) {
  return row.state() != "notified" && row.state() != "pushed" && AnyCopyThere(row);
}

// ---- As the agency that takes copies ----
// A holder of this agency takes a copy, or confirms that it has one (`receipt`): adds the event to
// the decision when that is news. The origin of a pushed share is told; that of a fetched one
// knows.
absl::Status NoteCopy(const Membership& membership, const runtime::View& view,
                      const std::string& share_id, const gateway::v1::ShareCopy& copy, bool receipt,
                      absl::Time now, runtime::Decision& decision);
absl::StatusOr<runtime::Decision> DecideConfirmRemoval(const Membership& membership,
                                                       const runtime::View& view,
                                                       const runtime::Input& input,
                                                       runtime::Context& context);
// The result of kDestroyKey: on record, and the origin is told.
absl::StatusOr<runtime::Decision> DecideKeyDestroyed(const Membership& membership,
                                                     const runtime::View& view,
                                                     const runtime::Input& input,
                                                     runtime::Context& context);

// ---- As the origin ----
// A recipient's CopyReport. Refused from anybody but the share's recipient.
absl::StatusOr<runtime::Decision> DecideCopyReport(const Membership& membership,
                                                   const runtime::View& view,
                                                   const OpenedParcel& parcel, absl::Time now);

// Both.
absl::StatusOr<runtime::Decision> DecideListCopies(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input);

}  // namespace waymark::sharing::disclosure
