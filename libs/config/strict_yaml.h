// Strict YAML: the one way in which packs, agreements and configuration are read from files.
//
// Strict means: one document; UTF-8 without control characters; no anchors, aliases, tags or merge
// keys; no key twice; every key is asked for by the program or refused; every value has the
// type the program wanted; sizes are limited. Nothing is guessed: a plain `yes` is the text "yes",
// a boolean is `true` or `false` and nothing else.
//
// A reader asks for what it wants and goes on; complaints are gathered, each with file, line, path,
// what was found and what was wanted, and Finish() returns them all:
//
//   WM_ASSIGN_OR_RETURN(YamlDocument document, YamlDocument::Parse(bytes, "partnership.yaml"));
//   const YamlNode root = document.root();
//   config.name = root.At("name").Text();
//   config.threads = root.At("threads").Integer(1, 64);
//   if (const auto window = root.Find("window")) config.window = window->Text();
//   for (const YamlNode& party : root.At("parties").Items()) { ... party.At("id").Text() ... }
//   WM_RETURN_IF_ERROR(document.Finish());   // before any of it is used
//
// A node that is missing or of the wrong kind has been complained of once; reading on from it gives
// empty values and no further complaints. So a reader needs no error handling of its own, but must
// not act on anything before Finish() has said OK.
//
// Not thread-safe: one document is read by one thread. YamlNode is a light handle and must not
// outlive its YamlDocument (moving the document is fine).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace waymark::config {

struct YamlLimits {
  size_t bytes_max = 1 << 20;
  size_t nodes_max = 100000;
  int depth_max = 32;
};

// What a reader asks for at one place of a document, gathered while it reads.
struct YamlField {
  bool required = true;  // asked for with At wherever its map was read
  std::set<std::string>
      kinds;  // "text", "integer", "boolean", "decimal", "list", "map", "open_map"
  std::vector<std::string> words;  // the closed list of a choice; empty for none
  int64_t least = 0, most = 0;     // of an integer
};

// By place: "clocks.*.length", "matrices.victim.items[].id"; `*` stands for a key that is data,
// `[]` for an entry of a list.
using YamlShape = std::map<std::string, YamlField>;

class YamlNode;

class YamlDocument {
 public:
  // `file` is used in complaints only. InvalidArgument says file, line and what was wanted.
  static absl::StatusOr<YamlDocument> Parse(std::string_view text, std::string file,
                                            const YamlLimits& limits = {});
  YamlDocument(YamlDocument&&) noexcept;
  YamlDocument& operator=(YamlDocument&&) noexcept;
  ~YamlDocument();

  YamlNode root() const;

  // OK, or InvalidArgument with one line for each complaint in the order of the file (`most` of
  // them at most), among them every key that nobody has asked for. Call it once, when everything
  // has been read.
  absl::Status Finish(size_t most = 10);

  // From now on keeps what the reader asks for. Call it before anything is read.
  void RecordShape();
  // What was asked for since; empty without RecordShape.
  YamlShape Shape() const;

  struct State;

 private:
  explicit YamlDocument(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct YamlTree;

class YamlNode {
 public:
  // ---- maps
  // The value of a key that must be there. `why` is added to the complaint when it is not.
  YamlNode At(std::string_view key, std::string_view why = "") const;
  // The value of a key that may be left out; nullopt when it is. (A key without a value is
  // refused.)
  std::optional<YamlNode> Find(std::string_view key) const;
  // All entries of a map whose keys are data (ids, names), in the order of the file.
  std::vector<std::pair<std::string, YamlNode>> Entries() const;

  // ---- lists
  std::vector<YamlNode> Items() const;
  // A list of texts, none empty, each once.
  std::vector<std::string> Texts() const;

  // ---- scalars
  std::string Text() const;                         // any scalar that is not empty
  int64_t Integer(int64_t min, int64_t max) const;  // decimal, bounds included
  bool Boolean() const;                             // true or false, unquoted
  std::string Decimal() const;                      // "0.75": digits, kept exactly as written
  // One of a closed list of words; the first one's value after a complaint.
  template <class T>
  T Choice(const std::vector<std::pair<std::string_view, T>>& words) const;

  // One of a closed list of words, as it stands; "" after a complaint.
  std::string OneOf(const std::vector<std::string_view>& words) const;

  // ---- what kind it is, where the language allows more than one
  bool IsText() const;
  bool IsMap() const;
  bool IsList() const;

  // Complains of this node: `wanted` says what would have been accepted. The value found is quoted
  // when `quote` is set; leave it unset where a value could be a secret or personal.
  void Refuse(std::string_view wanted, bool quote = false) const;

  // "grade.bands[2].low"; the root is "".
  std::string path() const;
  int line() const;  // from 1; 0 for a node that is missing

 private:
  friend class YamlDocument;
  YamlNode(YamlDocument::State* state, YamlTree* tree) : state_(state), tree_(tree) {}
  void Note(std::string_view kind) const;
  void NoteKey(std::string_view key, bool required) const;
  std::optional<size_t> ChoiceIndex(const std::vector<std::string_view>& words) const;

  YamlDocument::State* state_;
  YamlTree* tree_;  // null: missing, and already complained of
};

template <class T>
T YamlNode::Choice(const std::vector<std::pair<std::string_view, T>>& words) const {
  std::vector<std::string_view> names;
  for (const auto& word : words) names.push_back(word.first);
  return words[ChoiceIndex(names).value_or(0)].second;
}

}  // namespace waymark::config
