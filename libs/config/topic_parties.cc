#include "libs/config/topic_parties.h"

#include "libs/config/all_topics.h"
#include "libs/config/topics.h"

namespace waymark::config {
namespace {

constexpr std::string_view kIntake = "intake";
constexpr std::string_view kRisk = "risk";

// The source's agency when it is a gateway of the partnership.
const Member* GatewayOf(const Partnership& partnership, std::string_view source) {
  for (const Member& member : partnership.members) {
    if (GatewaySource(member.agency) == source) return &member;
  }
  return nullptr;
}

std::optional<MemberTopicName> OwnTopic(const Partnership& partnership, std::string_view topic) {
  auto name = ParseMemberTopic(topic);
  if (!name || name->partnership != partnership.id ||
      partnership.FindMember(name->agency) == nullptr) {
    return std::nullopt;
  }
  return name;
}

}  // namespace

bool Reads(const Partnership& partnership, std::string_view source, std::string_view topic) {
  const bool intake = source == kIntake, risk = source == kRisk, casemgr = source == kCasemgrSource;
  if (topic == kIntakeTopic) return intake || risk || casemgr;
  if (topic == kRiskTopic) return risk || casemgr;
  if (topic == kCasemgrTopic) return casemgr;
  const auto member = OwnTopic(partnership, topic);
  if (!member) return false;
  if (member->kind == MemberTopicKind::kOut) return intake || casemgr;
  const Member* gateway = GatewayOf(partnership, source);
  if (gateway == nullptr) return false;
  return member->kind == MemberTopicKind::kAudit || member->agency == gateway->agency;
}

bool Writes(const Partnership& partnership, std::string_view source, std::string_view topic) {
  if (topic == kIntakeTopic) return source == kIntake;
  if (topic == kRiskTopic) return source == kRisk;
  if (topic == kCasemgrTopic) return source == kCasemgrSource;
  const auto member = OwnTopic(partnership, topic);
  if (!member) return false;
  const Member* gateway = GatewayOf(partnership, source);
  if (member->kind == MemberTopicKind::kInbox) {
    return source == kCasemgrSource || (gateway != nullptr && gateway->agency != member->agency);
  }
  return gateway != nullptr && gateway->agency == member->agency;
}

std::map<std::string, int> TopicsOf(const Partnership& partnership, std::string_view source) {
  std::map<std::string, int> topics = AllTopics(partnership);
  for (auto at = topics.begin(); at != topics.end();) {
    const bool touched =
        Reads(partnership, source, at->first) || Writes(partnership, source, at->first);
    at = touched ? std::next(at) : topics.erase(at);
  }
  return topics;
}

}  // namespace waymark::config
