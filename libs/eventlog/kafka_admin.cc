#include "libs/eventlog/kafka_admin.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/eventlog/kafka_client.h"

namespace waymark::eventlog {
namespace {

struct Free {
  void operator()(const rd_kafka_metadata_t* one) const { rd_kafka_metadata_destroy(one); }
  void operator()(rd_kafka_NewTopic_t* one) const { rd_kafka_NewTopic_destroy(one); }
  void operator()(rd_kafka_AdminOptions_t* one) const { rd_kafka_AdminOptions_destroy(one); }
  void operator()(rd_kafka_queue_t* one) const { rd_kafka_queue_destroy(one); }
  void operator()(rd_kafka_event_t* one) const { rd_kafka_event_destroy(one); }
  void operator()(rd_kafka_ConfigResource_t* one) const { rd_kafka_ConfigResource_destroy(one); }
  void operator()(rd_kafka_AclBinding_t* one) const { rd_kafka_AclBinding_destroy(one); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// What librdkafka waits for an answer beyond its own time-out of a request.
constexpr int kGraceMs = 2000;
constexpr size_t kTopicsOfCallMax = 100;

// In the order of rd_kafka_AclOperation_t.
constexpr std::array kOperations = {"unknown",
                                    "any",
                                    "all",
                                    "read",
                                    "write",
                                    "create",
                                    "delete",
                                    "alter",
                                    "describe",
                                    "cluster_action",
                                    "describe_configs",
                                    "alter_configs",
                                    "idempotent_write"};
static_assert(kOperations.size() == RD_KAFKA_ACL_OPERATION__CNT);

// Kafka's number for a cluster among resources is the one that librdkafka calls a broker.
const std::map<std::string, rd_kafka_ResourceType_t>& Resources() {
  static const auto& all =
      *new std::map<std::string, rd_kafka_ResourceType_t>{{"topic", RD_KAFKA_RESOURCE_TOPIC},
                                                          {"group", RD_KAFKA_RESOURCE_GROUP},
                                                          {"cluster", RD_KAFKA_RESOURCE_BROKER}};
  return all;
}

KafkaAcl FromBinding(const rd_kafka_AclBinding_t* binding) {
  KafkaAcl acl;
  acl.resource = "other";
  for (const auto& [word, type] : Resources()) {
    if (type == rd_kafka_AclBinding_restype(binding)) acl.resource = word;
  }
  acl.name = rd_kafka_AclBinding_name(binding);
  acl.prefix =
      rd_kafka_AclBinding_resource_pattern_type(binding) == RD_KAFKA_RESOURCE_PATTERN_PREFIXED;
  acl.principal = rd_kafka_AclBinding_principal(binding);
  acl.host = rd_kafka_AclBinding_host(binding);
  const auto operation = static_cast<size_t>(rd_kafka_AclBinding_operation(binding));
  acl.operation = kOperations[std::min(operation, kOperations.size() - 1)];
  acl.deny = rd_kafka_AclBinding_permission_type(binding) == RD_KAFKA_ACL_PERMISSION_TYPE_DENY;
  return acl;
}

// As a binding to add, or as a filter that matches it alone.
Owned<rd_kafka_AclBinding_t> ToBinding(const KafkaAcl& acl, bool filter) {
  const auto resource = Resources().find(acl.resource);
  const auto operation = std::find(kOperations.begin(), kOperations.end(), acl.operation);
  if (resource == Resources().end() || operation == kOperations.end()) return nullptr;
  char why[256];
  return Owned<rd_kafka_AclBinding_t>(
      (filter ? rd_kafka_AclBindingFilter_new : rd_kafka_AclBinding_new)(
          resource->second, acl.name.c_str(),
          acl.prefix ? RD_KAFKA_RESOURCE_PATTERN_PREFIXED : RD_KAFKA_RESOURCE_PATTERN_LITERAL,
          acl.principal.c_str(), acl.host.c_str(),
          static_cast<rd_kafka_AclOperation_t>(operation - kOperations.begin()),
          acl.deny ? RD_KAFKA_ACL_PERMISSION_TYPE_DENY : RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, why,
          sizeof(why)));
}

absl::Status AdminError(int code, std::string_view said, std::string_view doing) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return absl::OkStatus();
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::AlreadyExistsError(absl::StrCat(ToAbsl(doing), ": it is there already"));
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(
          absl::StrCat(ToAbsl(doing),
                       ": the broker does not let this certificate's name do it: "
                       "use an operator's, or add it to the broker's super.users"));
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
      return absl::FailedPreconditionError(
          absl::StrCat(ToAbsl(doing), ": there are fewer brokers than copies wanted (",
                       ToAbsl(said), "): give another --replication, or start more brokers"));
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
      return absl::FailedPreconditionError(
          absl::StrCat(ToAbsl(doing),
                       ": the broker has no authoriser: set "
                       "authorizer.class.name, or everybody may do everything"));
    default:
      return absl::UnavailableError(absl::StrCat(ToAbsl(doing), ": ", ToAbsl(said)));
  }
}

}  // namespace

struct KafkaAdmin::Impl {
  explicit Impl(const KafkaOptions& given) : options(given), told(given.tell) {}

  // Sends by `send` and waits for its event.
  absl::StatusOr<Owned<rd_kafka_event_t>> Ask(
      rd_kafka_admin_op_t operation, const std::string& doing,
      const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send,
      bool only_ask = false) {
    const int wait = static_cast<int>(absl::ToInt64Milliseconds(options.append_wait));
    const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(handle.get()));
    const Owned<rd_kafka_AdminOptions_t> how(rd_kafka_AdminOptions_new(handle.get(), operation));
    char why[256];
    rd_kafka_AdminOptions_set_request_timeout(how.get(), wait, why, sizeof(why));
    if (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
      rd_kafka_AdminOptions_set_operation_timeout(how.get(), wait, why, sizeof(why));
    }
    if (only_ask) rd_kafka_AdminOptions_set_validate_only(how.get(), 1, why, sizeof(why));
    send(how.get(), queue.get());
    Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), wait + kGraceMs));
    rd_kafka_poll(handle.get(), 0);
    if (event == nullptr) return internal::NotReached(options, told.Latest());
    const int code = rd_kafka_event_error(event.get());
    if (code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT) {
      return internal::NotReached(options, told.Latest());
    }
    WM_RETURN_IF_ERROR(AdminError(code, rd_kafka_event_error_string(event.get()), doing));
    return event;
  }

  absl::Status Make(const KafkaTopic& topic, bool only_ask);
  absl::Status ReadSettings(std::vector<KafkaTopic*> topics, const std::vector<std::string>& names);

  const KafkaOptions options;
  internal::Told told;
  internal::Handle handle;
};

KafkaAdmin::KafkaAdmin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaAdmin::~KafkaAdmin() = default;

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Open(const KafkaOptions& options,
                                                             Clock& clock) {
  WM_RETURN_IF_ERROR(internal::CheckTlsFiles(options.tls, clock.Now()));
  auto impl = std::make_unique<Impl>(options);
  WM_ASSIGN_OR_RETURN(impl->handle,
                      internal::NewHandle(options, {.role = internal::Role::kConsumer,
                                                    .more = {{"allow.auto.create.topics", "false"}},
                                                    .told = &impl->told}));
  return std::unique_ptr<KafkaAdmin>(new KafkaAdmin(std::move(impl)));
}

absl::StatusOr<std::vector<KafkaTopic>> KafkaAdmin::Topics(const std::vector<std::string>& names) {
  const int wait = static_cast<int>(absl::ToInt64Milliseconds(impl_->options.append_wait));
  const rd_kafka_metadata_t* raw = nullptr;
  const auto err = rd_kafka_metadata(impl_->handle.get(), 1, nullptr, &raw, wait);
  rd_kafka_poll(impl_->handle.get(), 0);
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return internal::NotReached(impl_->options, impl_->told.Latest());
  }
  const Owned<const rd_kafka_metadata_t> metadata(raw);
  std::vector<KafkaTopic> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& one = metadata->topics[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || absl::StartsWith(one.topic, "__")) continue;
    KafkaTopic topic;
    topic.name = one.topic;
    topic.partitions = one.partition_cnt;
    if (one.partition_cnt > 0) topic.replication = one.partitions[0].replica_cnt;
    topics.push_back(std::move(topic));
  }
  std::sort(topics.begin(), topics.end(),
            [](const KafkaTopic& a, const KafkaTopic& b) { return a.name < b.name; });
  for (size_t begin = 0; begin < topics.size() && !names.empty(); begin += kTopicsOfCallMax) {
    std::vector<KafkaTopic*> some;
    for (size_t i = begin; i < std::min(topics.size(), begin + kTopicsOfCallMax); ++i) {
      some.push_back(&topics[i]);
    }
    WM_RETURN_IF_ERROR(impl_->ReadSettings(std::move(some), names));
  }
  return topics;
}

absl::Status KafkaAdmin::Impl::ReadSettings(std::vector<KafkaTopic*> topics,
                                            const std::vector<std::string>& names) {
  std::vector<Owned<rd_kafka_ConfigResource_t>> owned;
  std::vector<rd_kafka_ConfigResource_t*> resources;
  for (const KafkaTopic* topic : topics) {
    owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic->name.c_str()));
    resources.push_back(owned.back().get());
  }
  WM_ASSIGN_OR_RETURN(const auto event,
                      Ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "looking at the settings of topics",
                          [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                            rd_kafka_DescribeConfigs(handle.get(), resources.data(),
                                                     resources.size(), how, queue);
                          }));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const std::string name = rd_kafka_ConfigResource_name(found[i]);
    if (const auto err = rd_kafka_ConfigResource_error(found[i]);
        err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return AdminError(err, rd_kafka_err2str(err), absl::StrCat("settings of topic ", name));
    }
    const auto topic = std::find_if(topics.begin(), topics.end(),
                                    [&](const KafkaTopic* one) { return one->name == name; });
    size_t entries = 0;
    const rd_kafka_ConfigEntry_t** entry = rd_kafka_ConfigResource_configs(found[i], &entries);
    for (size_t j = 0; j < entries && topic != topics.end(); ++j) {
      const std::string setting = rd_kafka_ConfigEntry_name(entry[j]);
      const char* value = rd_kafka_ConfigEntry_value(entry[j]);
      if (value == nullptr || std::find(names.begin(), names.end(), setting) == names.end())
        continue;
      (*topic)->settings[setting] = value;
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::MakeTopic(const KafkaTopic& topic) { return impl_->Make(topic, false); }

absl::Status KafkaAdmin::Impl::Make(const KafkaTopic& topic, bool only_ask) {
  char why[256];
  const Owned<rd_kafka_NewTopic_t> wanted(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, topic.replication, why, sizeof(why)));
  if (wanted == nullptr) return absl::InvalidArgumentError(why);
  for (const auto& [name, value] : topic.settings) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* one = wanted.get();
  const std::string doing = absl::StrCat("making topic ", topic.name);
  WM_ASSIGN_OR_RETURN(const auto event,
                      Ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, doing,
                          [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                            rd_kafka_CreateTopics(handle.get(), &one, 1, how, queue);
                          }));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const auto err = rd_kafka_topic_result_error(results[i]);
    const char* said = rd_kafka_topic_result_error_string(results[i]);
    WM_RETURN_IF_ERROR(AdminError(err, said != nullptr ? said : rd_kafka_err2str(err), doing));
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::SetSettings(const std::string& topic,
                                     const std::map<std::string, std::string>& settings) {
  const Owned<rd_kafka_ConfigResource_t> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  for (const auto& [name, value] : settings) {
    rd_kafka_ConfigResource_set_config(resource.get(), name.c_str(), value.c_str());
  }
  rd_kafka_ConfigResource_t* one = resource.get();
  const std::string doing = absl::StrCat("changing the settings of topic ", topic);
  WM_ASSIGN_OR_RETURN(const auto event,
                      impl_->Ask(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, doing,
                                 [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                                   rd_kafka_AlterConfigs(impl_->handle.get(), &one, 1, how, queue);
                                 }));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** results = rd_kafka_AlterConfigs_result_resources(
      rd_kafka_event_AlterConfigs_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const auto err = rd_kafka_ConfigResource_error(results[i]);
    WM_RETURN_IF_ERROR(AdminError(err, rd_kafka_err2str(err), doing));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KafkaAcl>> KafkaAdmin::Acls() {
  // Who may not look is answered with an empty list here, as if there were no rules.
  const absl::Status may = impl_->Make({"waymark.may-this-be-made", 1, -1, {}}, true);
  if (absl::IsPermissionDenied(may)) return may;
  char why[256];
  const Owned<rd_kafka_AclBinding_t> any(rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_ANY, nullptr, RD_KAFKA_RESOURCE_PATTERN_ANY, nullptr, nullptr,
      RD_KAFKA_ACL_OPERATION_ANY, RD_KAFKA_ACL_PERMISSION_TYPE_ANY, why, sizeof(why)));
  WM_ASSIGN_OR_RETURN(const auto event,
                      impl_->Ask(RD_KAFKA_ADMIN_OP_DESCRIBEACLS, "looking at access lists",
                                 [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                                   rd_kafka_DescribeAcls(impl_->handle.get(), any.get(), how,
                                                         queue);
                                 }));
  size_t count = 0;
  const rd_kafka_AclBinding_t** found =
      rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event.get()), &count);
  std::vector<KafkaAcl> acls;
  for (size_t i = 0; i < count; ++i) acls.push_back(FromBinding(found[i]));
  std::sort(acls.begin(), acls.end());
  return acls;
}

absl::Status KafkaAdmin::AddAcls(const std::vector<KafkaAcl>& acls) {
  if (acls.empty()) return absl::OkStatus();
  std::vector<Owned<rd_kafka_AclBinding_t>> owned;
  std::vector<rd_kafka_AclBinding_t*> bindings;
  for (const KafkaAcl& acl : acls) {
    owned.push_back(ToBinding(acl, false));
    if (owned.back() == nullptr)
      return absl::InvalidArgumentError("an access rule in no such form");
    bindings.push_back(owned.back().get());
  }
  const std::string doing = "adding access rules";
  WM_ASSIGN_OR_RETURN(const auto event,
                      impl_->Ask(RD_KAFKA_ADMIN_OP_CREATEACLS, doing,
                                 [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                                   rd_kafka_CreateAcls(impl_->handle.get(), bindings.data(),
                                                       bindings.size(), how, queue);
                                 }));
  size_t count = 0;
  const rd_kafka_acl_result_t** results =
      rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_error_t* error = rd_kafka_acl_result_error(results[i]);
    if (error == nullptr) continue;
    WM_RETURN_IF_ERROR(AdminError(rd_kafka_error_code(error), rd_kafka_error_string(error), doing));
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::RemoveAcls(const std::vector<KafkaAcl>& acls) {
  if (acls.empty()) return absl::OkStatus();
  std::vector<Owned<rd_kafka_AclBinding_t>> owned;
  std::vector<rd_kafka_AclBinding_t*> filters;
  for (const KafkaAcl& acl : acls) {
    owned.push_back(ToBinding(acl, true));
    if (owned.back() == nullptr)
      return absl::InvalidArgumentError("an access rule in no such form");
    filters.push_back(owned.back().get());
  }
  const std::string doing = "removing access rules";
  WM_ASSIGN_OR_RETURN(const auto event,
                      impl_->Ask(RD_KAFKA_ADMIN_OP_DELETEACLS, doing,
                                 [&](const rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
                                   rd_kafka_DeleteAcls(impl_->handle.get(), filters.data(),
                                                       filters.size(), how, queue);
                                 }));
  size_t count = 0;
  const rd_kafka_DeleteAcls_result_response_t** results =
      rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_error_t* error = rd_kafka_DeleteAcls_result_response_error(results[i]);
    if (error == nullptr) continue;
    WM_RETURN_IF_ERROR(AdminError(rd_kafka_error_code(error), rd_kafka_error_string(error), doing));
  }
  return absl::OkStatus();
}

}  // namespace waymark::eventlog
