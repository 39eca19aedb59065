// The keys that token sheets are sealed to. The first is the partnership directory's; after an
// erasure a new one is made beside it, members take it up by themselves, and once every member
// seals to a newer key the older ones are destroyed: then what lies sealed to them in old copies of
// the topics is noise. Lanes are in order, so a member that says it took up a key has been read up
// to there. docs/adr/0009-erasure.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/runtime/decider.h"
#include "services/intake/adapters/tokens.h"
#include "waymark/gateway/v1/sealing_key.pb.h"
#include "waymark/intake/v1/sealing_key.pb.h"

namespace waymark::intake {

inline constexpr std::string_view kCurrentKey = "/waymark.intake.v1.SealingKeyService/CurrentKey";

intake::v1::KeptSealing SealingOf(const runtime::View& view, const std::string& partnership);

// For a round of forgetting (forget.h): a key to follow the current one.
absl::StatusOr<intake::v1::SealingKeyMade> MakeSealingKey(const TokenDesk& tokens,
                                                          const std::string& partnership);
// nullopt: not a key of ours, or taken up before.
absl::StatusOr<std::optional<intake::v1::SealingKeyTaken>> TakeUp(
    const runtime::View& view, const TokenDesk& tokens, const std::string& agency,
    const gateway::v1::SealingKeyAdopted& adopted);
absl::StatusOr<intake::v1::CurrentKeyResponse> CurrentKey(const runtime::View& view,
                                                          const TokenDesk& tokens,
                                                          const std::string& partnership);

void EvolveMade(const runtime::View& view, const intake::v1::SealingKeyMade& made,
                runtime::Changes& changes);
// `members`: all agencies of the partnership. Keys that none of them seals to any more go.
void EvolveTaken(const runtime::View& view, const intake::v1::SealingKeyTaken& taken,
                 const std::vector<std::string>& members, runtime::Changes& changes);

}  // namespace waymark::intake
