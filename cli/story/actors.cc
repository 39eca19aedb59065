#include "cli/story/actors.h"

#include "absl/strings/str_cat.h"
#include "cli/partnership/person_token.h"
#include "libs/base/status.h"

namespace waymark::cli::story {
namespace {

constexpr absl::Duration kTokenLifetime = absl::Hours(1);

}  // namespace

absl::StatusOr<std::shared_ptr<rpc::Channel>> Actors::ChannelOf(const std::string& agency,
                                                                const std::string& system) {
  std::shared_ptr<rpc::Channel>& channel = channels_[absl::StrCat(agency, "/", system)];
  if (channel != nullptr) return channel;
  const config::Member* member = directory_.FindMember(agency);
  if (member == nullptr) return absl::NotFoundError(absl::StrCat(agency, " is no member"));
  rpc::GrpcChannelConfig config;
  config.target = member->endpoint;
  config.tls_dir = layout_.System(agency, system).Tls();
  config.expected_server = rpc::Principal::Gateway(directory_.trust_domain, agency);
  WM_ASSIGN_OR_RETURN(channel, rpc::ConnectGrpc(std::move(config)));
  return channel;
}

absl::StatusOr<std::string> Actors::TokenOf(const std::string& agency, const std::string& role) {
  std::string& token = tokens_[absl::StrCat(agency, "/", role)];
  if (!token.empty()) return token;
  WM_ASSIGN_OR_RETURN(token, IssuePersonToken(layout_, agency, absl::StrCat("story-", role), role,
                                              kTokenLifetime, real_clock_.Now(), random_));
  return token;
}

}  // namespace waymark::cli::story
