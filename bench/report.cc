#include "bench/report.h"

#include <sys/statfs.h>

#include <cstdio>
#include <fstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/base/check.h"

namespace waymark::bench {
namespace {

std::string FieldOf(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const size_t colon = line.find(':');
    if (line.rfind(name, 0) == 0 && colon != std::string::npos) {
      return line.substr(line.find_first_not_of(" \t", colon + 1));
    }
  }
  return "unknown";
}

std::string FirstLineOf(const char* command) {
  FILE* pipe = popen(command, "r");
  if (pipe == nullptr) return "unknown";
  char line[256] = "";
  const bool read = fgets(line, sizeof line, pipe) != nullptr;
  const bool worked = pclose(pipe) == 0;
  const std::string text(line);
  return read && worked ? text.substr(0, text.find('\n')) : "unknown";
}

std::string FileSystemOf(const std::string& folder) {
  struct statfs info = {};
  if (statfs(folder.c_str(), &info) != 0) return "unknown";
  // Numbers from linux/magic.h.
  switch (static_cast<unsigned long>(info.f_type)) {
    case 0xEF53:
      return "ext4";
    case 0x01021994:
      return "tmpfs (memory: a sync costs nothing there)";
    case 0x58465342:
      return "xfs";
    case 0x9123683E:
      return "btrfs";
    default:
      return absl::StrFormat("file system %#x", info.f_type);
  }
}

}  // namespace

Table::Table(std::vector<std::string> columns) { rows_.push_back(std::move(columns)); }

void Table::Add(std::vector<std::string> cells) {
  WM_CHECK(cells.size() == rows_.front().size(), "a row has as many cells as there are columns");
  rows_.push_back(std::move(cells));
}

std::string Table::ToMarkdown() const {
  std::string out;
  for (size_t i = 0; i < rows_.size(); ++i) {
    absl::StrAppend(&out, "| ", absl::StrJoin(rows_[i], " | "), " |\n");
    if (i > 0) continue;
    absl::StrAppend(&out, "|---|");
    for (size_t column = 1; column < rows_[i].size(); ++column) absl::StrAppend(&out, "---:|");
    absl::StrAppend(&out, "\n");
  }
  return out;
}

std::string Surroundings(const std::string& folder) {
  return absl::StrCat(
      "- commit: ", FirstLineOf("git describe --always --dirty 2>/dev/null"), "\n",
      "- machine: ", std::thread::hardware_concurrency(), " processors (",
      FieldOf("/proc/cpuinfo", "model name"), "), memory ", FieldOf("/proc/meminfo", "MemTotal"),
      "\n", "- disk: ", FileSystemOf(folder),
      "\n- durability: every batch of every service and of the event log is synced before it is "
      "answered (fdatasync)\n");
}

std::string Micros(absl::Duration each) {
  return absl::StrFormat("%.1f", absl::ToDoubleMicroseconds(each));
}
std::string Millis(absl::Duration each) {
  return absl::StrFormat("%.2f", absl::ToDoubleMilliseconds(each));
}
std::string Seconds(absl::Duration all) {
  return absl::StrFormat("%.2f", absl::ToDoubleSeconds(all));
}

}  // namespace waymark::bench
