#include <algorithm>
#include <set>

#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace checker {
namespace {

using waymark::gateway::v1::IncidentReported;
using waymark::gateway::v1::StoredConsent;
using waymark::gateway::v1::StoredIncident;

constexpr int kInvariant = 1;

// Of one gateway.
struct Held {
  std::map<std::string, StoredIncident> incidents;
  std::map<std::string, StoredConsent> consents;
  std::set<std::string> told;            // "incident/revision" on the out topic or in the outbox
  std::map<std::string, size_t> leaves;  // by what they stand for
  size_t unreadable_leaves = 0;          // about somebody who was erased
  size_t incidents_erased = 0;           // at most so many, as the leaves of the erasures say
  std::set<std::string> gone;            // acknowledged, and not in the vault
};

Held ReadHeld(const World& world, const Store& store) {
  Held held;
  for (StoredIncident& incident : All<StoredIncident>(store, "gateway.vault.incidents")) {
    const std::string id = incident.incident_id();
    held.incidents[id] = std::move(incident);
  }
  for (StoredConsent& consent : All<StoredConsent>(store, "gateway.consent.consents")) {
    const std::string id = consent.consent_id();
    held.consents[id] = std::move(consent);
  }
  for (const Record* record : RecordsOf(world, "waymark.member.", "." + store.name + ".out.v1",
                                        "waymark.gateway.v1.IncidentReported")) {
    IncidentReported reported;
    if (!reported.ParseFromString(record->value)) continue;
    held.told.insert(reported.incident_id() + "/" + std::to_string(reported.revision()));
  }
  for (const Leaf& leaf : LeavesOf(store)) {
    if (!leaf.open) ++held.unreadable_leaves;
    if (leaf.open) ++held.leaves[leaf.entry.what()];
    if (leaf.open && leaf.entry.what() == "person_erased") {
      held.incidents_erased += std::strtoull(leaf.Fact("incidents").c_str(), nullptr, 10);
    }
  }
  return held;
}

void CheckPublished(const Published& published, bool settled, Held& held, Report& report) {
  const std::string subject = published.agency + " " + published.reference + " revision " +
                              std::to_string(published.revision);
  if (published.incidents.size() > 1) {
    report.Add(kInvariant, "answer_changed", subject,
               "its receipts name " + std::to_string(published.incidents.size()) + " incidents");
  }
  if (published.answer != Answer::kDone || published.incidents.empty()) return;
  report.Count("incidents answered");
  const std::string& id = *published.incidents.begin();
  const auto incident = held.incidents.find(id);
  if (incident == held.incidents.end()) {
    held.gone.insert(id);
    if (held.gone.size() > held.incidents_erased) {
      report.Add(kInvariant, "acknowledged_lost", subject,
                 "incident " + id + " was acknowledged and is not in the vault; erasures took " +
                     std::to_string(held.incidents_erased));
      return;
    }
  } else if (incident->second.revision() < published.revision) {
    report.Add(kInvariant, "acknowledged_lost", subject,
               "the vault holds revision " + std::to_string(incident->second.revision()));
  }
  if (settled && held.told.count(id + "/" + std::to_string(published.revision)) == 0) {
    report.Add(kInvariant, "event_missing", subject,
               "incident " + id + " was acknowledged and never told to the partnership");
  }
}

// Nothing is in the vault but what was asked for and not refused.
void CheckIncidents(const std::string& agency, const Held& held, const Book& book, Report& report) {
  std::map<std::string, std::string> references;
  size_t unknown = 0;
  for (const auto& [key, published] : book.published) {
    if (published.agency != agency) continue;
    if (published.answer == Answer::kUnknown && published.incidents.empty()) ++unknown;
    for (const std::string& id : published.incidents) {
      const auto [other, is_new] = references.emplace(id, published.reference);
      if (!is_new && other->second != published.reference) {
        report.Add(kInvariant, "answer_shared", agency + " " + published.reference,
                   "its incident " + id + " is also that of " + other->second);
      }
    }
  }
  std::vector<std::string> unasked;
  for (const auto& [id, incident] : held.incidents) {
    if (references.count(id) == 0) unasked.push_back(id);
  }
  if (unasked.size() <= unknown) return;
  report.Add(kInvariant, "unasked_effect", agency,
             std::to_string(unasked.size()) + " incidents in the vault stand in no receipt, and " +
                 std::to_string(unknown) + " calls had no answer; one is " + unasked.front());
}

// The report that a consent was given with is gone with its person.
bool IsGone(const std::string& agency, const std::string& reference, const Held& held,
            const Book& book) {
  for (const auto& [key, published] : book.published) {
    if (published.agency != agency || published.reference != reference) continue;
    for (const std::string& id : published.incidents) {
      if (held.gone.count(id) != 0) return true;
    }
  }
  return false;
}

void CheckConsents(const std::string& agency, const Held& held, const Book& book, Report& report) {
  std::set<std::string> booked;
  size_t unknown = 0;
  for (const auto& [name, consented] : book.consented) {
    if (consented.agency != agency) continue;
    const std::string subject = agency + " consent for " + consented.reference;
    if (consented.consents.size() > 1) {
      report.Add(kInvariant, "answer_changed", subject,
                 "one key gave " + std::to_string(consented.consents.size()) + " consents");
    }
    if (consented.answer == Answer::kUnknown) ++unknown;
    for (const std::string& id : consented.consents) {
      report.Count("consents answered");
      booked.insert(id);
      if (held.consents.count(id) != 0) continue;
      if (IsGone(agency, consented.reference, held, book)) continue;
      report.Add(kInvariant, "acknowledged_lost", subject,
                 "consent " + id + " was acknowledged and is not there");
    }
  }
  size_t unasked = 0;
  for (const auto& [id, consent] : held.consents) unasked += booked.count(id) == 0 ? 1 : 0;
  if (unasked > unknown) {
    report.Add(kInvariant, "unasked_effect", agency,
               std::to_string(unasked) + " consents stand in no answer, and " +
                   std::to_string(unknown) + " calls had none");
  }
}

void CheckWithdrawals(const std::string& agency, const Held& held, const Book& book,
                      Report& report) {
  for (const auto& [key, withdrawal] : book.withdrawn) {
    if (withdrawal.agency != agency || withdrawal.answer != Answer::kDone) continue;
    report.Count("withdrawals answered");
    const auto consent = held.consents.find(withdrawal.consent);
    const auto given = std::find_if(
        book.consented.begin(), book.consented.end(),
        [&](const auto& one) { return one.second.consents.count(withdrawal.consent) != 0; });
    const bool gone =
        given != book.consented.end() && IsGone(agency, given->second.reference, held, book);
    if (gone) continue;
    if (consent != held.consents.end() && consent->second.has_withdrawn_at()) continue;
    report.Add(kInvariant, "acknowledged_lost", agency + " withdrawal of " + withdrawal.consent,
               "it was acknowledged and the consent stands");
  }
}

void CheckReads(const std::string& agency, const Held& held, const Book& book, Report& report) {
  const auto looked = book.looked.find(agency);
  if (looked == book.looked.end()) return;
  const auto found = held.leaves.find("look_up");
  const size_t leaves = found == held.leaves.end() ? 0 : found->second;
  report.Count("look-ups answered", looked->second.done);
  if (leaves + held.unreadable_leaves >= looked->second.done &&
      leaves <= looked->second.done + looked->second.unknown) {
    return;
  }
  report.Add(kInvariant, leaves < looked->second.done ? "leaf_missing" : "unasked_effect", agency,
             std::to_string(looked->second.done) + " look-ups were answered and " +
                 std::to_string(looked->second.unknown) + " were not; the log holds " +
                 std::to_string(leaves));
}

// A call under one key happens once: one leaf, and the same answer however often it is asked.
void CheckStock(const std::string& agency, const Held& held, const Book& book, Report& report) {
  size_t done = 0, unknown = 0, other = 0;
  for (const auto& [key, stocked] : book.stocked) {
    if (stocked.agency != agency) continue;
    if (stocked.answer == Answer::kDone) ++done;
    if (stocked.answer == Answer::kUnknown) ++unknown;
    if (stocked.other_than_one) ++other;
  }
  if (done + unknown == 0) return;
  report.Count("homes answered", done);
  if (other > 0) {
    report.Add(kInvariant, "answer_changed", agency + " stock",
               std::to_string(other) + " new homes were answered as if they were not one new home");
  }
  const auto found = held.leaves.find("register_stock");
  const size_t leaves = found == held.leaves.end() ? 0 : found->second;
  if (leaves >= done && leaves <= done + unknown) return;
  report.Add(kInvariant, leaves < done ? "leaf_missing" : "unasked_effect", agency + " stock",
             std::to_string(done) + " homes were answered and " + std::to_string(unknown) +
                 " were not; the log holds " + std::to_string(leaves));
}

}  // namespace

void CheckAnswers(const World& world, const Book& book, Report& report) {
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    Held held = ReadHeld(world, store);
    for (const auto& [key, published] : book.published) {
      if (published.agency == name) CheckPublished(published, book.settled, held, report);
    }
    CheckIncidents(name, held, book, report);
    CheckConsents(name, held, book, report);
    CheckWithdrawals(name, held, book, report);
    CheckReads(name, held, book, report);
    CheckStock(name, held, book, report);
  }
}

}  // namespace checker
