#include "services/sharing/membership.h"

#include "libs/config/topics.h"

namespace waymark::sharing {

std::string Membership::Shard() const { return config::MembershipShard(partnership, agency); }

eventlog::TopicPartition Membership::Out() const {
  return {config::MemberOutTopic(partnership, agency), 0};
}

eventlog::TopicPartition Membership::Inbox() const { return InboxOf(agency); }

eventlog::TopicPartition Membership::InboxOf(const std::string& other_agency) const {
  return {config::MemberInboxTopic(partnership, other_agency), 0};
}

eventlog::TopicPartition Membership::AuditOf(const std::string& any_agency) const {
  return {config::MemberAuditTopic(partnership, any_agency), 0};
}

std::vector<eventlog::TopicPartition> Membership::Inputs() const {
  std::vector<eventlog::TopicPartition> inputs = {Inbox()};
  for (const auto& [peer, of_peer] : peers) {
    if (peer != agency) inputs.push_back(AuditOf(peer));
  }
  return inputs;
}

std::string Membership::AuditOrigin(const std::string& any_agency) const {
  return config::AuditOrigin(trust_domain, any_agency);
}

std::string Membership::WitnessName(const std::string& any_agency) const {
  return config::WitnessName(trust_domain, any_agency);
}

std::string Membership::DeskOf(const std::string& any_agency) const {
  for (const agreement::Agreement& agreement : agreements->agreements()) {
    for (const agreement::Contact& contact : agreement.contacts) {
      if (contact.party == any_agency) return contact.address;
    }
  }
  return "";
}

}  // namespace waymark::sharing
