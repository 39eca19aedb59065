#include "services/casemgr/domain/assessment_linked.h"

#include <tuple>

namespace waymark::casemgr {

void DecideAssessment(Work& work, const std::string& subject_id, const Assessed& told) {
  Assessed assessed = told;
  assessed.at = work.setting.Past(told.at);
  const Subject& subject = work.ledger.Resolve(subject_id);
  const std::optional<Assessed>& held = subject.assessed;
  if (held &&
      std::tie(held->at, held->assessment_id) >= std::tie(assessed.at, assessed.assessment_id)) {
    return;
  }
  work.Emit(SubjectAssessed{subject.id, assessed});
  const Case* open = work.ledger.OpenCaseOf(subject.id);
  if (open != nullptr) KeepCase(work, open->id);
}

}  // namespace waymark::casemgr
