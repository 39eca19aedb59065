#include "services/sharing/audit/adapters/audit_effects.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/sharing/audit/adapters/keys.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace waymark::sharing::audit_room {
namespace {

using gateway::v1::ProveConsistencyRequest;
using gateway::v1::ProveConsistencyResponse;
using runtime::EffectOutcome;

constexpr absl::Duration kAnswerWithin = absl::Seconds(5);

std::string PartnershipOf(const std::string& shard) { return shard.substr(0, shard.find('/')); }

bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status);
}

}  // namespace

void AuditEffects::Perform(const runtime::Effect& effect, std::function<void(EffectOutcome)> done) {
  if (effect.kind != kAlarm) return Ask(effect, std::move(done));
  gateway::v1::AuditAlarm alarm;
  if (!alarm.ParseFromString(effect.payload)) return done(EffectOutcome::GaveUp("no alarm"));
  const std::string subject = absl::StrCat(PartnershipOf(effect.shard), "/", alarm.agency());
  if (alarm.raise()) {
    alarms_.Raise(alarm.code(), subject, alarm.detail());
  } else {
    alarms_.Clear(alarm.code(), subject);
  }
  done(EffectOutcome::Done(""));
}

void AuditEffects::Ask(const runtime::Effect& effect, std::function<void(EffectOutcome)> done) {
  gateway::v1::ConsistencyAnswer answer;
  if (!answer.mutable_ask()->ParseFromString(effect.payload)) {
    return done(EffectOutcome::GaveUp("no question about a log"));
  }
  const auto partnership = peers_.find(PartnershipOf(effect.shard));
  if (partnership == peers_.end()) return done(EffectOutcome::Retry("no channels yet"));
  const auto channel = partnership->second.find(answer.ask().agency());
  if (channel == partnership->second.end()) return done(EffectOutcome::Retry("no channel yet"));
  ProveConsistencyRequest request;
  request.set_partnership(partnership->first);
  *request.mutable_from_sizes() = answer.ask().from_sizes();
  request.set_to_size(answer.ask().to_size());
  rpc::CallOptions options;
  options.timeout = kAnswerWithin;
  options.traceparent = effect.traceparent;
  rpc::CallAsync<ProveConsistencyResponse>(
      *channel->second, std::string(kProveConsistency), request, options,
      [answer = std::move(answer), heard = effect.kind == kProveHeard,
       done = std::move(done)](absl::StatusOr<ProveConsistencyResponse> came) mutable {
        answer.set_away(!came.ok() && Passes(came.status()));
        if (answer.away() && !heard) {
          return done(EffectOutcome::Retry("the gateway that was asked is away"));
        }
        if (came.ok()) *answer.mutable_answer() = *std::move(came);
        done(EffectOutcome::Done(answer.SerializeAsString()));
      });
}

}  // namespace waymark::sharing::audit_room
