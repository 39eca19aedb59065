// One function for each group of invariants; README.md lists every finding. All look, none changes.
#pragma once

#include "tests/checker/book.h"
#include "tests/checker/report.h"
#include "tests/checker/world.h"

namespace checker {

// 1: what was answered is there, what was refused is not, nothing is there that nobody asked for.
void CheckAnswers(const World& world, const Book& book, Report& report);
// 2: lanes without gaps, epochs that never go back, everything read to the end.
void CheckLanes(const World& world, const Book& book, Report& report);
// 2 and 9: every record, timer and command became events once, none before its time.
void CheckJournals(const World& world, const Book& book, Report& report);
// 3: the rows of a core service's own column families are the same in both.
void CompareStores(const Store& one, const Store& other, Report& report);
// 4: every alert was taken in, and reached the subscriber that was there.
void CheckAlerts(const World& world, const Book& book, Report& report);
// 5: nothing personal in clear in any file; no nonce used twice under one key.
void CheckSecrets(const World& world, const Book& book, Report& report);
// 6: no hand-over without a decision before it, none after what took it back.
void CheckDisclosures(const World& world, const Book& book, Report& report);
// 6 and 7: nothing opens after an erasure; overrides disclose what they say, until their reversal.
void CheckRights(const World& world, const Book& book, Report& report);
// 8: what was signed and cosigned for a log is of the log as it is; nobody is accused.
void CheckCheckpoints(const World& world, const Book& book, Report& report);
// 8: the trees are those of their leaves, and every effect has its leaf.
void CheckAudit(const World& world, const Book& book, Report& report);

}  // namespace checker
