// What a composition root needs to run a gateway: the rooms put together.
//
//   sharing::Memberships memberships = ...;             // from files
//   sharing::AlertStreams streams;
//   sharing::PeerChannels peers;                        // filled before calls are served
//   auto gateway = sharing::MakeGateway({memberships, core, peers, streams});
//   auto effects = sharing::MakeGatewayEffects(memberships, streams, alarms, peers, &core);
//   runtime::Runtime runtime(config, {.service = *gateway, .effects = *effects, ...});
//   gateway->AddMethods({runtime, clock, memberships}, table);
//   sharing::FinishErasures(runtime, memberships);
//   sharing::WatchIntakeKey(runtime, memberships);
//   sharing::ActivateAgreements(runtime, memberships, [](absl::Status status) {...});
//   sharing::StartAudit(runtime, membership, found);    // found: by sharing::CheckBeforeServing
//   ... and every second or so: streams.Tick(clock.Now());
//
// RuntimeConfig: source = config::GatewaySource(agency); one shard for each membership, id
// Membership::Shard(), inputs Membership::Inputs(), no journal; topics out, inbox and audit of
// every membership, and the inboxes and audit topics of its peers, with one partition each.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"
#include "libs/telemetry/alarms.h"
#include "services/sharing/alerts/adapters/alert_streams.h"
#include "services/sharing/app/gateway_app.h"
#include "services/sharing/audit/adapters/start_check.h"
#include "services/sharing/door/adapters/ask_partners.h"
#include "services/sharing/membership.h"

namespace waymark::sharing {

using CoreChannels = door::CoreChannels;
using alerts::AlertStreams;
using alerts::PeerChannels;

// All must outlive the gateway.
struct GatewayConfig {
  const Memberships& memberships;
  const std::map<std::string, CoreChannels>& core;  // by partnership id
  // The gateways of the other members, as this gateway: FetchShare while an alert is sent.
  const PeerChannels& peers;
  AlertStreams& streams;
};

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config);

// Performs what the gateway's rooms start. All must outlive it. Without `core` intake is never
// asked for its present sealing key.
std::unique_ptr<runtime::EffectPerformer> MakeGatewayEffects(
    const Memberships& memberships, AlertStreams& streams, telemetry::Alarms& alarms,
    const PeerChannels& peers, const std::map<std::string, CoreChannels>* core = nullptr);

// Call it once after the runtime is open: from then on the gateway takes up intake's present
// sealing key by itself, now and every hour.
void WatchIntakeKey(runtime::Runtime& runtime, const Memberships& memberships);

// Call it once after the runtime and the key files are open, before anything is served: erasures
// that were interrupted are finished; on a store that is an old copy, what was erased since is
// erased again, by a command that is decided before any other. Errors are the stores' and the key
// files'.
absl::Status FinishErasures(runtime::Runtime& runtime, const Memberships& memberships);

// Call it once after the runtime is open: where the loaded agreements differ from those recorded as
// in force, that is recorded, and every share is decided again. `done` is called once for each
// membership, as Runtime::Submit answers.
void ActivateAgreements(runtime::Runtime& runtime, const Memberships& memberships,
                        const std::function<void(absl::Status)>& done);

// Is the store as new as what was signed for its audit log? Call it before anything is served; when
// it finds that an old copy was put back, open the runtime with OpenRestored instead of Open.
using audit_room::CheckBeforeServing;

// Begins to publish, witness and check audit logs; call it once after every start. `found` is
// recorded, told to the other members and raised as an alarm; nullopt when nothing was.
void StartAudit(runtime::Runtime& runtime, const Membership& membership,
                const std::optional<gateway::v1::AuditFinding>& found);

}  // namespace waymark::sharing
