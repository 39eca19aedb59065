#include "services/casemgr/adapters/words.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/base/check.h"

namespace waymark::casemgr {

absl::Time FromProto(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp stamp;
  const int64_t seconds = absl::ToUnixSeconds(at);
  stamp.set_seconds(seconds);
  stamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(at - absl::FromUnixSeconds(seconds))));
  return stamp;
}

std::optional<Band> FromProto(common::v1::Band band) {
  switch (band) {
    case common::v1::BAND_STANDARD:
      return Band::kStandard;
    case common::v1::BAND_MEDIUM:
      return Band::kMedium;
    case common::v1::BAND_HIGH:
      return Band::kHigh;
    default:
      return std::nullopt;
  }
}

common::v1::Band ToProto(std::optional<Band> band) {
  if (!band) return common::v1::BAND_UNSPECIFIED;
  switch (*band) {
    case Band::kStandard:
      return common::v1::BAND_STANDARD;
    case Band::kMedium:
      return common::v1::BAND_MEDIUM;
    case Band::kHigh:
      return common::v1::BAND_HIGH;
  }
  return common::v1::BAND_UNSPECIFIED;
}

std::string StableBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    WM_CHECK(message.SerializeToCodedStream(&coded), "a message of casemgr cannot be written");
  }
  return bytes;
}

Area FromProto(const common::v1::Area& area) { return {area.outward_postcode(), area.lsoa()}; }

common::v1::Area ToProto(const Area& area) {
  common::v1::Area out;
  out.set_outward_postcode(area.outward_postcode);
  out.set_lsoa(area.lsoa);
  return out;
}

Safeguarding FromProto(const common::v1::Safeguarding& safeguarding) {
  return {safeguarding.child_at_risk(), safeguarding.adult_at_risk(),
          safeguarding.vital_interests()};
}

common::v1::Safeguarding ToProto(const Safeguarding& safeguarding) {
  common::v1::Safeguarding out;
  out.set_child_at_risk(safeguarding.child_at_risk);
  out.set_adult_at_risk(safeguarding.adult_at_risk);
  out.set_vital_interests(safeguarding.vital_interests);
  return out;
}

}  // namespace waymark::casemgr
