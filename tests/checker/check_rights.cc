// What a person may rely on: that an erasure leaves nothing that opens, that an override discloses
// what it says and ends with its reversal, that copies are on the list.
#include <algorithm>
#include <set>

#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"
#include "waymark/gateway/v1/override_kept.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"
#include "waymark/gateway/v1/vault.pb.h"
#include "waymark/intake/v1/events.pb.h"

namespace checker {
namespace {

namespace gw = waymark::gateway::v1;

constexpr int kErasure = 7, kDisclosure = 6;
constexpr int64_t kLease = 60'000'000;  // microseconds: how long what was fetched may be shown

template <class List>
bool Has(const List& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool Stands(const std::string& state) { return state == "notified" || state == "pushed"; }

int64_t Micros(const google::protobuf::Timestamp& at) {
  return at.seconds() * 1'000'000 + at.nanos() / 1000;
}

// ---- Erasures ----------------------------------------------------------------------------------

void CheckErasure(const Store& store, const gw::StoredErasure& erased, bool settled,
                  Report& report) {
  report.Count("erasures");
  const std::string& person = erased.erasure().person_id();
  const std::string subject = store.name + " person " + person;
  if (!settled && !erased.erasure().has_keys_destroyed_at()) return;
  for (const uint64_t slot : erased.key_slots()) {
    if (store.keys.erased.count(slot) != 0 && store.keys.live.count(slot) == 0) continue;
    report.Add(kErasure, "erased_key_kept", subject,
               "key " + std::to_string(slot) + " is still in the key file");
  }
  for (const auto& [key, value] : store.Rows("gateway.vault.persons")) {
    KeyParts parts(key);
    parts.Text();  // the shard
    if (parts.Text() == person) report.Add(kErasure, "erased_still_held", subject, "in the vault");
  }
}

// No key that is left opens a leaf of an erased person; and none was written after the erasure.
void CheckErasedLeaves(const Store& store, const std::set<uint64_t>& slots, Report& report) {
  std::map<std::string, std::set<uint64_t>> slots_of;
  for (const auto& erased : All<gw::StoredErasure>(store, "gateway.vault.erasures")) {
    slots_of[erased.erasure().person_id()].insert(erased.key_slots().begin(),
                                                  erased.key_slots().end());
  }
  std::set<uint64_t> closed;
  for (const Leaf& leaf : LeavesOf(store)) {
    const std::string name = "entry " + std::to_string(leaf.index);
    if (leaf.open && leaf.entry.what() == "person_erased" && !leaf.entry.about().empty()) {
      const auto& now = slots_of[leaf.entry.about(0)];
      closed.insert(now.begin(), now.end());
    }
    const bool erased = std::any_of(leaf.key_slots.begin(), leaf.key_slots.end(),
                                    [&](uint64_t slot) { return slots.count(slot) != 0; });
    if (!erased) continue;
    report.Count("erased leaves tried");
    if (std::any_of(leaf.key_slots.begin(), leaf.key_slots.end(),
                    [&](uint64_t slot) { return closed.count(slot) != 0; })) {
      report.Add(kErasure, "used_after_erasure", store.name, name + " was written after it");
    }
    for (const auto& [slot, key] : store.keys.live) {
      if (leaf.OpensWith(key)) {
        report.Add(kErasure, "erased_but_open", store.name,
                   name + " opens under key " + std::to_string(slot));
      }
    }
  }
}

void CheckIntake(const World& world, const std::string& agency, const std::string& person,
                 Report& report) {
  const auto intake = world.stores.find("intake");
  if (intake == world.stores.end()) return;
  const std::string subject = "intake " + agency + " person " + person;
  for (const auto& [key, value] : intake->second.Rows("intake.persons")) {
    KeyParts parts(key);
    parts.Text();  // the shard
    parts.Text();  // the partnership
    if (parts.Text() == agency && parts.Text() == person) {
      report.Add(kErasure, "erased_still_held", subject, "among intake's persons");
    }
  }
}

void CheckForgotten(const World& world, Report& report) {
  const auto intake = world.stores.find("intake");
  if (intake == world.stores.end()) return;
  for (const Record* record :
       RecordsOf(world, "waymark.intake.v1", "",
                 waymark::intake::v1::PersonForgotten::descriptor()->full_name())) {
    waymark::intake::v1::PersonForgotten forgotten;
    if (!forgotten.ParseFromString(record->value)) continue;
    report.Count("persons forgotten");
    if (intake->second.keys.erased.count(forgotten.key_slot()) != 0) continue;
    report.Add(kErasure, "erased_key_kept", "intake " + record->Where(),
               "key " + std::to_string(forgotten.key_slot()) + " is still in the key file");
  }
}

void CheckErasedShares(const World& world, const Book& book,
                       const std::map<std::string, std::map<std::string, int64_t>>& erased,
                       Report& report) {
  std::map<std::string, int64_t> gone;  // share to when its erasure was answered, 0 if never
  for (const auto& [agency, persons] : erased) {
    for (const auto& share :
         All<gw::StoredShare>(*world.Gateway(agency), "gateway.disclosure.shares")) {
      const auto person = persons.find(share.person_id());
      if (person == persons.end()) continue;
      gone[share.share_id()] = person->second;
      if (!Stands(share.state())) continue;
      report.Add(kErasure, "erased_share_stands", agency + " share " + share.share_id(),
                 share.state());
    }
  }
  for (const auto& [name, store] : world.stores) {
    for (const auto& got : All<gw::StoredReceivedShare>(store, "gateway.disclosure.received")) {
      if (gone.count(got.share_id()) == 0) continue;
      report.Count("erased shares at partners");
      if (!book.settled || !Stands(got.state())) continue;
      report.Add(kErasure, "erased_share_stands", name + " share " + got.share_id(),
                 "received, and " + got.state());
    }
  }
  for (const Told& told : book.told) {
    for (const std::string& share : told.shares) {
      const auto at = gone.find(share);
      if (at == gone.end() || at->second == 0 || told.received <= at->second + kLease) continue;
      report.Add(kErasure, "told_after_erasure", told.agency + " alert " + told.alert,
                 "share " + share + " came " + std::to_string((told.received - at->second) / 1000) +
                     " ms after it");
    }
  }
}

void CheckErasures(const World& world, const Book& book, Report& report) {
  std::map<std::string, std::map<std::string, int64_t>> erased;  // agency to person to answer
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    std::set<uint64_t> slots;
    for (const auto& one : All<gw::StoredErasure>(store, "gateway.vault.erasures")) {
      CheckErasure(store, one, book.settled, report);
      erased[name][one.erasure().person_id()] = 0;
      slots.insert(one.key_slots().begin(), one.key_slots().end());
      if (book.settled) CheckIntake(world, name, one.erasure().person_id(), report);
    }
    CheckErasedLeaves(store, slots, report);
  }
  for (const auto& [key, asked] : book.erased) {
    if (asked.answer != Answer::kDone) continue;
    report.Count("erasures answered");
    const auto known = erased[asked.agency].find(asked.person);
    if (known == erased[asked.agency].end()) {
      report.Add(1, "acknowledged_lost", asked.agency + " erasure of " + asked.reference,
                 "it was acknowledged and is not recorded");
    } else if (known->second == 0 || asked.answered < known->second) {
      known->second = asked.answered;
    }
  }
  if (book.settled) CheckForgotten(world, report);
  CheckErasedShares(world, book, erased, report);
}

// ---- Overrides ---------------------------------------------------------------------------------

using Overrides = std::map<std::string, gw::StoredOverride>;

Overrides ReadOverrides(const Store& store) {
  Overrides overrides;
  for (gw::StoredOverride& one : All<gw::StoredOverride>(store, "gateway.override.overrides")) {
    const std::string id = one.override_id();
    overrides[id] = std::move(one);
  }
  return overrides;
}

void CheckBooked(const std::string& agency, const Overrides& overrides, const Book& book,
                 Report& report) {
  std::set<std::string> booked;
  size_t unknown = 0;
  for (const auto& [key, asked] : book.overridden) {
    if (asked.agency != agency) continue;
    if (asked.answer == Answer::kUnknown) ++unknown;
    if (asked.overrides.size() > 1) {
      report.Add(1, "answer_changed", agency + " override for " + asked.reference,
                 "one key gave " + std::to_string(asked.overrides.size()));
    }
    for (const std::string& id : asked.overrides) {
      report.Count("overrides answered");
      booked.insert(id);
      if (overrides.count(id) != 0) continue;
      report.Add(1, "acknowledged_lost", agency + " override " + id, "it is not there");
    }
  }
  size_t unasked = 0;
  for (const auto& [id, one] : overrides) unasked += booked.count(id) == 0 ? 1 : 0;
  if (unasked > unknown) {
    report.Add(1, "unasked_effect", agency,
               std::to_string(unasked) + " overrides stand in no answer, and " +
                   std::to_string(unknown) + " calls had none");
  }
  for (const auto& [key, review] : book.reviewed) {
    if (review.agency != agency || review.answer != Answer::kDone || !review.reversed) continue;
    report.Count("reversals answered");
    const auto one = overrides.find(review.override_id);
    if (one != overrides.end() && one->second.state() == gw::Override::STATE_REVERSED) continue;
    report.Add(1, "acknowledged_lost", agency + " reversal of " + review.override_id,
               "it was acknowledged and the override stands");
  }
}

void CheckUse(const Store& store, const Leaf& leaf, const std::string& id,
              const std::set<std::string>& standing, const Overrides& overrides, Report& report) {
  report.Count("hand-overs by override");
  const std::string subject = store.name + " override " + id;
  const std::string name = "leaf " + std::to_string(leaf.index);
  if (standing.count(id) == 0) {
    report.Add(kDisclosure, "disclosed_after_reversal", subject,
               name + " rests on it, and it does not stand");
  }
  const auto one = overrides.find(id);
  if (one == overrides.end()) return;
  if (!Has(one->second.recipients(), leaf.Fact("recipient")) ||
      leaf.At() >= Micros(one->second.expires_at())) {
    report.Add(kDisclosure, "disclosed_beyond_override", subject,
               name + " is for another recipient, or after its end");
  }
}

void CheckOverridesOf(const Store& store, const Book& book, Report& report) {
  const Overrides overrides = ReadOverrides(store);
  CheckBooked(store.name, overrides, book, report);
  std::set<std::string> standing;
  for (const Leaf& leaf : LeavesOf(store)) {
    if (!leaf.open) continue;
    const std::string about = leaf.entry.about().empty() ? "" : leaf.entry.about(0);
    if (leaf.entry.what() == "override_recorded") standing.insert(about);
    if (leaf.entry.what() == "override_reviewed" && leaf.Fact("verdict") == "reversed") {
      standing.erase(about);
    }
    const std::string used = leaf.Fact("override");
    if (leaf.entry.what() == "share_fetched" && !used.empty()) {
      CheckUse(store, leaf, used, standing, overrides, report);
    }
  }
  for (const auto& share : All<gw::StoredShare>(store, "gateway.disclosure.shares")) {
    const auto one = overrides.find(share.override_id());
    if (one == overrides.end() || !Stands(share.state())) continue;
    const std::string subject = store.name + " share " + share.share_id();
    if (book.settled && one->second.state() == gw::Override::STATE_REVERSED) {
      report.Add(kDisclosure, "disclosed_after_reversal", subject, "it stands");
    }
    for (const std::string& field : share.decision().released()) {
      if (Has(one->second.fields(), field)) continue;
      report.Add(kDisclosure, "disclosed_beyond_override", subject, field);
    }
  }
}

// ---- Copies ------------------------------------------------------------------------------------

template <class Row>
bool AnyThere(const Row& row) {
  return std::any_of(row.copies().begin(), row.copies().end(),
                     [](const gw::ShareCopy& copy) { return !copy.has_removed_at(); });
}

// Once all is quiet both ends list the same.
void CheckCopies(const World& world, const Book& book, Report& report) {
  std::map<std::string, gw::StoredShare> given;
  for (const auto& [name, store] : world.stores) {
    for (gw::StoredShare& share : All<gw::StoredShare>(store, "gateway.disclosure.shares")) {
      const std::string id = share.share_id();
      given[id] = std::move(share);
    }
  }
  for (const auto& [name, store] : world.stores) {
    for (const auto& got : All<gw::StoredReceivedShare>(store, "gateway.disclosure.received")) {
      const auto origin = given.find(got.share_id());
      if (!book.settled || origin == given.end() || got.copies().empty()) continue;
      report.Count("copies");
      if (AnyThere(got) == AnyThere(origin->second)) continue;
      report.Add(kDisclosure, "copy_not_listed", name + " share " + got.share_id(),
                 AnyThere(got) ? "its origin does not know of the copy"
                               : "it is gone and its origin lists it");
    }
  }
}

}  // namespace

void CheckRights(const World& world, const Book& book, Report& report) {
  CheckErasures(world, book, report);
  for (const auto& [name, store] : world.stores) {
    if (store.gateway()) CheckOverridesOf(store, book, report);
  }
  CheckCopies(world, book, report);
}

}  // namespace checker
