#include "libs/rpc/test_service.h"

#include <cstdio>

#include "libs/base/check.h"
#include "libs/rpc/open_call.h"

namespace waymark::rpc::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);

class LocalFixture : public Fixture {
 public:
  explicit LocalFixture(Limits limits) { MakeEndpoint(limits, clock_); }
  std::shared_ptr<Channel> As(const Principal& caller) override {
    auto& channel = channels_[caller.Text()];
    if (channel == nullptr) channel = LocalChannel::Create(endpoint_, caller, clock_);
    return channel;
  }
  void LetTimePass(Channel& channel, absl::Duration time) override {
    clock_.Advance(time);
    static_cast<LocalChannel&>(channel).ExpireDeadlines();
  }
  Clock& clock() override { return clock_; }

 private:
  ManualClock clock_{absl::FromUnixSeconds(1'790'000'000)};
  std::map<std::string, std::shared_ptr<LocalChannel>> channels_;
};

class GrpcFixture : public Fixture {
 public:
  explicit GrpcFixture(Limits limits) {
    MakeEndpoint(limits, clock_);
    ServerConfig config;
    config.tls_dir = authority_.Directory(self_);
    auto server = Server::Start(config, endpoint_);
    WM_CHECK(server.ok(), server.status().ToString());
    server_ = *std::move(server);
  }
  std::shared_ptr<Channel> As(const Principal& caller) override {
    auto& channel = channels_[caller.Text()];
    if (channel == nullptr) {
      std::string target = absl::StrCat("127.0.0.1:", server_->port());
      auto made = ConnectGrpc({target, authority_.Directory(caller), self_, absl::Seconds(10)});
      WM_CHECK(made.ok(), made.status().ToString());
      channel = *std::move(made);
    }
    return channel;
  }
  void LetTimePass(Channel&, absl::Duration) override {}
  Clock& clock() override { return clock_; }

 private:
  const Principal self_ = Principal::Gateway("fenland.example", "police");
  SystemClock clock_;
  ScratchDirectory scratch_;
  TestAuthority authority_{"authority", scratch_.path()};
  std::unique_ptr<Server> server_;
  std::map<std::string, std::shared_ptr<Channel>> channels_;
};

}  // namespace

Text MakeText(const std::string& text) {
  Text message;
  message.set_value(text);
  return message;
}

std::string Numbered(int index) {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "%08d", index);
  return digits + std::string((64 << 10) - 8, '.');
}

absl::Status FailStatus() {
  return ProblemStatus(absl::StatusCode::kFailedPrecondition,
                       {{"case_closed", "case_id", "an open case", "open it again first"},
                        {"no_reason", "reason", "why", "say why; quote \"%\" and \xc3\xa9"}});
}

MethodTable TestService::Table() {
  MethodTable table;
  Rule systems = Rule::Systems({"cad", "console"});
  auto echo = [this](const CallContext& call, Text request, Reply<Text> reply) {
    Saw(call);
    reply(request);
  };
  table.Unary<Text, Text>(kEcho, systems, echo);
  table.Unary<Text, Text>(kSupervise, Rule::Systems({"console"}).WithPerson({"supervisor"}), echo);
  table.Unary<Text, Text>(kFail, systems,
                          [](const CallContext&, Text, Reply<Text> reply) { reply(FailStatus()); });
  table.Unary<Text, Text>(kDrop, systems, [](const CallContext&, Text, Reply<Text>) {});
  table.Unary<Text, Text>(kHold, systems,
                          [this](const CallContext&, Text request, Reply<Text> reply) {
                            std::lock_guard lock(mutex_);
                            held_.emplace_back(std::move(request), std::move(reply));
                            changed_.notify_all();
                          });
  table.ServerStream<Text, Text>(kStream, systems,
                                 [this](const CallContext&, Text request, Writer writer) {
                                   Stream(request.value(), std::move(writer));
                                 });
  table.BidiStream<Text, Text>(
      kBidi, systems, [this](const CallContext&, std::shared_ptr<Duplex<Text, Text>> stream) {
        NextItem(std::move(stream));
      });
  return table;
}

void TestService::Saw(const CallContext& call) {
  std::lock_guard lock(mutex_);
  last_call_ = call;
  ++calls_;
}

// "forget" lets go at once; "many" writes kMany items by pull, "one by one" too but each when the
// one before was sent; the others stay open and say nothing, or one item first.
void TestService::Stream(const std::string& kind, Writer writer) {
  if (kind == "forget") return;
  writer->OnCancelled([this] {
    std::lock_guard lock(mutex_);
    ++cancelled_;
    changed_.notify_all();
  });
  if (kind == "many" || kind == "one by one") {
    const bool one = kind == "one by one";
    writer->OnReady([this, writer, one, next = std::make_shared<int>(0)] {
      const auto write = [&](const Text& item) {
        return one ? writer->WriteWhenSent(item) : writer->Write(item);
      };
      while (*next < kMany && write(MakeText(Numbered(*next)))) {
        ++*next;
        std::lock_guard lock(mutex_);
        produced_ = *next;
      }
      if (*next == kMany) writer->Finish(absl::OkStatus());
    });
    return;
  }
  if (kind != "silent") writer->Write(MakeText("one"));
  std::lock_guard lock(mutex_);
  silent_.push_back(std::move(writer));
}

void TestService::NextItem(std::shared_ptr<Duplex<Text, Text>> stream) {
  stream->Read([this, stream](Duplex<Text, Text>::Item item) {
    if (!item) return stream->Finish(absl::OkStatus());
    stream->Write(item->ok() ? **item : MakeText("undecodable"));
    NextItem(stream);
  });
}

CallContext TestService::last_call() const {
  std::lock_guard lock(mutex_);
  return last_call_;
}

int TestService::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

int TestService::produced() const {
  std::lock_guard lock(mutex_);
  return produced_;
}

bool TestService::WaitForCancelled(int count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return cancelled_ >= count; });
}

bool TestService::WaitForHeld() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return !held_.empty(); });
}

void TestService::AnswerHeld() {
  std::vector<std::pair<Text, Reply<Text>>> held;
  {
    std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  for (auto& [request, reply] : held) reply(request);
}

absl::StatusOr<Person> TestVerifier::Verify(std::string_view token) {
  if (token == "officer") return Person{"police", "u-1", "officer", "t-1"};
  if (token == "supervisor") return Person{"police", "u-2", "supervisor", "t-2"};
  return absl::UnauthenticatedError("it has expired");
}

std::unique_ptr<Fixture> Fixture::Make(bool over_grpc, Limits limits) {
  if (over_grpc) return std::make_unique<GrpcFixture>(limits);
  return std::make_unique<LocalFixture>(limits);
}

void Fixture::MakeEndpoint(Limits limits, Clock& clock) {
  EndpointConfig config;
  config.trust_domain = "fenland.example";
  config.own_agency = "police";
  config.limits = limits;
  config.on_call = [this](const CallRecord& record) {
    std::lock_guard lock(records_mutex_);
    records_.push_back(record);
    recorded_.notify_all();
  };
  endpoint_ = Endpoint::Create(std::move(config), service_.Table(), &verifier_, clock);
}

bool Fixture::WaitUntilIdle() { return rpc::WaitUntilIdle(*endpoint_, absl::Seconds(10)); }

std::vector<CallRecord> Fixture::records(size_t count) {
  std::unique_lock lock(records_mutex_);
  recorded_.wait_for(lock, kPatience, [&] { return records_.size() >= count; });
  return records_;
}

}  // namespace waymark::rpc::testing
