// One suite over both transports: in process and over mTLS a call is admitted, refused, limited,
// streamed and ended alike.
#include <gtest/gtest.h>

#include "libs/rpc/test_service.h"

namespace waymark::rpc {
namespace {

using absl::StatusCode;
using testing::Fixture;
using testing::kBidi;
using testing::kDrop;
using testing::kEcho;
using testing::kFail;
using testing::kHold;
using testing::kStream;
using testing::kSupervise;
using testing::Text;

class ChannelSuite : public ::testing::TestWithParam<bool> {
 protected:
  Fixture& Start(Limits limits = {}) {
    fixture_ = Fixture::Make(GetParam(), limits);
    return *fixture_;
  }
  absl::StatusOr<Text> CallText(const Principal& caller, const std::string& path,
                                const std::string& text, const CallOptions& options = {}) {
    return Call<Text>(*fixture_->As(caller), path, testing::MakeText(text), options);
  }
  static std::string CodeOf(const absl::Status& status) {
    auto problems = ProblemsFrom(status);
    return problems.empty() ? "" : problems[0].code;
  }

  const Principal cad_ = Principal::System("fenland.example", "police", "cad");
  const Principal console_ = Principal::System("fenland.example", "police", "console");
  std::unique_ptr<Fixture> fixture_;
};

TEST_P(ChannelSuite, AHandlerSeesWhoCallsAndWhatCameWithIt) {
  Start();
  CallOptions options;
  options.idempotency_key = "key-1";
  options.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  options.bearer_token = "officer";
  auto answer = CallText(cad_, kEcho, "hello", options);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->value(), "hello");
  CallContext seen = fixture_->service().last_call();
  EXPECT_EQ(seen.system, cad_);
  EXPECT_EQ(seen.idempotency_key, "key-1");
  EXPECT_EQ(seen.traceparent, options.traceparent);
  EXPECT_EQ(seen.method, kEcho);
  EXPECT_EQ(seen.person, (Person{"police", "u-1", "officer", "t-1"}));
  EXPECT_LT(seen.deadline, fixture_->clock().Now() + absl::Minutes(1));
}

TEST_P(ChannelSuite, AMalformedTraceIsDroppedAndAMalformedKeyRefused) {
  Start();
  CallOptions options;
  options.traceparent = "00-xyz";
  ASSERT_TRUE(CallText(cad_, kEcho, "a", options).ok());
  EXPECT_EQ(fixture_->service().last_call().traceparent, "");
  options.idempotency_key = std::string(128, 'k');
  EXPECT_TRUE(CallText(cad_, kEcho, "a", options).ok());
  options.idempotency_key = std::string(129, 'k');
  EXPECT_EQ(CodeOf(CallText(cad_, kEcho, "a", options).status()), "idempotency_key");
}

TEST_P(ChannelSuite, WhoIsNotPermittedIsRefusedAndTheHandlerNotReached) {
  Start();
  struct Case {
    Principal caller;
    std::string path;
    std::string token;
    StatusCode code;
    std::string problem;
  };
  const Case cases[] = {
      {cad_, "/waymark.test.v1.TestService/None", "", StatusCode::kUnimplemented, "unknown_method"},
      {Principal::System("fenland.example", "housing", "cad"), kEcho, "",
       StatusCode::kPermissionDenied, "caller_not_permitted"},
      {Principal::System("fenland.example", "police", "kitchen"), kEcho, "",
       StatusCode::kPermissionDenied, "caller_not_permitted"},
      {Principal::Gateway("fenland.example", "police"), kEcho, "", StatusCode::kPermissionDenied,
       "caller_not_permitted"},
      {Principal::System("elsewhere.example", "police", "cad"), kEcho, "",
       StatusCode::kPermissionDenied, "other_trust_domain"},
      {console_, kSupervise, "", StatusCode::kUnauthenticated, "person_required"},
      {console_, kSupervise, "expired", StatusCode::kUnauthenticated, "person_token"},
      {console_, kEcho, "expired", StatusCode::kUnauthenticated, "person_token"},
      {console_, kSupervise, "officer", StatusCode::kPermissionDenied, "person_not_permitted"},
      {cad_, kSupervise, "supervisor", StatusCode::kPermissionDenied, "caller_not_permitted"},
  };
  for (const Case& one : cases) {
    CallOptions options;
    options.bearer_token = one.token;
    absl::Status status = CallText(one.caller, one.path, "a", options).status();
    EXPECT_EQ(status.code(), one.code) << one.caller.Text() << " " << one.path << ": " << status;
    EXPECT_EQ(CodeOf(status), one.problem) << one.caller.Text() << " " << one.path;
  }
  EXPECT_EQ(fixture_->service().calls(), 0);
  CallOptions options;
  options.bearer_token = "supervisor";
  EXPECT_TRUE(CallText(console_, kSupervise, "a", options).ok());
  EXPECT_EQ(fixture_->service().calls(), 1);
}

TEST_P(ChannelSuite, ARefusedStreamSaysWhyToItsReader) {
  Start();
  auto stream = OpenBidi<Text, Text>(
      *fixture_->As(Principal::System("fenland.example", "housing", "cad")), kBidi);
  absl::Status status = stream->Next().status();
  EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(status), "caller_not_permitted");
  EXPECT_EQ(stream->Next().status().code(), StatusCode::kPermissionDenied);
  EXPECT_FALSE(stream->Send(testing::MakeText("a")));
}

TEST_P(ChannelSuite, TheProblemsOfAHandlerReachTheCaller) {
  Start();
  absl::Status status = CallText(cad_, kFail, "a").status();
  EXPECT_EQ(status, testing::FailStatus());
  EXPECT_EQ(ProblemsFrom(status).size(), 2u);
}

TEST_P(ChannelSuite, AForgottenCallAndAForgottenStreamEndAsInternal) {
  Start();
  EXPECT_EQ(CallText(cad_, kDrop, "a").status().code(), StatusCode::kInternal);
  auto stream = OpenServerStream<Text>(*fixture_->As(cad_), kStream, testing::MakeText("forget"));
  EXPECT_EQ(stream->Next().status().code(), StatusCode::kInternal);
}

TEST_P(ChannelSuite, BytesThatAreNoMessageAreRefused) {
  Start();
  std::promise<absl::Status> answer;
  fixture_->As(cad_)->Call(kEcho, "\xff", {}, [&](absl::StatusOr<std::string> bytes) {
    answer.set_value(bytes.status());
  });
  absl::Status status = answer.get_future().get();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(status), "undecodable");
}

TEST_P(ChannelSuite, AMessageAtTheLimitPassesAndOneByteMoreDoesNot) {
  Limits limits;
  limits.message_bytes_max = 1000;
  Start(limits);
  std::string fits(997, 'x');  // tag, two bytes of length, text
  ASSERT_EQ(testing::MakeText(fits).ByteSizeLong(), 1000u);
  EXPECT_TRUE(CallText(cad_, kEcho, fits).ok());
  EXPECT_EQ(CallText(cad_, kEcho, fits + "x").status().code(), StatusCode::kResourceExhausted);
  auto stream = OpenBidi<Text, Text>(*fixture_->As(cad_), kBidi);
  ASSERT_TRUE(stream->Send(testing::MakeText(fits)));
  auto answer = stream->Next();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ((*answer)->value(), fits);
  stream->Send(testing::MakeText(fits + "x"));
  EXPECT_EQ(stream->Next().status().code(), StatusCode::kResourceExhausted);
}

TEST_P(ChannelSuite, AnAnswerOverTheLimitIsNotSent) {
  Limits limits;
  limits.response_bytes_max = 100;
  Start(limits);
  EXPECT_TRUE(CallText(cad_, kEcho, std::string(98, 'x')).ok());
  EXPECT_EQ(CodeOf(CallText(cad_, kEcho, std::string(99, 'x')).status()), "message_too_large");
  auto stream = OpenBidi<Text, Text>(*fixture_->As(cad_), kBidi);
  stream->Send(testing::MakeText(std::string(99, 'x')));
  EXPECT_EQ(CodeOf(stream->Next().status()), "message_too_large");
}

TEST_P(ChannelSuite, EachPrincipalHasItsOwnRate) {
  Limits limits;
  limits.calls_per_second = 0.001;
  limits.calls_burst = 3;
  Start(limits);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(CallText(cad_, kEcho, "a").ok());
  absl::Status status = CallText(cad_, kEcho, "a").status();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(status), "rate_limited");
  EXPECT_TRUE(CallText(console_, kEcho, "a").ok());
}

TEST_P(ChannelSuite, ItemsOfAStreamHaveARate) {
  Limits limits;
  limits.stream_items_per_second = 0.001;
  limits.stream_items_burst = 3;
  Start(limits);
  auto stream = OpenBidi<Text, Text>(*fixture_->As(cad_), kBidi);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Send(testing::MakeText("a")));
    ASSERT_TRUE(stream->Next().ok());
  }
  stream->Send(testing::MakeText("a"));
  absl::Status status = stream->Next().status();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(status), "rate_limited");
}

TEST_P(ChannelSuite, OpenStreamsAreBoundedAndAPlaceComesFree) {
  Limits limits;
  limits.streams_open_per_principal_max = 1;
  Start(limits);
  auto channel = fixture_->As(cad_);
  auto first = OpenBidi<Text, Text>(*channel, kBidi);
  ASSERT_TRUE(first->Send(testing::MakeText("a")));
  ASSERT_TRUE(first->Next().ok());
  EXPECT_EQ(CodeOf(OpenBidi<Text, Text>(*channel, kBidi)->Next().status()), "too_many_streams");
  first->WritesDone();
  ASSERT_TRUE(first->Next().ok());
  auto second = OpenBidi<Text, Text>(*channel, kBidi);
  ASSERT_TRUE(second->Send(testing::MakeText("a")));
  EXPECT_TRUE(second->Next().ok());
}

TEST_P(ChannelSuite, AnAnswerAfterTheDeadlineIsTooLate) {
  Start();
  CallOptions options;
  options.timeout = absl::Milliseconds(50);
  auto channel = fixture_->As(cad_);
  std::promise<absl::Status> answer;
  CallAsync<Text>(*channel, kHold, testing::MakeText("a"), options,
                  [&](absl::StatusOr<Text> text) { answer.set_value(text.status()); });
  fixture_->LetTimePass(*channel, absl::Milliseconds(60));
  EXPECT_EQ(answer.get_future().get().code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(fixture_->WaitUntilIdle());
  fixture_->service().AnswerHeld();  // comes too late and changes nothing
}

TEST_P(ChannelSuite, ACallWithoutADeadlineGetsOneAndALongOneIsCut) {
  Limits limits;
  limits.unary_deadline_default = absl::Milliseconds(50);
  limits.unary_deadline_max = absl::Milliseconds(80);
  Start(limits);
  for (absl::Duration timeout : {absl::InfiniteDuration(), absl::Duration(absl::Hours(1))}) {
    CallOptions options;
    options.timeout = timeout;
    auto channel = fixture_->As(cad_);
    std::promise<absl::Status> answer;
    CallAsync<Text>(*channel, kHold, testing::MakeText("a"), options,
                    [&](absl::StatusOr<Text> text) { answer.set_value(text.status()); });
    fixture_->LetTimePass(*channel, absl::Milliseconds(90));
    EXPECT_EQ(answer.get_future().get().code(), StatusCode::kDeadlineExceeded);
  }
}

TEST_P(ChannelSuite, AStreamEndsAtItsGreatestAge) {
  Limits limits;
  limits.stream_age_max = absl::Milliseconds(50);
  Start(limits);
  auto channel = fixture_->As(cad_);
  auto stream = OpenServerStream<Text>(*channel, kStream, testing::MakeText("silent"));
  fixture_->LetTimePass(*channel, absl::Milliseconds(60));
  EXPECT_EQ(stream->Next().status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(fixture_->service().WaitForCancelled(1));
}

TEST_P(ChannelSuite, ASlowReaderHoldsTheServiceBack) {
  Start();
  auto stream = OpenServerStream<Text>(*fixture_->As(cad_), kStream, testing::MakeText("many"));
  for (int i = 0; i < testing::kMany; ++i) {
    auto item = stream->Next();
    ASSERT_TRUE(item.ok() && item->has_value()) << i << " " << item.status();
    EXPECT_EQ((*item)->value().substr(0, 8), testing::Numbered(i).substr(0, 8));
    // Beyond the reader: the pending buffer, and what the transport holds in its windows.
    EXPECT_LE(fixture_->service().produced(), i + testing::kAheadMax);
  }
  auto end = stream->Next();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_FALSE(end->has_value());
}

TEST_P(ChannelSuite, WhatMayHaveToBeTakenBackIsTakenOnlyWhenAllBeforeItWasSent) {
  Start();
  // In process nothing lies between the two ends but the message that is being handed over.
  const int ahead_max = GetParam() ? testing::kAheadMax : 2;
  auto stream =
      OpenServerStream<Text>(*fixture_->As(cad_), kStream, testing::MakeText("one by one"));
  for (int i = 0; i < testing::kMany; ++i) {
    auto item = stream->Next();
    ASSERT_TRUE(item.ok() && item->has_value()) << i << " " << item.status();
    EXPECT_EQ((*item)->value().substr(0, 8), testing::Numbered(i).substr(0, 8));
    EXPECT_LE(fixture_->service().produced(), i + ahead_max);
  }
  EXPECT_FALSE(stream->Next()->has_value());
}

TEST_P(ChannelSuite, ABidirectionalStreamAnswersEachItemAndRefusesABadOneByItself) {
  Start();
  auto raw = fixture_->As(cad_)->Open(kBidi, {});
  auto send = [&](const std::string& bytes) {
    std::promise<bool> written;
    raw->Write(bytes, [&](bool ok) { written.set_value(ok); });
    return written.get_future().get();
  };
  auto next = [&] {
    std::promise<absl::StatusOr<std::optional<std::string>>> item;
    raw->Read([&](absl::StatusOr<std::optional<std::string>> read) { item.set_value(read); });
    return item.get_future().get();
  };
  for (int i = 0; i < 100; ++i) {
    bool bad = i % 10 == 3;
    ASSERT_TRUE(send(bad ? "\xff" : testing::MakeText(absl::StrCat(i)).SerializeAsString()));
    auto item = next();
    ASSERT_TRUE(item.ok() && item->has_value()) << item.status();
    Text text;
    ASSERT_TRUE(text.ParseFromString(**item));
    EXPECT_EQ(text.value(), bad ? "undecodable" : absl::StrCat(i));
  }
  raw->WritesDone();
  auto end = next();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_FALSE(end->has_value());
}

TEST_P(ChannelSuite, CancellingReachesTheServiceAndTheReader) {
  Start();
  auto channel = fixture_->As(cad_);
  auto stream = OpenServerStream<Text>(*channel, kStream, testing::MakeText("one then silent"));
  ASSERT_TRUE(stream->Next().ok());
  stream->Cancel();
  EXPECT_EQ(stream->Next().status().code(), StatusCode::kCancelled);
  EXPECT_TRUE(fixture_->service().WaitForCancelled(1));
  auto dropped = OpenServerStream<Text>(*channel, kStream, testing::MakeText("one then silent"));
  ASSERT_TRUE(dropped->Next().ok());
  dropped.reset();
  EXPECT_TRUE(fixture_->service().WaitForCancelled(2));
  EXPECT_TRUE(fixture_->WaitUntilIdle());
}

TEST_P(ChannelSuite, ADrainFinishesWhatIsInAndRefusesWhatIsNew) {
  Start();
  auto channel = fixture_->As(cad_);
  std::promise<absl::StatusOr<Text>> held;
  CallAsync<Text>(*channel, kHold, testing::MakeText("in"), {},
                  [&](absl::StatusOr<Text> text) { held.set_value(std::move(text)); });
  ASSERT_TRUE(fixture_->service().WaitForHeld());
  auto bidi = OpenBidi<Text, Text>(*channel, kBidi);
  ASSERT_TRUE(bidi->Send(testing::MakeText("a")));
  ASSERT_TRUE(bidi->Next().ok());
  auto silent = OpenServerStream<Text>(*channel, kStream, testing::MakeText("one then silent"));
  ASSERT_TRUE(silent->Next().ok());

  fixture_->endpoint().BeginDrain();
  EXPECT_EQ(CodeOf(bidi->Next().status()), "draining");
  EXPECT_EQ(CodeOf(silent->Next().status()), "draining");
  EXPECT_TRUE(fixture_->service().WaitForCancelled(1));
  absl::Status refused = CallText(cad_, kEcho, "new").status();
  EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(refused), "draining");
  EXPECT_EQ(fixture_->endpoint().open_calls(), 1u);
  fixture_->service().AnswerHeld();
  auto answer = held.get_future().get();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->value(), "in");
  EXPECT_TRUE(fixture_->WaitUntilIdle());
}

TEST_P(ChannelSuite, HealthTellsTheTruth) {
  Start();
  using google::protobuf::Int32Value;
  const char check[] = "/grpc.health.v1.Health/Check";
  const char service[] = "waymark.test.v1.TestService";
  auto channel = fixture_->As(Principal::Gateway("fenland.example", "housing"));
  auto ask = [&](const std::string& name) {
    return Call<Int32Value>(*channel, check, testing::MakeText(name));
  };
  EXPECT_EQ(ask("")->value(), 2);
  EXPECT_EQ(ask(service)->value(), 2);
  EXPECT_EQ(ask("waymark.test.v1.Other").status().code(), StatusCode::kNotFound);
  auto watch = OpenServerStream<Int32Value>(*channel, "/grpc.health.v1.Health/Watch",
                                            testing::MakeText(service));
  auto unknown = OpenServerStream<Int32Value>(*channel, "/grpc.health.v1.Health/Watch",
                                              testing::MakeText("waymark.test.v1.Other"));
  EXPECT_EQ((*watch->Next())->value(), 2);
  EXPECT_EQ((*unknown->Next())->value(), 3);
  fixture_->endpoint().SetServing(service, true);
  EXPECT_EQ((*watch->Next())->value(), 1);
  EXPECT_EQ(ask(service)->value(), 1);
  EXPECT_EQ(ask("")->value(), 1);
  fixture_->endpoint().BeginDrain();
  auto last = watch->Next();
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ((*last)->value(), 2);
  EXPECT_EQ(watch->Next().status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(CallText(Principal::System("elsewhere.example", "a", "b"), check, "").status().code(),
            StatusCode::kPermissionDenied);
}

TEST_P(ChannelSuite, EveryCallIsRecordedOnceAlsoTheRefused) {
  Start();
  EXPECT_TRUE(CallText(cad_, kEcho, "a").ok());
  EXPECT_FALSE(CallText(cad_, kFail, "a").ok());
  EXPECT_FALSE(CallText(cad_, "/waymark.test.v1.TestService/None", "a").ok());
  auto records = fixture_->records(3);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].method, kEcho);
  EXPECT_EQ(records[0].code, StatusCode::kOk);
  EXPECT_EQ(records[0].principal, cad_.Text());
  EXPECT_EQ(records[1].code, testing::FailStatus().code());
  EXPECT_EQ(records[2].method, "");
  EXPECT_EQ(records[2].code, StatusCode::kUnimplemented);
}

INSTANTIATE_TEST_SUITE_P(Transports, ChannelSuite, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Grpc" : "Local"; });

}  // namespace
}  // namespace waymark::rpc
