// The answer to a look-up during a call: what the partnership may tell this asker, after the signed
// agreement's mask. The core applies it, so that an asker does not police itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libs/agreement/evaluator.h"
#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

struct CardQuestion {
  std::string partnership;
  std::string asker;
  std::string asker_role;  // of the person, else of the system
  std::string purpose;
  std::vector<std::string> subject_ids;
};

// What the mask withholds is empty.
struct ShownIncident {
  std::optional<absl::Time> occurred_at;
  Category category = Category::kUnknown;
  std::string type;
  std::string agency;
  std::string action_taken;
};

struct ShownMarker {
  std::string kind;    // "high_risk_victim"
  std::string source;  // lead agency
  std::optional<absl::Time> expires_at;
};

struct CallCard {
  bool withheld = false;                 // the agreement lets this asker see nothing of any partner
  uint32_t reports = 0;                  // held by others, as far as they may be counted
  std::vector<ShownIncident> incidents;  // newest first, at most 50
  std::string clause;                    // "fenland-isa 1 clause 5.1"
  std::string withheld_because;
  std::optional<Band> band;  // binds everyone, so it is never masked
  std::vector<std::string> band_by;
  std::vector<RepeatFinding> rules;
  std::vector<ShownMarker> markers;
  std::string lead_agency;
  std::string case_id;
};

CallCard MakeCallCard(const CardQuestion& question, Work& work,
                      const agreement::Evaluator& agreements);

}  // namespace waymark::casemgr
