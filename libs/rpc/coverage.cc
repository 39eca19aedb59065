#include "libs/rpc/coverage.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <future>

#include "absl/strings/str_cat.h"

namespace waymark::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

std::string Compare(const google::protobuf::MethodDescriptor& method,
                    const MethodTable::Entry& entry) {
  if (entry.info.request_type != method.input_type()->full_name()) return "another request type";
  if (entry.info.response_type != method.output_type()->full_name()) return "another response type";
  MethodKind kind = MethodKind::kUnary;
  if (method.server_streaming()) kind = MethodKind::kServerStream;
  if (method.client_streaming()) kind = MethodKind::kBidiStream;
  if (method.client_streaming() && !method.server_streaming()) return "a client stream, not served";
  return entry.info.kind == kind ? "" : "another kind of streaming";
}

absl::Status CallEmpty(Channel& channel, const MethodInfo& method) {
  auto answer = std::make_shared<std::promise<absl::Status>>();
  CallOptions options;
  options.timeout = kPatience;
  if (method.kind == MethodKind::kUnary) {
    channel.Call(method.path, "", options, [answer](absl::StatusOr<std::string> bytes) {
      answer->set_value(bytes.status());
    });
    return answer->get_future().get();
  }
  auto stream = channel.Open(method.path, options);
  stream->Write("", [](bool) {});
  stream->Read([answer](absl::StatusOr<std::optional<std::string>> item) {
    answer->set_value(item.status());
  });
  return answer->get_future().get();
}

}  // namespace

std::vector<std::string> UncoveredMethods(const MethodTable& table,
                                          const std::vector<std::string>& services) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  std::vector<std::string> faults;
  for (const std::string& name : services) {
    const auto* service = pool->FindServiceByName(name);
    if (service == nullptr) {
      faults.push_back(absl::StrCat(name, " is in no linked proto"));
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      std::string path = absl::StrCat("/", name, "/", method.name());
      const MethodTable::Entry* entry = table.Find(path);
      std::string fault = entry == nullptr ? "not in the table" : Compare(method, *entry);
      if (!fault.empty()) faults.push_back(absl::StrCat(path, ": ", fault));
    }
  }
  return faults;
}

std::vector<std::string> NotRefused(const MethodTable& table,
                                    const std::vector<RefusedCaller>& callers,
                                    const std::vector<std::string>& except) {
  std::vector<std::string> faults;
  for (const MethodInfo& method : table.List()) {
    if (std::find(except.begin(), except.end(), method.service) != except.end()) continue;
    for (const RefusedCaller& caller : callers) {
      absl::Status status = CallEmpty(*caller.channel, method);
      const auto& refusals = caller.refusals;
      if (std::find(refusals.begin(), refusals.end(), status.code()) != refusals.end()) continue;
      faults.push_back(absl::StrCat(method.path, " called with ", caller.description, " gave ",
                                    status.ToString()));
    }
  }
  return faults;
}

}  // namespace waymark::rpc
