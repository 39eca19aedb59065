// The columns of a CSV of incidents (incident_source.h lists them), and one incident from one row.
// Immutable after Read; thread-safe then.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/problem.h"

namespace google::protobuf {
class FieldDescriptor;
}
namespace waymark::gateway::v1 {
class Incident;
}

namespace waymark::cli {

class CsvColumns {
 public:
  // From the header: `unknown_column`, `repeated_column`, `missing_column`; empty when all is well.
  std::vector<Problem> Read(const std::vector<std::string>& header);

  // Every problem of the row: `wrong_column_count`, `malformed`. Whether the values can be true is
  // the gateway's to say.
  std::vector<Problem> Fill(const std::vector<std::string>& cells,
                            gateway::v1::Incident& incident) const;

 private:
  struct Column {
    std::string name;
    int party = -1;      // index into parties
    std::string answer;  // item of the matrix
    bool roles = false;
    // From the incident, or from the party, down to a field that holds one value.
    std::vector<const google::protobuf::FieldDescriptor*> path;
  };
  static bool Resolve(const std::string& name, Column& column);
  static std::optional<Problem> Set(const Column& column, const std::string& cell,
                                    gateway::v1::Incident& incident);

  std::vector<Column> columns_;
};

}  // namespace waymark::cli
