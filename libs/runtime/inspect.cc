// What can be asked of a runtime, and an operator's orders to it.
#include <algorithm>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"
#include "libs/runtime/keys.h"
#include "libs/runtime/runtime_impl.h"

namespace waymark::runtime {

absl::Status Runtime::Read(std::string_view shard,
                           const std::function<void(const View&)>& read) const {
  WM_ASSIGN_OR_RETURN(const Shard* found, impl_->FindShard(shard));
  const Overlay unchanged(impl_->deps_.store);
  read(OverlayView(unchanged, found->config.id));
  return unchanged.status();
}

absl::StatusOr<std::vector<DeadLetter>> Runtime::DeadLetters(std::string_view shard) const {
  WM_ASSIGN_OR_RETURN(const Shard* found, impl_->FindShard(shard));
  std::vector<DeadLetter> letters;
  absl::Status status;
  const std::string prefix = DeadPrefix(found->config.id);
  WM_RETURN_IF_ERROR(impl_->deps_.store.Scan(
      kDeadCf, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
        const absl::StatusOr<uint64_t> number = KeyReader(key.substr(prefix.size())).Number();
        absl::StatusOr<DeadLetterRow> row = DecodeDeadLetterRow(value);
        status.Update(number.status());
        status.Update(row.status());
        if (!status.ok()) return false;
        DeadLetter letter;
        letter.shard = found->config.id;
        letter.number = *number;
        letter.reason = row->reason;
        letter.detail = row->detail;
        letter.at = row->at;
        letter.type = row->type;
        if (row->is_record) {
          letter.from = row->from;
          letter.offset = static_cast<int64_t>(row->offset);
          letter.record = std::move(row->record);
          const absl::StatusOr<CloudEvent> event = FromRecord(letter.record);
          if (event.ok()) letter.type = event->type;
        }
        letters.push_back(std::move(letter));
        return true;
      }));
  WM_RETURN_IF_ERROR(status);
  return letters;
}

absl::Status Runtime::ReplayDeadLetter(std::string_view shard, uint64_t number) {
  WM_ASSIGN_OR_RETURN(const Shard* found, impl_->FindShard(shard));
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                      impl_->deps_.store.Get(kDeadCf, DeadKey(found->config.id, number)));
  if (!stored.has_value()) return absl::NotFoundError("there is no dead letter of that number");
  return impl_->Post(shard, [number](Shard* to) { return Order(ReplayOrder{to, number}); });
}

absl::Status Runtime::AcceptLoss(std::string_view shard, std::string_view source,
                                 std::string_view lane, uint64_t through_seq) {
  WM_ASSIGN_OR_RETURN(const Shard* found, impl_->FindShard(shard));
  WM_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                      impl_->deps_.store.Get(kMetaCf, LaneInKey(found->config.id, source, lane)));
  if (!stored.has_value()) return absl::NotFoundError("nothing was ever read on that lane");
  const LaneId id{std::string(source), std::string(lane)};
  return impl_->Post(shard, [&](Shard* to) { return Order(LossOrder{to, id, through_seq}); });
}

absl::StatusOr<std::vector<LaneStatus>> Runtime::Lanes() const {
  std::vector<LaneStatus> lanes;
  for (const auto& [shard, unused] : impl_->shards_) {
    const std::string prefix = LaneInPrefix(shard);
    absl::Status status;
    WM_RETURN_IF_ERROR(impl_->deps_.store.Scan(
        kMetaCf, prefix, AfterPrefix(prefix),
        [&, shard = shard](std::string_view key, std::string_view value) {
          KeyReader reader(key.substr(prefix.size()));
          const absl::StatusOr<std::string> source = reader.Text(), lane = reader.Text();
          const absl::StatusOr<LaneInRow> row = DecodeLaneInRow(value);
          status.Update(source.status());
          status.Update(lane.status());
          status.Update(row.status());
          if (!status.ok()) return false;
          lanes.push_back({shard, *source, *lane, row->epoch, row->last, row->stopped});
          return true;
        }));
    WM_RETURN_IF_ERROR(status);
  }
  return lanes;
}

std::vector<OutboxStatus> Runtime::Outbox() const { return impl_->relay_.Status(); }

absl::StatusOr<std::string> Runtime::Digest(std::string_view shard) const {
  WM_ASSIGN_OR_RETURN(const Shard* found, impl_->FindShard(shard));
  std::vector<std::string> families = impl_->deps_.service.DomainColumnFamilies();
  std::sort(families.begin(), families.end());
  crypto::Sha256Hasher hasher;
  const std::string prefix = DomainPrefix(found->config.id);
  for (const std::string& family : families) {
    WM_RETURN_IF_ERROR(impl_->deps_.store.Scan(
        family, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
          hasher.Update(LengthPrefixed({family, key, value}));
          return true;
        }));
  }
  return ToHex(hasher.Finish());
}

}  // namespace waymark::runtime
