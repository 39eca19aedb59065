#include "libs/runtime/overlay.h"

#include "libs/base/bytes.h"
#include "libs/runtime/keys.h"

namespace waymark::runtime {

Overlay::Table& Overlay::TableOf(std::string_view column_family) {
  const auto at = changes_.find(column_family);
  return at != changes_.end() ? at->second : changes_[std::string(column_family)];
}

const Overlay::Table* Overlay::FindTable(std::string_view column_family) const {
  const auto at = changes_.find(column_family);
  return at == changes_.end() ? nullptr : &at->second;
}

std::optional<std::string> Overlay::Get(std::string_view column_family,
                                        std::string_view key) const {
  if (const Table* table = FindTable(column_family)) {
    if (const auto at = table->find(key); at != table->end()) return at->second;
  }
  absl::StatusOr<std::optional<std::string>> stored = store_.Get(column_family, key);
  if (!stored.ok()) {
    status_.Update(stored.status());
    return std::nullopt;
  }
  return *std::move(stored);
}

void Overlay::Scan(std::string_view column_family, std::string_view from, std::string_view to,
                   const Visitor& visit) const {
  static const Table kUnchanged;
  const Table* found = FindTable(column_family);
  const Table& table = found != nullptr ? *found : kUnchanged;
  auto next = table.lower_bound(from);
  const auto within = [&] { return next != table.end() && (to.empty() || next->first < to); };
  bool more = true;
  const absl::Status scanned =
      store_.Scan(column_family, from, to, [&](std::string_view key, std::string_view value) {
        while (more && within() && next->first < key) {
          if (next->second.has_value()) more = visit(next->first, *next->second);
          ++next;
        }
        if (!more) return false;
        if (within() && next->first == key) {
          if (next->second.has_value()) more = visit(key, *next->second);
          ++next;
        } else {
          more = visit(key, value);
        }
        return more;
      });
  status_.Update(scanned);
  for (; scanned.ok() && more && within(); ++next) {
    if (next->second.has_value()) more = visit(next->first, *next->second);
  }
}

void Overlay::Put(std::string_view column_family, std::string_view key, std::string_view value) {
  Table& table = TableOf(column_family);
  if (const auto at = table.find(key); at != table.end()) {
    at->second = std::string(value);
  } else {
    table.emplace(key, value);
  }
}

void Overlay::Delete(std::string_view column_family, std::string_view key) {
  Table& table = TableOf(column_family);
  if (const auto at = table.find(key); at != table.end()) {
    at->second.reset();
  } else {
    table.emplace(key, std::nullopt);
  }
}

store::WriteBatch Overlay::Batch() const {
  store::WriteBatch batch;
  for (const auto& [column_family, table] : changes_) {
    for (const auto& [key, value] : table) {
      if (value.has_value()) {
        batch.Put(column_family, key, *value);
      } else {
        batch.Delete(column_family, key);
      }
    }
  }
  return batch;
}

void Overlay::Clear() { changes_.clear(); }

OverlayView::OverlayView(const Overlay& overlay, std::string_view shard)
    : overlay_(overlay), prefix_(DomainPrefix(shard)) {}

std::optional<std::string> OverlayView::Get(std::string_view column_family,
                                            std::string_view key) const {
  std::string full = prefix_;
  full += key;
  return overlay_.Get(column_family, full);
}

void OverlayView::Scan(std::string_view column_family, std::string_view from, std::string_view to,
                       const std::function<bool(std::string_view, std::string_view)>& visit) const {
  std::string first = prefix_;
  first += from;
  std::string end = to.empty() ? AfterPrefix(prefix_) : prefix_ + std::string(to);
  if (first >= end) return;
  overlay_.Scan(column_family, first, end, [&](std::string_view key, std::string_view value) {
    return visit(key.substr(prefix_.size()), value);
  });
}

}  // namespace waymark::runtime
