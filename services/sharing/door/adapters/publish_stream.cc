#include "services/sharing/door/adapters/publish_stream.h"

#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/domain/limits.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::PublishIncidentRequest;
using gateway::v1::PublishIncidentResponse;
using gateway::v1::PublishIncidentsRequest;
using gateway::v1::PublishIncidentsResponse;

// Not decided: the same item may be sent again.
bool MayTryAgain(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
}

PublishIncidentsResponse Refused(uint64_t item, const absl::Status& status) {
  PublishIncidentsResponse response;
  response.set_item(item);
  if (MayTryAgain(status)) {
    response.set_try_again(status.message().data(), status.message().size());
    return response;
  }
  std::vector<Problem> problems = rpc::ProblemsFrom(status);
  if (problems.empty()) {
    problems.push_back({"refused", "", "an item that can be read and decided",
                        "check it against proto/waymark/gateway/v1/incident.proto"});
  }
  for (const Problem& from : problems) {
    common::v1::Problem& to = *response.mutable_refused()->add_problems();
    to.set_code(from.code);
    to.set_field(from.field);
    to.set_wanted(from.wanted);
    to.set_remedy(from.remedy);
  }
  return response;
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(const MethodContext& context, rpc::CallContext call,
          std::shared_ptr<PublishDuplex> stream)
      : context_(context), call_(std::move(call)), stream_(std::move(stream)) {
    call_.method = std::string(kPublishIncident);
  }

  void Start() {
    stream_->OnReady([self = shared_from_this()] { self->Pump(); });
  }

 private:
  // On the stream's own sequence: at start, when there is room, and on Wake.
  void Pump() {
    while (true) {
      PublishIncidentsResponse next;
      {
        std::lock_guard lock(mutex_);
        if (answers_.empty()) break;
        next = answers_.front();
      }
      if (!stream_->Write(next)) return;
      std::lock_guard lock(mutex_);
      answers_.pop_front();
      --open_;
    }
    bool read = false, finish = false;
    {
      std::lock_guard lock(mutex_);
      read = !reading_ && !ended_ && open_ < kStreamItemsInFlightMax;
      if (read) reading_ = true;
      finish = ended_ && open_ == 0;
    }
    if (finish) return stream_->Finish(absl::OkStatus());
    if (!read) return;
    stream_->Read(
        [self = shared_from_this()](PublishDuplex::Item item) { self->OnItem(std::move(item)); });
  }

  void OnItem(PublishDuplex::Item item) {
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      if (item) {
        ++open_;
      } else {
        ended_ = true;
      }
    }
    if (!item) return stream_->Wake();
    if (!item->ok()) {
      Answer(Refused(0, item->status()));
    } else {
      Submit(*std::move(*item));
    }
    stream_->Wake();
  }

  void Submit(PublishIncidentsRequest item) {
    const absl::StatusOr<const Membership*> membership =
        FindMembership(context_.memberships, item.partnership());
    if (!membership.ok()) return Answer(Refused(item.item(), membership.status()));
    PublishIncidentRequest request;
    request.set_partnership(item.partnership());
    *request.mutable_incident() = std::move(*item.mutable_incident());
    runtime_rpc::SubmitBytes(
        context_.runtime, (*membership)->Shard(), call_, request.partnership(),
        request.SerializeAsString(), runtime_rpc::Repeat::kRead,
        [self = shared_from_this(), number = item.item()](absl::StatusOr<std::string> bytes) {
          PublishIncidentResponse reply;
          if (!bytes.ok()) {
            self->Answer(Refused(number, bytes.status()));
          } else if (!reply.ParseFromString(*bytes)) {
            self->Answer(Refused(number, absl::InternalError("the reply cannot be read")));
          } else {
            PublishIncidentsResponse response;
            response.set_item(number);
            *response.mutable_receipt() = std::move(*reply.mutable_receipt());
            self->Answer(std::move(response));
          }
          self->stream_->Wake();
        });
  }

  // From any thread; Pump writes it.
  void Answer(PublishIncidentsResponse response) {
    std::lock_guard lock(mutex_);
    answers_.push_back(std::move(response));
  }

  const MethodContext context_;
  rpc::CallContext call_;
  const std::shared_ptr<PublishDuplex> stream_;
  std::mutex mutex_;
  std::deque<PublishIncidentsResponse> answers_;  // not yet taken by the stream
  size_t open_ = 0;                               // items read whose answer was not yet taken
  bool reading_ = false;
  bool ended_ = false;
};

}  // namespace

void ServePublishStream(const MethodContext& context, const rpc::CallContext& call,
                        std::shared_ptr<PublishDuplex> stream) {
  std::make_shared<Session>(context, call, std::move(stream))->Start();
}

}  // namespace waymark::sharing::door
