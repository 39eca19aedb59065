#include "libs/trust/record_trust.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/topics.h"

namespace waymark::trust {
namespace {

bool MayWrite(const config::MemberTopicName& topic, std::string_view source) {
  const std::string own = config::GatewaySource(topic.agency);
  if (topic.kind == config::MemberTopicKind::kInbox) return source != own;
  return source == own;
}

}  // namespace

absl::StatusOr<runtime::Signature> KeyRecordSigner::Sign(std::string_view bytes) {
  return runtime::Signature{key_.verify_key().id(), key_.Sign(bytes)};
}

absl::StatusOr<std::unique_ptr<DirectoryRecordVerifier>> DirectoryRecordVerifier::Make(
    const std::vector<config::Partnership>& partnerships) {
  std::map<std::string, Keys, std::less<>> keys;
  for (const config::Partnership& partnership : partnerships) {
    Keys& of_partnership = keys[partnership.id];
    WM_ASSIGN_OR_RETURN(crypto::VerifyKey casemgr,
                        crypto::VerifyKey::FromBytes(partnership.casemgr.signing_key));
    of_partnership.emplace(config::kCasemgrSource, std::move(casemgr));
    for (const config::Member& member : partnership.members) {
      WM_ASSIGN_OR_RETURN(crypto::VerifyKey key, crypto::VerifyKey::FromBytes(member.signing_key));
      of_partnership.emplace(config::GatewaySource(member.agency), std::move(key));
    }
  }
  return std::unique_ptr<DirectoryRecordVerifier>(new DirectoryRecordVerifier(std::move(keys)));
}

absl::Status DirectoryRecordVerifier::Verify(const eventlog::TopicPartition& at,
                                             std::string_view source, std::string_view bytes,
                                             const runtime::Signature& signature) {
  const auto refuse = [&](std::string_view why) {
    return absl::PermissionDeniedError(absl::StrCat(
        "a record on ", at.topic, " that claims to be of ", ToAbsl(source), ": ", ToAbsl(why)));
  };
  const auto topic = config::ParseMemberTopic(at.topic);
  if (!topic) return refuse("this is no member topic");
  const auto partnership = keys_.find(topic->partnership);
  if (partnership == keys_.end()) return refuse("the partnership is not in the directory");
  const auto key = partnership->second.find(source);
  if (key == partnership->second.end()) return refuse("the directory knows no such source");
  if (!MayWrite(*topic, source)) return refuse("this source may not write there");
  if (signature.key_id != key->second.id()) return refuse("it is signed with another key");
  if (!key->second.Verify(bytes, signature.bytes)) return refuse("its signature does not hold");
  return absl::OkStatus();
}

}  // namespace waymark::trust
