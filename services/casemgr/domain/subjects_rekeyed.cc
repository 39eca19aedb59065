#include "services/casemgr/domain/subjects_rekeyed.h"

#include <algorithm>
#include <tuple>

#include "services/casemgr/domain/clocks.h"

namespace waymark::casemgr {
namespace {

bool Contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// What was done in the case that ends counts in the one that goes on, and its clocks started no
// later.
void TakeOver(Work& work, const std::string& kept_id, const Case& ended) {
  const Case& kept = *work.ledger.FindCase(kept_id);
  if (ended.high_since && (!kept.high_since || *ended.high_since < *kept.high_since)) {
    CaseUpdated earlier;
    earlier.case_id = kept.id;
    earlier.band = kept.band;
    earlier.band_by = kept.band_by;
    earlier.lead_agency = kept.lead_agency;
    earlier.high_since = ended.high_since;
    earlier.high_first_by = ended.high_first_by;
    work.Emit(std::move(earlier));
  }
  if (ended.skeleton) {
    Profile skeleton = *ended.skeleton;
    skeleton.obligation_id.clear();  // it answered a breach of the case that ends
    work.Emit(ProfileNoted{kept.id, std::move(skeleton), true});
  }
  if (ended.profile) work.Emit(ProfileNoted{kept.id, *ended.profile, false});
  if (ended.conference) {
    Conference conference = *ended.conference;
    conference.obligation_id.clear();
    work.Emit(ConferenceNoted{kept.id, std::move(conference)});
  }
  if (ended.held) work.Emit(ConferenceHeldNoted{kept.id, *ended.held});
}

}  // namespace

void DecideMerge(Work& work, const std::string& kept_told, const std::string& merged_told) {
  const std::string kept = work.ledger.Resolve(kept_told).id;
  const std::string merged = work.ledger.Resolve(merged_told).id;
  if (merged == kept) return;  // already one
  const Case* ours = work.ledger.OpenCaseOf(kept);
  const Case* theirs = work.ledger.OpenCaseOf(merged);
  work.Emit(SubjectRekeyed{merged, kept, true, {}});
  const std::vector<std::string> moving = work.ledger.SubjectOf(merged).case_ids;
  for (const std::string& case_id : moving) work.Emit(CaseRekeyed{case_id, merged, kept});
  if (ours != nullptr && theirs != nullptr) {
    if (std::tie(theirs->opened_at, theirs->id) < std::tie(ours->opened_at, ours->id)) {
      std::swap(ours, theirs);
    }
    CancelClocks(work, *theirs, "merged");
    work.Emit(CaseClosed{theirs->id, work.setting.now, "system", "merged", ours->id, "", ""});
    TakeOver(work, ours->id, *theirs);
  }
  const Case* open = work.ledger.OpenCaseOf(kept);
  if (open != nullptr) KeepCase(work, open->id);
}

void DecideSplit(Work& work, const std::string& from, const std::string& to,
                 const std::vector<MemberPerson>& moved) {
  work.Emit(SubjectRekeyed{from, to, false, moved});
  const std::vector<std::string> cases = work.ledger.SubjectOf(from).case_ids;
  for (const std::string& case_id : cases) {
    const std::optional<Incident> cause =
        work.ledger.FindIncident(work.ledger.FindCase(case_id)->incident_id);
    if (!cause) continue;
    const std::vector<std::string> subjects = cause->Subjects();
    if (Contains(subjects, to) && !Contains(subjects, from)) {
      work.Emit(CaseRekeyed{case_id, from, to});
    }
  }
  for (const std::string& subject : {from, to}) {
    const Case* open = work.ledger.OpenCaseOf(subject);
    if (open != nullptr) KeepCase(work, open->id);
  }
}

void DecideForgotten(Work& work, const std::string& subject, const std::string& nobody,
                     const MemberPerson& person, bool last) {
  const std::string present = work.ledger.Resolve(subject).id;
  work.Emit(SubjectRekeyed{present, nobody, false, {person}});
  const Case* open = work.ledger.OpenCaseOf(present);
  if (open == nullptr) return;
  if (!last) return KeepCase(work, open->id);
  CancelClocks(work, *open, "erased");
  work.Emit(CaseClosed{open->id, work.setting.now, "system", "erased", "", "", ""});
}

}  // namespace waymark::casemgr
