// A whole gateway in a test of the room `duties`: every room, a store and a log in memory, a clock
// that stands still until told otherwise, and the register as the test wants it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/channel.h"
#include "services/sharing/testing/gateway_world.h"

namespace waymark::sharing::duties {

// casemgr: answers what the test says, away until then.
class FakeRegister : public rpc::Channel {
 public:
  void Call(const std::string& path, std::string request, const rpc::CallOptions& options,
            std::function<void(absl::StatusOr<std::string>)> done) override;
  std::shared_ptr<rpc::RawClientStream> Open(const std::string&, const rpc::CallOptions&) override {
    return nullptr;
  }
  template <class Message>
  void Answer(const Message& message) {
    answer = message.SerializeAsString();
  }

  std::vector<std::string> paths, requests;
  std::vector<absl::Duration> timeouts;
  absl::StatusOr<std::string> answer = absl::DeadlineExceededError("no answer in time");
};

// Believes a token "role:subject" for its agency.
class AgencyTokens : public rpc::PersonVerifier {
 public:
  explicit AgencyTokens(std::string agency) : agency_(std::move(agency)) {}
  absl::StatusOr<rpc::Person> Verify(std::string_view token) override;

 private:
  const std::string agency_;
};

class DutiesWorld {
 public:
  DutiesWorld(const std::string& agency, absl::Time start);
  ~DutiesWorld();

  void CrashAndRestart();
  void SetLogAway(bool away);
  void RunUntil(absl::Time until);
  void RunFor(absl::Duration by) { RunUntil(clock.Now() + by); }

  // As the agency's console, for a person when `role` is not "".
  template <class Resp, class Req>
  absl::StatusOr<Resp> Call(const std::string& method, Req request,
                            const std::string& role = "officer",
                            const std::string& person = "p-1") {
    request.set_partnership("fenland");
    rpc::CallOptions options;
    if (!role.empty()) options.bearer_token = role + ":" + person;
    auto answer = std::make_shared<absl::StatusOr<Resp>>(absl::UnavailableError("no answer"));
    rpc::CallAsync<Resp>(*channel, "/waymark.gateway.v1." + method, request, options,
                         [answer](absl::StatusOr<Resp> came) { *answer = std::move(came); });
    RunFor(absl::ZeroDuration());
    return *answer;
  }

  // Publishes an incident graded HIGH now; returns the own person it is about.
  std::string PublishHigh();
  // A record in the inbox, signed, from the register unless told otherwise.
  template <class Message>
  void Tell(const Message& message, const std::string& source = "casemgr") {
    TellBytes(message.GetTypeName(), message.SerializeAsString(), source);
  }
  // Records on the out topic of one type, in order.
  template <class Message>
  std::vector<Message> Sent() const {
    std::vector<Message> sent;
    for (const std::string& bytes : SentBytes(Message::default_instance().GetTypeName())) {
      sent.emplace_back().ParseFromString(bytes);
    }
    return sent;
  }
  void Read(const std::function<void(const runtime::View&)>& read) const;

  const std::string agency;
  ManualClock clock;
  SeededRandom random{11};
  std::shared_ptr<FakeRegister> reg = std::make_shared<FakeRegister>();
  std::map<std::string, CoreChannels> core;
  alerts::PeerChannels peers;
  AlertStreams streams;
  Memberships memberships;
  eventlog::MemoryLog log;
  telemetry::AlarmList alarms{clock};
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<GatewayApp> app;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<testing::RuntimeHarness> harness;
  std::shared_ptr<rpc::Endpoint> endpoint;
  std::shared_ptr<rpc::LocalChannel> channel;

 private:
  void Open();
  void TellBytes(const std::string& type, const std::string& payload, const std::string& source);
  std::vector<std::string> SentBytes(const std::string& type) const;
  const Membership& membership() const { return memberships.begin()->second; }

  testing::ScriptedEffects effects_;
  testing::DirectLaneRepair repair_;
  DigestSigner signer_;
  AgencyTokens tokens_;
  std::map<std::string, uint64_t> seqs_;
  int published_ = 0;
};

}  // namespace waymark::sharing::duties
