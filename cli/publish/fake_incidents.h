// For tests: an IncidentService that keeps what it is sent and can be made to fail. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "libs/rpc/method_table.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli::testing {

using gateway::v1::IncidentReceipt;
using gateway::v1::PublishIncidentsRequest;
using gateway::v1::PublishIncidentsResponse;
using PublishDuplex = rpc::Duplex<PublishIncidentsRequest, PublishIncidentsResponse>;

class FakeIncidents {
 public:
  void AddTo(rpc::MethodTable& table) {
    table.BidiStream<PublishIncidentsRequest, PublishIncidentsResponse>(
        "/waymark.gateway.v1.IncidentService/PublishIncidents", rpc::Rule::Systems({"console"}),
        [this](const rpc::CallContext&, std::shared_ptr<PublishDuplex> stream) {
          std::make_shared<Session>(*this, std::move(stream))->Start();
        });
  }

  // Takes the item that comes as number `item` (from 1, over all streams), and then loses its
  // stream before that item is answered.
  void LoseStreamAt(int item) { lose_at_.insert(item); }
  // The first time this reference comes it is not decided.
  void NotAtOnce(const std::string& reference) { not_at_once_.insert(reference); }
  void NeverDecide() { never_ = true; }
  // References that are refused as `unknown_category`.
  void Refuse(const std::string& reference) { refuse_.insert(reference); }

  std::map<std::string, int> received() {
    std::lock_guard lock(mutex_);
    return received_;
  }
  // In the order in which they were taken, each once: "reference/revision".
  std::vector<std::string> taken() {
    std::lock_guard lock(mutex_);
    return taken_;
  }
  int streams() {
    std::lock_guard lock(mutex_);
    return streams_;
  }
  PublishIncidentsRequest last() {
    std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  class Session : public std::enable_shared_from_this<Session> {
   public:
    Session(FakeIncidents& owner, std::shared_ptr<PublishDuplex> stream)
        : owner_(owner), stream_(std::move(stream)) {
      std::lock_guard lock(owner_.mutex_);
      ++owner_.streams_;
    }
    void Start() {
      stream_->OnReady([self = shared_from_this()] { self->Pump(); });
    }

   private:
    void Pump() {
      while (!answers_.empty()) {
        if (!stream_->Write(answers_.front())) return;
        answers_.pop_front();
      }
      if (ended_) return stream_->Finish(absl::OkStatus());
      if (std::exchange(reading_, true)) return;
      stream_->Read([self = shared_from_this()](PublishDuplex::Item item) {
        self->reading_ = false;
        if (!item) {
          self->ended_ = true;
        } else if (!self->owner_.Answer(item->value(), self->answers_)) {
          return self->stream_->Finish(absl::UnavailableError("the stream was lost"));
        }
        self->stream_->Wake();
      });
    }

    FakeIncidents& owner_;
    const std::shared_ptr<PublishDuplex> stream_;
    std::deque<PublishIncidentsResponse> answers_;
    bool reading_ = false, ended_ = false;
  };

  // False: the stream is to be lost.
  bool Answer(const PublishIncidentsRequest& request, std::deque<PublishIncidentsResponse>& to) {
    std::lock_guard lock(mutex_);
    last_ = request;
    const std::string& reference = request.incident().source_reference();
    ++received_[reference];
    PublishIncidentsResponse response;
    response.set_item(request.item());
    if (never_ || not_at_once_.erase(reference) > 0) {
      response.set_try_again("busy");
    } else if (refuse_.contains(reference)) {
      common::v1::Problem& problem = *response.mutable_refused()->add_problems();
      problem.set_code("unknown_category");
      problem.set_field("category");
      problem.set_wanted("personal, nuisance or environmental");
      problem.set_remedy("correct it");
    } else {
      const std::string key = reference + "/" + std::to_string(request.incident().revision());
      const bool fresh = held_.insert(key).second;
      if (fresh) taken_.push_back(key);
      response.mutable_receipt()->set_incident_id("i-" + reference);
      response.mutable_receipt()->set_outcome(fresh ? IncidentReceipt::OUTCOME_ACCEPTED
                                                    : IncidentReceipt::OUTCOME_ALREADY_HELD);
    }
    if (lose_at_.contains(++items_)) return false;
    to.push_back(std::move(response));
    return true;
  }

  std::mutex mutex_;
  std::set<int> lose_at_;
  std::set<std::string> not_at_once_, refuse_, held_;
  bool never_ = false;
  int items_ = 0, streams_ = 0;
  std::map<std::string, int> received_;
  std::vector<std::string> taken_;
  PublishIncidentsRequest last_;
};

}  // namespace waymark::cli::testing
