#include "services/sharing/adapters/audit_proof.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "libs/audit/checkpoint.h"
#include "libs/audit/commitment.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "services/sharing/audit/adapters/audit_view.h"

namespace waymark::sharing {
namespace {

using google::protobuf::util::TimeUtil;

// The log as it stands in the view, and what a decision adds to it.
class GrowingLog : public audit::NodeReader {
 public:
  static absl::StatusOr<GrowingLog> Load(const runtime::View& view) {
    GrowingLog growing(view);
    WM_ASSIGN_OR_RETURN(growing.log_, audit::MerkleLog::Load(AuditSize(view), *growing.stored_));
    return growing;
  }

  absl::StatusOr<std::string> Read(audit::NodeId id) const override {
    const auto found = added_.find(id);
    return found == added_.end() ? stored_->Read(id) : found->second;
  }

  absl::Status Append(const runtime::Event& event, gateway::v1::AuditNoted& noted) {
    if (!noted.ParseFromString(event.payload)) {
      return absl::InternalError("an audit leaf cannot be read");
    }
    const std::string leaf = audit::LeafHash(audit::LeafCommitment(noted.salt(), noted.entry()));
    for (audit::Node& node : log_.Append(leaf)) added_[node.id] = std::move(node.hash);
    return absl::OkStatus();
  }

  const audit::MerkleLog& log() const { return log_; }

 private:
  explicit GrowingLog(const runtime::View& view) : stored_(AuditNodes(view)) {}

  std::unique_ptr<audit::NodeReader> stored_;
  std::map<audit::NodeId, std::string> added_;
  audit::MerkleLog log_;
};

void State(AuditNote& note, const std::string& name, const std::string& value) {
  if (!value.empty()) note.facts[name] = value;
}

}  // namespace

absl::StatusOr<audit::v1::LogProof> NoteAndProve(const Membership& membership,
                                                 const runtime::View& view, const AuditNote& note,
                                                 absl::Time at,
                                                 std::vector<runtime::Event>& events) {
  WM_ASSIGN_OR_RETURN(GrowingLog growing, GrowingLog::Load(view));
  gateway::v1::AuditNoted noted;
  for (const runtime::Event& event : events) {
    if (event.type == kAuditNoted) WM_RETURN_IF_ERROR(growing.Append(event, noted));
  }
  events.push_back(NoteAudit(membership, note, at));
  WM_RETURN_IF_ERROR(growing.Append(events.back(), noted));
  const uint64_t size = growing.log().size();
  WM_ASSIGN_OR_RETURN(const std::vector<std::string> path,
                      audit::InclusionProof(size - 1, size, growing));
  const std::string origin = membership.AuditOrigin(membership.agency);
  audit::v1::LogProof proof;
  WM_ASSIGN_OR_RETURN(
      *proof.mutable_checkpoint(),
      audit::SignCheckpoint({origin, size, growing.log().Root()}, origin, *membership.audit_key));
  proof.set_entry(noted.entry());
  proof.set_salt(noted.salt());
  proof.set_index(size - 1);
  *proof.mutable_path() = {path.begin(), path.end()};
  const auto witnessed = audit_room::AuditView(view).Witnessed();
  // A larger one is no part of this log, which the check at start tells of.
  if (witnessed && witnessed->size() <= size) {
    WM_ASSIGN_OR_RETURN(const std::vector<std::string> links,
                        audit::ConsistencyProof(witnessed->size(), size, growing));
    proof.set_witnessed(witnessed->note());
    *proof.mutable_consistency() = {links.begin(), links.end()};
  }
  return proof;
}

void CommitFields(const Membership& membership,
                  const google::protobuf::Map<std::string, std::string>& fields, AuditNote& note,
                  audit::v1::DisclosureProof& proof) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>(fields.begin(), fields.end())) {
    audit::v1::FieldOpening& opening = *proof.add_fields();
    opening.set_name(name);
    opening.set_value(value);
    opening.set_salt(membership.random->Bytes(audit::kSaltSize));
    note.facts[absl::StrCat("field.", name)] =
        ToHex(audit::FieldCommitment(opening.salt(), name, value));
  }
}

void StateHandOver(const gateway::v1::ShareContent& content, Form form,
                   const agreement::Decision& decided, AuditNote& note) {
  State(note, "share", content.share_id());
  State(note, "case", content.case_id());
  State(note, "recipient", content.recipient());
  State(note, "lawful_gateway", content.lawful_gateway());
  State(note, "clause", content.clause());
  State(note, "consent", content.consent_id());
  State(note, "agreement", absl::StrCat(decided.agreement_id, " ", decided.agreement_version));
  State(note, "agreement_digest", decided.agreement_digest);
  const bool pushed = form == Form::kPushed;
  if (content.has_expires_at()) {
    State(note, pushed ? "expires_at" : "lease_until", TimeUtil::ToString(content.expires_at()));
  }
  if (content.has_holds_until()) {
    State(note, "expires_at", TimeUtil::ToString(content.holds_until()));
  }
}

audit::v1::DisclosureProof Reduced(const audit::v1::DisclosureProof& proof,
                                   const std::map<std::string, std::string>& fields) {
  audit::v1::DisclosureProof reduced;
  *reduced.mutable_log() = proof.log();
  for (const audit::v1::FieldOpening& opening : proof.fields()) {
    if (fields.count(opening.name()) != 0) *reduced.add_fields() = opening;
  }
  return reduced;
}

audit::TrustedKeys PartnershipKeys(const Membership& membership) {
  audit::TrustedKeys keys;
  for (const auto& [agency, peer] : membership.peers) {
    keys.AddLog(membership.AuditOrigin(agency), peer.audit_verify);
    keys.AddWitness(membership.WitnessName(agency), peer.witness_verify);
  }
  return keys;
}

absl::Status CheckHandOver(const Membership& membership, const std::string& origin,
                           const gateway::v1::ShareContent& content,
                           const audit::v1::DisclosureProof& proof) {
  audit::HandOver expected;
  expected.origin = membership.AuditOrigin(origin);
  expected.share_id = content.share_id();
  expected.case_id = content.case_id();
  expected.recipient = membership.agency;
  expected.lawful_gateway = content.lawful_gateway();
  expected.clause = content.clause();
  expected.consent_id = content.consent_id();
  expected.fields = {content.fields().begin(), content.fields().end()};
  const audit::Verdict verdict =
      audit::VerifyHandOver(proof, expected, PartnershipKeys(membership));
  if (verdict.ok()) return absl::OkStatus();
  const audit::Finding& first = verdict.findings.front();
  return absl::PermissionDeniedError(
      absl::StrCat("a hand-over without a valid proof: ", first.what, " at ", first.where));
}

}  // namespace waymark::sharing
