// Agencies, clocks, cases and linking: the parts of a pack file about who does what by when.
#include "absl/strings/str_cat.h"
#include "libs/config/pack_reader.h"

namespace waymark::config {

using pack::Pack;

void PackReader::ReadAgencies(const YamlNode& root) {
  const auto map = root.Find("agencies");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    if (pack_.FindAgency(id) != nullptr) node.Refuse("an agency that no include has");
    if (pack::IsClockOwner(id)) node.Refuse("an id that is no word for an owner");
    pack_.agencies.push_back(AgencyOf(CheckedId(id, node), node));
  }
}

pack::Agency PackReader::AgencyOf(const std::string& id, const YamlNode& node) {
  pack::Agency agency;
  agency.id = id;
  agency.name = node.At("name").Text();
  agency.kind = node.At("kind").Text();
  ReadHours(node.At("hours"), &agency);
  agency.works_holidays = node.At("works_holidays").Boolean();
  agency.local = LocalOf(node);
  if (const auto cover = node.Find("cover")) {
    agency.cover = cover->Text();
    MustExist(*cover, "the id of another agency of the pack",
              [id, other = agency.cover](const Pack& pack) {
                return other != id && pack.FindAgency(other) != nullptr;
              });
  }
  const YamlNode roles = node.At("roles");
  agency.profile_role = RoleOf(roles.At("profile"));
  for (const YamlNode& role : roles.At("chair").Items()) agency.chair_roles.push_back(RoleOf(role));
  agency.out_of_hours_role = RoleOf(roles.At("out_of_hours"));
  agency.due_soon_role = RoleOf(roles.At("due_soon"));
  agency.breach_role = RoleOf(roles.At("breach"));
  if (const auto check = roles.Find("daily_check")) agency.daily_check_role = RoleOf(*check);
  return agency;
}

void PackReader::ReadHours(const YamlNode& node, pack::Agency* agency) {
  if (node.IsText()) {
    agency->hours = calendar::AlwaysOpen();
    if (node.Text() != "always") node.Refuse("'always', or periods by weekday", true);
    return;
  }
  calendar::HoursText text;
  for (const auto& [day, periods] : node.Entries()) {
    for (const YamlNode& period : periods.Items()) {
      const std::vector<YamlNode> ends = period.Items();
      if (ends.size() != 2) {
        period.Refuse("two times, from and to");
        continue;
      }
      text[day].emplace_back(ends[0].Text(), ends[1].Text());
    }
  }
  auto hours = calendar::ParseHours(text, node.path());
  if (hours.ok()) {
    agency->hours = *std::move(hours);
  } else {
    node.Refuse(absl::StrCat(hours.problem().wanted, " at ", hours.problem().field));
  }
}

void PackReader::ReadClocks(const YamlNode& root) {
  const auto map = root.Find("clocks");
  if (!map) return;
  for (const auto& [name, node] : map->Entries()) {
    pack::ClockRule clock = ClockOf(CheckedId(name, node), node);
    const auto same = std::find_if(pack_.clocks.begin(), pack_.clocks.end(),
                                   [&](const auto& other) { return other.name == clock.name; });
    if (same == pack_.clocks.end()) {
      pack_.clocks.push_back(std::move(clock));
    } else {
      *same = std::move(clock);
    }
  }
}

std::string PackReader::ClockOwnerOf(const YamlNode& node) {
  const std::string owner = node.Text();
  MustExist(node, "a word for an owner, or the id of an agency of the pack",
            [owner](const Pack& pack) {
              return pack::IsClockOwner(owner) || pack.FindAgency(owner) != nullptr;
            });
  return owner;
}

pack::ClockRule PackReader::ClockOf(const std::string& name, const YamlNode& node) {
  pack::ClockRule clock;
  clock.name = name;
  clock.text = node.At("text").Text();
  calendar::ClockSpecText text;
  text.calendar = node.At("calendar").Text();
  if (const auto length = node.Find("length")) text.length = length->Text();
  if (const auto then = node.Find("then")) text.then = then->Text();
  if (const auto fraction = node.Find("due_soon")) text.due_soon = fraction->Decimal();
  if (const auto days = node.Find("days")) {
    text.days.emplace();
    for (const YamlNode& day : days->Items()) text.days->push_back(day.Integer(1, 10000));
  }
  auto spec = calendar::ParseClockSpec(text, node.path(), pack_.due_soon.value);
  if (spec.ok()) {
    clock.spec = *std::move(spec);
  } else {
    node.Refuse(absl::StrCat(spec.problem().wanted, " at ", spec.problem().field));
  }
  const auto events = [&](std::string_view key) {
    const YamlNode list = node.At(key);
    for (const YamlNode& item : list.Items()) {
      if (!pack::IsClockEvent(item.Text())) item.Refuse("an event word of libs/pack", true);
    }
    std::vector<std::string> words = list.Texts();
    if (words.empty()) list.Refuse("at least one event");
    return words;
  };
  clock.starts = events("starts");
  clock.stops = events("stops");
  clock.owner = ClockOwnerOf(node.At("owner"));
  if (const auto role = node.Find("owner_role")) clock.owner_role = RoleOf(*role);
  if (const auto role = node.Find("escalation_role")) clock.escalation_role = RoleOf(*role);
  clock.pausable = OptionalBoolean(node, "pausable", false);
  clock.escalates_to_steering_group = OptionalBoolean(node, "steering_group", true);
  clock.local = LocalOf(node);
  return clock;
}

void PackReader::ReadCases(const YamlNode& root) {
  if (const auto node = root.Find("case_opening")) {
    stated_.insert("case_opening");
    pack::CaseOpening opening;
    opening.bands = BandsOf(node->At("bands"));
    if (const auto triggers = node->Find("triggers")) {
      opening.triggers = triggers->Texts();
      for (const YamlNode& item : triggers->Items()) {
        MustExist(item, "a trigger of one of the pack's question sets",
                  [id = item.Text()](const Pack& pack) {
                    for (const pack::QuestionSet& set : pack.question_sets) {
                      for (const pack::Trigger& trigger : set.triggers) {
                        if (trigger.id == id) return true;
                      }
                    }
                    return false;
                  });
      }
    }
    if (const auto rules = node->Find("rules")) {
      opening.rules = rules->Texts();
      for (const YamlNode& item : rules->Items()) {
        MustExist(item, "one of the pack's repeat rules", [id = item.Text()](const Pack& pack) {
          return pack.FindRepeatRule(id) != nullptr;
        });
      }
    }
    opening.lead = ClockOwnerOf(node->At("lead"));
    pack_.case_opening = std::move(opening);
  }
  if (const auto list = root.Find("closure")) {
    stated_.insert("closure");
    pack_.closure = list->Texts();
    for (const YamlNode& item : list->Items()) {
      if (!pack::IsClosureCondition(item.Text())) {
        item.Refuse("obligations_discharged, reassessed, supervisor_signed or victim_told", true);
      }
    }
  }
}

void PackReader::ReadDuties(const YamlNode& root) {
  const auto clock_of = [&](const YamlNode& node) {
    const std::string clock = node.Text();
    MustExist(node, "one of the pack's clocks",
              [clock](const Pack& pack) { return pack.FindClock(clock) != nullptr; });
    return clock;
  };
  if (const auto node = root.Find("compulsory")) {
    pack::CompulsoryAnswers compulsory;
    compulsory.set = node->At("set").Text();
    MustExist(
        node->At("set"), "one of the pack's question sets",
        [set = compulsory.set](const Pack& pack) { return pack.FindQuestionSet(set) != nullptr; });
    if (const auto clock = node->Find("unknown_clock")) compulsory.unknown_clock = clock_of(*clock);
    pack_.compulsory = std::move(compulsory);
  }
  if (const auto node = root.Find("supervision")) {
    stated_.insert("supervision");
    pack_.supervision = {};
    pack_.supervision.required = node->At("required").Boolean();
    pack_.supervision.assessor_may_sign = node->At("assessor_may_sign").Boolean();
    if (const auto role = node->Find("role")) pack_.supervision.role = RoleOf(*role);
  }
  if (const auto node = root.Find("enforcement")) {
    stated_.insert("enforcement");
    pack_.enforcement = {StatedLengthOf(node->At("core_takes_over_after")),
                         StatedLengthOf(node->At("conference_notice"))};
  }
  if (const auto node = root.Find("alerting")) {
    stated_.insert("alerting");
    pack_.alerting = {clock_of(node->At("acknowledgement_clock")), BandsOf(node->At("bands")),
                      StatedLengthOf(node->At("marker_review"))};
  }
}

void PackReader::ReadLinking(const YamlNode& node) {
  stated_.insert("linking");
  constexpr int64_t kPointsMax = 1000;
  const auto points = [](const YamlNode& stated) {
    return pack::Stated<int64_t>{stated.At("points").Integer(0, kPointsMax), LocalOf(stated)};
  };
  const YamlNode weights = node.At("weights");
  pack_.linking = {};
  for (const pack::Evidence evidence : pack::kEvidence) {
    pack_.linking.weights[evidence] = points(weights.At(pack::EvidenceName(evidence)));
  }
  pack_.linking.confirm_from = points(node.At("confirm_from"));
  pack_.linking.propose_from = points(node.At("propose_from"));
  if (pack_.linking.propose_from.value < 1 ||
      pack_.linking.propose_from.value > pack_.linking.confirm_from.value) {
    node.At("propose_from").Refuse("at least 1 point and no more than confirm_from");
  }
}

}  // namespace waymark::config
