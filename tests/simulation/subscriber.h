// An agency's system that subscribes to alerts: reads what comes, confirms most of it, loses its
// connection, and comes back where it or the gateway left off.
#pragma once

#include <memory>
#include <string>

#include "libs/rpc/channel.h"
#include "tests/simulation/book.h"
#include "tests/simulation/partnership.h"

namespace waymark::simulation {

// Used by one thread.
class Subscriber {
 public:
  // All outlive this.
  Subscriber(World& world, GatewayNode& gateway, Book& book);
  ~Subscriber();

  // Opens the stream when there is none and the gateway is up.
  void Maintain();
  // Its process ends and forgets what it did not keep.
  void Drop();

 private:
  struct Session;
  void Took(Session& session, const gateway::v1::SubscribeAlertsResponse& message);

  World& world_;
  GatewayNode& gateway_;
  Book& book_;
  std::shared_ptr<Session> session_;
  std::string token_;  // of the last message it keeps
};

}  // namespace waymark::simulation
