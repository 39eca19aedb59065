#include "libs/runtime/startup.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/runtime/codec.h"
#include "libs/runtime/keys.h"

namespace waymark::runtime {
namespace {

bool IsSourceName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '/' ||
           c == '-';
  });
}

absl::Status CheckPartition(const RuntimeConfig& config, const eventlog::TopicPartition& at) {
  const auto topic = config.topics.find(at.topic);
  if (topic == config.topics.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("topics: ", at.topic, " is used by a shard but not listed"));
  }
  if (at.partition < 0 || at.partition >= topic->second) {
    return absl::InvalidArgumentError(absl::StrCat(
        "shards: ", ToString(at), " does not exist, the topic has ", topic->second, " partitions"));
  }
  return absl::OkStatus();
}

absl::Status OtherCount(std::string_view topic, uint64_t is, uint64_t configured) {
  return absl::FailedPreconditionError(absl::StrCat(
      "topic ", std::string(topic), " has ", is, " partitions, the configuration says ", configured,
      ". The count is fixed when the topic is created: correct the configuration"));
}

}  // namespace

absl::Status CheckConfig(const RuntimeConfig& config) {
  if (!IsSourceName(config.source)) {
    return absl::InvalidArgumentError("source: wanted letters a-z, digits and ./_-");
  }
  if (config.workers < 1) return absl::InvalidArgumentError("workers: wanted at least 1");
  std::set<std::string> ids;
  std::set<eventlog::TopicPartition> read, journals;
  for (const ShardConfig& shard : config.shards) {
    if (shard.id.empty() || !ids.insert(shard.id).second) {
      return absl::InvalidArgumentError("shards: an id is empty or occurs twice");
    }
    for (const eventlog::TopicPartition& at : shard.inputs) {
      WM_RETURN_IF_ERROR(CheckPartition(config, at));
      if (!read.insert(at).second) {
        return absl::InvalidArgumentError(absl::StrCat("shards: ", ToString(at), " is read twice"));
      }
    }
    if (!shard.journal.has_value()) continue;
    WM_RETURN_IF_ERROR(CheckPartition(config, *shard.journal));
    if (!journals.insert(*shard.journal).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("shards: ", ToString(*shard.journal), " is the journal of two shards"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Layout> CheckLayout(const RuntimeConfig& config, const store::Store& store) {
  Layout layout;
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> version,
                      store.Get(kMetaCf, MetaKey("version")));
  if (!version.has_value()) {
    WM_RETURN_IF_ERROR(store.Scan(kMetaCf, "", "", [&](std::string_view, std::string_view) {
      layout.fresh = false;
      return false;
    }));
    if (layout.fresh) return layout;
    return absl::FailedPreconditionError(
        "this store was left by a rebuild that did not end: empty it and rebuild once more");
  }
  layout.fresh = false;
  WM_ASSIGN_OR_RETURN(const uint64_t number, KeyReader(*version).Number());
  if (number != kLayoutVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("this store has layout version ", number, ", this program writes version ",
                     kLayoutVersion, ": use the program that wrote it, or rebuild an empty store"));
  }
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> source,
                      store.Get(kMetaCf, MetaKey("source")));
  if (source != config.source) {
    return absl::FailedPreconditionError(
        absl::StrCat("this store belongs to ", source.value_or("nobody"), ", not to ",
                     config.source, ": correct the data directory or the name"));
  }
  for (const auto& [topic, count] : config.topics) {
    WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                        store.Get(kMetaCf, TopicKey(topic)));
    if (!stored.has_value()) continue;
    WM_ASSIGN_OR_RETURN(const uint64_t recorded, KeyReader(*stored).Number());
    if (recorded != static_cast<uint64_t>(count)) {
      return OtherCount(topic, recorded, static_cast<uint64_t>(count));
    }
  }
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> now, store.Get(kMetaCf, MetaKey("now")));
  if (now.has_value()) {
    Decoder decoder(*now);
    layout.latest = decoder.Time();
    WM_RETURN_IF_ERROR(decoder.Finish("the time of the latest batch"));
  }
  return layout;
}

void WriteLayout(const RuntimeConfig& config, Overlay& overlay) {
  overlay.Put(kMetaCf, MetaKey("version"), BigEndian64(kLayoutVersion));
  overlay.Put(kMetaCf, MetaKey("source"), config.source);
  for (const auto& [topic, count] : config.topics) {
    overlay.Put(kMetaCf, TopicKey(topic), BigEndian64(static_cast<uint64_t>(count)));
  }
}

absl::Status CheckTopics(const RuntimeConfig& config, const eventlog::EventLog& log) {
  for (const auto& [topic, count] : config.topics) {
    const absl::StatusOr<int> existing = log.PartitionCount(topic);
    if (absl::IsNotFound(existing.status())) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", topic, " does not exist: create the topics before starting the services"));
    }
    WM_RETURN_IF_ERROR(existing.status());
    if (*existing != count) {
      return OtherCount(topic, static_cast<uint64_t>(*existing), static_cast<uint64_t>(count));
    }
  }
  return absl::OkStatus();
}

}  // namespace waymark::runtime
