// docs/packs.md and packs/pack.schema.json say what the reader of packs asks for, no more, no less.
// The reader is watched while it reads a specimen that has every key.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"

namespace waymark::cli {
namespace {

using config::YamlField;
using config::YamlShape;
using Json = nlohmann::ordered_json;

constexpr const char* kDocs = "docs/packs.md";
constexpr const char* kSchema = "packs/pack.schema.json";

YamlShape Shape() {
  const auto shape = config::PackShape("cli/pack/testdata/specimen.yaml", "packs");
  EXPECT_TRUE(shape.ok()) << shape.status();
  return shape.value_or(YamlShape{});
}

// What may stand at a place, in words: "text", "a list of texts", "one of a, b".
std::string ValueOf(const std::string& place, const YamlShape& shape) {
  constexpr size_t kWordsMax = 12;
  const auto found = shape.find(place);
  if (found == shape.end()) return "anything";
  const YamlField& field = found->second;
  std::vector<std::string> kinds;
  for (const std::string& kind : field.kinds) {
    if (kind == "text" && field.words.size() > kWordsMax) {
      kinds.push_back("an event word");
    } else if (kind == "text" && !field.words.empty()) {
      kinds.push_back(absl::StrCat("one of ", absl::StrJoin(field.words, ", ")));
    } else if (kind == "integer") {
      kinds.push_back(absl::StrCat("a whole number from ", field.least, " to ", field.most));
    } else if (kind == "open_map") {
      kinds.push_back("a map, by id: " + ValueOf(place + ".*", shape));
    } else if (kind == "list") {
      kinds.push_back("a list of: " + ValueOf(place + "[]", shape));
    } else {
      kinds.push_back(kind == "decimal" ? "a decimal number" : kind);
    }
  }
  return absl::StrJoin(kinds, ", or ");
}

struct Row {
  std::string value, needed, meaning;
};

// The rows of the document's tables: | `place` | value | needed | meaning |
std::map<std::string, Row> Rows() {
  std::map<std::string, Row> rows;
  const auto text = config::ReadFile(kDocs);
  EXPECT_TRUE(text.ok()) << text.status();
  for (const auto& line : absl::StrSplit(text.value_or(""), '\n')) {
    const std::vector<std::string> cells = absl::StrSplit(line, " | ");
    if (cells.size() != 4 || cells[0].rfind("| `", 0) != 0) continue;
    std::string meaning = cells[3];
    EXPECT_TRUE(meaning.size() > 4 && meaning.substr(meaning.size() - 2) == " |") << line;
    meaning.resize(meaning.size() - 2);
    rows[cells[0].substr(3, cells[0].size() - 4)] = {cells[1], cells[2], meaning};
  }
  return rows;
}

// A map is described by its keys, what stands in a list or a map of ids with the list or map.
bool IsDescribed(const std::string& place, const YamlField& field) {
  return !place.empty() && !place.ends_with("*") && !place.ends_with("]") &&
         field.kinds != std::set<std::string>{"map"};
}

// `local` and `reason` mean the same wherever they stand and are described once.
std::map<std::string, Row>::const_iterator Described(const std::map<std::string, Row>& rows,
                                                     const std::string& place) {
  if (place.ends_with(".local") && !rows.contains(place)) return rows.find("*.local");
  if (place.ends_with(".reason") && !rows.contains(place)) return rows.find("*.reason");
  return rows.find(place);
}

Json SchemaAt(const std::string& place, const YamlShape& shape,
              const std::map<std::string, Row>& rows);

Json OneKind(const std::string& kind, const std::string& place, const YamlField& field,
             const YamlShape& shape, const std::map<std::string, Row>& rows) {
  if (kind == "boolean") return {{"type", "boolean"}};
  if (kind == "decimal") return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  if (kind == "list") return {{"type", "array"}, {"items", SchemaAt(place + "[]", shape, rows)}};
  if (kind == "integer") {
    return {{"type", "integer"}, {"minimum", field.least}, {"maximum", field.most}};
  }
  if (kind == "text") {
    if (field.words.empty()) return {{"type", "string"}, {"minLength", 1}};
    return {{"type", "string"}, {"enum", field.words}};
  }
  if (kind == "open_map") {
    return {{"type", "object"}, {"additionalProperties", SchemaAt(place + ".*", shape, rows)}};
  }
  Json map = {{"type", "object"}, {"additionalProperties", false}};
  std::vector<std::string> required;
  for (const auto& [other, child] : shape) {
    const size_t dot = other.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : other.substr(0, dot);
    if (other.empty() || parent != place || other.back() == '*' || other.back() == ']') continue;
    const std::string key = dot == std::string::npos ? other : other.substr(dot + 1);
    map["properties"][key] = SchemaAt(other, shape, rows);
    if (child.required) required.push_back(key);
  }
  if (!required.empty()) map["required"] = required;
  return map;
}

Json SchemaAt(const std::string& place, const YamlShape& shape,
              const std::map<std::string, Row>& rows) {
  const auto found = shape.find(place);
  if (found == shape.end()) return Json::object();
  const YamlField& field = found->second;
  Json schema;
  if (const auto row = Described(rows, place); row != rows.end()) {
    schema["description"] = row->second.meaning;
  }
  if (field.kinds.size() == 1) {
    schema.update(OneKind(*field.kinds.begin(), place, field, shape, rows));
  } else {
    for (const std::string& kind : field.kinds) {
      schema["anyOf"].push_back(OneKind(kind, place, field, shape, rows));
    }
  }
  return schema;
}

TEST(PackLanguage, TheDocumentDescribesEveryPlaceAndNoOther) {
  const YamlShape shape = Shape();
  const std::map<std::string, Row> rows = Rows();
  std::string missing;
  for (const auto& [place, field] : shape) {
    if (!IsDescribed(place, field) && !rows.contains(place)) continue;
    const std::string needed = field.required ? "yes" : "no", value = ValueOf(place, shape);
    const auto row = Described(rows, place);
    const std::string meaning = row == rows.end() ? "?" : row->second.meaning;
    const bool good =
        row != rows.end() && row->second.value == value && row->second.needed == needed;
    if (good && meaning.size() > 8) continue;
    absl::StrAppend(&missing, "| `", place, "` | ", value, " | ", needed, " | ", meaning, " |\n");
  }
  if (!missing.empty()) FAIL() << kDocs << " needs these rows:\n" << missing;
  for (const auto& [place, row] : rows) {
    EXPECT_TRUE(shape.contains(place) || place.starts_with("*."))
        << kDocs << " describes `" << place << "`, which nobody reads";
  }
}

TEST(PackLanguage, TheSchemaIsWhatTheReaderReads) {
  const YamlShape shape = Shape();
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Waymark policy pack"}};
  schema.update(SchemaAt("", shape, Rows()));
  const std::string wanted = schema.dump(1) + "\n";
  const std::string found = config::ReadFile(kSchema).value_or("");
  if (found == wanted) return;
  const std::string file = testing::TempDir() + "pack.schema.json";
  ASSERT_TRUE(config::WriteFile(file, wanted, config::FileMode::kPublic).ok());
  FAIL() << kSchema << " is not what the reader reads; replace it by " << file;
}

}  // namespace
}  // namespace waymark::cli
