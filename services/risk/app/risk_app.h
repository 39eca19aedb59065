// Risk as the runtime sees it: reads intake's topic, publishes one picture whenever a subject's
// risk changes.
//
//   IncidentLinked    history, the agency's own assessment of the victim
//   AssessmentLinked  a matrix filled in later
//   PersonForgotten                what an erased person brought counts for nobody any more
//   SubjectsMerged, SubjectSplit   histories follow; both pictures are judged afresh
//
// Threads: as runtime::Service; nothing is kept between calls.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/pack/pack.h"
#include "libs/runtime/decider.h"
#include "waymark/intake/v1/events.pb.h"

namespace waymark::risk {

class RiskApp : public runtime::Service {
 public:
  // The pack of each partnership served here, by partnership id.
  explicit RiskApp(std::map<std::string, std::shared_ptr<const pack::Pack>> packs);

  std::vector<std::string> DomainColumnFamilies() const override;
  absl::StatusOr<runtime::Decision> Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) override;
  absl::Status Evolve(const runtime::View& view, const runtime::Event& event,
                      const runtime::EventContext& context, runtime::Changes& changes) override;

 private:
  using Result = absl::StatusOr<runtime::Decision>;
  Result DecideIncident(const runtime::View& view, const intake::v1::IncidentLinked& incident,
                        absl::Time now) const;
  Result DecideAssessment(const runtime::View& view, const intake::v1::AssessmentLinked& linked,
                          absl::Time now) const;
  Result DecideMerge(const runtime::View& view, const intake::v1::SubjectsMerged& merged,
                     absl::Time now) const;
  Result DecideForgotten(const runtime::View& view, const intake::v1::PersonForgotten& forgotten,
                         absl::Time now) const;
  Result DecideSplit(const runtime::View& view, const intake::v1::SubjectSplit& split,
                     absl::Time now) const;
  absl::StatusOr<const pack::Pack*> PackOf(const std::string& partnership) const;

  std::map<std::string, std::shared_ptr<const pack::Pack>> packs_;
};

}  // namespace waymark::risk
