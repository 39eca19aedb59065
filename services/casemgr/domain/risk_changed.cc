#include "services/casemgr/domain/risk_changed.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace waymark::casemgr {
namespace {

bool Opens(const pack::Pack& pack, Band band) {
  const std::vector<Band>& bands = pack.case_opening.bands;
  return std::find(bands.begin(), bands.end(), band) != bands.end();
}

std::string RuleOf(const pack::Pack& pack, const std::vector<std::string>& newly_fired) {
  for (const std::string& rule : pack.case_opening.rules) {
    if (std::find(newly_fired.begin(), newly_fired.end(), rule) != newly_fired.end()) return rule;
  }
  return "";
}

// Why a case is to be opened; nullopt when nothing says so. `closed_at` is of the last one: what
// was known then does not open it again.
std::optional<Opening> WhyOpen(const Work& work, const RiskNews& news,
                               const std::optional<Risk>& before,
                               std::optional<absl::Time> closed_at) {
  const pack::Pack& pack = work.setting.pack;
  const Risk& risk = news.risk;
  const auto is_new = [&](absl::Time at) { return !closed_at || at > *closed_at; };
  const absl::Time since = work.setting.Past(risk.high_since.value_or(risk.at));
  if (risk.High() && Opens(pack, Band::kHigh)) {
    if (!closed_at || !before || !before->High() || is_new(since)) {
      return Opening{news.incident_id, "high", since};
    }
  }
  const absl::Time at = work.setting.Past(risk.at);
  if (!is_new(at)) return std::nullopt;
  const bool moved = !before || before->highest != risk.highest;
  if (risk.highest && *risk.highest != Band::kHigh && moved && Opens(pack, *risk.highest)) {
    return Opening{news.incident_id,
                   absl::AsciiStrToLower(std::string(pack::BandName(*risk.highest))), at};
  }
  const std::string rule = RuleOf(pack, news.newly_fired);
  if (!rule.empty()) return Opening{news.incident_id, absl::StrCat("rule:", rule), at};
  return std::nullopt;
}

// A record about a subject that has been merged meanwhile. Risk tells of the whole subject by
// itself; only a HIGH that it does not know of yet is taken over.
std::optional<RiskNews> ForMerged(const Subject& kept, const RiskNews& news) {
  if (!news.risk.High()) return std::nullopt;
  RiskNews taken = news;
  taken.subject_id = kept.id;
  if (kept.risk) taken.risk = HigherOf(*kept.risk, news.risk);
  return taken;
}

}  // namespace

Risk HigherOf(const Risk& one, const Risk& other) {
  Risk both = one.at >= other.at ? one : other;
  both.effective = std::max(one.effective, other.effective);
  both.highest = std::max(one.highest, other.highest);
  std::set<std::string> by;
  for (const Risk* risk : {&one, &other}) {
    if (risk->effective == both.effective) {
      by.insert(risk->effective_by.begin(), risk->effective_by.end());
    }
  }
  both.effective_by.assign(by.begin(), by.end());
  const Risk& first =
      one.high_since && (!other.high_since || *one.high_since <= *other.high_since) ? one : other;
  both.high_since = first.high_since;
  both.high_first_by = first.high_first_by;
  return both;
}

void DecideRisk(Work& work, const RiskNews& told) {
  const Subject& subject = work.ledger.Resolve(told.subject_id);
  RiskNews news = told;
  if (subject.id != told.subject_id) {
    const std::optional<RiskNews> taken = ForMerged(subject, told);
    if (!taken) return;
    news = *taken;
  }
  const std::optional<Risk> before = subject.risk;
  if (before == news.risk) return;
  work.Emit(RiskNoted{subject.id, news.risk});
  if (work.ledger.OpenCaseOf(subject.id) == nullptr) {
    const Case* closed = work.ledger.LastClosedOf(subject.id);
    const std::optional<Opening> opening =
        WhyOpen(work, news, before, closed != nullptr ? closed->closed_at : std::nullopt);
    if (!opening) return;
    OpenCase(work, subject.id, *opening);
  }
  KeepCase(work, work.ledger.OpenCaseOf(subject.id)->id, news.incident_id);
}

}  // namespace waymark::casemgr
