#include "libs/eventlog/event_log.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::eventlog {

std::string ToString(const TopicPartition& at) { return absl::StrCat(at.topic, "/", at.partition); }

absl::Status EventLog::AppendAll(const Batches& batches) {
  for (const auto& [at, records] : batches) WM_RETURN_IF_ERROR(Append(at, records));
  return absl::OkStatus();
}

absl::Status CheckTopic(std::string_view topic, int partitions) {
  const bool legal = std::all_of(topic.begin(), topic.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
  if (!legal || topic.empty() || topic.size() > 249 || topic == "." || topic == "..") {
    return absl::InvalidArgumentError(
        "a topic's name is 1 to 249 letters, digits, '.', '_' and '-', and not '.' or '..'");
  }
  if (partitions < 1) {
    return absl::InvalidArgumentError(absl::StrCat("topic ", ToAbsl(topic), " with ", partitions,
                                                   " partitions: at least 1 is needed"));
  }
  return absl::OkStatus();
}

absl::Status CheckRecords(const std::vector<Record>& records) {
  for (const Record& record : records) {
    size_t bytes = record.key.size() + record.value.size();
    for (const Header& header : record.headers) {
      if (header.name.empty()) return absl::InvalidArgumentError("a record's header has no name");
      bytes += header.name.size() + header.value.size();
    }
    if (bytes > kRecordBytesMax) {
      return absl::InvalidArgumentError(absl::StrCat("a record of ", bytes, " bytes: at most ",
                                                     kRecordBytesMax, " are taken; split it"));
    }
  }
  return absl::OkStatus();
}

absl::Status UnknownTopic(std::string_view topic) {
  return absl::NotFoundError(
      absl::StrCat("there is no topic ", ToAbsl(topic), "; it has to be made before it is used"));
}

absl::Status UnknownPartition(const TopicPartition& at, int partitions) {
  return absl::NotFoundError(absl::StrCat("there is no partition ", at.partition, " in topic ",
                                          at.topic, ": it has 0 to ", partitions - 1));
}

absl::Status OtherPartitionCount(std::string_view topic, int existing, int wanted) {
  return absl::FailedPreconditionError(
      absl::StrCat("topic ", ToAbsl(topic), " has ", existing, " partitions, but ", wanted,
                   " are configured; the count is fixed when a topic is made, so configure ",
                   existing, " (or begin with an empty log)"));
}

absl::Status AlreadyRead(const TopicPartition& at) {
  return absl::AlreadyExistsError(absl::StrCat("this reader reads ", ToString(at), " already"));
}

absl::Status OffsetOutOfRange(const Position& from, const OffsetRange& range) {
  return absl::OutOfRangeError(absl::StrCat(
      "offset ", from.offset, " of ", ToString(from.at), " cannot be read: the log holds ",
      range.oldest, " up to ", range.end,
      from.offset < range.oldest ? "; retention has removed it" : "; the log has lost records"));
}

}  // namespace waymark::eventlog
