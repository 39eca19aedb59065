// Every RPC of a whole partnership under requests that nobody should send: each field of each
// request with hostile values, and messages whose bytes were damaged. Whoever may call a method
// calls it. Each call is answered in time and never with an error that is ours; afterwards every
// part is healthy and serves. One seed, printed on failure, gives the same requests again.

#include <functional>
#include <random>
#include <set>

#include "cli/partnership/local_partnership.h"
#include "cli/partnership/person_token.h"
#include "cli/partnership/set_up.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "libs/rpc/channel.h"
#include "libs/store/testing.h"

namespace waymark::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kFirstPort = 27650;
constexpr int kRequestsForEachMethod = 60;
constexpr int kDepthMax = 4;

// Texts that have broken something somewhere.
const std::vector<std::string>& HostileTexts() {
  static const auto* const texts = new std::vector<std::string>{
      "",
      "fenland",
      "police",
      std::string(1, '\0'),
      std::string("a\0b", 3),
      "\xff\xfe\x80",
      "\xed\xa0\x80",
      "../../etc/passwd",
      "'; DROP TABLE persons; --",
      "%s%n%x",
      "<script>alert(1)</script>",
      "\xe2\x80\xae"
      "drawkcab",
      "9999999999999999999999999",
      "-1",
      "1e309",
      "2026-02-30",
      std::string(9'000, 'a'),
      std::string(70'000, '\n'),
      "p-1",
      "prevent_asb",
      "consent",
  };
  return *texts;
}

class Hostile {
 public:
  explicit Hostile(uint64_t seed) : random_(seed) {}

  void Fill(Message& message, int depth = 0) {
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      // The partnership is right most of the time, or nothing gets past the first check.
      if (field->name() == "partnership" && depth == 0 && Below(8) != 0) {
        message.GetReflection()->SetString(&message, field, "fenland");
      } else if (Below(4) != 0) {
        Set(message, *field, depth);
      }
    }
  }

  // The bytes of a message, some of them damaged.
  std::string Damage(std::string bytes) {
    for (size_t times = 1 + Below(6); times > 0 && !bytes.empty(); --times) {
      const size_t at = Below(bytes.size());
      switch (Below(4)) {
        case 0:
          bytes[at] = static_cast<char>(Below(256));
          break;
        case 1:
          bytes.resize(at);
          break;
        case 2:
          bytes.insert(at, bytes.substr(Below(bytes.size())));
          break;
        default:
          bytes.insert(at, 1, static_cast<char>(Below(256)));
      }
    }
    return bytes.substr(0, 200'000);
  }

  size_t Below(size_t end) { return random_() % end; }

 private:
  uint64_t Number() {
    constexpr uint64_t kOdd[] = {0, 1, 2, 50, 1'760'000'000, 1ull << 31, 1ull << 62, ~0ull};
    return Below(3) == 0 ? random_() : kOdd[Below(std::size(kOdd))];
  }

  void Set(Message& message, const FieldDescriptor& field, int depth) {
    const auto& reflection = *message.GetReflection();
    if (!field.is_repeated()) return SetOne(message, field, depth);
    // Now and then many more than any limit allows, of what is cheap to make.
    const bool many = field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && Below(20) == 0;
    for (size_t count = many ? 3'000 : Below(4); count > 0; --count) {
      AddOne(message, reflection, field, depth);
    }
  }

  void AddOne(Message& message, const google::protobuf::Reflection& reflection,
              const FieldDescriptor& field, int depth) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < kDepthMax) Fill(*reflection.AddMessage(&message, &field), depth + 1);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.AddString(&message, &field, Text());
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection.AddEnumValue(&message, &field, static_cast<int>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection.AddUInt64(&message, &field, Number());
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        reflection.AddUInt32(&message, &field, static_cast<uint32_t>(Number()));
        break;
      default:
        ADD_FAILURE() << "teach this test to repeat " << field.full_name();
    }
  }

  void SetOne(Message& message, const FieldDescriptor& field, int depth) {
    const auto& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < kDepthMax) Fill(*reflection.MutableMessage(&message, &field), depth + 1);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.SetString(&message, &field, Text());
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        reflection.SetEnumValue(&message, &field, static_cast<int>(Below(2) == 0 ? Number() : 1));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection.SetBool(&message, &field, Below(2) == 0);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, &field, static_cast<int32_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.SetInt64(&message, &field, static_cast<int64_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        reflection.SetUInt32(&message, &field, static_cast<uint32_t>(Number()));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection.SetUInt64(&message, &field, Number());
        break;
      default:
        ADD_FAILURE() << "teach this test to set " << field.full_name();
    }
  }

  const std::string& Text() { return HostileTexts()[Below(HostileTexts().size())]; }

  std::mt19937_64 random_;
};

// Who may call a method, found by its own rule.
struct PermittedCaller {
  rpc::Principal system;
  std::string person_role;  // "" when none is needed
};

std::set<std::string> WordsOf(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::islower(static_cast<unsigned char>(c)) || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, ""));
    }
  }
  return words;
}

std::optional<PermittedCaller> WhoMayCall(const rpc::Rule& rule, const std::string& domain,
                                          const std::string& agency) {
  std::vector<rpc::Principal> systems = {
      rpc::Principal::Gateway(domain, agency == "fire" ? "council" : "fire"),
      rpc::Principal::Operator(domain, "anna"), rpc::Principal::Core(domain, "casemgr"),
      rpc::Principal::Core(domain, "risk"), rpc::Principal::Core(domain, "intake")};
  const std::set<std::string> words = WordsOf(rule.Text());
  for (const std::string& word : words) {
    if (!agency.empty()) systems.push_back(rpc::Principal::System(domain, agency, word));
  }
  for (const rpc::Principal& system : systems) {
    if (rule.Check(system, std::nullopt, agency).ok()) return PermittedCaller{system, ""};
    for (const std::string& word : words) {
      const rpc::Person person{agency, "p-1", word, "t-1"};
      if (rule.Check(system, person, agency).ok()) return PermittedCaller{system, word};
    }
  }
  return std::nullopt;
}

class HostileRequestsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpOptions options;
    options.source_folder = ".";
    options.first_port = kFirstPort;
    ASSERT_TRUE(SetUpPartnership(layout_, options, clock_.Now(), random_).ok());
    auto opened = LocalPartnership::Open({layout_, clock_, clock_, /*listen=*/false, ""});
    ASSERT_TRUE(opened.ok()) << opened.status();
    partnership_ = *std::move(opened);
    ASSERT_TRUE(partnership_->Start().ok());
  }
  void TearDown() override {
    if (partnership_ != nullptr) partnership_->Stop(absl::Seconds(10));
  }

  rpc::CallOptions OptionsFor(const PermittedCaller& caller, const std::string& agency) {
    rpc::CallOptions options;
    options.timeout = absl::Seconds(30);
    if (caller.person_role.empty()) return options;
    const auto token = IssuePersonToken(layout_, agency, "p-1", caller.person_role, absl::Hours(1),
                                        clock_.Now(), random_);
    EXPECT_TRUE(token.ok()) << token.status();
    options.bearer_token = *token;
    return options;
  }

  // One call with these bytes; for a stream, one message each way.
  static absl::Status Send(rpc::Channel& channel, const rpc::MethodInfo& method,
                           const std::string& bytes, const rpc::CallOptions& options) {
    auto answer = std::make_shared<std::promise<absl::Status>>();
    std::future<absl::Status> answered = answer->get_future();
    std::shared_ptr<rpc::RawClientStream> stream;
    if (method.kind == rpc::MethodKind::kUnary) {
      channel.Call(method.path, bytes, options, [answer](absl::StatusOr<std::string> reply) {
        answer->set_value(reply.status());
      });
    } else {
      stream = channel.Open(method.path, options);
      stream->Write(bytes, [](bool) {});
      stream->WritesDone();
      stream->Read([answer](absl::StatusOr<std::optional<std::string>> item) {
        answer->set_value(item.status());
      });
    }
    if (answered.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
      if (stream != nullptr) stream->Cancel();
      // A stream that only waits for something to tell has taken the message.
      if (method.kind != rpc::MethodKind::kUnary) return absl::OkStatus();
      return absl::InternalError("no answer within 20 s");
    }
    if (stream != nullptr) stream->Cancel();
    return answered.get();
  }

  void Attack(Part& part, const rpc::MethodInfo& method, Hostile& hostile) {
    const std::string& domain = partnership_->directory().trust_domain;
    const std::string& agency = part.config().agency;
    const auto caller = WhoMayCall(method.rule, domain, agency);
    ASSERT_TRUE(caller.has_value()) << "who may call " << method.path << "? " << method.rule.Text();
    const auto channel = rpc::LocalChannel::Create(part.endpoint(), caller->system, clock_);
    const rpc::CallOptions options = OptionsFor(*caller, agency);
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
        method.request_type);
    ASSERT_NE(type, nullptr) << method.request_type;
    const Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
    for (int i = 0; i < kRequestsForEachMethod; ++i) {
      const std::unique_ptr<Message> request(prototype->New());
      hostile.Fill(*request);
      std::string bytes = request->SerializePartialAsString();
      if (i % 3 == 2) bytes = hostile.Damage(std::move(bytes));
      const absl::Status status = Send(*channel, method, bytes, options);
      const bool ours =
          absl::IsInternal(status) || absl::IsUnknown(status) || absl::IsDataLoss(status);
      EXPECT_FALSE(ours) << method.path << " request " << i << ": " << status;
      ASSERT_TRUE(part.runtime().healthy())
          << method.path << " request " << i << ": " << part.runtime().failure();
    }
  }

  store::TemporaryDirectory folder_;
  Layout layout_{folder_.path() + "/data"};
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<LocalPartnership> partnership_;
};

TEST_F(HostileRequestsTest, EveryMethodAnswersAndEveryPartStaysHealthy) {
  constexpr uint64_t kSeed = 20261122;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Hostile hostile(kSeed);
  std::set<std::string> attacked;
  for (const std::unique_ptr<Part>& part : partnership_->parts()) {
    for (const rpc::MethodInfo& method : part->endpoint()->table().List()) {
      // The gateways are the same program; one of them is enough for each method.
      if (!attacked.insert(method.path).second) continue;
      Attack(*part, method, hostile);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(attacked.size(), 20u);
  EXPECT_TRUE(partnership_->health().ok()) << partnership_->health();
}

}  // namespace
}  // namespace waymark::cli
