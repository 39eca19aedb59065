#include "services/sharing/app/gateway_app.h"

#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"

namespace waymark::sharing {

GatewayApp::GatewayApp(const Memberships& memberships, std::vector<std::unique_ptr<Room>> rooms)
    : rooms_(std::move(rooms)) {
  for (const auto& [partnership, membership] : memberships) {
    by_shard_[membership.Shard()] = &membership;
  }
  for (const std::unique_ptr<Room>& room : rooms_) {
    for (const std::string& type : room->Inputs()) deciders_[type].push_back(room.get());
    for (const std::string& type : room->Events()) evolvers_[type].push_back(room.get());
  }
}

std::vector<std::string> GatewayApp::DomainColumnFamilies() const {
  std::vector<std::string> all;
  for (const std::unique_ptr<Room>& room : rooms_) {
    std::vector<std::string> of_room = room->DomainColumnFamilies();
    std::move(of_room.begin(), of_room.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<std::string> GatewayApp::InputTypes() const {
  std::vector<std::string> all;
  for (const auto& [type, rooms] : deciders_) all.push_back(type);
  return all;
}

absl::StatusOr<const Membership*> GatewayApp::MembershipOf(const std::string& shard) const {
  const auto found = by_shard_.find(shard);
  if (found == by_shard_.end()) {
    return absl::InternalError(absl::StrCat("shard ", shard, " is no membership of this gateway"));
  }
  return found->second;
}

absl::StatusOr<runtime::Decision> GatewayApp::Decide(const runtime::View& view,
                                                     const runtime::Input& input,
                                                     runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const Membership* membership, MembershipOf(context.shard()));
  const auto found = deciders_.find(input.type);
  if (found == deciders_.end()) {
    return absl::InvalidArgumentError(absl::StrCat("no room of the gateway takes ", input.type));
  }
  const bool is_record = std::holds_alternative<runtime::RecordCause>(input.cause);
  WM_CHECK(is_record || found->second.size() == 1, "two rooms claim one command, timer or effect");
  runtime::Decision joined;
  for (Room* room : found->second) {
    WM_ASSIGN_OR_RETURN(runtime::Decision decision,
                        room->Decide(*membership, view, input, context));
    if (!decision.refusal.ok()) return runtime::Decision::Refuse(decision.refusal);
    std::move(decision.events.begin(), decision.events.end(), std::back_inserter(joined.events));
    if (!decision.reply.empty()) joined.reply = std::move(decision.reply);
  }
  return joined;
}

absl::Status GatewayApp::Evolve(const runtime::View& view, const runtime::Event& event,
                                const runtime::EventContext& context, runtime::Changes& changes) {
  WM_ASSIGN_OR_RETURN(const Membership* membership, MembershipOf(context.shard));
  const auto found = evolvers_.find(event.type);
  if (found == evolvers_.end()) {
    return absl::InternalError(absl::StrCat("no room of the gateway evolves ", event.type));
  }
  for (Room* room : found->second) {
    WM_RETURN_IF_ERROR(room->Evolve(*membership, view, event, context, changes));
  }
  return absl::OkStatus();
}

void GatewayApp::AddMethods(const MethodContext& context, rpc::MethodTable& table) const {
  for (const std::unique_ptr<Room>& room : rooms_) room->AddMethods(context, table);
}

}  // namespace waymark::sharing
