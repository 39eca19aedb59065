// waymark_faulty: a whole partnership in one process, as `waymark run` makes it, with faults put in
// on purpose. Never shipped.
//
//   waymark_faulty --data DIR --port N [--source DIR]
//       [--ahead SECONDS]                       services decide by a clock that is so far ahead; it
//                                               says AHEAD and how far after each start
//       [--crash PART:POINT:COUNT]...           says REACHED and kills itself there
//       [--lose-unsynced]                       SIGKILL loses what was not synced
//       [--fail PART:read|write|sync:io|full:N] the N-th such operation of a store and all after it
//       [--fault NAME:PART]... [--word WORD]    see seeded.h
//
// It makes the partnership when DIR holds none, says SERVING on standard output when everything
// listens and QUIET or BUSY whenever that changes, runs in real time and ends on SIGTERM. Exit code
// 1: a part failed; 2: wrong arguments.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/set_up.h"
#include "libs/base/status.h"
#include "tests/faults/seeded.h"

namespace waymark::faults {
namespace {

constexpr int kDone = 0, kFailed = 1, kWrongArguments = 2;
constexpr absl::Duration kStopWithin = absl::Seconds(10);

struct Arguments {
  std::string data, source = ".";
  int port = 0;
  int ahead_s = 0;
  Plan plan;
};

absl::Status Wrong(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(what, " is not as faulty_main.cc says"));
}

absl::Status ReadCrash(const std::string& text, Plan& plan) {
  const std::vector<std::string> words = absl::StrSplit(text, ':');
  CrashAt crash;
  if (words.size() != 3 || !absl::SimpleAtoi(words[2], &crash.count)) return Wrong(text);
  crash.part = words[0];
  crash.point = words[1];
  plan.crashes.push_back(std::move(crash));
  return absl::OkStatus();
}

absl::Status ReadFail(const std::string& text, Plan& plan) {
  using Operation = store::FaultyFilesOptions::Operation;
  using Failure = store::FaultyFilesOptions::Failure;
  static const std::map<std::string, Operation> kOperations = {
      {"read", Operation::kRead}, {"write", Operation::kWrite}, {"sync", Operation::kSync}};
  const std::vector<std::string> words = absl::StrSplit(text, ':');
  if (words.size() != 4 || !absl::SimpleAtoi(words[3], &plan.files.fail_after)) return Wrong(text);
  const auto operation = kOperations.find(words[1]);
  if (operation == kOperations.end()) return Wrong(text);
  plan.files_of = words[0];
  plan.files.fail = operation->second;
  plan.files.failure = words[2] == "full" ? Failure::kNoSpace : Failure::kInputOutput;
  return absl::OkStatus();
}

absl::StatusOr<Arguments> Read(const std::vector<std::string>& words) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--lose-unsynced") {
      arguments.plan.files.lose_unsynced = true;
      continue;
    }
    if (i + 1 == words.size()) return Wrong(words[i]);
    const std::string& name = words[i];
    const std::string& value = words[++i];
    if (name == "--data") {
      arguments.data = value;
    } else if (name == "--source") {
      arguments.source = value;
    } else if (name == "--port") {
      if (!absl::SimpleAtoi(value, &arguments.port)) return Wrong(value);
    } else if (name == "--ahead") {
      if (!absl::SimpleAtoi(value, &arguments.ahead_s)) return Wrong(value);
    } else if (name == "--crash") {
      WM_RETURN_IF_ERROR(ReadCrash(value, arguments.plan));
    } else if (name == "--fail") {
      WM_RETURN_IF_ERROR(ReadFail(value, arguments.plan));
    } else if (name == "--fault") {
      const std::pair<std::string, std::string> fault = absl::StrSplit(value, ':');
      arguments.plan.faults.insert(fault);
    } else if (name == "--word") {
      arguments.plan.word = value;
    } else {
      return Wrong(name);
    }
  }
  if (arguments.data.empty()) return Wrong("--data");
  return arguments;
}

// As on a machine that is so far ahead, and that slept for a while.
class ClockAhead : public Clock {
 public:
  explicit ClockAhead(absl::Duration by) : by_(by) {}
  absl::Time Now() override { return system_.Now() + by_ + slept(); }
  absl::Duration Elapsed() override { return system_.Elapsed() + slept(); }

  // Until shortly before the next ten minutes of the hour are over: what happens then happens under
  // load.
  void Sleep() {
    const absl::Time wake = Now() + kBefore;
    const int64_t ten = absl::ToInt64Seconds(kGrid);
    slept_s_ += ten - absl::ToUnixSeconds(wake) % ten;
  }
  int64_t ahead_s() const { return absl::ToInt64Seconds(by_ + slept()); }

 private:
  static constexpr absl::Duration kGrid = absl::Minutes(10), kBefore = absl::Seconds(2);
  absl::Duration slept() const { return absl::Seconds(slept_s_.load()); }

  const absl::Duration by_;
  std::atomic<int64_t> slept_s_ = 0;
  SystemClock system_;
};

// SIGINT and SIGTERM, asked for where there is time to act on them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
  }
  bool WaitMoment() const {
    const timespec moment = {0, 250'000'000};
    return sigtimedwait(&set_, nullptr, &moment) > 0;
  }

 private:
  sigset_t set_;
};

// Everything that was sent is acknowledged and taken. What that leads to may still be on its way.
bool Quiet(const cli::LocalPartnership& partnership) {
  std::map<std::string, uint64_t> sent;
  for (const auto& part : partnership.parts()) {
    for (const runtime::OutboxStatus& lane : part->runtime().Outbox()) {
      if (lane.acked_seq < lane.last_seq) return false;
      sent[lane.lane] = lane.last_seq;
    }
  }
  for (const auto& part : partnership.parts()) {
    const auto lanes = part->runtime().Lanes();
    if (!lanes.ok()) return false;
    for (const runtime::LaneStatus& lane : *lanes) {
      if (lane.stopped || lane.last_seq < sent[lane.lane]) return false;
    }
  }
  return true;
}

absl::Status Run(const Arguments& arguments, const StopSignals& signals) {
  const cli::Layout layout{arguments.data};
  SystemClock clock;
  SystemRandom random;
  std::error_code error;
  if (!std::filesystem::exists(layout.PartnershipFile(), error)) {
    cli::SetUpOptions set_up;
    set_up.source_folder = arguments.source;
    set_up.first_port = arguments.port;
    WM_RETURN_IF_ERROR(cli::SetUpPartnership(layout, set_up, clock.Now(), random));
  }
  WM_ASSIGN_OR_RETURN(const auto seeded, Seeded::Make(arguments.plan));
  ClockAhead decision_clock(absl::Seconds(arguments.ahead_s));
  cli::LocalOptions options{layout, decision_clock, clock, true, ""};
  options.hooks = seeded->Hooks();
  WM_ASSIGN_OR_RETURN(const auto partnership, cli::LocalPartnership::Open(options));
  WM_RETURN_IF_ERROR(partnership->Start());
  seeded->Arm();
  decision_clock.Sleep();
  std::printf("AHEAD %lld\nSERVING\n", static_cast<long long>(decision_clock.ahead_s()));
  std::fflush(stdout);
  bool quiet = false;
  while (!signals.WaitMoment()) {
    partnership->Tick();
    WM_RETURN_IF_ERROR(partnership->health());
    if (std::exchange(quiet, Quiet(*partnership)) == quiet) continue;
    std::printf(quiet ? "QUIET\n" : "BUSY\n");
    std::fflush(stdout);
  }
  partnership->Stop(kStopWithin);
  return partnership->health();
}

int Main(const std::vector<std::string>& words) {
  const StopSignals signals;
  const absl::StatusOr<Arguments> arguments = Read(words);
  if (!arguments.ok()) {
    std::fprintf(stderr, "waymark_faulty: %s\n", std::string(arguments.status().message()).c_str());
    return kWrongArguments;
  }
  const absl::Status status = Run(*arguments, signals);
  if (status.ok()) return kDone;
  std::fprintf(stderr, "waymark_faulty: %s\n", std::string(status.message()).c_str());
  return kFailed;
}

}  // namespace
}  // namespace waymark::faults

int main(int argc, char** argv) {
  return waymark::faults::Main(std::vector<std::string>(argv + 1, argv + argc));
}
