// For tests of services: does the table cover the protos, and does every method refuse whom it
// must?
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/channel.h"
#include "libs/rpc/method_table.h"

namespace waymark::rpc {

// Every method of the named proto services that the table lacks or serves with another shape
// (request or response type, streaming), each as a sentence; and every service not in the linked
// descriptor pool. Empty when all is covered.
std::vector<std::string> UncoveredMethods(const MethodTable& table,
                                          const std::vector<std::string>& services);

// Calls every method of `table` over each channel with an empty request, and returns a sentence for
// each call that was not refused in the way its channel must be. A channel says which codes are a
// refusal: no certificate gives UNAVAILABLE, a wrong agency or role PERMISSION_DENIED. Methods
// whose service is in `except` ("grpc.health.v1.Health") are left out.
struct RefusedCaller {
  std::string description;  // "no certificate", "housing's system", "role kitchen"
  std::shared_ptr<Channel> channel;
  std::vector<absl::StatusCode> refusals;
};
std::vector<std::string> NotRefused(const MethodTable& table,
                                    const std::vector<RefusedCaller>& callers,
                                    const std::vector<std::string>& except = {
                                        "grpc.health.v1.Health"});

}  // namespace waymark::rpc
