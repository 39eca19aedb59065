#include "libs/runtime_rpc/tls_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waymark::runtime_rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TlsReportTest : public ::testing::Test {
 protected:
  void Report() { ReportTls({state_}, clock_.Now(), metrics_, alarms_); }
  std::vector<std::string> Codes() const {
    std::vector<std::string> codes;
    for (const auto& alarm : alarms_.Raised()) codes.push_back(alarm.code);
    return codes;
  }
  int64_t Shown(const std::string& name) {
    return metrics_.GaugeOf(name, "", {{"folder", "/etc/waymark/tls"}}).value();
  }
  static rpc::TlsState State(absl::Time now) {
    rpc::TlsState state;
    state.directory = "/etc/waymark/tls";
    state.not_after = now + absl::Hours(24 * 60);
    state.authority_not_after = now + absl::Hours(24 * 300);
    state.revocation_next_update = absl::InfiniteFuture();
    return state;
  }

  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  telemetry::Metrics metrics_;
  telemetry::AlarmList alarms_{clock_};
  rpc::TlsState state_ = State(clock_.Now());
};

TEST_F(TlsReportTest, WarnsThirtyAndSevenDaysBeforeTheEndAndStopsWhenRenewed) {
  Report();
  EXPECT_THAT(Codes(), IsEmpty());
  EXPECT_EQ(Shown("waymark_certificate_seconds_left"), 60 * 86400);
  clock_.Advance(absl::Hours(24 * 30) - absl::Seconds(1));
  Report();
  EXPECT_THAT(Codes(), IsEmpty()) << "a second more than 30 days";
  clock_.Advance(absl::Seconds(1));
  Report();
  EXPECT_THAT(Codes(), ::testing::ElementsAre("certificate_ends"));
  clock_.Advance(absl::Hours(24 * 23) - absl::Seconds(1));
  Report();
  EXPECT_THAT(Codes(), ::testing::ElementsAre("certificate_ends"));
  clock_.Advance(absl::Seconds(1));
  Report();
  EXPECT_THAT(Codes(), ::testing::ElementsAre("certificate_ends", "certificate_ends_soon"));
  EXPECT_EQ(Shown("waymark_certificate_seconds_left"), 7 * 86400);
  state_.not_after = clock_.Now() + absl::Hours(24 * 90);
  Report();
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(TlsReportTest, WarnsOfAnAuthorityThatEndsBeforeItsCertificate) {
  state_.authority_not_after = clock_.Now() + absl::Hours(24 * 5);
  Report();
  ASSERT_EQ(alarms_.Raised().size(), 2u);
  EXPECT_THAT(alarms_.Raised()[0].detail, HasSubstr("the authority in ca.pem ends"));
}

TEST_F(TlsReportTest, WarnsOfListsAndOfFilesThatWereNotTaken) {
  state_.revocation_next_update = clock_.Now() + absl::Hours(25);
  state_.on_disk = absl::FailedPreconditionError("key.pem: half");
  Report();
  EXPECT_THAT(Codes(), ::testing::ElementsAre("tls_refused"));
  EXPECT_EQ(alarms_.Raised()[0].detail, "key.pem: half");
  EXPECT_EQ(Shown("waymark_tls_refused"), 1);
  clock_.Advance(absl::Hours(1));
  state_.on_disk = absl::OkStatus();
  Report();
  EXPECT_THAT(Codes(), ::testing::ElementsAre("revocation_list_ends"));
  EXPECT_EQ(Shown("waymark_revocation_list_seconds_left"), 24 * 3600);
  EXPECT_EQ(Shown("waymark_tls_refused"), 0);
}

}  // namespace
}  // namespace waymark::runtime_rpc
