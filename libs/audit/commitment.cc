#include "libs/audit/commitment.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/time_util.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// std::map orders by bytes.
using Values = std::map<std::string, std::string>;

void Flatten(const Message& message, const std::string& before, Values& values);

// `index` is -1 for a field that is no list. "" for what is left out.
std::string Text(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      WM_CHECK(field.type() == FieldDescriptor::TYPE_STRING, "an alert holds no raw bytes");
      return one ? reflection.GetString(message, &field)
                 : reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = one ? reflection.GetEnum(message, &field)
                              : reflection.GetRepeatedEnum(message, &field, index);
      return value->number() == 0 ? "" : value->name();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      const uint32_t value = one ? reflection.GetUInt32(message, &field)
                                 : reflection.GetRepeatedUInt32(message, &field, index);
      return value == 0 ? "" : absl::StrCat(value);
    }
    default:
      WM_CHECK(false, "an alert has a field of a kind that its commitment does not know");
  }
  return "";
}

void FlattenMessage(const Message& message, const std::string& path, Values& values) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp at;
    at.CopyFrom(message);
    values[path] = google::protobuf::util::TimeUtil::ToString(at);
    return;
  }
  Flatten(message, path + ".", values);
}

void FlattenField(const Message& message, const FieldDescriptor& field, const std::string& path,
                  Values& values) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!field.is_repeated()) {
    if (is_message) return FlattenMessage(reflection.GetMessage(message, &field), path, values);
    values[path] = Text(message, field, -1);
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (field.is_map()) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      const auto& descriptor = *entry.GetDescriptor();
      values[absl::StrCat(path, ".", Text(entry, *descriptor.map_key(), -1))] =
          Text(entry, *descriptor.map_value(), -1);
    } else if (is_message) {
      FlattenMessage(reflection.GetRepeatedMessage(message, &field, i), absl::StrCat(path, ".", i),
                     values);
    } else {
      values[absl::StrCat(path, ".", i)] = Text(message, field, i);
    }
  }
}

void Flatten(const Message& message, const std::string& before, Values& values) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->message_type() == v1::AlertProof::descriptor()) continue;
    FlattenField(message, *field, before + field->name(), values);
  }
}

}  // namespace

std::string LeafCommitment(std::string_view salt, std::string_view entry) {
  return crypto::Sha256(LengthPrefixed({"waymark-audit-leaf-v1", salt, entry}));
}

std::string FieldCommitment(std::string_view salt, std::string_view name, std::string_view value) {
  return crypto::Sha256(LengthPrefixed({"waymark-field-v1", salt, name, value}));
}

std::string AlertCommitment(std::string_view salt, const gateway::v1::Alert& alert) {
  Values values;
  Flatten(alert, "", values);
  std::vector<std::string_view> parts = {"waymark-alert-v1", salt};
  for (const auto& [path, value] : values) {
    if (value.empty()) continue;
    parts.push_back(path);
    parts.push_back(value);
  }
  return crypto::Sha256(LengthPrefixed(parts));
}

}  // namespace waymark::audit
