// Between risk's domain values and the messages on the topics.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/pack/pack.h"
#include "services/risk/domain/picture.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::risk {

absl::Time FromProto(const google::protobuf::Timestamp& at);
google::protobuf::Timestamp ToProto(absl::Time at);

rules::Incident ToDomain(const risk::v1::HistoryNoted& noted, const std::string& subject_id);
AgencyAssessment ToDomain(const common::v1::Assessment& assessment);

// Everything but what caused it.
risk::v1::SubjectRiskChanged ToProto(const Picture& picture, const pack::Pack& pack);
Picture FromProto(const risk::v1::SubjectRiskChanged& changed);

// Callers and victims, each subject once.
risk::v1::HistoryNoted HistoryOf(const intake::v1::IncidentLinked& incident);
// The confirmed victim, else the caller: whom an incident's assessment is about; null when the
// incident names neither.
const intake::v1::LinkedParty* AssessedParty(const intake::v1::IncidentLinked& incident);

}  // namespace waymark::risk
