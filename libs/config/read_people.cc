// Agencies, clocks, cases and linking: the parts of a pack file about who does what by when.
#include "absl/strings/str_cat.h"
#include "libs/config/pack_reader.h"

namespace waymark::config {

using pack::Pack;

namespace {

// Complains of the member that a problem of libs/calendar names: its field is the path of `node`
// and then the member's name.
void RefuseMember(const YamlNode& node, const Problem& problem) {
  std::string name = problem.field.substr(std::min(problem.field.size(), node.path().size() + 1));
  const std::string rest = name.substr(std::min(name.find('['), name.size()));
  name.resize(name.size() - rest.size());
  const auto member = node.Find(name);
  if (!member) {
    node.Refuse(absl::StrCat("the key '", name, "': ", problem.wanted));
  } else {
    member->Refuse(
        absl::StrCat(problem.wanted, rest.empty() ? "" : absl::StrCat(" at ", name, rest)), true);
  }
}

}  // namespace

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
  agency.chair_roles = RolesOf(roles.At("chair"));
  agency.out_of_hours_role = RoleOf(roles.At("out_of_hours"));
  agency.due_soon_role = RoleOf(roles.At("due_soon"));
  agency.breach_role = RoleOf(roles.At("breach"));
  if (const auto check = roles.Find("daily_check")) agency.daily_check_role = RoleOf(*check);
  if (const auto area = roles.Find("area")) agency.area_roles = RolesOf(*area);
  if (const auto raises = roles.Find("raises")) agency.raises_role = RoleOf(*raises);
  if (const auto rings = roles.Find("rings")) agency.rings_roles = RolesOf(*rings);
  return agency;
}

void PackReader::ReadHours(const YamlNode& node, pack::Agency* agency) {
  if (node.IsText()) {
    agency->hours = calendar::AlwaysOpen();
    if (node.Text() != "always") node.Refuse("'always', or periods by weekday", true);
    return;
  }
  calendar::HoursText text;
  bool opens = false;
  for (const std::string_view day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    const auto periods = node.Find(day);
    if (!periods) continue;
    for (const YamlNode& period : periods->Items()) {
      opens = true;
      const std::vector<YamlNode> ends = period.Items();
      if (ends.size() != 2) {
        period.Refuse("two times, from and to");
        continue;
      }
      text[std::string(day)].emplace_back(ends[0].Text(), ends[1].Text());
    }
  }
  if (!opens && node.IsMap()) {
    node.Refuse("at least one period: a calendar with no open day never comes due");
  }
  auto hours = calendar::ParseHours(text, node.path());
  if (hours.ok()) {
    agency->hours = *std::move(hours);
  } else {
    RefuseMember(node, hours.problem());
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
  const std::string calendar = node.At("calendar")
                                   .OneOf({"elapsed", "civil", "working", "agency",
                                           "end_of_working_day", "review", "reminders"});
  text.calendar = calendar.empty() ? "end_of_working_day" : calendar;
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
  } else if (!calendar.empty()) {
    RefuseMember(node, spec.problem());
  }
  clock.starts = EventsOf(node.At("starts"));
  clock.stops = EventsOf(node.At("stops"));
  clock.owner = ClockOwnerOf(node.At("owner", "a clock without an owner is nobody's promise"));
  if (const auto role = node.Find("owner_role")) clock.owner_role = RoleOf(*role);
  if (const auto role = node.Find("escalation_role")) clock.escalation_role = RoleOf(*role);
  clock.pausable = OptionalBoolean(node, "pausable", false);
  clock.escalates_to_steering_group = OptionalBoolean(node, "steering_group", true);
  clock.as_agreed = OptionalBoolean(node, "as_agreed", false);
  clock.local = LocalOf(node);
  return clock;
}

void PackReader::ReadCases(const YamlNode& root) {
  if (const auto node = root.Find("case_opening")) {
    stated_.insert("case_opening");
    pack::CaseOpening opening;
    opening.bands = BandsOf(node->At("bands"));
    if (std::find(opening.bands.begin(), opening.bands.end(), pack::Band::kHigh) ==
        opening.bands.end()) {
      node->At("bands").Refuse("HIGH among them: a HIGH opens a case in every pack");
    }
    if (const auto triggers = node->Find("triggers")) opening.triggers = TriggersOf(*triggers);
    if (const auto rules = node->Find("rules")) opening.rules = RulesOf(*rules);
    opening.lead = ClockOwnerOf(node->At("lead"));
    pack_.case_opening = std::move(opening);
  }
  if (const auto list = root.Find("closure")) {
    stated_.insert("closure");
    pack_.closure = list->Texts();
    for (const YamlNode& item : list->Items()) item.OneOf(pack::ClosureConditions());
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
  const auto points = [this](const YamlNode& stated) {
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
