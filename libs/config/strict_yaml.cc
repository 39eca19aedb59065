#include "libs/config/strict_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace waymark::config {

struct YamlTree {
  enum class Kind { kNothing, kScalar, kList, kMap };
  Kind kind = Kind::kNothing;
  bool plain = false;  // an unquoted scalar
  bool asked_for = false;
  int line = 0;
  std::string path;
  std::string text;
  std::vector<std::pair<std::string, std::unique_ptr<YamlTree>>> children;  // a list has no names
};

struct YamlDocument::State {
  struct Complaint {
    int line;
    std::string text;
  };
  std::string file;
  std::unique_ptr<YamlTree> root;
  std::vector<Complaint> complaints;

  void Complain(int line, std::string_view path, std::string_view found, std::string_view wanted) {
    complaints.push_back({line, absl::StrCat(ToAbsl(path), path.empty() ? "" : ": ", "found ",
                                             ToAbsl(found), "; wanted ", ToAbsl(wanted))});
  }
};

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

absl::Status RefuseAt(std::string_view file, int line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(file), ":", line, ": ", ToAbsl(what)));
}

// Builds a YamlTree from yaml-cpp's events. Its own Node would resolve aliases, keep duplicate keys
// and forget whether a scalar was quoted.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlLimits& limits) : limits_(limits) {}

  std::unique_ptr<YamlTree> Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseExtras(mark, "?", anchor);
    if (WantsKey()) throw YAML::ParserException(mark, "found an empty key; wanted a name");
    Add(mark, Kind::kNothing);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "found an alias; wanted the value written out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseExtras(mark, tag, anchor);
    if (WantsKey()) {
      TakeKey(mark, value);
      return;
    }
    YamlTree* tree = Add(mark, Kind::kScalar);
    tree->text = value;
    tree->plain = tag == "?";
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Kind::kList);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Kind::kMap);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Level {
    YamlTree* tree;
    std::optional<std::string> key;  // read, its value not yet
    int key_line = 0;
    std::set<std::string> keys;
  };

  bool WantsKey() const {
    return !open_.empty() && open_.back().tree->kind == Kind::kMap && !open_.back().key;
  }

  void RefuseExtras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      throw YAML::ParserException(mark, "found an anchor; wanted the value without one");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw YAML::ParserException(mark, "found a tag; wanted the value without one");
    }
  }

  void TakeKey(const YAML::Mark& mark, const std::string& key) {
    if (key.empty()) throw YAML::ParserException(mark, "found an empty key; wanted a name");
    Level& level = open_.back();
    if (!level.keys.insert(key).second) {
      const std::string path = level.tree->path.empty() ? key : level.tree->path + "." + key;
      throw YAML::ParserException(mark, path + ": found this key twice; wanted it once");
    }
    level.key = key;
    level.key_line = mark.line + 1;
  }

  YamlTree* Add(const YAML::Mark& mark, Kind kind) {
    if (++nodes_ > limits_.nodes_max) {
      throw YAML::ParserException(
          mark, "found too many values; wanted at most " + std::to_string(limits_.nodes_max));
    }
    auto tree = std::make_unique<YamlTree>();
    tree->kind = kind;
    tree->line = mark.line + 1;
    YamlTree* added = tree.get();
    if (open_.empty()) {
      root_ = std::move(tree);
      return added;
    }
    Level& level = open_.back();
    YamlTree* parent = level.tree;
    if (parent->kind == Kind::kList) {
      tree->path = absl::StrCat(parent->path, "[", parent->children.size(), "]");
      parent->children.emplace_back("", std::move(tree));
    } else {
      tree->path = absl::StrCat(parent->path, parent->path.empty() ? "" : ".", *level.key);
      tree->line = level.key_line;
      parent->children.emplace_back(*level.key, std::move(tree));
      level.key.reset();
    }
    return added;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    RefuseExtras(mark, tag, anchor);
    if (WantsKey()) {
      throw YAML::ParserException(mark, "found a list or map as a key; wanted a name");
    }
    if (static_cast<int>(open_.size()) >= limits_.depth_max) {
      throw YAML::ParserException(
          mark, "found too deep a nesting; wanted at most " + std::to_string(limits_.depth_max));
    }
    open_.push_back({Add(mark, kind), std::nullopt, 0, {}});
  }

  const YamlLimits limits_;
  size_t nodes_ = 0;
  std::unique_ptr<YamlTree> root_;
  std::vector<Level> open_;
};

// The length of the UTF-8 character at the start of `text`, 0 when there is none (RFC 3629).
size_t CharacterLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

// yaml-cpp takes some control characters for the end of the file and guesses at other encodings, so
// what it would misread is refused before it sees it.
absl::Status CheckCharacters(std::string_view text, std::string_view file) {
  int line = 1;
  for (size_t i = 0; i < text.size();) {
    const size_t length = CharacterLength(text.substr(i));
    if (length == 0) return RefuseAt(file, line, "found bytes that are not UTF-8; wanted UTF-8");
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
      return RefuseAt(file, line, "found a control character; wanted text");
    }
    if (c == '\n') ++line;
    i += length;
  }
  return absl::OkStatus();
}

void ComplainOfUnasked(const YamlTree& tree, YamlDocument::State* state) {
  for (const auto& [key, child] : tree.children) {
    if (tree.kind == Kind::kMap && !child->asked_for) {
      state->Complain(child->line, child->path, "an unknown key",
                      "a key of this version of the format");
      continue;
    }
    ComplainOfUnasked(*child, state);
  }
}

}  // namespace

YamlDocument::YamlDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
YamlDocument::YamlDocument(YamlDocument&&) noexcept = default;
YamlDocument& YamlDocument::operator=(YamlDocument&&) noexcept = default;
YamlDocument::~YamlDocument() = default;

absl::StatusOr<YamlDocument> YamlDocument::Parse(std::string_view text, std::string file,
                                                 const YamlLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": found ", text.size(), " bytes; wanted at most ", limits.bytes_max));
  }
  if (absl::Status status = CheckCharacters(text, file); !status.ok()) return status;
  auto state = std::make_unique<State>();
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(limits);
    parser.HandleNextDocument(builder);
    state->root = builder.Take();
    TreeBuilder second(limits);
    if (parser.HandleNextDocument(second)) {
      return absl::InvalidArgumentError(file + ": found a second document; wanted one");
    }
  } catch (const YAML::Exception& exception) {
    return RefuseAt(file, exception.mark.line + 1, exception.msg);
  } catch (const std::exception&) {
    return absl::InvalidArgumentError(file + ": found text that cannot be read; wanted YAML");
  }
  if (state->root == nullptr) return RefuseAt(file, 1, "found nothing; wanted a map");
  state->file = std::move(file);
  state->root->asked_for = true;
  return YamlDocument(std::move(state));
}

YamlNode YamlDocument::root() const { return YamlNode(state_.get(), state_->root.get()); }

absl::Status YamlDocument::Finish() {
  constexpr size_t kComplaintsMax = 10;
  ComplainOfUnasked(*state_->root, state_.get());
  auto& complaints = state_->complaints;
  if (complaints.empty()) return absl::OkStatus();
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  for (const State::Complaint& complaint : complaints) {
    if (lines.size() == kComplaintsMax) {
      lines.push_back(absl::StrCat("and ", complaints.size() - kComplaintsMax, " more"));
      break;
    }
    lines.push_back(absl::StrCat(state_->file, ":", complaint.line, ": ", complaint.text));
  }
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

YamlNode YamlNode::At(std::string_view key) const {
  if (tree_ == nullptr) return *this;
  if (tree_->kind != Kind::kMap) {
    Refuse(absl::StrCat("a map with the key '", ToAbsl(key), "'"));
    return YamlNode(state_, nullptr);
  }
  for (auto& [name, child] : tree_->children) {
    if (name != key) continue;
    child->asked_for = true;
    return YamlNode(state_, child.get());
  }
  state_->Complain(tree_->line, tree_->path, "no such key",
                   absl::StrCat("the key '", ToAbsl(key), "'"));
  return YamlNode(state_, nullptr);
}

std::optional<YamlNode> YamlNode::Find(std::string_view key) const {
  if (tree_ == nullptr) return std::nullopt;
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
  for (auto& [name, child] : tree_->children) {
    child->asked_for = true;
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
  if (tree_->kind == Kind::kScalar && !tree_->text.empty()) return tree_->text;
  Refuse("a text");
  return "";
}

int64_t YamlNode::Integer(int64_t min, int64_t max) const {
  if (tree_ == nullptr) return min;
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
  const bool is_true = tree_->text == "true";
  if (tree_->kind == Kind::kScalar && tree_->plain && (is_true || tree_->text == "false")) {
    return is_true;
  }
  Refuse("true or false", true);
  return false;
}

std::string YamlNode::Decimal() const {
  if (tree_ == nullptr) return "0";
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

size_t YamlNode::ChoiceIndex(const std::vector<std::string_view>& words) const {
  WM_CHECK(!words.empty(), "a choice needs words");
  if (tree_ == nullptr) return 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (tree_->kind == Kind::kScalar && tree_->text == words[i]) return i;
  }
  std::vector<std::string> listed(words.begin(), words.end());
  Refuse(absl::StrCat("one of ", absl::StrJoin(listed, ", ")), true);
  return 0;
}

}  // namespace waymark::config
