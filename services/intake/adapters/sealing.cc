#include "services/intake/adapters/sealing.h"

#include <algorithm>

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/runtime_rpc/submit.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/keys.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {
namespace {

using intake::v1::KeptSealing;

std::string RowKey(const std::string& partnership) { return KeyBuilder().Text(partnership).Take(); }

// It holds a map: the same state has to be the same bytes, in a rebuilt store too.
void Keep(const std::string& partnership, const KeptSealing& kept, runtime::Changes& changes) {
  changes.Put(kSealing, RowKey(partnership), runtime_rpc::Deterministic(kept));
}

}  // namespace

KeptSealing SealingOf(const runtime::View& view, const std::string& partnership) {
  KeptSealing kept;
  const std::optional<std::string> row = view.Get(kSealing, RowKey(partnership));
  WM_CHECK(!row || kept.ParseFromString(*row), "a row of intake's sealing keys is not one");
  return kept;
}

absl::StatusOr<intake::v1::SealingKeyMade> MakeSealingKey(const TokenDesk& tokens,
                                                          const std::string& partnership) {
  intake::v1::SealingKeyMade made;
  made.set_partnership(partnership);
  WM_ASSIGN_OR_RETURN(const uint64_t slot, tokens.TakeSlot());
  made.set_slot(slot);
  return made;
}

absl::StatusOr<std::optional<intake::v1::SealingKeyTaken>> TakeUp(
    const runtime::View& view, const TokenDesk& tokens, const std::string& agency,
    const gateway::v1::SealingKeyAdopted& adopted) {
  const KeptSealing kept = SealingOf(view, adopted.partnership());
  for (const uint64_t slot : kept.slots()) {
    WM_ASSIGN_OR_RETURN(const auto key, tokens.SealingKey(slot));
    if (!key || key->public_key() != adopted.public_key()) continue;
    const auto before = kept.taken().find(agency);
    if (before != kept.taken().end() && before->second == slot) break;
    std::optional<intake::v1::SealingKeyTaken> taken(std::in_place);
    taken->set_partnership(adopted.partnership());
    taken->set_agency(agency);
    taken->set_slot(slot);
    return taken;
  }
  return std::optional<intake::v1::SealingKeyTaken>();
}

absl::StatusOr<intake::v1::CurrentKeyResponse> CurrentKey(const runtime::View& view,
                                                          const TokenDesk& tokens,
                                                          const std::string& partnership) {
  intake::v1::CurrentKeyResponse response;
  const KeptSealing kept = SealingOf(view, partnership);
  if (kept.slots().empty()) return response;
  WM_ASSIGN_OR_RETURN(const auto key, tokens.SealingKey(*kept.slots().rbegin()));
  WM_CHECK(key.has_value(), "the current sealing key was erased");
  response.set_public_key(key->public_key());
  return response;
}

void EvolveMade(const runtime::View& view, const intake::v1::SealingKeyMade& made,
                runtime::Changes& changes) {
  KeptSealing kept = SealingOf(view, made.partnership());
  kept.add_slots(made.slot());
  Keep(made.partnership(), kept, changes);
}

void EvolveTaken(const runtime::View& view, const intake::v1::SealingKeyTaken& taken,
                 const std::vector<std::string>& members, runtime::Changes& changes) {
  KeptSealing kept = SealingOf(view, taken.partnership());
  (*kept.mutable_taken())[taken.agency()] = taken.slot();
  const bool all = std::all_of(members.begin(), members.end(), [&](const std::string& member) {
    return kept.taken().contains(member);
  });
  if (all) {
    const auto in_use = [&](uint64_t slot) {
      return std::any_of(kept.taken().begin(), kept.taken().end(),
                         [&](const auto& one) { return one.second == slot; });
    };
    intake::v1::KeysToDestroy old;
    std::vector<uint64_t> stay;
    for (const uint64_t slot : kept.slots()) {
      // A key that somebody seals to and all that are newer stay.
      if (stay.empty() && !in_use(slot)) {
        old.add_slots(slot);
      } else {
        stay.push_back(slot);
      }
    }
    old.set_directory_key(!kept.directory_key_gone());
    old.set_rewrite(true);
    kept.set_directory_key_gone(true);
    kept.mutable_slots()->Assign(stay.begin(), stay.end());
    if (old.slots_size() > 0 || old.directory_key()) DestroyKeys(old, changes);
  }
  Keep(taken.partnership(), kept, changes);
}

}  // namespace waymark::intake
