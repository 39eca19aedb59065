// A CSV of incidents: every row is good or refused by itself, whatever stands beside it.
#include <sstream>

#include "cli/publish/incident_source.h"
#include "cli/publish/utf8.h"
#include "tests/fuzz/targets/input.h"
#include "waymark/gateway/v1/incident.pb.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace waymark;
  std::istringstream in{std::string(fuzz::Text(data, size))};
  auto source = cli::OpenIncidents(in, cli::IncidentFormat::kCsv);
  if (!source.ok()) return 0;
  int64_t line = 0;
  while (std::optional<cli::IncidentRow> row = (*source)->Next()) {
    WM_CHECK(row->line > line, "rows come in the order of their lines");
    line = row->line;
    WM_CHECK((row->incident == nullptr) != row->problems.empty(), "a row is good or it is not");
    if (row->incident != nullptr) {
      WM_CHECK(cli::IsUtf8(row->incident->summary()), "a text that is not UTF-8 was taken");
    }
  }
  WM_CHECK((*source)->bytes_read() <= static_cast<int64_t>(size), "more was read than there is");
  return 0;
}
