// `waymark doctor`: looks at everything one process depends on, beside it or before its first
// start, and says for each what was looked at, what was found, why, and what to do. Changes
// nothing, and needs nothing of the process but its configuration.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/config/partnership.h"
#include "libs/config/process_config.h"
#include "libs/eventlog/event_log.h"
#include "libs/rpc/identity.h"

namespace waymark::cli {

// In order of how much it matters. kNotLooked: something before it is broken.
enum class Verdict { kGood, kNotLooked, kWarning, kBroken };

struct Finding {
  std::string what;  // "certificate ends", "peer gateway/housing at gateway-housing:7501"
  Verdict verdict = Verdict::kGood;
  std::string found;   // what was seen, or why it is broken
  std::string remedy;  // "" when there is nothing to do
};
using Findings = std::vector<Finding>;

struct Examination {
  const config::ProcessConfig& config;
  Clock& clock;
  // Opens the event log of `config` with its certificate.
  std::function<absl::StatusOr<std::unique_ptr<eventlog::EventLog>>()> open_log;
  absl::Duration patience = absl::Seconds(5);  // for each connection
};

// Everything below, in this order. Reads the partnership directory first: without it, what needs it
// is kNotLooked.
Findings Examine(const Examination& examination);

rpc::Principal PrincipalOf(const config::ProcessConfig& config, std::string_view trust_domain);
// As records name it: "intake", "gateway/police".
std::string SourceOf(const config::ProcessConfig& config);

// ---- Parts of it ----
void LookAtRules(const config::ProcessConfig& config, const config::Partnership& partnership,
                 Findings& findings);
void LookAtKeys(const config::ProcessConfig& config, const config::Partnership& partnership,
                Findings& findings);
void LookAtCertificate(const config::ProcessConfig& config, const config::Partnership& partnership,
                       absl::Time now, Findings& findings);
void LookAtDisk(const config::ProcessConfig& config, Findings& findings);
void LookAtPorts(const config::ProcessConfig& config, absl::Duration patience, Findings& findings);
void LookAtPeers(const Examination& examination, const config::Partnership& partnership,
                 Findings& findings);
void LookAtLog(const Examination& examination, const config::Partnership& partnership,
               Findings& findings);

}  // namespace waymark::cli
