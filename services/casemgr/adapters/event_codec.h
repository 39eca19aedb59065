// Between the domain's events and the journal's messages (proto/waymark/casemgr/v1/events.proto).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/casemgr/domain/events.h"
#include "waymark/casemgr/v1/events.pb.h"

namespace waymark::casemgr {

struct DecodedEvent {
  std::string partnership;
  Event event;
};

runtime::Event EncodeEvent(const Event& event, const std::string& partnership);
// InvalidArgument for a type that is none of them, or bytes that are not of their type.
absl::StatusOr<DecodedEvent> DecodeEvent(const runtime::Event& event);

// Parts that rows hold too.
v1::IncidentNoted ToProto(const IncidentNoted& event);
v1::RiskNoted ToProto(const RiskNoted& event);
v1::SubjectAssessed ToProto(const SubjectAssessed& event);
v1::ObligationStarted ToProto(const ObligationStarted& event);
v1::ProfileNoted ToProto(const ProfileNoted& event);
v1::ConferenceNoted ToProto(const ConferenceNoted& event);
v1::ConferenceHeldNoted ToProto(const ConferenceHeldNoted& event);
v1::CoverNoted ToProto(const CoverNoted& event);

IncidentNoted FromProto(const v1::IncidentNoted& in);
RiskNoted FromProto(const v1::RiskNoted& in);
SubjectAssessed FromProto(const v1::SubjectAssessed& in);
ObligationStarted FromProto(const v1::ObligationStarted& in);
ProfileNoted FromProto(const v1::ProfileNoted& in);
ConferenceNoted FromProto(const v1::ConferenceNoted& in);
ConferenceHeldNoted FromProto(const v1::ConferenceHeldNoted& in);
CoverNoted FromProto(const v1::CoverNoted& in);

}  // namespace waymark::casemgr
