// Private to libs/crypto: reads what LengthPrefixed (libs/base/bytes.h) wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waymark::crypto::internal {

class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  // The next field, a view into the bytes given; nothing when they are cut short.
  std::optional<std::string_view> Next() {
    if (rest_.size() < 8) return std::nullopt;
    uint64_t size = 0;
    for (int i = 0; i < 8; ++i) size = size << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(8);
    if (size > rest_.size()) return std::nullopt;
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace waymark::crypto::internal
