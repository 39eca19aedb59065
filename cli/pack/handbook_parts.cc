#include "cli/pack/handbook_parts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/pack/handbook.h"
#include "libs/base/text.h"

namespace waymark::cli {
namespace {

using pack::Pack;

std::string Number(int64_t number) { return absl::StrCat(number); }
std::string YesNo(bool yes) { return yes ? "yes" : "no"; }
std::string OrDash(std::string text) { return text.empty() ? "-" : text; }

std::string RoleText(const Pack& pack, const std::string& role) {
  return role.empty() ? "" : std::string(pack.RoleText(role));
}

std::string RoleTexts(const Pack& pack, const std::vector<std::string>& roles) {
  std::vector<std::string> texts;
  for (const std::string& role : roles) texts.push_back(RoleText(pack, role));
  return absl::StrJoin(texts, ", else ");
}

HandbookTable ScoreSheet(const pack::Matrix& matrix) {
  HandbookTable table{
      absl::StrCat("Score sheet ", matrix.name), {"Item", "About", "Answer", "Score"}, {}};
  for (const pack::Item& item : matrix.items) {
    for (const pack::Option& option : item.options) {
      table.rows.push_back({{item.text},
                            {item.group},
                            {option.text},
                            {item.scored ? Number(option.score) : "recorded only"}});
    }
  }
  return table;
}

Section MatrixSection(const Pack& pack, const pack::Matrix& matrix) {
  Section section;
  section.heading = absl::StrCat("Assessment of a ", ToAbsl(pack::SubjectName(matrix.subject)));
  section.paragraphs.push_back(
      {absl::StrCat(matrix.name, ", highest possible total ", matrix.HighestScore(),
                    ". An unknown answer counts as a range from its lowest to its highest score; a "
                    "band never rests on it in silence."),
       matrix.local});
  HandbookTable bands{"Bands", {"Band", "Total"}, {}};
  const int64_t from[] = {0, matrix.medium_from, matrix.high_from, matrix.HighestScore() + 1};
  for (const pack::Band band : pack::kBands) {
    const auto at = static_cast<size_t>(band);
    bands.rows.push_back({{std::string(pack::BandName(band))},
                          {absl::StrCat(from[at], " to ", from[at + 1] - 1), matrix.local}});
  }
  section.tables.push_back(std::move(bands));
  section.tables.push_back(ScoreSheet(matrix));
  if (matrix.floors.empty()) return section;
  HandbookTable floors{"Lowest bands", {"When", "At least"}, {}};
  for (const pack::Floor& floor : matrix.floors) {
    const pack::RepeatRule* rule = pack.FindRepeatRule(floor.rule);
    floors.rows.push_back(
        {{rule != nullptr ? rule->text : absl::StrCat(floor.item, " is ", floor.option),
          floor.local},
         {std::string(pack::BandName(floor.band))}});
  }
  section.tables.push_back(std::move(floors));
  return section;
}

std::string WindowText(const pack::RepeatRule& rule) {
  const std::string length = LengthInWords(rule.length);
  switch (rule.window) {
    case pack::WindowKind::kElapsed:
      return absl::StrCat("the last ", length, ", to the second");
    case pack::WindowKind::kCivil:
      return absl::StrCat("the last ", length, ", by the calendar");
    case pack::WindowKind::kPeriod:
      return absl::StrCat("a period of ", length, " from the day of the report");
  }
  return "";
}

std::string CountsText(const pack::RepeatRule& rule) {
  std::string counts =
      rule.counts == pack::CountedTime::kOccurred ? "when it happened" : "when it was reported";
  if (rule.same_incident_once) absl::StrAppend(&counts, "; one incident counts once");
  if (rule.by_type_group) absl::StrAppend(&counts, "; types linked in nature together");
  if (rule.reported_within_months != 0) {
    absl::StrAppend(&counts, "; only if reported within ", rule.reported_within_months,
                    rule.reported_within_months == 1 ? " month" : " months");
  }
  return counts;
}

std::string OwnerText(const Pack& pack, const std::string& owner) {
  const pack::Agency* agency = pack.FindAgency(owner);
  return agency == nullptr ? Spelt(owner) : agency->name;
}

HandbookTable RolesTable(const Pack& pack) {
  HandbookTable table{"Who acts for an agency",
                      {"Agency", "Enters the profile", "Chairs", "Out of hours",
                       "Told when due soon", "Told of a breach", "Looks at the system daily"},
                      {}};
  for (const pack::Agency& agency : pack.agencies) {
    std::vector<std::string> profile = agency.area_roles;
    profile.push_back(agency.profile_role);
    table.rows.push_back({{agency.name},
                          {RoleTexts(pack, profile)},
                          {RoleTexts(pack, agency.chair_roles)},
                          {RoleText(pack, agency.out_of_hours_role)},
                          {RoleText(pack, agency.due_soon_role)},
                          {RoleText(pack, agency.breach_role)},
                          {OrDash(RoleText(pack, agency.daily_check_role))}});
  }
  return table;
}

std::string TriggerName(const Pack& pack, const std::string& id) {
  for (const pack::QuestionSet& set : pack.question_sets) {
    for (const pack::Trigger& trigger : set.triggers) {
      if (trigger.id == id) return trigger.text;
    }
  }
  return id;
}

// What calls for something: bands, triggers, repeat rules and events in words.
std::string CalledForBy(const Pack& pack, const std::vector<pack::Band>& bands,
                        const std::vector<std::string>& triggers,
                        const std::vector<std::string>& rules,
                        const std::vector<std::string>& events) {
  std::vector<std::string> parts;
  if (!bands.empty()) parts.push_back(absl::StrCat("the band is ", BandsInWords(bands)));
  for (const std::string& id : triggers) parts.push_back(TriggerName(pack, id));
  for (const std::string& id : rules) {
    const pack::RepeatRule* rule = pack.FindRepeatRule(id);
    parts.push_back(rule == nullptr ? id : rule->text);
  }
  if (!events.empty()) parts.push_back(AnyOf(events));
  return absl::StrJoin(parts, "; or: ");
}

void AddLabels(const char* caption, const std::vector<pack::Label>& labels, Section& section) {
  if (labels.empty()) return;
  HandbookTable table{caption, {"Word", "Meaning"}, {}};
  for (const pack::Label& label : labels) table.rows.push_back({{Spelt(label.id)}, {label.text}});
  section.tables.push_back(std::move(table));
}

}  // namespace

std::vector<Section> AssessmentSections(const Pack& pack) {
  std::vector<Section> sections;
  for (const pack::Matrix& matrix : pack.matrices) sections.push_back(MatrixSection(pack, matrix));
  Section section{"Between the agencies", {}, {}};
  const std::vector<pack::Band> binding(pack.binding_bands.begin(), pack.binding_bands.end());
  section.paragraphs.push_back({absl::StrCat("One agency's ", BandsInWords(binding),
                                             " binds every agency, whatever its own score says.")});
  if (pack.medium_towards_high) {
    section.paragraphs.push_back(
        {absl::StrCat(
             "From ", pack.medium_towards_high->from, " to ", pack.medium_towards_high->to,
             " points the agencies talk; what is said stays in each agency's own records."),
         pack.medium_towards_high->local});
  }
  HandbookTable table{
      "Agencies' own instruments in the three bands", {"Instrument", "Agency", "Reads"}, {}};
  for (const pack::Instrument& instrument : pack.instruments) {
    std::vector<std::string> results;
    for (const auto& [word, band] : instrument.results) {
      results.push_back(absl::StrCat(word, " is ", ToAbsl(pack::BandName(band))));
    }
    table.rows.push_back({{instrument.text, instrument.local},
                          {OwnerText(pack, instrument.agency)},
                          {absl::StrJoin(results, ", ")}});
  }
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  if (pack.supervision.required) {
    std::string text = "A supervisor signs every assessment";
    if (!pack.supervision.role.empty()) {
      absl::StrAppend(&text, ": ", RoleText(pack, pack.supervision.role), " or above");
    }
    absl::StrAppend(&text, pack.supervision.assessor_may_sign ? "." : ", never the assessor.");
    section.paragraphs.push_back({text});
  }
  sections.push_back(std::move(section));
  return sections;
}

std::vector<Section> RepeatSections(const Pack& pack) {
  Section section{"Repeat", {}, {}};
  section.paragraphs.push_back(
      {"Callers and victims count, perpetrators and witnesses never. Every report is kept."});
  section.paragraphs.push_back(
      {absl::StrCat("Accounts of one victim and one type that lie at most ",
                    absl::FormatDuration(pack.same_incident_window.value),
                    " apart are one incident where a rule counts an incident once."),
       pack.same_incident_window.local});
  HandbookTable table{"Rules", {"Rule", "Fires at", "Within", "Counts by"}, {}};
  for (const pack::RepeatRule& rule : pack.repeat_rules) {
    table.rows.push_back(
        {{rule.text, rule.local}, {Number(rule.fires_at)}, {WindowText(rule)}, {CountsText(rule)}});
  }
  section.tables.push_back(std::move(table));
  HandbookTable who{"Who confirms", {"What", "Confirmed by", "Disputes decided by"}, {}};
  for (const pack::Classification& one : pack.classifications) {
    who.rows.push_back({{one.text, one.local},
                        {RoleText(pack, one.confirmed_by)},
                        {OrDash(RoleText(pack, one.disputes_by))}});
  }
  if (!who.rows.empty()) section.tables.push_back(std::move(who));
  if (pack.repeat_callers) {
    section.paragraphs.push_back(
        {absl::StrCat("Every ", LengthInWords(pack.repeat_callers->every), " the ",
                      pack.repeat_callers->top, " who called most are listed for each area."),
         pack.repeat_callers->local});
  }
  return {std::move(section)};
}

std::vector<Section> ClockSections(const Pack& pack) {
  Section clocks{"Clocks", {}, {}};
  clocks.paragraphs.push_back(
      {absl::StrCat(
           "A clock is due soon when ", pack.due_soon.value.Text(),
           " of its length has passed, unless it says otherwise: the owner's role is told. A "
           "breach is told to the owner's supervisor and the steering group, every party sees "
           "it, and it cannot be edited away."),
       pack.due_soon.local});
  HandbookTable table{
      "Promises", {"Promise", "Due", "Starts when", "Ends when", "Owner", "Acts", "May pause"}, {}};
  for (const pack::ClockRule& clock : pack.clocks) {
    std::string due = DueInWords(clock.spec);
    if (clock.as_agreed) absl::StrAppend(&due, ", until another length is agreed with the victim");
    table.rows.push_back({{clock.text, clock.local},
                          {due},
                          {AnyOf(clock.starts)},
                          {AnyOf(clock.stops)},
                          {OwnerText(pack, clock.owner)},
                          {OrDash(RoleText(pack, clock.owner_role))},
                          {YesNo(clock.pausable)}});
  }
  clocks.tables.push_back(std::move(table));
  if (pack.agencies.empty()) return {std::move(clocks)};
  Section cover{"Agencies, hours and cover", {}, {}};
  cover.paragraphs.push_back(
      {"A HIGH that arises while its agency is closed is told to the cover at once; the duty "
       "stays, and "
       "the agency is told again when it opens. Where an agency has no open minute between start "
       "and "
       "due, the duty itself passes to the cover."});
  HandbookTable hours{"Hours", {"Agency", "Open", "Bank holidays", "Cover"}, {}};
  for (const pack::Agency& agency : pack.agencies) {
    hours.rows.push_back({{agency.name},
                          {HoursInWords(agency.hours), agency.local},
                          {agency.works_holidays ? "works" : "closed"},
                          {agency.cover.empty() ? "-" : OwnerText(pack, agency.cover)}});
  }
  cover.tables.push_back(std::move(hours));
  cover.tables.push_back(RolesTable(pack));
  HandbookTable covering{"While covering for another",
                         {"Agency", "Raises the HIGH", "Rings the closed agency's line"},
                         {}};
  for (const pack::Agency& agency : pack.agencies) {
    if (agency.raises_role.empty() && agency.rings_roles.empty()) continue;
    covering.rows.push_back({{agency.name},
                             {OrDash(RoleText(pack, agency.raises_role))},
                             {OrDash(RoleTexts(pack, agency.rings_roles))}});
  }
  if (!covering.rows.empty()) cover.tables.push_back(std::move(covering));
  return {std::move(clocks), std::move(cover)};
}

std::vector<Section> DutySections(const Pack& pack) {
  Section section{"Duties, targets and standards", {}, {}};
  HandbookTable duties{"Duties", {"To do", "When", "By"}, {}};
  for (const pack::Duty& duty : pack.duties) {
    duties.rows.push_back(
        {{duty.text, duty.local},
         {CalledForBy(pack, duty.bands, duty.triggers, duty.rules, duty.events)},
         {duty.role.empty() ? "whoever works on it" : RoleText(pack, duty.role)}});
  }
  if (!duties.rows.empty()) section.tables.push_back(std::move(duties));
  HandbookTable targets{"Targets", {"Share of", "At least"}, {}};
  for (const pack::Target& target : pack.targets) {
    targets.rows.push_back({{target.text, target.local}, {absl::StrCat(target.percent, " %")}});
  }
  if (!targets.rows.empty()) section.tables.push_back(std::move(targets));
  HandbookTable standards{"What every victim may count on", {"No.", "Standard"}, {}};
  for (size_t i = 0; i < pack.standards.size(); ++i) {
    standards.rows.push_back({{absl::StrCat(i + 1)}, {pack.standards[i].text}});
  }
  if (!standards.rows.empty()) section.tables.push_back(std::move(standards));
  return {std::move(section)};
}

std::vector<Section> CaseSections(const Pack& pack) {
  Section section{"Cases", {}, {}};
  section.paragraphs.push_back(
      {absl::StrCat("A case opens when: ",
                    CalledForBy(pack, pack.case_opening.bands, pack.case_opening.triggers,
                                pack.case_opening.rules, {}),
                    ". It is led by: ", OwnerText(pack, pack.case_opening.lead), ".")});
  std::vector<std::string> closure;
  for (const std::string& word : pack.closure) closure.push_back(Spelt(word));
  section.paragraphs.push_back(
      {absl::StrCat("It closes when all of these hold: ", absl::StrJoin(closure, ", "), ".")});
  section.paragraphs.push_back(
      {absl::StrCat("Whatever the owner's gateway has not done ",
                    LengthInWords(pack.enforcement.core_takes_over_after.value),
                    " after a breach, the register does."),
       pack.enforcement.core_takes_over_after.local});
  section.paragraphs.push_back(
      {absl::StrCat("A conference that nobody called is set for the first full hour, at least ",
                    LengthInWords(pack.enforcement.conference_notice.value),
                    " ahead, at which the lead agency is open."),
       pack.enforcement.conference_notice.local});
  section.paragraphs.push_back(
      {absl::StrCat("Alerts of these bands wait for a person: ", BandsInWords(pack.alerting.bands),
                    ". A high-risk marker is looked at again after ",
                    LengthInWords(pack.alerting.marker_review.value), "."),
       pack.alerting.marker_review.local});
  if (pack.meeting) {
    std::string text = pack.meeting->name;
    absl::StrAppend(&text, pack.meeting->all_must_attend ? ": whoever is asked must attend." : ".");
    if (pack.meeting->seats != 0) {
      absl::StrAppend(&text, " Standing members: ", pack.meeting->seats, ".");
    }
    if (!pack.meeting->absence_role.empty()) {
      absl::StrAppend(&text, " Absence is told to: ", RoleText(pack, pack.meeting->absence_role),
                      ".");
    }
    section.paragraphs.push_back({text, pack.meeting->local});
    AddLabels("On its agenda", pack.meeting->agenda, section);
  }
  return {std::move(section)};
}

std::vector<Section> ListSections(const Pack& pack) {
  Section lists{"Code lists", {}, {}};
  HandbookTable types{"Types of incident", {"Type", "Counted", "Linked in nature with"}, {}};
  for (const pack::IncidentType& type : pack.types) {
    std::string counted = "always";
    if (type.counts_from) counted = absl::StrCat("from ", absl::FormatCivilTime(*type.counts_from));
    if (type.counts_until)
      counted = absl::StrCat("before ", absl::FormatCivilTime(*type.counts_until));
    std::vector<std::string> linked;
    for (const std::vector<std::string>& group : pack.type_groups) {
      if (std::find(group.begin(), group.end(), type.id) == group.end()) continue;
      for (const std::string& other : group) {
        if (other != type.id) linked.push_back(pack.FindType(other)->text);
      }
    }
    types.rows.push_back({{type.text}, {counted}, {OrDash(absl::StrJoin(linked, ", "))}});
  }
  lists.tables.push_back(std::move(types));
  AddLabels("Categories", pack.categories, lists);
  AddLabels("Channels", pack.channels, lists);
  AddLabels("Lawful gateways", pack.gateways, lists);
  HandbookTable evidence{
      "Evidence that two reports are about one person", {"Evidence", "Points"}, {}};
  for (const auto& [kind, weight] : pack.linking.weights) {
    evidence.rows.push_back(
        {{Spelt(pack::EvidenceName(kind))}, {Number(weight.value), weight.local}});
  }
  evidence.rows.push_back(
      {{"one person from"},
       {Number(pack.linking.confirm_from.value), pack.linking.confirm_from.local}});
  evidence.rows.push_back(
      {{"a proposal from"},
       {Number(pack.linking.propose_from.value), pack.linking.propose_from.local}});
  lists.tables.push_back(std::move(evidence));
  Section local{"What is local, and why", {}, {}};
  for (const std::string& note : pack.notes) local.paragraphs.push_back({note});
  HandbookTable reasons{"Local values", {"Place in the pack", "Why"}, {}};
  for (const auto& [place, reason] : pack.local_reasons)
    reasons.rows.push_back({{place}, {reason}});
  if (!reasons.rows.empty()) local.tables.push_back(std::move(reasons));
  return {std::move(lists), std::move(local)};
}

}  // namespace waymark::cli
