#include "cli/partnership/copy_log.h"

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/config/all_topics.h"
#include "libs/config/partnership.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/eventlog/kafka_log.h"
#include "libs/store/rocks_store.h"

namespace waymark::cli {
namespace {

constexpr size_t kRecordsAtATime = 500;

absl::Status CheckOffsets(const eventlog::TopicPartition& at, const eventlog::OffsetRange& from,
                          const eventlog::OffsetRange& to) {
  const std::string where = eventlog::ToString(at);
  if (from.oldest > to.end) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, ": the embedded log has dropped its records before ", from.oldest,
        ", so offsets could not be the same; begin a new partnership on Kafka instead"));
  }
  if (to.end > from.end) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " holds ", to.end, " records on Kafka and ", from.end,
                     " here: processes have run on it since; do not copy again"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> CopyPartition(eventlog::EventLog& from, eventlog::EventLog& to,
                                      const eventlog::TopicPartition& at) {
  WM_ASSIGN_OR_RETURN(const eventlog::OffsetRange here, from.Range(at));
  WM_ASSIGN_OR_RETURN(const eventlog::OffsetRange there, to.Range(at));
  WM_RETURN_IF_ERROR(CheckOffsets(at, here, there));
  if (there.end == here.end) return int64_t{0};
  WM_ASSIGN_OR_RETURN(const auto reader, from.OpenReader({{at, there.end}}));
  for (int64_t next = there.end; next < here.end;) {
    WM_ASSIGN_OR_RETURN(std::vector<eventlog::Fetched> some, reader->Poll(kRecordsAtATime));
    if (some.empty()) {
      return absl::DataLossError(absl::StrCat(eventlog::ToString(at), " cannot be read beyond ",
                                              next, "; restore the log from its backup"));
    }
    std::vector<eventlog::Record> records;
    for (eventlog::Fetched& one : some) records.push_back(std::move(one.record));
    next += static_cast<int64_t>(records.size());
    WM_RETURN_IF_ERROR(to.Append(at, records));
  }
  WM_ASSIGN_OR_RETURN(const eventlog::OffsetRange after, to.Range(at));
  if (after.end != here.end) {
    return absl::DataLossError(
        absl::StrCat(eventlog::ToString(at), " ends at ", after.end, " on Kafka and at ", here.end,
                     " here; delete the topics, apply them again and copy once more"));
  }
  return here.end - there.end;
}

absl::StatusOr<Copied> Copy(const CopyLogOptions& options) {
  const Layout layout{options.data};
  SystemClock clock;
  WM_ASSIGN_OR_RETURN(const auto directory, config::LoadPartnership(layout.PartnershipFile()));
  WM_ASSIGN_OR_RETURN(const auto store,
                      store::OpenRocksStore(layout.Log(), eventlog::EmbeddedLog::ColumnFamilies()));
  WM_ASSIGN_OR_RETURN(const auto from, eventlog::EmbeddedLog::Open(store.get(), &clock, {}));
  eventlog::KafkaOptions kafka;
  kafka.bootstrap = options.bootstrap;
  kafka.tls = eventlog::KafkaTlsOf(options.tls);
  kafka.client_id = "operator";
  WM_ASSIGN_OR_RETURN(const auto to, eventlog::KafkaLog::Open(kafka, clock));
  std::vector<eventlog::TopicPartition> partitions;
  for (const auto& [topic, count] : config::AllTopics(directory)) {
    for (int partition = 0; partition < count; ++partition)
      partitions.push_back({topic, partition});
  }
  return CopyRecords(*from, *to, partitions);
}

}  // namespace

absl::StatusOr<Copied> CopyRecords(eventlog::EventLog& from, eventlog::EventLog& to,
                                   const std::vector<eventlog::TopicPartition>& partitions) {
  Copied all;
  for (const eventlog::TopicPartition& at : partitions) {
    WM_ASSIGN_OR_RETURN(const int64_t records, CopyPartition(from, to, at));
    all.records += records;
    all.partitions += records > 0 ? 1 : 0;
  }
  return all;
}

int CopyLogToKafka(const CopyLogOptions& options) {
  const auto copied = Copy(options);
  if (!copied.ok()) {
    std::fprintf(stderr, "waymark: %s\n", std::string(copied.status().message()).c_str());
    return 1;
  }
  std::printf("Copied %lld records of %d partitions.\n", static_cast<long long>(copied->records),
              copied->partitions);
  return 0;
}

}  // namespace waymark::cli
