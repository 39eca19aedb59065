#include <algorithm>

#include "libs/agreement/evaluator.h"

namespace waymark::agreement {
namespace {

// Fields of `in` that are not in `than`; both are in catalogue order.
std::vector<std::string> More(const std::vector<std::string>& in,
                              const std::vector<std::string>& than) {
  std::vector<std::string> more;
  for (const std::string& field : in) {
    if (std::find(than.begin(), than.end(), field) == than.end()) more.push_back(field);
  }
  return more;
}

}  // namespace

Comparison Compare(const Evaluator& live, const Evaluator& next,
                   const std::vector<RecordedRequest>& requests) {
  Comparison comparison;
  comparison.requests = requests.size();
  for (size_t i = 0; i < requests.size(); ++i) {
    Change change;
    change.request = i;
    change.before = live.Decide(requests[i].request, requests[i].at);
    change.after = next.Decide(requests[i].request, requests[i].at);
    change.newly_allowed = More(change.after.released, change.before.released);
    change.newly_refused = More(change.before.released, change.after.released);
    const bool was_refused = change.before.effect == Effect::kRefuse;
    const bool is_refused = change.after.effect == Effect::kRefuse;
    if (was_refused && !is_refused) ++comparison.newly_allow;
    if (!was_refused && is_refused) ++comparison.newly_refuse;
    if (!change.newly_allowed.empty() || !change.newly_refused.empty() ||
        change.before.gateway != change.after.gateway) {
      comparison.changes.push_back(std::move(change));
    }
  }
  return comparison;
}

}  // namespace waymark::agreement
