// Secrets of one process, read from its home. Errors name the file, never its content.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"

namespace waymark::process {

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path);
absl::StatusOr<crypto::HpkePrivateKey> ReadSealingKey(const std::string& path);
// Exactly 32 bytes.
absl::StatusOr<std::string> ReadSecret(const std::string& path);

}  // namespace waymark::process
