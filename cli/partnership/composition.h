// How the parts of a partnership are joined in one process; behind local_partnership.h, which tells
// what it is for and its thread rules. How each part is made is its service's matter
// (services/*/*_part.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/operator_service.h"
#include "libs/base/clock.h"
#include "libs/eventlog/embedded_log.h"
#include "libs/process/part.h"
#include "libs/process/rulebook.h"
#include "libs/rpc/channel.h"
#include "libs/store/rocks_store.h"

namespace waymark::cli {

// Members are destroyed from the last to the first: servers and runtimes before what they use.
class Composition {
 public:
  explicit Composition(const LocalOptions& options)
      : layout_(options.layout),
        decision_clock_(options.decision_clock),
        real_clock_(options.real_clock),
        listen_(options.listen),
        rebuild_(options.rebuild),
        hooks_(options.hooks),
        random_(options.hooks.random != nullptr ? *options.hooks.random : system_random_) {}

  // Threads of runtimes and servers use what is destroyed before the parts are.
  ~Composition() { Stop(absl::ZeroDuration()); }

  absl::Status Open();
  absl::StatusOr<bool> StepOnce();
  void Tick() {
    for (const auto& part : parts) part->Tick();
  }
  absl::Status Start();
  // Once; later calls do nothing.
  void Stop(absl::Duration deadline);

  std::unique_ptr<process::Rulebook> rulebook;

 private:
  const Layout layout_;
  Clock& decision_clock_;
  Clock& real_clock_;
  const bool listen_;
  const std::string rebuild_;
  const Hooks hooks_;
  SystemRandom system_random_;
  Random& random_;
  std::unique_ptr<store::Store> log_store_;
  std::unique_ptr<eventlog::EmbeddedLog> log_;

 public:
  std::vector<std::unique_ptr<Part>> parts;
  absl::Time next_due = absl::InfinitePast();
  std::string operator_endpoint;

 private:
  absl::Status OpenLog();
  absl::Status OpenParts();
  absl::Status OpenOperator();
  process::World WorldOfParts();
  process::Connector Connect();
  process::Seat SeatOf(const Home& home, const std::string& endpoint) const;

  std::unique_ptr<OperatorDesk> operator_;
  bool stopped_ = false;
};

}  // namespace waymark::cli
