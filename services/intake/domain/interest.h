// Who has an interest in an incident: its reporter, the landlord of the place or of the victim's
// home, the council of the ward, and every member that holds a record of the same victim. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/intake/domain/linking.h"

namespace waymark::intake {

// What members have registered.
class StockView {
 public:
  virtual ~StockView() = default;
  // Agencies whose stock holds the place, sorted. `keyed` as in Token.
  virtual std::vector<std::string> HoldersOfPlace(std::string_view keyed) const = 0;
  // Agencies that registered the neighbourhood (LSOA code), sorted.
  virtual std::vector<std::string> HoldersOfLsoa(std::string_view lsoa) const = 0;
};

struct Interest {
  std::string agency;
  std::string reason;  // "reporter", "stock", "ward" or "holds_record"

  friend bool operator==(const Interest&, const Interest&) = default;
};

struct InterestQuestion {
  std::string reporter;
  std::string lsoa;                  // "" when unknown
  std::vector<std::string> places;   // keyed UPRN tokens of the place and the victim's home
  std::vector<std::string> victims;  // confirmed subjects that are victim or caller
};

// Sorted by agency, each once, with its strongest reason: reporter, stock, ward, holds_record.
std::vector<Interest> FindInterests(const InterestQuestion& question, const StockView& stock,
                                    const LinkView& links);

}  // namespace waymark::intake
