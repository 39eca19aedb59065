// Tells the invented fortnight to a running partnership: lives through it deed by deed, each at its
// own time, with real calls; timers that fall due in between fire at theirs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/local_partnership.h"
#include "cli/story/actors.h"
#include "cli/story/invent.h"
#include "cli/story/story_clock.h"
#include "waymark/gateway/v1/look_up.pb.h"

namespace waymark::cli::story {

// What the teller saw while telling; the rest is asked of the gateways afterwards (report.h).
struct Told {
  uint64_t published = 0;
  uint64_t refused = 0;
  std::map<std::string, uint64_t> by_agency;
  std::map<common::v1::Band, uint64_t> bands;  // of this agency's own assessment, at the report
  uint64_t without_band = 0;
  // What a call handler saw when somebody of the cast rang again.
  struct SeenOnTheLine {
    std::string who;
    std::string agency;
    gateway::v1::LookUpResponse answer;
  };
  std::vector<SeenOnTheLine> look_ups;
  // Deeds that a gateway refused, in words. None is expected.
  std::vector<std::string> surprises;
};

struct Progress {
  uint64_t done = 0;
  uint64_t of = 0;
  absl::Time at;     // of the story
  std::string news;  // something worth a line, or ""
};

class Teller {
 public:
  // All must outlive this.
  Teller(LocalPartnership& partnership, StoryClock& clock, Actors& actors,
         std::function<void(const Progress&)> on_progress)
      : partnership_(partnership),
        clock_(clock),
        actors_(actors),
        on_progress_(std::move(on_progress)) {}

  // What the teller has learnt so far, as JSON, to go on with after an interruption.
  std::string Memory() const;
  absl::Status Remember(const std::string& memory);

  // What members register before it begins.
  absl::Status Prepare(const Fortnight& fortnight);
  // From happening `from` on. `before_each` is called with the number of the next one and its time
  // before the clock moves there; an error ends the telling. What was told already may be told
  // again without harm.
  absl::StatusOr<Told> Tell(const Fortnight& fortnight, size_t from,
                            const std::function<absl::Status(size_t, absl::Time)>& before_each);
  // Lives on, timers included, to real time.
  absl::Status CatchUp();

 private:
  absl::Status AdvanceTo(absl::Time to);
  absl::Status Pump();

  absl::Status Do(const Report& report, Told& told);
  absl::Status Do(const LookUp& look_up, Told& told);
  absl::Status Do(const Assess& assess, Told& told);
  absl::Status Do(const Consent& consent, Told& told);
  absl::Status Do(const Withdraw& withdraw, Told& told);
  absl::Status Do(const EnterProfile& profile, Told& told);
  absl::Status Do(const CallConference& conference, Told& told);
  absl::Status Do(const HoldConference& conference, Told& told);
  absl::Status Do(const AcknowledgeAlerts& acknowledge, Told& told);

  // Cases of the agency that are new since it was asked before.
  absl::StatusOr<std::vector<std::string>> NewCases(const std::string& agency);
  // After something that may have opened a case: which one, by that incident. NewCases was asked
  // just before it.
  absl::Status LearnCase(const std::string& agency, const std::string& reference);
  absl::StatusOr<std::string> CaseOf(const IncidentName& incident) const;
  // A refusal of one deed is told, not fatal; anything else ends the story.
  absl::Status Surprised(const absl::Status& status, const std::string& deed, Told& told);

  LocalPartnership& partnership_;
  StoryClock& clock_;
  Actors& actors_;
  const std::function<void(const Progress&)> on_progress_;
  std::string news_;
  std::map<std::string, std::string> cases_;                     // by agency/reference
  std::map<std::string, std::string> consents_;                  // by agency/reference
  std::map<std::string, std::vector<std::string>> known_cases_;  // by agency
};

// The role of the system that publishes for an agency of this kind: "cad", "crm", ...
std::string PublishingSystem(const LocalPartnership& partnership, const std::string& agency);

}  // namespace waymark::cli::story
