#include "tests/simulation/clients.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/rpc/errors.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/received.pb.h"

namespace waymark::simulation {
namespace {

// The word after the last slash: what people call the method.
std::string ShortName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string Outcome(const absl::StatusOr<std::string>& answer) {
  if (answer.ok()) return "ok";
  const std::vector<Problem> problems = rpc::ProblemsFrom(answer.status());
  return absl::StrCat(absl::StatusCodeToString(answer.status().code()),
                      problems.empty() ? "" : " " + problems.front().code);
}

const char* SystemOf(const std::string& agency) {
  if (agency == "police") return "cad";
  if (agency == "council") return "crm";
  return agency == "housing" ? "housing" : "fire";
}

}  // namespace

// Always up: a client that dies is one that asks again.
class Clients::Desk : public Party {
 public:
  Desk(World& world, GatewayNode& gateway)
      : name_(gateway.membership().agency + "/systems"), clock_(world.clock) {
    for (const std::string role : {SystemOf(gateway.membership().agency), "console"}) {
      lines_[role] = world.network.Line(
          *this, gateway, rpc::Principal::System(kTrustDomain, gateway.membership().agency, role));
    }
  }
  const std::string& name() const override { return name_; }
  uint64_t incarnation() const override { return 1; }
  std::shared_ptr<rpc::Endpoint> endpoint() const override { return nullptr; }
  Clock& clock() override { return clock_; }
  rpc::Channel& Line(const std::string& role) { return *lines_.at(role); }

 private:
  const std::string name_;
  Clock& clock_;
  std::map<std::string, std::shared_ptr<rpc::Channel>> lines_;
};

Clients::Clients(World& world, Partnership& partnership)
    : world_(world), partnership_(partnership) {
  for (const std::string& agency : partnership.agencies()) {
    GatewayNode& gateway = partnership.gateway(agency);
    desks_[agency] = std::make_unique<Desk>(world, gateway);
    subscribers_[agency] = std::make_unique<Subscriber>(world, gateway, book_);
  }
}

Clients::~Clients() = default;

Request& Clients::Ask(const std::string& agency, const std::string& role, const std::string& path,
                      const google::protobuf::MessageLite& request, const std::string& about,
                      bool once) {
  Request& entry = book_.requests.emplace_back();
  entry.number = book_.requests.size();
  entry.agency = agency;
  entry.system = role.empty() ? SystemOf(agency) : "console";
  entry.role = role;
  entry.path = path;
  entry.bytes = request.SerializeAsString();
  entry.about = about;
  entry.read = once;
  // Publishing needs no key: an agency's reference is one for ever.
  if (!once && (path != kPublish || world_.dice.OneIn(2)))
    entry.key = absl::StrCat("k", entry.number);
  Send(entry);
  return entry;
}

void Clients::Send(Request& request) {
  request.open = true;
  if (request.asked++ == 0) request.first_asked = world_.trace.lines();
  world_.trace.Say(request.agency + "/systems",
                   absl::StrCat(request.asked > 1 ? "asks again " : "asks ", request.number, " ",
                                ShortName(request.path), " ", request.about));
  rpc::CallOptions options;
  options.idempotency_key = request.key;
  if (!request.role.empty()) {
    const bool named = request.role.find(':') != std::string::npos;
    options.bearer_token = named ? request.role : request.role + ":p-1";
  }
  desks_.at(request.agency)
      ->Line(request.system)
      .Call(request.path, request.bytes, options,
            [this, &request](const auto& answer) { Answered(request, answer); });
}

void Clients::Answered(Request& request, const absl::StatusOr<std::string>& answer) {
  request.open = false;
  world_.trace.Say(request.agency + "/systems",
                   absl::StrCat("is told ", request.number, " ", Outcome(answer)));
  if (!answer.ok() && !IsRefusal(answer.status()) && !request.read) return;
  request.answer = answer;
  request.answered = world_.trace.lines();
  request.answered_at = world_.clock.Now();
  if (answer.ok()) Learn(request);
}

void Clients::Learn(const Request& request) {
  Known& known = known_[request.agency];
  if (request.path == kRecordConsent) {
    gateway::v1::RecordConsentResponse response;
    if (response.ParseFromString(*request.answer.value())) {
      known.consents.push_back(response.consent_id());
    }
  }
  if (request.path == kOverride) {
    gateway::v1::RecordOverrideResponse response;
    if (response.ParseFromString(*request.answer.value())) {
      known.overrides.push_back(response.override_id());
    }
  }
  if (request.path == kListReceived) {
    gateway::v1::ListReceivedSharesResponse response;
    if (!response.ParseFromString(*request.answer.value())) return;
    for (const auto& one : response.shares()) known.shares.insert(one.share_id());
  }
  if (request.path == kListCases) {
    gateway::v1::ListCasesResponse response;
    if (!response.ParseFromString(*request.answer.value())) return;
    for (const auto& one : response.cases()) known.cases.insert(one.case_id());
  }
}

void Clients::AskOneAgain() {
  std::vector<Request*> waiting;
  for (Request& request : book_.requests) {
    if (!request.settled() && !request.open && !request.read) waiting.push_back(&request);
  }
  if (!waiting.empty()) Send(*world_.dice.Pick(waiting));
}

bool Clients::AskAllAgain() {
  bool any = false;
  for (Request& request : book_.requests) {
    if (request.settled() || request.read) continue;
    any = true;
    if (!request.open) Send(request);
  }
  return !any;
}

void Clients::Maintain() {
  for (const auto& [agency, subscriber] : subscribers_) subscriber->Maintain();
}

void Clients::DropOne() {
  const std::string& agency = world_.dice.Pick(partnership_.agencies());
  world_.trace.Say(agency + "/desk", "loses its connection");
  subscribers_.at(agency)->Drop();
}

absl::StatusOr<std::string> Clients::LookBytes(const std::string& agency, const std::string& role,
                                               const std::string& path, std::string request) {
  const auto channel = partnership_.gateway(agency).SystemChannel("console");
  if (channel == nullptr) return absl::UnavailableError("the gateway is down");
  rpc::CallOptions options;
  options.bearer_token = role + ":p-9";
  auto answer =
      std::make_shared<absl::StatusOr<std::string>>(absl::UnavailableError("idle, and no answer"));
  channel->Call(path, std::move(request), options,
                [answer](absl::StatusOr<std::string> came) { *answer = std::move(came); });
  const absl::Time until = world_.clock.Now() + absl::Seconds(2);
  while (absl::IsUnavailable(answer->status()) && world_.clock.Now() < until) {
    partnership_.RunFor(absl::Milliseconds(100), [] {});
  }
  return *answer;
}

void Clients::Act() {
  const std::string& agency = world_.dice.Pick(partnership_.agencies());
  const uint64_t roll = world_.dice.Below(114);
  if (roll >= 111) return Erase(agency);
  if (roll >= 108) return TellAfterwards(agency);
  if (roll >= 104) return Review(agency);
  if (roll >= 100) return Override(agency);
  if (roll < 27) return NewIncident(agency);
  if (roll < 34) return Amend(agency);
  if (roll < 48) return Consent(agency);
  if (roll < 56) return Withdraw(agency);
  if (roll < 62) return LookUp(agency);
  if (roll < 68) return Assess(agency);
  if (roll < 74) return Acknowledge(agency);
  if (roll < 85) return WorkOnCase(agency);
  if (roll < 91) return RegisterStock(agency);
  if (roll < 97) return WorkOnShare(agency);
  Read(agency);
}

}  // namespace waymark::simulation
