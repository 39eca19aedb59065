// What a composition root needs to run a gateway: the rooms put together.
//
//   sharing::Memberships memberships = ...;             // from files
//   auto gateway = sharing::MakeGateway({memberships, core});
//   runtime::Runtime runtime(config, {.service = *gateway, ...});
//   gateway->AddMethods({runtime, clock, memberships}, table);
//
// RuntimeConfig: source = config::GatewaySource(agency); one shard for each membership, id
// Membership::Shard(), inputs {Inbox()}, no journal; topics out and inbox of every membership, and
// the inboxes of its peers, with one partition each.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "libs/base/clock.h"
#include "services/sharing/app/gateway_app.h"
#include "services/sharing/door/adapters/ask_partners.h"
#include "services/sharing/membership.h"

namespace waymark::sharing {

using CoreChannels = door::CoreChannels;

// All must outlive the gateway.
struct GatewayConfig {
  const Memberships& memberships;
  const std::map<std::string, CoreChannels>& core;  // by partnership id
};

std::unique_ptr<GatewayApp> MakeGateway(const GatewayConfig& config);

}  // namespace waymark::sharing
