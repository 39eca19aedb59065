#include "libs/config/pack_reader.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/civil.h"

namespace waymark::config {

using pack::Band;
using pack::Pack;

bool PackReader::LocalOf(const YamlNode& node) {
  const bool local = OptionalBoolean(node, "local", false);
  const auto reason = node.Find("reason");
  pack_.local_reasons.erase(node.path());
  if (local) {
    pack_.local_reasons[node.path()] = (reason ? *reason : node.At("reason")).Text();
  } else if (reason) {
    reason->Refuse("a reason only beside local: true");
  }
  return local;
}

std::string OptionalText(const YamlNode& node, std::string_view key) {
  const auto found = node.Find(key);
  return found ? found->Text() : "";
}

bool OptionalBoolean(const YamlNode& node, std::string_view key, bool otherwise) {
  const auto found = node.Find(key);
  return found ? found->Boolean() : otherwise;
}

Band BandOf(const YamlNode& node) {
  return node.Choice<Band>(
      {{"STANDARD", Band::kStandard}, {"MEDIUM", Band::kMedium}, {"HIGH", Band::kHigh}});
}

std::vector<Band> BandsOf(const YamlNode& node) {
  std::vector<Band> bands;
  for (const YamlNode& item : node.Items()) {
    const Band band = BandOf(item);
    if (std::find(bands.begin(), bands.end(), band) != bands.end()) {
      item.Refuse("each band once", true);
    }
    bands.push_back(band);
  }
  return bands;
}

const std::string& CheckedId(const std::string& id, const YamlNode& node) {
  if (id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos) {
    node.Refuse("an id of small letters, digits, '_' and '-'");
  }
  return id;
}

calendar::Length LengthOf(const YamlNode& node) {
  const std::string text = node.Text();
  const auto length = calendar::ParseLength(text);
  if (length && !length->IsZero()) return *length;
  if (!text.empty()) node.Refuse("a length like PT24H or P3D, not zero", true);
  return {};
}

pack::Stated<calendar::Length> PackReader::StatedLengthOf(const YamlNode& node) {
  return {LengthOf(node.At("length")), LocalOf(node)};
}

void PackReader::ReadDueSoon(const YamlNode& root) {
  const auto node = root.Find("due_soon");
  if (!node) return;
  const YamlNode written = node->At("fraction");
  const auto fraction = calendar::Fraction::Parse(written.Decimal());
  if (!fraction) written.Refuse("a fraction above 0 and at most 1", true);
  pack_.due_soon = {fraction.value_or(calendar::Fraction()), LocalOf(*node)};
}

void PackReader::ReadFile(const YamlNode& root) {
  ReadLabels(root, "roles", &pack_.roles);
  ReadLabels(root, "categories", &pack_.categories);
  ReadLabels(root, "channels", &pack_.channels);
  ReadLabels(root, "gateways", &pack_.gateways);
  ReadTypes(root);
  ReadTypeGroups(root);
  if (const auto node = root.Find("grade")) ReadGrade(*node);
  ReadMatrices(root);
  if (const auto node = root.Find("any_agency")) {
    stated_.insert("any_agency");
    const std::vector<Band> bands = BandsOf(node->At("binds"));
    pack_.binding_bands = {bands.begin(), bands.end()};
    if (!pack_.binding_bands.contains(Band::kHigh)) node->At("binds").Refuse("HIGH among them");
  }
  if (const auto node = root.Find("medium_towards_high")) {
    const int64_t from = node->At("from").Integer(0, kScoreMax);
    const int64_t to = node->At("to").Integer(0, kScoreMax);
    if (to < from) node->At("to").Refuse(absl::StrCat("a whole number from ", from), true);
    pack_.medium_towards_high = {from, to, LocalOf(*node)};
  }
  ReadInstruments(root);
  ReadQuestionSets(root);
  ReadRepeatRules(root);
  if (const auto node = root.Find("same_incident_window")) ReadSameIncidentWindow(*node);
  ReadAgencies(root);
  ReadClocks(root);
  ReadCases(root);
  ReadDuties(root);
  if (const auto node = root.Find("linking")) ReadLinking(*node);
  ReadPractice(root);
}

void PackReader::MarkMatricesLocal(size_t first, const std::string& reason) {
  for (size_t i = first; i < pack_.matrices.size(); ++i) {
    pack::Matrix& matrix = pack_.matrices[i];
    matrix.local = true;
    const std::string place = "matrices." + std::string(pack::SubjectName(matrix.subject));
    pack_.local_reasons.try_emplace(place, reason);
  }
}

void PackReader::CheckReferences() {
  for (const auto& check : checks_) check();
}

std::vector<std::string> PackReader::MissingSections() const {
  std::vector<std::string> missing;
  for (const char* section :
       {"alerting", "any_agency", "bank_holidays", "case_opening", "closure", "enforcement",
        "linking", "same_incident_window", "supervision", "types"}) {
    if (!stated_.contains(section)) missing.push_back(section);
  }
  return missing;
}

void PackReader::MustExist(const YamlNode& node, std::string_view wanted,
                           std::function<bool(const Pack&)> exists) {
  checks_.push_back([this, node, wanted = std::string(wanted), exists = std::move(exists)] {
    if (!exists(pack_)) node.Refuse(wanted, true);
  });
}

std::vector<std::string> PackReader::RolesOf(const YamlNode& list) {
  std::vector<std::string> roles;
  for (const YamlNode& role : list.Items()) roles.push_back(RoleOf(role));
  return roles;
}

std::string PackReader::RoleOf(const YamlNode& node) {
  const std::string role = node.Text();
  MustExist(node, "one of the pack's roles", [role](const Pack& pack) {
    return std::any_of(pack.roles.begin(), pack.roles.end(),
                       [&](const pack::Label& label) { return label.id == role; });
  });
  return role;
}

PackReader::Labels PackReader::LabelsOf(const YamlNode& map) {
  Labels labels;
  for (const auto& [id, node] : map.Entries()) {
    labels.push_back({CheckedId(id, node), node.Text()});
  }
  return labels;
}

void PackReader::ReadLabels(const YamlNode& root, std::string_view key, Labels* labels) {
  const auto map = root.Find(key);
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    const std::string& checked = CheckedId(id, node);
    for (const pack::Label& label : *labels) {
      if (label.id == checked) node.Refuse("an id that no include has");
    }
    labels->push_back({checked, node.Text()});
  }
}

void PackReader::ReadTypes(const YamlNode& root) {
  const auto list = root.Find("types");
  if (!list) return;
  stated_.insert("types");
  const auto date = [](const YamlNode& node) {
    const std::string text = node.Text();
    const auto day = calendar::ParseDate(text);
    if (!day && !text.empty()) node.Refuse("a date like 2011-08-07", true);
    return day;
  };
  for (const auto& [id, node] : list->Entries()) {
    pack::IncidentType type;
    type.id = CheckedId(id, node);
    type.text = node.At("text").Text();
    if (const auto from = node.Find("counts_from")) type.counts_from = date(*from);
    if (const auto until = node.Find("counts_until")) type.counts_until = date(*until);
    if (pack_.FindType(id) != nullptr) node.Refuse("a type that no include has");
    pack_.types.push_back(std::move(type));
  }
}

void PackReader::ReadTypeGroups(const YamlNode& root) {
  const auto list = root.Find("type_groups");
  if (!list) return;
  std::set<std::string> grouped;
  for (const YamlNode& node : list->Items()) {
    const std::vector<std::string> group = node.Texts();
    if (group.size() < 2) node.Refuse("at least two types");
    for (const YamlNode& item : node.Items()) {
      const std::string type = item.Text();
      if (!grouped.insert(type).second) item.Refuse("each type in one group only", true);
      MustExist(item, "one of the pack's types",
                [type](const Pack& pack) { return pack.FindType(type) != nullptr; });
    }
    if (!group.empty()) pack_.type_groups.push_back(group);
  }
}

void PackReader::ReadGrade(const YamlNode& node) {
  pack::GradeTable table;
  const YamlNode bands = node.At("bands");
  for (const auto pattern :
       {pack::Pattern::kIsolated, pack::Pattern::kRegular, pack::Pattern::kEscalating}) {
    const YamlNode row = bands.At(pack::PatternName(pattern));
    for (const auto harm : {pack::Harm::kLow, pack::Harm::kModerate, pack::Harm::kSignificant}) {
      table.bands[static_cast<size_t>(pattern)][static_cast<size_t>(harm)] =
          BandOf(row.At(pack::HarmName(harm)));
    }
  }
  const YamlNode duties = node.At("duties");
  for (const Band band : pack::kBands) {
    table.duties[static_cast<size_t>(band)] = LabelsOf(duties.At(pack::BandName(band)));
  }
  pack_.grade = std::move(table);
}

void PackReader::ReadInstruments(const YamlNode& root) {
  const auto map = root.Find("instruments");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    pack::Instrument instrument;
    instrument.id = CheckedId(id, node);
    instrument.agency = node.At("agency").Text();
    MustExist(node.At("agency"), "the id of an agency of the pack",
              [agency = instrument.agency](const Pack& pack) {
                return pack.FindAgency(agency) != nullptr;
              });
    instrument.text = node.At("text").Text();
    for (const auto& [word, band] : node.At("results").Entries()) {
      instrument.results.emplace_back(word, BandOf(band));
    }
    instrument.local = LocalOf(node);
    pack_.instruments.push_back(std::move(instrument));
  }
}

void PackReader::ReadRepeatRules(const YamlNode& root) {
  const auto map = root.Find("repeat_rules");
  if (!map) return;
  for (const auto& [id, node] : map->Entries()) {
    if (pack_.FindRepeatRule(id) != nullptr) {
      node.Refuse("a rule that no include has: statutory rules cannot be replaced");
    }
    pack_.repeat_rules.push_back(RepeatRuleOf(CheckedId(id, node), node));
  }
}

pack::RepeatRule PackReader::RepeatRuleOf(const std::string& id, const YamlNode& node) {
  constexpr int64_t kMonthsMax = 120;
  pack::RepeatRule rule;
  rule.id = id;
  rule.text = node.At("text").Text();
  rule.counts = node.At("counts").Choice<pack::CountedTime>(
      {{"occurred", pack::CountedTime::kOccurred}, {"reported", pack::CountedTime::kReported}});
  rule.window = node.At("window").Choice<pack::WindowKind>({{"elapsed", pack::WindowKind::kElapsed},
                                                            {"civil", pack::WindowKind::kCivil},
                                                            {"period", pack::WindowKind::kPeriod}});
  const YamlNode length = node.At("length");
  rule.length = LengthOf(length);
  if (rule.window == pack::WindowKind::kElapsed && rule.length.HasMonths()) {
    length.Refuse("weeks, days and time for an elapsed window", true);
  }
  if (rule.window != pack::WindowKind::kElapsed &&
      (rule.length.weeks != 0 || rule.length.days != 0 || rule.length.HasTime() ||
       12 * rule.length.years + rule.length.months > kMonthsMax)) {
    length.Refuse("years and months, at most P10Y, for a civil window or a period", true);
  }
  rule.fires_at = node.At("fires_at").Integer(1, 1000);
  rule.same_incident_once = node.At("same_incident_once").Boolean();
  rule.by_type_group = OptionalBoolean(node, "by_type_group", false);
  if (const auto within = node.Find("reported_within_months")) {
    rule.reported_within_months = within->Integer(1, kMonthsMax);
  }
  rule.grades = OptionalText(node, "grades");
  rule.local = LocalOf(node);
  return rule;
}

void PackReader::ReadSameIncidentWindow(const YamlNode& node) {
  stated_.insert("same_incident_window");
  const pack::Stated<calendar::Length> window = StatedLengthOf(node);
  if (window.value.HasMonths()) {
    node.At("length").Refuse("weeks, days and time", true);
    return;
  }
  pack_.same_incident_window = {window.value.Exact(), window.local};
}

}  // namespace waymark::config
