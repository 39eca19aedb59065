#include "libs/config/topic_list.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/file.h"
#include "libs/config/strict_yaml.h"
#include "libs/config/topics.h"

namespace waymark::config {
namespace {

constexpr int64_t kPartitionsMax = 10'000;
constexpr int64_t kDaysMax = 36'500;
constexpr int64_t kMillisecondsPerDay = 86'400'000;
constexpr const char* kAgency = "<agency>";
constexpr const char* kPartnership = "<partnership>";

const std::vector<std::pair<std::string_view, TopicParty>>& PartyWords() {
  static const auto& words = *new std::vector<std::pair<std::string_view, TopicParty>>{
      {"intake", TopicParty::kIntake},
      {"risk", TopicParty::kRisk},
      {"casemgr", TopicParty::kCasemgr},
      {"gateway", TopicParty::kGateway},
      {"co_gateways", TopicParty::kCoGateways}};
  return words;
}

std::vector<TopicParty> ReadParties(const YamlNode& node, bool has_agency) {
  std::vector<TopicParty> parties;
  for (const YamlNode& item : node.Items()) {
    const TopicParty party = item.Choice(PartyWords());
    const bool gateway = party == TopicParty::kGateway || party == TopicParty::kCoGateways;
    if (gateway && !has_agency) item.Refuse("a core service: this topic is of no agency", true);
    parties.push_back(party);
  }
  if (parties.empty()) node.Refuse("at least one party");
  return parties;
}

// A number, or nullopt for `word`.
std::optional<int> ReadNumberOr(const YamlNode& node, std::string_view word, int64_t max) {
  if (node.Text() == word) return std::nullopt;
  return static_cast<int>(node.Integer(1, max));
}

TopicFamily ReadFamily(const YamlNode& node) {
  TopicFamily family;
  const YamlNode name = node.At("name");
  family.name = name.Text();
  const bool has_agency = absl::StrContains(family.name, kAgency);
  if (has_agency != absl::StrContains(family.name, kPartnership)) {
    name.Refuse("a name with both <partnership> and <agency>, or neither", true);
  }
  family.partitions = ReadNumberOr(node.At("partitions"), "core", kPartitionsMax);
  family.keep_days = ReadNumberOr(node.At("keep_days"), "always", kDaysMax);
  family.writers = ReadParties(node.At("writers"), has_agency);
  family.readers = ReadParties(node.At("readers"), has_agency);
  return family;
}

// Of the topic of `agency`; "" for a topic of the core.
std::set<std::string> Names(const std::vector<TopicParty>& parties, const Partnership& partnership,
                            const std::string& agency) {
  std::set<std::string> names;
  const std::string& domain = partnership.trust_domain;
  for (const TopicParty party : parties) {
    switch (party) {
      case TopicParty::kIntake:
        names.insert(CoreName(domain, kIntakeSource));
        break;
      case TopicParty::kRisk:
        names.insert(CoreName(domain, kRiskSource));
        break;
      case TopicParty::kCasemgr:
        names.insert(CoreName(domain, kCasemgrSource));
        break;
      case TopicParty::kGateway:
        names.insert(GatewayName(domain, agency));
        break;
      case TopicParty::kCoGateways:
        for (const Member& member : partnership.members) {
          if (member.agency != agency) names.insert(GatewayName(domain, member.agency));
        }
        break;
    }
  }
  return names;
}

WantedTopic Want(const TopicFamily& family, const Partnership& partnership,
                 const std::string& agency) {
  WantedTopic topic;
  topic.name =
      absl::StrReplaceAll(family.name, {{kPartnership, partnership.id}, {kAgency, agency}});
  topic.partitions = family.partitions.value_or(partnership.core_partitions);
  topic.settings["cleanup.policy"] = "delete";
  topic.settings["retention.bytes"] = "-1";
  topic.settings["retention.ms"] =
      family.keep_days ? absl::StrCat(*family.keep_days * kMillisecondsPerDay) : "-1";
  topic.writers = Names(family.writers, partnership, agency);
  topic.readers = Names(family.readers, partnership, agency);
  return topic;
}

}  // namespace

absl::StatusOr<std::vector<TopicFamily>> ParseTopicList(std::string_view yaml,
                                                        const std::string& file) {
  WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(yaml, file));
  std::vector<TopicFamily> list;
  std::set<std::string> names;
  for (const YamlNode& node : document.root().At("topics").Items()) {
    list.push_back(ReadFamily(node));
    if (!names.insert(list.back().name).second) node.Refuse("a topic that is listed once");
  }
  WM_RETURN_IF_ERROR(document.Finish());
  return list;
}

absl::StatusOr<std::vector<TopicFamily>> LoadTopicList(const std::string& file) {
  WM_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(file));
  return ParseTopicList(yaml, file);
}

absl::StatusOr<std::vector<WantedTopic>> WantedTopics(
    const std::vector<TopicFamily>& list, const std::vector<Partnership>& partnerships) {
  std::map<std::string, WantedTopic> topics;
  for (const Partnership& partnership : partnerships) {
    for (const TopicFamily& family : list) {
      std::vector<std::string> agencies = {""};
      if (absl::StrContains(family.name, kAgency)) {
        agencies.clear();
        for (const Member& member : partnership.members) agencies.push_back(member.agency);
      }
      for (const std::string& agency : agencies) {
        WantedTopic wanted = Want(family, partnership, agency);
        const auto [at, fresh] = topics.try_emplace(wanted.name, wanted);
        if (fresh) continue;
        if (at->second.partitions != wanted.partitions) {
          return absl::FailedPreconditionError(
              absl::StrCat("topic ", wanted.name, ": partnership ", partnership.id, " wants ",
                           wanted.partitions, " partitions and another one ", at->second.partitions,
                           "; partnerships on one cluster have the same core_partitions"));
        }
        at->second.writers.merge(wanted.writers);
        at->second.readers.merge(wanted.readers);
      }
    }
  }
  std::vector<WantedTopic> all;
  for (auto& [name, topic] : topics) all.push_back(std::move(topic));
  return all;
}

}  // namespace waymark::config
