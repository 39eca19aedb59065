// For this library's own tests: a service with one method of each kind of behaviour, and a fixture
// that serves it in process or over mTLS.
#pragma once

#include <google/protobuf/wrappers.pb.h>

#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "libs/rpc/testing.h"

namespace waymark::rpc::testing {

using Text = google::protobuf::StringValue;

inline constexpr char kEcho[] = "/waymark.test.v1.TestService/Echo";
inline constexpr char kSupervise[] = "/waymark.test.v1.TestService/Supervise";
inline constexpr char kFail[] = "/waymark.test.v1.TestService/Fail";
inline constexpr char kDrop[] = "/waymark.test.v1.TestService/Drop";
inline constexpr char kHold[] = "/waymark.test.v1.TestService/Hold";
inline constexpr char kStream[] = "/waymark.test.v1.TestService/Stream";
inline constexpr char kBidi[] = "/waymark.test.v1.TestService/Bidi";

inline constexpr int kMany = 400;      // items of the stream "many"
inline constexpr int kAheadMax = 200;  // how far it may run ahead of its reader, over any transport

Text MakeText(const std::string& text);
// Item `index` of the stream "many": eight digits and padding, 64 KiB.
std::string Numbered(int index);
absl::Status FailStatus();

// Thread-safe.
class TestService {
 public:
  MethodTable Table();

  CallContext last_call() const;
  int calls() const;
  int produced() const;
  // Each waits up to ten seconds.
  bool WaitForCancelled(int count);
  bool WaitForHeld();
  void AnswerHeld();

 private:
  using Writer = std::shared_ptr<ServerWriter<Text>>;
  void Saw(const CallContext& call);
  void Stream(const std::string& kind, Writer writer);
  void NextItem(std::shared_ptr<Duplex<Text, Text>> stream);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  CallContext last_call_;
  int calls_ = 0;
  int produced_ = 0;
  int cancelled_ = 0;
  std::vector<std::pair<Text, Reply<Text>>> held_;
  std::vector<Writer> silent_;
};

// Tokens "officer" and "supervisor" are people of the police; any other has expired.
class TestVerifier : public PersonVerifier {
 public:
  absl::StatusOr<Person> Verify(std::string_view token) override;
};

class Fixture {
 public:
  static std::unique_ptr<Fixture> Make(bool over_grpc, Limits limits);
  virtual ~Fixture() = default;

  // The same channel each time for the same principal.
  virtual std::shared_ptr<Channel> As(const Principal& caller) = 0;
  // In process moves the clock; over gRPC real time passes by itself.
  virtual void LetTimePass(Channel& channel, absl::Duration time) = 0;
  virtual Clock& clock() = 0;

  TestService& service() { return service_; }
  Endpoint& endpoint() { return *endpoint_; }
  bool WaitUntilIdle();
  // Waits for `count` records, up to ten seconds.
  std::vector<CallRecord> records(size_t count);

 protected:
  void MakeEndpoint(Limits limits, Clock& clock);

  TestService service_;
  TestVerifier verifier_;
  std::mutex records_mutex_;
  std::condition_variable recorded_;
  std::vector<CallRecord> records_;
  std::shared_ptr<Endpoint> endpoint_;
};

}  // namespace waymark::rpc::testing
