#include "services/sharing/vault/adapters/reindex.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/vault/adapters/destroy_keys.h"
#include "services/sharing/vault/adapters/keys.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "services/sharing/vault/domain/erasure.h"

namespace waymark::sharing::vault {
namespace {

using gateway::v1::KeyFileRewritten;
using gateway::v1::KeysToDestroy;
using gateway::v1::PersonKeysDestroyed;
using gateway::v1::StoredErasure;
using gateway::v1::StoredReindex;
using gateway::v1::TokensReindexed;

// Ids after `from`, at most kReindexPersonsMax.
std::vector<std::string> PersonsAfter(const runtime::View& view, const std::string& from) {
  std::vector<std::string> ids;
  const std::string after = from.empty() ? "" : AfterPrefix(PersonPrefix(from));
  view.Scan(kPersons, after, "", [&](std::string_view key, std::string_view) {
    const absl::StatusOr<std::string> id = KeyReader(key).Text();
    WM_CHECK(id.ok(), "a key of the vault has another layout");
    ids.push_back(*id);
    return ids.size() < kReindexPersonsMax;
  });
  return ids;
}

void Rewrite(const StoredReindex& round, runtime::Changes& changes) {
  KeyFileRewritten payload;
  *payload.mutable_begun_at() = round.begun_at();
  changes.StartEffect(kRewriteKeys, kRewriteKeys, payload.SerializeAsString());
}

}  // namespace

void ArmRound(absl::Time now, runtime::Changes& changes) {
  const absl::Time due = RoundFor(now);
  changes.ArmTimer(absl::StrCat("vault.round/", absl::ToUnixSeconds(due)), due, kRound, "");
}

absl::StatusOr<runtime::Decision> DecideReindex(const Membership& membership,
                                                const runtime::View& view, bool begin,
                                                bool from_nothing, absl::Time now) {
  std::optional<StoredReindex> round = ReadRow<StoredReindex>(view, kHead, kReindexKey);
  runtime::Decision decision;
  // A round that runs is followed by another one when that is needed: EvolveRewritten.
  if (begin == round.has_value()) return decision;
  TokensReindexed step;
  if (begin) {
    step.mutable_progress()->mutable_begun_at()->CopyFrom(ToProto(now));
    if (IndexGenerations(view)) {
      WM_ASSIGN_OR_RETURN(const uint64_t slot, membership.person_keys->Take());
      step.set_new_slot(slot);
      step.set_from_nothing(from_nothing);
    }
  } else {
    *step.mutable_progress() = *std::move(round);
  }
  const VaultView vault(membership, view);
  const std::vector<std::string> ids = PersonsAfter(view, step.progress().done_to());
  for (const std::string& id : ids) {
    absl::StatusOr<std::vector<std::string>> tokens = vault.OpenTokens(id);
    if (absl::IsNotFound(tokens.status())) continue;
    WM_RETURN_IF_ERROR(tokens.status());
    TokensReindexed::One& one = *step.add_persons();
    one.set_person_id(id);
    for (std::string& token : *tokens) one.add_tokens(std::move(token));
  }
  if (!ids.empty()) step.mutable_progress()->set_done_to(ids.back());
  step.set_finished(ids.size() < kReindexPersonsMax);
  decision.events.push_back(MakeEvent(step));
  return decision;
}

absl::StatusOr<runtime::Decision> DecideKeysDestroyed(const Membership& membership,
                                                      const runtime::View& view,
                                                      const runtime::Input& input, absl::Time now) {
  KeysToDestroy keys;
  if (!keys.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a result that cannot be read");
  }
  runtime::Decision decision;
  const bool of_person = !keys.person_id().empty();
  if (!of_person && !keys.of_index()) return decision;
  if (of_person && !VaultView(membership, view).Erasure(keys.person_id())) return decision;
  PersonKeysDestroyed done;
  done.set_person_id(keys.person_id());
  *done.mutable_at() = ToProto(now);
  decision.events.push_back(MakeEvent(done));
  if (of_person) {
    AuditNote note;
    note.what = "person_keys_destroyed";
    note.about = {keys.person_id()};
    decision.events.push_back(NoteAudit(membership, note, now));
  }
  return decision;
}

absl::StatusOr<runtime::Decision> DecideRewritten(const Membership& membership,
                                                  const runtime::Input& input, absl::Time now) {
  KeyFileRewritten done;
  if (!done.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError("a result that cannot be read");
  }
  *done.mutable_at() = ToProto(now);
  AuditNote note;
  note.what = "key_file_rewritten";
  runtime::Decision decision;
  decision.events = {MakeEvent(done), NoteAudit(membership, note, now)};
  return decision;
}

absl::Status EvolveReindexed(const Membership& membership, const runtime::View& view,
                             const TokensReindexed& step, absl::Time now,
                             runtime::Changes& changes) {
  std::optional<keyed_index::Generations> generations = IndexGenerations(view);
  if (step.has_new_slot()) {
    generations = generations->Next(step.new_slot());
    changes.Put(kHead, kIndexKey, generations->Encode());
    if (step.new_slot() >= SlotsInUse(view)) {
      changes.Put(kHead, kSlotsKey, BigEndian64(step.new_slot() + 1));
    }
    if (step.from_nothing()) {
      std::vector<std::string> rows;
      view.Scan(kTokens, "", "", [&](std::string_view key, std::string_view) {
        rows.emplace_back(key);
        return true;
      });
      for (const std::string& row : rows) changes.Delete(kTokens, row);
    }
  }
  WM_ASSIGN_OR_RETURN(
      keyed_index::KeyedIndex index,
      keyed_index::KeyedIndex::Load(*membership.person_keys, kTokens, "", generations));
  for (const TokensReindexed::One& one : step.persons()) {
    for (const std::string& token : one.tokens()) index.Move(changes, token, one.person_id());
  }
  changes.Put(kHead, kReindexKey, step.progress().SerializeAsString());
  if (!step.finished()) {
    changes.ArmTimer(kReindex, now, kReindex, "");
    return absl::OkStatus();
  }
  if (!generations || !generations->previous) {
    Rewrite(step.progress(), changes);
    return absl::OkStatus();
  }
  changes.Put(kHead, kIndexKey, generations->Settled().Encode());
  KeysToDestroy old;
  old.add_slots(*generations->previous);
  old.set_of_index(true);
  DestroyKeys(old, now, changes);
  return absl::OkStatus();
}

void EvolveKeysDestroyed(const runtime::View& view, const PersonKeysDestroyed& done,
                         runtime::Changes& changes) {
  if (done.person_id().empty()) {
    const auto round = ReadRow<StoredReindex>(view, kHead, kReindexKey);
    if (round) Rewrite(*round, changes);
    return;
  }
  const std::string key = PersonPrefix(done.person_id());
  std::optional<StoredErasure> erasure = ReadRow<StoredErasure>(view, kErasures, key);
  if (!erasure || erasure->erasure().has_keys_destroyed_at()) return;
  *erasure->mutable_erasure()->mutable_keys_destroyed_at() = done.at();
  changes.Put(kErasures, key, erasure->SerializeAsString());
}

void EvolveRewritten(const runtime::View& view, const KeyFileRewritten& done, absl::Time now,
                     runtime::Changes& changes) {
  changes.Delete(kHead, kReindexKey);
  std::vector<StoredErasure> completed;
  bool more = false;
  view.Scan(kErasures, "", "", [&](std::string_view, std::string_view value) {
    StoredErasure one = ParsedRow<StoredErasure>(value);
    if (one.erasure().has_completed_at()) return true;
    const bool of_this_round = one.erasure().has_keys_destroyed_at() &&
                               FromProto(one.erasure().ordered_at()) <= FromProto(done.begun_at());
    if (of_this_round) {
      completed.push_back(std::move(one));
    } else {
      more = true;
    }
    return true;
  });
  for (StoredErasure& one : completed) {
    *one.mutable_erasure()->mutable_completed_at() = done.at();
    changes.Put(kErasures, PersonPrefix(one.erasure().person_id()), one.SerializeAsString());
  }
  if (more) ArmRound(now, changes);
}

}  // namespace waymark::sharing::vault
