#include "services/casemgr/app/casemgr_app.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/topics.h"
#include "libs/crypto/hash.h"
#include "services/casemgr/adapters/event_codec.h"
#include "services/casemgr/adapters/inbox_codec.h"
#include "services/casemgr/adapters/keys.h"
#include "services/casemgr/adapters/record_codec.h"
#include "services/casemgr/adapters/words.h"
#include "services/casemgr/domain/assessment_linked.h"
#include "services/casemgr/domain/conference.h"
#include "services/casemgr/domain/incident_linked.h"
#include "services/casemgr/domain/messages.h"
#include "services/casemgr/domain/profile_recorded.h"
#include "services/casemgr/domain/risk_changed.h"
#include "services/casemgr/domain/subjects_rekeyed.h"
#include "services/casemgr/domain/timers.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"
#include "waymark/risk/v1/events.pb.h"

namespace waymark::casemgr {
namespace {

using runtime::Decision;
using runtime::Input;

constexpr size_t kIdBytes = 16;
constexpr char kGatewayPrefix[] = "gateway/";

std::string TypeOf(const google::protobuf::Message& message) { return message.GetTypeName(); }

template <class Message>
absl::StatusOr<Message> Parse(const Input& input) {
  Message message;
  if (!message.ParseFromString(input.payload)) {
    return absl::InvalidArgumentError(absl::StrCat(input.type, " cannot be read"));
  }
  return message;
}

absl::Status CheckSource(const Input& input, std::string_view source) {
  if (input.source == source) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(input.type, " is not for its source to publish"));
}

// The agency a gateway's record speaks for: its own and no other.
absl::StatusOr<std::string> AgencyOf(const Input& input) {
  if (!absl::StartsWith(input.source, kGatewayPrefix)) {
    return absl::InvalidArgumentError(absl::StrCat(input.type, " is a gateway's to publish"));
  }
  return input.source.substr(sizeof(kGatewayPrefix) - 1);
}

// Ids derive from what they name, so that the order of records cannot change them, and tell nothing
// of it: the partnership separates what is equal in two of them.
std::string MakeId(const std::string& partnership, const std::vector<std::string_view>& parts) {
  std::vector<std::string_view> fields = {"waymark.casemgr.v1", partnership};
  fields.insert(fields.end(), parts.begin(), parts.end());
  return ToHex(crypto::Sha256(LengthPrefixed(fields)).substr(0, kIdBytes));
}

std::vector<runtime::Event> EventsOf(const CasemgrPartnership& partnership, const StoreView& view,
                                     Work& work) {
  std::vector<runtime::Event> events;
  for (const Event& event : work.events) events.push_back(EncodeEvent(event, partnership.id));
  for (const std::string& case_id : work.touched) {
    const Case* one = work.ledger.FindCase(case_id);
    if (one == nullptr) continue;
    const std::vector<Message> messages = MessagesFor(
        *one, work.ledger.IncidentsOf(one->subject_id), view.ToldOf(case_id), work.setting);
    for (runtime::Event& event : NewsOf(view, partnership.id, case_id, messages)) {
      events.push_back(std::move(event));
    }
  }
  return events;
}

}  // namespace

CasemgrApp::CasemgrApp(CasemgrConfig config)
    : config_([&] {
        for (CasemgrPartnership& partnership : config.partnerships) {
          std::sort(partnership.members.begin(), partnership.members.end());
        }
        return std::move(config);
      }()) {
  deciders_ = {
      {TypeOf(intake::v1::IncidentLinked()), &CasemgrApp::OnIncident},
      {TypeOf(intake::v1::AssessmentLinked()), &CasemgrApp::OnAssessment},
      {TypeOf(intake::v1::SubjectsMerged()), &CasemgrApp::OnMerge},
      {TypeOf(intake::v1::SubjectSplit()), &CasemgrApp::OnSplit},
      {TypeOf(intake::v1::PersonForgotten()), &CasemgrApp::OnForgotten},
      {TypeOf(risk::v1::SubjectRiskChanged()), &CasemgrApp::OnRisk},
      {TypeOf(gateway::v1::ProfileRecorded()), &CasemgrApp::OnProfile},
      {TypeOf(gateway::v1::ConferenceCalled()), &CasemgrApp::OnConferenceCalled},
      {TypeOf(gateway::v1::ConferenceHeld()), &CasemgrApp::OnConferenceHeld},
  };
}

std::vector<std::string> CasemgrApp::DomainColumnFamilies() const { return CaseColumnFamilies(); }

absl::StatusOr<const CasemgrPartnership*> CasemgrApp::PartnershipOf(
    const std::string& id, const std::string& shard) const {
  for (const CasemgrPartnership& partnership : config_.partnerships) {
    if (partnership.id == id && config::CoreShard(id, config_.core_partitions) == shard) {
      return &partnership;
    }
  }
  return absl::InvalidArgumentError("the partnership is not one that lives in this shard");
}

CasemgrApp::Result CasemgrApp::Run(const runtime::View& view, runtime::Context& context,
                                   const std::string& partnership_id,
                                   const std::function<absl::Status(Desk&)>& decide) const {
  WM_ASSIGN_OR_RETURN(const CasemgrPartnership* partnership,
                      PartnershipOf(partnership_id, context.shard()));
  const StoreView store(view, partnership_id);
  const Setting setting{
      *partnership->pack, partnership->members, context.now(),
      [&](const std::vector<std::string_view>& parts) { return MakeId(partnership_id, parts); }};
  Work work(store, setting);
  Desk desk{*partnership, store, work};
  WM_RETURN_IF_ERROR(decide(desk));
  return Decision{EventsOf(*partnership, store, work), "", absl::OkStatus()};
}

CasemgrApp::Result CasemgrApp::Decide(const runtime::View& view, const Input& input,
                                      runtime::Context& context) {
  if (std::holds_alternative<runtime::CommandCause>(input.cause)) {
    return OnCommand(view, input, context);
  }
  if (std::holds_alternative<runtime::TimerCause>(input.cause)) {
    return OnTimer(view, input, context);
  }
  const auto decider = deciders_.find(input.type);
  if (decider == deciders_.end()) return Decision();
  return (this->*decider->second)(view, input, context);
}

CasemgrApp::Result CasemgrApp::OnIncident(const runtime::View& view, const Input& input,
                                          runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kIntakeSource));
  WM_ASSIGN_OR_RETURN(const auto linked, Parse<intake::v1::IncidentLinked>(input));
  return Run(view, context, linked.partnership(), [&](Desk& desk) {
    DecideIncident(desk.work, IncidentOf(linked), ListOf(linked.assessment().fired()));
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnAssessment(const runtime::View& view, const Input& input,
                                            runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kIntakeSource));
  WM_ASSIGN_OR_RETURN(const auto linked, Parse<intake::v1::AssessmentLinked>(input));
  return Run(view, context, linked.partnership(), [&](Desk& desk) {
    DecideAssessment(desk.work, linked.subject_id(), AssessedOf(linked));
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnMerge(const runtime::View& view, const Input& input,
                                       runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kIntakeSource));
  WM_ASSIGN_OR_RETURN(const auto merged, Parse<intake::v1::SubjectsMerged>(input));
  return Run(view, context, merged.partnership(), [&](Desk& desk) {
    DecideMerge(desk.work, merged.kept_subject_id(), merged.merged_subject_id());
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnSplit(const runtime::View& view, const Input& input,
                                       runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kIntakeSource));
  WM_ASSIGN_OR_RETURN(const auto split, Parse<intake::v1::SubjectSplit>(input));
  std::vector<MemberPerson> moved;
  for (const auto& person : split.moved()) moved.push_back({person.agency(), person.person_id()});
  return Run(view, context, split.partnership(), [&](Desk& desk) {
    DecideSplit(desk.work, split.subject_id(), split.new_subject_id(), moved);
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnForgotten(const runtime::View& view, const Input& input,
                                           runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kIntakeSource));
  WM_ASSIGN_OR_RETURN(const auto forgotten, Parse<intake::v1::PersonForgotten>(input));
  return Run(view, context, forgotten.partnership(), [&](Desk& desk) {
    DecideForgotten(desk.work, forgotten.subject_id(), forgotten.nobody_subject_id(),
                    {forgotten.agency(), forgotten.person_id()}, forgotten.last());
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnRisk(const runtime::View& view, const Input& input,
                                      runtime::Context& context) const {
  WM_RETURN_IF_ERROR(CheckSource(input, config::kRiskSource));
  WM_ASSIGN_OR_RETURN(const auto changed, Parse<risk::v1::SubjectRiskChanged>(input));
  return Run(view, context, changed.partnership(), [&](Desk& desk) {
    DecideRisk(desk.work, NewsOfRisk(changed));
    return absl::OkStatus();
  });
}

CasemgrApp::Result CasemgrApp::OnProfile(const runtime::View& view, const Input& input,
                                         runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const std::string agency, AgencyOf(input));
  WM_ASSIGN_OR_RETURN(const auto recorded, Parse<gateway::v1::ProfileRecorded>(input));
  return Run(view, context, recorded.partnership(), [&](Desk& desk) {
    return DecideProfile(desk.work, agency, recorded.case_id(), FromProto(recorded.created_at()),
                         recorded.skeleton());
  });
}

CasemgrApp::Result CasemgrApp::OnConferenceCalled(const runtime::View& view, const Input& input,
                                                  runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const std::string agency, AgencyOf(input));
  WM_ASSIGN_OR_RETURN(const auto called, Parse<gateway::v1::ConferenceCalled>(input));
  const CallTold told{FromProto(called.called_at()), FromProto(called.scheduled_for()),
                      ListOf(called.invited()), called.automatic()};
  return Run(view, context, called.partnership(), [&](Desk& desk) {
    return DecideConferenceCalled(desk.work, agency, called.case_id(), told);
  });
}

CasemgrApp::Result CasemgrApp::OnConferenceHeld(const runtime::View& view, const Input& input,
                                                runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const std::string agency, AgencyOf(input));
  WM_ASSIGN_OR_RETURN(const auto held, Parse<gateway::v1::ConferenceHeld>(input));
  const HeldTold told{FromProto(held.held_at()), ListOf(held.attended()), ListOf(held.absent()),
                      held.chair_role()};
  return Run(view, context, held.partnership(), [&](Desk& desk) {
    return DecideConferenceHeld(desk.work, agency, held.case_id(), told);
  });
}

CasemgrApp::Result CasemgrApp::OnTimer(const runtime::View& view, const Input& input,
                                       runtime::Context& context) const {
  WM_ASSIGN_OR_RETURN(const auto timer, Parse<v1::CaseTimer>(input));
  return Run(view, context, timer.partnership(), [&](Desk& desk) {
    const std::string& case_id = timer.case_id();
    const std::string& clock = timer.obligation_id();
    if (input.type == TimerName(TimerKind::kDueSoon)) DecideDueSoon(desk.work, case_id, clock);
    if (input.type == TimerName(TimerKind::kBreach)) DecideBreach(desk.work, case_id, clock);
    if (input.type == TimerName(TimerKind::kTakeOver)) DecideTakeOver(desk.work, case_id, clock);
    if (input.type == TimerName(TimerKind::kOpening)) DecideOpening(desk.work, case_id);
    return absl::OkStatus();
  });
}

absl::Status CasemgrApp::Evolve(const runtime::View& view, const runtime::Event& event,
                                const runtime::EventContext& context, runtime::Changes& changes) {
  if (event.type == v1::MemberTold::descriptor()->full_name()) {
    v1::MemberTold told;
    if (!told.ParseFromString(event.payload)) {
      return absl::InvalidArgumentError("a MemberTold of the journal cannot be read");
    }
    WriteTold(told, changes);
    return absl::OkStatus();
  }
  WM_ASSIGN_OR_RETURN(const DecodedEvent decoded, DecodeEvent(event));
  WriteEvent(view, decoded.partnership, decoded.event, context.at, changes);
  return absl::OkStatus();
}

}  // namespace waymark::casemgr
