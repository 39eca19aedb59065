#include "cli/rules/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace waymark::cli {
namespace {

constexpr size_t kFewNames = 12;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many bytes the UTF-8 character at `at` takes, as RFC 3629 allows; 0: none of its.
size_t Utf8Length(const char* at, const char* end) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(at[i]); };
  const auto left = static_cast<size_t>(end - at);
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (left < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(at[i])) return 0;
  }
  if (first == 0xE0 && byte(1) < 0xA0) return 0;  // longer than need be
  if (first == 0xED && byte(1) > 0x9F) return 0;  // a surrogate
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

void AppendUtf8(uint32_t code, std::string* out) {
  const auto put = [&](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

bool IsLeading(uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool IsTrailing(uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

// Reads four hexadecimal digits after "\u" at `at`; false when they are not there.
bool HexCode(const char* at, const char* end, uint32_t* code) {
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
  const auto [stop, error] = std::from_chars(at + 2, at + 6, *code, 16);
  return error == std::errc() && stop == at + 6;
}

void AppendEscape(uint32_t code, std::string* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  *out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out->push_back(kHex[code >> shift & 0xF]);
}

// A surrogate, which is no character of UTF-8, is written as an escape; it starts with these.
bool IsSurrogate(const char* at, const char* end) {
  return *at == '\xED' && end - at >= 3 && static_cast<unsigned char>(at[1]) >= 0xA0;
}

bool NeedsNoEscape(const char* at, const char* end) {
  return IsPlain(*at) ? *at != '\x7f' : (*at & 0x80) != 0 && !IsSurrogate(at, end);
}

}  // namespace

const Json* Json::Find(std::string_view member) const {
  for (const Json& child : *this) {
    if (child.name == member) return &child;
  }
  return nullptr;
}

const Json* JsonReader::Parse(std::string_view text, std::string* why) {
  begin_ = at_ = text.data();
  end_ = text.data() + text.size();
  name_ = {};
  values_.clear();
  open_.clear();
  decoded_.clear();
  decoded_.reserve(text.size());  // views into it stay good
  why_.clear();
  bool done = false;
  SkipBlanks();
  while (!done) {
    if (!ParseValue() || !AfterValue(&done)) {
      *why = why_;
      return nullptr;
    }
  }
  if (at_ != end_) {
    Fail("not JSON");
    *why = why_;
    return nullptr;
  }
  return values_.data();
}

// Reads a scalar, or opens lists and objects down to the first value that is no opening bracket.
bool JsonReader::ParseValue() {
  while (at_ != end_ && (*at_ == '{' || *at_ == '[')) {
    const bool is_object = *at_ == '{';
    if (!Open(is_object ? Json::Kind::kObject : Json::Kind::kList)) return false;
    SkipBlanks();
    if (at_ != end_ && *at_ == (is_object ? '}' : ']')) return Close();
    if (is_object && !ParseMemberName()) return false;
  }
  return ParseScalar();
}

// After a value: the next comma, or closing brackets, or the end of the text.
bool JsonReader::AfterValue(bool* done) {
  SkipBlanks();
  while (!open_.empty()) {
    const bool in_object = values_[open_.back()].Is(Json::Kind::kObject);
    if (at_ == end_) return Fail("not JSON");
    if (*at_ == ',') {
      ++at_;
      SkipBlanks();
      return !in_object || ParseMemberName();
    }
    if (*at_ != (in_object ? '}' : ']') || !Close()) return Fail("not JSON");
    SkipBlanks();
  }
  *done = true;
  return true;
}

bool JsonReader::ParseScalar() {
  if (at_ == end_) return Fail("not JSON");
  const char* first = at_;
  Json& json = Add(Json::Kind::kNull);
  bool good = false;
  if (*at_ == '"') {
    json.kind = Json::Kind::kText;
    good = ParseText(&json.text);
  } else if (*at_ == '-' || IsDigit(*at_)) {
    json.kind = Json::Kind::kNumber;
    good = ParseNumber(&json.text);
  } else if (*at_ == 't' || *at_ == 'f') {
    json.kind = Json::Kind::kBoolean;
    json.boolean = *at_ == 't';
    good = TakeWord(json.boolean ? "true" : "false");
  } else {
    good = TakeWord("null");
  }
  json.raw = {first, static_cast<size_t>(at_ - first)};
  return good || Fail("not JSON");
}

bool JsonReader::ParseMemberName() {
  if (at_ == end_ || *at_ != '"' || !ParseText(&name_)) return Fail("not JSON");
  SkipBlanks();
  if (at_ == end_ || *at_ != ':') return Fail("not JSON");
  ++at_;
  SkipBlanks();
  return true;
}

bool JsonReader::ParseText(std::string_view* out) {
  const char* first = ++at_;
  const size_t decoded_from = decoded_.size();
  bool has_escapes = false;
  const char* copied = first;
  for (;;) {
    while (at_ != end_ && IsPlain(*at_)) ++at_;
    if (at_ == end_) return false;
    if (*at_ == '"') break;
    if (*at_ == '\\') {
      has_escapes = true;
      decoded_.append(copied, at_);
      if (!ParseEscape(&decoded_)) return false;
      copied = at_;
      continue;
    }
    const size_t length = IsControl(*at_) ? 0 : Utf8Length(at_, end_);
    if (length == 0) return false;
    at_ += length;
  }
  if (has_escapes) {
    decoded_.append(copied, at_);
    *out = std::string_view(decoded_).substr(decoded_from);
  } else {
    *out = {first, static_cast<size_t>(at_ - first)};
  }
  ++at_;
  return true;
}

bool JsonReader::ParseEscape(std::string* out) {
  if (end_ - at_ < 2) return false;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const size_t letter = kLetters.find(at_[1]);
  if (letter != std::string_view::npos) {
    out->push_back(kMeanings[letter]);
    at_ += 2;
    return true;
  }
  uint32_t code = 0;
  if (!HexCode(at_, end_, &code)) return false;
  at_ += 6;
  uint32_t second = 0;
  if (IsLeading(code) && HexCode(at_, end_, &second) && IsTrailing(second)) {
    at_ += 6;
    code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
  }
  AppendUtf8(code, out);
  return true;
}

bool JsonReader::ParseNumber(std::string_view* out) {
  const char* first = at_;
  const auto digits = [&] {
    const char* from = at_;
    while (at_ != end_ && IsDigit(*at_)) ++at_;
    return at_ != from;
  };
  if (*at_ == '-') ++at_;
  if (at_ != end_ && *at_ == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return false;
  }
  *out = {first, static_cast<size_t>(at_ - first)};
  return true;
}

bool JsonReader::TakeWord(std::string_view word) {
  if (std::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, word.size()) != word) {
    return false;
  }
  at_ += word.size();
  return true;
}

bool JsonReader::Open(Json::Kind kind) {
  if (open_.size() >= depth_max_) return Fail("values are nested too deeply");
  const char* first = at_++;
  const auto index = static_cast<uint32_t>(values_.size());
  Add(kind).raw = {first, 0};
  open_.push_back(index);
  return true;
}

bool JsonReader::Close() {
  Json& json = values_[open_.back()];
  json.span_ = static_cast<uint32_t>(values_.size()) - open_.back();
  open_.pop_back();
  ++at_;
  json.raw = {json.raw.data(), static_cast<size_t>(at_ - json.raw.data())};
  return !json.Is(Json::Kind::kObject) || NamesDiffer(json) ||
         Fail("an object names a member twice");
}

bool JsonReader::NamesDiffer(const Json& object) {
  names_.clear();
  for (const Json& child : object) names_.push_back(child.name);
  if (names_.size() > kFewNames) {
    std::sort(names_.begin(), names_.end());
    return std::adjacent_find(names_.begin(), names_.end()) == names_.end();
  }
  for (size_t i = 1; i < names_.size(); ++i) {
    const auto here = names_.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(names_.begin(), here, names_[i]) != here) return false;
  }
  return true;
}

// Keeps the first reason.
bool JsonReader::Fail(const char* why) {
  if (why_.empty()) {
    why_ = why;
    if (why_ == "not JSON") why_ += " at byte " + std::to_string(at_ - begin_ + 1);
  }
  return false;
}

void JsonReader::SkipBlanks() {
  while (at_ != end_ && IsBlank(*at_)) ++at_;
}

Json& JsonReader::Add(Json::Kind kind) {
  if (!open_.empty()) ++values_[open_.back()].count_;
  Json& json = values_.emplace_back();
  json.kind = kind;
  json.name = std::exchange(name_, {});
  return json;
}

void AppendJsonText(std::string_view text, std::string* out) {
  out->push_back('"');
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* run = at;
    while (at != end && NeedsNoEscape(at, end)) ++at;
    out->append(run, at);
    if (at == end) break;
    if (*at == '"' || *at == '\\') {
      out->push_back('\\');
      out->push_back(*at++);
    } else if (static_cast<unsigned char>(*at) < 0x80) {
      AppendEscape(static_cast<unsigned char>(*at++), out);
    } else {
      AppendEscape(0xD000 | (static_cast<uint32_t>(at[1]) & 0x3F) << 6 |
                       (static_cast<uint32_t>(at[2]) & 0x3F),
                   out);
      at += 3;
    }
  }
  out->push_back('"');
}

void AppendJsonRaw(const Json& json, std::string* out) {
  bool in_text = false;
  for (size_t i = 0; i < json.raw.size(); ++i) {
    const char c = json.raw[i];
    if (!in_text && IsBlank(c)) continue;
    out->push_back(c);
    if (in_text && c == '\\') {
      out->push_back(json.raw[++i]);
    } else if (c == '"') {
      in_text = !in_text;
    }
  }
}

void JsonWriter::Separate() {
  if (needs_comma_) out_->push_back(',');
  needs_comma_ = true;
}

JsonWriter& JsonWriter::Open(char bracket) {
  Separate();
  out_->push_back(bracket);
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Close(char bracket) {
  out_->push_back(bracket);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  AppendJsonText(name, out_);
  out_->push_back(':');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::Text(std::string_view text) {
  Separate();
  AppendJsonText(text, out_);
  return *this;
}

JsonWriter& JsonWriter::Number(int64_t number) {
  Separate();
  std::array<char, 24> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out_->append(digits.data(), written.ptr);
  return *this;
}

JsonWriter& JsonWriter::Boolean(bool value) {
  Separate();
  *out_ += value ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  *out_ += "null";
  return *this;
}

}  // namespace waymark::cli
