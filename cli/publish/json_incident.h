// One incident from one JSON object, strictly. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "libs/base/problem.h"

namespace waymark::gateway::v1 {
class Incident;
}

namespace waymark::cli {

// Empty when `incident` was filled in. `not_json`, `unknown_field` or `malformed` otherwise; the
// field is as exact as the JSON library says it.
std::vector<Problem> ReadJsonIncident(const std::string& text, gateway::v1::Incident& incident);

}  // namespace waymark::cli
