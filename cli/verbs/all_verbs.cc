#include "cli/verbs/verbs.h"

namespace waymark::cli {

void AddEveryVerb(CommandLine& line, Workshop& workshop, LocalCommands commands) {
  const Verb root = line.Root();
  if (commands.run) AddRun(root, workshop, std::move(commands));
  AddPublish(root, workshop);
  AddLookUp(root, workshop);
  AddAssess(root, workshop);
  AddAlerts(root, workshop);
  AddCases(root, workshop);
  AddStock(root, workshop);
  AddConsent(root, workshop);
  AddShares(root, workshop);
  AddReceived(root, workshop);
  AddCopies(root, workshop);
  AddAudit(root, workshop);
  AddPacks(root, workshop);
  AddRules(root, workshop);
  AddStatus(root, workshop);
  AddCertificates(root, workshop);
  AddDoctor(root, workshop);
  AddTopics(root, workshop);
  AddPerson(root, workshop);
  AddHelp(line, workshop);
}

}  // namespace waymark::cli
