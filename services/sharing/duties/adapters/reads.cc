// Reading cases and clocks: the own copy, and a leaf of the audit log for each read.
#include <algorithm>
#include <utility>

#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/duties/adapters/codec.h"
#include "services/sharing/duties/adapters/decisions.h"
#include "services/sharing/duties/adapters/duties_view.h"
#include "services/sharing/duties/adapters/leaf.h"
#include "services/sharing/duties/adapters/screen.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {
namespace {

constexpr char kPurpose[] = "case_management";
constexpr uint32_t kRemindersDefault = 100;
constexpr uint32_t kRemindersMax = 1000;

struct Reading {
  const Membership& membership;
  const runtime::View& view;
  runtime::Context& context;
  const DutiesView& kept;
};

absl::StatusOr<runtime::Decision> Noted(const Reading& reading, const std::string& what,
                                        const common::v1::Caller& caller, const Case* one,
                                        const std::string& reason, std::string reply) {
  runtime::Decision decision;
  WM_ASSIGN_OR_RETURN(runtime::Event leaf,
                      Leaf(reading.membership, reading.view, reading.context,
                           AuditNote{what, caller, {}, kPurpose, "", "", {}}, one, reason));
  decision.events.push_back(std::move(leaf));
  decision.reply = std::move(reply);
  return decision;
}

// A case that this gateway does not know yet answers an empty screen: the register may know it.
absl::StatusOr<runtime::Decision> ShowCase(const Reading& reading, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ShowCaseRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(reading.membership, command.caller));
  if (command.request.reason().empty()) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        {"missing_field", "reason", "why the case is read", "say why; it is kept in the log"}));
  }
  const std::optional<Case> one = reading.kept.FindCase(command.request.case_id());
  const gateway::v1::ShowCaseResponse screen =
      one ? ScreenOf(*one, reading.context.now()) : gateway::v1::ShowCaseResponse();
  return Noted(reading, "read_case", command.caller, one ? &*one : nullptr,
               command.request.reason(), screen.SerializeAsString());
}

absl::StatusOr<runtime::Decision> ListCases(const Reading& reading, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ListCasesRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(reading.membership, command.caller));
  gateway::v1::ListCasesResponse response;
  for (const Case& one : reading.kept.Cases()) *response.add_cases() = LineOf(one);
  return Noted(reading, "list_cases", command.caller, nullptr, "", response.SerializeAsString());
}

// Ended ones too: the handler leaves out what was not asked for.
absl::StatusOr<runtime::Decision> ListClocks(const Reading& reading, const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ListClocksRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(reading.membership, command.caller));
  gateway::v1::ListClocksResponse response;
  for (const Case& one : reading.kept.Cases()) {
    for (const Obligation& obligation : one.obligations) {
      *response.add_clocks() = ClockOf(one, obligation, reading.context.now());
    }
  }
  SortByUrgency(*response.mutable_clocks());
  return Noted(reading, "list_clocks", command.caller, nullptr, "", response.SerializeAsString());
}

absl::StatusOr<runtime::Decision> ListReminders(const Reading& reading,
                                                const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<gateway::v1::ListRemindersRequest>(input));
  WM_RETURN_IF_ERROR(CheckCaller(reading.membership, command.caller));
  const uint32_t asked = command.request.count_max();
  gateway::v1::ListRemindersResponse response;
  for (gateway::v1::Reminder& reminder :
       reading.kept.Reminders(asked == 0 ? kRemindersDefault : std::min(asked, kRemindersMax))) {
    *response.add_reminders() = std::move(reminder);
  }
  uint64_t total = 0;
  for (const auto& [kind, count] : reading.kept.RemindersRaised()) total += count;
  response.set_total(total);
  return Noted(reading, "list_reminders", command.caller, nullptr, "",
               response.SerializeAsString());
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideRead(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  const DutiesView kept(view);
  const Reading reading{membership, view, context, kept};
  if (input.type == kShowCase) return ShowCase(reading, input);
  if (input.type == kListCases) return ListCases(reading, input);
  if (input.type == kListClocks) return ListClocks(reading, input);
  return ListReminders(reading, input);
}

}  // namespace waymark::sharing::duties
