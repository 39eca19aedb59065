// Duties, targets, standards, meetings and who classifies: the parts of a pack file about practice.
#include "libs/config/pack_reader.h"

namespace waymark::config {

using pack::Pack;

namespace {

bool HasTrigger(const Pack& pack, const std::string& id) {
  for (const pack::QuestionSet& set : pack.question_sets) {
    for (const pack::Trigger& trigger : set.triggers) {
      if (trigger.id == id) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> PackReader::TriggersOf(const YamlNode& list) {
  for (const YamlNode& item : list.Items()) {
    MustExist(item, "a trigger of one of the pack's question sets",
              [id = item.Text()](const Pack& pack) { return HasTrigger(pack, id); });
  }
  return list.Texts();
}

std::vector<std::string> PackReader::RulesOf(const YamlNode& list) {
  for (const YamlNode& item : list.Items()) {
    MustExist(item, "one of the pack's repeat rules",
              [id = item.Text()](const Pack& pack) { return pack.FindRepeatRule(id) != nullptr; });
  }
  return list.Texts();
}

std::vector<std::string> PackReader::EventsOf(const YamlNode& list) {
  for (const YamlNode& item : list.Items()) item.OneOf(pack::ClockEvents());
  std::vector<std::string> words = list.Texts();
  if (words.empty() && list.IsList()) list.Refuse("at least one event");
  return words;
}

void PackReader::ReadPractice(const YamlNode& root) {
  if (const auto node = root.Find("bank_holidays")) {
    stated_.insert("bank_holidays");
    pack_.holidays_division = node->Choice<std::string>({{"england-and-wales", "england-and-wales"},
                                                         {"northern-ireland", "northern-ireland"},
                                                         {"scotland", "scotland"}});
  }
  if (const auto notes = root.Find("notes")) {
    for (const std::string& note : notes->Texts()) pack_.notes.push_back(note);
  }
  ReadLabels(root, "standards", &pack_.standards);
  ReadDutyList(root);
  ReadTargets(root);
  ReadClassifications(root);
  if (const auto node = root.Find("meeting")) ReadMeeting(*node);
  if (const auto node = root.Find("repeat_callers")) {
    pack::RepeatCallerList list;
    list.every = LengthOf(node->At("every"));
    list.top = node->At("top").Integer(1, 1000);
    list.local = LocalOf(*node);
    pack_.repeat_callers = list;
  }
}

void PackReader::ReadDutyList(const YamlNode& root) {
  const auto map = root.Find("duties");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    pack::Duty duty;
    duty.id = CheckedId(id, node);
    duty.text = node.At("text").Text();
    const YamlNode when = node.At("when");
    if (const auto bands = when.Find("bands")) duty.bands = BandsOf(*bands);
    if (const auto triggers = when.Find("triggers")) duty.triggers = TriggersOf(*triggers);
    if (const auto rules = when.Find("rules")) duty.rules = RulesOf(*rules);
    if (const auto events = when.Find("events")) duty.events = EventsOf(*events);
    if (duty.bands.empty() && duty.triggers.empty() && duty.rules.empty() && duty.events.empty()) {
      when.Refuse("bands, triggers, rules or events that call for the duty");
    }
    if (const auto role = node.Find("role")) duty.role = RoleOf(*role);
    duty.local = LocalOf(node);
    for (const pack::Duty& other : pack_.duties) {
      if (other.id == id) node.Refuse("a duty that no include has");
    }
    pack_.duties.push_back(std::move(duty));
  }
}

void PackReader::ReadTargets(const YamlNode& root) {
  const auto map = root.Find("targets");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    for (const pack::Target& other : pack_.targets) {
      if (other.id == id) node.Refuse("a target that no include has");
    }
    const int64_t percent = node.At("percent").Integer(1, 100);
    pack_.targets.push_back({CheckedId(id, node), node.At("text").Text(), percent, LocalOf(node)});
  }
}

void PackReader::ReadClassifications(const YamlNode& root) {
  const auto map = root.Find("classifications");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    if (!pack::IsClassification(id)) node.Refuse("a classification as asb, repeat or vulnerable");
    if (pack_.FindClassification(id) != nullptr) node.Refuse("one that no include has");
    pack::Classification classification;
    classification.id = id;
    classification.text = node.At("text").Text();
    classification.confirmed_by = RoleOf(node.At("confirmed_by"));
    if (const auto role = node.Find("disputes_by")) classification.disputes_by = RoleOf(*role);
    classification.local = LocalOf(node);
    pack_.classifications.push_back(std::move(classification));
  }
}

void PackReader::ReadMeeting(const YamlNode& node) {
  pack::Meeting meeting;
  meeting.name = node.At("name").Text();
  meeting.all_must_attend = OptionalBoolean(node, "all_must_attend", true);
  if (const auto role = node.Find("absence_role")) meeting.absence_role = RoleOf(*role);
  if (const auto seats = node.Find("seats")) meeting.seats = seats->Integer(1, 1000);
  if (const auto agenda = node.Find("agenda")) meeting.agenda = LabelsOf(*agenda);
  meeting.local = LocalOf(node);
  pack_.meeting = std::move(meeting);
}

}  // namespace waymark::config
