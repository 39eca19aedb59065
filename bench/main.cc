// waymark_bench: what the road costs, how long a look-up takes, how long a restart. README.md says
// what each figure is.
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/look_up.h"
#include "bench/report.h"
#include "bench/restart.h"
#include "bench/road.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"

namespace waymark::bench {
namespace {

struct Options {
  std::string data;
  std::vector<uint64_t> sizes = {10'000, 100'000};
  size_t in_flight = 256;
  double look_ups_per_second = 200;
  double look_up_seconds = 10;
  int first_port = 7700;
};

// What was measured at one number of incidents.
struct Stage {
  uint64_t incidents = 0;
  Costs costs;  // of those since the stage before
  RestartResult restart;
  LookUpResult look_ups;
};

void PrintRoad(const std::vector<Stage>& stages) {
  Table table({"incidents so far", "part", "CPU us each", "inputs each", "batches each"});
  Table rates({"incidents so far", "incidents/s", "CPU us each, all", "alerts", "consents"});
  for (const Stage& stage : stages) {
    const Costs& costs = stage.costs;
    const std::string so_far = absl::StrCat(stage.incidents);
    const auto count = static_cast<double>(costs.incidents);
    const auto each = [&](uint64_t figure) {
      return absl::StrFormat("%.3f", static_cast<double>(figure) / count);
    };
    table.Add({so_far, "the call, to the gateway's queue", Micros(costs.door / count), "", ""});
    for (const auto& [name, part] : costs.parts) {
      table.Add({so_far, name, Micros(part.cpu / count), each(part.inputs), each(part.batches)});
    }
    table.Add({so_far, "stores' background threads", Micros(costs.background / count), "", ""});
    rates.Add({so_far, absl::StrFormat("%.0f", count / absl::ToDoubleSeconds(costs.wall)),
               Micros(costs.all / count), absl::StrCat(costs.alerts),
               absl::StrCat(costs.consents)});
  }
  std::cout << "## The road, by part\n\n" << table.ToMarkdown() << "\n" << rates.ToMarkdown();
}

void PrintLookUps(const std::vector<Stage>& stages, const Options& options) {
  std::cout << "\n## Look-ups, open loop at " << options.look_ups_per_second << "/s\n\n";
  Table table(
      {"incidents held", "what", "p50 ms", "p90 ms", "p99 ms", "max ms", "calls", "CPU us each"});
  for (const Stage& stage : stages) {
    const auto row = [&](const std::string& what, const Histogram& times, std::string cpu) {
      table.Add({absl::StrCat(stage.incidents), what, Millis(times.Percentile(50)),
                 Millis(times.Percentile(90)), Millis(times.Percentile(99)), Millis(times.max()),
                 absl::StrCat(times.count()), std::move(cpu)});
    };
    row("empty call, one hop", stage.look_ups.empty_calls, "");
    row(absl::StrCat("look-up (", stage.look_ups.failed, " failed, ",
                     stage.look_ups.without_partners, " without partners)"),
        stage.look_ups.look_ups, Micros(stage.look_ups.cpu));
  }
  std::cout << table.ToMarkdown();
}

void PrintRestarts(const std::vector<Stage>& stages) {
  std::cout << "\n## Start and rebuild\n\n";
  Table table({"incidents held", "what", "wall s", "CPU s", "MiB on disk"});
  for (const Stage& stage : stages) {
    const RestartResult& restart = stage.restart;
    const auto row = [&](const std::string& what, const Took& took, const std::string& disk) {
      const auto size = restart.megabytes.find(disk);
      table.Add({absl::StrCat(stage.incidents), what, Seconds(took.wall), Seconds(took.cpu),
                 size == restart.megabytes.end() ? "" : absl::StrCat(size->second)});
    };
    row("start of all seven parts (disk: event log)", restart.start, "log");
    for (const auto& [service, took] : restart.rebuild) {
      row(absl::StrCat("the same, rebuilding ", service), took, service);
    }
    table.Add({absl::StrCat(stage.incidents), "four gateways", "", "",
               absl::StrCat(restart.megabytes.at("gateways"))});
  }
  std::cout << table.ToMarkdown();
}

absl::StatusOr<Stage> Measure(const Options& options, const RoadOptions& road_options,
                              uint64_t from, uint64_t to, absl::Time& clock) {
  Stage stage;
  stage.incidents = to;
  {
    WM_ASSIGN_OR_RETURN(const auto road, Road::Open(road_options, from, clock));
    WM_ASSIGN_OR_RETURN(stage.costs, road->Grow(to));
    WM_RETURN_IF_ERROR(road->Close());
    clock = road->now();
  }
  WM_ASSIGN_OR_RETURN(stage.restart, MeasureRestart(road_options.layout, clock));
  LookUpOptions look_ups;
  look_ups.per_second = options.look_ups_per_second;
  look_ups.length = absl::Seconds(options.look_up_seconds);
  WM_ASSIGN_OR_RETURN(
      stage.look_ups,
      MeasureLookUps(road_options.layout, District(road_options.incidents), look_ups, clock));
  clock = stage.look_ups.clock;
  return stage;
}

absl::Status Run(const Options& options) {
  WM_RETURN_IF_ERROR(calendar::CheckTimeZoneData());
  std::error_code error;
  if (std::filesystem::exists(options.data, error) &&
      !std::filesystem::is_empty(options.data, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat(options.data, " is not empty: name an empty folder, or a new one"));
  }
  std::filesystem::create_directories(options.data, error);
  std::cout << Surroundings(options.data) << "- " << options.in_flight << " incidents in flight\n\n"
            << std::flush;
  RoadOptions road;
  road.layout = {options.data};
  road.incidents = options.sizes.back();
  road.in_flight = options.in_flight;
  road.first_port = options.first_port;
  SystemClock real_clock;
  absl::Time clock = FirstInstant(road.incidents, real_clock.Now());
  std::vector<Stage> stages;
  uint64_t at = 0;
  for (const uint64_t size : options.sizes) {
    WM_ASSIGN_OR_RETURN(Stage stage, Measure(options, road, at, size, clock));
    stages.push_back(std::move(stage));
    at = size;
  }
  PrintRoad(stages);
  PrintLookUps(stages, options);
  PrintRestarts(stages);
  return absl::OkStatus();
}

}  // namespace
}  // namespace waymark::bench

int main(int argc, char** argv) {
  waymark::bench::Options options;
  CLI::App app("What the road costs, how long a look-up takes, how long a restart");
  app.add_option("--data", options.data, "an empty folder for the partnership")->required();
  app.add_option("--sizes", options.sizes, "measure at these numbers of incidents, growing")
      ->capture_default_str();
  app.add_option("--in-flight", options.in_flight, "incidents taken at a time")
      ->capture_default_str();
  app.add_option("--look-ups", options.look_ups_per_second, "look-ups a second")
      ->capture_default_str();
  app.add_option("--seconds", options.look_up_seconds, "of look-ups at each size")
      ->capture_default_str();
  app.add_option("--port", options.first_port, "first of the ports used, on 127.0.0.1")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = waymark::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "waymark_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}
