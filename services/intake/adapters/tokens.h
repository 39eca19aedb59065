// What intake does to tokens: opens the sheet sealed to it, replaces each blind token by one keyed
// with its own key, and keeps those in its journal encrypted under the subject's key.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/slot_keys.h"
#include "services/intake/domain/linking.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/intake/v1/events.pb.h"

namespace waymark::intake {

// Intake's secrets. All must outlive the service.
struct IntakeKeys {
  const crypto::HpkePrivateKey& sealing_key;  // token sheets are sealed to it
  std::string token_key;                      // 32 bytes: the index is keyed with it
  crypto::SlotKeys& subject_keys;
  Random& random;
};

struct OpenedSheet {
  std::map<std::string, std::vector<Token>, std::less<>> parties;  // by person id
  std::vector<Token> location;
};

class TokenDesk {
 public:
  explicit TokenDesk(IntakeKeys keys);

  // `agency` is the authenticated sender's. InvalidArgument when the sheet does not open or is not
  // a sheet: it was sealed for somebody else, or altered.
  absl::StatusOr<OpenedSheet> Open(const gateway::v1::SealedTokens& sealed,
                                   const std::string& partnership, const std::string& agency) const;

  absl::StatusOr<uint64_t> TakeSlot() { return keys_.subject_keys.Take(); }

  absl::StatusOr<std::vector<intake::v1::StoredToken>> Seal(const std::vector<Token>& tokens,
                                                            const std::string& partnership,
                                                            const std::string& subject_id,
                                                            uint64_t slot) const;
  // Empty when the subject was erased: its key is gone and so is what identified it.
  absl::StatusOr<std::vector<Token>> Unseal(
      const google::protobuf::RepeatedPtrField<intake::v1::StoredToken>& stored,
      const std::string& partnership, const std::string& subject_id, uint64_t slot) const;

  // A pseudonymous id for a place: the same for the same token, and nothing can be read from it.
  std::string PlaceId(std::string_view keyed) const;

 private:
  Token Keyed(const gateway::v1::BlindToken& blind) const;

  IntakeKeys keys_;
  std::string index_key_;
  std::string place_key_;
};

}  // namespace waymark::intake
