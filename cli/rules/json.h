// Strict JSON (RFC 8259) for lines of questions and answers: a reader that keeps numbers as they
// were written, whatever their size, so that nothing passes through binary floating point and an id
// is echoed exactly, and a writer that appends to a text.
//
// Own code because no library at hand does this: they refuse numbers beyond a double's range, and
// a line must cost microseconds. tests/fuzz runs it on hostile input.
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace waymark::cli {

// One value. Values lie in one array in the order of the text, each followed by what it holds, so
// they are read in place and never copied out of it. A view into a JsonReader: good until its next
// Parse(), and while the text that was parsed lives.
class Json {
 public:
  enum class Kind : uint8_t { kNull, kBoolean, kNumber, kText, kList, kObject };

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Json;
    using difference_type = std::ptrdiff_t;
    using pointer = const Json*;
    using reference = const Json&;

    explicit Iterator(const Json* at) : at_(at) {}
    const Json& operator*() const { return *at_; }
    const Json* operator->() const { return at_; }
    Iterator& operator++() {
      at_ += at_->span_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Json* at_;
  };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string_view name;  // of a member of an object
  std::string_view text;  // of a text; of a number, as it was written
  std::string_view raw;   // the whole value as it was written

  bool Is(Kind other) const { return kind == other; }
  // How many children a list or an object has.
  size_t size() const { return count_; }
  // The children, in order.
  Iterator begin() const { return Iterator(this + 1); }
  Iterator end() const { return Iterator(this + span_); }
  const Json* Find(std::string_view member) const;  // null when there is no such member

 private:
  friend class JsonReader;
  uint32_t span_ = 1;   // this value and all that lies within it
  uint32_t count_ = 0;  // children
};

// Not thread-safe; one for each thread, used again for each line.
class JsonReader {
 public:
  // Texts whose lists and objects are nested deeper are refused.
  explicit JsonReader(size_t depth_max = std::numeric_limits<size_t>::max())
      : depth_max_(depth_max) {}

  // Null when `text` is not one JSON value in UTF-8, when an object names a member twice, or when
  // it is nested too deeply; `why` then says which. A lone surrogate (\ud800) is kept as three
  // bytes that AppendJsonText writes as an escape again.
  const Json* Parse(std::string_view text, std::string* why);

 private:
  bool ParseValue();
  bool ParseScalar();
  bool ParseMemberName();
  bool ParseText(std::string_view* out);
  bool ParseEscape(std::string* out);
  bool ParseNumber(std::string_view* out);
  bool TakeWord(std::string_view word);
  bool Open(Json::Kind kind);
  bool Close();
  bool AfterValue(bool* done);
  bool NamesDiffer(const Json& object);
  bool Fail(const char* why);
  void SkipBlanks();
  Json& Add(Json::Kind kind);

  size_t depth_max_;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  std::string_view name_;  // of the member whose value comes next
  std::vector<Json> values_;
  std::vector<uint32_t> open_;  // lists and objects not yet closed
  std::string decoded_;         // texts that hold escapes; never longer than what was parsed
  std::vector<std::string_view> names_;
  std::string why_;
};

// Appends a text in quotes.
void AppendJsonText(std::string_view text, std::string* out);
// Appends a value as it was written, without the blanks between its parts.
void AppendJsonRaw(const Json& json, std::string* out);

// Appends one JSON value, part by part; commas come by themselves. The caller opens and closes.
//   JsonWriter(&out).Open('{').Key("band").Text("HIGH").Close('}');
class JsonWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(out) {}

  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  JsonWriter& Key(std::string_view name);
  JsonWriter& Text(std::string_view text);
  JsonWriter& Number(int64_t number);
  JsonWriter& Boolean(bool value);
  JsonWriter& Null();

 private:
  void Separate();

  std::string* out_;
  bool needs_comma_ = false;
};

}  // namespace waymark::cli
