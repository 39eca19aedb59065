#include "services/sharing/statement/adapters/leaves.h"

#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/statement/adapters/keys.h"

namespace waymark::sharing::statement {

absl::Status IndexLeaf(const runtime::View& view, const runtime::Event& event,
                       runtime::Changes& changes) {
  gateway::v1::AuditNoted noted;
  WM_RETURN_IF_ERROR(ReadEvent(event, noted));
  gateway::v1::AuditEntry entry;
  if (!entry.ParseFromString(noted.entry())) {
    return absl::InternalError("an audit entry cannot be read");
  }
  if (!TellsOfSharing(entry.what())) return absl::OkStatus();
  const uint64_t size = AuditSize(view);
  WM_CHECK(size > 0, "a leaf is indexed before it is appended");
  // A proven entry names no person: of whom it is stands beside it.
  for (const auto& ids : {entry.about(), noted.of_persons()}) {
    for (const std::string& id : ids) {
      changes.Put(kLeaves, KeyBuilder().Text(id).Number(size - 1).Take(), "");
    }
  }
  return absl::OkStatus();
}

std::vector<Recorded> LeavesAbout(const Membership& membership, const runtime::View& view,
                                  const std::string& id) {
  std::vector<uint64_t> places;
  const std::string prefix = RowKey(id);
  view.Scan(kLeaves, prefix, AfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    const absl::StatusOr<uint64_t> place = KeyReader(key.substr(prefix.size())).Number();
    WM_CHECK(place.ok(), "a key has another layout");
    places.push_back(*place);
    return true;
  });
  std::vector<Recorded> leaves;
  for (const uint64_t place : places) {
    const std::optional<OpenedLeaf> leaf = OpenLeaf(membership, view, place);
    if (!leaf) continue;
    Recorded recorded;
    recorded.index = place;
    recorded.what = leaf->entry.what();
    recorded.at = FromProto(leaf->entry.at());
    recorded.about.assign(leaf->entry.about().begin(), leaf->entry.about().end());
    recorded.purpose = leaf->entry.purpose();
    recorded.facts = {leaf->entry.facts().begin(), leaf->entry.facts().end()};
    leaves.push_back(std::move(recorded));
  }
  return leaves;
}

}  // namespace waymark::sharing::statement
