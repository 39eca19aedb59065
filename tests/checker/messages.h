// Rows and records as messages of the protos.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/checker/world.h"
#include "waymark/gateway/v1/journal.pb.h"

namespace checker {

// Every value of a column family, in order of keys. What cannot be read is left out and counted.
template <class Message>
std::vector<Message> All(const Store& store, std::string_view family) {
  std::vector<Message> all;
  for (const auto& [key, value] : store.Rows(family)) {
    Message message;
    if (message.ParseFromString(value)) all.push_back(std::move(message));
  }
  return all;
}

// Records of one type on every partition of the topics that begin and end so, each (lane, seq)
// once.
std::vector<const Record*> RecordsOf(const World& world, std::string_view topic_begin,
                                     std::string_view topic_end, std::string_view type);

struct Leaf {
  uint64_t index = 0;
  std::string commitment;
  // The keys that seal it together; empty for one that lies open.
  std::vector<uint64_t> key_slots;
  std::string sealed;
  // False when a key that seals it is gone, and when it does not open though none is.
  bool open = false;
  std::string entry_bytes, salt;
  std::string bound;  // what the seal binds beside the text
  waymark::gateway::v1::AuditEntry entry;

  bool About(std::string_view id) const;
  std::string Fact(const std::string& name) const;
  // Whether this key alone opens what is sealed.
  bool OpensWith(const std::string& key) const;
  int64_t At() const;  // microseconds since 1970
};

// All leaves, in the order in which they became true.
std::vector<Leaf> LeavesOf(const Store& store);

}  // namespace checker
