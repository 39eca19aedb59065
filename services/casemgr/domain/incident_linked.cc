#include "services/casemgr/domain/incident_linked.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace waymark::casemgr {
namespace {

std::string TriggerOf(const pack::Pack& pack, const std::vector<std::string>& fired) {
  for (const std::string& trigger : pack.case_opening.triggers) {
    if (std::find(fired.begin(), fired.end(), trigger) != fired.end()) return trigger;
  }
  return "";
}

bool IsVictim(const Incident& incident, const std::string& subject_id) {
  return std::any_of(incident.parties.begin(), incident.parties.end(), [&](const Party& party) {
    return party.confirmed && party.subject_id == subject_id &&
           std::find(party.roles.begin(), party.roles.end(), Role::kVictim) != party.roles.end();
  });
}

void OpenOnTrigger(Work& work, const Incident& incident, const std::string& subject_id,
                   const std::string& trigger) {
  if (!IsVictim(incident, subject_id) || work.ledger.OpenCaseOf(subject_id) != nullptr) return;
  const absl::Time since = work.setting.Past(incident.reported_at);
  const Case* closed = work.ledger.LastClosedOf(subject_id);
  if (closed != nullptr && since <= *closed->closed_at) return;
  OpenCase(work, subject_id, {incident.id, absl::StrCat("trigger:", trigger), since});
}

}  // namespace

void DecideIncident(Work& work, const Incident& incident, const std::vector<std::string>& fired) {
  const std::optional<Incident> held = work.ledger.FindIncident(incident.id);
  if (held && held->revision >= incident.revision) return;
  std::set<std::string> concerned;
  if (held) {
    for (const std::string& subject : held->Subjects()) concerned.insert(subject);
  }
  for (const std::string& subject : incident.Subjects()) concerned.insert(subject);
  work.Emit(IncidentNoted{incident});
  const std::string trigger = TriggerOf(work.setting.pack, fired);
  for (const std::string& subject : concerned) {
    if (!trigger.empty()) OpenOnTrigger(work, incident, subject, trigger);
    const Case* open = work.ledger.OpenCaseOf(subject);
    if (open != nullptr) KeepCase(work, open->id, incident.id);
  }
}

}  // namespace waymark::casemgr
