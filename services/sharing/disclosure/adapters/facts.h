// From what the store holds to the facts and questions of the domain, and decisions to messages.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/domain/decide.h"
#include "services/sharing/disclosure/domain/receive.h"
#include "services/sharing/membership.h"
#include "waymark/common/v1/terms.pb.h"
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/share.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {

agreement::ConsentFacts FactsOf(const gateway::v1::StoredConsent& consent);
// Of another gateway's consent; one that is over counts as withdrawn. Never for a release to that
// gateway itself: nobody vouches for a consent by which they would receive.
agreement::ConsentFacts FactsOf(const gateway::v1::StoredToldConsent& stored);
std::optional<agreement::Band> BandOf(common::v1::Band band);

// Of one person in one case, with every override, every consent the person ever gave here, and
// those given elsewhere that cover what is held here.
SubjectFacts FactsFor(const runtime::View& view, const gateway::v1::StoredAsk& ask,
                      const std::string& person_id);
// Whether casemgr named the agency among those with an interest.
bool HasInterest(const gateway::v1::StoredAsk& ask, const std::string& agency);

// A notice for kSharingPurpose to the agency's gateway.
Question TellQuestion(const Membership& membership, const gateway::v1::StoredAsk& ask,
                      const std::string& recipient);

gateway::v1::ShareDecision ToMessage(const agreement::Decision& decision,
                                     const std::string& recipient, absl::Time now);

std::optional<Standing> StandingOf(const std::optional<gateway::v1::StoredShare>& share);

// What the receiver decides over.
Attested AttestedBy(const Membership& membership, const std::string& origin,
                    const gateway::v1::ShareNotice& notice);

}  // namespace waymark::sharing::disclosure
