// The systems and people of every agency: what they ask is drawn from the seed, what they are told
// goes into the book. A client that got no answer asks the same again.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/message_lite.h"
#include "tests/simulation/book.h"
#include "tests/simulation/methods.h"
#include "tests/simulation/partnership.h"
#include "tests/simulation/subscriber.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::simulation {

// Used by one thread.
class Clients {
 public:
  // Both outlive this.
  Clients(World& world, Partnership& partnership);
  ~Clients();

  // Somebody asks something new.
  void Act();
  // One of the requests without an answer is asked again.
  void AskOneAgain();
  // Everything without an answer is asked again; true when there was nothing to ask.
  bool AskAllAgain();
  // Subscribers connect.
  void Maintain();
  // One of them loses what it had not kept.
  void DropOne();
  // A HIGH about this person, published by this agency now.
  Request& PublishHigh(const std::string& agency, int person);

  const Book& book() const { return book_; }
  Book& book() { return book_; }

  // Asks once, runs until idle, and gives the answer; for looking at the end.
  template <class Resp, class Req>
  absl::StatusOr<Resp> Look(const std::string& agency, const std::string& path, Req request,
                            const std::string& role = "supervisor") {
    request.set_partnership(kPartnership);
    const absl::StatusOr<std::string> bytes =
        LookBytes(agency, role, path, request.SerializeAsString());
    if (!bytes.ok()) return bytes.status();
    Resp response;
    if (!response.ParseFromString(*bytes)) return absl::InternalError("an answer is unreadable");
    return response;
  }

 private:
  class Desk;  // where an agency's people sit

  // What they know.
  struct Reported {
    int person = 0;
    gateway::v1::Incident incident;  // of the latest revision that was sent
    const Request* latest = nullptr;
  };
  struct Known {
    std::deque<Reported> incidents;
    std::vector<std::string> consents;
    std::vector<std::string> overrides;
    std::set<int> erased;  // people whom it asked to erase
    std::set<std::string> cases;
    std::set<std::string> shares;  // that other agencies gave
  };

  // `role` may name the person too: "manager:p-2".
  Request& Ask(const std::string& agency, const std::string& role, const std::string& path,
               const google::protobuf::MessageLite& request, const std::string& about = "",
               bool once = false);
  void Send(Request& request);
  void Answered(Request& request, const absl::StatusOr<std::string>& answer);
  void Learn(const Request& request);
  absl::StatusOr<std::string> LookBytes(const std::string& agency, const std::string& role,
                                        const std::string& path, std::string request);

  Request& Publish(const std::string& agency, Reported& reported);
  gateway::v1::Incident Invent(const std::string& agency, int person);
  void Grade(gateway::v1::Incident& incident);
  void NewIncident(const std::string& agency);
  void Amend(const std::string& agency);
  void Consent(const std::string& agency);
  void Withdraw(const std::string& agency);
  void LookUp(const std::string& agency);
  void Assess(const std::string& agency);
  void Acknowledge(const std::string& agency);
  void WorkOnCase(const std::string& agency);
  void RegisterStock(const std::string& agency);
  void WorkOnShare(const std::string& agency);
  void Read(const std::string& agency);
  void Erase(const std::string& agency);
  void Override(const std::string& agency);
  void Review(const std::string& agency);
  void TellAfterwards(const std::string& agency);

  World& world_;
  Partnership& partnership_;
  Book book_;
  std::map<std::string, std::unique_ptr<Desk>> desks_;
  std::map<std::string, Known> known_;
  std::map<std::string, std::unique_ptr<Subscriber>> subscribers_;
  int references_ = 0;
};

}  // namespace waymark::simulation
