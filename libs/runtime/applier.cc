#include "libs/runtime/applier.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/hash.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/codec.h"
#include "libs/runtime/idempotency.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/timers.h"

namespace waymark::runtime {
namespace {

class OverlayChanges : public Changes {
 public:
  OverlayChanges(Overlay& overlay, Shard& shard, const Happened& happened, uint64_t after_journal,
                 absl::Time keep_since, std::vector<Written>& written)
      : overlay_(overlay),
        shard_(shard),
        happened_(happened),
        prefix_(DomainPrefix(shard.config.id)),
        after_journal_(after_journal),
        keep_since_(keep_since),
        written_(written) {}

  void Put(std::string_view column_family, std::string_view key, std::string_view value) override {
    overlay_.Put(column_family, prefix_ + std::string(key), value);
  }

  void Delete(std::string_view column_family, std::string_view key) override {
    overlay_.Delete(column_family, prefix_ + std::string(key));
  }

  void ArmTimer(std::string_view id, absl::Time due, std::string_view kind,
                std::string_view payload, TimerClass timer_class) override {
    TimerRow timer;
    timer.id = id;
    timer.due = ToMicros(due);
    if (timer.due < due) timer.due += absl::Microseconds(1);  // never early
    timer.kind = kind;
    timer.payload = payload;
    timer.armed_by = happened_.id;
    timer.traceparent = happened_.traceparent;
    runtime::ArmTimer(overlay_, shard_, timer, timer_class);
  }

  void CancelTimer(std::string_view id) override {
    runtime::CancelTimer(overlay_, shard_.config.id, id);
  }

  void Send(const eventlog::TopicPartition& to, std::string_view type,
            std::string_view payload) override {
    OutboxRow row;
    row.id = DeriveId(happened_.id, "send", sends_++);
    row.type = type;
    row.payload = payload;
    row.at = happened_.at;
    row.traceparent = happened_.traceparent;
    row.after_journal = after_journal_;
    written_.push_back(AddToOutbox(overlay_, shard_, to, std::move(row), keep_since_));
  }

  void StartEffect(std::string_view id, std::string_view kind, std::string_view payload) override {
    EffectRow row;
    row.kind = kind;
    row.payload = payload;
    row.started_by = absl::StrCat(happened_.id, "/", effects_++);
    row.due = happened_.at;
    row.traceparent = happened_.traceparent;
    overlay_.Put(kEffectsCf, EffectKey(shard_.config.id, id), Encode(row));
    shard_.SetEffect(std::string(id), {row.started_by, row.due, false});
  }

  void CancelEffect(std::string_view id) override {
    overlay_.Delete(kEffectsCf, EffectKey(shard_.config.id, id));
    shard_.EraseEffect(std::string(id));
  }

 private:
  Overlay& overlay_;
  Shard& shard_;
  const Happened& happened_;
  const std::string prefix_;
  const uint64_t after_journal_;
  const absl::Time keep_since_;
  std::vector<Written>& written_;
  uint64_t sends_ = 0;
  uint64_t effects_ = 0;
};

}  // namespace

std::string DeriveId(std::string_view identity, std::string_view kind, uint64_t number) {
  const std::string digest = crypto::Sha256(LengthPrefixed({identity, kind, BigEndian64(number)}));
  return ToHex(std::string_view(digest).substr(0, 16));
}

std::string IdentityOf(std::string_view source, const Shard& shard, const Cause& cause,
                       std::string_view salt) {
  return LengthPrefixed({source, shard.config.id, EncodeCause({cause, 0, 1, "", ""}), salt});
}

void Applier::Settle(Shard& shard, const Cause& cause) {
  if (const auto* timer = std::get_if<TimerCause>(&cause)) {
    SettleTimer(overlay_, shard.config.id, timer->timer, timer->due);
  } else if (const auto* effect = std::get_if<EffectCause>(&cause)) {
    overlay_.Delete(kEffectsCf, EffectKey(shard.config.id, effect->effect));
    shard.EraseEffect(effect->effect);
  }
}

absl::Status Applier::Apply(Shard& shard, const std::vector<Happened>& events,
                            std::vector<Written>& written) {
  const OverlayView view(overlay_, shard.config.id);
  const uint64_t after_journal =
      shard.config.journal.has_value() ? JournalSeq(shard) + events.size() : 0;
  for (const Happened& happened : events) {
    if (shard.config.journal.has_value()) {
      OutboxRow row;
      row.id = happened.id;
      row.type = happened.event.type;
      row.payload = happened.event.payload;
      row.at = happened.at;
      row.traceparent = happened.traceparent;
      row.cause = EncodeCause(happened.cause);
      written.push_back(
          AddToOutbox(overlay_, shard, *shard.config.journal, std::move(row), keep_since_));
    }
    ++shard.row.events;
    shard.row_changed = true;
    if (!happened.cause.request_digest.empty()) {
      StoreReply(overlay_, shard.config.id, std::get<CommandCause>(happened.cause.cause),
                 {happened.cause.request_digest, happened.cause.reply, happened.at});
    }
    if (absl::StartsWith(happened.event.type, ToAbsl(kReservedTypes))) continue;
    OverlayChanges changes(overlay_, shard, happened, after_journal, keep_since_, written);
    const EventContext context{happened.at, happened.cause.cause, shard.config.id, happened.id};
    const absl::Status evolved = service_.Evolve(view, happened.event, context, changes);
    if (!evolved.ok()) {
      return absl::DataLossError(absl::StrCat("event ", happened.id, " of type ",
                                              happened.event.type, " in shard ", shard.config.id,
                                              " does not evolve: ", evolved.message()));
    }
  }
  return overlay_.status();
}

}  // namespace waymark::runtime
