#include "libs/audit/export.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/audit/commitment.h"
#include "libs/audit/merkle.h"
#include "libs/audit/tiles.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::audit {
namespace {

constexpr std::string_view kIndexMark = "{\"index\":";
constexpr std::string_view kSaltMark = ",\"salt\":\"";
constexpr std::string_view kEntryMark = "\",\"entry\":\"";
constexpr std::string_view kEndMark = "\"}";

absl::Status NotALine() {
  return absl::InvalidArgumentError("wanted {\"index\":...,\"salt\":\"...\",\"entry\":\"...\"}");
}

class Checker {
 public:
  Checker(const FileReader& files, const TrustedKeys& keys, ExportVerdict& result)
      : files_(files), keys_(keys), result_(result) {}

  void Run(const std::optional<std::string>& since) {
    const auto note = ReadNote(kCheckpointFile, files_(std::string(kCheckpointFile)));
    if (!note) return;
    head_ = note->checkpoint;
    result_.origin = head_.origin;
    result_.size = head_.size;
    for (const auto& [name, key] : keys_.witnesses()) {
      const absl::StatusOr<absl::Time> at = VerifyCosignature(*note, name, key);
      if (at.ok()) result_.cosigned.push_back({name, *at});
    }
    if (since) TakeSince(*since);
    if (!ReadEntries()) return;
    CheckTiles();
    CheckRoot();
    CheckOpenings();
  }

 private:
  void Add(std::string_view what, const std::string& where, std::string expected,
           std::string means) {
    result_.verdict.findings.push_back(
        {std::string(what), where, std::move(expected), std::move(means)});
  }

  std::optional<SignedCheckpoint> ReadNote(std::string_view where,
                                           const absl::StatusOr<std::string>& text) {
    const std::string place(where);
    if (!text.ok()) {
      Add(finding::kTruncated, place, "a signed checkpoint", "the export is not whole");
      return std::nullopt;
    }
    absl::StatusOr<SignedCheckpoint> note = ParseCheckpoint(*text);
    if (!note.ok()) {
      Add(finding::kMalformed, place, "a signed checkpoint of C2SP tlog-checkpoint",
          "it was changed after it was signed");
      return std::nullopt;
    }
    const crypto::VerifyKey* key = keys_.Log(note->checkpoint.origin);
    if (key == nullptr) {
      Add(finding::kUnknownLog, place, "a log whose key is among the trusted keys",
          "it is of a log that you have no key of");
      return std::nullopt;
    }
    if (!VerifyCheckpoint(*note, note->checkpoint.origin, *key).ok()) {
      Add(finding::kWrongKey, place,
          absl::StrCat("a signature of the key of ", note->checkpoint.origin),
          "somebody else made it, or it was changed after it was signed");
      return std::nullopt;
    }
    return *std::move(note);
  }

  void TakeSince(const std::string& text) {
    const auto note = ReadNote("since", text);
    if (!note) return;
    if (note->checkpoint.origin != head_.origin) {
      return Add(finding::kUnknownLog, "since", absl::StrCat("a checkpoint of ", head_.origin),
                 "it is of another log");
    }
    if (note->checkpoint.size > head_.size) {
      return Add(finding::kTruncated, std::string(kCheckpointFile),
                 absl::StrCat("at least ", note->checkpoint.size, " leaves, as signed before"),
                 "leaves were cut off, or an old copy was restored");
    }
    since_ = note->checkpoint;
    if (since_->size == 0) CheckSince();
  }

  void CheckSince() {
    if (log_.Root() == since_->root) return;
    Add(finding::kRewritten, "since",
        absl::StrCat("the root that was signed at ", since_->size, " leaves"),
        "leaves that were signed before have been changed since: this log has two faces");
  }

  // False: there is nothing to go on with.
  bool ReadEntries() {
    for (uint64_t begin = 0; begin < head_.size; begin += kTileWidth) {
      const TileId tile{.entries = true,
                        .index = begin / kTileWidth,
                        .width = std::min(kTileWidth, head_.size - begin)};
      const auto entries = Read(tile);
      if (!entries) return false;
      for (const std::string& entry : *entries) {
        commitments_.push_back(entry);
        for (const Node& node : log_.Append(LeafHash(entry))) {
          if (node.id.level % kTileHeight != 0) continue;
          levels_[node.id.level / kTileHeight].push_back(node.hash);
        }
        if (since_ && log_.size() == since_->size) CheckSince();
      }
    }
    return true;
  }

  std::optional<std::vector<std::string>> Read(const TileId& tile) {
    const std::string path = TilePath(tile);
    const absl::StatusOr<std::string> bytes = files_(path);
    if (!bytes.ok()) {
      Add(finding::kTruncated, path, absl::StrCat("a file for each of ", head_.size, " leaves"),
          "the export is not whole, or the log was cut off");
      return std::nullopt;
    }
    absl::StatusOr<std::vector<std::string>> parsed = ParseTile(tile, *bytes);
    if (!parsed.ok()) {
      Add(finding::kMalformed, path, std::string(ToStd(parsed.status().message())),
          "the file was changed or cut off");
      return std::nullopt;
    }
    return *std::move(parsed);
  }

  void CheckTiles() {
    for (const TileId& tile : TilesOf(head_.size)) {
      if (tile.entries) continue;
      const auto hashes = Read(tile);
      if (!hashes) continue;
      for (uint64_t i = 0; i < tile.width; ++i) {
        const uint64_t index = tile.index * kTileWidth + i;
        if ((*hashes)[i] == levels_[tile.level][index]) continue;
        differs_ = true;
        Add(finding::kEdited, TilePath(tile),
            absl::StrCat("the hash of what lies below number ", index),
            tile.level == 0 ? absl::StrCat("entry ", index, " or its hash was changed")
                            : "a hash was changed, or an entry below it");
      }
    }
  }

  void CheckRoot() {
    if (log_.Root() == head_.root) return;
    Add(finding::kEdited, std::string(kCheckpointFile), "the root of these entries",
        differs_ ? "the entries are not those that were signed"
                 : "the entries and their hashes are not those that were signed");
  }

  void CheckOpenings() {
    const absl::StatusOr<std::string> text = files_(std::string(kOpeningsFile));
    if (absl::IsNotFound(text.status())) return;  // a bare log: nothing is opened
    if (!text.ok()) {
      return Add(finding::kMalformed, std::string(kOpeningsFile), "a file that can be read",
                 "nothing can be said of what the leaves stand for");
    }
    uint64_t number = 0;
    std::optional<uint64_t> last;
    for (std::string_view rest = *text; !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      const std::string where = absl::StrCat(ToAbsl(kOpeningsFile), " line ", ++number);
      const absl::StatusOr<LeafOpening> opening = ParseOpeningLine(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!opening.ok()) {
        Add(finding::kMalformed, where, std::string(ToStd(opening.status().message())),
            "the line was changed");
        continue;
      }
      CheckOpening(*opening, where, last);
      last = opening->index;
    }
  }

  void CheckOpening(const LeafOpening& opening, const std::string& where,
                    std::optional<uint64_t> last) {
    if (opening.index >= head_.size || (last && opening.index <= *last)) {
      return Add(finding::kMalformed, where, "each leaf of the log once, in order",
                 "the line was changed, moved or added");
    }
    gateway::v1::AuditEntry entry;
    if (LeafCommitment(opening.salt, opening.entry) != commitments_[opening.index] ||
        !entry.ParseFromString(opening.entry)) {
      return Add(finding::kEdited, where,
                 absl::StrCat("the entry and salt that leaf ", opening.index, " commits to"),
                 "the entry or its salt was changed after it was recorded");
    }
    ++result_.opened;
  }

  const FileReader& files_;
  const TrustedKeys& keys_;
  ExportVerdict& result_;
  Checkpoint head_;
  std::optional<Checkpoint> since_;
  MerkleLog log_;
  std::vector<std::string> commitments_;
  std::map<uint32_t, std::vector<std::string>> levels_;  // of tiles
  bool differs_ = false;
};

}  // namespace

std::string OpeningLine(const LeafOpening& opening) {
  return absl::StrCat(ToAbsl(kIndexMark), opening.index, ToAbsl(kSaltMark), ToBase64(opening.salt),
                      ToAbsl(kEntryMark), ToBase64(opening.entry), ToAbsl(kEndMark), "\n");
}

absl::StatusOr<LeafOpening> ParseOpeningLine(std::string_view line) {
  const size_t salt = line.find(kSaltMark);
  const size_t entry = line.find(kEntryMark);
  if (line.substr(0, kIndexMark.size()) != kIndexMark || salt == std::string_view::npos ||
      entry == std::string_view::npos || entry < salt + kSaltMark.size() ||
      line.size() < entry + kEntryMark.size() + kEndMark.size()) {
    return NotALine();
  }
  const auto between = [&](size_t from, size_t to) { return line.substr(from, to - from); };
  LeafOpening opening;
  if (!absl::SimpleAtoi(ToAbsl(between(kIndexMark.size(), salt)), &opening.index)) {
    return NotALine();
  }
  const auto salt_bytes = FromBase64(between(salt + kSaltMark.size(), entry));
  const auto entry_bytes =
      FromBase64(between(entry + kEntryMark.size(), line.size() - kEndMark.size()));
  if (!salt_bytes.ok() || !entry_bytes.ok()) return NotALine();
  opening.salt = *salt_bytes;
  opening.entry = *entry_bytes;
  if (OpeningLine(opening) != std::string(line) + "\n") return NotALine();
  return opening;
}

ExportVerdict VerifyExport(const FileReader& files, const TrustedKeys& keys,
                           std::optional<std::string> since) {
  ExportVerdict result;
  Checker(files, keys, result).Run(since);
  return result;
}

}  // namespace waymark::audit
