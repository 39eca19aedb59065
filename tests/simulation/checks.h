// What must hold once everything has healed and come to rest, whatever went wrong before. The
// checks look from outside: at what clients were told, what stands in the log, and what any node
// answers. Numbers are those of the invariants in README.md.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/runtime/cloud_event.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/partnership.h"
#include "waymark/gateway/v1/journal.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::simulation {

// All a check may look at.
struct Judge {
  World& world;
  Partnership& partnership;
  Clients& clients;
  const std::set<eventlog::TopicPartition>& lost_tails;
  std::vector<std::string>& violations;

  template <class... Parts>
  void Say(const Parts&... parts) {
    violations.push_back(absl::StrCat(parts...));
  }
  // What a partition says, each record of a lane once, lane by lane in order of seq. The runtime's
  // own records are left out.
  std::vector<runtime::CloudEvent> Records(const eventlog::TopicPartition& at) const;
  // Those of one type, decoded.
  template <class Message>
  std::vector<Message> Messages(const eventlog::TopicPartition& at) const {
    std::vector<Message> all;
    for (const runtime::CloudEvent& event : Records(at)) {
      if (event.type == Message::descriptor()->full_name()) {
        all.emplace_back().ParseFromString(event.payload);
      }
    }
    return all;
  }
  eventlog::TopicPartition Core(std::string_view topic) const;
};

// The leaves of an agency's audit log.
struct LogLeaves {
  std::vector<gateway::v1::AuditEntry> open;
  int erased = 0;  // how many no longer open: somebody they are about was erased
};
LogLeaves LeavesOf(Judge& judge, const std::string& agency);

// Whether the agency erased, at any time, somebody of this report of its own.
bool WasErased(const Judge& judge, const Request& published);

// Of a share that was handed over: nothing when it rests on no override.
void CheckOverridden(Judge& judge, const Exchange& fetch, const gateway::v1::ShareContent& content);

void CheckAnswers(Judge& judge);      // 1: acknowledged exists once, refused does not exist
void CheckLanes(Judge& judge);        // 2: everything sent was taken, once and in order
void CheckFolds(Judge& judge);        // 3: a rebuilt core service has the same state
void CheckAlerts(Judge& judge);       // 4: every alert reached a subscriber, or somebody was told
void CheckCanaries(Judge& judge);     // 5: no word about a person anywhere
void CheckDisclosures(Judge& judge);  // 6: nothing handed over without a basis at that instant
void CheckErasures(Judge& judge);     // 7: nothing of an erased person is shown or can be opened
void CheckAuditLogs(Judge& judge);    // 8: one leaf for each effect, and the root is theirs
void CheckWitnesses(Judge& judge);    // 8: all heads are of one log, cosigned, and none is accused
void CheckClocks(Judge& judge);       // 9: clocks once, never early, and none forgotten
void CheckOverrides(Judge& judge);    // 9: overrides are reviewed in time, or somebody is told
void CheckHealth(Judge& judge);       // 11: nothing stopped, nothing parked

// All of them, cheap ones first; later ones only when the earlier ones found nothing.
void CheckEverything(Judge& judge);

}  // namespace waymark::simulation
