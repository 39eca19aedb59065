// Makes the room disclosure decide again in the next batch. For Evolve.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/runtime/decider.h"

namespace waymark::sharing::disclosure {

inline constexpr std::string_view kRedecide = "disclosure.redecide";

// `at`: now, or when it is due.
void NudgeCase(const std::string& case_id, absl::Time at, runtime::Changes& changes);
void NudgePerson(const std::string& person_id, absl::Time at, runtime::Changes& changes);
// `why` keeps nudges for different instants apart.
void NudgeAll(const std::string& why, absl::Time at, runtime::Changes& changes);
// Decides the case of a share again when its decision ends; replaces the end set before.
void NudgeAtEnd(const std::string& share_id, const std::string& case_id, absl::Time end,
                runtime::Changes& changes);
void ForgetEnd(const std::string& share_id, runtime::Changes& changes);

}  // namespace waymark::sharing::disclosure
