// A gap in a lane, repaired between processes: the receiver calls the source's LaneService, which
// publishes again. Both are thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "libs/config/partnership.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/method_table.h"
#include "libs/runtime/ports.h"
#include "libs/runtime/runtime.h"

namespace waymark::runtime_rpc {

// Adds LaneService for what `runtime` publishes. Who may ask: a core service or a gateway that
// reads the topic to which the lane leads. Both must outlive the table.
void AddLaneService(runtime::Runtime& runtime, const config::Partnership& partnership,
                    rpc::MethodTable& table);

class RepairByCall : public runtime::LaneRepair {
 public:
  // The process that publishes under that name ("intake", "gateway/police"), as this process sees
  // it; asked for once for each source.
  using Find =
      std::function<absl::StatusOr<std::shared_ptr<rpc::Channel>>(const std::string& source)>;
  explicit RepairByCall(Find find) : find_(std::move(find)) {}

  void Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) override;

 private:
  absl::StatusOr<std::shared_ptr<rpc::Channel>> ChannelTo(const std::string& source);

  const Find find_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<rpc::Channel>> channels_;
};

}  // namespace waymark::runtime_rpc
