// One toy service on a store in memory, for tests of the runtime.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/eventlog/memory_log.h"
#include "libs/runtime/cloud_event.h"
#include "libs/runtime/runtime.h"
#include "libs/runtime/toy_service.h"
#include "libs/store/memory_store.h"
#include "libs/telemetry/alarms.h"
#include "libs/testing/runtime_harness.h"

namespace waymark::runtime {

// Signs with a word that the verifier knows.
class ToySigner : public RecordSigner {
 public:
  absl::StatusOr<Signature> Sign(std::string_view bytes) override {
    return Signature{"toy-key", SignatureOf(bytes)};
  }
  static std::string SignatureOf(std::string_view bytes) {
    return std::to_string(std::hash<std::string_view>()(bytes));
  }
};

class ToyVerifier : public RecordVerifier {
 public:
  absl::Status Verify(const eventlog::TopicPartition&, std::string_view, std::string_view bytes,
                      const Signature& signature) override {
    if (signature.bytes == ToySigner::SignatureOf(bytes)) return absl::OkStatus();
    return absl::PermissionDeniedError("the signature does not fit the record");
  }
};

// Everything around the runtimes of one test.
struct ToyWorld {
  ManualClock clock{absl::FromUnixSeconds(1'700'000'000)};
  eventlog::MemoryLog log;
  telemetry::AlarmList alarms{clock};
  telemetry::Metrics metrics;
  testing::ScriptedEffects effects;
  testing::DirectLaneRepair repair;
  testing::RuntimeHarness harness{clock};
  ToySigner signer;
  ToyVerifier verifier;
};

class ToyNode {
 public:
  ToyNode(ToyWorld& world, RuntimeConfig config)
      : store(std::make_unique<store::MemoryStore>(ToyService::AllColumnFamilies())),
        config(std::move(config)),
        world_(world) {}
  ~ToyNode() { Close(); }

  enum class How { kOpen, kRebuild, kRestored };
  absl::Status Open(How how = How::kOpen) {
    Close();
    runtime = std::make_unique<Runtime>(config, RuntimeDeps{.store = *store,
                                                            .log = world_.log,
                                                            .service = service,
                                                            .effects = world_.effects,
                                                            .signer = world_.signer,
                                                            .verifier = world_.verifier,
                                                            .repair = world_.repair,
                                                            .clock = world_.clock,
                                                            .alarms = world_.alarms,
                                                            .crash_point =
                                                                [this](std::string_view name) {
                                                                  if (crash_point)
                                                                    crash_point(name);
                                                                },
                                                            .metrics = &world_.metrics});
    const absl::Status opened = how == How::kOpen      ? runtime->Open()
                                : how == How::kRebuild ? runtime->Rebuild()
                                                       : runtime->OpenRestored();
    if (!opened.ok()) {
      runtime.reset();
      return opened;
    }
    world_.harness.Add(*runtime);
    world_.repair.Serve(config.source, runtime.get());
    return opened;
  }

  void Close() {
    if (runtime == nullptr) return;
    world_.harness.Remove(*runtime);
    world_.repair.Serve(config.source, nullptr);
    runtime.reset();
  }

  // Power loss: what was committed is there when it is opened again.
  void Crash() {
    std::unique_ptr<store::MemoryStore> left = store->Crash();
    Close();
    store = std::move(left);
  }

  void LoseDisk() {
    Close();
    store = std::make_unique<store::MemoryStore>(ToyService::AllColumnFamilies());
  }

  absl::StatusOr<std::string> Run(std::string script, std::string key = "",
                                  std::string method = "Run") {
    Command command;
    command.principal = "tester";
    command.method = std::move(method);
    command.key = std::move(key);
    command.payload = std::move(script);
    return world_.harness.Call(*runtime, config.shards[0].id, std::move(command));
  }

  std::string Get(const std::string& key) {
    std::string value;
    const absl::Status read = runtime->Read(
        config.shards[0].id, [&](const View& view) { value = view.Get("toy", key).value_or(""); });
    return read.ok() ? value : read.ToString();
  }

  std::vector<std::string> Log() {
    std::vector<std::string> log;
    if (!runtime->Read(config.shards[0].id, [&](const View& view) { log = LogOf(view); }).ok()) {
      log.push_back("cannot be read");
    }
    return log;
  }

  std::unique_ptr<store::MemoryStore> store;
  RuntimeConfig config;
  ToyService service;
  std::function<void(std::string_view)> crash_point;
  std::unique_ptr<Runtime> runtime;

 private:
  ToyWorld& world_;
};

}  // namespace waymark::runtime
