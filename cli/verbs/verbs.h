// Every group of verbs, one file for each. `workshop` must outlive the command line.
#pragma once

#include <functional>
#include <string>

#include "cli/story/run_command.h"
#include "cli/verbs/connection.h"
#include "cli/verbs/verb.h"

namespace waymark::cli {

// What runs a partnership in this process. The program hands it in, so that this library needs none
// of the services.
struct LocalCommands {
  std::function<int(const RunOptions&)> run;
  std::function<int(const std::string& data, const std::string& service)> rebuild;
};

// All of them, in the order in which help lists them. Without `commands.run` there is no `run` and
// no `rebuild`.
void AddEveryVerb(CommandLine& line, Workshop& workshop, LocalCommands commands);

void AddRun(Verb root, Workshop& workshop, LocalCommands commands);  // run, rebuild
void AddPublish(Verb root, Workshop& workshop);
void AddLookUp(Verb root, Workshop& workshop);
void AddAssess(Verb root, Workshop& workshop);
void AddAlerts(Verb root, Workshop& workshop);        // alerts tail|list|acknowledge
void AddCases(Verb root, Workshop& workshop);         // profile, conference, case, clock
void AddStock(Verb root, Workshop& workshop);         // stock register
void AddConsent(Verb root, Workshop& workshop);       // consent record|withdraw
void AddShares(Verb root, Workshop& workshop);        // share explain|list|override|...
void AddReceived(Verb root, Workshop& workshop);      // received list|read
void AddCopies(Verb root, Workshop& workshop);        // copy list|confirm-removed
void AddAuditStatus(Verb audit, Workshop& workshop);  // audit status
void AddAudit(Verb root, Workshop& workshop);         // audit keys|export|verify|status
void AddPacks(Verb root, Workshop& workshop);         // pack check|show|sign|verify
void AddRules(Verb root, Workshop& workshop);
void AddStatus(Verb root, Workshop& workshop);
void AddCertificates(Verb root, Workshop& workshop);  // certificates make|renew|revoke|...
void AddDoctor(Verb root, Workshop& workshop);        // doctor
void AddTopics(Verb root, Workshop& workshop);        // topics apply|check
void AddPerson(Verb root, Workshop& workshop);        // person erase|erasures|token
void AddHelp(CommandLine& line, Workshop& workshop);  // version, completion, help

// Verbs below `share`: override|overrides|show-override|review-override.
void AddOverrides(const Verb& shares, Workshop& workshop);
// Verbs below `share`: explain|statement.
void AddStatements(const Verb& shares, Workshop& workshop);

// Where packs/ and agreements/ as shipped are: $WAYMARK_SHARE, here, or beside the program.
std::string ShippedFolder();

}  // namespace waymark::cli
