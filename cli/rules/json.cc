#include "cli/rules/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace waymark::cli {
namespace {

constexpr size_t kDepthMax = 64;

class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Json Take() { return std::move(root_); }
  const std::string& why() const { return why_; }

  bool null() override { return Add(Json{}); }
  bool boolean(bool value) override {
    Json json;
    json.kind = Json::Kind::kBoolean;
    json.boolean = value;
    return Add(std::move(json));
  }
  bool number_integer(number_integer_t value) override {
    return AddText(Json::Kind::kNumber, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return AddText(Json::Kind::kNumber, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& written) override {
    return AddText(Json::Kind::kNumber, written);
  }
  bool string(string_t& value) override { return AddText(Json::Kind::kText, std::move(value)); }
  bool binary(binary_t&) override { return Stop("binary values are not JSON"); }
  bool start_object(std::size_t) override { return Open(Json::Kind::kObject); }
  bool key(string_t& name) override {
    std::vector<std::string>& names = open_.back()->names;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return Stop("an object names a member twice");
    }
    names.push_back(std::move(name));
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::Kind::kList); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    return Stop("not JSON at byte " + std::to_string(position));
  }

 private:
  bool Stop(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool AddText(Json::Kind kind, std::string text) {
    Json json;
    json.kind = kind;
    json.text = std::move(text);
    return Add(std::move(json));
  }
  bool Add(Json json) {
    Place(std::move(json));
    return true;
  }
  // A child's address is good while it is open: its parent gets no other child until it is closed.
  Json* Place(Json json) {
    if (open_.empty()) {
      root_ = std::move(json);
      return &root_;
    }
    return &open_.back()->children.emplace_back(std::move(json));
  }
  bool Open(Json::Kind kind) {
    if (open_.size() >= kDepthMax) return Stop("values are nested too deeply");
    Json json;
    json.kind = kind;
    open_.push_back(Place(std::move(json)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string why_;
};

void Append(const Json& json, std::string* out) {
  const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(); };
  switch (json.kind) {
    case Json::Kind::kNull:
      *out += "null";
      return;
    case Json::Kind::kBoolean:
      *out += json.boolean ? "true" : "false";
      return;
    case Json::Kind::kNumber:
      *out += json.text;
      return;
    case Json::Kind::kText:
      *out += quoted(json.text);
      return;
    case Json::Kind::kList:
    case Json::Kind::kObject:
      break;
  }
  const bool is_object = json.Is(Json::Kind::kObject);
  *out += is_object ? '{' : '[';
  for (size_t i = 0; i < json.children.size(); ++i) {
    if (i > 0) *out += ',';
    if (is_object) *out += quoted(json.names[i]) + ':';
    Append(json.children[i], out);
  }
  *out += is_object ? '}' : ']';
}

}  // namespace

const Json* Json::Find(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &children[static_cast<size_t>(found - names.begin())];
}

std::optional<Json> ParseJson(std::string_view line, std::string* why) {
  TreeBuilder builder;
  if (nlohmann::json::sax_parse(line.begin(), line.end(), &builder)) return builder.Take();
  *why = builder.why();
  return std::nullopt;
}

std::string DumpJson(const Json& json) {
  std::string out;
  Append(json, &out);
  return out;
}

}  // namespace waymark::cli
