// waymark audit status: how the own log stands, who cosigned it, and what was found.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "libs/base/bytes.h"
#include "waymark/gateway/v1/checkpoint.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::AuditFinding;
using gateway::v1::ShowLogResponse;

void Print(const ShowLogResponse& log, std::ostream& out) {
  int cosigned = 0;
  for (const auto& witness : log.witnesses()) cosigned += witness.up_to_date() ? 1 : 0;
  out << log.origin() << ": " << log.size() << " leaves, root " << ToHex(log.root()) << "\n";
  if (log.checkpoint().empty()) {
    out << "No checkpoint was published yet.\n";
  } else {
    out << "The newest checkpoint has " << log.published_size() << " leaves, was published "
        << London(log.published_at()) << ", and is cosigned by " << cosigned << " of "
        << log.witnesses_size() << " partners.\n";
  }
  const auto& self = log.self_audit();
  out << "Checked against itself: last " << London(self.last_whole_at());
  if (self.checked() > 0) out << "; now at leaf " << self.checked() << " of " << self.of();
  out << "\n";
  Table table({"PARTNER", "COSIGNED LEAVES", "AT", "ITS OWN LEAVES", "SEEN", "COSIGNED HERE"});
  for (int i = 0; i < log.witnesses_size() && i < log.seen_size(); ++i) {
    const auto& witness = log.witnesses(i);
    const auto& seen = log.seen(i);
    table.Add({witness.agency(), absl::StrCat(witness.size()), London(witness.cosigned_at()),
               absl::StrCat(seen.size()), London(seen.seen_at()), London(seen.cosigned_at())});
  }
  table.Print(out);
  for (const AuditFinding& found : log.findings()) {
    out << (found.has_ended_at() ? "ended " : "FOUND ") << found.code() << " in the log of "
        << found.agency() << ", by " << found.found_by() << " " << London(found.found_at());
    if (found.has_ended_at()) out << ", until " << London(found.ended_at());
    out << "\n  " << found.means() << "\n";
    for (const std::string& note : found.evidence()) out << "  evidence:\n" << note;
  }
}

bool Stands(const ShowLogResponse& log) {
  for (const AuditFinding& found : log.findings()) {
    if (!found.has_ended_at()) return true;
  }
  return false;
}

}  // namespace

void AddAuditStatus(Verb audit, Workshop& workshop) {
  const Verb verb = audit.Sub("status", "How your log stands, who cosigned it, what was found");
  const auto connection = std::make_shared<ConnectionOptions>();
  AddConnectionOptions(verb, workshop, connection.get());
  verb.Footer("For the data protection lead and auditors. Ends with 1 while a finding stands.");
  verb.Does([&workshop, connection] {
    gateway::v1::ShowLogRequest request;
    ShowLogResponse response;
    const int code =
        Ask(workshop, *connection, {"audit status", "/waymark.gateway.v1.WitnessService/ShowLog"},
            request, response, [&](std::ostream& out) { Print(response, out); });
    return code == kExitOk && Stands(response) ? static_cast<int>(kExitFailed) : code;
  });
}

}  // namespace waymark::cli
