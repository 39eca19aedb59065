// Whatever order reports, amendments, assessments, merges, splits and erasures arrive in, risk's
// picture is the rules' answer on everything known at that instant.
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/rfc3339.h"
#include "libs/config/load_pack.h"
#include "services/risk/adapters/codec.h"
#include "services/risk/adapters/history.h"
#include "services/risk/testing/plain_risk.h"

namespace waymark::risk {
namespace {

constexpr char kPartnership[] = "p";

// Everything told so far, kept the plain way.
struct Model {
  std::map<std::string, intake::v1::IncidentLinked> incidents;
  // (subject, assessment id) -> the assessment and whose it is
  std::map<std::pair<std::string, std::string>, std::pair<common::v1::Assessment, std::string>>
      assessments;

  Picture Expected(const pack::Pack& pack, const std::string& subject, absl::Time now) const {
    std::vector<rules::Incident> of_subject;
    for (const auto& [id, incident] : incidents) {
      for (const auto& party : incident.parties()) {
        if (party.subject_id() != subject) continue;
        of_subject.push_back({id, FromProto(incident.occurred_at()),
                              FromProto(incident.reported_at()), incident.type(), subject, "", ""});
        break;
      }
    }
    std::vector<AgencyAssessment> all;
    for (const auto& [key, assessment] : assessments) {
      if (key.first == subject) all.push_back(ToDomain(assessment.first));
    }
    return Judge(pack, now, of_subject, StandingsOf(std::move(all))).value();
  }

  // Everything of these persons (null: of all) becomes another subject's.
  void Move(const std::string& from, const std::string& to, const std::set<std::string>* persons) {
    for (auto& [id, incident] : incidents) {
      for (auto& party : *incident.mutable_parties()) {
        if (party.subject_id() != from) continue;
        if (persons == nullptr || persons->contains(party.person_id())) party.set_subject_id(to);
      }
    }
    std::map<std::pair<std::string, std::string>, std::pair<common::v1::Assessment, std::string>>
        moved;
    for (auto& [key, assessment] : assessments) {
      const bool moves =
          key.first == from && (persons == nullptr || persons->contains(assessment.second));
      moved[{moves ? to : key.first, key.second}] = assessment;
    }
    assessments = std::move(moved);
  }
};

class Story {
 public:
  Story(std::shared_ptr<const pack::Pack> pack, uint64_t seed)
      : pack_(std::move(pack)), random_(seed), risk_({{kPartnership, pack_}}) {}

  void Step() {
    now_ += absl::Minutes(Below(60 * 40));
    touched_.clear();
    const int what = Below(20);
    if (what < 12) {
      Report();
    } else if (what < 14) {
      Amend();
    } else if (what < 17) {
      Assess();
    } else if (what == 17) {
      Merge();
    } else if (what == 18) {
      Split();
    } else {
      Forget();
    }
    for (const std::string& subject : touched_) Check(subject);
  }

  size_t firings() const { return firings_; }
  size_t highs() const { return highs_; }

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  std::string Subject() { return "s" + std::to_string(Below(3)); }
  std::string Agency() { return Below(2) > 0 ? "police" : "council"; }

  // A person of an agency is of one subject, wherever that subject's records have gone.
  std::string SubjectOf(const std::string& person) {
    const auto found = subject_of_.find(person);
    return found == subject_of_.end() ? subject_of_[person] = Subject() : found->second;
  }

  common::v1::Assessment Assessment(const std::string& agency) {
    common::v1::Assessment assessment;
    assessment.set_assessment_id("a" + std::to_string(++made_));
    assessment.set_agency(agency);
    assessment.set_overall(static_cast<common::v1::Band>(Below(4)));
    // Out of order, and now and then at one instant.
    *assessment.mutable_made_at() = ToProto(now_ - absl::Hours(12 * Below(8)));
    return assessment;
  }

  void SetTimes(intake::v1::IncidentLinked& incident) {
    const absl::Time occurred = now_ - absl::Hours(Below(4) > 0 ? Below(60) : Below(9000));
    *incident.mutable_occurred_at() = ToProto(occurred);
    const absl::Time reported =
        occurred + absl::Minutes(Below(3) > 0 ? Below(300) : Below(400'000));
    *incident.mutable_reported_at() = ToProto(std::min(reported, now_ + absl::Minutes(2)));
    incident.set_type(Below(3) > 0 ? "noise" : "littering");
  }

  void Send(const intake::v1::IncidentLinked& incident) {
    for (const auto& party : model_.incidents[incident.incident_id()].parties()) {
      touched_.insert(party.subject_id());
    }
    model_.incidents[incident.incident_id()] = incident;
    for (const auto& party : incident.parties()) touched_.insert(party.subject_id());
    if (incident.has_assessment()) {
      const auto& party = incident.parties(0);
      model_.assessments[{party.subject_id(), incident.assessment().assessment_id()}] = {
          incident.assessment(), party.person_id()};
    }
    risk_.Take(incident, now_);
  }

  void Report() {
    intake::v1::IncidentLinked incident;
    incident.set_partnership(kPartnership);
    incident.set_incident_id("i" + std::to_string(++made_));
    incident.set_revision(1);
    incident.set_agency(Agency());
    SetTimes(incident);
    AddParty(incident);
    if (Below(3) == 0) *incident.mutable_assessment() = Assessment(incident.agency());
    Send(incident);
  }

  void AddParty(intake::v1::IncidentLinked& incident) {
    auto& party = *incident.add_parties();
    party.set_person_id(incident.agency() + std::to_string(Below(4)));
    party.set_subject_id(SubjectOf(party.person_id()));
    party.add_roles(Below(2) > 0 ? common::v1::ROLE_VICTIM : common::v1::ROLE_CALLER);
  }

  void Amend() {
    if (model_.incidents.empty()) return;
    auto at = model_.incidents.begin();
    std::advance(at, Below(static_cast<int>(model_.incidents.size())));
    intake::v1::IncidentLinked incident = at->second;
    incident.set_revision(incident.revision() + 1);
    incident.clear_assessment();
    if (Below(2) > 0) SetTimes(incident);
    if (Below(2) > 0) {
      incident.clear_parties();
      AddParty(incident);
    }
    Send(incident);
  }

  void Assess() {
    intake::v1::AssessmentLinked linked;
    linked.set_partnership(kPartnership);
    linked.set_agency(Agency());
    linked.set_person_id(linked.agency() + std::to_string(Below(4)));
    linked.set_subject_id(SubjectOf(linked.person_id()));
    *linked.mutable_assessment() = Assessment(linked.agency());
    // Now and then one that is known already, with another answer.
    if (Below(4) == 0) {
      for (const auto& [key, known] : model_.assessments) {
        if (key.first != linked.subject_id() || known.first.agency() != linked.agency()) continue;
        linked.mutable_assessment()->set_assessment_id(key.second);
        linked.set_person_id(known.second);
        break;
      }
    }
    model_.assessments[{linked.subject_id(), linked.assessment().assessment_id()}] = {
        linked.assessment(), linked.person_id()};
    touched_ = {linked.subject_id()};
    risk_.Take(linked, now_);
  }

  void Moved(const std::string& from, const std::string& to, const std::set<std::string>* persons) {
    model_.Move(from, to, persons);
    for (auto& [person, subject] : subject_of_) {
      if (subject == from && (persons == nullptr || persons->contains(person))) subject = to;
    }
    touched_ = {from, to};
  }

  void Merge() {
    intake::v1::SubjectsMerged merged;
    merged.set_partnership(kPartnership);
    merged.set_kept_subject_id(Subject());
    merged.set_merged_subject_id(Subject());
    if (merged.kept_subject_id() == merged.merged_subject_id()) return;
    risk_.Take(merged, now_);
    Moved(merged.merged_subject_id(), merged.kept_subject_id(), nullptr);
  }

  void Split() {
    intake::v1::SubjectSplit split;
    split.set_partnership(kPartnership);
    split.set_subject_id(Subject());
    split.set_new_subject_id("n" + std::to_string(++made_));
    auto& person = *split.add_moved();
    person.set_agency(Agency());
    person.set_person_id(person.agency() + std::to_string(Below(4)));
    risk_.Take(split, now_);
    const std::set<std::string> persons = {person.person_id()};
    Moved(split.subject_id(), split.new_subject_id(), &persons);
  }

  void Forget() {
    intake::v1::PersonForgotten forgotten;
    forgotten.set_partnership(kPartnership);
    forgotten.set_agency(Agency());
    forgotten.set_person_id(forgotten.agency() + std::to_string(Below(4)));
    forgotten.set_subject_id(SubjectOf(forgotten.person_id()));
    forgotten.set_nobody_subject_id("nobody" + std::to_string(++made_));
    risk_.Take(forgotten, now_);
    const std::set<std::string> persons = {forgotten.person_id()};
    Moved(forgotten.subject_id(), forgotten.nobody_subject_id(), &persons);
    touched_ = {forgotten.subject_id()};  // nobody's picture is told to nobody
    subject_of_.erase(forgotten.person_id());
  }

  void Check(const std::string& subject) {
    const Picture expected = model_.Expected(*pack_, subject, now_);
    const auto told = HistoryView(risk_.store(), kPartnership).PictureOf(subject);
    const Picture given = told ? FromProto(*told) : Picture{};
    ASSERT_TRUE(SameForPartners(given, expected))
        << subject << " at " << FormatRfc3339(now_) << ": "
        << (told ? told->ShortDebugString() : "nothing told");
    firings_ += expected.repeats.size();
    highs_ += expected.effective.has_value();
  }

  std::shared_ptr<const pack::Pack> pack_;
  std::mt19937_64 random_;
  testing::PlainRisk risk_;
  Model model_;
  std::map<std::string, std::string> subject_of_;
  absl::Time now_ = ParseRfc3339("2026-03-01T09:00:00Z").value();
  std::set<std::string> touched_;
  size_t made_ = 0, firings_ = 0, highs_ = 0;
};

TEST(RiskModel, IsTheRulesAnswerInWhateverOrderThingsArrive) {
  for (const char* name : {"fenland", "south-wales", "kent-and-medway"}) {
    const auto pack = config::LoadPack(name, "packs");
    ASSERT_TRUE(pack.ok()) << pack.status();
    size_t firings = 0, highs = 0;
    for (uint64_t seed = 0; seed < 25; ++seed) {
      Story story(*pack, seed);
      for (int step = 0; step < 150; ++step) {
        story.Step();
        ASSERT_FALSE(HasFatalFailure()) << name << ", seed " << seed << ", step " << step;
      }
      firings += story.firings();
      highs += story.highs();
    }
    EXPECT_GT(firings, 500u) << name;
    EXPECT_GT(highs, 500u) << name;
  }
}

}  // namespace
}  // namespace waymark::risk
