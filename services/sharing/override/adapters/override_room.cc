#include "services/sharing/override/adapters/override_room.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/nudge.h"
#include "services/sharing/override/adapters/decisions.h"
#include "services/sharing/override/adapters/keys.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace waymark::sharing::overrides {
namespace {

using gateway::v1::OverrideRecorded;
using gateway::v1::OverrideReviewChased;
using gateway::v1::OverrideReviewed;
using gateway::v1::ShareSettled;
using gateway::v1::StoredOverride;

template <class Message>
bool Is(const runtime::Event& event) {
  return event.type == Message::descriptor()->full_name();
}

std::string TimerId(std::string_view kind, const StoredOverride& stored) {
  return absl::StrCat(std::string(kind), "/", stored.override_id());
}

void Keep(const StoredOverride& stored, runtime::Changes& changes) {
  changes.Put(kOverrides, RowKey(stored.override_id()), stored.SerializeAsString());
}

absl::Status EvolveRecorded(const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  OverrideRecorded recorded;
  WM_RETURN_IF_ERROR(ReadEvent(event, recorded));
  const StoredOverride& stored = recorded.override();
  Keep(stored, changes);
  changes.Put(kByPerson, RowKey(stored.person_id(), stored.override_id()), "");
  changes.Put(kByTime, TimeKey(FromProto(stored.decided_at()), stored.override_id()), "");
  gateway::v1::OverrideTimer timer;
  timer.set_override_id(stored.override_id());
  changes.ArmTimer(TimerId(kDueSoonTimer, stored), FromProto(stored.review_due_soon_at()),
                   kDueSoonTimer, timer.SerializeAsString());
  changes.ArmTimer(TimerId(kOverdueTimer, stored), OverdueFrom(FromProto(stored.review_due_at())),
                   kOverdueTimer, timer.SerializeAsString());
  disclosure::NudgePerson(stored.person_id(), now, changes);
  return absl::OkStatus();
}

absl::Status EvolveReviewed(const runtime::Event& event, absl::Time now,
                            runtime::Changes& changes) {
  OverrideReviewed reviewed;
  WM_RETURN_IF_ERROR(ReadEvent(event, reviewed));
  const StoredOverride& stored = reviewed.override();
  Keep(stored, changes);
  changes.CancelTimer(TimerId(kDueSoonTimer, stored));
  changes.CancelTimer(TimerId(kOverdueTimer, stored));
  disclosure::NudgePerson(stored.person_id(), now, changes);
  return absl::OkStatus();
}

// Every role that some agreement lets decide, supervisors besides: the decider says who may, and
// why.
std::set<std::string> Deciders(const Memberships& memberships) {
  std::set<std::string> roles = Supervisors();
  for (const auto& [partnership, membership] : memberships) {
    for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
      for (const agreement::Decider& decider : agreement.deciders) {
        roles.insert(decider.override_roles.begin(), decider.override_roles.end());
      }
    }
  }
  return roles;
}

std::set<std::string> Reviewers(const Memberships& memberships) {
  std::set<std::string> roles = {"data_protection_lead"};
  for (const auto& [partnership, membership] : memberships) {
    for (const std::string& role : ReviewRoles(*membership.pack)) roles.insert(role);
  }
  return roles;
}

class OverrideRoom : public Room {
 public:
  std::string_view name() const override { return "override"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    return {std::string(kOverrides), std::string(kByPerson), std::string(kByTime),
            std::string(kShares)};
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all;
    for (const std::string_view type :
         {kRecord, kReview, kList, kShow, kDueSoonTimer, kOverdueTimer}) {
      all.emplace_back(type);
    }
    return all;
  }

  std::vector<std::string> Events() const override {
    return {
        OverrideRecorded::descriptor()->full_name(), OverrideReviewed::descriptor()->full_name(),
        OverrideReviewChased::descriptor()->full_name(), ShareSettled::descriptor()->full_name()};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (input.type == kRecord) return DecideRecord(membership, view, input, context);
    if (input.type == kReview) return DecideReview(membership, view, input, context);
    if (input.type == kList) return DecideList(membership, view, input, context);
    if (input.type == kShow) return DecideShow(membership, view, input, context);
    return DecideChase(membership, view, input, context);
  }

  absl::Status Evolve(const Membership&, const runtime::View&, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override {
    if (Is<OverrideRecorded>(event)) return EvolveRecorded(event, context.at, changes);
    if (Is<OverrideReviewed>(event)) return EvolveReviewed(event, context.at, changes);
    if (Is<OverrideReviewChased>(event)) {
      OverrideReviewChased chased;
      WM_RETURN_IF_ERROR(ReadEvent(event, chased));
      Keep(chased.override(), changes);
      return absl::OkStatus();
    }
    ShareSettled settled;
    WM_RETURN_IF_ERROR(ReadEvent(event, settled));
    const gateway::v1::StoredShare& share = settled.share();
    if (!share.override_id().empty()) {
      changes.Put(kShares, RowKey(share.override_id(), share.share_id()), "");
    }
    return absl::OkStatus();
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of four methods
    const rpc::Rule systems = OwnSystems(context.memberships);
    AddCommand<RecordOverrideRequest, RecordOverrideResponse>(
        table, std::string(kRecord), rpc::Rule(systems).WithPerson(Deciders(context.memberships)),
        context);
    const std::set<std::string> reviewers = Reviewers(context.memberships);
    AddCommand<ReviewOverrideRequest, ReviewOverrideResponse>(
        table, std::string(kReview), rpc::Rule(systems).WithPerson(reviewers), context);
    std::set<std::string> readers = Supervisors();
    readers.insert(reviewers.begin(), reviewers.end());
    AddCommand<ListOverridesRequest, ListOverridesResponse>(table, std::string(kList),
                                                            rpc::Rule(systems).WithPerson(readers),
                                                            context, runtime_rpc::Repeat::kRead);
    AddCommand<ShowOverrideRequest, ShowOverrideResponse>(table, std::string(kShow),
                                                          rpc::Rule(systems).WithPerson(readers),
                                                          context, runtime_rpc::Repeat::kRead);
  }
};

}  // namespace

std::unique_ptr<Room> MakeOverrideRoom() { return std::make_unique<OverrideRoom>(); }

}  // namespace waymark::sharing::overrides
