#include <functional>
#include <set>

#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "tests/checker/tree.h"
#include "waymark/gateway/v1/alert_kept.pb.h"
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/erasure_kept.pb.h"
#include "waymark/gateway/v1/override_kept.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace checker {
namespace {

constexpr int kInvariant = 8;

// What the log hashes: a salted commitment to the entry, as RFC 6962 hashes leaves.
std::string Commitment(const Leaf& leaf) {
  return Sha256(LengthPrefixed({"waymark-audit-leaf-v1", leaf.salt, leaf.entry_bytes}));
}

std::string NodeName(uint64_t level, uint64_t index) {
  return std::to_string(level) + "/" + std::to_string(index);
}

// RFC 6962 section 2.1 over what is stored: each node is that of the two below it, none is missing
// and none is too many.
void CheckNodes(const Store& store, const Tree& tree, Report& report) {
  size_t wanted = 0;
  for (uint64_t level = 0; tree.size >> level > 0; ++level) {
    for (uint64_t index = 0; index < tree.size >> level; ++index) {
      ++wanted;
      const auto node = tree.nodes.find({level, index});
      if (node == tree.nodes.end()) {
        report.Add(kInvariant, "audit_node_missing", store.name, NodeName(level, index));
        continue;
      }
      if (level == 0) continue;
      const auto left = tree.nodes.find({level - 1, 2 * index});
      const auto right = tree.nodes.find({level - 1, 2 * index + 1});
      if (left == tree.nodes.end() || right == tree.nodes.end()) continue;
      if (Sha256("\x01" + left->second + right->second) == node->second) continue;
      report.Add(kInvariant, "audit_rewritten", store.name,
                 "node " + NodeName(level, index) + " is not that of the two below it");
    }
  }
  report.Count("audit nodes", wanted);
  if (tree.nodes.size() > wanted) {
    report.Add(kInvariant, "audit_truncated", store.name,
               std::to_string(tree.nodes.size() - wanted) + " nodes lie beyond its size of " +
                   std::to_string(tree.size));
  }
}

bool Erased(const Store& store, const Leaf& leaf) {
  for (const uint64_t slot : leaf.key_slots) {
    if (store.keys.erased.count(slot) != 0) return true;
  }
  return false;
}

void CheckLeaf(const Store& store, const Tree& tree, const Leaf& leaf, Report& report) {
  const std::string name = "entry " + std::to_string(leaf.index);
  const auto node = tree.nodes.find({0, leaf.index});
  if (node != tree.nodes.end() && Sha256(std::string(1, '\0') + leaf.commitment) != node->second) {
    report.Add(kInvariant, "audit_rewritten", store.name, name + " is not what the tree hashed");
  }
  const bool erased = Erased(store, leaf);
  report.Count(erased ? "audit leaves erased" : "audit leaves opened");
  if (leaf.open && erased) {
    report.Add(7, "erased_but_open", store.name, name + " opens though a key of it is erased");
  }
  if (!leaf.open && !erased) {
    report.Add(kInvariant, "leaf_does_not_open", store.name,
               name + " opens under none of its keys");
  }
  if (leaf.open && Commitment(leaf) != leaf.commitment) {
    report.Add(kInvariant, "audit_rewritten", store.name,
               name + " is not what its leaf commits to");
  }
}

void CheckEntries(const Store& store, const Tree& tree, const std::vector<Leaf>& leaves,
                  Report& report) {
  uint64_t expected = 0;
  for (const Leaf& leaf : leaves) {
    if (leaf.index >= tree.size) {
      report.Add(kInvariant, "audit_truncated", store.name,
                 "entry " + std::to_string(leaf.index) + " lies beyond its size of " +
                     std::to_string(tree.size));
    }
    if (leaf.index != expected) {
      report.Add(kInvariant, "audit_entry_missing", store.name,
                 "where entry " + std::to_string(expected) + " should be comes " +
                     std::to_string(leaf.index));
    }
    expected = leaf.index + 1;
    CheckLeaf(store, tree, leaf, report);
  }
  if (expected != tree.size) {
    report.Add(kInvariant, "audit_truncated", store.name,
               "its size is " + std::to_string(tree.size) + ", its entries end at " +
                   std::to_string(expected));
  }
}

// How many leaves of a kind are about an id.
using Counts = std::map<std::string, size_t>;

class Effects {
 public:
  Effects(const Store& store, const std::vector<Leaf>& leaves, Report& report)
      : store_(store), report_(report) {
    for (const Leaf& leaf : leaves) {
      for (const std::string& id : leaf.entry.about()) ++counts_[leaf.entry.what() + " " + id];
    }
  }

  // Exactly `times` leaves of the kind, where the effect happened so often.
  void Want(const std::string& what, const std::string& id, size_t times) {
    const size_t there = Of(what, id);
    report_.Count("effects with their leaf");
    if (there == times) return;
    report_.Add(kInvariant, there < times ? "leaf_missing" : "leaf_doubled", store_.name,
                what + " of " + id + ": " + std::to_string(times) + " effects, " +
                    std::to_string(there) + " leaves");
  }
  void WantSome(const std::string& what, const std::string& id) {
    if (Of(what, id) == 0) Want(what, id, 1);
  }

 private:
  size_t Of(const std::string& what, const std::string& id) const {
    const auto count = counts_.find(what + " " + id);
    return count == counts_.end() ? 0 : count->second;
  }

  const Store& store_;
  Report& report_;
  Counts counts_;
};

void CheckEffects(const Store& store, const std::vector<Leaf>& leaves, Report& report) {
  namespace gw = waymark::gateway::v1;
  Effects effects(store, leaves, report);
  for (const auto& incident : All<gw::StoredIncident>(store, "gateway.vault.incidents")) {
    effects.Want("publish", incident.incident_id(), 1);
    if (incident.revision() > 0) effects.WantSome("publish_revision", incident.incident_id());
  }
  for (const auto& consent : All<gw::StoredConsent>(store, "gateway.consent.consents")) {
    effects.Want("consent_recorded", consent.consent_id(), 1);
    effects.Want("consent_withdrawn", consent.consent_id(), consent.has_withdrawn_at() ? 1 : 0);
  }
  std::set<std::string> erased;
  for (const auto& one : All<gw::StoredErasure>(store, "gateway.vault.erasures")) {
    erased.insert(one.erasure().person_id());
    effects.Want("person_erased", one.erasure().person_id(), 1);
  }
  for (const auto& one : All<gw::StoredOverride>(store, "gateway.override.overrides")) {
    if (erased.count(one.person_id()) != 0) continue;
    effects.Want("override_recorded", one.override_id(), 1);
    const bool reviewed = one.state() != gw::Override::STATE_OPEN;
    if (reviewed) effects.WantSome("override_reviewed", one.override_id());
  }
  for (const auto& share : All<gw::StoredShare>(store, "gateway.disclosure.shares")) {
    // What was noted of an erased person opens no more.
    if (erased.count(share.person_id()) != 0) continue;
    effects.WantSome("share_decided", share.share_id());
    effects.Want("share_fetched", share.share_id(), share.fetches());
  }
  for (const auto& alert : All<gw::StoredAlert>(store, "gateway.alerts.alerts")) {
    effects.WantSome("alert_queued", alert.alert().alert_id());
    if (alert.has_acknowledged_at()) {
      effects.WantSome("alert_acknowledged", alert.alert().alert_id());
    }
  }
}

}  // namespace

void CheckAudit(const World& world, const Book&, Report& report) {
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    const Tree tree = ReadTree(store);
    CheckNodes(store, tree, report);
    const std::vector<Leaf> leaves = LeavesOf(store);
    CheckEntries(store, tree, leaves, report);
    CheckEffects(store, leaves, report);
  }
}

}  // namespace checker
