// The declarative list of topics (deploy/topics.yaml), and what it comes to for partnerships: every
// topic with its settings and the names of those who may write and read it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/config/partnership.h"

namespace waymark::config {

// As the words of the file.
enum class TopicParty { kIntake, kRisk, kCasemgr, kGateway, kCoGateways };

struct TopicFamily {
  std::string name;               // may hold <partnership> and <agency>
  std::optional<int> partitions;  // nullopt: core_partitions of the directory
  std::optional<int> keep_days;   // nullopt: always
  std::vector<TopicParty> writers, readers;
};

// InvalidArgument with one line for each problem: file, line, what was found and wanted.
absl::StatusOr<std::vector<TopicFamily>> ParseTopicList(std::string_view yaml,
                                                        const std::string& file);
absl::StatusOr<std::vector<TopicFamily>> LoadTopicList(const std::string& file);

struct WantedTopic {
  std::string name;
  int partitions = 1;
  std::map<std::string, std::string> settings;  // "cleanup.policy": "delete", ...
  std::set<std::string> writers, readers;       // names in certificates (topics.h)

  friend bool operator==(const WantedTopic&, const WantedTopic&) = default;
};

// In order of name. Partnerships that share a cluster share the core topics: FailedPrecondition
// when they want different numbers of partitions of one.
absl::StatusOr<std::vector<WantedTopic>> WantedTopics(const std::vector<TopicFamily>& list,
                                                      const std::vector<Partnership>& partnerships);

}  // namespace waymark::config
