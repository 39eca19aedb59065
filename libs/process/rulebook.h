// What the parties of a partnership have agreed on and every process reads at its start: the
// directory of members, the policy pack, the signed agreements, and whose signature counts. Public
// files, the same for all. Immutable once loaded; thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/agreement/evaluator.h"
#include "libs/config/partnership.h"
#include "libs/pack/pack.h"
#include "libs/trust/record_trust.h"

namespace waymark::process {

struct Rulebook {
  config::Partnership directory;
  std::shared_ptr<const pack::Pack> pack;
  std::shared_ptr<const agreement::Evaluator> agreements;  // the baseline included
  std::unique_ptr<trust::DirectoryRecordVerifier> verifier;
};

// `file` is the directory (libs/config/partnership.h). Errors say which file, what was wrong and
// what to do; an agreement that has expired at `now` (real time) is one of them: nothing would be
// shared under it, and a start that let it pass would hide that.
absl::StatusOr<std::unique_ptr<Rulebook>> LoadRulebook(const std::string& file, absl::Time now);

}  // namespace waymark::process
