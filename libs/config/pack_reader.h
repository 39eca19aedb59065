// Reads the sections of a pack file into a pack::Pack. Internal to libs/config.
//
// Files are read one after the other into the same Pack, includes first. What one part says about
// another (a cover, a role, a rule) is checked when all files have been read. Not thread-safe.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/config/strict_yaml.h"
#include "libs/pack/pack.h"

namespace waymark::config {

class PackReader {
 public:
  explicit PackReader(pack::Pack* pack) : pack_(*pack) {}

  // The fraction that the clocks of every file fall back on; call it for all files before ReadFile.
  void ReadDueSoon(const YamlNode& root);
  void ReadFile(const YamlNode& root);
  // Names that must exist. Call it once, after the last file.
  void CheckReferences();
  // Sections that neither the pack nor an include states.
  std::vector<std::string> MissingSections() const;
  // Marks the matrices from the `first` on as local for this reason: what one partnership published
  // is a local reading in another.
  void MarkMatricesLocal(size_t first, const std::string& reason);
  size_t matrices() const { return pack_.matrices.size(); }

 private:
  using Labels = std::vector<pack::Label>;

  // pack_reader.cc
  void ReadLabels(const YamlNode& root, std::string_view key, Labels* labels);
  Labels LabelsOf(const YamlNode& map);
  void ReadTypes(const YamlNode& root);
  void ReadTypeGroups(const YamlNode& root);
  void ReadGrade(const YamlNode& node);
  void ReadInstruments(const YamlNode& root);
  void ReadRepeatRules(const YamlNode& root);
  pack::RepeatRule RepeatRuleOf(const std::string& id, const YamlNode& node);
  void ReadSameIncidentWindow(const YamlNode& node);

  // read_matrix.cc
  void ReadMatrices(const YamlNode& root);
  pack::Matrix MatrixOf(pack::Subject subject, const YamlNode& node);
  pack::Item ItemOf(const YamlNode& node);
  void ReadBands(const YamlNode& node, pack::Matrix* matrix);
  void ReadFloors(const YamlNode& node, pack::Matrix* matrix);
  void ReadQuestionSets(const YamlNode& root);
  pack::QuestionSet QuestionSetOf(const std::string& name, const YamlNode& node);
  pack::Question QuestionOf(const YamlNode& node, const pack::QuestionSet& so_far);
  // `wanted` says what is wrong with a question that the set does not have.
  std::vector<pack::AnswerIs> AnswersOf(const YamlNode& node, const pack::QuestionSet& set,
                                        std::string_view wanted);
  void CheckYesNeeds(const std::vector<YamlNode>& nodes, const pack::QuestionSet& set);

  // read_people.cc
  void ReadAgencies(const YamlNode& root);
  pack::Agency AgencyOf(const std::string& id, const YamlNode& node);
  void ReadHours(const YamlNode& node, pack::Agency* agency);
  void ReadClocks(const YamlNode& root);
  pack::ClockRule ClockOf(const std::string& name, const YamlNode& node);
  void ReadCases(const YamlNode& root);
  void ReadDuties(const YamlNode& root);
  void ReadLinking(const YamlNode& node);

  // read_practice.cc
  void ReadPractice(const YamlNode& root);
  void ReadDutyList(const YamlNode& root);
  void ReadTargets(const YamlNode& root);
  void ReadMeeting(const YamlNode& node);
  void ReadClassifications(const YamlNode& root);
  std::vector<std::string> TriggersOf(const YamlNode& list);
  std::vector<std::string> RulesOf(const YamlNode& list);
  std::vector<std::string> EventsOf(const YamlNode& list);

  // `local: true` with the reason; false when left out.
  bool LocalOf(const YamlNode& node);
  // {length: PT5M, local: true, reason: ...}
  pack::Stated<calendar::Length> StatedLengthOf(const YamlNode& node);
  std::vector<std::string> RolesOf(const YamlNode& list);

  // Shared: checks of names, made when all files are read.
  std::string RoleOf(const YamlNode& node);
  std::string ClockOwnerOf(const YamlNode& node);
  void MustExist(const YamlNode& node, std::string_view wanted,
                 std::function<bool(const pack::Pack&)> exists);

  pack::Pack& pack_;
  std::vector<std::function<void()>> checks_;
  std::set<std::string> stated_;  // sections seen in some file
};

// The highest total that a matrix may have.
inline constexpr int64_t kScoreMax = 100000;

// Small words of the format.
std::string OptionalText(const YamlNode& node, std::string_view key);
bool OptionalBoolean(const YamlNode& node, std::string_view key, bool otherwise);
pack::Band BandOf(const YamlNode& node);
std::vector<pack::Band> BandsOf(const YamlNode& node);
// An id: small letters, digits, '_' and '-'. Complains at `node` and returns it as it is.
const std::string& CheckedId(const std::string& id, const YamlNode& node);
// A length that is not zero.
calendar::Length LengthOf(const YamlNode& node);

}  // namespace waymark::config
