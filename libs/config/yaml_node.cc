// Questions to a node of a document, and complaints of it.
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/check.h"
#include "libs/base/text.h"
#include "libs/config/yaml_tree.h"

namespace waymark::config {
namespace {

using Kind = YamlTree::Kind;

std::string_view KindName(const YamlTree& tree) {
  switch (tree.kind) {
    case Kind::kNothing:
      return "nothing";
    case Kind::kScalar:
      return "a single value";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

}  // namespace

void YamlNode::Note(std::string_view kind) const {
  if (tree_ != nullptr && state_->recording) {
    state_->asked[tree_->pattern].kinds.emplace(kind);
  }
}

void YamlNode::NoteKey(std::string_view key, bool required) const {
  if (!state_->recording || tree_->kind != Kind::kMap) return;
  Note("map");
  state_->maps[tree_->pattern].insert(tree_);
  const std::string pattern =
      absl::StrCat(tree_->pattern, tree_->pattern.empty() ? "" : ".", ToAbsl(key));
  auto& asked = state_->asked[pattern];
  if (required) asked.needed_of.insert(tree_);
  for (auto& [name, child] : tree_->children) {
    if (name == key) child->pattern = pattern;
  }
}

YamlNode YamlNode::At(std::string_view key, std::string_view why) const {
  if (tree_ == nullptr) return *this;
  NoteKey(key, true);
  if (tree_->kind != Kind::kMap) {
    Refuse(absl::StrCat("a map with the key '", ToAbsl(key), "'"));
    return YamlNode(state_, nullptr);
  }
  for (auto& [name, child] : tree_->children) {
    if (name != key) continue;
    child->asked_for = true;
    return YamlNode(state_, child.get());
  }
  state_->Complain(
      tree_->line, tree_->path, "no such key",
      absl::StrCat("the key '", ToAbsl(key), "'", why.empty() ? "" : ": ", ToAbsl(why)));
  return YamlNode(state_, nullptr);
}

std::optional<YamlNode> YamlNode::Find(std::string_view key) const {
  if (tree_ == nullptr) return std::nullopt;
  NoteKey(key, false);
  if (tree_->kind != Kind::kMap) {
    Refuse("a map");
    return std::nullopt;
  }
  for (auto& [name, child] : tree_->children) {
    if (name != key) continue;
    child->asked_for = true;
    YamlNode node(state_, child.get());
    if (child->kind != Kind::kNothing) return node;
    node.Refuse("a value, or the key left out");
    return std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::Entries() const {
  std::vector<std::pair<std::string, YamlNode>> entries;
  if (tree_ == nullptr) return entries;
  if (tree_->kind != Kind::kMap) Refuse("a map");
  if (tree_->kind != Kind::kMap) return entries;
  Note("open_map");
  std::set<std::string_view> seen;
  for (auto& [name, child] : tree_->children) {
    if (!seen.insert(name).second) continue;
    child->asked_for = true;
    if (state_->recording) child->pattern = tree_->pattern + ".*";
    entries.emplace_back(name, YamlNode(state_, child.get()));
  }
  return entries;
}

std::vector<YamlNode> YamlNode::Items() const {
  std::vector<YamlNode> items;
  if (tree_ == nullptr) return items;
  if (tree_->kind != Kind::kList) {
    Refuse("a list");
    return items;
  }
  Note("list");
  if (state_->recording) {
    for (auto& child : tree_->children) child.second->pattern = tree_->pattern + "[]";
  }
  for (auto& child : tree_->children) items.push_back(YamlNode(state_, child.second.get()));
  return items;
}

std::vector<std::string> YamlNode::Texts() const {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const YamlNode& item : Items()) {
    std::string text = item.Text();
    if (text.empty()) continue;
    if (!seen.insert(text).second) item.Refuse("each value once", true);
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string YamlNode::Text() const {
  if (tree_ == nullptr) return "";
  if (tree_->kind == Kind::kScalar) Note("text");
  if (tree_->kind == Kind::kScalar && !tree_->text.empty()) return tree_->text;
  Refuse("a text");
  return "";
}

int64_t YamlNode::Integer(int64_t min, int64_t max) const {
  if (tree_ == nullptr) return min;
  Note("integer");
  if (state_->recording) {
    auto& asked = state_->asked[tree_->pattern];
    asked.least = min;
    asked.most = max;
  }
  const std::string& text = tree_->text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = tree_->kind == Kind::kScalar && tree_->plain && error == std::errc() &&
                         end == text.data() + text.size() && std::to_string(value) == text;
  if (is_number && value >= min && value <= max) return value;
  Refuse(absl::StrCat("a whole number from ", min, " to ", max), true);
  return min;
}

bool YamlNode::Boolean() const {
  if (tree_ == nullptr) return false;
  Note("boolean");
  const bool is_true = tree_->text == "true";
  if (tree_->kind == Kind::kScalar && tree_->plain && (is_true || tree_->text == "false")) {
    return is_true;
  }
  Refuse("true or false", true);
  return false;
}

std::string YamlNode::Decimal() const {
  if (tree_ == nullptr) return "0";
  Note("decimal");
  const std::string& text = tree_->text;
  const size_t dot = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view whole = std::string_view(text).substr(0, dot);
  const bool fraction_is_good =
      dot == std::string::npos || digits(std::string_view(text).substr(dot + 1));
  if (tree_->kind == Kind::kScalar && tree_->plain && digits(whole) && fraction_is_good) {
    return text;
  }
  Refuse("a decimal number like 0.75", true);
  return "0";
}

bool YamlNode::IsText() const { return tree_ != nullptr && tree_->kind == Kind::kScalar; }
bool YamlNode::IsMap() const { return tree_ != nullptr && tree_->kind == Kind::kMap; }
bool YamlNode::IsList() const { return tree_ != nullptr && tree_->kind == Kind::kList; }

void YamlNode::Refuse(std::string_view wanted, bool quote) const {
  constexpr size_t kQuotedMax = 60;
  if (tree_ == nullptr) return;
  std::string found(KindName(*tree_));
  if (quote && tree_->kind == Kind::kScalar && tree_->text.size() <= kQuotedMax) {
    found = absl::StrCat("'", tree_->text, "'");
  }
  state_->Complain(tree_->line, tree_->path, found, wanted);
}

std::string YamlNode::path() const { return tree_ == nullptr ? "" : tree_->path; }
int YamlNode::line() const { return tree_ == nullptr ? 0 : tree_->line; }

std::string YamlNode::OneOf(const std::vector<std::string_view>& words) const {
  const std::optional<size_t> index = ChoiceIndex(words);
  return index ? std::string(words[*index]) : "";
}

std::optional<size_t> YamlNode::ChoiceIndex(const std::vector<std::string_view>& words) const {
  WM_CHECK(!words.empty(), "a choice needs words");
  if (tree_ == nullptr) return std::nullopt;
  Note("text");
  if (state_->recording) {
    state_->asked[tree_->pattern].words.assign(words.begin(), words.end());
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (tree_->kind == Kind::kScalar && tree_->text == words[i]) return i;
  }
  std::vector<std::string> listed(words.begin(), words.end());
  Refuse(absl::StrCat("one of ", absl::StrJoin(listed, ", ")), true);
  return std::nullopt;
}

}  // namespace waymark::config
