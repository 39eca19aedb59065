#include "services/sharing/disclosure/adapters/gather_leases.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/told.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::FetchAsked;
using gateway::v1::LeaseConsentResponse;

struct Needed {
  std::string home;
  gateway::v1::LeaseConsentRequest request;
};

// The lease that handing this share over needs; nullopt when it needs none.
std::optional<Needed> NeededFor(const MethodContext& context, const Membership& membership,
                                const std::string& asker,
                                const gateway::v1::FetchShareRequest& request) {
  std::optional<Needed> needed;
  const absl::Status read =
      context.runtime.Read(membership.Shard(), [&](const runtime::View& view) {
        const auto share = DisclosureView(membership, view).Share(request.share_id());
        if (!share || share->recipient() != asker || share->consent_id().empty()) return;
        const auto told = consent::FindTold(view, share->case_id(), share->consent_id());
        if (!told) return;
        needed = Needed{told->home(), {}};
        needed->request.set_partnership(membership.partnership);
        needed->request.set_consent_id(share->consent_id());
        needed->request.set_case_id(share->case_id());
        needed->request.set_recipient(share->recipient());
        needed->request.set_purpose(request.purpose());
      });
  if (!read.ok()) return std::nullopt;  // a store that fails says so in the answer to the command
  return needed;
}

rpc::Channel* ChannelTo(const alerts::PeerChannels& peers, const std::string& partnership,
                        const std::string& agency) {
  const auto of_partnership = peers.find(partnership);
  if (of_partnership == peers.end()) return nullptr;
  const auto found = of_partnership->second.find(agency);
  return found == of_partnership->second.end() ? nullptr : found->second.get();
}

void Refuse(const std::string& code, const std::string& wanted, FetchAsked& asked) {
  common::v1::Problem& one = *asked.add_refused();
  one.set_code(code);
  one.set_field("share_id");
  one.set_wanted(wanted);
  one.set_remedy("ring the desk of the agency that recorded the consent");
}

void Take(const absl::StatusOr<LeaseConsentResponse>& answer, FetchAsked& asked) {
  if (answer.ok()) {
    *asked.add_leases() = *answer;
    return;
  }
  const std::vector<Problem> problems = rpc::ProblemsFrom(answer.status());
  if (absl::IsPermissionDenied(answer.status()) && !problems.empty()) {
    return Refuse(problems.front().code, problems.front().wanted, asked);
  }
  Refuse("consent_home_unreachable", "an answer from the gateway that recorded the consent", asked);
}

}  // namespace

void GatherLeases(const MethodContext& context, const Membership& membership,
                  const alerts::PeerChannels& peers, const rpc::CallContext& call,
                  const gateway::v1::FetchShareRequest& request,
                  std::function<void(FetchAsked)> done) {
  FetchAsked asked;
  *asked.mutable_request() = request;
  *asked.mutable_asked_at() = ToProto(context.clock.Now());
  const std::optional<Needed> needed = NeededFor(context, membership, call.system.agency, request);
  if (!needed) return done(std::move(asked));
  rpc::Channel* home = ChannelTo(peers, membership.partnership, needed->home);
  if (home == nullptr) {
    Take(absl::UnavailableError("there is no channel to the home"), asked);
    return done(std::move(asked));
  }
  rpc::CallOptions options;
  options.timeout = kLeaseBudget;
  options.traceparent = call.traceparent;
  rpc::CallAsync<LeaseConsentResponse>(
      *home, std::string(consent::kLeaseConsent), needed->request, options,
      [asked = std::move(asked),
       done = std::move(done)](const absl::StatusOr<LeaseConsentResponse>& answer) mutable {
        Take(answer, asked);
        done(std::move(asked));
      });
}

}  // namespace waymark::sharing::disclosure
