// The invented people of a run. Every word about them carries a canary: text that must never be
// found outside a gateway's memory.
#pragma once

#include <string>
#include <vector>

#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::simulation {

inline constexpr int kPeople = 10;

// Person `number`, as well known as `known` says: 0 everything, 1 without the address, 2 the
// telephone number alone.
gateway::v1::Identity PersonOf(int number, int known = 0);
gateway::v1::Address HomeOf(int number);
std::string LsoaOf(int number);
// Words that hold a canary, for summaries and reasons.
std::string CanaryWords(const std::string& words);

// Lower case; found in no text that is not about these people.
const std::vector<std::string>& Canaries();

}  // namespace waymark::simulation
