// A document as strict_yaml.cc reads it and yaml_node.cc hands it out. Internal to libs/config.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/config/strict_yaml.h"

namespace waymark::config {

struct YamlTree {
  enum class Kind { kNothing, kScalar, kList, kMap };
  Kind kind = Kind::kNothing;
  bool plain = false;  // an unquoted scalar
  bool asked_for = false;
  int line = 0;
  std::string path;
  std::string pattern;  // path with `*` and `[]` for what is data; while a shape is recorded
  std::string text;
  std::vector<std::pair<std::string, std::unique_ptr<YamlTree>>> children;  // a list has no names
};

struct YamlDocument::State {
  struct Complaint {
    int line;
    std::string text;
  };
  // Who asked for a key, and how.
  struct Asked {
    std::set<const YamlTree*> needed_of;  // maps that had to have it
    std::set<std::string> kinds;
    std::vector<std::string> words;
    int64_t least = 0, most = 0;
  };
  std::string file;
  std::unique_ptr<YamlTree> root;
  std::vector<Complaint> complaints;
  bool recording = false;
  std::map<std::string, Asked> asked;                     // by pattern
  std::map<std::string, std::set<const YamlTree*>> maps;  // read for keys, by pattern

  void Complain(int line, std::string_view path, std::string_view found, std::string_view wanted) {
    complaints.push_back({line, absl::StrCat(ToAbsl(path), path.empty() ? "" : ": ", "found ",
                                             ToAbsl(found), "; wanted ", ToAbsl(wanted))});
  }
};

}  // namespace waymark::config
