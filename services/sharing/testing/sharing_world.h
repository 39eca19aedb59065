// Several gateways of one partnership in a test: all rooms, stores and a log in memory,
// FetchShare over LocalChannel, and a stand-in for casemgr that posts what the test says. Time
// stands still until told otherwise.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/eventlog/memory_log.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/endpoint.h"
#include "libs/runtime/runtime.h"
#include "libs/store/memory_store.h"
#include "libs/telemetry/alarms.h"
#include "libs/testing/runtime_harness.h"
#include "services/sharing/gateway_service.h"
#include "services/sharing/testing/gateway_world.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/alert.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::sharing {

// A channel that can be cut: then every call fails at once with UNAVAILABLE.
class CutChannel : public rpc::Channel {
 public:
  explicit CutChannel(std::shared_ptr<rpc::Channel> to) : to_(std::move(to)) {}
  void Call(const std::string& path, std::string request, const rpc::CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override;
  std::shared_ptr<rpc::RawClientStream> Open(const std::string& path,
                                             const rpc::CallOptions& options) override;
  void SetTo(std::shared_ptr<rpc::Channel> to) { to_ = std::move(to); }
  bool cut = false;
  int calls = 0;

 private:
  std::shared_ptr<rpc::Channel> to_;
};

// Publishes under any source name what it is told to: stands for casemgr, or for a gateway that
// lies.
class Postman : public runtime::Service {
 public:
  std::vector<std::string> DomainColumnFamilies() const override { return {}; }
  absl::StatusOr<runtime::Decision> Decide(const runtime::View&, const runtime::Input& input,
                                           runtime::Context&) override;
  absl::Status Evolve(const runtime::View&, const runtime::Event& event,
                      const runtime::EventContext&, runtime::Changes& changes) override;
  static std::string Letter(const std::string& topic, const std::string& type,
                            const std::string& payload);
};

// A subscriber's system: reads everything that comes, confirms nothing by itself. While `paused` it
// reads nothing more than what it waits for already; ReadOn goes on.
struct Subscriber : public std::enable_shared_from_this<Subscriber> {
  void ReadOn();
  bool paused = false;

  std::shared_ptr<
      rpc::ClientStream<gateway::v1::SubscribeAlertsRequest, gateway::v1::SubscribeAlertsResponse>>
      stream;
  std::vector<gateway::v1::SubscribeAlertsResponse> got;
  std::optional<absl::Status> end;

  std::vector<gateway::v1::Alert> alerts() const;
  std::vector<gateway::v1::SubscribeAlertsResponse::Tombstone> tombstones() const;
  int heartbeats() const;
};

// One decision of one gateway, as it was made.
struct Decided {
  std::string agency;
  std::string input;                // Input::type
  std::vector<std::string> leaves;  // what each says, in order
  std::vector<std::string> events;  // types of the other events
};

class SharingWorld {
 public:
  struct Node;

  explicit SharingWorld(std::vector<std::string> agencies = {"police", "housing", "council"});
  ~SharingWorld();

  // The stand-in `source` writes one record to the agency's inbox, and everything runs until idle.
  template <class Message>
  void Post(const std::string& source, const std::string& agency, const Message& message) {
    PostBytes(source, agency, Message::descriptor()->full_name(), message.SerializeAsString());
  }
  void PostBytes(const std::string& source, const std::string& agency, const std::string& type,
                 const std::string& payload);
  // The same to any topic.
  template <class Message>
  void PostTo(const std::string& topic, const std::string& source, const Message& message) {
    PostBytesTo(topic, source, Message::descriptor()->full_name(), message.SerializeAsString());
  }
  void PostBytesTo(const std::string& topic, const std::string& source, const std::string& type,
                   const std::string& payload);

  // As system `system` of the agency, for a person when `role` is not "".
  template <class Resp, class Req>
  absl::StatusOr<Resp> Call(const std::string& agency, const std::string& system,
                            const std::string& method, const Req& request,
                            const std::string& role = "") {
    rpc::CallOptions options;
    if (!role.empty()) options.bearer_token = role + ":p-1";
    return Await<Resp>(*System(agency, system), method, request, options);
  }
  // For this person instead of "p-1".
  template <class Resp, class Req>
  absl::StatusOr<Resp> CallAs(const std::string& agency, const std::string& system,
                              const std::string& method, const Req& request,
                              const std::string& role, const std::string& person) {
    rpc::CallOptions options;
    options.bearer_token = role + ":" + person;
    return Await<Resp>(*System(agency, system), method, request, options);
  }
  // As the gateway of `from`, at the gateway of `to`.
  template <class Resp, class Req>
  absl::StatusOr<Resp> CallPeer(const std::string& from, const std::string& to,
                                const std::string& method, const Req& request) {
    return Await<Resp>(*GatewayTo(from, to), method, request, {});
  }

  // The same two without running anything: what is sent before Run is decided in one batch.
  template <class Resp, class Req>
  std::shared_ptr<absl::StatusOr<Resp>> Send(const std::string& agency, const std::string& system,
                                             const std::string& method, const Req& request,
                                             const std::string& role) {
    rpc::CallOptions options;
    options.bearer_token = role + ":p-1";
    return Ask<Resp>(*System(agency, system), method, request, options);
  }
  template <class Resp, class Req>
  std::shared_ptr<absl::StatusOr<Resp>> SendPeer(const std::string& from, const std::string& to,
                                                 const std::string& method, const Req& request) {
    return Ask<Resp>(*GatewayTo(from, to), method, request, {});
  }

  std::shared_ptr<Subscriber> Subscribe(const std::string& agency, const std::string& system,
                                        const std::string& subscription,
                                        const std::string& token = "",
                                        const std::string& purpose = "prevent_asb");
  void Confirm(Subscriber& subscriber, const std::string& token);

  // For calls that the above have no form for.
  std::shared_ptr<rpc::Channel> System(const std::string& agency, const std::string& system);

  void Run();
  // Time passes, timers fire, streams are ticked.
  void Advance(absl::Duration by);
  // As at start: what the store or the key file knows as erased is erased in the other too.
  void FinishErasures(const std::string& agency);
  // From now on the gateway asks `intake` for its sealing key.
  void WatchIntakeKey(const std::string& agency, std::shared_ptr<rpc::Channel> intake);
  // Other agreements are loaded at the gateway and activated.
  void Load(const std::string& agency, std::shared_ptr<const agreement::Evaluator> agreements);
  static std::vector<agreement::Agreement> FenlandAgreements();

  // Checkpoints, witnesses and self-audits run from now on; without it they do not.
  void StartAudit();
  void StartAudit(const std::string& agency);
  // The gateway stands still, as if its machine were off, until it is resumed.
  void Pause(const std::string& agency);
  void Resume(const std::string& agency);
  store::MemoryStore& StoreOf(const std::string& agency);
  // Power loss and a start on `disk`; nullptr: on what the disk held. Person keys stay.
  void Restart(const std::string& agency, std::unique_ptr<store::MemoryStore> disk = nullptr);
  Node& At(const std::string& agency) { return *nodes_.at(agency); }
  Membership& MembershipOf(const std::string& agency);
  CutChannel& Peer(const std::string& from, const std::string& to);
  void Read(const std::string& agency, const std::function<void(const runtime::View&)>& read);
  // What the audit log of the agency says, in order.
  std::vector<std::string> Audited(const std::string& agency);
  // Every key and value of every store, and every record of the log, in one string.
  std::string EverythingStored();
  size_t DeadLetters(const std::string& agency);

  // Every method of the agency's gateway, and every type of input that its rooms take.
  std::vector<std::string> Methods(const std::string& agency);
  std::vector<std::string> InputTypes(const std::string& agency);

  ManualClock clock;
  SeededRandom random{11};
  eventlog::MemoryLog log;
  telemetry::AlarmList alarms{clock};
  // Every decision so far, refused ones left out.
  std::vector<Decided> decided;

 private:
  void OpenNode(const std::string& agency);
  void OpenPostman(const std::string& source);
  std::shared_ptr<rpc::Channel> GatewayTo(const std::string& from, const std::string& to);

  template <class Resp, class Req>
  std::shared_ptr<absl::StatusOr<Resp>> Ask(rpc::Channel& channel, const std::string& method,
                                            const Req& request, const rpc::CallOptions& options) {
    auto answer = std::make_shared<absl::StatusOr<Resp>>(absl::UnavailableError("no answer"));
    rpc::CallAsync<Resp>(channel, method, request, options,
                         [answer](absl::StatusOr<Resp> came) { *answer = std::move(came); });
    return answer;
  }
  template <class Resp, class Req>
  absl::StatusOr<Resp> Await(rpc::Channel& channel, const std::string& method, const Req& request,
                             const rpc::CallOptions& options) {
    const auto answer = Ask<Resp>(channel, method, request, options);
    Run();
    return *answer;
  }

  struct Post_;
  std::vector<std::string> agencies_;
  testing::DirectLaneRepair repair_;
  testing::ScriptedEffects no_effects_;
  DigestSigner signer_;
  testing::RuntimeHarness harness_{clock};
  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::map<std::string, std::unique_ptr<Post_>> postmen_;
};

}  // namespace waymark::sharing
