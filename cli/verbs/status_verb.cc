// waymark status: what runs, from the operator's port.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/ops/v1/ops.pb.h"

namespace waymark::cli {
namespace {

using ops::v1::GetStatusResponse;

void Print(const GetStatusResponse& status, std::ostream& out) {
  out << "Waymark " << status.version() << ", partnership " << status.partnership()
      << ", its clock at " << London(status.now()) << "\n";
  Table table({"PROGRAM", "AGENCY", "ENDPOINT", "SERVING", "OUTBOX", "DEAD LETTERS", "TIME"});
  for (const ops::v1::Part& part : status.parts()) {
    table.Add({part.program(), part.agency().empty() ? "-" : part.agency(), part.endpoint(),
               part.serving() ? "yes" : "NO", absl::StrCat(part.outbox_waiting()),
               absl::StrCat(part.dead_letters()), part.time_trusted() ? "trusted" : "NOT TRUSTED"});
  }
  table.Print(out);
  for (const ops::v1::Part& part : status.parts()) {
    for (const ops::v1::Alarm& alarm : part.alarms()) {
      out << "ALARM " << part.program() << (part.agency().empty() ? "" : " of ") << part.agency()
          << ": " << alarm.code() << " at " << alarm.subject() << " since " << London(alarm.since())
          << "; " << alarm.detail() << "\n";
    }
  }
}

bool AllWell(const GetStatusResponse& status) {
  for (const ops::v1::Part& part : status.parts()) {
    if (!part.serving() || part.alarms_size() > 0) return false;
  }
  return true;
}

}  // namespace

void AddStatus(Verb root, Workshop& workshop) {
  const Verb verb = root.Sub("status", "What runs, its alarms, and what waits");
  const auto options = std::make_shared<ConnectionOptions>();
  AddDataOptions(verb, workshop, options.get());
  verb.Text("--endpoint", &options->endpoint, "the operator's HOST:PORT");
  verb.Text("--tls", &options->tls, "folder with the operator's cert.pem, key.pem and ca.pem");
  verb.Footer("Ends with 1 when a part does not serve or raises an alarm.");
  verb.Does([&workshop, options] {
    Workshop to_operator = workshop;
    to_operator.connect = workshop.connect_operator;
    ops::v1::GetStatusRequest request;
    GetStatusResponse response;
    const int code = Ask(to_operator, *options,
                         {"status", "/waymark.ops.v1.OperatorService/GetStatus", Asker::kSystem},
                         request, response, [&](std::ostream& out) { Print(response, out); });
    return code == kExitOk && !AllWell(response) ? static_cast<int>(kExitFailed) : code;
  });
}

}  // namespace waymark::cli
