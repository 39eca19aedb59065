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

std::string Membership::DeskOf(const std::string& any_agency) const {
  for (const agreement::Agreement& agreement : agreements->agreements()) {
    for (const agreement::Contact& contact : agreement.contacts) {
      if (contact.party == any_agency) return contact.address;
    }
  }
  return "";
}

}  // namespace waymark::sharing
