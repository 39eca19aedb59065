#include "services/sharing/disclosure/adapters/disclosure_view.h"

#include <set>

#include "libs/base/status.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/facts.h"
#include "services/sharing/disclosure/adapters/keys.h"
#include "services/sharing/disclosure/adapters/parcels.h"
#include "services/sharing/disclosure/domain/decide.h"

namespace waymark::sharing::disclosure {
namespace {

// The last text of a key: after a number, or after another text.
std::string ShareIdIn(std::string_view key, bool after_number) {
  KeyReader reader(key);
  const bool readable = after_number ? reader.Number().ok() : reader.Text().ok();
  const absl::StatusOr<std::string> id = reader.Text();
  WM_CHECK(readable && id.ok(), "a key has another layout");
  return *id;
}

}  // namespace

using gateway::v1::StoredAsk;
using gateway::v1::StoredReceivedShare;
using gateway::v1::StoredShare;

std::optional<StoredAsk> DisclosureView::Ask(std::string_view case_id) const {
  return ReadRow<StoredAsk>(view_, kAsks, RowKey(case_id));
}

std::optional<StoredShare> DisclosureView::Share(std::string_view share_id) const {
  return ReadRow<StoredShare>(view_, kShares, RowKey(share_id));
}

std::optional<StoredShare> DisclosureView::Newest(std::string_view case_id,
                                                  std::string_view person_id,
                                                  std::string_view recipient) const {
  const auto id = view_.Get(kNewest, NewestKey(case_id, person_id, recipient));
  if (!id) return std::nullopt;
  return Share(*id);
}

std::vector<std::string> DisclosureView::CasesOf(std::string_view person_id) const {
  return LastParts(view_, kCasesOf, RowKey(person_id));
}

std::vector<std::string> DisclosureView::AllCases() const { return LastParts(view_, kAsks, ""); }

std::vector<StoredShare> DisclosureView::Shares(size_t max) const {
  std::vector<StoredShare> found;
  view_.Scan(kByTime, "", "", [&](std::string_view key, std::string_view) {
    std::optional<StoredShare> share = Share(ShareIdIn(key, true));
    WM_CHECK(share.has_value(), "an index names a share that is not there");
    found.push_back(*std::move(share));
    return found.size() < max;
  });
  return found;
}

uint32_t DisclosureView::ReleasedBy(const gateway::v1::StoredConsent& consent,
                                    absl::Time now) const {
  uint32_t released = 0;
  for (const std::string& case_id : CasesOf(consent.person_id())) {
    const std::optional<StoredAsk> ask = Ask(case_id);
    if (!ask) continue;
    SubjectFacts facts = FactsFor(view_, *ask, consent.person_id());
    facts.consents.push_back(FactsOf(consent));
    for (const std::string& recipient : ask->asked().recipients()) {
      const Settled settled = DecideToTell(*membership_.agreements, facts,
                                           TellQuestion(membership_, *ask, recipient), now);
      const auto standing = StandingOf(Newest(case_id, consent.person_id(), recipient));
      const Move move = NextMove(standing, settled);
      if (move == Move::kTell || move == Move::kReplace) ++released;
    }
  }
  return released;
}

std::vector<std::string> DisclosureView::SharesRestingOn(std::string_view consent_id) const {
  return LastParts(view_, kByConsent, RowKey(consent_id));
}

std::vector<std::string> DisclosureView::CopiesRestingOn(std::string_view consent_id) const {
  std::set<std::string> agencies;
  for (const std::string& id : LastParts(view_, kByConsent, RowKey(consent_id))) {
    const std::optional<StoredShare> share = Share(id);
    if (share && share->copy_outstanding()) agencies.insert(share->recipient());
  }
  return {agencies.begin(), agencies.end()};
}

std::vector<std::string> DisclosureView::CopiesOfPerson(std::string_view person_id) const {
  std::set<std::string> agencies;
  for (const std::string& case_id : CasesOf(person_id)) {
    for (const std::string& recipient : LastParts(view_, kNewest, RowKey(case_id, person_id))) {
      const std::optional<StoredShare> share = Newest(case_id, person_id, recipient);
      if (share && share->copy_outstanding()) agencies.insert(recipient);
    }
  }
  return {agencies.begin(), agencies.end()};
}

std::vector<StoredShare> DisclosureView::OutstandingGiven(size_t max) const {
  std::vector<StoredShare> found;
  view_.Scan(kOutstandingGiven, "", "", [&](std::string_view key, std::string_view) {
    std::optional<StoredShare> share = Share(ShareIdIn(key, false));
    WM_CHECK(share.has_value(), "an index names a share that is not there");
    found.push_back(*std::move(share));
    return found.size() < max;
  });
  return found;
}

std::vector<StoredReceivedShare> DisclosureView::ReceivedShares(size_t max) const {
  std::vector<StoredReceivedShare> found;
  view_.Scan(kReceivedByTime, "", "", [&](std::string_view key, std::string_view) {
    std::optional<StoredReceivedShare> share = Received(ShareIdIn(key, true));
    WM_CHECK(share.has_value(), "an index names a share that is not there");
    found.push_back(*std::move(share));
    return found.size() < max;
  });
  return found;
}

std::vector<StoredReceivedShare> DisclosureView::OutstandingTaken(size_t max) const {
  std::vector<StoredReceivedShare> found;
  view_.Scan(kOutstandingTaken, "", "", [&](std::string_view key, std::string_view) {
    std::optional<StoredReceivedShare> share = Received(ShareIdIn(key, false));
    WM_CHECK(share.has_value(), "an index names a share that is not there");
    found.push_back(*std::move(share));
    return found.size() < max;
  });
  return found;
}

bool DisclosureView::IsLive(const StoredReceivedShare& share, absl::Time now) {
  if (share.state() != "notified" && share.state() != "pushed") return false;
  return !share.notice().has_expires_at() || now < FromProto(share.notice().expires_at());
}

std::optional<StoredReceivedShare> DisclosureView::Received(std::string_view share_id) const {
  return ReadRow<StoredReceivedShare>(view_, kReceived, RowKey(share_id));
}

std::vector<StoredReceivedShare> DisclosureView::ReceivedOf(std::string_view case_id) const {
  std::vector<StoredReceivedShare> found;
  for (const std::string& id : LastParts(view_, kReceivedOf, RowKey(case_id))) {
    std::optional<StoredReceivedShare> share = Received(id);
    if (share) found.push_back(*std::move(share));
  }
  return found;
}

std::vector<StoredReceivedShare> DisclosureView::LiveReceived(std::string_view case_id,
                                                              absl::Time now) const {
  std::vector<StoredReceivedShare> live;
  for (const std::string& id : LastParts(view_, kReceivedOf, RowKey(case_id))) {
    std::optional<StoredReceivedShare> share = Received(id);
    if (!share || !IsLive(*share, now)) continue;
    live.push_back(*std::move(share));
  }
  return live;
}

absl::StatusOr<gateway::v1::ShareContent> DisclosureView::OpenPushed(
    const StoredReceivedShare& share) const {
  return OpenKept(membership_, share);
}

gateway::v1::AgreementsActivated DisclosureView::Agreements() const {
  return ReadRow<gateway::v1::AgreementsActivated>(view_, kAgreements, kActiveKey)
      .value_or(gateway::v1::AgreementsActivated());
}

}  // namespace waymark::sharing::disclosure
