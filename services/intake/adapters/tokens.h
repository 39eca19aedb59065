// What intake does to tokens: opens the sheet sealed to it, replaces each blind token by one keyed
// with its own key, and keeps those encrypted under a key of the person's own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/slot_keys.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/intake/domain/linking.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/sealing_key.pb.h"

namespace waymark::intake {

// Intake's secrets. All must outlive the service.
struct IntakeKeys {
  const crypto::HpkePrivateKey&
      sealing_key;                // the directory's; token sheets are sealed to it first
  std::string token_key;          // 32 bytes: the index is keyed with it
  crypto::SlotKeys& person_keys;  // one for each member person, and the index's
  Random& random;
};

struct OpenedSheet {
  std::map<std::string, std::vector<Token>, std::less<>> parties;  // by person id
  std::vector<Token> location;
};

class TokenDesk {
 public:
  explicit TokenDesk(IntakeKeys keys);

  // `agency` is the authenticated sender's; `sealing` says which keys are in use. InvalidArgument
  // when the sheet does not open or is not a sheet: it was sealed for somebody else, or altered.
  absl::StatusOr<OpenedSheet> Open(const gateway::v1::SealedTokens& sealed,
                                   const std::string& partnership, const std::string& agency,
                                   const intake::v1::KeptSealing& sealing) const;
  // The sealing key that is derived from a slot; nullopt: erased. Kept in memory once derived.
  absl::StatusOr<std::optional<crypto::HpkePrivateKey>> SealingKey(uint64_t slot) const;

  absl::StatusOr<uint64_t> TakeSlot() const { return keys_.person_keys.Take(); }

  // Under the key of `slot`, which is the member person's own.
  absl::StatusOr<std::string> Seal(const std::vector<Token>& tokens, const std::string& partnership,
                                   const MemberPerson& person, uint64_t slot) const;
  // None when the person was erased: their key is gone and so is what identified them.
  absl::StatusOr<std::vector<Token>> Unseal(const std::string& sealed,
                                            const std::string& partnership,
                                            const MemberPerson& person, uint64_t slot) const;
  const crypto::SlotKeys& slot_keys() const { return keys_.person_keys; }

  // A pseudonymous id for a place: the same for the same token, and nothing can be read from it.
  std::string PlaceId(std::string_view keyed) const;

 private:
  Token Keyed(const gateway::v1::BlindToken& blind) const;
  // A session opens what was sealed to a key, so it must not outlive the key.
  void ForgetSessionsOfOtherKeys(const intake::v1::KeptSealing& sealing) const;

  IntakeKeys keys_;
  std::string index_key_;
  std::string place_key_;
  mutable std::mutex mutex_;
  mutable std::map<uint64_t, crypto::HpkePrivateKey> sealing_keys_;  // by slot
  mutable std::string session_keys_;  // that the sessions of `opener_` may belong to
  mutable runtime_rpc::TokenOpener opener_;
};

}  // namespace waymark::intake
