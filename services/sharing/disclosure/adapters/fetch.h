// FetchShare at the origin: a fresh decision at that instant; a refusal is recorded like a release.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kFetchShare = "/waymark.gateway.v1.PeerService/FetchShare";

inline constexpr size_t kReaderCharactersMax = 128;
inline constexpr size_t kWordCharactersMax = 64;  // role, purpose

// The command's request is a FetchAsked (gather_leases.h), its reply a FetchShareDecided.
absl::StatusOr<runtime::Decision> DecideFetch(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context);

}  // namespace waymark::sharing::disclosure
