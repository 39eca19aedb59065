#include "tests/checker/world.h"

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "rocksdb/db.h"
#include "tests/checker/bytes.h"

namespace checker {
namespace {

namespace fs = std::filesystem;

void ReadHeaders(Record& record) {
  for (const Header& header : record.headers) {
    const auto number = [&] { return std::strtoull(header.value.c_str(), nullptr, 10); };
    if (header.name == "ce_id") record.id = header.value;
    if (header.name == "ce_source") record.source = header.value;
    if (header.name == "ce_type") record.type = header.value;
    if (header.name == "ce_time") record.time = header.value;
    if (header.name == "ce_wmlane") record.lane = header.value;
    if (header.name == "ce_wmcause") record.cause = UnBase64Url(header.value);
    if (header.name == "ce_wmepoch") record.epoch = number();
    if (header.name == "ce_wmbase") record.base = number();
    if (header.name == "ce_wmseq") record.seq = number();
  }
}

// The layout stands in libs/eventlog/embedded_log.h and record_codec.cc.
bool ReadRecord(std::string_view value, Record& record) {
  KeyParts in(value);
  if (in.Number(1) != 1) return false;
  in.Number(8);  // when it was appended
  record.key = in.Sized();
  for (uint64_t left = in.Number(4); left > 0 && !in.bad(); --left) {
    std::string name = in.Sized();
    record.headers.push_back({std::move(name), in.Sized()});
  }
  record.value = in.Sized();
  if (in.bad() || !in.done()) return false;
  ReadHeaders(record);
  return true;
}

void ReadLog(const std::string& path, World& world) {
  Store store;
  store.path = path;
  if (const std::string wrong = ReadStore(path, store); !wrong.empty()) {
    world.unreadable.push_back(wrong);
    return;
  }
  for (const auto& [key, value] : store.Rows("log_oldest")) {
    KeyParts parts(key);
    const std::string topic = parts.Text();
    world.log[topic][static_cast<int>(parts.Number())].oldest =
        static_cast<int64_t>(KeyParts(value).Number());
  }
  for (const auto& [key, value] : store.Rows("log_end")) {
    KeyParts parts(key);
    const std::string topic = parts.Text();
    world.log[topic][static_cast<int>(parts.Number())].end =
        static_cast<int64_t>(KeyParts(value).Number());
  }
  for (const auto& [key, value] : store.Rows("log_records")) {
    KeyParts parts(key);
    Record record;
    record.topic = parts.Text();
    record.partition = static_cast<int>(parts.Number());
    record.offset = static_cast<int64_t>(parts.Number());
    if (!ReadRecord(value, record)) world.unreadable.push_back(record.Where());
    world.log[record.topic][record.partition].records.push_back(std::move(record));
  }
}

// Lines `agency: police` and `audit_key: "..."` of the list of members.
void ReadDirectory(const std::string& path, World& world) {
  std::ifstream in(path);
  std::string line, agency;
  while (std::getline(in, line)) {
    const size_t begin = line.find_first_not_of(" -"), colon = line.find(": ");
    if (begin == std::string::npos || colon == std::string::npos) continue;
    const std::string name = line.substr(begin, colon - begin);
    std::string value = line.substr(colon + 2);
    std::erase(value, '"');
    if (name == "agency") agency = value;
    if (!agency.empty() && name.ends_with("_key")) world.directory[agency][name] = UnHex(value);
  }
  if (world.directory.empty()) world.unreadable.push_back(path + ": no members");
}

void ReadPart(const std::string& path, const std::string& name, const std::string& agency,
              World& world) {
  Store store;
  store.name = name;
  store.agency = agency;
  store.path = path;
  const std::string wrong = ReadStore(path, store);
  if (!wrong.empty()) world.unreadable.push_back(wrong);
  world.stores[name] = std::move(store);
}

}  // namespace

const Family& Store::Rows(std::string_view family) const {
  static const Family kNone;
  const auto found = families.find(std::string(family));
  return found == families.end() ? kNone : found->second;
}

std::string ReadStore(const std::string& path, Store& store) {
  rocksdb::DBOptions options;
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, path, &names);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  rocksdb::DB* raw = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.info_log_level = rocksdb::InfoLogLevel::FATAL_LEVEL;
  if (status.ok()) status = rocksdb::DB::OpenForReadOnly(options, path, families, &handles, &raw);
  const std::unique_ptr<rocksdb::DB> db(raw);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    Family& rows = store.families[handle->GetName()];
    rocksdb::ReadOptions read;
    read.verify_checksums = true;
    {
      const std::unique_ptr<rocksdb::Iterator> row(db->NewIterator(read, handle));
      for (row->SeekToFirst(); row->Valid(); row->Next()) {
        rows.emplace_hint(rows.end(), row->key().ToString(), row->value().ToString());
      }
      if (status.ok()) status = row->status();
    }
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  return status.ok() ? "" : path + ": " + status.ToString();
}

std::string Record::Where() const {
  return topic + "/" + std::to_string(partition) + "@" + std::to_string(offset);
}

const Store* World::Gateway(std::string_view agency) const {
  const auto found = stores.find(std::string(agency));
  return found == stores.end() || !found->second.gateway() ? nullptr : &found->second;
}

std::string World::KeyOf(const std::string& agency, const std::string& name) const {
  const auto member = directory.find(agency);
  if (member == directory.end()) return "";
  const auto key = member->second.find(name);
  return key == member->second.end() ? "" : key->second;
}

World ReadWorld(const std::string& root) {
  World world;
  world.root = root;
  ReadDirectory(root + "/partnership.yaml", world);
  for (const char* service : {"intake", "risk", "casemgr"}) {
    ReadPart(root + "/core/" + service + "/store", service, "", world);
  }
  world.stores["intake"].keys = ReadKeys(root + "/core/intake/subject-keys");
  const std::string& wrong = world.stores["intake"].keys.unreadable;
  if (!wrong.empty()) world.unreadable.push_back(wrong);
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root + "/agencies", error)) {
    const std::string agency = entry.path().filename().string();
    ReadPart(entry.path().string() + "/gateway/store", agency, agency, world);
    PersonKeys& keys = world.stores[agency].keys;
    keys = ReadKeys(entry.path().string() + "/gateway/person-keys");
    if (!keys.unreadable.empty()) world.unreadable.push_back(keys.unreadable);
  }
  if (error) world.unreadable.push_back(root + "/agencies: " + error.message());
  ReadLog(root + "/log", world);
  return world;
}

Cause ParseCause(std::string_view bytes) {
  RowParts in(bytes);
  Cause cause;
  const uint64_t kind = in.Number();
  switch (kind) {
    case 0:
      cause.source = in.Text();
      cause.lane = in.Text();
      cause.epoch = in.Number();
      cause.seq = in.Number();
      break;
    case 1:
      cause.principal = in.Text();
      cause.method = in.Text();
      cause.key = in.Text();
      break;
    case 2:
      cause.timer = in.Text();
      cause.due = in.Micros();
      break;
    case 3:
      cause.effect = in.Text();
      break;
    default:
      return cause;
  }
  cause.number = in.Number();
  cause.count = in.Number();
  if (!in.bad()) cause.kind = static_cast<Cause::Kind>(kind);
  return cause;
}

std::string Cause::Identity() const {
  switch (kind) {
    case Kind::kRecord:
      return "record " + std::to_string(seq) + " of " + source + " on " + lane;
    case Kind::kCommand:
      return key.empty() ? "" : "command " + method + " of " + principal + " under its key";
    case Kind::kTimer:
      return "timer " + timer + " due " + std::to_string(due);
    case Kind::kEffect:
      return "effect " + effect;
    case Kind::kBroken:
      break;
  }
  return "";
}

int64_t ParseTime(std::string_view text) {
  tm parts = {};
  int micros = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%d-%d-%dT%d:%d:%d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6) {
    return 0;
  }
  const size_t point = copy.find('.');
  if (point != std::string::npos) {
    int scale = 100'000;
    for (size_t i = point + 1; i < copy.size() && copy[i] >= '0' && copy[i] <= '9'; ++i) {
      micros += (copy[i] - '0') * scale;
      scale /= 10;
    }
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return static_cast<int64_t>(timegm(&parts)) * 1'000'000 + micros;
}

}  // namespace checker
