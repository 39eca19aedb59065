// waymark_risk_bench: what one more report of a subject costs risk, after so many earlier ones. The
// decision and its effect on the state, without a store: the curve has to be flat.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/base/cpu_time.h"
#include "libs/config/load_pack.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/testing/plain_risk.h"

namespace waymark::bench {
namespace {

constexpr char kPartnership[] = "p";
constexpr int kMeasured = 200;

// One a day of one person, every third graded by the agency that took it.
intake::v1::IncidentLinked Report(int number, absl::Time at) {
  intake::v1::IncidentLinked incident;
  incident.set_partnership(kPartnership);
  incident.set_incident_id(absl::StrCat("incident-", number));
  incident.set_revision(1);
  incident.set_agency(number % 2 == 0 ? "police" : "council");
  incident.set_type(number % 4 == 0 ? "noise" : "rowdy_neighbours");
  *incident.mutable_occurred_at() = risk::ToProto(at);
  *incident.mutable_reported_at() = risk::ToProto(at + absl::Minutes(20));
  auto& party = *incident.add_parties();
  party.set_person_id(incident.agency());
  party.set_subject_id("subject");
  party.add_roles(common::v1::ROLE_VICTIM);
  if (number % 3 == 0) {
    auto& assessment = *incident.mutable_assessment();
    assessment.set_assessment_id(absl::StrCat("assessment-", number));
    assessment.set_agency(incident.agency());
    assessment.set_overall(number % 9 == 0 ? common::v1::BAND_HIGH : common::v1::BAND_MEDIUM);
    *assessment.mutable_made_at() = incident.reported_at();
  }
  return incident;
}

void Measure(const char* name) {
  const auto pack = config::LoadPack(name, "packs");
  WM_CHECK(pack.ok(), "run it from the root of the tree");
  risk::testing::PlainRisk risk({{kPartnership, *pack}});
  absl::Time at = absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone());
  int made = 0;
  const auto take = [&] {
    at += absl::Hours(24);
    risk.Take(Report(made++, at), at + absl::Hours(1));
  };
  for (const int earlier : {100, 1000, 10'000, 100'000}) {
    while (made < earlier) take();
    std::vector<double> micros;
    for (int i = 0; i < kMeasured; ++i) {
      const absl::Duration before = ThreadCpuTime();
      take();
      micros.push_back(absl::ToDoubleMicroseconds(ThreadCpuTime() - before));
    }
    std::sort(micros.begin(), micros.end());
    std::printf("| %s | %d | %.0f | %.0f |\n", name, earlier, micros[kMeasured / 2],
                micros[kMeasured * 9 / 10]);
  }
}

}  // namespace
}  // namespace waymark::bench

int main() {
  std::printf("| pack | earlier reports, one a day | median us | 9 of 10 within us |\n");
  std::printf("|---|---:|---:|---:|\n");
  for (const char* pack : {"fenland", "south-wales", "kent-and-medway"}) {
    waymark::bench::Measure(pack);
  }
  return 0;
}
