// Rows, events and timers as messages: what the rooms consent, disclosure and alerts share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/runtime/decider.h"

namespace waymark::sharing {

// What this process wrote it can read; the store checks for damage.
template <class Message>
Message ParsedRow(std::string_view bytes) {
  Message message;
  WM_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "a row is not the message it should be");
  return message;
}

template <class Message>
std::optional<Message> ReadRow(const runtime::View& view, std::string_view family,
                               std::string_view key) {
  const std::optional<std::string> bytes = view.Get(family, key);
  if (!bytes) return std::nullopt;
  return ParsedRow<Message>(*bytes);
}

// One part.
inline std::string RowKey(std::string_view part) { return KeyBuilder().Text(part).Take(); }
// Two parts; RowKey(first) is the prefix of all of them.
inline std::string RowKey(std::string_view first, std::string_view second) {
  return KeyBuilder().Text(first).Text(second).Take();
}

// The last of the text parts of every key that begins with `prefix`, in order.
inline std::vector<std::string> LastParts(const runtime::View& view, std::string_view family,
                                          const std::string& prefix) {
  std::vector<std::string> parts;
  view.Scan(family, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    const absl::StatusOr<std::string> part = KeyReader(key.substr(prefix.size())).Text();
    WM_CHECK(part.ok(), "a key has another layout");
    parts.push_back(*part);
    return true;
  });
  return parts;
}

template <class Message>
runtime::Event MakeEvent(const Message& message) {
  return {Message::descriptor()->full_name(), message.SerializeAsString()};
}

// For Evolve: an event that cannot be read is a broken invariant of this process.
template <class Message>
absl::Status ReadEvent(const runtime::Event& event, Message& message) {
  if (message.ParseFromString(event.payload)) return absl::OkStatus();
  return absl::InternalError("an event of type " + event.type + " cannot be read");
}

}  // namespace waymark::sharing
