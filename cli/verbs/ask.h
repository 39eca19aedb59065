// One unary call of a verb: connects, asks, prints the answer for people or programs, or why there
// is none; gives the exit code. For the .cc files of verbs only.
#pragma once

#include <functional>
#include <string>

#include "cli/verbs/connection.h"
#include "cli/verbs/exit_codes.h"

namespace google::protobuf {
class Message;
}

namespace waymark::cli {

enum class Asker { kSystem, kPerson };

struct Question {
  std::string doing;  // "look-up": begins what is said when it fails
  std::string path;   // "/waymark.gateway.v1.LookUpService/LookUp"
  Asker asker = Asker::kPerson;
};

// Fills the field `partnership` of the request; `response` is filled in when OK is returned.
absl::Status Call(const Workshop& workshop, const ConnectionOptions& options,
                  const Question& question, google::protobuf::Message& request,
                  google::protobuf::Message& response);

// The same with everything said. `print` is for people, after an OK.
int Ask(const Workshop& workshop, const ConnectionOptions& options, const Question& question,
        google::protobuf::Message& request, google::protobuf::Message& response,
        const std::function<void(std::ostream&)>& print);

// A failure to reach somebody, with where that is and in plain words; any other status as it is.
absl::Status Placed(const absl::Status& status, const std::string& where);

// Usage that only shows after parsing: says it and gives kExitUsage.
int SayUsage(const Workshop& workshop, bool json, const std::string& doing,
             const std::string& message);

// Fills `at` from text as people write it; what was wrong otherwise, "" when nothing. Empty text
// leaves the field unset.
std::string SetWhen(const std::string& option, const std::string& text,
                    google::protobuf::Timestamp* at);

}  // namespace waymark::cli
