#include "bench/look_up.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/person_token.h"
#include "cli/story/people.h"
#include "cli/story/tell.h"
#include "libs/base/clock.h"
#include "libs/base/cpu_time.h"
#include "libs/base/status.h"
#include "libs/rpc/channel.h"
#include "waymark/gateway/v1/look_up.pb.h"

namespace waymark::bench {
namespace {

namespace gw = gateway::v1;
using Answer = std::function<void(absl::StatusOr<std::string>)>;

constexpr char kLookUp[] = "/waymark.gateway.v1.LookUpService/LookUp";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr absl::Duration kTokenLifetime = absl::Hours(1);
constexpr absl::Duration kAnswerWithin = absl::Seconds(10);

// Runs at real speed from an instant of virtual time.
class MovedClock : public Clock {
 public:
  explicit MovedClock(absl::Time start) : start_(start), began_(system_.Elapsed()) {}
  absl::Time Now() override { return start_ + (system_.Elapsed() - began_); }
  absl::Duration Elapsed() override { return system_.Elapsed(); }

 private:
  SystemClock system_;
  const absl::Time start_;
  const absl::Duration began_;
};

// Sends at its instants and counts what comes back.
class OpenLoop {
 public:
  using Send = std::function<void(uint64_t number, Answer done)>;

  OpenLoop(const LookUpOptions& options, Histogram& times) : options_(options), times_(times) {}

  void Run(const Send& send, const std::function<void(const absl::StatusOr<std::string>&)>& each) {
    const absl::Duration apart = absl::Seconds(1) / options_.per_second;
    const absl::Duration start = clock_.Elapsed();
    const absl::Duration end = options_.warm_up + options_.length;
    for (uint64_t number = 0; apart * number < end; ++number) {
      const absl::Duration due = start + apart * number;
      const bool counted = apart * number >= options_.warm_up;
      Wait(due);
      {
        std::lock_guard lock(mutex_);
        ++open_;
      }
      send(number, [this, due, counted, &each](const absl::StatusOr<std::string>& answer) {
        const absl::Duration took = clock_.Elapsed() - due;
        std::lock_guard lock(mutex_);
        if (counted) {
          times_.Record(took);
          each(answer);
        }
        --open_;
        changed_.notify_all();
      });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  void Wait(absl::Duration until) {
    std::unique_lock lock(mutex_);
    for (absl::Duration left; (left = until - clock_.Elapsed()) > absl::ZeroDuration();) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(left));
    }
  }

  const LookUpOptions& options_;
  Histogram& times_;
  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t open_ = 0;
};

struct Caller {
  std::string agency;
  std::shared_ptr<rpc::Channel> channel;
  std::string token;
};

absl::StatusOr<std::vector<Caller>> Callers(const cli::Layout& layout,
                                            const cli::LocalPartnership& partnership, Clock& clock,
                                            Random& random) {
  std::vector<Caller> callers;
  for (const config::Member& member : partnership.directory().members) {
    rpc::GrpcChannelConfig config;
    config.target = member.endpoint;
    config.tls_dir =
        layout.System(member.agency, cli::story::PublishingSystem(partnership, member.agency))
            .Tls();
    config.expected_server =
        rpc::Principal::Gateway(partnership.directory().trust_domain, member.agency);
    Caller caller{member.agency, nullptr, ""};
    WM_ASSIGN_OR_RETURN(caller.channel, rpc::ConnectGrpc(std::move(config)));
    WM_ASSIGN_OR_RETURN(caller.token,
                        cli::IssuePersonToken(layout, member.agency, "bench", "call_handler",
                                              kTokenLifetime, clock.Now(), random));
    callers.push_back(std::move(caller));
  }
  return callers;
}

std::string RequestFor(const gw::Identity& person, const std::string& partnership) {
  gw::LookUpRequest request;
  request.set_partnership(partnership);
  *request.mutable_identity() = person;
  request.set_purpose("prevent_asb");
  request.set_reason("a call of the benchmark");
  return request.SerializeAsString();
}

}  // namespace

absl::StatusOr<LookUpResult> MeasureLookUps(const cli::Layout& layout, const District& district,
                                            const LookUpOptions& options, absl::Time clock) {
  MovedClock decision_clock(clock);
  SystemClock real_clock;
  SystemRandom random;
  WM_ASSIGN_OR_RETURN(const auto partnership,
                      cli::LocalPartnership::Open({layout, decision_clock, real_clock, true, ""}));
  WM_RETURN_IF_ERROR(partnership->Start());
  WM_ASSIGN_OR_RETURN(const auto callers, Callers(layout, *partnership, real_clock, random));
  LookUpResult result;
  OpenLoop(options, result.empty_calls)
      .Run(
          [&](uint64_t number, Answer done) {
            rpc::CallOptions call;
            call.timeout = kAnswerWithin;
            callers[number % callers.size()].channel->Call(kHealth, "", call, std::move(done));
          },
          [](const auto&) {});
  cli::story::Dice dice(1);
  const std::string id = partnership->directory().id;
  const absl::Duration cpu = ProcessCpuTime();
  uint64_t sent = 0;
  OpenLoop(options, result.look_ups)
      .Run(
          [&](uint64_t number, Answer done) {
            const Caller& caller = callers[number % callers.size()];
            rpc::CallOptions call;
            call.timeout = kAnswerWithin;
            call.bearer_token = caller.token;
            ++sent;
            caller.channel->Call(kLookUp,
                                 RequestFor(district.Person(dice.Roll(district.people())), id),
                                 call, std::move(done));
          },
          [&result](const absl::StatusOr<std::string>& answer) {
            gw::LookUpResponse response;
            if (!answer.ok() || !response.ParseFromString(*answer)) {
              ++result.failed;
            } else if (response.partners().availability() ==
                       gw::PartnerView::AVAILABILITY_UNAVAILABLE) {
              ++result.without_partners;
            }
          });
  result.cpu = (ProcessCpuTime() - cpu) / static_cast<double>(sent);
  partnership->Stop(absl::Seconds(10));
  WM_RETURN_IF_ERROR(partnership->health());
  result.clock = decision_clock.Now();
  return result;
}

}  // namespace waymark::bench
