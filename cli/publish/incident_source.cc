#include "cli/publish/incident_source.h"

#include <istream>

#include "cli/publish/csv.h"
#include "cli/publish/csv_incident.h"
#include "cli/publish/json_incident.h"
#include "cli/publish/lines.h"
#include "cli/publish/problems.h"
#include "cli/publish/utf8.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

class JsonLinesSource : public IncidentSource {
 public:
  explicit JsonLinesSource(std::istream& in) : lines_(in) {}

  std::optional<IncidentRow> Next() override {
    std::optional<Line> line = lines_.Next();
    while (line && !line->oversized && line->text.find_first_not_of(" \t") == std::string::npos) {
      line = lines_.Next();
    }
    if (!line) return std::nullopt;
    IncidentRow row;
    row.line = line->number;
    if (line->oversized) {
      row.problems = {TooLarge(kLineBytesMax)};
    } else if (!IsUtf8(line->text)) {
      row.problems = {NotUtf8()};
    } else {
      row.incident = std::make_shared<gateway::v1::Incident>();
      row.problems = ReadJsonIncident(line->text, *row.incident);
      if (!row.problems.empty()) row.incident = nullptr;
    }
    return row;
  }
  int64_t bytes_read() const override { return lines_.bytes_read(); }

 private:
  Lines lines_;
};

class CsvSource : public IncidentSource {
 public:
  explicit CsvSource(std::istream& in) : reader_(in) {}

  absl::Status ReadHeader() {
    const std::optional<CsvRecord> header = reader_.Next();
    std::vector<Problem> problems;
    if (!header) {
      problems.push_back({"no_header", "", "a first line that names the columns",
                          "see `waymark help csv` for their names"});
    } else if (header->problem) {
      problems.push_back(*header->problem);
    } else {
      problems = columns_.Read(header->fields);
    }
    if (problems.empty()) return absl::OkStatus();
    return rpc::ProblemStatus(absl::StatusCode::kInvalidArgument, problems);
  }

  std::optional<IncidentRow> Next() override {
    std::optional<CsvRecord> record = reader_.Next();
    if (!record) return std::nullopt;
    IncidentRow row;
    row.line = record->line;
    if (record->problem) {
      row.problems = {*record->problem};
      return row;
    }
    row.incident = std::make_shared<gateway::v1::Incident>();
    row.problems = columns_.Fill(record->fields, *row.incident);
    if (!row.problems.empty()) row.incident = nullptr;
    return row;
  }
  int64_t bytes_read() const override { return reader_.bytes_read(); }

 private:
  CsvReader reader_;
  CsvColumns columns_;
};

}  // namespace

Problem TooLarge(size_t bytes_max) {
  return {"too_large", "", "at most " + std::to_string(bytes_max) + " bytes",
          "shorten the row; check that no quote or line end is missing before it"};
}

Problem NotUtf8() {
  return {"not_utf8", "", "text in UTF-8", "convert the file, for example with iconv -t UTF-8"};
}

absl::StatusOr<std::unique_ptr<IncidentSource>> OpenIncidents(std::istream& in,
                                                              IncidentFormat format) {
  if (format == IncidentFormat::kJsonLines) return std::make_unique<JsonLinesSource>(in);
  auto source = std::make_unique<CsvSource>(in);
  WM_RETURN_IF_ERROR(source->ReadHeader());
  return source;
}

}  // namespace waymark::cli
