#include "services/sharing/disclosure/adapters/disclosure_room.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/nudge.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/disclosure/adapters/explain.h"
#include "services/sharing/disclosure/adapters/fetch.h"
#include "services/sharing/disclosure/adapters/gather_leases.h"
#include "services/sharing/disclosure/adapters/keys.h"
#include "services/sharing/disclosure/adapters/nudge.h"
#include "services/sharing/disclosure/adapters/receive.h"
#include "services/sharing/disclosure/adapters/settle.h"
#include "services/sharing/vault/adapters/erase.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::disclosure {
namespace {

using gateway::v1::AgreementsActivated;
using gateway::v1::RedecideSpread;
using gateway::v1::ShareAskKept;
using gateway::v1::ShareFetched;
using gateway::v1::ShareReceived;
using gateway::v1::ShareSettled;
using gateway::v1::StoredReceivedShare;
using gateway::v1::StoredShare;

constexpr std::string_view kShareAsked = "waymark.casemgr.v1.ShareAsked";
constexpr std::string_view kCaseNotice = "waymark.casemgr.v1.CaseNotice";
constexpr std::string_view kParcel = "waymark.gateway.v1.Parcel";

template <class Message>
bool Is(const runtime::Event& event) {
  return event.type == Message::descriptor()->full_name();
}

absl::Status EvolveAsk(const runtime::Event& event, absl::Time now, runtime::Changes& changes) {
  ShareAskKept kept;
  WM_RETURN_IF_ERROR(ReadEvent(event, kept));
  changes.Put(kAsks, RowKey(kept.case_id()), kept.ask().SerializeAsString());
  for (const std::string& person_id : kept.ask().asked().person_ids()) {
    changes.Put(kCasesOf, RowKey(person_id, kept.case_id()), "");
  }
  if (kept.decide()) NudgeCase(kept.case_id(), now, changes);
  return absl::OkStatus();
}

void List(std::string_view family, const std::string& key, bool listed, runtime::Changes& changes) {
  if (listed) {
    changes.Put(family, key, "");
  } else {
    changes.Delete(family, key);
  }
}

void KeepShare(const runtime::View& view, const StoredShare& share, runtime::Changes& changes) {
  const std::string key = RowKey(share.share_id());
  if (!view.Get(kShares, key)) {
    changes.Put(kByTime, TimeKey(FromProto(share.decision().decided_at()), share.share_id()), "");
  }
  changes.Put(kShares, key, share.SerializeAsString());
  if (!share.consent_id().empty()) {
    changes.Put(kByConsent, RowKey(share.consent_id(), share.share_id()), "");
  }
  List(kOutstandingGiven, RowKey(share.recipient(), share.share_id()), IsOutstanding(share),
       changes);
}

absl::Status EvolveSettled(const Membership& membership, const runtime::View& view,
                           const runtime::Event& event, runtime::Changes& changes) {
  ShareSettled settled;
  WM_RETURN_IF_ERROR(ReadEvent(event, settled));
  const StoredShare& share = settled.share();
  KeepShare(view, share, changes);
  changes.Put(kNewest, NewestKey(share.case_id(), share.person_id(), share.recipient()),
              share.share_id());
  const bool told = share.state() == "notified" || share.state() == "pushed";
  if (told && share.has_expires_at()) {
    NudgeAtEnd(share.share_id(), share.case_id(), FromProto(share.expires_at()), changes);
  } else {
    ForgetEnd(share.share_id(), changes);
  }
  if (settled.has_parcel()) {
    changes.Send(membership.InboxOf(share.recipient()), kParcel,
                 settled.parcel().SerializeAsString());
  }
  return absl::OkStatus();
}

void KeepReceived(const StoredReceivedShare& share, runtime::Changes& changes) {
  changes.Put(kReceived, RowKey(share.share_id()), share.SerializeAsString());
  changes.Put(kReceivedOf, RowKey(share.case_id(), share.share_id()), "");
  changes.Put(kReceivedByTime, TimeKey(FromProto(share.received_at()), share.share_id()), "");
  List(kOutstandingTaken, RowKey(share.origin(), share.share_id()), IsOutstanding(share), changes);
}

bool Stands(const StoredReceivedShare& share) {
  return share.state() == "notified" || share.state() == "pushed";
}

// A share ends here by itself, also when its origin is away; the key of a pushed one goes with it.
void RunEnds(const std::optional<StoredReceivedShare>& before, const StoredReceivedShare& share,
             runtime::Changes& changes) {
  const std::string timer = absl::StrCat(ToAbsl(kReceivedEnd), "/", share.share_id());
  gateway::v1::PushedShareEnded ended;
  ended.set_share_id(share.share_id());
  if (Stands(share) && share.notice().has_expires_at()) {
    changes.ArmTimer(timer, FromProto(share.notice().expires_at()), kReceivedEnd,
                     ended.SerializeAsString());
  } else {
    changes.CancelTimer(timer);
  }
  if (Stands(share) || !before || !before->has_pushed()) return;
  ended.set_key_slot(before->pushed().key_slot());
  changes.StartEffect(absl::StrCat(ToAbsl(kDestroyKey), "/", share.share_id()), kDestroyKey,
                      ended.SerializeAsString());
}

absl::Status EvolveReceived(const runtime::View& view, const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  ShareReceived received;
  WM_RETURN_IF_ERROR(ReadEvent(event, received));
  const StoredReceivedShare& share = received.share();
  const auto before = ReadRow<StoredReceivedShare>(view, kReceived, RowKey(share.share_id()));
  KeepReceived(share, changes);
  RunEnds(before, share, changes);
  const bool stood = before && Stands(*before);
  if (!stood && !Stands(share)) return absl::OkStatus();
  gateway::v1::ShareChanged changed;
  changed.set_case_id(share.case_id());
  changed.set_share_id(share.share_id());
  if (!Stands(share)) changed.set_withdrawn(share.reason());
  alerts::NudgeShareChanged(changed, now, changes);
  return absl::OkStatus();
}

absl::Status EvolveReceivedCopies(const Membership& membership, const runtime::Event& event,
                                  runtime::Changes& changes) {
  gateway::v1::ReceivedCopiesKept kept;
  WM_RETURN_IF_ERROR(ReadEvent(event, kept));
  KeepReceived(kept.share(), changes);
  if (kept.has_parcel()) {
    changes.Send(membership.InboxOf(kept.share().origin()), kParcel,
                 kept.parcel().SerializeAsString());
  }
  return absl::OkStatus();
}

absl::Status EvolveActivated(const runtime::Event& event, absl::Time now,
                             runtime::Changes& changes) {
  AgreementsActivated activated;
  WM_RETURN_IF_ERROR(ReadEvent(event, activated));
  changes.Put(kAgreements, kActiveKey, activated.SerializeAsString());
  NudgeAll("activated", now, changes);
  for (const gateway::v1::ActiveAgreement& agreement : activated.agreements()) {
    const absl::Time from = FromProto(agreement.valid_from());
    if (from > now) NudgeAll(agreement.digest(), from, changes);
  }
  return absl::OkStatus();
}

// What was told of the person is taken back in the next batch; nobody shares them any more.
absl::Status EvolveErasing(const Membership& membership, const runtime::View& view,
                           const runtime::Event& event, absl::Time now, runtime::Changes& changes) {
  gateway::v1::PersonErasing erasing;
  WM_RETURN_IF_ERROR(ReadEvent(event, erasing));
  const std::string& person_id = erasing.stored().erasure().person_id();
  const DisclosureView shares(membership, view);
  for (const std::string& case_id : shares.CasesOf(person_id)) {
    std::optional<gateway::v1::StoredAsk> ask = shares.Ask(case_id);
    if (!ask) continue;
    auto& persons = *ask->mutable_asked()->mutable_person_ids();
    persons.erase(std::remove(persons.begin(), persons.end(), person_id), persons.end());
    changes.Put(kAsks, RowKey(case_id), ask->SerializeAsString());
    NudgeCase(case_id, now, changes);
  }
  return absl::OkStatus();
}

class DisclosureRoom : public Room {
 public:
  explicit DisclosureRoom(const alerts::PeerChannels& peers) : peers_(peers) {}

  std::string_view name() const override { return "disclosure"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    std::vector<std::string> all;
    for (const std::string_view family :
         {kAsks, kCasesOf, kShares, kNewest, kByConsent, kByTime, kReceived, kReceivedOf,
          kReceivedByTime, kOutstandingGiven, kOutstandingTaken, kAgreements}) {
      all.emplace_back(family);
    }
    return all;
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all;
    for (const std::string_view type :
         {kShareAsked, kCaseNotice, kParcel, kRedecide, kFetchShare, kExplainShare, kListShares,
          kActivateAgreements, kReceivedEnd, kListCopies, kConfirmRemoval, kDestroyKey}) {
      all.emplace_back(type);
    }
    all.push_back(absl::StrCat(ToAbsl(kDestroyKey), ".failed"));
    return all;
  }

  std::vector<std::string> Events() const override {
    return {ShareAskKept::descriptor()->full_name(),
            ShareSettled::descriptor()->full_name(),
            ShareFetched::descriptor()->full_name(),
            RedecideSpread::descriptor()->full_name(),
            ShareReceived::descriptor()->full_name(),
            AgreementsActivated::descriptor()->full_name(),
            gateway::v1::ReceivedCopiesKept::descriptor()->full_name(),
            gateway::v1::GivenCopiesKept::descriptor()->full_name(),
            std::string(vault::kPersonErasing)};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kShareAsked) return DecideAsked(membership, view, input, context);
    if (input.type == kCaseNotice) return DecideCaseNotice(view, membership, input);
    if (input.type == kParcel) return DecideParcel(membership, view, input, context);
    if (input.type == kRedecide) return DecideAgain(membership, view, input, context);
    if (input.type == kFetchShare) return DecideFetch(membership, view, input, context);
    if (input.type == kExplainShare) return DecideExplain(membership, view, input, context);
    if (input.type == kListShares) return DecideList(membership, view, input);
    if (input.type == kReceivedEnd) return DecideReceivedEnd(membership, view, input, context);
    if (input.type == kListCopies) return DecideListCopies(membership, view, input);
    if (input.type == kConfirmRemoval)
      return DecideConfirmRemoval(membership, view, input, context);
    if (input.type == kDestroyKey) return DecideKeyDestroyed(membership, view, input, context);
    if (input.type != kActivateAgreements) return runtime::Decision{};  // a dead end has its alarm
    return DecideActivation(membership, view, input, context);
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext& context,
                      runtime::Changes& changes) override {
    if (event.type == vault::kPersonErasing) {
      return EvolveErasing(membership, view, event, context.at, changes);
    }
    if (Is<ShareAskKept>(event)) return EvolveAsk(event, context.at, changes);
    if (Is<ShareSettled>(event)) return EvolveSettled(membership, view, event, changes);
    if (Is<ShareReceived>(event)) return EvolveReceived(view, event, context.at, changes);
    if (Is<AgreementsActivated>(event)) return EvolveActivated(event, context.at, changes);
    if (Is<RedecideSpread>(event)) {
      RedecideSpread spread;
      WM_RETURN_IF_ERROR(ReadEvent(event, spread));
      for (const std::string& case_id : spread.case_ids()) NudgeCase(case_id, context.at, changes);
      return absl::OkStatus();
    }
    if (Is<gateway::v1::ReceivedCopiesKept>(event)) {
      return EvolveReceivedCopies(membership, event, changes);
    }
    if (Is<gateway::v1::GivenCopiesKept>(event)) {
      gateway::v1::GivenCopiesKept kept;
      WM_RETURN_IF_ERROR(ReadEvent(event, kept));
      KeepShare(view, kept.share(), changes);
      return absl::OkStatus();
    }
    ShareFetched fetched;
    WM_RETURN_IF_ERROR(ReadEvent(event, fetched));
    KeepShare(view, fetched.share(), changes);
    return absl::OkStatus();
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of five methods
    std::set<std::string> readers = CaseWorkers();
    readers.insert("data_protection_lead");
    const rpc::Rule people = OwnSystems(context.memberships).WithPerson(readers);
    AddCommand<ExplainShareRequest, ExplainShareResponse>(table, std::string(kExplainShare), people,
                                                          context, runtime_rpc::Repeat::kRead);
    AddCommand<ListSharesRequest, ListSharesResponse>(table, std::string(kListShares), people,
                                                      context, runtime_rpc::Repeat::kRead);
    AddCommand<ListCopiesRequest, ListCopiesResponse>(table, std::string(kListCopies), people,
                                                      context, runtime_rpc::Repeat::kRead);
    AddCommand<ConfirmRemovalRequest, ConfirmRemovalResponse>(table, std::string(kConfirmRemoval),
                                                              people, context);
    table.Unary<FetchShareRequest, FetchShareResponse>(
        std::string(kFetchShare), rpc::Rule::Gateways(),
        [this, context](const rpc::CallContext& call, const FetchShareRequest& request,
                        rpc::Reply<FetchShareResponse> reply) {
          Fetch(context, call, request, std::move(reply));
        });
  }

 private:
  void Fetch(const MethodContext& context, const rpc::CallContext& call,
             const gateway::v1::FetchShareRequest& request,
             rpc::Reply<gateway::v1::FetchShareResponse> reply) {
    const absl::StatusOr<const Membership*> membership =
        FindMembership(context.memberships, request.partnership());
    if (!membership.ok()) return reply(membership.status());
    const std::string shard = (*membership)->Shard();
    GatherLeases(context, **membership, peers_, call, request,
                 [context, call, shard, reply = std::move(reply)](gateway::v1::FetchAsked asked) {
                   runtime_rpc::SubmitBytes(context.runtime, shard, call,
                                            asked.request().partnership(),
                                            asked.SerializeAsString(), runtime_rpc::Repeat::kRead,
                                            AnswerTo<gateway::v1::FetchShareDecided>(reply));
                 });
  }

  const alerts::PeerChannels& peers_;
};

}  // namespace

std::unique_ptr<Room> MakeDisclosureRoom(const alerts::PeerChannels& peers) {
  return std::make_unique<DisclosureRoom>(peers);
}

}  // namespace waymark::sharing::disclosure
