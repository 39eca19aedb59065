#include "libs/process/keys.h"

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/file.h"

namespace waymark::process {
namespace {

constexpr size_t kSecretBytes = 32;

absl::Status Wrong(const std::string& path, std::string_view wanted) {
  return absl::FailedPreconditionError(absl::StrCat(path, " does not hold ", std::string(wanted),
                                                    "; restore the file from the keys' backup"));
}

}  // namespace

absl::StatusOr<crypto::SigningKey> ReadSigningKey(const std::string& path) {
  WM_ASSIGN_OR_RETURN(const std::string pem, config::ReadFile(path));
  auto key = crypto::SigningKey::FromPem(pem);
  if (!key.ok()) return Wrong(path, "an Ed25519 private key in PEM");
  return key;
}

absl::StatusOr<crypto::HpkePrivateKey> ReadSealingKey(const std::string& path) {
  WM_ASSIGN_OR_RETURN(const std::string pem, config::ReadFile(path));
  auto key = crypto::HpkePrivateKey::FromPem(pem);
  if (!key.ok()) return Wrong(path, "an X25519 private key in PEM");
  return key;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  WM_ASSIGN_OR_RETURN(std::string secret, config::ReadFile(path));
  if (secret.size() != kSecretBytes) return Wrong(path, "a secret of 32 bytes");
  return secret;
}

}  // namespace waymark::process
