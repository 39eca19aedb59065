#include "services/sharing/alerts/adapters/read_share.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/problem.h"
#include "libs/base/status.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/alerts/adapters/compose.h"
#include "services/sharing/alerts/adapters/fetch_shares.h"
#include "services/sharing/alerts/adapters/show.h"
#include "services/sharing/disclosure/adapters/copies.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "waymark/gateway/v1/alert_kept.pb.h"

namespace waymark::sharing::alerts {
namespace {

using disclosure::DisclosureView;
using gateway::v1::ReadDecided;
using gateway::v1::ReadShareRequest;
using gateway::v1::ReadShareResponse;
using gateway::v1::RecordRead;
using gateway::v1::StoredReceivedShare;

std::string PersonReader(const std::string& subject) { return absl::StrCat("person/", subject); }

AuditNote NoteOf(const common::v1::Caller& caller, const std::string& what,
                 const ReadShareRequest& request) {
  AuditNote note;
  note.what = what;
  note.caller = caller;
  note.about = {request.share_id()};
  note.purpose = request.purpose();
  note.facts = {{"saved", request.save() ? "yes" : "no"}};
  return note;
}

// Why a share that this gateway was told of must not be shown; nullopt when it may be.
std::optional<Problem> NotOpen(const std::optional<StoredReceivedShare>& share, absl::Time now) {
  if (!share) {
    return Problem{"unknown_share", "share_id", "a share that this agency was told of",
                   "list the received shares to find its id"};
  }
  if (DisclosureView::IsLive(*share, now)) return std::nullopt;
  const bool withdrawn = share->state() == "withdrawn" && share->reason() != "replaced";
  return Problem{withdrawn ? share->reason() : "share_not_open", "share_id",
                 "a share that stands at this instant", "wait for a new notice"};
}

void SetProblem(const Problem& problem, common::v1::Problems& problems) {
  common::v1::Problem& one = *problems.add_problems();
  one.set_code(problem.code);
  one.set_field(problem.field);
  one.set_wanted(problem.wanted);
  one.set_remedy(problem.remedy);
}

Problem NotAllowedHere() {
  return {"not_allowed_by_own_agreement", "purpose",
          "a purpose and role for which this agency's own agreements let it be shown",
          "ask your data protection lead"};
}

// What the person may see of the content by this gateway's own agreements; false: nothing.
bool Fill(const Membership& membership, const std::string& role, const std::string& purpose,
          bool pushed, const gateway::v1::ShareContent& content, absl::Time now,
          ReadShareResponse& response) {
  gateway::v1::Alert shown;
  const bool any = AddContent(membership, role, purpose, pushed, content, now, shown);
  response.set_share_id(content.share_id());
  response.set_origin(content.origin());
  response.set_case_id(content.case_id());
  *response.mutable_fields() = shown.fields();
  *response.mutable_withheld() = shown.withheld();
  *response.mutable_basis() = shown.basis();
  if (any) *response.mutable_proof() = shown.proof().origins(0);
  return any;
}

// One call, from the asking to the answer. Kept alive by what it waits for.
class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(const MethodContext& context, const Membership& membership, const PeerChannels& peers,
          const rpc::CallContext& call, const ReadShareRequest& request,
          rpc::Reply<ReadShareResponse> reply)
      : context_(context),
        membership_(membership),
        peers_(peers),
        call_(call),
        request_(request),
        reply_(std::move(reply)) {}

  void Start() {
    Ask(kReadShare, request_, [this](const std::string& bytes) {
      ReadDecided decided;
      if (!decided.ParseFromString(bytes)) return Unreadable();
      if (decided.has_refused()) return reply_(RefusedStatus(decided.refused()));
      if (decided.has_response()) return reply_(decided.response());
      Fetch(decided.fetch());
    });
  }

 private:
  void Fetch(const gateway::v1::ShareToFetch& share) {
    const FetchFor who{PersonReader(call_.person->subject), call_.person->role, request_.purpose(),
                       call_.traceparent, request_.save()};
    FetchShares(membership_, peers_, who, {share}, context_.clock,
                [self = shared_from_this()](Fetched fetched) { self->Judge(std::move(fetched)); });
  }

  void Judge(Fetched fetched) {
    gateway::v1::FetchOutcome& outcome = fetched.outcomes.front();
    const auto content = fetched.contents.find(request_.share_id());
    if (content != fetched.contents.end()) {
      lease_ = fetched.leases.at(request_.share_id());
      if (!Fill(membership_, call_.person->role, request_.purpose(), false, content->second,
                context_.clock.Now(), response_)) {
        outcome.set_outcome("refused");
        outcome.set_code(NotAllowedHere().code);
        problem_ = NotAllowedHere();
      }
    } else if (outcome.outcome() == "unreachable") {
      if (outcome.code().empty()) outcome.set_code("origin_unreachable");
      problem_ = Problem{outcome.code(), "share_id", "an answer from the share's origin in time",
                         absl::StrCat("ring ", membership_.DeskOf(outcome.origin()))};
    } else {
      problem_ = fetched.refusals[request_.share_id()];
    }
    RecordRead record;
    *record.mutable_request() = request_;
    *record.mutable_outcome() = outcome;
    Ask(kRecordRead, record, [this](const std::string& bytes) {
      ReadDecided decided;
      if (!decided.ParseFromString(bytes)) return Unreadable();
      Answer(decided);
    });
  }

  void Answer(const ReadDecided& recorded) {
    if (problem_) {
      const bool away = problem_->code == "origin_unreachable" || problem_->code == "lease_expired";
      return reply_(rpc::ProblemStatus(
          away ? absl::StatusCode::kUnavailable : absl::StatusCode::kPermissionDenied,
          {*problem_}));
    }
    if (recorded.has_refused()) return reply_(RefusedStatus(recorded.refused()));
    if (context_.clock.Now() >= lease_) {
      return reply_(rpc::ProblemStatus(
          absl::StatusCode::kUnavailable,
          {{"lease_expired", "share_id", "an answer before the lease ends", "ask again"}}));
    }
    *response_.mutable_show_until() = ToProto(lease_);
    reply_(response_);
  }

  void Unreadable() { reply_(absl::InternalError("a reply of the gateway cannot be read")); }

  template <class Request>
  void Ask(std::string_view method, const Request& request,
           std::function<void(const std::string&)> done) {
    rpc::CallContext call = call_;
    call.method = std::string(method);
    runtime_rpc::SubmitBytes(
        context_.runtime, membership_.Shard(), call, membership_.partnership,
        request.SerializeAsString(), runtime_rpc::Repeat::kRead,
        [self = shared_from_this(), done = std::move(done)](absl::StatusOr<std::string> bytes) {
          if (!bytes.ok()) return self->reply_(bytes.status());
          done(*bytes);
        });
  }

  const MethodContext context_;
  const Membership& membership_;
  const PeerChannels& peers_;
  const rpc::CallContext call_;
  const ReadShareRequest request_;
  const rpc::Reply<ReadShareResponse> reply_;
  ReadShareResponse response_;
  std::optional<Problem> problem_;
  absl::Time lease_;
};

// Opens a pushed share inside the decision that records it.
absl::Status OpenHere(const Membership& membership, const runtime::View& view,
                      const runtime_rpc::DecodedCommand<ReadShareRequest>& command,
                      const StoredReceivedShare& share, absl::Time now, ReadDecided& reply,
                      runtime::Decision& decision) {
  const absl::StatusOr<gateway::v1::ShareContent> content =
      DisclosureView(membership, view).OpenPushed(share);
  if (absl::IsNotFound(content.status())) {
    SetProblem({"erased", "share_id", "a share whose key is still there", "ask the origin's desk"},
               *reply.mutable_refused());
    return absl::OkStatus();
  }
  WM_RETURN_IF_ERROR(content.status());
  ReadShareResponse response;
  if (!Fill(membership, command.caller.person_role(), command.request.purpose(), true, *content,
            now, response)) {
    SetProblem(NotAllowedHere(), *reply.mutable_refused());
    return absl::OkStatus();
  }
  if (content->has_expires_at()) *response.mutable_show_until() = content->expires_at();
  *reply.mutable_response() = std::move(response);
  if (!command.request.save()) return absl::OkStatus();
  return disclosure::NoteCopy(
      membership, view, share.share_id(),
      disclosure::CopyBy(PersonReader(command.caller.person_subject()),
                         command.caller.person_role(), command.request.purpose(), now),
      false, now, decision);
}

}  // namespace

void ServeReadShare(const MethodContext& context, const PeerChannels& peers,
                    const rpc::CallContext& call, const ReadShareRequest& request,
                    rpc::Reply<ReadShareResponse> reply) {
  const absl::StatusOr<const Membership*> membership =
      FindMembership(context.memberships, request.partnership());
  if (!membership.ok()) return reply(membership.status());
  std::make_shared<Reading>(context, **membership, peers, call, request, std::move(reply))->Start();
}

absl::StatusOr<runtime::Decision> DecideReadShare(const Membership& membership,
                                                  const runtime::View& view,
                                                  const runtime::Input& input,
                                                  runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<ReadShareRequest>(input));
  const absl::Time now = context.now();
  const auto share = DisclosureView(membership, view).Received(command.request.share_id());
  ReadDecided reply;
  runtime::Decision decision;
  std::string what = "share_read_refused";
  if (const std::optional<Problem> problem = NotOpen(share, now)) {
    SetProblem(*problem, *reply.mutable_refused());
  } else if (share->state() == "pushed") {
    WM_RETURN_IF_ERROR(OpenHere(membership, view, command, *share, now, reply, decision));
    if (reply.has_response()) what = "share_read";
  } else {
    reply.mutable_fetch()->set_share_id(share->share_id());
    reply.mutable_fetch()->set_origin(share->origin());
    *reply.mutable_fetch()->mutable_fields() = share->notice().fields();
    what = "share_asked_for";
  }
  AuditNote note = NoteOf(command.caller, what, command.request);
  if (share) note.facts["origin"] = share->origin();
  if (reply.has_refused()) note.facts["code"] = reply.refused().problems(0).code();
  decision.events.push_back(NoteAudit(membership, note, now));
  decision.reply = reply.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideRecordRead(const Membership& membership,
                                                   const runtime::View& view,
                                                   const runtime::Input& input,
                                                   runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<RecordRead>(input));
  const RecordRead& record = command.request;
  const absl::Time now = context.now();
  const bool fetched = record.outcome().outcome() == "fetched";
  ReadDecided reply;
  std::optional<Problem> problem;
  if (fetched) {
    problem = NotOpen(DisclosureView(membership, view).Received(record.request().share_id()), now);
  }
  if (problem) SetProblem(*problem, *reply.mutable_refused());
  const bool shown = fetched && !problem;
  runtime::Decision decision;
  if (shown && record.request().save()) {
    WM_RETURN_IF_ERROR(disclosure::NoteCopy(
        membership, view, record.request().share_id(),
        disclosure::CopyBy(PersonReader(command.caller.person_subject()),
                           command.caller.person_role(), record.request().purpose(), now),
        false, now, decision));
  }
  AuditNote note =
      NoteOf(command.caller, shown ? "share_read" : "share_read_refused", record.request());
  note.facts["origin"] = record.outcome().origin();
  if (!shown) note.facts["code"] = problem ? problem->code : record.outcome().code();
  google::protobuf::RepeatedPtrField<gateway::v1::FetchOutcome> outcomes;
  *outcomes.Add() = record.outcome();
  WitnessProofs(membership, view, outcomes, now, decision);
  decision.events.push_back(NoteAudit(membership, note, now));
  decision.reply = reply.SerializeAsString();
  return decision;
}

absl::StatusOr<runtime::Decision> DecideListReceived(const Membership& membership,
                                                     const runtime::View& view) {
  gateway::v1::ListReceivedSharesResponse response;
  for (const StoredReceivedShare& share :
       DisclosureView(membership, view).ReceivedShares(kReceivedListedMax)) {
    gateway::v1::ReceivedShareStatus& status = *response.add_shares();
    status.set_share_id(share.share_id());
    status.set_origin(share.origin());
    status.set_case_id(share.case_id());
    status.set_state(share.state());
    status.set_reason(share.reason());
    *status.mutable_received_at() = share.received_at();
    *status.mutable_fields() = share.notice().fields();
    gateway::v1::LawfulBasis& basis = *status.mutable_basis();
    basis.set_lawful_gateway(share.notice().lawful_gateway());
    basis.set_clause(share.notice().clause());
    basis.set_consent_id(share.notice().consent_id());
    if (share.notice().has_expires_at()) *basis.mutable_expires_at() = share.notice().expires_at();
  }
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace waymark::sharing::alerts
