// What comes in without anybody asking: the register's records and the room's timers.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/duties/adapters/codec.h"
#include "services/sharing/duties/adapters/decisions.h"
#include "services/sharing/duties/adapters/duties_view.h"
#include "services/sharing/duties/adapters/keys.h"
#include "services/sharing/duties/adapters/leaf.h"
#include "services/sharing/duties/domain/timers.h"

namespace waymark::sharing::duties {
namespace {

template <class Message>
absl::StatusOr<Message> Read(const runtime::Input& input) {
  Message message;
  if (!message.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError(absl::StrCat(input.type, " cannot be read"));
  }
  return message;
}

absl::Status Apply(const runtime::Input& input, Docket& docket) {
  if (input.type == kCaseNotice) {
    WM_ASSIGN_OR_RETURN(const auto notice, Read<casemgr::v1::CaseNotice>(input));
    DecideCaseNotice(docket, FromProto(notice));
  } else if (input.type == kObligationNotice) {
    WM_ASSIGN_OR_RETURN(const auto message, Read<casemgr::v1::ObligationNotice>(input));
    WM_ASSIGN_OR_RETURN(const ObligationNotice notice, FromProto(message));
    DecideObligationNotice(docket, notice);
  } else if (input.type == kCoverAsked) {
    WM_ASSIGN_OR_RETURN(const auto asked, Read<casemgr::v1::CoverAsked>(input));
    DecideCoverAsked(docket, FromProto(asked));
  } else if (input.type == kActedForMember) {
    WM_ASSIGN_OR_RETURN(const auto message, Read<casemgr::v1::ActedForMember>(input));
    WM_ASSIGN_OR_RETURN(const ActedForMember acted, FromProto(message));
    DecideActed(docket, acted);
  } else {
    WM_ASSIGN_OR_RETURN(const auto reminder, Read<casemgr::v1::Reminder>(input));
    DecideRegisterReminder(docket, FromProto(reminder));
  }
  return absl::OkStatus();
}

// What the gateway did by itself, nobody asking, when a clock ran out.
std::map<std::string, std::string> Enforced(const std::optional<Case>& before, const Case& after) {
  std::map<std::string, std::string> facts;
  if (after.skeleton && !(before && before->skeleton)) facts["profile"] = "skeleton";
  if (after.conference && after.conference->automatic && !(before && before->conference)) {
    facts["conference"] = "called";
  }
  return facts;
}

}  // namespace

Setting SettingOf(const Membership& membership, runtime::Context& context) {
  return {*membership.pack, membership.agency, context.now(),
          [&context](std::string_view kind) { return context.NewId(std::string(kind)); }};
}

std::vector<runtime::Event> EventsOf(const Membership& membership, const Docket& docket,
                                     runtime::Context& context) {
  std::vector<runtime::Event> events;
  for (const auto& [from, into] : docket.joined()) {
    gateway::v1::DutyCaseJoined joined;
    joined.set_case_id(from);
    joined.set_into_case_id(into);
    events.push_back({std::string(kCaseJoined), joined.SerializeAsString()});
  }
  for (const Case& one : docket.Changed()) {
    gateway::v1::DutyCaseKept kept;
    *kept.mutable_case_() = ToProto(one);
    events.push_back({std::string(kCaseKept), kept.SerializeAsString()});
  }
  for (const Reminder& reminder : docket.reminders()) {
    gateway::v1::DutyReminded reminded;
    *reminded.mutable_reminder() = ToProto(reminder, context.NewId("reminder"));
    events.push_back({std::string(kReminded), reminded.SerializeAsString()});
  }
  for (const Docket::Told& told : docket.told()) {
    gateway::v1::DutyTold event;
    auto [type, record] = RecordOf(membership, told);
    event.set_type(std::move(type));
    event.set_record(std::move(record));
    events.push_back({std::string(kTold), event.SerializeAsString()});
  }
  return events;
}

absl::StatusOr<runtime::Decision> DecideRecord(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  // Co-parties may write to this inbox too; a clock is moved by the register alone.
  if (input.source != config::kCasemgrSource) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.type, " is the register's to send, not another's"));
  }
  const DutiesView kept(view);
  const Setting setting = SettingOf(membership, context);
  Docket docket(kept, setting);
  WM_RETURN_IF_ERROR(Apply(input, docket));
  return runtime::Decision{EventsOf(membership, docket, context), "", absl::OkStatus()};
}

absl::StatusOr<runtime::Decision> DecideTimer(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  const DutiesView kept(view);
  const Setting setting = SettingOf(membership, context);
  Docket docket(kept, setting);
  if (input.type == door::kHighAssessed) {
    WM_ASSIGN_OR_RETURN(const auto high, Read<gateway::v1::HighAssessed>(input));
    DecideHighAssessed(docket, FromProto(high));
  } else {
    WM_ASSIGN_OR_RETURN(const auto timer, Read<gateway::v1::DutyTimer>(input));
    if (input.type == kDueSoonTimer) {
      DecideDueSoon(docket, timer.case_id(), timer.obligation_id());
    } else if (input.type == kBreachTimer) {
      DecideBreach(docket, timer.case_id(), timer.obligation_id());
    } else {
      DecideOpening(docket, timer.case_id());
    }
  }
  runtime::Decision decision{EventsOf(membership, docket, context), "", absl::OkStatus()};
  for (const Case& one : docket.Changed()) {
    AuditNote note;
    note.what = "clock_enforced";
    note.facts = Enforced(kept.FindCase(one.id), one);
    if (note.facts.empty()) continue;
    WM_ASSIGN_OR_RETURN(runtime::Event leaf, Leaf(membership, view, context, note, &one, ""));
    decision.events.push_back(std::move(leaf));
  }
  return decision;
}

}  // namespace waymark::sharing::duties
