#include "services/sharing/alerts/adapters/fetch_shares.h"

#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/alert_stream.h"
#include "services/sharing/disclosure/adapters/fetch.h"
#include "services/sharing/disclosure/adapters/parcels.h"

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

void Refuse(FetchOutcome& outcome, std::string code) {
  outcome.set_outcome("refused");
  outcome.set_code(std::move(code));
}

// Collects the answers; the last one calls `done`.
class Gathering {
 public:
  Gathering(const Membership& membership, const std::vector<ShareToFetch>& shares, Clock& clock,
            std::function<void(Fetched)> done)
      : membership_(membership), clock_(clock), left_(shares.size()), done_(std::move(done)) {
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
      const std::vector<Problem> problems = rpc::ProblemsFrom(response.status());
      if (absl::IsPermissionDenied(response.status())) {
        Refuse(outcome, problems.empty() ? "refused" : problems.front().code);
      }
      return;
    }
    absl::StatusOr<gateway::v1::ShareContent> content =
        disclosure::ReadFetched(membership_, outcome.origin(), outcome.share_id(), *response);
    if (!content.ok()) return Refuse(outcome, "not_signed_by_origin");
    // Came too late to be shown: as if the origin had not answered, it is asked again.
    if (content->has_expires_at() && FromProto(content->expires_at()) <= clock_.Now()) return;
    outcome.set_outcome("fetched");
    fetched_.contents[outcome.share_id()] = *std::move(content);
  }

  const Membership& membership_;
  Clock& clock_;
  std::mutex mutex_;
  size_t left_;
  Fetched fetched_;
  std::function<void(Fetched)> done_;
};

}  // namespace

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
    request.set_reader(absl::StrCat("system/", who.role));
    request.set_reader_role(who.role);
    request.set_purpose(who.purpose);
    request.set_takes_copy(true);
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
