#include "cli/publish/json_incident.h"

#include <google/protobuf/util/json_util.h>

#include "cli/rules/json.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

constexpr size_t kDepthMax = 64;

// A run of what paths are made of, from `at` on, which is moved behind it.
std::string PathPart(const std::string& message, size_t& at) {
  const size_t begin = at;
  while (at < message.size() && (std::isalnum(static_cast<unsigned char>(message[at])) ||
                                 std::string_view("_.[]").find(message[at]) != std::string::npos)) {
    ++at;
  }
  return message.substr(begin, at - begin);
}

// The library's message begins with the path: "colour: Cannot find field.", "(location) colour:
// Cannot find field." or "(parties[0].roles[0]): invalid value ...". Only the path is taken: the
// rest may quote content.
std::string PathOf(const std::string& message) {
  size_t at = 0;
  std::string path;
  if (message.substr(0, 1) == "(") {
    path = PathPart(message, ++at);
    if (message.substr(at, 1) != ")") return "";
    ++at;
    if (message.substr(at, 1) == " ") ++at;
  }
  const std::string name = PathPart(message, at);
  if (message.substr(at, 1) != ":") return path;
  if (path.empty() || name.empty()) return path + name;
  return path + "." + name;
}

}  // namespace

std::vector<Problem> ReadJsonIncident(const std::string& text, gateway::v1::Incident& incident) {
  // First by a strict parser: protobuf's takes some things that are not JSON.
  std::string why;
  JsonReader reader(kDepthMax);
  const Json* json = reader.Parse(text, &why);
  if (json == nullptr || !json->Is(Json::Kind::kObject)) {
    if (json != nullptr) why = "another kind of value";
    return {{"not_json", "", "one JSON object on the line (found: " + why + ")",
             "write each incident as one object on one line"}};
  }
  const google::protobuf::util::Status status =
      google::protobuf::util::JsonStringToMessage(text, &incident);
  if (status.ok()) return {};
  const std::string message(status.message().data(), status.message().size());
  if (message.find("Cannot find field") != std::string::npos) {
    return {{"unknown_field", PathOf(message), "a field of waymark.gateway.v1.Incident",
             "correct its name or leave it out; `waymark help jsonl` shows an example"}};
  }
  return {{"malformed", PathOf(message), "a value of the field's type",
           "write times as 2026-03-06T18:00:00Z and words of a list as in `waymark help jsonl`"}};
}

}  // namespace waymark::cli
