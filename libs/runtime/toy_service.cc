#include "libs/runtime/toy_service.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime {
namespace {

constexpr char kState[] = "toy";

int64_t NumberAt(const View& view, const std::string& key) {
  int64_t number = 0;
  if (const auto value = view.Get(kState, key)) (void)absl::SimpleAtoi(*value, &number);
  return number;
}

absl::Status Line(const View& view, const std::string& line, const EventContext& context,
                  Changes& changes) {
  const std::vector<std::string> word = absl::StrSplit(line, absl::MaxSplits(' ', 3));
  const std::string& verb = word[0];
  const size_t words = word.size();
  if (verb == "put" && words >= 3) {
    changes.Put(kState, word[1], absl::StrCat(word[2], words > 3 ? " " + word[3] : ""));
  } else if (verb == "del" && words == 2) {
    changes.Delete(kState, word[1]);
  } else if (verb == "add" && words == 3) {
    changes.Put(kState, word[1], absl::StrCat(NumberAt(view, word[1]) + std::stoll(word[2])));
  } else if (verb == "log") {
    const int64_t next = NumberAt(view, "logged") + 1;
    changes.Put(kState, "logged", absl::StrCat(next));
    changes.Put(kState, "log/" + BigEndian64(static_cast<uint64_t>(next)), line.substr(4));
  } else if ((verb == "timer" || verb == "expire") && words == 4) {
    changes.ArmTimer(word[1], context.at + absl::Seconds(std::stoll(word[2])), "Fired", word[3],
                     verb == "timer" ? TimerClass::kProtective : TimerClass::kDestructive);
  } else if (verb == "cancel" && words == 2) {
    changes.CancelTimer(word[1]);
  } else if (verb == "send" && words == 4) {
    changes.Send({word[1], std::stoi(word[2])}, "Do", word[3]);
  } else if (verb == "effect" && words >= 3) {
    changes.StartEffect(word[1], "Outside", absl::StrCat(word[2], words > 3 ? " " + word[3] : ""));
  } else if (verb == "stop" && words == 2) {
    changes.CancelEffect(word[1]);
  } else {
    return absl::InvalidArgumentError("no such line");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> ToyService::AllColumnFamilies() {
  std::vector<std::string> all = RuntimeColumnFamilies();
  all.push_back(kState);
  return all;
}

std::vector<std::string> ToyService::DomainColumnFamilies() const { return {kState}; }

absl::StatusOr<Decision> ToyService::Decide(const View& view, const Input& input,
                                            Context& context) {
  if (input.type == "Read") return Decision{{}, view.Get(kState, input.payload).value_or(""), {}};
  if (input.type == "Break") return absl::InternalError("told to break");
  if (input.type == "Refuse") {
    absl::Status refusal = absl::FailedPreconditionError("told to refuse");
    refusal.SetPayload("example", absl::Cord("details"));
    return Decision::Refuse(refusal);
  }
  const bool command = std::holds_alternative<CommandCause>(input.cause);
  if (input.type == "Senseless" || (refuses_records && !command)) {
    return absl::InvalidArgumentError("this makes no sense");
  }
  std::string script = input.payload;
  if (std::holds_alternative<RecordCause>(input.cause)) {
    std::replace(script.begin(), script.end(), '&', '\n');
  }
  if (input.type == "Outside" && !absl::StartsWith(script, "add ")) {
    script = "log result " + script;
  }
  if (input.type == "Outside.failed") script = "log failed " + input.payload;
  if (input.type == "Fired" && context.lateness() > absl::ZeroDuration()) {
    absl::StrAppend(&script, "\nlog late ", absl::FormatDuration(context.lateness()));
  }
  Decision decision;
  if (!script.empty()) {
    for (const auto part : absl::StrSplit(script, '|')) {
      decision.events.push_back({"Did", std::string(part)});
    }
  }
  decision.reply = absl::StrCat("done ", context.NewId("reply"));
  return decision;
}

absl::Status ToyService::Evolve(const View& view, const Event& event, const EventContext& context,
                                Changes& changes) {
  for (const auto line : absl::StrSplit(event.payload, '\n')) {
    WM_RETURN_IF_ERROR(Line(view, std::string(line), context, changes));
  }
  return absl::OkStatus();
}

std::vector<std::string> LogOf(const View& view) {
  std::vector<std::string> log;
  view.Scan(kState, "log/", "log0", [&](std::string_view, std::string_view value) {
    log.emplace_back(value);
    return true;
  });
  return log;
}

}  // namespace waymark::runtime
