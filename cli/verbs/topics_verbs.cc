// waymark topics: the topics and access lists of a Kafka cluster, from the one list.
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/partnership/layout.h"
#include "cli/topics/plan.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "libs/base/status.h"

namespace waymark::cli {
namespace {

constexpr int kReplicationMax = 32;

struct Options {
  ConnectionOptions connection;
  std::string list, tls;
  std::vector<std::string> bootstrap, directories;
  int64_t replication = -1;
  bool remove_surplus = false;
};

void AddTopicsOptions(const Verb& verb, Workshop& workshop, Options* options) {
  AddDataOptions(verb, workshop, &options->connection);
  verb.Texts("--bootstrap", &options->bootstrap,
             "a broker as host:port; may be given several times", Need::kRequired);
  verb.Texts(
      "--directory", &options->directories,
      "partnership's directory; one for each that shares the cluster [DATA/partnership.yaml]");
  verb.Text("--list", &options->list, "the list of topics [deploy/topics.yaml as shipped]");
  verb.Text("--tls", &options->tls,
            "an operator's cert.pem, key.pem and ca.pem [DATA/operators/local/tls]");
}

struct Cluster {
  std::unique_ptr<eventlog::KafkaAdmin> admin;
  std::vector<config::WantedTopic> wanted;
};

absl::StatusOr<Cluster> Reach(const Workshop& workshop, const Options& options) {
  const Layout layout{options.connection.data};
  std::vector<std::string> directories = options.directories;
  if (directories.empty()) directories.push_back(layout.PartnershipFile());
  std::vector<config::Partnership> partnerships;
  for (const std::string& directory : directories) {
    WM_ASSIGN_OR_RETURN(auto partnership, config::LoadPartnership(directory));
    partnerships.push_back(std::move(partnership));
  }
  WM_ASSIGN_OR_RETURN(
      const auto list,
      config::LoadTopicList(options.list.empty() ? ShippedFolder() + "/deploy/topics.yaml"
                                                 : options.list));
  Cluster cluster;
  WM_ASSIGN_OR_RETURN(cluster.wanted, config::WantedTopics(list, partnerships));
  eventlog::KafkaOptions kafka;
  kafka.bootstrap = options.bootstrap;
  kafka.tls =
      eventlog::KafkaTlsOf(options.tls.empty() ? layout.Operator("local").Tls() : options.tls);
  kafka.client_id = "waymark-topics";
  WM_ASSIGN_OR_RETURN(cluster.admin, eventlog::KafkaAdmin::Open(kafka, workshop.clock));
  return cluster;
}

absl::StatusOr<TopicPlan> Plan(Cluster& cluster) {
  WM_ASSIGN_OR_RETURN(const auto topics, cluster.admin->Topics(SettingNames(cluster.wanted)));
  WM_ASSIGN_OR_RETURN(const auto acls, cluster.admin->Acls());
  return PlanTopics(cluster.wanted, topics, acls);
}

void Print(const Terminal& terminal, bool json, const std::vector<TopicFinding>& findings,
           const std::string& summary) {
  auto list = nlohmann::ordered_json::array();
  for (const TopicFinding& one : findings) {
    list.push_back(
        {{"code", one.code}, {"subject", one.subject}, {"what", one.what}, {"remedy", one.remedy}});
  }
  if (json) {
    terminal.out << nlohmann::ordered_json({{"findings", list}, {"summary", summary}}).dump()
                 << "\n";
    return;
  }
  for (const TopicFinding& one : findings) {
    terminal.out << one.code << ": " << one.subject << "\n  " << one.what
                 << "\n  do: " << one.remedy << "\n";
  }
  terminal.out << summary << "\n";
}

int Check(Workshop& workshop, const Options& options) {
  auto cluster = Reach(workshop, options);
  const auto plan = cluster.ok() ? Plan(*cluster) : cluster.status();
  if (!plan.ok()) {
    SayStatus(workshop.terminal, options.connection.json, "topics check", plan.status());
    return ExitCodeOf(plan.status());
  }
  const size_t found = plan->findings.size();
  Print(workshop.terminal, options.connection.json, plan->findings,
        found == 0 ? absl::StrCat(cluster->wanted.size(), " topics are as the list says")
                   : absl::StrCat(found, found == 1 ? " finding" : " findings"));
  return found == 0 ? kExitOk : kExitFailed;
}

// Makes and changes; the findings that are left.
absl::StatusOr<std::vector<TopicFinding>> Carry(Cluster& cluster, const TopicPlan& plan,
                                                const Options& options) {
  for (eventlog::KafkaTopic topic : plan.make) {
    topic.replication = static_cast<int>(options.replication);
    const absl::Status made = cluster.admin->MakeTopic(topic);
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  }
  for (const eventlog::KafkaTopic& topic : plan.settings) {
    WM_RETURN_IF_ERROR(cluster.admin->SetSettings(topic.name, topic.settings));
  }
  WM_RETURN_IF_ERROR(cluster.admin->AddAcls(plan.add));
  if (options.remove_surplus) WM_RETURN_IF_ERROR(cluster.admin->RemoveAcls(plan.surplus));
  std::vector<TopicFinding> left;
  for (const TopicFinding& finding : plan.findings) {
    if (finding.code == "topic_partitions" ||
        (finding.code == "acl_surplus" && !options.remove_surplus)) {
      left.push_back(finding);
    }
  }
  return left;
}

int Apply(Workshop& workshop, const Options& options) {
  auto cluster = Reach(workshop, options);
  const auto plan = cluster.ok() ? Plan(*cluster) : cluster.status();
  const auto left = plan.ok() ? Carry(*cluster, *plan, options) : plan.status();
  if (!left.ok()) {
    SayStatus(workshop.terminal, options.connection.json, "topics apply", left.status());
    return ExitCodeOf(left.status());
  }
  Print(workshop.terminal, options.connection.json, *left,
        absl::StrCat("Made ", plan->make.size(), " topics, changed the settings of ",
                     plan->settings.size(), ", added ", plan->add.size(), " access rules, removed ",
                     options.remove_surplus ? plan->surplus.size() : 0));
  return left->empty() ? kExitOk : kExitFailed;
}

}  // namespace

void AddTopics(Verb root, Workshop& workshop) {
  const Verb topics = root.Sub("topics", "Topics and access lists of the partnership's Kafka");
  const Verb apply = topics.Sub("apply", "Make and change what the list of topics says");
  const auto apply_options = std::make_shared<Options>();
  AddTopicsOptions(apply, workshop, apply_options.get());
  apply.Number("--replication", &apply_options->replication, 1, kReplicationMax,
               "copies of a topic that is made [as the brokers are set]");
  apply.Flag("--remove-surplus", &apply_options->remove_surplus,
             "also remove access rules that the list does not have");
  apply.Does([&workshop, apply_options] { return Apply(workshop, *apply_options); });

  const Verb check = topics.Sub("check", "Compare the cluster with the list; changes nothing");
  const auto check_options = std::make_shared<Options>();
  AddTopicsOptions(check, workshop, check_options.get());
  check.Does([&workshop, check_options] { return Check(workshop, *check_options); });
}

}  // namespace waymark::cli
