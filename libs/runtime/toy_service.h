// A decider for tests whose events are little scripts: an input's payload becomes its events
// (separated by '|'), and each line of an event is carried out by Evolve:
//
//   put KEY VALUE            del KEY                 add KEY NUMBER
//   log TEXT                 appends to the list that Log() reads
//   timer ID SECONDS TEXT    fires `SECONDS` after the event as the script TEXT; expire: the same,
//                            destructive; cancel ID
//   send TOPIC PARTITION TEXT      effect ID TEXT      stop ID
//
// In a record '&' stands for the end of a line, so that a script can be sent by a script. The
// result of an effect is a script when it begins with "add ", otherwise it is logged.
//
// Commands of method "Read" reply with the value of the key in their payload, and "Refuse",
// "Senseless" and "Break" do what they say.
#pragma once

#include <string>
#include <vector>

#include "libs/runtime/decider.h"

namespace waymark::runtime {

class ToyService : public Service {
 public:
  static std::vector<std::string> AllColumnFamilies();

  std::vector<std::string> DomainColumnFamilies() const override;
  absl::StatusOr<Decision> Decide(const View& view, const Input& input, Context& context) override;
  absl::Status Evolve(const View& view, const Event& event, const EventContext& context,
                      Changes& changes) override;

  // While set, records and timers are senseless to it.
  bool refuses_records = false;
};

// What "log" has collected, in order.
std::vector<std::string> LogOf(const View& view);

}  // namespace waymark::runtime
