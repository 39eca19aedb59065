// Incidents from a file, one row after the other, each good or refused by itself.
//
// JSON lines: one waymark.gateway.v1.Incident a line as protobuf JSON, read strictly: unknown or
// repeated members are refused. Blank lines are skipped.
//
// CSV (RFC 4180, UTF-8): the first record names the columns, in any order, each once; only
// `source_reference` must be there. An empty cell leaves its field unset.
//   source_reference  revision  type  channel  lsoa  summary  action_taken
//   occurred_at  reported_at                         RFC 3339, or "YYYY-MM-DD HH:MM" in London
//   category                                         personal, nuisance, environmental
//   location.house  .street  .postcode  .uprn
//   grading.harm  grading.pattern
//   officer.band  officer.reason                     standard, medium, high
//   safeguarding.child_at_risk  .adult_at_risk  .vital_interests       yes or no
//   answers.ITEM                                     an option id of the risk matrix
//   partyN.roles  (N is 1 to 20)                     one or more: caller+victim
//   partyN.given_name  .family_name  .date_of_birth  .telephone  .email  .safe_contact
//   partyN.house  .street  .postcode  .uprn
//
// Problems name the field, never its content. Not thread-safe.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/problem.h"

namespace waymark::gateway::v1 {
class Incident;
}

namespace waymark::cli {

struct IncidentRow {
  int64_t line = 0;                                 // where it begins in the file, from 1
  std::shared_ptr<gateway::v1::Incident> incident;  // null when there are problems
  std::vector<Problem> problems;
};

class IncidentSource {
 public:
  virtual ~IncidentSource() = default;
  // nullopt at the end.
  virtual std::optional<IncidentRow> Next() = 0;
  virtual int64_t bytes_read() const = 0;
};

enum class IncidentFormat { kJsonLines, kCsv };

// `in` must outlive the source. A CSV without a usable header is an InvalidArgument that carries
// problems (rpc::ProblemsFrom); JSON lines always open.
absl::StatusOr<std::unique_ptr<IncidentSource>> OpenIncidents(std::istream& in,
                                                              IncidentFormat format);

}  // namespace waymark::cli
