#include "libs/config/strict_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/text.h"
#include "libs/config/yaml_tree.h"

namespace waymark::config {

namespace {

using Kind = YamlTree::Kind;

absl::Status RefuseAt(std::string_view file, int line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(file), ":", line, ": ", ToAbsl(what)));
}

// Builds a YamlTree from yaml-cpp's events. Its own Node would resolve aliases, keep duplicate keys
// and forget whether a scalar was quoted.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlLimits& limits) : limits_(limits) {}

  std::unique_ptr<YamlTree> Take() { return std::move(root_); }
  std::vector<YamlDocument::State::Complaint> TakeComplaints() { return std::move(complaints_); }

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
      complaints_.push_back({mark.line + 1, path + ": found this key twice; wanted it once"});
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
  std::vector<YamlDocument::State::Complaint> complaints_;
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

// The second value of a key that stands twice has been complained of.
void ComplainOfUnasked(const YamlTree& tree, YamlDocument::State* state) {
  std::set<std::string_view> seen;
  for (const auto& [key, child] : tree.children) {
    if (tree.kind == Kind::kMap && !seen.insert(key).second) continue;
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
    state->complaints = builder.TakeComplaints();
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

void YamlDocument::RecordShape() { state_->recording = true; }

YamlShape YamlDocument::Shape() const {
  YamlShape shape;
  for (const auto& [pattern, asked] : state_->asked) {
    const size_t dot = pattern.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : pattern.substr(0, dot);
    const auto maps = state_->maps.find(parent);
    const bool is_key = !pattern.empty() && !pattern.ends_with("*") && !pattern.ends_with("]");
    const bool required = is_key && maps != state_->maps.end() && maps->second == asked.needed_of;
    shape[pattern] = {required, asked.kinds, asked.words, asked.least, asked.most};
  }
  return shape;
}

absl::Status YamlDocument::Finish(size_t most) {
  ComplainOfUnasked(*state_->root, state_.get());
  auto& complaints = state_->complaints;
  if (complaints.empty()) return absl::OkStatus();
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  std::vector<std::string> lines;
  for (const State::Complaint& complaint : complaints) {
    if (lines.size() == most) {
      lines.push_back(absl::StrCat("and ", complaints.size() - most, " more"));
      break;
    }
    lines.push_back(absl::StrCat(state_->file, ":", complaint.line, ": ", complaint.text));
  }
  return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
}

}  // namespace waymark::config
