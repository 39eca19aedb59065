// Everything that lies on the disk of a stopped partnership: every row of every store, every record
// of the embedded log. Read with RocksDB directly, and never changed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/checker/keys.h"

namespace checker {

using Family = std::map<std::string, std::string>;  // key to value

struct Store {
  std::string name;    // "intake", or the agency
  std::string agency;  // "" for a core service
  std::string path;
  std::map<std::string, Family> families;
  PersonKeys keys;  // of a gateway, and of intake

  bool gateway() const { return !agency.empty(); }
  // Empty when there is no such column family.
  const Family& Rows(std::string_view family) const;
};

// "" unless something could not be read.
std::string ReadStore(const std::string& path, Store& store);

struct Header {
  std::string name, value;
};

struct Record {
  std::string topic;
  int partition = 0;
  int64_t offset = 0;
  std::string key, value;
  std::vector<Header> headers;
  // From the headers; empty or 0 where one is missing.
  std::string id, source, type, time, lane, cause;
  uint64_t epoch = 0, base = 0, seq = 0;

  std::string Where() const;  // "waymark.intake.v1/7@12"
};

struct Partition {
  int64_t oldest = 0, end = 0;
  std::vector<Record> records;  // in order
};

struct World {
  std::string root;
  std::map<std::string, Store> stores;  // by name
  std::map<std::string, std::map<int, Partition>> log;
  std::vector<std::string> unreadable;

  // By agency, then by the name of its entry in the directory: raw bytes of a public key.
  std::map<std::string, std::map<std::string, std::string>> directory;

  const Store* Gateway(std::string_view agency) const;
  // "" when the directory names none.
  std::string KeyOf(const std::string& agency, const std::string& name) const;
};

// `root` is the partnership's data folder. Whatever cannot be read is in `unreadable`.
World ReadWorld(const std::string& root);

// An event's cause, as a journal record or an outbox row carries it.
struct Cause {
  enum class Kind { kRecord, kCommand, kTimer, kEffect, kBroken };
  Kind kind = Kind::kBroken;
  std::string source, lane;  // record
  uint64_t epoch = 0, seq = 0;
  std::string principal, method, key;  // command
  std::string timer;                   // timer
  int64_t due = 0;                     // timer, microseconds
  std::string effect;                  // effect
  uint64_t number = 0, count = 0;      // which event of how many

  // What happens once; "" for a command that may be repeated.
  std::string Identity() const;
};
Cause ParseCause(std::string_view bytes);

// Microseconds since 1970 of an RFC 3339 instant in UTC; 0 when it is none.
int64_t ParseTime(std::string_view text);

}  // namespace checker
