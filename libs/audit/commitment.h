// What leaves of an audit log commit to. The salts are what keeps a commitment from being guessed;
// without them it says nothing. Formats: proto/waymark/audit/v1/proof.proto.
#pragma once

#include <string>
#include <string_view>

#include "waymark/gateway/v1/alert.pb.h"

namespace waymark::audit {

inline constexpr size_t kSaltSize = 16;

// All are 32 raw bytes.
std::string LeafCommitment(std::string_view salt, std::string_view entry);
std::string FieldCommitment(std::string_view salt, std::string_view name, std::string_view value);
std::string AlertCommitment(std::string_view salt, const gateway::v1::Alert& alert);

}  // namespace waymark::audit
