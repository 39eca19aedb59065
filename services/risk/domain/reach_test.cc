// What is left out is never missed: the rules answer on what is within reach as on everything.
#include "services/risk/domain/reach.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"

namespace waymark::risk {
namespace {

using rules::Incident;

absl::Time SecondOf(absl::Time at) { return absl::FromUnixSeconds(absl::ToUnixSeconds(at)); }

class Kept : public IncidentsByTime {
 public:
  void Add(const Incident& incident) { all_.push_back(incident); }
  const std::vector<Incident>& all() const { return all_; }
  size_t visited() const { return visited_; }

  void ByOccurrence(absl::Time latest, const Visit& visit) const override {
    VisitAll(&Incident::occurred_at, latest, visit);
  }
  void ByReport(const Visit& visit) const override {
    VisitAll(&Incident::reported_at, absl::InfiniteFuture(), visit);
  }

 private:
  // Within a second in the order of ids, as a store would.
  void VisitAll(absl::Time Incident::*time, absl::Time latest, const Visit& visit) const {
    std::vector<Incident> sorted = all_;
    std::sort(sorted.begin(), sorted.end(), [&](const Incident& a, const Incident& b) {
      return std::pair(SecondOf(b.*time), a.id) < std::pair(SecondOf(a.*time), b.id);
    });
    for (const Incident& incident : sorted) {
      if (SecondOf(incident.*time) > SecondOf(latest)) continue;
      ++visited_;
      if (!visit(incident)) return;
    }
  }

  std::vector<Incident> all_;
  mutable size_t visited_ = 0;
};

class Histories {
 public:
  explicit Histories(uint64_t seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  // Now and then close together, at the edge of the same-incident window, or reported long after.
  Incident Next(absl::Time now, const Kept& kept) {
    const std::vector<absl::Duration> steps = {
        absl::Hours(1),          absl::Hours(4),       absl::Hours(4) + absl::Nanoseconds(1),
        absl::Milliseconds(300), absl::Hours(24 * 31), absl::ZeroDuration()};
    Incident incident;
    incident.id = "i" + std::to_string(++made_);
    incident.type = Below(3) > 0 ? "noise" : Below(2) > 0 ? "rowdy_neighbours" : "hoax_calls";
    incident.subject = "s";
    incident.occurred_at = now - absl::Hours(Below(24 * 500)) - absl::Milliseconds(Below(5000));
    if (!kept.all().empty() && Below(2) > 0) {
      const Incident& near = kept.all()[static_cast<size_t>(Below(static_cast<int>(made_ - 1)))];
      const absl::Duration step = steps[static_cast<size_t>(Below(static_cast<int>(steps.size())))];
      incident.occurred_at = near.occurred_at + (Below(2) > 0 ? step : -step);
    }
    incident.reported_at =
        incident.occurred_at + absl::Hours(Below(3) > 0 ? Below(30) : Below(9000));
    if (incident.reported_at > now) incident.reported_at = now;
    return incident;
  }

 private:
  std::mt19937_64 random_;
  size_t made_ = 0;
};

std::vector<std::string> Words(const std::vector<rules::Firing>& firings) {
  std::vector<std::string> words;
  for (const rules::Firing& firing : firings) {
    words.push_back(firing.rule + " " + firing.type_group.value_or("") + " " +
                    FormatRfc3339(firing.since));
    for (const std::string& id : firing.incidents) words.back() += " " + id;
  }
  return words;
}

TEST(WithinReach, RulesAnswerAsOnEverything) {
  size_t fired = 0, left_out = 0;
  for (const char* name : {"fenland", "south-wales", "kent-and-medway", "statutory"}) {
    const auto pack = config::LoadPack(name, "packs");
    ASSERT_TRUE(pack.ok()) << pack.status();
    for (uint64_t seed = 0; seed < 40; ++seed) {
      Histories histories(seed);
      Kept kept;
      absl::Time now = ParseRfc3339("2026-03-29T00:30:00Z").value();
      for (int i = 0; i < 30; ++i) {
        now += absl::Hours(histories.Below(60));
        const Incident another = histories.Next(now, kept);
        std::vector<Incident> within = WithinReach(kept, **pack, now, &another);
        left_out += kept.all().size() - within.size();
        within.push_back(another);
        kept.Add(another);
        const auto expected = Words(rules::Repeat(**pack, now, kept.all()).value());
        ASSERT_EQ(Words(rules::Repeat(**pack, now, within).value()), expected)
            << name << " seed " << seed << " incident " << another.id;
        ASSERT_EQ(
            Words(rules::Repeat(**pack, now, WithinReach(kept, **pack, now, nullptr)).value()),
            expected);
        fired += expected.size();
      }
    }
  }
  EXPECT_GT(fired, 1000u);
  EXPECT_GT(left_out, 10'000u);
}

TEST(WithinReach, LooksAtNoMoreThanTheWindowsHold) {
  const auto pack = config::LoadPack("fenland", "packs");
  ASSERT_TRUE(pack.ok()) << pack.status();
  const absl::Time end = ParseRfc3339("2026-03-10T12:00:00Z").value();
  size_t looked_at_few = 0;
  for (const int count : {400, 4000}) {
    Kept kept;
    for (int i = 0; i < count; ++i) {
      const absl::Time at = end - absl::Hours(24 * i);
      kept.Add({std::to_string(i), at, at + absl::Minutes(5), "noise", "s", "", ""});
    }
    EXPECT_LT(WithinReach(kept, **pack, end, nullptr).size(), 190u);
    if (looked_at_few != 0) {
      EXPECT_EQ(kept.visited(), looked_at_few);
    }
    looked_at_few = kept.visited();
  }
}

}  // namespace
}  // namespace waymark::risk
