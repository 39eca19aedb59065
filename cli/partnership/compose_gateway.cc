// Every agency's gateway.
#include <utility>

#include "cli/partnership/composition.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::cli {

using rpc::Principal;

absl::StatusOr<sharing::CoreChannels> Composition::ConnectCore(const std::string& agency) {
  const Principal self = Principal::Gateway(directory.trust_domain, agency);
  const Home home = layout_.Gateway(agency);
  sharing::CoreChannels core;
  WM_ASSIGN_OR_RETURN(core.intake, Connect(self, home, directory.intake.endpoint,
                                           Principal::Core(directory.trust_domain, "intake")));
  WM_ASSIGN_OR_RETURN(core.casemgr, Connect(self, home, directory.casemgr.endpoint,
                                            Principal::Core(directory.trust_domain, "casemgr")));
  return core;
}

absl::StatusOr<std::optional<gateway::v1::AuditFinding>> Composition::OpenGatewayPart(
    const config::Member& member, GatewayWorld& world, const sharing::GatewayApp** app) {
  const Home home = layout_.Gateway(member.agency);
  const sharing::Membership& membership = world.memberships.at(directory.id);
  PartConfig config{"waymark-gateway", member.agency,
                    member.endpoint,   home.Store(),
                    home.Tls(),        BaseRuntime(config::GatewaySource(member.agency))};
  config.runtime.shards = {{membership.Shard(), membership.Inputs(), std::nullopt}};
  config.runtime.request_digest_key =
      crypto::DeriveKey(membership.local_key, "waymark-request-digest-v1");
  const auto open = [&](Part::Start start) {
    auto service =
        sharing::MakeGateway({world.memberships, world.core, world.peers, world.streams});
    *app = service.get();
    return OpenPart(config, std::move(service), *signers_.back(), *world.effects, start);
  };
  WM_RETURN_IF_ERROR(open(Part::Start::kOpen));
  std::optional<gateway::v1::AuditFinding> found;
  absl::Status checked;
  WM_RETURN_IF_ERROR(
      parts.back()->runtime().Read(membership.Shard(), [&](const runtime::View& view) {
        auto check = sharing::CheckBeforeServing(membership, view, *log_, decision_clock_.Now());
        checked = check.status();
        if (check.ok()) found = *std::move(check);
      }));
  WM_RETURN_IF_ERROR(checked);
  if (!found) return found;
  parts.pop_back();
  WM_RETURN_IF_ERROR(open(Part::Start::kRestored));
  return found;
}

absl::Status Composition::OpenGateway(const config::Member& member) {
  const Home home = layout_.Gateway(member.agency);
  auto world = std::make_unique<GatewayWorld>();
  world->person_keys = std::make_shared<crypto::FileSlotKeys>();
  WM_ASSIGN_OR_RETURN(sharing::Membership membership,
                      MakeMembership(layout_, directory, member, random_));
  membership.pack = pack;
  membership.agreements = agreements_;
  membership.person_keys = world->person_keys;
  const std::string shard_id = membership.Shard();
  signers_.push_back(std::make_unique<trust::KeyRecordSigner>(*membership.signing_key));
  world->memberships.emplace(directory.id, std::move(membership));
  WM_ASSIGN_OR_RETURN(world->core[directory.id], ConnectCore(member.agency));

  const sharing::GatewayApp* methods = nullptr;
  WM_ASSIGN_OR_RETURN(const auto found, OpenGatewayPart(member, *world, &methods));
  runtime::Runtime& runtime = parts.back()->runtime();
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(runtime.Read(shard_id, [&](const runtime::View& view) {
    slots_in_use = sharing::vault::SlotsInUse(view);
  }));
  const std::string slots = home.SlotKeys("person-keys");
  WM_RETURN_IF_ERROR(world->person_keys->Bind({slots, slots, 1024}, slots_in_use, random_));
  WM_RETURN_IF_ERROR(sharing::FinishErasures(runtime, world->memberships));

  WM_ASSIGN_OR_RETURN(auto issuer_key, crypto::VerifyKey::FromBytes(member.token_issuer_key));
  rpc::TokenTrust trust;
  trust.issuer = member.token_issuer;
  trust.audience = config::GatewayAudience(member.agency);
  trust.agency = member.agency;
  trust.keys = crypto::MakeKeySet({issuer_key});
  persons_.push_back(std::make_unique<rpc::TokenVerifier>(std::move(trust), real_clock_));
  rpc::MethodTable table;
  methods->AddMethods({runtime, decision_clock_, world->memberships}, table);
  parts.back()->Offer(EndpointOf(member.agency), std::move(table), persons_.back().get(),
                      real_clock_);
  world->Activate(runtime, parts.back()->alarms(), found);
  gateways_.push_back(std::move(world));
  return absl::OkStatus();
}

absl::Status Composition::ConnectGateways() {
  for (size_t i = 0; i < gateways_.size(); ++i) {
    const std::string& agency = directory.members[i].agency;
    for (const config::Member& peer : directory.members) {
      if (peer.agency == agency) continue;
      WM_ASSIGN_OR_RETURN(
          gateways_[i]->peers[directory.id][peer.agency],
          Connect(Principal::Gateway(directory.trust_domain, agency), layout_.Gateway(agency),
                  peer.endpoint, Principal::Gateway(directory.trust_domain, peer.agency)));
    }
  }
  return absl::OkStatus();
}

}  // namespace waymark::cli
