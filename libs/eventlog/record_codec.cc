#include "libs/eventlog/record_codec.h"

#include "libs/base/bytes.h"
#include "libs/base/status.h"

namespace waymark::eventlog {
namespace {

constexpr char kVersion = 0x01;

absl::Status Malformed() {
  return absl::DataLossError("a record of the embedded log is not in its format");
}

void PutNumber(std::string& out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void PutBytes(std::string& out, std::string_view bytes) {
  PutNumber(out, bytes.size());
  out.append(bytes);
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}

  absl::StatusOr<uint64_t> Number(size_t width) {
    if (rest_.size() < width) return Malformed();
    uint64_t value = 0;
    for (const char byte : rest_.substr(0, width)) value = value << 8 | static_cast<uint8_t>(byte);
    rest_.remove_prefix(width);
    return value;
  }

  absl::StatusOr<std::string> Bytes() {
    WM_ASSIGN_OR_RETURN(const uint64_t length, Number(4));
    if (rest_.size() < length) return Malformed();
    std::string bytes(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return bytes;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

absl::StatusOr<absl::Time> ParseAppended(Parser& parser) {
  WM_ASSIGN_OR_RETURN(const uint64_t version, parser.Number(1));
  if (version != kVersion) return Malformed();
  WM_ASSIGN_OR_RETURN(const uint64_t micros, parser.Number(8));
  return absl::FromUnixMicros(static_cast<int64_t>(micros));
}

}  // namespace

std::string EncodeRecord(absl::Time appended, const Record& record) {
  std::string out;
  out.reserve(32 + record.key.size() + record.value.size() + 64 * record.headers.size());
  out.push_back(kVersion);
  out.append(BigEndian64(static_cast<uint64_t>(absl::ToUnixMicros(appended))));
  PutBytes(out, record.key);
  PutNumber(out, record.headers.size());
  for (const Header& header : record.headers) {
    PutBytes(out, header.name);
    PutBytes(out, header.value);
  }
  PutBytes(out, record.value);
  return out;
}

absl::StatusOr<Record> DecodeRecord(std::string_view bytes) {
  Parser parser(bytes);
  WM_RETURN_IF_ERROR(ParseAppended(parser).status());
  Record record;
  WM_ASSIGN_OR_RETURN(record.key, parser.Bytes());
  WM_ASSIGN_OR_RETURN(const uint64_t count, parser.Number(4));
  for (uint64_t i = 0; i < count; ++i) {
    Header header;
    WM_ASSIGN_OR_RETURN(header.name, parser.Bytes());
    WM_ASSIGN_OR_RETURN(header.value, parser.Bytes());
    record.headers.push_back(std::move(header));
  }
  WM_ASSIGN_OR_RETURN(record.value, parser.Bytes());
  if (!parser.done()) return Malformed();
  return record;
}

absl::StatusOr<absl::Time> DecodeAppended(std::string_view bytes) {
  Parser parser(bytes);
  return ParseAppended(parser);
}

}  // namespace waymark::eventlog
