// Between messages and the room's domain.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/sharing/duties/domain/docket.h"
#include "services/sharing/duties/domain/high_assessed.h"
#include "services/sharing/duties/domain/model.h"
#include "services/sharing/duties/domain/notices.h"
#include "services/sharing/membership.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/duties.pb.h"
#include "waymark/gateway/v1/vault.pb.h"

namespace waymark::sharing::duties {

gateway::v1::StoredDutyCase ToProto(const Case& one);
Case FromProto(const gateway::v1::StoredDutyCase& stored);

gateway::v1::Reminder ToProto(const Reminder& reminder, const std::string& id);

// The record's ce_type and bytes.
std::pair<std::string, std::string> RecordOf(const Membership& membership,
                                             const Docket::Told& told);

HighAssessed FromProto(const gateway::v1::HighAssessed& high);
CaseNotice FromProto(const casemgr::v1::CaseNotice& notice);
// InvalidArgument for a state this version does not know.
absl::StatusOr<ObligationNotice> FromProto(const casemgr::v1::ObligationNotice& notice);
CoverAsked FromProto(const casemgr::v1::CoverAsked& asked);
// InvalidArgument for an act this version does not know.
absl::StatusOr<ActedForMember> FromProto(const casemgr::v1::ActedForMember& acted);
RegisterReminder FromProto(const casemgr::v1::Reminder& reminder);

common::v1::Band ToProto(std::optional<pack::Band> band);
std::optional<pack::Band> FromProto(common::v1::Band band);

}  // namespace waymark::sharing::duties
