// The ops about time: repeat and clock. The arithmetic of clocks is tested in libs/calendar; here
// it is what the command makes of it.
#include "cli/rules/rules_testing.h"

namespace waymark::cli {
namespace {

json Incident(const std::string& id, const std::string& occurred,
              const json& members = json::object()) {
  json incident = {{"id", id},          {"occurred_at", occurred}, {"reported_at", occurred},
                   {"type", "noise"},   {"subject", "s1"},         {"location", "l1"},
                   {"agency", "police"}};
  incident.update(members);
  return incident;
}

json Repeat(const std::string& now, const std::vector<json>& incidents) {
  return {{"op", "repeat"}, {"now", now}, {"incidents", incidents}};
}

// "rule subject[/group] count since ids" for each firing of `rule`, or of all.
std::vector<std::string> Fired(const json& question, const std::string& rule,
                               const std::string& pack = "fenland") {
  std::vector<std::string> fired;
  const json result = ResultOf(question, pack);
  for (const json& firing : result["fired"]) {
    if (!rule.empty() && firing["rule"] != rule) continue;
    std::string line = rule.empty() ? firing["rule"].get<std::string>() + " " : "";
    line += firing["subject"].get<std::string>();
    if (firing.contains("type_group")) line += "/" + firing["type_group"].get<std::string>();
    line +=
        " " + std::to_string(firing["count"].get<int>()) + " " + firing["since"].get<std::string>();
    for (const json& id : firing["incidents"]) line += " " + id.get<std::string>();
    fired.push_back(line);
  }
  return fired;
}

using Lines = std::vector<std::string>;

TEST(RulesRepeat, ThirtyDaysAreElapsedTimeWithOneEndOpen) {
  // Over the change to summer time thirty days are still thirty times 24 hours.
  const auto at = [](const std::string& first) {
    return Repeat("2026-04-10T12:00:00Z",
                  {Incident("a", first), Incident("b", "2026-04-01T10:00:00Z"),
                   Incident("c", "2026-04-10T12:00:00Z")});
  };
  EXPECT_EQ(Fired(at("2026-03-11T12:00:00Z"), "response_30d"), Lines{});
  EXPECT_EQ(Fired(at("2026-03-11T12:00:00.5Z"), "response_30d"),
            Lines{"s1 3 2026-03-11T12:00:00.5Z a b c"});
}

TEST(RulesRepeat, WhatIsNotYetReportedDoesNotExist) {
  const std::vector<json> incidents = {
      Incident("a", "2026-04-01T10:00:00Z"), Incident("b", "2026-04-02T10:00:00Z"),
      Incident("c", "2026-04-03T10:00:00Z", {{"reported_at", "2026-04-10T12:00:01Z"}})};
  EXPECT_EQ(Fired(Repeat("2026-04-10T12:00:00Z", incidents), "response_30d"), Lines{});
  EXPECT_EQ(Fired(Repeat("2026-04-10T12:00:01Z", incidents), "response_30d"),
            Lines{"s1 3 2026-04-01T10:00:00Z a b c"});
}

TEST(RulesRepeat, ReportsOfOneIncidentCountOnce) {
  // Each joins while it is within four hours of the group's first, not of the one before it.
  const std::vector<json> incidents = {
      Incident("a", "2026-04-01T10:00:00Z"), Incident("b", "2026-04-01T14:00:00Z"),
      Incident("c", "2026-04-01T14:00:01Z"), Incident("d", "2026-04-01T18:00:00Z"),
      Incident("e", "2026-04-01T18:00:02Z")};
  EXPECT_EQ(Fired(Repeat("2026-04-10T12:00:00Z", incidents), "response_30d"),
            Lines{"s1 3 2026-04-01T10:00:00Z a c e"});
  const std::vector<json> shuffled = {incidents[3], incidents[0], incidents[4], incidents[2],
                                      incidents[1]};
  EXPECT_EQ(ResultOf(Repeat("2026-04-10T12:00:00Z", shuffled)),
            ResultOf(Repeat("2026-04-10T12:00:00Z", incidents)));
}

TEST(RulesRepeat, AGroupCountsByItsEarliestCountingMember) {
  // The group's first lies before the window, so the next one stands for it.
  const std::vector<json> incidents = {
      Incident("a", "2026-03-11T11:00:00Z"), Incident("b", "2026-03-11T13:00:00Z"),
      Incident("c", "2026-03-20T10:00:00Z"), Incident("d", "2026-03-21T10:00:00Z")};
  EXPECT_EQ(Fired(Repeat("2026-04-10T12:00:00Z", incidents), "response_30d"),
            Lines{"s1 3 2026-03-11T13:00:00Z b c d"});
  // By statute the reported time counts: b was reported before a.
  const std::vector<json> reported = {
      Incident("a", "2026-04-01T10:00:00Z", {{"reported_at", "2026-04-03T10:00:00Z"}}),
      Incident("b", "2026-04-01T12:00:00Z", {{"reported_at", "2026-04-02T10:00:00Z"}}),
      Incident("c", "2026-04-01T10:00:00Z", {{"type", "begging"}})};
  EXPECT_EQ(Fired(Repeat("2026-04-10T12:00:00Z", reported), "explain_second_report"),
            Lines{"s1 2 2026-04-01T10:00:00Z c b"});
}

TEST(RulesRepeat, HoaxCallsStopCountingOnTheirDay) {
  const auto at = [](const std::string& third) {
    const json hoax = {{"type", "hoax_calls"}};
    return Repeat("2011-08-08T12:00:00Z",
                  {Incident("a", "2011-08-04T10:00:00Z", hoax),
                   Incident("b", "2011-08-05T10:00:00Z", hoax), Incident("c", third, hoax)});
  };
  // 23:00 UTC is already the next day in London.
  EXPECT_EQ(Fired(at("2011-08-06T22:59:59Z"), "response_30d").size(), 1u);
  EXPECT_EQ(Fired(at("2011-08-06T23:00:00Z"), "response_30d"), Lines{});
}

TEST(RulesRepeat, StatutoryPeriodsAreWholeLondonDays) {
  // The period of six months from 31 August ends on the last of February.
  const auto at = [](const std::string& now) {
    return Repeat(now,
                  {Incident("a", "2025-08-31T10:00:00Z"), Incident("b", "2025-12-01T10:00:00Z")});
  };
  EXPECT_EQ(Fired(at("2026-02-28T23:59:59Z"), "explain_second_report").size(), 1u);
  EXPECT_EQ(Fired(at("2026-03-01T00:00:00Z"), "explain_second_report"), Lines{});
  // From 1 September it ends on 28 February too: the day before the first.
  EXPECT_EQ(Fired(Repeat("2026-02-28T23:59:59Z", {Incident("a", "2025-09-01T10:00:00Z"),
                                                  Incident("b", "2025-12-01T10:00:00Z")}),
                  "explain_second_report")
                .size(),
            1u);
}

TEST(RulesRepeat, OnlyComplaintsWithinAMonthQualify) {
  const auto at = [](const std::string& occurred, const std::string& reported) {
    return Fired(
        Repeat("2026-05-10T12:00:00Z",
               {Incident("a", occurred, {{"reported_at", reported}}),
                Incident("b", "2026-04-01T10:00:00Z"), Incident("c", "2026-04-05T10:00:00Z")}),
        "case_review_6m");
  };
  EXPECT_EQ(at("2026-01-31T10:00:00Z", "2026-02-28T23:00:00Z").size(), 1u);
  EXPECT_EQ(at("2026-01-31T10:00:00Z", "2026-03-01T00:00:00Z"), Lines{});
  EXPECT_EQ(at("2026-01-15T10:00:00Z", "2026-02-14T23:00:00Z").size(), 1u);
  EXPECT_EQ(at("2026-01-15T10:00:00Z", "2026-02-15T00:00:00Z"), Lines{});
  // An occurrence after its report is taken as it stands: the same day qualifies, a later one not.
  EXPECT_EQ(at("2026-03-15T20:00:00Z", "2026-03-15T10:00:00Z").size(), 1u);
  EXPECT_EQ(at("2026-03-16T10:00:00Z", "2026-03-15T10:00:00Z"), Lines{});
}

TEST(RulesRepeat, ThreeCivilMonthsFollowTheLondonClock) {
  // Now is in summer time, the bound in winter time: the same hour on the wall.
  const auto at = [](const std::string& first) {
    return Fired(
        Repeat("2026-05-31T10:00:00Z", {Incident("a", first), Incident("b", "2026-04-01T10:00:00Z"),
                                        Incident("c", "2026-04-01T10:00:00Z")}),
        "repeat_3m", "south-wales");
  };
  EXPECT_EQ(at("2026-02-28T11:00:00Z"), Lines{});
  EXPECT_EQ(at("2026-02-28T11:00:01Z"), Lines{"s1 3 2026-02-28T11:00:01Z a b c"});
}

TEST(RulesRepeat, SortsByRuleSubjectAndGroup) {
  const json other = {{"subject", "S2"}};
  const json rowdy = {{"type", "rowdy"}};
  const json question = Repeat(
      "2026-05-31T12:00:00Z",
      {Incident("a", "2025-08-01T12:00:00Z"), Incident("b", "2025-08-02T12:00:00Z"),
       Incident("c", "2025-08-01T12:00:00Z", rowdy), Incident("d", "2025-08-02T12:00:00Z", rowdy),
       Incident("f", "2026-05-02T12:00:00Z", other), Incident("e", "2026-05-02T06:00:00Z", other)});
  EXPECT_EQ(Fired(question, "", "kent-and-medway"),
            (Lines{"explain_second_report S2 2 2026-05-02T06:00:00Z e f",
                   "repeat_12m S2/noise 2 2026-05-02T06:00:00Z e f",
                   "repeat_12m s1/noise 2 2025-08-01T12:00:00Z a b",
                   "repeat_12m s1/rowdy 2 2025-08-01T12:00:00Z c d"}));
}

TEST(RulesRepeat, RefusesWithThePathOfTheSmallestWrongValue) {
  const std::string now = "2026-05-31T12:00:00Z";
  const json good = Incident("a", "2026-05-01T12:00:00Z");
  const auto with = [&](const json& members) {
    return Repeat(now, {good, good, Incident("x", "2026-05-01T12:00:00Z", members)});
  };
  EXPECT_EQ(ErrorOf(with({{"type", "shouting"}})), "out_of_range incidents[2].type");
  EXPECT_EQ(ErrorOf(with({{"type", nullptr}})), "out_of_range incidents[2].type");
  EXPECT_EQ(ErrorOf(with({{"occurred_at", "2026-02-30T12:00:00Z"}})),
            "out_of_range incidents[2].occurred_at");
  EXPECT_EQ(ErrorOf(with({{"colour", "red"}})), "unknown_field incidents[2].colour");
  json missing = good;
  missing.erase("location");
  EXPECT_EQ(ErrorOf(Repeat(now, {missing})), "missing_field incidents[0].location");
  EXPECT_EQ(ErrorOf({{"op", "repeat"}, {"now", now}, {"incidents", json::object()}}),
            "out_of_range incidents");
  EXPECT_EQ(ErrorOf({{"op", "repeat"}, {"incidents", json::array()}}), "missing_field now");
  EXPECT_EQ(ResultOf(Repeat(now, {}))["fired"], json::array());
}

json Clock(const json& members) {
  json question = {{"op", "clock"},
                   {"clock", {{"calendar", "elapsed"}, {"length", "PT24H"}}},
                   {"start", "2026-03-06T18:30:00Z"},
                   {"owner", "police"}};
  question.update(members);
  return question;
}

TEST(RulesClock, SaysWhereTheClockStands) {
  const auto state = [](const json& members) {
    const json result = ResultOf(Clock(members));
    return result["state"].get<std::string>() + " " + result["late_seconds"].dump();
  };
  EXPECT_EQ(state(json::object()), "running null");
  EXPECT_EQ(state({{"now", "2026-03-07T12:29:59.9Z"}}), "running null");
  EXPECT_EQ(state({{"now", "2026-03-07T12:30:00Z"}}), "due_soon null");
  EXPECT_EQ(state({{"now", "2026-03-07T18:30:00Z"}}), "due_soon null");
  EXPECT_EQ(state({{"now", "2026-03-07T18:30:01.9Z"}}), "breached 1");
  EXPECT_EQ(state({{"now", nullptr}, {"stopped_at", "2026-03-07T18:00:00Z"}}), "discharged 0");
  EXPECT_EQ(state({{"stopped_at", "2026-03-07T19:30:00Z"}}), "discharged 3600");
}

TEST(RulesClock, TakesFractionsAsTheyAreWritten) {
  const auto due_soon = [](const std::string& fraction) {
    const Session session = RunLines(
        "{\"op\":\"clock\",\"clock\":{\"calendar\":\"elapsed\",\"length\":\"PT10S\",\"due_soon\":" +
        fraction + "},\"start\":\"2026-03-06T18:30:00Z\",\"owner\":\"police\"}");
    const json& answer = session.answers.at(0);
    return answer.contains("result") ? answer["result"]["due_soon"] : answer["error"]["field"];
  };
  EXPECT_EQ(due_soon("0.7"), "2026-03-06T18:30:07Z");  // 6.999... in binary
  EXPECT_EQ(due_soon("0.69999999999999999999"), "2026-03-06T18:30:06Z");
  EXPECT_EQ(due_soon("1"), "2026-03-06T18:30:10Z");
  EXPECT_EQ(due_soon("0"), "clock.due_soon");
  EXPECT_EQ(due_soon("1.01"), "clock.due_soon");
  EXPECT_EQ(due_soon("\"0.7\""), "clock.due_soon");
}

TEST(RulesClock, RefusesWithThePathOfTheSmallestWrongValue) {
  const auto owner = [](const json& hours) {
    return Clock({{"owner", {{"name", "x"}, {"hours", hours}}}});
  };
  const auto monday = [&](const std::vector<std::vector<std::string>>& periods) {
    return owner({{"mon", periods}});
  };
  const auto clock = [](const json& spec) { return Clock({{"clock", spec}}); };
  const auto working = [](const json& members) {
    json spec = {{"calendar", "working"}, {"length", "P3D"}};
    spec.update(members);
    return Clock({{"clock", spec}});
  };
  const std::vector<std::pair<json, std::string>> table = {
      {Clock({{"clock", "nothing"}}), "not_in_pack clock"},
      {Clock({{"clock", 3}}), "out_of_range clock"},
      {Clock({{"clock", nullptr}}), "out_of_range clock"},
      {clock({{"length", "P3D"}}), "missing_field clock.calendar"},
      {clock({{"calendar", nullptr}}), "out_of_range clock.calendar"},
      {clock({{"calendar", "lunar"}, {"length", "P3D"}}), "out_of_range clock.calendar"},
      {clock({{"calendar", "working"}}), "missing_field clock.length"},
      {working({{"length", nullptr}}), "out_of_range clock.length"},
      {working({{"length", "P0D"}}), "out_of_range clock.length"},
      {working({{"length", "PT3H"}}), "out_of_range clock.length"},
      {working({{"colour", 1}}), "unknown_field clock.colour"},
      {clock({{"calendar", "reminders"}, {"days", {4, "7"}}, {"then", "P7D"}}),
       "out_of_range clock.days[1]"},
      {clock({{"calendar", "reminders"}, {"days", {4, 7}}}), "missing_field clock.then"},
      {Clock({{"owner", "nobody"}}), "not_in_pack owner"},
      {Clock({{"owner", nullptr}}), "out_of_range owner"},
      {Clock({{"owner", {{"name", "x"}}}}), "missing_field owner.hours"},
      {monday({{"17:00", "09:00"}}), "out_of_range owner.hours.mon[0]"},
      {monday({{"09:00", "12:00"}, {"11:00", "13:00"}}), "out_of_range owner.hours.mon"},
      {monday({{"09:00", "25:00"}}), "out_of_range owner.hours.mon[0][1]"},
      {monday({{"09:00"}}), "out_of_range owner.hours.mon[0]"},
      {owner({{"mon", json::array({json::array({"09:00", 17})})}}),
       "out_of_range owner.hours.mon[0][1]"},
      {owner({{"mon", "always"}}), "out_of_range owner.hours.mon"},
      {owner({{"moon", json::array()}}), "unknown_field owner.hours.moon"},
      {Clock({{"start", "2026-03-06"}}), "out_of_range start"},
      {Clock({{"start", "2026-03-06T18:30:00"}}), "out_of_range start"},
      {Clock({{"now", 5}}), "out_of_range now"},
      {Clock({{"count", 1.5}}), "out_of_range count"},
      {Clock({{"holidays", {{"dates", json::array()}}}}), "missing_field holidays.horizon"},
      {Clock({{"holidays", {{"dates", {"2026-13-01"}}, {"horizon", "2026-12-31"}}}}),
       "out_of_range holidays.dates[0]"},
      {Clock({{"clock", {{"calendar", "agency"}, {"length", "PT60M"}}},
              {"owner", {{"name", "x"}, {"hours", json::object()}}}}),
       "out_of_range owner"},
      {Clock({{"day", 1}}), "unknown_field day"},
  };
  for (const auto& [question, expected] : table) EXPECT_EQ(ErrorOf(question), expected) << question;
}

TEST(RulesClock, HandsOverOnlyWhenTheOwnerHasNoOpenTime) {
  const auto handed = [](const std::string& start, const std::string& owner) {
    return ResultOf(Clock({{"start", start}, {"owner", owner}}))["handed_to"];
  };
  EXPECT_EQ(handed("2026-03-06T18:30:00Z", "housing"), "police");  // Friday evening
  EXPECT_EQ(handed("2026-03-06T17:00:00Z", "housing"), "police");  // closed at that instant
  EXPECT_TRUE(handed("2026-03-06T16:59:59Z", "housing").is_null());
  EXPECT_TRUE(handed("2026-03-08T09:00:01Z", "housing").is_null());  // Monday's first second
  EXPECT_TRUE(handed("2026-03-06T18:30:00Z", "police").is_null());
  EXPECT_EQ(handed("2026-12-24T18:00:00Z", "council"), "police");  // Christmas
}

TEST(RulesClock, GivenHolidaysReplaceTheBundledOnes) {
  const json question = Clock({{"clock", {{"calendar", "working"}, {"length", "P1D"}}},
                               {"start", "2026-03-05T10:00:00Z"},
                               {"owner", "housing"}});
  EXPECT_EQ(ResultOf(question)["due"], "2026-03-06T17:00:00Z");
  json given = question;
  given["holidays"] = {{"dates", {"2026-03-06"}}, {"horizon", "2026-12-31"}};
  EXPECT_EQ(ResultOf(given)["due"], "2026-03-09T17:00:00Z");
  given["holidays"]["horizon"] = "2026-03-05";  // a listed date past the horizon is no holiday
  EXPECT_EQ(ResultOf(given)["due"], "2026-03-06T17:00:00Z");
  EXPECT_EQ(ResultOf(given)["beyond_horizon"], true);
}

}  // namespace
}  // namespace waymark::cli
