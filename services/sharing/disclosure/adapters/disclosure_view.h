// What other rooms may ask the room disclosure: typed, read only, for one decision.
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
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

class DisclosureView {
 public:
  // Both must outlive this.
  DisclosureView(const Membership& membership, const runtime::View& view)
      : membership_(membership), view_(view) {}

  // ---- As origin ----
  std::optional<gateway::v1::StoredAsk> Ask(std::string_view case_id) const;
  std::optional<gateway::v1::StoredShare> Share(std::string_view share_id) const;
  // The newest share of this person to this recipient for this case.
  std::optional<gateway::v1::StoredShare> Newest(std::string_view case_id,
                                                 std::string_view person_id,
                                                 std::string_view recipient) const;
  std::vector<std::string> CasesOf(std::string_view person_id) const;
  std::vector<std::string> AllCases() const;
  // The newest first.
  std::vector<gateway::v1::StoredShare> Shares(size_t max) const;
  // How many shares would go out if `consent`, not yet recorded, held beside the others.
  uint32_t ReleasedBy(const gateway::v1::StoredConsent& consent, absl::Time now) const;
  // Shares that rest, or rested, on this consent.
  std::vector<std::string> SharesRestingOn(std::string_view consent_id) const;
  // Agencies that took a copy of a share resting on this consent and have not confirmed its
  // removal; sorted.
  std::vector<std::string> CopiesRestingOn(std::string_view consent_id) const;

  // Shares that stand no longer and of which a copy is not confirmed as removed; by recipient.
  std::vector<gateway::v1::StoredShare> OutstandingGiven(size_t max) const;
  // Agencies that took a copy of what was shared of this person and have not confirmed its removal;
  // sorted.
  std::vector<std::string> CopiesOfPerson(std::string_view person_id) const;

  // ---- As receiver ----
  std::optional<gateway::v1::StoredReceivedShare> Received(std::string_view share_id) const;
  // The newest first.
  std::vector<gateway::v1::StoredReceivedShare> ReceivedShares(size_t max) const;
  // Shares that stand no longer and of which this agency holds a copy; by origin.
  std::vector<gateway::v1::StoredReceivedShare> OutstandingTaken(size_t max) const;
  // Whether it may be shown at this instant, as far as this gateway knows.
  static bool IsLive(const gateway::v1::StoredReceivedShare& share, absl::Time now);
  // Of this case, whatever became of it.
  std::vector<gateway::v1::StoredReceivedShare> ReceivedOf(std::string_view case_id) const;
  // Told or pushed for this case, not withdrawn, refused or expired.
  std::vector<gateway::v1::StoredReceivedShare> LiveReceived(std::string_view case_id,
                                                             absl::Time now) const;
  // NotFound: its key was erased. Whoever opens puts an audit leaf into the same decision.
  absl::StatusOr<gateway::v1::ShareContent> OpenPushed(
      const gateway::v1::StoredReceivedShare& share) const;

  // The agreements recorded as in force.
  gateway::v1::AgreementsActivated Agreements() const;

 private:
  const Membership& membership_;
  const runtime::View& view_;
};

}  // namespace waymark::sharing::disclosure
