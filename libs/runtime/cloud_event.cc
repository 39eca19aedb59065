#include "libs/runtime/cloud_event.h"

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/runtime/codec.h"
#include "libs/runtime/signed_group.h"

namespace waymark::runtime {
namespace {

using Headers = std::map<std::string_view, std::string_view>;

absl::Status Wrong(std::string_view header, std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat("header ", ToAbsl(header), " is not ", ToAbsl(wanted)));
}

absl::StatusOr<std::string> TextOf(const Headers& headers, std::string_view name) {
  const auto at = headers.find(name);
  if (at == headers.end() || at->second.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("header ", ToAbsl(name), " is missing"));
  }
  return std::string(at->second);
}

absl::StatusOr<uint64_t> NumberOf(const Headers& headers, std::string_view name) {
  WM_ASSIGN_OR_RETURN(const std::string text, TextOf(headers, name));
  uint64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Wrong(name, "a decimal number");
  return number;
}

std::string OptionalOf(const Headers& headers, std::string_view name) {
  const auto at = headers.find(name);
  return at == headers.end() ? std::string() : std::string(at->second);
}

}  // namespace

eventlog::Record ToRecord(const CloudEvent& event) {
  eventlog::Record record;
  record.key = event.key;
  record.value = event.payload;
  auto add = [&record](std::string_view name, std::string value) {
    record.headers.push_back({std::string(name), std::move(value)});
  };
  add("ce_specversion", "1.0");
  add("ce_id", event.id);
  add("ce_source", event.source);
  add("ce_type", event.type);
  add("ce_time", FormatRfc3339(event.at));
  add("content-type", "application/protobuf");
  if (!event.traceparent.empty()) add("traceparent", event.traceparent);
  add("ce_wmlane", event.lane);
  add("ce_wmepoch", absl::StrCat(event.epoch));
  add("ce_wmbase", absl::StrCat(event.base));
  add("ce_wmseq", absl::StrCat(event.seq));
  if (!event.cause.empty()) add("ce_wmcause", ToBase64Url(event.cause));
  if (event.signature.has_value()) {
    add("ce_wmkeyid", event.signature->key_id);
    add("ce_wmsignature", ToBase64Url(event.signature->bytes));
    if (!event.group.empty()) add("ce_wmgroup", ToBase64Url(event.group));
  }
  return record;
}

absl::StatusOr<CloudEvent> FromRecord(const eventlog::Record& record) {
  Headers headers;
  for (const eventlog::Header& header : record.headers) {
    if (!headers.emplace(header.name, header.value).second) {
      return absl::InvalidArgumentError("a header occurs twice");
    }
  }
  if (OptionalOf(headers, "ce_specversion") != "1.0") return Wrong("ce_specversion", "\"1.0\"");
  if (OptionalOf(headers, "content-type") != "application/protobuf") {
    return Wrong("content-type", "\"application/protobuf\"");
  }
  CloudEvent event;
  event.key = record.key;
  event.payload = record.value;
  WM_ASSIGN_OR_RETURN(event.id, TextOf(headers, "ce_id"));
  WM_ASSIGN_OR_RETURN(event.source, TextOf(headers, "ce_source"));
  WM_ASSIGN_OR_RETURN(event.type, TextOf(headers, "ce_type"));
  WM_ASSIGN_OR_RETURN(const std::string time, TextOf(headers, "ce_time"));
  const absl::StatusOr<absl::Time> at = ParseRfc3339(time);
  if (!at.ok() || FormatRfc3339(ToMicros(*at)) != time) {
    return Wrong("ce_time", "an instant in UTC with at most microseconds");
  }
  event.at = *at;
  event.traceparent = OptionalOf(headers, "traceparent");
  WM_ASSIGN_OR_RETURN(event.lane, TextOf(headers, "ce_wmlane"));
  WM_ASSIGN_OR_RETURN(event.epoch, NumberOf(headers, "ce_wmepoch"));
  WM_ASSIGN_OR_RETURN(event.base, NumberOf(headers, "ce_wmbase"));
  WM_ASSIGN_OR_RETURN(event.seq, NumberOf(headers, "ce_wmseq"));
  if (event.seq < event.base || (event.seq == event.base && event.type != kLaneOpenedType)) {
    return Wrong("ce_wmseq", "after ce_wmbase");
  }
  absl::StatusOr<std::string> cause = FromBase64Url(OptionalOf(headers, "ce_wmcause"));
  if (!cause.ok()) return Wrong("ce_wmcause", "URL-safe base64");
  event.cause = *std::move(cause);
  if (headers.count("ce_wmsignature") != 0) {
    absl::StatusOr<std::string> bytes = FromBase64Url(OptionalOf(headers, "ce_wmsignature"));
    if (!bytes.ok()) return Wrong("ce_wmsignature", "URL-safe base64");
    event.signature = Signature{OptionalOf(headers, "ce_wmkeyid"), *std::move(bytes)};
    absl::StatusOr<std::string> group = FromBase64Url(OptionalOf(headers, "ce_wmgroup"));
    if (!group.ok()) return Wrong("ce_wmgroup", "URL-safe base64");
    event.group = *std::move(group);
  }
  return event;
}

std::string SignedBytes(const eventlog::TopicPartition& at, const CloudEvent& event) {
  const std::string partition = absl::StrCat(at.partition), epoch = absl::StrCat(event.epoch),
                    base = absl::StrCat(event.base), seq = absl::StrCat(event.seq),
                    time = FormatRfc3339(event.at);
  return LengthPrefixed({"waymark-record-v1", at.topic, partition, event.key, event.source,
                         event.lane, epoch, base, seq, event.type, event.id, time,
                         event.traceparent, event.cause, event.payload});
}

absl::StatusOr<std::string> CoveredBytes(const eventlog::TopicPartition& at,
                                         const CloudEvent& event) {
  std::string bytes = SignedBytes(at, event);
  if (event.group.empty()) return bytes;
  const std::optional<std::string> root = RootOf(bytes, event.group);
  if (!root) return Wrong("ce_wmgroup", "a place in a group of records");
  return GroupBytes(*root);
}

}  // namespace waymark::runtime
