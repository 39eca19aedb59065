// Reads information sharing agreements and the statutory baseline: strict YAML, the digest of the
// exact bytes, and the detached signatures of every party (crypto/signed_file.h, context
// "agreement"). docs of each key stand beside its field in agreement/model.h; agreements/*.yaml are
// complete examples. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/agreement/evaluator.h"
#include "libs/crypto/signed_file.h"

namespace waymark::config {

// The context under which agreements are signed.
inline constexpr std::string_view kAgreementContext = "agreement";

// The agreement as written, with `digest` set and nobody in `signed_by`. InvalidArgument says file,
// line, what was found and wanted. Whether it makes sense is for agreement::Compile to say.
absl::StatusOr<agreement::Agreement> ParseAgreement(std::string_view yaml, const std::string& file);

// The same, with `signed_by` filled in from the text of the signature file. `keys` are the parties'
// signing keys from the partnership directory. FailedPrecondition: a party has not signed.
// Unauthenticated: a signature does not hold, or it is over other bytes.
absl::StatusOr<agreement::Agreement> ParseSignedAgreement(
    std::string_view yaml, std::string_view signatures, const std::string& file,
    const std::vector<crypto::PartyKey>& keys);

struct AgreementFiles {
  std::string yaml;        // path
  std::string signatures;  // path of the detached signatures
};

// Reads, verifies and compiles all agreements of a partnership, the baseline included. What
// Compile refuses is InvalidArgument with every problem on a line of its own.
absl::StatusOr<agreement::Evaluator> LoadAgreements(const std::vector<AgreementFiles>& files,
                                                    const std::vector<crypto::PartyKey>& keys);

// The problems as one InvalidArgument, for callers that compile by themselves.
absl::StatusOr<agreement::Evaluator> CompileOrStatus(std::vector<agreement::Agreement> agreements,
                                                     agreement::CompileOptions options = {});

}  // namespace waymark::config
