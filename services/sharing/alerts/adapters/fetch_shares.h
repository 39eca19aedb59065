// Fetches the shares of one item from their origins while a subscriber waits.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/problem.h"
#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/alert_kept.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::sharing::alerts {

// Code of a refusal: the origin answered without a proof that holds.
inline constexpr std::string_view kProofNotValid = "proof_not_valid";

struct Fetched {
  std::vector<gateway::v1::FetchOutcome> outcomes;            // one for each share, in order
  std::map<std::string, gateway::v1::ShareContent> contents;  // verified, with proof
  std::map<std::string, absl::Time> leases;  // by share id: not to be shown from then on
  std::map<std::string, Problem> refusals;   // by share id: as its origin said it
};

// How a subscribing system is named to an origin and in the list of copies.
std::string SystemReader(const std::string& role, const std::string& subscription);

struct FetchFor {
  std::string reader;   // "system/alerts/main", or "person/" and a pseudonymous subject
  std::string role;     // of the subscribing system or of the person
  std::string purpose;  // of receiving
  std::string traceparent;
  bool takes_copy = true;  // the reader keeps what it gets in its own records
};

// `done` is called exactly once, from any thread, possibly before this returns. An origin that does
// not answer in time, or that there is no channel to, is "unreachable"; so is one whose answer came
// after its lease was over (code "lease_expired"). A refusal carries its code.
// `membership` outlives the call.
void FetchShares(const Membership& membership, const PeerChannels& peers, const FetchFor& who,
                 const std::vector<gateway::v1::ShareToFetch>& shares, Clock& clock,
                 std::function<void(Fetched)> done);

}  // namespace waymark::sharing::alerts
