#include "services/sharing/gateway_part.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/crypto/mac.h"
#include "libs/process/keys.h"
#include "libs/rpc/token_verifier.h"
#include "libs/trust/record_trust.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/vault/adapters/vault_view.h"

namespace waymark::sharing {
namespace {

using process::Part;
using process::Place;
using rpc::Principal;

// Alarms of a part that is opened after what raises them. Nothing is raised before.
class LateAlarms : public telemetry::Alarms {
 public:
  void SendTo(telemetry::Alarms& alarms) { to_ = &alarms; }
  void Raise(std::string_view code, std::string_view subject, std::string_view detail) override {
    if (to_ != nullptr) to_->Raise(code, subject, detail);
  }
  void Clear(std::string_view code, std::string_view subject) override {
    if (to_ != nullptr) to_->Clear(code, subject);
  }

 private:
  telemetry::Alarms* to_ = nullptr;
};

// What a gateway works with beside its store.
struct Belongings {
  Memberships memberships;
  std::map<std::string, CoreChannels> core;  // by partnership id
  PeerChannels peers;
  AlertStreams streams;
  LateAlarms late_alarms;
  std::unique_ptr<runtime::EffectPerformer> effects =
      MakeGatewayEffects(memberships, streams, late_alarms, peers, &core);
  std::shared_ptr<crypto::FileSlotKeys> person_keys = std::make_shared<crypto::FileSlotKeys>();
  std::unique_ptr<trust::KeyRecordSigner> signer;
  std::unique_ptr<rpc::TokenVerifier> persons;
  GatewayApp* app = nullptr;  // the part's service
};

absl::Status Connect(const process::World& world, const process::Seat& seat, Belongings& own) {
  const config::Partnership& directory = world.rulebook.directory;
  const auto to = [&](const std::string& source) -> absl::StatusOr<std::shared_ptr<rpc::Channel>> {
    WM_ASSIGN_OR_RETURN(const process::Address at, process::AddressOf(directory, source));
    return world.connect(Principal::Gateway(directory.trust_domain, seat.agency), seat.place.tls,
                         at.endpoint, at.principal);
  };
  CoreChannels& core = own.core[directory.id];
  WM_ASSIGN_OR_RETURN(core.intake, to("intake"));
  WM_ASSIGN_OR_RETURN(core.casemgr, to("casemgr"));
  for (const config::Member& peer : directory.members) {
    if (peer.agency == seat.agency) continue;
    WM_ASSIGN_OR_RETURN(own.peers[directory.id][peer.agency],
                        to(config::GatewaySource(peer.agency)));
  }
  return absl::OkStatus();
}

// The runtime; when its store turns out to be an old copy, as one that was restored. Then `found`
// says so.
absl::StatusOr<std::unique_ptr<Part>> OpenRuntime(const process::World& world,
                                                  const process::Seat& seat,
                                                  const std::shared_ptr<Belongings>& own,
                                                  std::optional<gateway::v1::AuditFinding>& found) {
  const Membership& membership = own->memberships.begin()->second;
  process::PartConfig config{"waymark-gateway", seat.agency, seat.listen, seat.place,
                             process::BaseRuntime(world, seat, config::GatewaySource(seat.agency))};
  config.runtime.shards = {{membership.Shard(), membership.Inputs(), std::nullopt}};
  config.runtime.request_digest_key =
      crypto::DeriveKey(membership.local_key, "waymark-request-digest-v1");
  const auto open = [&](Part::Start start) {
    auto service = MakeGateway({own->memberships, own->core, own->peers, own->streams});
    own->app = service.get();
    return Part::Open(world, config,
                      {std::move(service), own->signer.get(), own->effects.get(), own}, start);
  };
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part, open(Part::Start::kOpen));
  absl::Status checked;
  WM_RETURN_IF_ERROR(part->runtime().Read(membership.Shard(), [&](const runtime::View& view) {
    auto check = CheckBeforeServing(membership, view, world.log, world.decision_clock.Now());
    checked = check.status();
    if (check.ok()) found = *std::move(check);
  }));
  // Without the event log the gateway takes incidents all the same; the cosignatures that come
  // later tell what this check would have.
  if (absl::IsUnavailable(checked)) return part;
  WM_RETURN_IF_ERROR(checked);
  if (!found) return part;
  part.reset();
  return open(Part::Start::kRestored);
}

absl::Status OpenPersonKeys(const process::World& world, const process::Seat& seat,
                            runtime::Runtime& runtime, Belongings& own) {
  uint64_t slots_in_use = 0;
  WM_RETURN_IF_ERROR(
      runtime.Read(own.memberships.begin()->second.Shard(),
                   [&](const runtime::View& view) { slots_in_use = vault::SlotsInUse(view); }));
  const std::string slots = seat.place.SlotKeys("person-keys");
  WM_RETURN_IF_ERROR(own.person_keys->Bind({slots, slots, 1024}, slots_in_use, world.random));
  return FinishErasures(runtime, own.memberships);
}

absl::StatusOr<std::unique_ptr<rpc::TokenVerifier>> TrustPersonsOf(const config::Member& member,
                                                                   Clock& real_clock) {
  WM_ASSIGN_OR_RETURN(auto issuer_key, crypto::VerifyKey::FromBytes(member.token_issuer_key));
  rpc::TokenTrust trust;
  trust.issuer = member.token_issuer;
  trust.audience = config::GatewayAudience(member.agency);
  trust.agency = member.agency;
  trust.keys = crypto::MakeKeySet({issuer_key});
  return std::make_unique<rpc::TokenVerifier>(std::move(trust), real_clock);
}

void Activate(Part& part, Belongings& own, const std::optional<gateway::v1::AuditFinding>& found) {
  telemetry::Alarms& alarms = part.raise();
  own.late_alarms.SendTo(alarms);
  WatchIntakeKey(part.runtime(), own.memberships);
  ActivateAgreements(part.runtime(), own.memberships, [&alarms](const absl::Status& status) {
    if (status.ok()) return;
    alarms.Raise("agreements_not_activated", "gateway",
                 "look at why its store failed, then start the gateway again");
  });
  for (const auto& [partnership, membership] : own.memberships) {
    StartAudit(part.runtime(), membership, found);
  }
}

}  // namespace

absl::StatusOr<Membership> ReadMembership(const Place& place, const config::Partnership& directory,
                                          const config::Member& member, Random& random) {
  using namespace process;
  Membership membership;
  membership.partnership = directory.id;
  membership.trust_domain = directory.trust_domain;
  membership.agency = member.agency;
  WM_ASSIGN_OR_RETURN(std::string linkage_key, ReadSecret(place.Key(kLinkageKey)));
  membership.linkage_keys = {{1, std::move(linkage_key)}};
  WM_ASSIGN_OR_RETURN(membership.local_key, ReadSecret(place.Key(kLocalKey)));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey signing_key, ReadSigningKey(place.Key(kSigningKey)));
  membership.signing_key = std::make_shared<const crypto::SigningKey>(std::move(signing_key));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey audit_key, ReadSigningKey(place.Key(kAuditKey)));
  membership.audit_key = std::make_shared<const crypto::SigningKey>(std::move(audit_key));
  WM_ASSIGN_OR_RETURN(crypto::SigningKey witness_key, ReadSigningKey(place.Key(kWitnessKey)));
  membership.witness_key = std::make_shared<const crypto::SigningKey>(std::move(witness_key));
  WM_ASSIGN_OR_RETURN(crypto::HpkePrivateKey sealing_key, ReadSealingKey(place.Key(kSealingKey)));
  membership.sealing_key = std::make_shared<const crypto::HpkePrivateKey>(std::move(sealing_key));
  if (membership.signing_key->verify_key().bytes() != member.signing_key ||
      membership.audit_key->verify_key().bytes() != member.audit_key ||
      membership.witness_key->verify_key().bytes() != member.witness_key ||
      membership.sealing_key->public_key() != member.sealing_key) {
    return absl::FailedPreconditionError(
        absl::StrCat(place.keys, " does not match the directory of ", directory.id, " for ",
                     member.agency, "; restore the keys from their backup"));
  }
  membership.intake_sealing_key = directory.intake.sealing_key;
  for (const config::Member& peer : directory.members) {
    WM_ASSIGN_OR_RETURN(auto verify, crypto::VerifyKey::FromBytes(peer.signing_key));
    WM_ASSIGN_OR_RETURN(auto audit_verify, crypto::VerifyKey::FromBytes(peer.audit_key));
    WM_ASSIGN_OR_RETURN(auto witness_verify, crypto::VerifyKey::FromBytes(peer.witness_key));
    membership.peers.emplace(peer.agency,
                             Peer{peer.agency, peer.endpoint, std::move(verify), peer.sealing_key,
                                  std::move(audit_verify), std::move(witness_verify)});
  }
  membership.random = &random;
  return membership;
}

absl::StatusOr<std::unique_ptr<Part>> OpenPart(const process::World& world,
                                               const process::Seat& seat) {
  const config::Partnership& directory = world.rulebook.directory;
  const config::Member* member = directory.FindMember(seat.agency);
  if (member == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("agency ", seat.agency, " is no member of partnership ", directory.id,
                     "; correct `agency`, or have the directory name it"));
  }
  const auto own = std::make_shared<Belongings>();
  WM_ASSIGN_OR_RETURN(Membership membership,
                      ReadMembership(seat.place, directory, *member, world.random));
  membership.pack = world.rulebook.pack;
  membership.agreements = world.rulebook.agreements;
  membership.person_keys = own->person_keys;
  own->signer = std::make_unique<trust::KeyRecordSigner>(*membership.signing_key);
  own->memberships.emplace(directory.id, std::move(membership));
  WM_RETURN_IF_ERROR(Connect(world, seat, *own));

  std::optional<gateway::v1::AuditFinding> found;
  WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part, OpenRuntime(world, seat, own, found));
  WM_RETURN_IF_ERROR(OpenPersonKeys(world, seat, part->runtime(), *own));
  WM_ASSIGN_OR_RETURN(own->persons, TrustPersonsOf(*member, world.real_clock));
  rpc::MethodTable table;
  own->app->AddMethods({part->runtime(), world.decision_clock, own->memberships}, table);
  part->Offer(std::move(table), own->persons.get());
  part->on_tick = [&streams = own->streams](absl::Time now) { streams.Tick(now); };
  Activate(*part, *own, found);
  return part;
}

}  // namespace waymark::sharing
