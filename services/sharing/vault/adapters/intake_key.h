// The key of intake that token sheets are sealed to. The directory's is only the first: intake
// makes another one after an erasure, and every gateway takes it up by itself, at start and every
// hour, and says so on its lane. Then intake destroys the older ones, and what old copies of the
// topics hold sealed to them is noise. While intake cannot be asked the key at hand goes on
// serving.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/runtime/decider.h"
#include "libs/runtime/ports.h"
#include "services/sharing/door/adapters/ask_partners.h"
#include "services/sharing/membership.h"
#include "waymark/gateway/v1/sealing_key.pb.h"

namespace waymark::sharing::vault {

inline constexpr std::string_view kWatchIntakeKey = "vault.watch_intake_key";  // command, at start
inline constexpr std::string_view kIntakeKeyDue = "vault.intake_key_due";      // timer
inline constexpr std::string_view kAskIntakeKey = "vault.ask_intake_key";      // effect

// X25519 public key, 32 raw bytes.
std::string IntakeSealingKey(const Membership& membership, const runtime::View& view);

// Of the command and the timer: asks now, and again after the next full hour.
absl::StatusOr<runtime::Decision> DecideAskIntakeKey();
// Of the effect's result: takes the key up when it is another one.
absl::StatusOr<runtime::Decision> DecideIntakeKey(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input, absl::Time now);

absl::Status EvolveIntakeKeyAsked(const runtime::Event& event, absl::Time now,
                                  runtime::Changes& changes);
absl::Status EvolveIntakeKeyAdopted(const Membership& membership, const runtime::Event& event,
                                    runtime::Changes& changes);

// Asks intake. Never retried by the runtime: the next hour asks again.
void AskIntakeKey(const door::CoreChannels& core, const std::string& partnership,
                  std::function<void(runtime::EffectOutcome)> done);

}  // namespace waymark::sharing::vault
