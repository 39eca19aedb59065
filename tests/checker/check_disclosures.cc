#include <algorithm>
#include <set>

#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "waymark/casemgr/v1/inbox.pb.h"
#include "waymark/gateway/v1/alert_kept.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"

namespace checker {
namespace {

constexpr int kInvariant = 6;
constexpr int64_t kLease = 60'000'000;  // microseconds: how long a withdrawal may take to arrive

// What an origin has put on record about one share, so far.
struct Standing {
  std::string recipient, effect, consent;
  bool decided = false;
};

// A consent as its home's log has it.
struct Consent {
  std::string home;
  int64_t ended = 0;  // microseconds since 1970; 0 while it stands
};
using Consents = std::map<std::string, Consent>;

Consents ReadConsents(const World& world) {
  Consents consents;
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    for (const Leaf& leaf : LeavesOf(store)) {
      if (!leaf.open || leaf.entry.about().empty()) continue;
      Consent& consent = consents[leaf.entry.about(0)];
      if (leaf.entry.what() == "consent_recorded") consent.home = name;
      if (leaf.entry.what() == "consent_withdrawn" || leaf.entry.what() == "consent_expired") {
        consent.ended = leaf.At();
      }
    }
  }
  return consents;
}

// Walks one origin's log in the order in which it became true.
class Origin {
 public:
  Origin(const Store& store, const Consents& consents, Report& report)
      : store_(store), consents_(consents), report_(report) {}

  void Take(const Leaf& leaf) {
    const std::string& what = leaf.entry.what();
    const std::string about = leaf.entry.about().empty() ? "" : leaf.entry.about(0);
    if (what == "consent_recorded") standing_consents_.insert(about);
    if (what == "consent_withdrawn" || what == "consent_expired") standing_consents_.erase(about);
    if (what == "share_decided") {
      shares_[about] = {leaf.Fact("recipient"), leaf.Fact("effect"), leaf.Fact("consent"), true};
    }
    if (what == "share_fetched") CheckHandOver(leaf, about);
  }

 private:
  void CheckHandOver(const Leaf& leaf, const std::string& share_id) {
    report_.Count("hand-overs");
    const std::string subject = store_.name + " share " + share_id;
    const Standing& share = shares_[share_id];
    if (!share.decided || share.effect != "permit") {
      report_.Add(kInvariant, "disclosed_without_permit", subject,
                  "leaf " + std::to_string(leaf.index) + " hands it over; decided before: " +
                      (share.decided ? share.effect : "nothing"));
    }
    if (share.decided && share.recipient != leaf.Fact("recipient")) {
      report_.Add(kInvariant, "disclosed_to_another", subject,
                  "decided for " + share.recipient + ", handed to " + leaf.Fact("recipient"));
    }
    if (leaf.Fact("lawful_gateway").empty()) {
      report_.Add(kInvariant, "disclosed_without_law", subject,
                  "leaf " + std::to_string(leaf.index) + " names no lawful gateway");
    }
    CheckConsent(leaf, leaf.Fact("consent"), subject);
    if (leaf.entry.purpose().empty() || leaf.Fact("reader").empty()) {
      report_.Add(kInvariant, "disclosed_to_nobody", subject,
                  "leaf " + std::to_string(leaf.index) + " names no reader or no purpose");
    }
  }

  // This gateway's own refuses from the batch of its withdrawal on; another's for as long as a
  // lease of its home lasts.
  void CheckConsent(const Leaf& leaf, const std::string& consent, const std::string& subject) {
    if (consent.empty() || standing_consents_.count(consent) != 0) return;
    const auto known = consents_.find(consent);
    const bool anothers = known != consents_.end() && !known->second.home.empty() &&
                          known->second.home != store_.name;
    if (anothers && (known->second.ended == 0 || leaf.At() <= known->second.ended + kLease)) return;
    report_.Add(kInvariant, "disclosed_after_withdrawal", subject,
                "leaf " + std::to_string(leaf.index) + " rests on consent " + consent +
                    ", which does not stand");
  }

  const Store& store_;
  const Consents& consents_;
  Report& report_;
  std::set<std::string> standing_consents_;
  std::map<std::string, Standing> shares_;
};

// What arrived at a subscriber against what was withdrawn: by the clients' own clocks.
void CheckTold(const Book& book, Report& report) {
  std::map<std::string, int64_t> withdrawn;
  for (const auto& [key, withdrawal] : book.withdrawn) {
    if (withdrawal.answer == Answer::kDone) withdrawn[withdrawal.consent] = withdrawal.answered;
  }
  for (const Told& told : book.told) {
    const bool personal = std::any_of(told.fields.begin(), told.fields.end(),
                                      [](const auto& name) { return name.starts_with("person."); });
    if (!personal) continue;
    report.Count("personal alerts received");
    if (told.lawful_gateway.empty()) {
      report.Add(kInvariant, "told_without_law", told.agency + " alert " + told.alert,
                 "it carries personal fields and no lawful gateway");
    }
    const auto gone = withdrawn.find(told.consent);
    if (told.consent.empty() || gone == withdrawn.end()) continue;
    if (told.received <= gone->second + kLease) continue;
    report.Add(kInvariant, "told_after_withdrawal", told.agency + " alert " + told.alert,
               "it came " + std::to_string((told.received - gone->second) / 1000) +
                   " ms after the withdrawal of consent " + told.consent + " was answered");
  }
}

// Every field of a received share was released by its origin's decision.
void CheckMasks(const World& world, Report& report) {
  namespace gw = waymark::gateway::v1;
  std::map<std::string, gw::StoredShare> decided;
  for (const auto& [name, store] : world.stores) {
    for (gw::StoredShare& share : All<gw::StoredShare>(store, "gateway.disclosure.shares")) {
      const std::string id = share.share_id();
      decided[id] = std::move(share);
    }
  }
  for (const auto& [name, store] : world.stores) {
    for (const auto& got : All<gw::StoredReceivedShare>(store, "gateway.disclosure.received")) {
      report.Count("shares received");
      const std::string subject = name + " share " + got.share_id();
      const auto origin = decided.find(got.share_id());
      if (origin == decided.end()) {
        report.Add(kInvariant, "disclosed_without_permit", subject,
                   "its origin " + got.origin() + " knows nothing of it");
        continue;
      }
      if (origin->second.recipient() != name) {
        report.Add(kInvariant, "disclosed_to_another", subject,
                   "it was decided for " + origin->second.recipient());
      }
      const auto& released = origin->second.decision().released();
      if (got.state() == "withdrawn" || origin->second.state() == "withdrawn") continue;
      for (const std::string& field : got.notice().fields()) {
        if (std::find(released.begin(), released.end(), field) != released.end()) continue;
        report.Add(kInvariant, "field_not_released", subject, field);
      }
    }
  }
}

}  // namespace

void CheckDisclosures(const World& world, const Book& book, Report& report) {
  const Consents consents = ReadConsents(world);
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    Origin origin(store, consents, report);
    for (const Leaf& leaf : LeavesOf(store)) {
      if (leaf.open) origin.Take(leaf);
    }
  }
  CheckMasks(world, report);
  CheckTold(book, report);
}

void CheckAlerts(const World& world, const Book& book, Report& report) {
  namespace gw = waymark::gateway::v1;
  std::set<std::string> reached;  // "agency alert"
  for (const Told& told : book.told) reached.insert(told.agency + " " + told.alert);
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    std::map<std::string, gw::StoredAlert> held;
    for (gw::StoredAlert& alert : All<gw::StoredAlert>(store, "gateway.alerts.alerts")) {
      const std::string id = alert.alert().alert_id();
      held[id] = std::move(alert);
    }
    for (const Record* record : RecordsOf(world, "waymark.member.", "." + name + ".inbox.v1",
                                          "waymark.casemgr.v1.HighRiskAlert")) {
      waymark::casemgr::v1::HighRiskAlert raised;
      if (!book.settled || !raised.ParseFromString(record->value)) continue;
      report.Count("alerts raised");
      const std::string subject = name + " alert " + raised.alert_id();
      const auto alert = held.find(raised.alert_id());
      if (alert == held.end()) {
        report.Add(4, "alert_lost", subject, record->Where() + " was not taken in");
      } else if (book.subscribed.count(name) != 0 && !alert->second.escalated() &&
                 reached.count(name + " " + raised.alert_id()) == 0) {
        report.Add(4, "alert_undelivered", subject,
                   "a subscriber was there to the end, and nobody was paged");
      }
    }
  }
}

}  // namespace checker
