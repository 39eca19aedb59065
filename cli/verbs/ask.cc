#include "cli/verbs/ask.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <future>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/publish/when.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

// The transport's words for the two usual reasons, in plain ones; anything else as it is.
std::string InPlainWords(std::string_view message) {
  if (message.find("Connection refused") != std::string_view::npos) return "nothing listens there";
  if (message.find("andshake failed") != std::string_view::npos) {
    return "its certificate or ours was not accepted; `waymark certificates list` says which has "
           "expired";
  }
  return std::string(message);
}

void SetPartnership(const std::string& partnership, google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("partnership");
  if (field != nullptr) request.GetReflection()->SetString(&request, field, partnership);
}

absl::Status CallOn(const Connection& connection, const Question& question,
                    google::protobuf::Message& request, google::protobuf::Message& response) {
  SetPartnership(connection.partnership, request);
  WM_ASSIGN_OR_RETURN(const rpc::CallOptions call, connection.Options());
  auto answer = std::make_shared<std::promise<absl::StatusOr<std::string>>>();
  connection.channel->Call(
      question.path, request.SerializeAsString(), call,
      [answer](absl::StatusOr<std::string> bytes) { answer->set_value(std::move(bytes)); });
  const absl::StatusOr<std::string> bytes = answer->get_future().get();
  if (!bytes.ok()) return Placed(bytes.status(), connection.where);
  if (!response.ParseFromString(*bytes)) return rpc::Undecodable(response.GetTypeName());
  return absl::OkStatus();
}

absl::StatusOr<Connection> Connect(const Workshop& workshop, const ConnectionOptions& options,
                                   const Question& question) {
  WM_ASSIGN_OR_RETURN(Connection connection, workshop.connect(options));
  if (question.asker == Asker::kPerson && !connection.has_person) {
    return absl::InvalidArgumentError(
        "this is for a named person: `--as AGENCY:PERSON`, or `--token-file FILE`");
  }
  return connection;
}

}  // namespace

absl::Status Placed(const absl::Status& status, const std::string& where) {
  if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return status;
  absl::Status placed(status.code(),
                      absl::StrCat(where, ": ", InPlainWords(ToStd(status.message()))));
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { placed.SetPayload(type, payload); });
  return placed;
}

absl::Status Call(const Workshop& workshop, const ConnectionOptions& options,
                  const Question& question, google::protobuf::Message& request,
                  google::protobuf::Message& response) {
  WM_ASSIGN_OR_RETURN(const Connection connection, Connect(workshop, options, question));
  return CallOn(connection, question, request, response);
}

int Ask(const Workshop& workshop, const ConnectionOptions& options, const Question& question,
        google::protobuf::Message& request, google::protobuf::Message& response,
        const std::function<void(std::ostream&)>& print) {
  const absl::StatusOr<Connection> connection = Connect(workshop, options, question);
  if (!connection.ok()) {
    SayStatus(workshop.terminal, options.json, question.doing, connection.status());
    return kExitUsage;
  }
  const absl::Status asked = CallOn(*connection, question, request, response);
  if (!asked.ok()) {
    SayStatus(workshop.terminal, options.json, question.doing, asked);
    return ExitCodeOf(asked);
  }
  if (options.json) {
    workshop.terminal.out << JsonOf(response) << "\n";
  } else {
    print(workshop.terminal.out);
  }
  return kExitOk;
}

int SayUsage(const Workshop& workshop, bool json, const std::string& doing,
             const std::string& message) {
  SayStatus(workshop.terminal, json, doing, absl::InvalidArgumentError(message));
  return kExitUsage;
}

std::string SetWhen(const std::string& option, const std::string& text,
                    google::protobuf::Timestamp* at) {
  if (text.empty()) return "";
  const std::optional<absl::Time> parsed = ParseWhen(text);
  if (!parsed) return absl::StrCat(option, ": wanted ", ToAbsl(kWhenForms));
  *at = TimestampOf(*parsed);
  return "";
}

}  // namespace waymark::cli
