#include "libs/rpc/method_table.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/rpc/errors.h"

namespace waymark::rpc {

absl::Status Undecodable(const std::string& type_name) {
  return ProblemStatus({"undecodable", "", absl::StrCat("the bytes of a ", type_name),
                        "send a message built from the published proto"});
}

void MethodTable::Add(Entry entry) {
  const std::string& path = entry.info.path;
  size_t slash = path.rfind('/');
  WM_CHECK(path.size() > 3 && path[0] == '/' && slash > 1 && slash + 1 < path.size(),
           "a path is /SERVICE/METHOD");
  entry.info.service = path.substr(1, slash - 1);
  entry.info.name = path.substr(slash + 1);
  WM_CHECK(entry.info.service.find('/') == std::string::npos, "a path is /SERVICE/METHOD");
  WM_CHECK(!entries_.contains(path), "a path is added once");
  std::string key = path;
  entries_.emplace(std::move(key), std::move(entry));
}

std::vector<MethodInfo> MethodTable::List() const {
  std::vector<MethodInfo> infos;
  for (const auto& [path, entry] : entries_) infos.push_back(entry.info);
  return infos;
}

std::vector<std::string> MethodTable::Services() const {
  std::set<std::string> services;
  for (const auto& [path, entry] : entries_) services.insert(entry.info.service);
  return {services.begin(), services.end()};
}

const MethodTable::Entry* MethodTable::Find(std::string_view path) const {
  auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : &found->second;
}

struct RawReply::State {
  explicit State(std::function<void(absl::StatusOr<std::string>)> done_in)
      : done(std::move(done_in)) {}
  ~State() {
    if (!answered.exchange(true)) {
      done(absl::InternalError("the service let go of the call without answering it"));
    }
  }
  std::function<void(absl::StatusOr<std::string>)> done;
  std::atomic<bool> answered = false;
};

RawReply::RawReply(std::function<void(absl::StatusOr<std::string>)> done)
    : state_(std::make_shared<State>(std::move(done))) {}

void RawReply::operator()(absl::StatusOr<std::string> answer) const {
  WM_CHECK(!state_->answered.exchange(true), "a call is answered once");
  state_->done(std::move(answer));
}

}  // namespace waymark::rpc
