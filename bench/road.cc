#include "bench/road.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/partnership/person_token.h"
#include "cli/partnership/set_up.h"
#include "cli/story/tell.h"
#include "libs/base/cpu_time.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::bench {
namespace {

namespace gw = gateway::v1;
using cli::LocalPartnership;
using cli::Part;

constexpr size_t kOfOneStream = 64;
constexpr size_t kStockInOneCall = 500;
// A timer fires at most this late: fewer, larger rounds, and far within every bound.
constexpr absl::Duration kTimersTogether = absl::Minutes(1);
constexpr absl::Duration kConsentHolds = absl::Hours(24 * 365);
// Between the last incident and now: room for what comes after it.
constexpr absl::Duration kEndsBefore = absl::Hours(24 * 40);
// Alarms that are to be expected: nobody acknowledges an alert.
constexpr const char* kExpectedAlarms[] = {"alert_unacknowledged"};

std::string PartName(const Part& part) {
  return part.config().agency.empty() ? part.config().program.substr(strlen("waymark-"))
                                      : "gateway";
}

}  // namespace

// One gateway's side of the benchmark: its streams, opened anew now and then.
class Road::Gate {
 public:
  explicit Gate(std::shared_ptr<rpc::Channel> channel) : channel_(std::move(channel)) {}
  ~Gate() { Close(); }

  void Open(size_t streams) {
    Close();
    for (size_t i = 0; i < streams; ++i) {
      lanes_.push_back(std::make_shared<Lane>());
      lanes_.back()->stream =
          rpc::OpenBidi<gw::PublishIncidentsRequest, gw::PublishIncidentsResponse>(
              *channel_, "/waymark.gateway.v1.IncidentService/PublishIncidents");
      Lane::ReadNext(lanes_.back());
    }
  }
  void Close() {
    for (const auto& lane : lanes_) {
      lane->closing = true;
      lane->stream->Cancel();
    }
    lanes_.clear();
  }
  void Publish(gw::PublishIncidentsRequest request) {
    const std::shared_ptr<Lane>& lane = lanes_[next_++ % lanes_.size()];
    lane->to_write.push_back(std::move(request));
    if (lane->to_write.size() == 1) Lane::WriteFront(lane);
  }
  uint64_t taken() const {
    uint64_t all = 0;
    for (const auto& lane : lanes_) all += lane->taken;
    return all;
  }
  absl::Status status() const {
    for (const auto& lane : lanes_) WM_RETURN_IF_ERROR(lane->failure);
    return absl::OkStatus();
  }

 private:
  using Stream = rpc::ClientStream<gw::PublishIncidentsRequest, gw::PublishIncidentsResponse>;
  struct Lane {
    std::shared_ptr<Stream> stream;
    std::deque<gw::PublishIncidentsRequest> to_write;  // front is being written
    uint64_t taken = 0;
    bool closing = false;
    absl::Status failure;

    static void WriteFront(const std::shared_ptr<Lane>& lane) {
      lane->stream->Write(lane->to_write.front(), [lane](bool written) {
        if (!written) return;  // the reader hears why
        lane->to_write.pop_front();
        if (!lane->to_write.empty()) WriteFront(lane);
      });
    }
    static void ReadNext(const std::shared_ptr<Lane>& lane) {
      lane->stream->Read([lane](Stream::Item item) {
        if (lane->closing) return;
        if (!item.ok() || !item->has_value()) {
          lane->failure = item.ok() ? absl::UnavailableError("the stream ended") : item.status();
          return;
        }
        if ((*item)->has_receipt()) {
          ++lane->taken;
        } else {
          lane->failure = absl::InternalError(
              absl::StrCat("an incident was not taken: ", (*item)->ShortDebugString()));
        }
        ReadNext(lane);
      });
    }
  };

  const std::shared_ptr<rpc::Channel> channel_;
  std::vector<std::shared_ptr<Lane>> lanes_;
  size_t next_ = 0;
};

absl::Time FirstInstant(uint64_t incidents, absl::Time now) {
  return now - kEndsBefore - kIncidentsApart * static_cast<int64_t>(incidents);
}

Road::Road(RoadOptions options) : options_(std::move(options)), district_(options_.incidents) {}
Road::~Road() = default;

absl::StatusOr<std::unique_ptr<Road>> Road::Open(RoadOptions options, uint64_t from,
                                                 absl::Time clock) {
  std::unique_ptr<Road> road(new Road(std::move(options)));
  WM_RETURN_IF_ERROR(road->OpenAll(from, clock));
  return road;
}

std::shared_ptr<rpc::Channel> Road::ChannelTo(const std::string& agency, const std::string& role) {
  return rpc::LocalChannel::Create(
      partnership_->FindPart(agency)->endpoint(),
      rpc::Principal::System(partnership_->directory().trust_domain, agency, role), real_clock_);
}

absl::Status Road::OpenAll(uint64_t from, absl::Time clock) {
  const cli::Layout& layout = options_.layout;
  if (!std::filesystem::exists(layout.PartnershipFile())) {
    cli::SetUpOptions set_up;
    set_up.source_folder = options_.source_folder;
    set_up.first_port = options_.first_port;
    WM_RETURN_IF_ERROR(cli::SetUpPartnership(layout, set_up, real_clock_.Now(), random_));
  }
  const absl::Time first =
      real_clock_.Now() - kEndsBefore - kIncidentsApart * static_cast<int64_t>(options_.incidents);
  clock_ = std::make_unique<ManualClock>(first + kIncidentsApart * static_cast<int64_t>(from));
  at_ = from;
  WM_ASSIGN_OR_RETURN(partnership_,
                      LocalPartnership::Open({layout, *clock_, real_clock_, false, ""}));
  for (const config::Member& member : partnership_->directory().members) {
    gates_[member.agency] = std::make_unique<Gate>(
        ChannelTo(member.agency, cli::story::PublishingSystem(*partnership_, member.agency)));
  }
  WM_RETURN_IF_ERROR(Subscribe());
  return from == 0 ? RegisterStock() : absl::OkStatus();
}

absl::Status Road::RegisterStock() {
  Costs ignored;
  const auto register_some = [&](const std::string& agency,
                                 gw::RegisterStockRequest& request) -> absl::Status {
    request.set_partnership(partnership_->directory().id);
    absl::Status answer = absl::UnknownError("no answer to registering stock");
    rpc::CallAsync<gw::RegisterStockResponse>(
        *ChannelTo(agency, cli::story::PublishingSystem(*partnership_, agency)),
        "/waymark.gateway.v1.StockService/RegisterStock", request, {},
        [&answer](const auto& response) { answer = response.status(); });
    request.Clear();
    WM_RETURN_IF_ERROR(Pump(ignored));
    return answer;
  };
  gw::RegisterStockRequest request;
  for (const std::string& lsoa : District::Lsoas()) request.add_lsoas(lsoa);
  WM_RETURN_IF_ERROR(register_some("council", request));
  for (const std::string& uprn : district_.HousingUprns()) {
    request.add_uprns(uprn);
    if (request.uprns_size() < static_cast<int>(kStockInOneCall)) continue;
    WM_RETURN_IF_ERROR(register_some("housing", request));
  }
  return request.uprns().empty() ? absl::OkStatus() : register_some("housing", request);
}

absl::Status Road::Subscribe() {
  for (const char* agency : {"housing", "council"}) {
    const auto channel = ChannelTo(agency, cli::story::PublishingSystem(*partnership_, agency));
    subscribers_.push_back(cli::story::Subscriber::Start(*channel, partnership_->directory().id,
                                                         "bench", "prevent_asb", ""));
  }
  Costs ignored;
  return Pump(ignored);
}

uint64_t Road::AlertsReceived() const {
  uint64_t all = 0;
  for (const auto& subscriber : subscribers_) all += subscriber->received();
  return all;
}

absl::Status Road::Pump(Costs& costs) {
  for (bool busy = true; busy;) {
    busy = false;
    next_due_ = absl::InfiniteFuture();
    for (const std::unique_ptr<Part>& part : partnership_->parts()) {
      const absl::Duration before = ThreadCpuTime();
      WM_ASSIGN_OR_RETURN(const runtime::StepReport report, part->runtime().Step());
      Costs::PartCost& cost = costs.parts[PartName(*part)];
      cost.cpu += ThreadCpuTime() - before;
      cost.batches += report.idle() ? 0 : 1;
      cost.inputs += report.inputs;
      cost.events += report.events;
      cost.published += report.published;
      busy = busy || !report.idle();
      next_due_ = std::min(next_due_, report.next_due);
    }
  }
  return absl::OkStatus();
}

absl::Status Road::AdvanceTo(absl::Time to, Costs& costs) {
  WM_RETURN_IF_ERROR(Pump(costs));
  while (next_due_ <= to) {
    clock_->AdvanceTo(std::clamp(next_due_ + kTimersTogether, clock_->Now(), to));
    WM_RETURN_IF_ERROR(Pump(costs));
  }
  clock_->AdvanceTo(to);
  partnership_->Tick();
  return Pump(costs);
}

absl::Status Road::PublishWindow(const std::vector<Reported>& window, Costs& costs) {
  uint64_t before = 0, after = 0;
  for (const auto& [agency, gate] : gates_) before += gate->taken();
  const absl::Duration start = ThreadCpuTime();
  for (const Reported& reported : window) {
    gw::PublishIncidentsRequest request;
    request.set_partnership(partnership_->directory().id);
    *request.mutable_incident() = reported.incident;
    gates_[reported.agency]->Publish(std::move(request));
  }
  costs.door += ThreadCpuTime() - start;
  WM_RETURN_IF_ERROR(Pump(costs));
  for (const auto& [agency, gate] : gates_) {
    WM_RETURN_IF_ERROR(gate->status());
    after += gate->taken();
  }
  if (after - before == window.size()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(window.size(), " incidents were sent and ", after - before, " taken"));
}

absl::Status Road::Consent(const Reported& reported, Costs& costs) {
  gw::RecordConsentRequest request;
  request.set_partnership(partnership_->directory().id);
  request.set_source_reference(reported.incident.source_reference());
  for (const char* agency : {"police", "council", "housing"}) {
    if (agency != reported.agency) request.mutable_scope()->add_agencies(agency);
  }
  for (const char* category : {"identity", "contact", "incident", "risk", "case"}) {
    request.mutable_scope()->add_categories(category);
  }
  request.mutable_scope()->add_purposes("prevent_asb");
  request.set_form_version("fenland-consent-1");
  request.set_scan_sha256(std::string(64, 'a'));
  request.mutable_given_at()->set_seconds(absl::ToUnixSeconds(clock_->Now()));
  request.mutable_expires_at()->set_seconds(absl::ToUnixSeconds(clock_->Now() + kConsentHolds));
  rpc::CallOptions options;
  options.idempotency_key = absl::StrCat("bench-", request.source_reference());
  WM_ASSIGN_OR_RETURN(options.bearer_token,
                      cli::IssuePersonToken(options_.layout, reported.agency, "bench", "officer",
                                            absl::Minutes(10), real_clock_.Now(), random_));
  absl::Status answer = absl::UnknownError("no answer to recording a consent");
  rpc::CallAsync<gw::RecordConsentResponse>(
      *ChannelTo(reported.agency, "console"), "/waymark.gateway.v1.ConsentService/RecordConsent",
      request, options, [&answer](const auto& response) { answer = response.status(); });
  WM_RETURN_IF_ERROR(Pump(costs));
  return answer;
}

absl::Status Road::CheckAlarms() const {
  for (const std::unique_ptr<Part>& part : partnership_->parts()) {
    for (const telemetry::Alarm& alarm : part->alarms().Raised()) {
      if (std::find(std::begin(kExpectedAlarms), std::end(kExpectedAlarms), alarm.code) !=
          std::end(kExpectedAlarms)) {
        continue;
      }
      return absl::InternalError(absl::StrCat(PartName(*part), " raised ", alarm.code, " for ",
                                              alarm.subject, ": ", alarm.detail));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Costs> Road::Grow(uint64_t to) {
  Costs costs;
  absl::Duration inventing;
  const uint64_t from = at_, alerts_before = AlertsReceived();
  const absl::Duration wall = real_clock_.Elapsed(), cpu = ProcessCpuTime();
  const absl::Duration own = ThreadCpuTime();
  for (auto& [agency, gate] : gates_) gate->Open(options_.in_flight / kOfOneStream + 1);
  while (at_ < to) {
    absl::Duration start = ThreadCpuTime();
    std::vector<Reported> window;
    const absl::Time first = clock_->Now();
    for (; at_ < to && window.size() < options_.in_flight; ++at_) {
      window.push_back(district_.Incident(at_, first));
    }
    inventing += ThreadCpuTime() - start;
    WM_RETURN_IF_ERROR(PublishWindow(window, costs));
    for (const Reported& reported : window) {
      if (!reported.consents) continue;
      WM_RETURN_IF_ERROR(Consent(reported, costs));
      ++costs.consents;
    }
    WM_RETURN_IF_ERROR(
        AdvanceTo(first + kIncidentsApart * static_cast<int64_t>(window.size()), costs));
  }
  costs.incidents = at_ - from;
  costs.alerts = AlertsReceived() - alerts_before;
  costs.wall = real_clock_.Elapsed() - wall;
  costs.background = (ProcessCpuTime() - cpu) - (ThreadCpuTime() - own);
  costs.all = ProcessCpuTime() - cpu - inventing;
  WM_RETURN_IF_ERROR(CheckAlarms());
  return costs;
}

absl::Status Road::Close() {
  for (auto& [agency, gate] : gates_) gate->Close();
  for (const auto& subscriber : subscribers_) subscriber->Stop();
  partnership_->Stop(absl::Seconds(10));
  return partnership_->health();
}

}  // namespace waymark::bench
