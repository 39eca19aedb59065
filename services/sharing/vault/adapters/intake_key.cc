#include "services/sharing/vault/adapters/intake_key.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/crypto/hpke.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/domain/erasure.h"
#include "waymark/intake/v1/sealing_key.pb.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::SealingKeyAdopted;
using gateway::v1::StoredIntakeKey;

constexpr char kCurrentKey[] = "/waymark.intake.v1.SealingKeyService/CurrentKey";
constexpr absl::Duration kAskWithin = absl::Seconds(10);
// Intake makes a key at the full hour.
constexpr absl::Duration kAfterTheHour = absl::Minutes(2);

}  // namespace

std::string IntakeSealingKey(const Membership& membership, const runtime::View& view) {
  const auto stored = ReadRow<StoredIntakeKey>(view, kHead, kIntakeKeyKey);
  if (!stored || stored->public_key().empty()) return membership.intake_sealing_key;
  return stored->public_key();
}

absl::StatusOr<runtime::Decision> DecideAskIntakeKey() {
  runtime::Decision decision;
  decision.events.push_back(MakeEvent(gateway::v1::IntakeKeyAsked()));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideIntakeKey(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now) {
  intake::v1::CurrentKeyResponse answer;
  if (!answer.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("intake's answer cannot be read");
  }
  runtime::Decision decision;
  const bool is_key = answer.public_key().size() == crypto::kHpkeKeySize;
  if (!is_key || answer.public_key() == IntakeSealingKey(membership, view)) return decision;
  SealingKeyAdopted adopted;
  adopted.set_partnership(membership.partnership);
  adopted.set_public_key(answer.public_key());
  AuditNote note;
  note.what = "intake_key_adopted";
  decision.events = {MakeEvent(adopted), NoteAudit(membership, note, now)};
  return decision;
}

absl::Status EvolveIntakeKeyAsked(const runtime::Event& event, absl::Time now,
                                  runtime::Changes& changes) {
  gateway::v1::IntakeKeyAsked asked;
  WM_RETURN_IF_ERROR(ReadEvent(event, asked));
  changes.StartEffect(kAskIntakeKey, kAskIntakeKey, "");
  changes.ArmTimer(kIntakeKeyDue, RoundFor(now) + kAfterTheHour, kIntakeKeyDue, "");
  return absl::OkStatus();
}

absl::Status EvolveIntakeKeyAdopted(const Membership& membership, const runtime::Event& event,
                                    runtime::Changes& changes) {
  SealingKeyAdopted adopted;
  WM_RETURN_IF_ERROR(ReadEvent(event, adopted));
  StoredIntakeKey stored;
  stored.set_public_key(adopted.public_key());
  changes.Put(kHead, kIntakeKeyKey, stored.SerializeAsString());
  changes.Send(membership.Out(), event.type, event.payload);
  return absl::OkStatus();
}

void AskIntakeKey(const door::CoreChannels& core, const std::string& partnership,
                  std::function<void(runtime::EffectOutcome)> done) {
  if (core.intake == nullptr) return done(runtime::EffectOutcome::Done(""));
  intake::v1::CurrentKeyRequest request;
  request.set_partnership(partnership);
  rpc::CallOptions options;
  options.timeout = kAskWithin;
  rpc::CallAsync<intake::v1::CurrentKeyResponse>(
      *core.intake, kCurrentKey, request, options,
      [done = std::move(done)](const absl::StatusOr<intake::v1::CurrentKeyResponse>& answer) {
        // Away, or busy: the key at hand serves until the next hour.
        if (!answer.ok()) return done(runtime::EffectOutcome::Done(""));
        done(runtime::EffectOutcome::Done(answer->SerializeAsString()));
      });
}

}  // namespace waymark::sharing::vault
