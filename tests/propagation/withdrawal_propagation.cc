// How long a partner may still show what a victim has taken back: from the answer of
// WithdrawConsent to the instant at which every online peer refuses by itself. A whole partnership
// in this process, in real time, over real sockets, with synced stores.
//
//   withdrawal_propagation [withdrawals]         200 unless told; at most 900
//
// While that time runs a peer already gets nothing new: right after each answer one peer asks the
// home gateway once more, and a share that came would be counted as a violation. Exit code 1 when
// there was one, or when a withdrawal reached somebody never.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/partnership/local_partnership.h"
#include "cli/partnership/set_up.h"
#include "cli/story/actors.h"
#include "libs/base/check.h"
#include "libs/config/topics.h"
#include "libs/rpc/errors.h"
#include "libs/store/testing.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/disclosure/adapters/keys.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/incident.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark {
namespace {

namespace gw = gateway::v1;
using sharing::ToProto;

constexpr int kFirstPort = 27700;
constexpr int kWithdrawalsMax = 900;
constexpr int kProbesMax = 20;
constexpr absl::Duration kPatience = absl::Seconds(120);
constexpr absl::Duration kProbePatience = absl::Seconds(10);
constexpr absl::Duration kLookEvery = absl::Microseconds(500);
const std::vector<std::string> kPeers = {"council", "fire", "housing"};

class Measurement {
 public:
  explicit Measurement(int withdrawals) : withdrawals_(withdrawals) {}

  int Run() {
    Open();
    Prepare();
    for (int i = 0; i < withdrawals_; ++i) Withdraw(i);
    Print();
    partnership_->Stop(absl::Seconds(5));
    return violations_ == 0 && never_ == 0 ? 0 : 1;
  }

 private:
  void Open() {
    cli::SetUpOptions options;
    options.source_folder = ".";
    options.first_port = kFirstPort;
    const absl::Status made = cli::SetUpPartnership(layout_, options, clock_.Now(), random_);
    WM_CHECK(made.ok(), made.ToString());
    auto opened = cli::LocalPartnership::Open({layout_, clock_, clock_, true, ""});
    WM_CHECK(opened.ok(), opened.status().ToString());
    partnership_ = *std::move(opened);
    const absl::Status started = partnership_->Start();
    WM_CHECK(started.ok(), started.ToString());
    actors_ = std::make_unique<cli::story::Actors>(
        layout_, partnership_->directory(), clock_, random_,
        [this]() -> absl::StatusOr<bool> { return partnership_->health().ok() ? false : true; });
  }

  static std::string Reference(int i) { return absl::StrCat("CAD-", i); }
  static std::string Uprn(int i) { return absl::StrFormat("1000900%05d", i); }

  gw::Incident IncidentOf(int i) {
    gw::Incident incident;
    incident.set_source_reference(Reference(i));
    *incident.mutable_occurred_at() = ToProto(clock_.Now() - absl::Minutes(20));
    *incident.mutable_reported_at() = ToProto(clock_.Now() - absl::Minutes(5));
    incident.set_category(common::v1::CATEGORY_PERSONAL);
    incident.set_type("noise");
    incident.set_channel("call_101");
    gw::Party& party = *incident.add_parties();
    party.add_roles(common::v1::ROLE_CALLER);
    party.add_roles(common::v1::ROLE_VICTIM);
    gw::Identity& who = *party.mutable_identity();
    who.set_given_name(
        absl::StrCat("Given", std::string(1 + i / 26, static_cast<char>('a' + i % 26))));
    who.set_family_name(absl::StrCat(
        "Family", std::string(1 + i % 26, static_cast<char>('a' + i / 26 % 26)), i / 676));
    who.set_telephone(absl::StrFormat("0113 496 0%03d", i));
    who.mutable_address()->set_house(absl::StrCat(i));
    who.mutable_address()->set_street("Long Drove");
    who.mutable_address()->set_uprn(Uprn(i));
    incident.set_lsoa("E01018043");
    incident.set_summary("shouting through the wall");
    incident.mutable_grading()->set_harm("significant");
    incident.mutable_grading()->set_pattern("regular");
    return incident;
  }

  template <class Resp, class Req>
  Resp Call(const std::string& agency, const std::string& system, const std::string& role,
            const std::string& path, Req request) {
    request.set_partnership(partnership_->directory().id);
    const auto answer = actors_->Call<Resp>(agency, system, role, path, request);
    WM_CHECK(answer.ok(), absl::StrCat(path, ": ", answer.status().ToString()));
    return *answer;
  }

  std::vector<gw::StoredReceivedShare> ReceivedBy(const std::string& agency) {
    std::vector<gw::StoredReceivedShare> shares;
    const absl::Status read = partnership_->FindPart(agency)->runtime().Read(
        config::MembershipShard(partnership_->directory().id, agency),
        [&](const runtime::View& view) {
          view.Scan(sharing::disclosure::kReceived, "", "",
                    [&](std::string_view, std::string_view value) {
                      shares.push_back(sharing::ParsedRow<gw::StoredReceivedShare>(value));
                      return true;
                    });
        });
    WM_CHECK(read.ok(), read.ToString());
    return shares;
  }
  // Whether the peer still stands ready to show the share, as far as it knows by itself.
  bool Shows(const std::string& agency, const std::string& share_id) {
    bool shows = false;
    const absl::Status read = partnership_->FindPart(agency)->runtime().Read(
        config::MembershipShard(partnership_->directory().id, agency),
        [&](const runtime::View& view) {
          const auto share = sharing::ReadRow<gw::StoredReceivedShare>(
              view, sharing::disclosure::kReceived, sharing::RowKey(share_id));
          shows = share && share->state() == "notified";
        });
    WM_CHECK(read.ok(), read.ToString());
    return shows;
  }

  void Pause(absl::Duration time) {
    std::unique_lock lock(mutex_);
    never_notified_.wait_for(lock, absl::ToChronoNanoseconds(time));
  }

  // A victim reports, and consents. Returns the consent.
  std::string ReportAndConsent(int i) {
    gw::PublishIncidentRequest publish;
    *publish.mutable_incident() = IncidentOf(i);
    Call<gw::PublishIncidentResponse>(
        "police", "cad", "", "/waymark.gateway.v1.IncidentService/PublishIncident", publish);
    gw::RecordConsentRequest consent;
    consent.set_source_reference(Reference(i));
    for (const std::string& agency : kPeers) consent.mutable_scope()->add_agencies(agency);
    for (const char* category : {"identity", "contact", "incident", "risk", "case"}) {
      consent.mutable_scope()->add_categories(category);
    }
    consent.mutable_scope()->add_purposes("prevent_asb");
    consent.set_form_version("fenland-consent-1");
    consent.set_scan_sha256(std::string(64, 'a'));
    *consent.mutable_given_at() = ToProto(clock_.Now() - absl::Minutes(1));
    *consent.mutable_expires_at() = ToProto(clock_.Now() + absl::Hours(24));
    return Call<gw::RecordConsentResponse>("police", "console", "officer",
                                           "/waymark.gateway.v1.ConsentService/RecordConsent",
                                           consent)
        .consent_id();
  }

  // Waits until every peer was told of a share for each of these consents.
  bool AllTold(const std::vector<std::string>& consents, absl::Duration patience) {
    const absl::Time until = clock_.Now() + patience;
    for (const std::string& agency : kPeers) {
      std::map<std::string, std::string>& known = shares_[agency];
      const auto told = [&](const std::string& consent) { return known.count(consent) != 0; };
      while (true) {
        for (const gw::StoredReceivedShare& share : ReceivedBy(agency)) {
          if (share.state() == "notified") known[share.notice().consent_id()] = share.share_id();
        }
        if (std::all_of(consents.begin(), consents.end(), told)) break;
        if (clock_.Now() >= until) return false;
        Pause(absl::Milliseconds(50));
      }
    }
    return true;
  }

  // Every peer has the stock; every victim has a case and a consent; every peer was told.
  void Prepare() {
    gw::RegisterStockRequest stock;
    for (int i = 0; i < withdrawals_ + kProbesMax; ++i) stock.add_uprns(Uprn(i));
    for (const std::string& agency : kPeers) {
      Call<gw::RegisterStockResponse>(agency, "console", "manager",
                                      "/waymark.gateway.v1.StockService/RegisterStock", stock);
    }
    // Stock gives an interest in later incidents: until it has come all the way, victims that do
    // not count are reported.
    bool ready = false;
    for (int probe = 0; probe < kProbesMax && !ready; ++probe) {
      ready = AllTold({ReportAndConsent(withdrawals_ + probe)}, kProbePatience);
    }
    WM_CHECK(ready, "no share came to every peer");
    for (int i = 0; i < withdrawals_; ++i) consents_.push_back(ReportAndConsent(i));
    WM_CHECK(AllTold(consents_, kPatience), "some share did not come to every peer");
  }

  void Withdraw(int i) {
    gw::WithdrawConsentRequest withdraw;
    withdraw.set_consent_id(consents_[static_cast<size_t>(i)]);
    withdraw.set_reason("not given");
    const absl::Time asked = clock_.Now();
    Call<gw::WithdrawConsentResponse>("police", "console", "officer",
                                      "/waymark.gateway.v1.ConsentService/WithdrawConsent",
                                      withdraw);
    const absl::Time answered = clock_.Now();
    answers_.push_back(answered - asked);
    AskOnce(i);
    absl::Duration slowest = absl::ZeroDuration();
    for (const std::string& agency : kPeers) {
      const std::string& share_id = shares_[agency].at(withdraw.consent_id());
      while (Shows(agency, share_id)) {
        if (clock_.Now() - answered > kPatience) {
          ++never_;
          return;
        }
        Pause(kLookEvery);
      }
      slowest = std::max(slowest, clock_.Now() - answered);
    }
    reached_.push_back(slowest);
  }

  // An officer of one peer asks right after the answer: whatever that peer has heard, the home
  // gateway must refuse.
  void AskOnce(int i) {
    const std::string& agency = kPeers[static_cast<size_t>(i) % kPeers.size()];
    gw::ReadShareRequest read;
    read.set_partnership(partnership_->directory().id);
    read.set_share_id(shares_[agency].at(consents_[static_cast<size_t>(i)]));
    read.set_purpose("prevent_asb");
    const auto answer = actors_->Call<gw::ReadShareResponse>(
        agency, "console", "officer", "/waymark.gateway.v1.ReceivedShareService/ReadShare", read);
    if (answer.ok()) ++violations_;
    const std::vector<Problem> problems = rpc::ProblemsFrom(answer.status());
    if (!problems.empty()) ++codes_[problems.front().code];
  }

  static double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }
  static void Row(const char* what, std::vector<absl::Duration> times) {
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
      const auto last = static_cast<double>(times.size() - 1);
      return Ms(times[static_cast<size_t>(share * last + 0.5)]);
    };
    std::printf("%-58s %9.1f %9.1f %9.1f\n", what, at(0.5), at(0.99), Ms(times.back()));
  }
  void Print() {
    std::printf("%zu withdrawals, %zu online peers, synced stores, embedded log\n\n",
                reached_.size(), kPeers.size());
    std::printf("%-58s %9s %9s %9s\n", "milliseconds", "p50", "p99", "max");
    Row("WithdrawConsent, asked to answered", answers_);
    if (!reached_.empty()) Row("answered to the last online peer refusing by itself", reached_);
    std::printf("\nasked once more right after the answer:");
    for (const auto& [code, count] : codes_) std::printf(" %s %d", code.c_str(), count);
    std::printf("; shown all the same: %d; never reached: %d\n", violations_, never_);
  }

  const int withdrawals_;
  SystemClock clock_;
  SystemRandom random_;
  store::TemporaryDirectory folder_;
  cli::Layout layout_{folder_.path() + "/data"};
  std::unique_ptr<cli::LocalPartnership> partnership_;
  std::unique_ptr<cli::story::Actors> actors_;
  std::mutex mutex_;
  std::condition_variable never_notified_;
  std::vector<std::string> consents_;
  std::map<std::string, std::map<std::string, std::string>> shares_;  // agency, consent -> share
  std::vector<absl::Duration> answers_, reached_;
  std::map<std::string, int> codes_;
  int violations_ = 0, never_ = 0;
};

}  // namespace
}  // namespace waymark

int main(int argc, char** argv) {
  int withdrawals = 200;
  if (argc > 1 && (!absl::SimpleAtoi(argv[1], &withdrawals) || withdrawals < 1 ||
                   withdrawals > waymark::kWithdrawalsMax)) {
    std::fprintf(stderr, "usage: %s [withdrawals, 1 to %d]\n", argv[0], waymark::kWithdrawalsMax);
    return 2;
  }
  return waymark::Measurement(withdrawals).Run();
}
