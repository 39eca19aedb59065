#include "services/sharing/door/adapters/ask_partners.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "services/sharing/door/domain/limits.h"
#include "waymark/intake/v1/intake.pb.h"

namespace waymark::sharing::door {
namespace {

using casemgr::v1::CallCardRequest;
using casemgr::v1::CallCardResponse;
using gateway::v1::LookUpDecided;
using gateway::v1::LookUpResponse;
using gateway::v1::PartnerView;
using intake::v1::ResolveRequest;
using intake::v1::ResolveResponse;

constexpr const char* kResolve = "/waymark.intake.v1.IntakeService/Resolve";
constexpr const char* kCallCard = "/waymark.casemgr.v1.CaseRegisterService/CallCard";

class Asking : public std::enable_shared_from_this<Asking> {
 public:
  Asking(const Membership& membership, CoreChannels core, Clock& clock, std::string purpose,
         LookUpDecided decided, std::string traceparent, std::function<void(LookUpResponse)> done)
      : membership_(membership),
        core_(std::move(core)),
        clock_(clock),
        purpose_(std::move(purpose)),
        decided_(std::move(decided)),
        traceparent_(std::move(traceparent)),
        until_(clock.Now() + kPartnersBudget),
        done_(std::move(done)) {}

  void Start() {
    if (!core_.intake || !core_.casemgr) return Unavailable();
    ResolveRequest request;
    request.set_partnership(membership_.partnership);
    *request.mutable_tokens() = decided_.tokens();
    rpc::CallAsync<ResolveResponse>(
        *core_.intake, kResolve, request, Options(),
        [self = shared_from_this()](absl::StatusOr<ResolveResponse> answer) {
          self->OnResolved(answer);
        });
  }

 private:
  rpc::CallOptions Options() const {
    rpc::CallOptions options;
    options.timeout = until_ - clock_.Now();
    options.traceparent = traceparent_;
    return options;
  }

  void OnResolved(const absl::StatusOr<ResolveResponse>& answer) {
    if (!answer.ok() || clock_.Now() >= until_) return Unavailable();
    CallCardRequest request;
    request.set_partnership(membership_.partnership);
    request.set_purpose(purpose_);
    for (const intake::v1::Match& match : answer->matches()) {
      if (match.evidence().confirmed()) request.add_subject_ids(match.subject_id());
    }
    if (request.subject_ids().empty()) {
      LookUpResponse response = std::move(*decided_.mutable_own());
      response.mutable_partners()->set_availability(PartnerView::AVAILABILITY_ANSWERED);
      return done_(std::move(response));
    }
    rpc::CallAsync<CallCardResponse>(
        *core_.casemgr, kCallCard, request, Options(),
        [self = shared_from_this()](absl::StatusOr<CallCardResponse> card) {
          if (!card.ok()) return self->Unavailable();
          self->done_(Merge(self->membership_, std::move(*self->decided_.mutable_own()), *card));
        });
  }

  void Unavailable() {
    LookUpResponse response = std::move(*decided_.mutable_own());
    response.mutable_partners()->set_availability(PartnerView::AVAILABILITY_UNAVAILABLE);
    done_(std::move(response));
  }

  const Membership& membership_;
  const CoreChannels core_;
  Clock& clock_;
  const std::string purpose_;
  LookUpDecided decided_;
  const std::string traceparent_;
  const absl::Time until_;
  const std::function<void(LookUpResponse)> done_;
};

void MergeRules(const CallCardResponse& card, LookUpResponse& response) {
  for (const gateway::v1::RepeatFinding& found : card.rules()) {
    auto same = std::find_if(
        response.mutable_rules()->begin(), response.mutable_rules()->end(),
        [&](const gateway::v1::RepeatFinding& own) { return own.rule() == found.rule(); });
    if (same == response.mutable_rules()->end()) {
      *response.add_rules() = found;
    } else if (found.count() > same->count()) {
      *same = found;
    }
  }
  if (!response.rules().empty()) response.set_repeat(true);
}

void MergeMarkers(const CallCardResponse& card, LookUpResponse& response) {
  for (const gateway::v1::Marker& marker : card.markers()) {
    const bool known = std::any_of(
        response.markers().begin(), response.markers().end(), [&](const gateway::v1::Marker& own) {
          return own.kind() == marker.kind() && own.source() == marker.source();
        });
    if (!known) *response.add_markers() = marker;
  }
}

void MergeBand(const CallCardResponse& card, LookUpResponse& response) {
  if (card.band() < response.band() || card.band() == common::v1::BAND_UNSPECIFIED) return;
  std::set<std::string> by(card.band_by().begin(), card.band_by().end());
  if (card.band() == response.band()) {
    by.insert(response.band_by().begin(), response.band_by().end());
  }
  response.set_band(card.band());
  response.clear_band_by();
  for (const std::string& agency : by) response.add_band_by(agency);
}

}  // namespace

LookUpResponse Merge(const Membership& membership, LookUpResponse own,
                     const CallCardResponse& card) {
  *own.mutable_partners() = card.partners();
  MergeRules(card, own);
  MergeMarkers(card, own);
  MergeBand(card, own);
  if (!card.lead_agency().empty()) {
    own.set_contact_agency(card.lead_agency());
    own.set_contact(membership.DeskOf(card.lead_agency()));
  }
  return own;
}

void AskPartners(const Membership& membership, const CoreChannels& core, Clock& clock,
                 const std::string& purpose, LookUpDecided decided, const std::string& traceparent,
                 std::function<void(LookUpResponse)> done) {
  std::make_shared<Asking>(membership, core, clock, purpose, std::move(decided), traceparent,
                           std::move(done))
      ->Start();
}

}  // namespace waymark::sharing::door
