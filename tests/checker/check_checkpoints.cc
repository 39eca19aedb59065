// Whatever was signed for an audit log, wherever it lies, is of the log as it is.
#include <algorithm>

#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "tests/checker/tree.h"
#include "waymark/gateway/v1/checkpoint.pb.h"
#include "waymark/gateway/v1/checkpoint_kept.pb.h"

namespace checker {
namespace {

namespace gw = waymark::gateway::v1;

constexpr int kInvariant = 8;
constexpr char kSilent[] = "audit_silent";

// The agency after the last slash of an origin or of a witness's name.
std::string AgencyOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

class Heads {
 public:
  Heads(const World& world, Report& report) : world_(world), report_(report) {
    for (const auto& [name, store] : world.stores) {
      if (store.gateway()) trees_.emplace(name, ReadTree(store));
    }
  }

  // Nothing when it is no checkpoint of a member's log. `whose`: which log it has to be; "" for
  // any.
  std::optional<Note> Take(const std::string& where, const std::string& text,
                           const std::string& whose) {
    const std::optional<Note> note = ParseNote(text);
    const auto tree = note ? trees_.find(AgencyOf(note->origin)) : trees_.end();
    if (tree == trees_.end() || (!whose.empty() && whose != tree->first)) {
      report_.Add(kInvariant, "checkpoint_unreadable", where, "it is no checkpoint of that log");
      return std::nullopt;
    }
    report_.Count("checkpoints");
    const std::string size = std::to_string(note->size);
    if (!IsSigned(*note, world_.KeyOf(tree->first, "audit_key"))) {
      report_.Add(kInvariant, "checkpoint_unsigned", where,
                  "its log's key did not sign the checkpoint of size " + size);
    }
    if (tree->second.RootAt(note->size) != note->root) {
      report_.Add(kInvariant, "checkpoint_not_of_the_log", where,
                  "the log of " + tree->first + " has " + std::to_string(tree->second.size) +
                      " leaves and another root at size " + size);
    }
    return note;
  }

 private:
  const World& world_;
  Report& report_;
  std::map<std::string, Tree> trees_;
};

void CheckTopic(const World& world, const std::string& agency, Heads& heads, Report& report) {
  uint64_t size = 0;
  for (const Record* record : RecordsOf(world, "waymark.member.", "." + agency + ".audit.v1",
                                        gw::CheckpointPublished::descriptor()->full_name())) {
    gw::CheckpointPublished published;
    if (!published.ParseFromString(record->value)) continue;
    const std::optional<Note> note = heads.Take(record->Where(), published.note(), agency);
    if (!note) continue;
    if (note->size < size) {
      report.Add(kInvariant, "checkpoint_went_back", record->Where(),
                 "size " + std::to_string(note->size) + " after " + std::to_string(size));
    }
    size = note->size;
  }
  for (const Record* record : RecordsOf(world, "waymark.member.", "." + agency + ".audit.v1",
                                        gw::CheckpointCosigned::descriptor()->full_name())) {
    gw::CheckpointCosigned cosigned;
    if (!cosigned.ParseFromString(record->value)) continue;
    const std::optional<Note> note =
        heads.Take(record->Where(), cosigned.note(), cosigned.agency());
    if (!note) continue;
    report.Count("cosignatures");
    bool held = false;
    for (const NoteLine& line : note->lines) {
      held = held || (AgencyOf(line.name) == agency &&
                      IsCosigned(*note, line.name, world.KeyOf(agency, "witness_key")));
    }
    if (!held) {
      report.Add(kInvariant, "cosignature_broken", record->Where(), agency + " did not cosign it");
    }
  }
}

// A member that was dead for long was silent: that is true. Nothing else is, here.
void CheckFindings(const Store& store, Report& report) {
  for (const auto& finding : All<gw::AuditFinding>(store, "gateway.audit.findings")) {
    if (finding.code() == kSilent) continue;
    report.Add(kInvariant, "member_accused", store.name,
               finding.found_by() + " says " + finding.code() + " of " + finding.agency() + ": " +
                   finding.means());
  }
}

void CheckKept(const Store& store, bool settled, size_t members, Heads& heads, Report& report) {
  uint64_t published = 0;
  for (const auto& [key, value] : store.Rows("gateway.audit.own")) {
    KeyParts parts(key);
    parts.Text();  // the shard
    gw::StoredHead head;
    const bool is_head = parts.rest() == "published" || parts.rest() == "witnessed";
    if (!is_head || !head.ParseFromString(value)) continue;
    if (parts.rest() == "published") published = head.size();
    heads.Take(store.name + " its own " + std::string(parts.rest()), head.note(), store.name);
  }
  for (const auto& seen : All<gw::StoredSeen>(store, "gateway.audit.seen")) {
    heads.Take(store.name + " what it saw", seen.head().note(), "");
  }
  for (const auto& untied : All<gw::StoredHead>(store, "gateway.audit.untied")) {
    heads.Take(store.name + " what it heard", untied.note(), "");
  }
  if (!settled || published == 0) return;
  size_t cosigned = 0;
  for (const auto& one : All<gw::StoredCosignature>(store, "gateway.audit.cosigned")) {
    if (one.size() == published) ++cosigned;
  }
  if (cosigned + 1 < members) {
    report.Add(kInvariant, "checkpoint_not_cosigned", store.name,
               std::to_string(cosigned) + " of " + std::to_string(members - 1) +
                   " others cosigned its newest, of size " + std::to_string(published));
  }
}

}  // namespace

void CheckCheckpoints(const World& world, const Book& book, Report& report) {
  Heads heads(world, report);
  size_t members = 0;
  for (const auto& [name, store] : world.stores) members += store.gateway() ? 1 : 0;
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    CheckTopic(world, name, heads, report);
    CheckFindings(store, report);
    CheckKept(store, book.settled, members, heads, report);
  }
  for (const Told& told : book.told) {
    for (const std::string& note : told.checkpoints) {
      heads.Take(told.agency + " alert " + told.alert, note, "");
    }
  }
}

}  // namespace checker
