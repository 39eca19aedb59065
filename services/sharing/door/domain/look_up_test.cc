#include "services/sharing/door/domain/look_up.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/config/load_pack.h"
#include "services/sharing/door/domain/limits.h"

namespace waymark::sharing::door {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using vault::Match;
using vault::Role;

const absl::Time kNow = absl::FromUnixSeconds(1'760'000'000);

const pack::Pack& Fenland() {
  static const std::shared_ptr<const pack::Pack> pack = *config::LoadPack("fenland", "packs");
  return *pack;
}

class MapOfHistories : public OwnHistory {
 public:
  std::vector<OwnIncident> IncidentsOf(const std::string& person_id) const override {
    const auto found = incidents.find(person_id);
    return found == incidents.end() ? std::vector<OwnIncident>() : found->second;
  }
  std::vector<OwnAssessment> AssessmentsOf(const std::string& person_id) const override {
    const auto found = assessments.find(person_id);
    return found == assessments.end() ? std::vector<OwnAssessment>() : found->second;
  }
  std::map<std::string, std::vector<OwnIncident>> incidents;
  std::map<std::string, std::vector<OwnAssessment>> assessments;
};

OwnIncident Reported(const std::string& id, int days_ago, Role role) {
  const absl::Time at = kNow - absl::Hours(24 * days_ago);
  return {id, at, at, 1, "noise", "advice", {role}};
}

Match Sure(const std::string& id) { return {id, 120, {}, true}; }
Match Maybe(const std::string& id) { return {id, 60, {}, false}; }

OwnAnswer Answer(const std::vector<Match>& matches, const MapOfHistories& history) {
  return AnswerFromOwn(Fenland(), kNow, "police", matches, history);
}

TEST(AnswerFromOwn, AlwaysHasTheQuestionsToAsk) {
  const OwnAnswer answer = Answer({}, {});
  EXPECT_FALSE(answer.repeat);
  EXPECT_THAT(answer.incidents, IsEmpty());
  ASSERT_NE(answer.questions, nullptr);
  EXPECT_EQ("fenland", answer.questions->name);
}

TEST(AnswerFromOwn, ServesNoQuestionsForATypeTheyAreNotAskedFor) {
  const auto served = [](std::string_view type) {
    return AnswerFromOwn(Fenland(), kNow, "police", {}, MapOfHistories(), type).questions;
  };
  EXPECT_NE(served("noise"), nullptr);
  EXPECT_EQ(served("vehicle_nuisance"), nullptr);
}

TEST(AnswerFromOwn, FindsARepeatCallerUnderItsRule) {
  MapOfHistories history;
  history.incidents["ann"] = {Reported("1", 20, Role::kCaller), Reported("2", 10, Role::kVictim),
                              Reported("3", 1, Role::kVictim)};
  const OwnAnswer answer = Answer({Sure("ann")}, history);
  EXPECT_TRUE(answer.repeat);
  bool fired = false;
  for (const rules::Firing& firing : answer.rules) {
    if (firing.rule != "response_30d") continue;
    fired = true;
    EXPECT_EQ(3, firing.count);
    EXPECT_EQ(kNow - absl::Hours(24 * 20), firing.since);
  }
  EXPECT_TRUE(fired);
  EXPECT_EQ("3", answer.incidents[0].id) << "newest first";
}

TEST(AnswerFromOwn, NeverCountsWhomAnIncidentWasAgainst) {
  MapOfHistories history;
  history.incidents["bob"] = {Reported("1", 3, Role::kPerpetrator),
                              Reported("2", 2, Role::kWitness),
                              Reported("3", 1, Role::kPerpetrator)};
  const OwnAnswer answer = Answer({Sure("bob")}, history);
  EXPECT_FALSE(answer.repeat);
  EXPECT_THAT(answer.incidents, IsEmpty());
}

TEST(AnswerFromOwn, OnlyListsWhatAProposedPersonReported) {
  MapOfHistories history;
  history.incidents["ann"] = {Reported("1", 3, Role::kCaller), Reported("2", 2, Role::kCaller),
                              Reported("3", 1, Role::kCaller)};
  history.assessments["ann"] = {{pack::Band::kHigh, kNow - absl::Hours(1)}};
  const OwnAnswer answer = Answer({Maybe("ann")}, history);
  EXPECT_EQ(3u, answer.incidents.size());
  EXPECT_FALSE(answer.repeat);
  EXPECT_EQ(std::nullopt, answer.band);
  EXPECT_THAT(answer.markers, IsEmpty());
}

TEST(AnswerFromOwn, MarksALiveHighUntilItsReview) {
  MapOfHistories history;
  history.assessments["ann"] = {{pack::Band::kMedium, kNow - absl::Hours(48)},
                                {pack::Band::kHigh, kNow - absl::Hours(24)}};
  const OwnAnswer answer = Answer({Sure("ann")}, history);
  EXPECT_EQ(pack::Band::kHigh, answer.band);
  EXPECT_THAT(answer.band_by, ElementsAre("police"));
  ASSERT_EQ(1u, answer.markers.size());
  EXPECT_EQ("high_risk_victim", answer.markers[0].kind);
  EXPECT_GT(answer.markers[0].expires_at, kNow);

  history.assessments["ann"].push_back({pack::Band::kMedium, kNow});
  EXPECT_EQ(std::nullopt, Answer({Sure("ann")}, history).band) << "the last one stands";
}

TEST(AnswerFromOwn, ListsFiftyIncidentsAndNotOneMoreButCountsAll) {
  MapOfHistories history;
  for (size_t i = 0; i <= kLookUpIncidentsMax; ++i) {
    history.incidents["ann"].push_back(Reported(std::to_string(i), 1, Role::kVictim));
    history.incidents["ann"].back().occurred_at -= absl::Hours(5) * i;
    const OwnAnswer answer = Answer({Sure("ann")}, history);
    EXPECT_EQ(std::min(i + 1, kLookUpIncidentsMax), answer.incidents.size());
  }
}

}  // namespace
}  // namespace waymark::sharing::door
