#include "services/intake/domain/interest.h"

#include <map>

namespace waymark::intake {

std::vector<Interest> FindInterests(const InterestQuestion& question, const StockView& stock,
                                    const LinkView& links) {
  std::map<std::string, std::string> reasons;  // emplace keeps the first, which is the strongest
  reasons.emplace(question.reporter, "reporter");
  for (const std::string& place : question.places) {
    for (const std::string& agency : stock.HoldersOfPlace(place)) reasons.emplace(agency, "stock");
  }
  if (!question.lsoa.empty()) {
    for (const std::string& agency : stock.HoldersOfLsoa(question.lsoa)) {
      reasons.emplace(agency, "ward");
    }
  }
  for (const std::string& subject : question.victims) {
    for (const std::string& agency : links.AgenciesHolding(subject)) {
      reasons.emplace(agency, "holds_record");
    }
  }
  std::vector<Interest> interests;
  for (auto& [agency, reason] : reasons) interests.push_back({agency, reason});
  return interests;
}

}  // namespace waymark::intake
