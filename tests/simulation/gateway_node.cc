#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "libs/trust/record_trust.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "tests/simulation/partnership.h"

namespace waymark::simulation {
namespace {

// Believes a token "role:person" of its own agency; tokens themselves are tested elsewhere.
class PlainTokens : public rpc::PersonVerifier {
 public:
  explicit PlainTokens(std::string agency) : agency_(std::move(agency)) {}
  absl::StatusOr<rpc::Person> Verify(std::string_view token) override {
    const size_t colon = token.find(':');
    if (colon == std::string_view::npos) return absl::UnauthenticatedError("no such token");
    return rpc::Person{agency_, std::string(token.substr(colon + 1)),
                       std::string(token.substr(0, colon)), absl::StrCat("jti-", ++tokens_)};
  }

 private:
  const std::string agency_;
  int tokens_ = 0;
};

}  // namespace

struct GatewayNode::Process {
  Process(const sharing::Memberships& memberships, telemetry::Alarms& alarms,
          const sharing::PeerChannels& peers,
          const std::map<std::string, sharing::CoreChannels>& core)
      : effects(sharing::MakeGatewayEffects(memberships, streams, alarms, peers, &core)) {}
  sharing::AlertStreams streams;
  std::unique_ptr<runtime::EffectPerformer> effects;
};

GatewayNode::GatewayNode(World& world, sharing::Membership membership,
                         runtime::RuntimeConfig config)
    : Node(world, config::GatewaySource(membership.agency)),
      config_(std::move(config)),
      keys_(std::make_shared<SlotFile>(world.random, world.fault)),
      signer_(std::make_unique<trust::KeyRecordSigner>(*membership.signing_key)),
      tokens_(std::make_unique<PlainTokens>(membership.agency)) {
  membership.person_keys = keys_;
  memberships_.emplace(kPartnership, std::move(membership));
  process_ = std::make_unique<Process>(memberships_, alarms(), peers_, core_);
}

GatewayNode::~GatewayNode() { Die("the end of the run"); }

void GatewayNode::Connect(Node& intake, Node& casemgr,
                          const std::map<std::string, GatewayNode*>& peers) {
  const rpc::Principal self = rpc::Principal::Gateway(kTrustDomain, agency());
  core_[kPartnership] = {world_.network.Line(*this, intake, self),
                         world_.network.Line(*this, casemgr, self)};
  for (const auto& [other, node] : peers) {
    if (node != this) peers_[kPartnership][other] = world_.network.Line(*this, *node, self);
  }
}

std::unique_ptr<runtime::Service> GatewayNode::MakeService() {
  return sharing::MakeGateway({memberships_, core_, peers_, process_->streams});
}

runtime::EffectPerformer& GatewayNode::effects() { return *process_->effects; }

absl::Status GatewayNode::AfterOpen() {
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(runtime().Read(shard(), [&](const runtime::View& view) {
    slots_in_use = sharing::vault::SlotsInUse(view);
  }));
  keys_->Reopen(slots_in_use);
  WM_RETURN_IF_ERROR(sharing::FinishErasures(runtime(), memberships_));
  absl::StatusOr<std::optional<gateway::v1::AuditFinding>> found =
      absl::UnavailableError("nobody has looked");
  WM_RETURN_IF_ERROR(runtime().Read(shard(), [&](const runtime::View& view) {
    found = sharing::CheckBeforeServing(membership(), view, log(), clock().Now());
  }));
  // While the log is away the cosignatures that come later tell the same.
  if (!found.ok() && !absl::IsUnavailable(found.status())) return found.status();
  if (found.ok() && *found) {
    return absl::DataLossError(absl::StrCat((*found)->code(), ": ", (*found)->means()));
  }
  sharing::WatchIntakeKey(runtime(), memberships_);
  sharing::ActivateAgreements(runtime(), memberships_, [](const absl::Status&) {});
  if (world_.watched) sharing::StartAudit(runtime(), membership(), std::nullopt);
  return absl::OkStatus();
}

rpc::MethodTable GatewayNode::Methods() {
  rpc::MethodTable table;
  static_cast<sharing::GatewayApp&>(*service_).AddMethods({runtime(), clock(), memberships_},
                                                          table);
  return table;
}

void GatewayNode::Stopped() {
  if (on_stop) on_stop();
  systems_.clear();
  process_ = std::make_unique<Process>(memberships_, alarms(), peers_, core_);
}

std::shared_ptr<rpc::LocalChannel> GatewayNode::SystemChannel(const std::string& role) {
  if (!up()) return nullptr;
  std::shared_ptr<rpc::LocalChannel>& channel = systems_[role];
  if (channel == nullptr) {
    channel = rpc::LocalChannel::Create(
        endpoint(), rpc::Principal::System(kTrustDomain, agency(), role), clock());
  }
  return channel;
}

void GatewayNode::Tick() {
  if (!up()) return;
  for (const auto& [role, channel] : systems_) channel->ExpireDeadlines();
  process_->streams.Tick(clock().Now());
}

}  // namespace waymark::simulation
