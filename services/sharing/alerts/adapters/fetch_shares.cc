#include "services/sharing/alerts/adapters/fetch_shares.h"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alert_stream.h"
#include "services/sharing/disclosure/adapters/fetch.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/disclosure/domain/lease.h"

namespace waymark::sharing::alerts {
namespace {

using gateway::v1::FetchOutcome;
using gateway::v1::FetchShareRequest;
using gateway::v1::FetchShareResponse;
using gateway::v1::ShareToFetch;

rpc::Channel* ChannelTo(const PeerChannels& peers, const std::string& partnership,
                        const std::string& agency) {
  const auto of_partnership = peers.find(partnership);
  if (of_partnership == peers.end()) return nullptr;
  const auto found = of_partnership->second.find(agency);
  return found == of_partnership->second.end() ? nullptr : found->second.get();
}

// Collects the answers; the last one calls `done`.
class Gathering {
 public:
  Gathering(const Membership& membership, const std::vector<ShareToFetch>& shares, Clock& clock,
            std::function<void(Fetched)> done)
      : membership_(membership),
        clock_(clock),
        asked_(clock.Now()),
        left_(shares.size()),
        done_(std::move(done)) {
    for (const ShareToFetch& share : shares) {
      FetchOutcome outcome;
      outcome.set_share_id(share.share_id());
      outcome.set_origin(share.origin());
      outcome.set_outcome("unreachable");
      fetched_.outcomes.push_back(std::move(outcome));
    }
  }

  void Take(size_t index, const absl::StatusOr<FetchShareResponse>& response) {
    {
      std::lock_guard lock(mutex_);
      Settle(fetched_.outcomes[index], response);
      if (--left_ > 0) return;
    }
    done_(std::move(fetched_));
  }

 private:
  void Settle(FetchOutcome& outcome, const absl::StatusOr<FetchShareResponse>& response) {
    if (!response.ok()) {
      if (!absl::IsPermissionDenied(response.status())) return;
      const std::vector<Problem> problems = rpc::ProblemsFrom(response.status());
      return Refuse(outcome,
                    problems.empty() ? Problem{"refused", "share_id", "", ""} : problems.front());
    }
    absl::StatusOr<gateway::v1::ShareContent> content =
        disclosure::ReadFetched(membership_, outcome.origin(), outcome.share_id(), *response);
    if (!content.ok()) {
      return Refuse(outcome, {"not_signed_by_origin", "share_id",
                              "content that its origin signed for this agency",
                              "ring the origin's desk, and tell your operator"});
    }
    const absl::Status proven =
        CheckHandOver(membership_, outcome.origin(), *content, response->proof());
    if (!proven.ok()) {
      return Refuse(outcome, {std::string(kProofNotValid), "share_id",
                              "content that its origin put on record before it gave it",
                              "ring the origin's desk, and tell your operator"});
    }
    *content->mutable_proof() = response->proof();
    outcome.set_checkpoint(response->proof().log().checkpoint());
    std::optional<absl::Time> stated;
    if (content->has_expires_at()) stated = FromProto(content->expires_at());
    const auto lease = disclosure::LeaseHere(asked_, stated, clock_.Now());
    // Came too late to be shown: as if the origin had not answered, it is asked again.
    if (!lease) return outcome.set_code("lease_expired");
    outcome.set_outcome("fetched");
    fetched_.leases[outcome.share_id()] = *lease;
    fetched_.contents[outcome.share_id()] = *std::move(content);
  }

  void Refuse(FetchOutcome& outcome, const Problem& problem) {
    outcome.set_outcome("refused");
    outcome.set_code(problem.code);
    fetched_.refusals[outcome.share_id()] = problem;
  }

  const Membership& membership_;
  Clock& clock_;
  const absl::Time asked_;
  std::mutex mutex_;
  size_t left_;
  Fetched fetched_;
  std::function<void(Fetched)> done_;
};

}  // namespace

std::string SystemReader(const std::string& role, const std::string& subscription) {
  return absl::StrCat("system/", role, "/", subscription);
}

void FetchShares(const Membership& membership, const PeerChannels& peers, const FetchFor& who,
                 const std::vector<ShareToFetch>& shares, Clock& clock,
                 std::function<void(Fetched)> done) {
  if (shares.empty()) return done({});
  auto gathering = std::make_shared<Gathering>(membership, shares, clock, std::move(done));
  for (size_t i = 0; i < shares.size(); ++i) {
    rpc::Channel* channel = ChannelTo(peers, membership.partnership, shares[i].origin());
    if (channel == nullptr) {
      gathering->Take(i, absl::UnavailableError("there is no channel to the origin"));
      continue;
    }
    FetchShareRequest request;
    request.set_partnership(membership.partnership);
    request.set_share_id(shares[i].share_id());
    request.set_reader(who.reader);
    request.set_reader_role(who.role);
    request.set_purpose(who.purpose);
    request.set_takes_copy(who.takes_copy);
    rpc::CallOptions options;
    options.timeout = kFetchBudget;
    options.traceparent = who.traceparent;
    rpc::CallAsync<FetchShareResponse>(
        *channel, std::string(disclosure::kFetchShare), request, options,
        [gathering, i](const absl::StatusOr<FetchShareResponse>& response) {
          gathering->Take(i, response);
        });
  }
}

}  // namespace waymark::sharing::alerts
