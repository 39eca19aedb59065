#include "services/sharing/proofs/adapters/export_log.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "libs/audit/checkpoint.h"
#include "libs/audit/export.h"
#include "libs/audit/tiles.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/adapters/methods.h"

namespace waymark::sharing::proofs {
namespace {

using gateway::v1::ExportLogRequest;
using gateway::v1::ExportLogResponse;

constexpr uint64_t kOpeningsInMessage = 256;
constexpr size_t kPurposeCharactersMax = 64;

absl::StatusOr<std::string> CommitmentAt(const runtime::View& view, uint64_t index) {
  std::optional<std::string> commitment = LeafCommitment(view, index);
  if (!commitment) return absl::DataLossError("the audit log misses a leaf");
  return *std::move(commitment);
}

bool IsWord(const std::string& word) {
  return !word.empty() && word.size() <= kPurposeCharactersMax &&
         std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Reads ahead of its reader by one message only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(const MethodContext& context, const Membership& membership,
          std::shared_ptr<ExportWriter> writer)
      : context_(context), membership_(membership), writer_(std::move(writer)) {}

  void Start(const std::string& checkpoint) {
    const absl::StatusOr<audit::SignedCheckpoint> parsed = audit::ParseCheckpoint(checkpoint);
    if (!parsed.ok()) return writer_->Finish(parsed.status());
    size_ = parsed->checkpoint.size;
    tiles_ = audit::TilesOf(size_);
    ExportLogResponse first;
    first.mutable_file()->set_path(std::string(audit::kCheckpointFile));
    first.mutable_file()->set_content(checkpoint);
    next_ = std::move(first);
    writer_->OnReady([self = shared_from_this()] { self->Pump(); });
  }

 private:
  // Called by one thread at a time.
  void Pump() {
    while (next_) {
      if (!writer_->Write(*next_)) return;
      absl::StatusOr<std::optional<ExportLogResponse>> following = Following();
      if (!following.ok()) return writer_->Finish(following.status());
      next_ = *std::move(following);
    }
    writer_->Finish(absl::OkStatus());
  }

  absl::StatusOr<std::optional<ExportLogResponse>> Following() {
    std::optional<ExportLogResponse> response;
    absl::Status made;
    const bool tile = tile_ < tiles_.size();
    if (!tile && opened_ >= size_) return response;
    WM_RETURN_IF_ERROR(context_.runtime.Read(membership_.Shard(), [&](const runtime::View& view) {
      response.emplace();
      if (tile) {
        made = AddTile(view, tiles_[tile_++], *response);
      } else {
        AddOpenings(view, *response);
      }
    }));
    WM_RETURN_IF_ERROR(made);
    return response;
  }

  static absl::Status AddTile(const runtime::View& view, const audit::TileId& tile,
                              ExportLogResponse& response) {
    WM_ASSIGN_OR_RETURN(*response.mutable_file()->mutable_content(),
                        audit::TileBytes(tile, *AuditNodes(view), [&](uint64_t index) {
                          return CommitmentAt(view, index);
                        }));
    response.mutable_file()->set_path(audit::TilePath(tile));
    return absl::OkStatus();
  }

  void AddOpenings(const runtime::View& view, ExportLogResponse& response) {
    auto& openings = *response.mutable_openings();
    const uint64_t end = std::min(size_, opened_ + kOpeningsInMessage);
    for (; opened_ < end; ++opened_) {
      std::optional<OpenedLeaf> leaf = OpenLeaf(membership_, view, opened_);
      if (!leaf) continue;
      auto& opening = *openings.add_openings();
      opening.set_index(opened_);
      opening.set_salt(std::move(leaf->salt));
      opening.set_entry(std::move(leaf->entry_bytes));
    }
  }

  const MethodContext context_;
  const Membership& membership_;
  const std::shared_ptr<ExportWriter> writer_;
  uint64_t size_ = 0;
  std::vector<audit::TileId> tiles_;
  size_t tile_ = 0;
  uint64_t opened_ = 0;
  std::optional<ExportLogResponse> next_;
};

}  // namespace

absl::StatusOr<runtime::Decision> DecideExport(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ExportLogRequest>(input));
  if (!IsWord(command.request.purpose())) {
    return runtime::Decision::Refuse(rpc::ProblemStatus(
        {"missing_field", "purpose", "1 to 64 printable characters without spaces",
         "say in one coded word why the log is read: \"yearly_audit\""}));
  }
  AuditNote note;
  note.what = "log_exported";
  note.caller = command.caller;
  note.purpose = command.request.purpose();
  runtime::Decision decision;
  WM_ASSIGN_OR_RETURN(const audit::v1::LogProof proof,
                      NoteAndProve(membership, view, note, context.now(), decision.events));
  decision.reply = proof.checkpoint();
  return decision;
}

void ServeExport(const MethodContext& context, const rpc::CallContext& call,
                 const ExportLogRequest& request, std::shared_ptr<ExportWriter> writer) {
  const absl::StatusOr<const Membership*> membership =
      FindMembership(context.memberships, request.partnership());
  if (!membership.ok()) return writer->Finish(membership.status());
  auto session = std::make_shared<Session>(context, **membership, writer);
  runtime_rpc::SubmitBytes(context.runtime, (*membership)->Shard(), call, request.partnership(),
                           request.SerializeAsString(), runtime_rpc::Repeat::kRead,
                           [session, writer](const absl::StatusOr<std::string>& checkpoint) {
                             if (!checkpoint.ok()) return writer->Finish(checkpoint.status());
                             session->Start(*checkpoint);
                           });
}

}  // namespace waymark::sharing::proofs
