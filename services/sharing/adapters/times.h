// Instants between protobuf and absl, to the nanosecond.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace waymark::sharing {

inline absl::Time FromProto(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

// Whether protobuf allows it: years 1 to 9999, nanoseconds of one second.
inline bool IsInstant(const google::protobuf::Timestamp& at) {
  return at.seconds() >= -62'135'596'800 && at.seconds() <= 253'402'300'799 && at.nanos() >= 0 &&
         at.nanos() <= 999'999'999;
}

inline google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp stamp;
  const int64_t seconds = absl::ToUnixSeconds(at);
  stamp.set_seconds(seconds);
  stamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds))));
  return stamp;
}

}  // namespace waymark::sharing
