// Between intake's domain values and the messages on the topics. Facts that intake does not decide
// on (category, type, answers, assessment) are copied as they stand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/intake/adapters/tokens.h"
#include "services/intake/domain/interest.h"
#include "services/intake/domain/linking.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {

void SetTime(absl::Time at, google::protobuf::Timestamp& out);

intake::v1::LinkEvidence ToProto(const Evidence& evidence);

// The report's facts, without parties, place and interests.
intake::v1::IncidentLinked CopyFacts(const gateway::v1::IncidentReported& report,
                                     const std::string& agency);
void AddParty(const gateway::v1::ReportedParty& reported, const PartyLink& link,
              const intake::v1::KeptPerson& kept, intake::v1::IncidentLinked& event);
void AddInterests(const std::vector<Interest>& interests, intake::v1::IncidentLinked& event);

// The place's own UPRN token, keyed; "" when the place is not precise.
std::string PlaceToken(const std::vector<Token>& location);

// Who might have an interest in what `event` says so far.
InterestQuestion QuestionOf(const intake::v1::IncidentLinked& event, const OpenedSheet& sheet);

intake::v1::AssessmentLinked LinkAssessment(const gateway::v1::VictimAssessed& assessed,
                                            const std::string& agency,
                                            const std::string& subject_id);

}  // namespace waymark::intake
