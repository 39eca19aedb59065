// The checks about audit logs: that each is the tree of its leaves, that every effect has its leaf,
// and that what was signed, published, cosigned and handed over is all of one log.
#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "libs/audit/checkpoint.h"
#include "libs/config/topics.h"
#include "libs/crypto/hash.h"
#include "services/sharing/adapters/audit_note.h"
#include "tests/simulation/checks.h"
#include "waymark/gateway/v1/checkpoint.pb.h"
#include "waymark/gateway/v1/person.pb.h"

namespace waymark::simulation {
namespace {

// RFC 6962 section 2.1, from the leaf hashes alone.
std::string RootOf(const std::vector<std::string>& leaves, size_t from, size_t to) {
  if (from == to) return crypto::Sha256("");
  if (to - from == 1) return leaves[from];
  size_t half = 1;
  while (half * 2 < to - from) half *= 2;
  return crypto::Sha256("\x01" + RootOf(leaves, from, from + half) +
                        RootOf(leaves, from + half, to));
}

// Leaf hashes of one agency's log as it lies in its store, and its roots by size.
class Log {
 public:
  Log(Judge& judge, const std::string& agency) {
    GatewayNode& gateway = judge.partnership.gateway(agency);
    const absl::Status read = gateway.runtime().Read(gateway.shard(), [&](const auto& view) {
      for (uint64_t i = 0; i < sharing::AuditSize(view); ++i) {
        const auto commitment = sharing::LeafCommitment(view, i);
        if (!commitment) return judge.Say("leaf ", i, " of ", agency, " is missing");
        if (sharing::CheckLeaf(gateway.membership(), view, i) == sharing::LeafState::kChanged) {
          judge.Say("leaf ", i, " of ", agency, " is not what the log committed to");
        }
        hashes_.push_back(crypto::Sha256(std::string(1, '\0') + *commitment));
      }
      root_ = sharing::AuditRoot(view).value_or("");
    });
    if (!read.ok()) judge.Say(agency, ": ", read.ToString());
  }

  const std::string& root() const { return root_; }
  uint64_t size() const { return hashes_.size(); }
  // "" beyond its end.
  const std::string& RootAt(uint64_t size) {
    std::string& root = roots_[size];
    if (root.empty() && size <= hashes_.size()) root = RootOf(hashes_, 0, size);
    return root;
  }

 private:
  std::vector<std::string> hashes_;
  std::string root_;
  std::map<uint64_t, std::string> roots_;
};

// Every head that was signed for any log, wherever it was seen, against the logs as they are.
class Heads {
 public:
  explicit Heads(Judge& judge) : judge_(judge) {
    for (const std::string& agency : judge.partnership.agencies()) {
      logs_.emplace(Origin(agency), Log(judge, agency));
    }
  }

  static std::string Origin(const std::string& agency) {
    return absl::StrCat(kTrustDomain, "/audit/", agency);
  }

  void Take(const std::string& where, const std::string& note) {
    const auto head = audit::ParseCheckpoint(note);
    const auto log = head.ok() ? logs_.find(head->checkpoint.origin) : logs_.end();
    if (log == logs_.end()) return judge_.Say(where, " holds a checkpoint that is of no log");
    if (log->second.RootAt(head->checkpoint.size) == head->checkpoint.root) return;
    judge_.Say(where, " holds a checkpoint of size ", head->checkpoint.size, " of ",
               head->checkpoint.origin, " that is not of the log as it is, of size ",
               log->second.size());
  }
  Log& log(const std::string& agency) { return logs_.at(Origin(agency)); }

 private:
  Judge& judge_;
  std::map<std::string, Log> logs_;
};

void CheckPublished(Judge& judge, const std::string& agency, Heads& heads) {
  const eventlog::TopicPartition topic{config::MemberAuditTopic(kPartnership, agency), 0};
  uint64_t size = 0;
  for (const auto& one : judge.Messages<gateway::v1::CheckpointPublished>(topic)) {
    heads.Take(absl::StrCat("the audit topic of ", agency), one.note());
    const auto head = audit::ParseCheckpoint(one.note());
    if (head.ok() && std::exchange(size, head->checkpoint.size) > head->checkpoint.size) {
      judge.Say(agency, " has published a checkpoint of a shorter log");
    }
  }
  for (const auto& one : judge.Messages<gateway::v1::CheckpointCosigned>(topic)) {
    heads.Take(absl::StrCat("a cosignature of ", agency), one.note());
  }
  for (const auto& one : judge.Messages<gateway::v1::AuditFindingTold>(topic)) {
    // A member that was down for long was silent; that is true, and it ends.
    if (one.finding().code() == "audit_silent") continue;
    judge.Say(agency, " accuses ", one.finding().agency(), " of ", one.finding().code(), ": ",
              one.finding().means());
  }
}

void CheckShown(Judge& judge, const std::string& agency) {
  const auto shown = judge.clients.Look<gateway::v1::ShowLogResponse>(
      agency, kShowLog, gateway::v1::ShowLogRequest(), "auditor");
  if (!shown.ok()) return judge.Say(agency, " does not show: ", shown.status().ToString());
  for (const gateway::v1::AuditFinding& one : shown->findings()) {
    if (one.has_ended_at()) continue;
    judge.Say("at ", agency, " a finding stands: ", one.code(), " of ", one.agency(), ", by ",
              one.found_by(), ": ", one.means());
  }
  for (const gateway::v1::Witness& witness : shown->witnesses()) {
    if (witness.up_to_date()) continue;
    judge.Say(witness.agency(), " has cosigned ", witness.size(), " of the ",
              shown->published_size(), " leaves that ", agency, " published");
  }
  if (shown->witnesses_size() + 1 != static_cast<int>(judge.partnership.agencies().size())) {
    judge.Say(agency, " has ", shown->witnesses_size(), " witnesses");
  }
  for (const gateway::v1::SeenLog& seen : shown->seen()) {
    if (seen.untied() == 0) continue;
    judge.Say(agency, " has not tied ", seen.untied(), " heads of ", seen.agency());
  }
  if (!shown->self_audit().has_last_whole_at()) {
    judge.Say(agency, " has never gone through its own log");
  }
}

// What clients were told that leaves a leaf, by the leaf's name: how often. `once` says whether an
// answer that never came leaves none.
struct Told {
  int times = 0;
  bool once = true;
};

std::map<std::string, Told> ToldOf(const Judge& judge, const std::string& agency) {
  static const std::map<std::string, std::pair<std::string, bool>> kWhats = {
      {kRecordConsent, {"consent_recorded", true}},
      {kAssess, {"assess", true}},
      {kOverride, {"override_recorded", true}},
      {kReview, {"override_reviewed", true}},
      {kLookUp, {"look_up", false}},
      {kStatement, {"statement_made", false}},
      {kExplainPast, {"share_explained", false}},
      {kShowOverride, {"override_shown", false}}};
  std::map<std::string, Told> told;
  std::set<std::string> erased;
  for (const Request& request : judge.clients.book().requests) {
    if (request.agency != agency || !request.ok()) continue;
    gateway::v1::ErasePersonResponse answer;
    if (request.path == kErase && answer.ParseFromString(**request.answer)) {
      erased.insert(answer.erasure().person_id());
    }
    const auto what = kWhats.find(request.path);
    if (what == kWhats.end()) continue;
    Told& one = told[what->second.first];
    ++one.times;
    one.once = what->second.second;
  }
  told["person_erased"].times = static_cast<int>(erased.size());
  told["person_keys_destroyed"].times = static_cast<int>(erased.size());
  return told;
}

}  // namespace

LogLeaves LeavesOf(Judge& judge, const std::string& agency) {
  LogLeaves leaves;
  GatewayNode& gateway = judge.partnership.gateway(agency);
  const absl::Status read = gateway.runtime().Read(gateway.shard(), [&](const auto& view) {
    for (uint64_t i = 0; i < sharing::AuditSize(view); ++i) {
      auto leaf = sharing::OpenLeaf(gateway.membership(), view, i);
      if (leaf) {
        leaves.open.push_back(std::move(leaf->entry));
      } else {
        ++leaves.erased;
      }
    }
  });
  if (!read.ok()) judge.Say(agency, ": ", read.ToString());
  return leaves;
}

void CheckWitnesses(Judge& judge) {
  Heads heads(judge);
  for (const std::string& agency : judge.partnership.agencies()) {
    Log& log = heads.log(agency);
    if (log.root() != log.RootAt(log.size())) {
      judge.Say("the audit log of ", agency, " has a root that is not of its leaves");
    }
    CheckPublished(judge, agency, heads);
    if (judge.world.watched) CheckShown(judge, agency);
  }
  for (const Exchange& fetch : judge.clients.book().fetches) {
    gateway::v1::FetchShareResponse told;
    if (!told.ParseFromString(*fetch.answer)) continue;
    const std::string where = absl::StrCat("what ", fetch.from, " fetched at ", fetch.arrived);
    heads.Take(where, told.proof().log().checkpoint());
    if (!told.proof().log().witnessed().empty()) {
      heads.Take(where, told.proof().log().witnessed());
    }
  }
}

void CheckAuditLogs(Judge& judge) {
  for (const std::string& agency : judge.partnership.agencies()) {
    const LogLeaves log = LeavesOf(judge, agency);
    std::map<std::string, int> leaves;
    for (const gateway::v1::AuditEntry& leaf : log.open) ++leaves[leaf.what()];
    int missing = 0;
    std::string example;
    for (const auto& [what, told] : ToldOf(judge, agency)) {
      const int found = leaves[what];
      const std::string said = absl::StrCat(agency, " answered ", told.times,
                                            " times what leaves \"", what, "\", and has ", found);
      if (told.once && found > told.times) judge.Say(said, " such leaves");
      if (found >= told.times) continue;
      missing += told.times - found;
      example = said;
    }
    if (missing > log.erased) judge.Say(example, " such leaves, and ", log.erased, " are erased");
    if (missing > 0 && leaves["person_erased"] == 0) judge.Say(example, " and erased nobody");
  }
}

}  // namespace waymark::simulation
