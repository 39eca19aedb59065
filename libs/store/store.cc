#include "libs/store/store.h"

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace waymark::store {

void WriteBatch::Put(std::string_view column_family, std::string_view key, std::string_view value) {
  bytes_ += key.size() + value.size();
  ops_.push_back(
      {Op::Kind::kPut, std::string(column_family), std::string(key), std::string(value)});
}

void WriteBatch::Delete(std::string_view column_family, std::string_view key) {
  bytes_ += key.size();
  ops_.push_back({Op::Kind::kDelete, std::string(column_family), std::string(key), ""});
}

void WriteBatch::Clear() {
  ops_.clear();
  bytes_ = 0;
}

absl::Status UnknownColumnFamily(std::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat("column family '", ToAbsl(name),
                                                 "' was not declared when the store was opened"));
}

}  // namespace waymark::store
