// Words that the domain and the messages share: instants, bands, areas, roles, agencies' lists.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/casemgr/domain/model.h"
#include "waymark/common/v1/terms.pb.h"

namespace waymark::casemgr {

absl::Time FromProto(const google::protobuf::Timestamp& at);
google::protobuf::Timestamp ToProto(absl::Time at);

std::optional<Band> FromProto(common::v1::Band band);
common::v1::Band ToProto(std::optional<Band> band);

// The domain's order is that of the messages.
inline Category FromProto(common::v1::Category category) { return static_cast<Category>(category); }
inline common::v1::Category ToProto(Category category) {
  return static_cast<common::v1::Category>(category);
}
inline Role FromProto(common::v1::Role role) { return static_cast<Role>(role); }
inline common::v1::Role ToProto(Role role) { return static_cast<common::v1::Role>(role); }

Area FromProto(const common::v1::Area& area);
common::v1::Area ToProto(const Area& area);
Safeguarding FromProto(const common::v1::Safeguarding& safeguarding);
common::v1::Safeguarding ToProto(const Safeguarding& safeguarding);

template <class Repeated>
std::vector<std::string> ListOf(const Repeated& repeated) {
  return {repeated.begin(), repeated.end()};
}
template <class Repeated>
void SetList(const std::vector<std::string>& list, Repeated* repeated) {
  repeated->Assign(list.begin(), list.end());
}
// The same bytes for the same message, maps included: what is kept is compared and digested.
std::string StableBytes(const google::protobuf::Message& message);

inline void SetTime(absl::Time at, google::protobuf::Timestamp* out) { *out = ToProto(at); }

}  // namespace waymark::casemgr
