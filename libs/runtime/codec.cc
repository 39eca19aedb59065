#include "libs/runtime/codec.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace waymark::runtime {

Encoder& Encoder::Number(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
  return *this;
}

Encoder& Encoder::Text(std::string_view value) {
  Number(value.size());
  bytes_ += value;
  return *this;
}

Encoder& Encoder::Time(absl::Time value) {
  const int64_t micros = absl::ToUnixMicros(value);
  return Number((static_cast<uint64_t>(micros) << 1) ^ static_cast<uint64_t>(micros >> 63));
}

uint64_t Decoder::Number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  broken_ = true;
  rest_ = {};
  return 0;
}

std::string Decoder::Text() {
  const uint64_t size = Number();
  if (size > rest_.size()) {
    broken_ = true;
    rest_ = {};
    return "";
  }
  std::string text(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return text;
}

absl::Time Decoder::Time() {
  const uint64_t zigzag = Number();
  return absl::FromUnixMicros(static_cast<int64_t>(zigzag >> 1) ^
                              -static_cast<int64_t>(zigzag & 1));
}

absl::Status Decoder::Finish(std::string_view what) const {
  if (!broken_ && rest_.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(ToAbsl(what), " is damaged or of another layout"));
}

absl::Time ToMicros(absl::Time at) { return absl::FromUnixMicros(absl::ToUnixMicros(at)); }

}  // namespace waymark::runtime
