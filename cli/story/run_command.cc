#include "cli/story/run_command.h"

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/set_up.h"
#include "cli/story/invent.h"
#include "cli/story/report.h"
#include "cli/story/screen.h"
#include "cli/story/story_clock.h"
#include "cli/story/subscriber.h"
#include "cli/story/tell.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/config/file.h"
#include "libs/process/signals.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;
using process::StopSignals;
using story::Screen;
using story::StoryClock;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr absl::Duration kStopWithin = absl::Seconds(10);
constexpr int kSettleRounds = 2000;  // of a millisecond at most each

// How far the fortnight has been told, in the story's folder.
struct StoryState {
  absl::Time start;  // of the fortnight
  size_t next = 0;   // happening
  absl::Time clock;
  bool told = false;
  std::string memory;  // of the teller
};

std::string StateFile(const Layout& layout) { return layout.Story() + "/progress.json"; }

absl::StatusOr<std::optional<StoryState>> ReadState(const Layout& layout) {
  const auto text = config::ReadFile(StateFile(layout));
  if (absl::IsNotFound(text.status())) return std::nullopt;
  WM_RETURN_IF_ERROR(text.status());
  const nlohmann::json read = nlohmann::json::parse(*text, nullptr, false);
  if (!read.is_object() || !read.contains("start") || !read.contains("clock") ||
      !read.contains("next") || !read.contains("told") || !read.contains("memory")) {
    return absl::DataLossError(
        absl::StrCat(StateFile(layout),
                     " cannot be read; begin again with --fresh, or remove the file to keep "
                     "the data without the story"));
  }
  StoryState state;
  WM_ASSIGN_OR_RETURN(state.start, ParseRfc3339(read["start"].get<std::string>()));
  WM_ASSIGN_OR_RETURN(state.clock, ParseRfc3339(read["clock"].get<std::string>()));
  state.next = read["next"].get<size_t>();
  state.told = read["told"].get<bool>();
  state.memory = read["memory"].get<std::string>();
  return state;
}

absl::Status WriteState(const Layout& layout, const StoryState& state) {
  const nlohmann::json out = {{"start", FormatRfc3339(state.start)},
                              {"clock", FormatRfc3339(state.clock)},
                              {"next", state.next},
                              {"told", state.told},
                              {"memory", state.memory}};
  return config::WriteFile(StateFile(layout), out.dump(), config::FileMode::kPublic);
}

// Midnight in London, a fortnight before today.
absl::Time FortnightBefore(absl::Time now) {
  return calendar::FromLondon(absl::CivilSecond(calendar::LondonDate(now) - story::kDays));
}

// Only ever removes a folder that holds a partnership.
absl::Status RemoveOld(const Layout& layout) {
  std::error_code error;
  if (!fs::exists(layout.root, error)) return absl::OkStatus();
  if (!fs::exists(layout.PartnershipFile(), error) && !fs::is_empty(layout.root, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(layout.root,
                     " holds something else than a partnership; --fresh removes only "
                     "what `waymark run` made. Name another folder with --data"));
  }
  fs::remove_all(layout.root, error);
  if (error) return absl::FailedPreconditionError(layout.root + ": " + error.message());
  return absl::OkStatus();
}

class Run {
 public:
  Run(const RunOptions& options, StopSignals& signals)
      : options_(options), signals_(signals), layout_{options.data}, screen_(options.json) {}

  absl::Status Everything();

 private:
  absl::Status Prepare();
  absl::Status TellStory();
  absl::Status Settle(const story::Subscribers& subscribers);
  absl::StatusOr<story::Subscribers> Subscribe(story::Actors& actors);
  absl::Status RunOn();

  const RunOptions& options_;
  StopSignals& signals_;
  const Layout layout_;
  Screen screen_;
  SystemClock real_clock_;
  SystemRandom random_;
  StoryState state_;
  std::unique_ptr<StoryClock> clock_;
  std::unique_ptr<LocalPartnership> partnership_;
  bool stopped_ = false;
};

absl::Status Run::Prepare() {
  WM_RETURN_IF_ERROR(calendar::CheckTimeZoneData());
  if (options_.fresh) WM_RETURN_IF_ERROR(RemoveOld(layout_));
  std::error_code error;
  if (!fs::exists(layout_.PartnershipFile(), error)) {
    screen_.Say(absl::StrCat("Making keys, certificates and signed agreements in ", layout_.root));
    SetUpOptions set_up;
    set_up.source_folder = options_.source_folder;
    set_up.first_port = options_.first_port;
    WM_RETURN_IF_ERROR(SetUpPartnership(layout_, set_up, real_clock_.Now(), random_));
  }
  WM_ASSIGN_OR_RETURN(const std::optional<StoryState> before, ReadState(layout_));
  if (before) {
    state_ = *before;
  } else {
    state_.start = FortnightBefore(real_clock_.Now());
    state_.clock = state_.start;
    WM_RETURN_IF_ERROR(WriteState(layout_, state_));
  }
  clock_ = std::make_unique<StoryClock>(state_.told ? absl::InfinitePast() : state_.clock);
  WM_ASSIGN_OR_RETURN(partnership_,
                      LocalPartnership::Open({layout_, *clock_, real_clock_, true, ""}));
  story::ShowAddresses(*partnership_, screen_);
  return absl::OkStatus();
}

absl::StatusOr<story::Subscribers> Run::Subscribe(story::Actors& actors) {
  story::Subscribers subscribers;
  for (const char* agency : {"housing", "council"}) {
    const std::string system = story::PublishingSystem(*partnership_, agency);
    WM_ASSIGN_OR_RETURN(const auto channel, actors.ChannelOf(agency, system));
    subscribers[agency] = story::Subscriber::Start(*channel, partnership_->directory().id, "story",
                                                   "prevent_asb", "");
  }
  return subscribers;
}

// Alerts reach subscribers on the transport's threads; steps on until nothing has come for a while.
absl::Status Run::Settle(const story::Subscribers& subscribers) {
  const auto received = [&] {
    uint64_t all = 0;
    for (const auto& [agency, subscriber] : subscribers) all += subscriber->received();
    return all;
  };
  uint64_t last = received();
  int quiet = 0;
  for (int round = 0; round < kSettleRounds && quiet < 300; ++round) {
    WM_ASSIGN_OR_RETURN(const bool busy, partnership_->StepOnce());
    const timespec moment = {0, 1'000'000};
    sigset_t none;
    sigemptyset(&none);
    if (!busy) sigtimedwait(&none, nullptr, &moment);  // lets the transport's threads go first
    quiet = busy || received() != last ? 0 : quiet + 1;
    last = received();
  }
  return absl::OkStatus();
}

absl::Status Run::TellStory() {
  const story::Fortnight fortnight = story::Invent(state_.start);
  story::Actors actors(layout_, partnership_->directory(), real_clock_, random_,
                       [this] { return partnership_->StepOnce(); });
  story::Teller teller(*partnership_, *clock_, actors,
                       [this](const story::Progress& progress) { screen_.Show(progress); });
  if (!state_.memory.empty()) WM_RETURN_IF_ERROR(teller.Remember(state_.memory));
  screen_.Say(absl::StrCat("\nTelling an invented fortnight from ",
                           calendar::FormatLondon(state_.start), " on, ",
                           fortnight.happenings.size(), " happenings:"));
  WM_ASSIGN_OR_RETURN(const story::Subscribers subscribers, Subscribe(actors));
  if (state_.next == 0) WM_RETURN_IF_ERROR(teller.Prepare(fortnight));
  const auto before_each = [&](size_t next, absl::Time at) {
    if (signals_.Wait(0)) {
      stopped_ = true;
      return absl::CancelledError("stopped");
    }
    state_.next = next;
    state_.clock = at;
    state_.memory = teller.Memory();
    return WriteState(layout_, state_);
  };
  const auto told = teller.Tell(fortnight, state_.next, before_each);
  if (stopped_) return absl::OkStatus();
  WM_RETURN_IF_ERROR(told.status());
  WM_RETURN_IF_ERROR(teller.CatchUp());
  WM_RETURN_IF_ERROR(Settle(subscribers));
  state_.told = true;
  WM_RETURN_IF_ERROR(WriteState(layout_, state_));
  screen_.Done();
  WM_ASSIGN_OR_RETURN(const story::Findings findings, story::Find(*partnership_, actors));
  if (options_.json) {
    story::PrintReportJson(*told, findings, subscribers, std::cout);
  } else {
    story::PrintReport(fortnight, *told, findings, subscribers, std::cout);
  }
  std::cout.flush();
  for (const auto& [agency, subscriber] : subscribers) subscriber->Stop();
  return absl::OkStatus();
}

absl::Status Run::RunOn() {
  WM_RETURN_IF_ERROR(partnership_->Start());
  story::ShowWhatToTry(*partnership_, layout_.root, screen_);
  while (!signals_.Wait(1)) {
    partnership_->Tick();
    WM_RETURN_IF_ERROR(partnership_->health());
  }
  screen_.Say("Stopping.");
  return absl::OkStatus();
}

absl::Status Run::Everything() {
  WM_RETURN_IF_ERROR(Prepare());
  if (state_.told) {
    screen_.Say("The fortnight has been told; going on where it was.");
  } else {
    WM_RETURN_IF_ERROR(TellStory());
  }
  if (!stopped_ && !options_.exit_after_story) WM_RETURN_IF_ERROR(RunOn());
  partnership_->Stop(kStopWithin);
  return partnership_->health();
}

int Ended(const absl::Status& status) {
  if (status.ok()) return kDone;
  std::fprintf(stderr, "waymark: %s\n", std::string(status.message()).c_str());
  return kFailed;
}

}  // namespace

int RunPartnership(const RunOptions& options) {
  StopSignals signals;
  Run run(options, signals);
  return Ended(run.Everything());
}

int RebuildService(const std::string& data, const std::string& service) {
  const Layout layout{data};
  SystemClock clock;
  const std::string store = layout.Core(service).Store();
  const std::string aside = absl::StrCat(store, ".before-", absl::ToUnixSeconds(clock.Now()));
  std::error_code error;
  if (fs::exists(store, error)) fs::rename(store, aside, error);
  if (error) return Ended(absl::FailedPreconditionError(store + ": " + error.message()));
  auto partnership = LocalPartnership::Open({layout, clock, clock, false, service});
  if (!partnership.ok()) return Ended(partnership.status());
  const Part* part = (*partnership)->FindPart(service);
  if (part == nullptr) {
    return Ended(absl::NotFoundError(
        absl::StrCat(service, " is no core service; one of intake, risk, casemgr can be rebuilt")));
  }
  std::printf("%s was rebuilt from its own topic; its old store is %s\n", service.c_str(),
              aside.c_str());
  return kDone;
}

}  // namespace waymark::cli
