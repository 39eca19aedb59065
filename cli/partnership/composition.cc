#include "cli/partnership/composition.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/partnership/set_up.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/config/all_topics.h"
#include "services/casemgr/casemgr_part.h"
#include "services/intake/intake_part.h"
#include "services/risk/risk_part.h"
#include "services/sharing/gateway_part.h"

namespace waymark::cli {
namespace {

constexpr absl::Duration kMemberTopicRetention = absl::Hours(24 * 30);

// To a part of this process that may not be open yet: found at the first call.
class ChannelWithin : public rpc::Channel {
 public:
  using Find = std::function<std::shared_ptr<rpc::Channel>()>;
  explicit ChannelWithin(Find find) : find_(std::move(find)) {}

  void Call(const std::string& path, std::string request, const rpc::CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override {
    const auto channel = find_();
    if (channel == nullptr) return done(absl::UnavailableError("that part is not open"));
    channel->Call(path, std::move(request), options, std::move(done));
  }
  std::shared_ptr<rpc::RawClientStream> Open(const std::string& path,
                                             const rpc::CallOptions& options) override {
    const auto channel = find_();
    WM_CHECK(channel != nullptr, "a stream was opened before all parts were");
    return channel->Open(path, options);
  }

 private:
  const Find find_;
};

}  // namespace

absl::Status Composition::OpenLog() {
  store::RocksOptions store_options;
  if (hooks_.files) store_options.env = hooks_.files("log");
  WM_ASSIGN_OR_RETURN(
      log_store_,
      store::OpenRocksStore(layout_.Log(), eventlog::EmbeddedLog::ColumnFamilies(), store_options));
  if (hooks_.wrap_store) log_store_ = hooks_.wrap_store("log", std::move(log_store_));
  eventlog::EmbeddedLogOptions options;
  options.retention = {{"waymark.member.", kMemberTopicRetention}};
  WM_ASSIGN_OR_RETURN(
      log_, eventlog::EmbeddedLog::Open(log_store_.get(), &decision_clock_, std::move(options)));
  for (const auto& [topic, partitions] : config::AllTopics(rulebook->directory)) {
    WM_RETURN_IF_ERROR(log_->EnsureTopic(topic, partitions));
  }
  return absl::OkStatus();
}

process::Connector Composition::Connect() {
  if (listen_) return process::ConnectOverTls();
  return [this](const rpc::Principal& caller, const std::string&, const std::string& endpoint,
                const rpc::Principal&) {
    const auto find = [this, caller, endpoint]() -> std::shared_ptr<rpc::Channel> {
      for (const std::unique_ptr<Part>& part : parts) {
        if (part->config().endpoint != endpoint) continue;
        return rpc::LocalChannel::Create(part->endpoint(), caller, real_clock_);
      }
      return nullptr;
    };
    return std::shared_ptr<rpc::Channel>(std::make_shared<ChannelWithin>(find));
  };
}

process::World Composition::WorldOfParts() {
  return {*rulebook, *log_, decision_clock_, real_clock_, random_, Connect(), hooks_};
}

process::Seat Composition::SeatOf(const Home& home, const std::string& endpoint) const {
  process::Seat seat;
  seat.place = home.Place();
  seat.listen = endpoint;
  return seat;
}

absl::Status Composition::OpenParts() {
  const process::World world = WorldOfParts();
  const config::Partnership& directory = rulebook->directory;
  const auto core = [&](const std::string& name, const std::string& endpoint, const auto& open) {
    process::Seat seat = SeatOf(layout_.Core(name), endpoint);
    seat.rebuild = rebuild_ == name;
    absl::StatusOr<std::unique_ptr<Part>> part = open(world, seat);
    if (part.ok()) parts.push_back(*std::move(part));
    return part.status();
  };
  WM_RETURN_IF_ERROR(core("intake", directory.intake.endpoint, intake::OpenPart));
  WM_RETURN_IF_ERROR(core("risk", directory.risk.endpoint, risk::OpenPart));
  WM_RETURN_IF_ERROR(core("casemgr", directory.casemgr.endpoint, casemgr::OpenPart));
  for (const config::Member& member : directory.members) {
    process::Seat seat = SeatOf(layout_.Gateway(member.agency), member.endpoint);
    seat.agency = member.agency;
    WM_ASSIGN_OR_RETURN(std::unique_ptr<Part> part, sharing::OpenPart(world, seat));
    parts.push_back(std::move(part));
  }
  return absl::OkStatus();
}

absl::Status Composition::Open() {
  WM_ASSIGN_OR_RETURN(rulebook,
                      process::LoadRulebook(layout_.PartnershipFile(), real_clock_.Now()));
  WM_RETURN_IF_ERROR(OpenLog());
  WM_RETURN_IF_ERROR(OpenParts());
  if (!listen_) return absl::OkStatus();
  for (const std::unique_ptr<Part>& part : parts) WM_RETURN_IF_ERROR(part->Listen());
  return OpenOperator();
}

absl::Status Composition::OpenOperator() {
  // Beside the first gateway's port, so that one setting moves all of them.
  const config::Partnership& directory = rulebook->directory;
  const std::string& first = directory.members.front().endpoint;
  const size_t colon = first.rfind(':');
  int port = 0;
  if (!absl::SimpleAtoi(first.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(first, " has no port number"));
  }
  operator_endpoint = absl::StrCat(first.substr(0, colon + 1), OperatorPort(port - 1));
  WM_ASSIGN_OR_RETURN(operator_,
                      OperatorDesk::Listen({directory.id, directory.trust_domain, operator_endpoint,
                                            layout_.Operator("local").Tls()},
                                           parts, decision_clock_, real_clock_));
  return absl::OkStatus();
}

absl::StatusOr<bool> Composition::StepOnce() {
  bool busy = false;
  next_due = absl::InfiniteFuture();
  for (const std::unique_ptr<Part>& part : parts) {
    WM_ASSIGN_OR_RETURN(const runtime::StepReport report, part->runtime().Step());
    busy = busy || !report.idle();
    next_due = std::min(next_due, report.next_due);
  }
  return busy;
}

absl::Status Composition::Start() {
  for (const std::unique_ptr<Part>& part : parts) WM_RETURN_IF_ERROR(part->runtime().Start());
  return absl::OkStatus();
}

void Composition::Stop(absl::Duration deadline) {
  if (std::exchange(stopped_, true)) return;
  if (operator_ != nullptr) operator_->Drain(absl::ZeroDuration());
  // Doors first, then the engines: gateways before the core they ask.
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->Drain(deadline);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) (*part)->runtime().Stop(deadline);
}

}  // namespace waymark::cli
