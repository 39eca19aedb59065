// How the runtime's rows are written: numbers as varints (LEB128), texts as a varint length and
// their bytes, instants as zigzag microseconds since 1970. Fields have a fixed order; a new field
// is added at the end of a row under a new layout version (keys.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace waymark::runtime {

class Encoder {
 public:
  Encoder& Number(uint64_t value);
  Encoder& Text(std::string_view value);
  Encoder& Time(absl::Time value);
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what an Encoder wrote. After a mistake everything reads as zero or empty; ask Finish().
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  uint64_t Number();
  std::string Text();
  absl::Time Time();
  // DataLoss, naming `what`, unless exactly everything was read.
  absl::Status Finish(std::string_view what) const;

 private:
  std::string_view rest_;
  bool broken_ = false;
};

// Microseconds are the runtime's precision: an instant survives a row, a header and a key.
absl::Time ToMicros(absl::Time at);

}  // namespace waymark::runtime
