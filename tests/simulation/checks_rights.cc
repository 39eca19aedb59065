// The checks about a person's rights: what an erasure leaves, what an override allows, which copies
// are still somewhere.
#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "libs/config/topics.h"
#include "services/sharing/adapters/times.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/people.h"
#include "waymark/gateway/v1/case.pb.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"
#include "waymark/gateway/v1/override.pb.h"
#include "waymark/gateway/v1/person.pb.h"
#include "waymark/gateway/v1/received.pb.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::simulation {
namespace {

using sharing::FromProto;

constexpr char kLead[] = "data_protection_lead";
// A share is shown no longer than this after its receiver asked for it, and then it is on its way.
constexpr absl::Duration kShownAtMost = absl::Seconds(61);

// Somebody whom an agency erased and never reported again.
struct Gone {
  std::string agency;
  int person = 0;
  const Request* erased = nullptr;
  std::string person_id;

  // Whether words that the agency gave tell who it was.
  bool NamedIn(const std::string& text) const {
    const gateway::v1::Identity who = PersonOf(person);
    return absl::StrContains(text, who.given_name()) || absl::StrContains(text, who.family_name());
  }
  template <class Fields>
  bool NamedInFields(const Fields& fields) const {
    return std::any_of(fields.begin(), fields.end(),
                       [this](const auto& field) { return NamedIn(field.second); });
  }
  std::string Name() const { return absl::StrCat("person ", person, " of ", agency); }
};

// The party of the incident that is this person; null when none is.
const gateway::v1::Identity* PartyIn(const gateway::v1::Incident& incident, int person) {
  const std::string telephone = PersonOf(person).telephone();
  for (const gateway::v1::Party& party : incident.parties()) {
    if (party.identity().telephone() == telephone) return &party.identity();
  }
  return nullptr;
}

std::optional<int> PersonIn(const Judge& judge, const Request& erase) {
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::PublishIncidentRequest said;
    if (request.path != kPublish || request.agency != erase.agency ||
        request.about != erase.about || !said.ParseFromString(request.bytes)) {
      continue;
    }
    for (int person = 0; person < kPeople; ++person) {
      if (said.incident().parties(0).identity().telephone() == PersonOf(person).telephone()) {
        return person;
      }
    }
  }
  return std::nullopt;
}

// Reported again: what was not answered before somebody wanted them erased may have come after it.
// Or known as somebody else too: a telephone number alone makes a person of its own.
bool MayBeKnownStill(const Judge& judge, const Request& erase, int person) {
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::PublishIncidentRequest said;
    if (request.path != kPublish || request.agency != erase.agency ||
        !said.ParseFromString(request.bytes)) {
      continue;
    }
    const gateway::v1::Identity* who = PartyIn(said.incident(), person);
    if (who == nullptr) continue;
    if (who->given_name().empty() || !request.settled() || request.answered > erase.first_asked) {
      return true;
    }
  }
  return false;
}

std::vector<Gone> WhoIsGone(const Judge& judge) {
  std::vector<Gone> gone;
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::ErasePersonResponse told;
    if (request.path != kErase || !request.ok() || !told.ParseFromString(**request.answer)) {
      continue;
    }
    const std::optional<int> person = PersonIn(judge, request);
    if (!person || MayBeKnownStill(judge, request, *person)) continue;
    gone.push_back({request.agency, *person, &request, told.erasure().person_id()});
  }
  return gone;
}

// Nothing that was handed over or sent afterwards names them.
void CheckShownSince(Judge& judge, const Gone& one) {
  const std::string origin = config::GatewaySource(one.agency);
  for (const Exchange& fetch : judge.clients.book().fetches) {
    gateway::v1::FetchShareResponse told;
    gateway::v1::ShareContent content;
    if (fetch.to != origin || fetch.arrived <= one.erased->answered ||
        !told.ParseFromString(*fetch.answer) || !content.ParseFromString(told.content())) {
      continue;
    }
    if (one.NamedInFields(content.fields())) {
      judge.Say(one.Name(), " was erased at line ", one.erased->answered, " and handed to ",
                fetch.from, " at line ", fetch.arrived);
    }
  }
  const std::string log = absl::StrCat(kTrustDomain, "/audit/", one.agency, "\n");
  for (const Received& received : judge.clients.book().received) {
    if (received.at <= one.erased->answered_at + kShownAtMost) continue;
    for (const auto& share : received.message.alert().proof().origins()) {
      if (!absl::StartsWith(share.log().checkpoint(), log)) continue;
      const auto& fields = share.fields();
      if (std::any_of(fields.begin(), fields.end(),
                      [&](const auto& field) { return one.NamedIn(field.value()); })) {
        judge.Say(one.Name(), " was erased at line ", one.erased->answered, " and shown to ",
                  received.agency, " at line ", received.line);
      }
    }
  }
}

// A share that named them before they were erased.
bool Named(const Judge& judge, const Gone& one, const std::string& share_id) {
  for (const Exchange& fetch : judge.clients.book().fetches) {
    gateway::v1::FetchShareResponse told;
    gateway::v1::ShareContent content;
    if (fetch.to == config::GatewaySource(one.agency) && told.ParseFromString(*fetch.answer) &&
        content.ParseFromString(told.content()) && content.share_id() == share_id &&
        one.NamedInFields(content.fields())) {
      return true;
    }
  }
  return false;
}

// What named them is a tombstone at the others, and whatever still stands there says nothing of
// them, opened now.
void CheckAtOthers(Judge& judge, const std::vector<Gone>& gone) {
  for (const std::string& agency : judge.partnership.agencies()) {
    const auto listed = judge.clients.Look<gateway::v1::ListReceivedSharesResponse>(
        agency, kListReceived, gateway::v1::ListReceivedSharesRequest());
    if (!listed.ok()) return judge.Say(agency, " cannot list: ", listed.status().ToString());
    for (const gateway::v1::ReceivedShareStatus& share : listed->shares()) {
      const bool concerned = std::any_of(
          gone.begin(), gone.end(), [&](const Gone& one) { return one.agency == share.origin(); });
      const bool stands = share.state() == "notified" || share.state() == "pushed";
      if (!concerned || !stands) continue;
      for (const Gone& one : gone) {
        if (one.agency == share.origin() && Named(judge, one, share.share_id())) {
          judge.Say(one.Name(), " was erased and share ", share.share_id(), " stands at ", agency);
        }
      }
      gateway::v1::ReadShareRequest read;
      read.set_share_id(share.share_id());
      read.set_purpose("prevent_asb");
      const auto shown =
          judge.clients.Look<gateway::v1::ReadShareResponse>(agency, kReadShare, read, "officer");
      for (const Gone& one : gone) {
        if (!shown.ok() || one.agency != share.origin()) continue;
        if (one.NamedInFields(shown->fields())) {
          judge.Say(one.Name(), " was erased and share ", share.share_id(), " shows them to ",
                    agency);
        }
      }
    }
  }
}

// At the agency itself nobody of that name is known any more.
void CheckAtHome(Judge& judge, const Gone& one) {
  gateway::v1::LookUpRequest look;
  *look.mutable_identity() = PersonOf(one.person, 2);
  look.set_purpose("prevent_asb");
  look.set_reason(CanaryWords("is anything left"));
  const auto known = judge.clients.Look<gateway::v1::LookUpResponse>(one.agency, kLookUp, look);
  if (!known.ok()) return judge.Say(one.agency, ": ", known.status().ToString());
  if (known->incidents_size() > 0) {
    judge.Say(one.Name(), " was erased and a look-up still finds ", known->incidents_size(),
              " incidents");
  }
  gateway::v1::MakeStatementRequest statement;
  statement.set_source_reference(one.erased->about);
  statement.set_party(1);
  const auto made = judge.clients.Look<gateway::v1::MakeStatementResponse>(one.agency, kStatement,
                                                                           statement, kLead);
  if (made.ok() && one.NamedIn(made->text())) {
    judge.Say(one.Name(), " was erased and a statement names them");
  }
}

void CheckErasuresListed(Judge& judge, const std::string& agency) {
  const auto listed = judge.clients.Look<gateway::v1::ListErasuresResponse>(
      agency, kListErasures, gateway::v1::ListErasuresRequest(), kLead);
  if (!listed.ok()) return judge.Say(agency, " cannot list: ", listed.status().ToString());
  std::set<std::string> ids;
  for (const gateway::v1::Erasure& one : listed->erasures()) {
    ids.insert(one.person_id());
    if (one.has_keys_destroyed_at() && one.has_completed_at()) continue;
    judge.Say("the erasure of ", one.person_id(), " at ", agency, " is never completed");
  }
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::ErasePersonResponse told;
    if (request.path != kErase || request.agency != agency || !request.ok()) continue;
    if (!told.ParseFromString(**request.answer) || ids.count(told.erasure().person_id()) == 0) {
      judge.Say("request ", request.number, " erased somebody, and ", agency, " does not say so");
    }
  }
}

void CheckKeyFile(Judge& judge, Node& node, size_t erasures) {
  if (node.slots() == nullptr) return;
  const std::vector<uint64_t> erased = node.slots()->ErasedSlots();
  if (erased.size() < erasures) {
    judge.Say(node.name(), " has destroyed ", erased.size(), " keys for ", erasures, " erasures");
  }
  for (const uint64_t slot : erased) {
    if (!node.slots()->OldCopiesOpen(slot)) continue;
    judge.Say(node.name(), " has erased key ", slot, " and an old copy still opens it");
  }
}

// An override as its client knows it.
struct Decided {
  const Request* asked = nullptr;
  gateway::v1::RecordOverrideRequest said;
  gateway::v1::RecordOverrideResponse told;
  const Request* reversed = nullptr;
};

std::map<std::string, Decided> Overrides(const Judge& judge) {
  std::map<std::string, Decided> all;
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::RecordOverrideResponse told;
    if (request.path == kOverride && request.ok() && told.ParseFromString(**request.answer)) {
      Decided& one = all[told.override_id()];
      one.asked = &request;
      one.told = told;
      one.said.ParseFromString(request.bytes);
    }
    gateway::v1::ReviewOverrideRequest review;
    if (request.path == kReview && request.ok() && review.ParseFromString(request.bytes) &&
        review.verdict() == gateway::v1::ReviewOverrideRequest::VERDICT_REVERSED) {
      all[review.override_id()].reversed = &request;
    }
  }
  return all;
}

void CheckListed(Judge& judge, const std::string& agency, const gateway::v1::Override& one,
                 const Decided& decided, const std::vector<gateway::v1::Reminder>& reminders) {
  const std::string what = absl::StrCat("override ", one.override_id(), " of ", agency);
  const bool reversed = one.state() == gateway::v1::Override::STATE_REVERSED;
  if (reversed != (decided.reversed != nullptr)) {
    judge.Say(what, reversed ? " is" : " is not", " reversed, and clients know otherwise");
  }
  const absl::Time due = FromProto(one.review_due_at());
  int late = 0;
  for (const gateway::v1::Reminder& reminder : reminders) {
    if (reminder.obligation_id() != one.override_id()) continue;
    const bool told_late = absl::StartsWith(reminder.kind(), "breach_told");
    late += told_late ? 1 : 0;
    if (told_late && FromProto(reminder.at()) <= due) {
      judge.Say(what, " was said to be reviewed too late before its review was due");
    }
    if (reminder.kind() == "due_soon" && FromProto(reminder.at()) > due) {
      judge.Say(what, " was said to be due soon when it was late");
    }
  }
  const bool in_time = one.has_reviewed_at() && one.late_seconds() == 0;
  const bool long_due = due + absl::Hours(1) < judge.world.clock.Now();
  if (in_time && late > 0)
    judge.Say(what, " was reviewed in time, and somebody was told it is late");
  if (long_due && !one.has_reviewed_at() && (late == 0 || !one.review_overdue())) {
    judge.Say(what, " is not reviewed, and nobody was told");
  }
}

void CheckOverridesOf(Judge& judge, const std::string& agency,
                      const std::map<std::string, Decided>& decided) {
  const auto listed = judge.clients.Look<gateway::v1::ListOverridesResponse>(
      agency, kListOverrides, gateway::v1::ListOverridesRequest(), kLead);
  gateway::v1::ListRemindersRequest all;
  all.set_count_max(1000);
  const auto reminders =
      judge.clients.Look<gateway::v1::ListRemindersResponse>(agency, kListReminders, all);
  if (!listed.ok() || !reminders.ok()) return judge.Say(agency, " cannot list overrides");
  std::set<std::string> ids;
  for (const gateway::v1::Override& one : listed->overrides()) {
    ids.insert(one.override_id());
    const auto known = decided.find(one.override_id());
    if (known == decided.end()) {
      judge.Say("override ", one.override_id(), " of ", agency, " was asked for by nobody");
      continue;
    }
    CheckListed(judge, agency, one, known->second,
                {reminders->reminders().begin(), reminders->reminders().end()});
  }
  for (const auto& [id, one] : decided) {
    if (one.asked != nullptr && one.asked->agency == agency && ids.count(id) == 0) {
      judge.Say("override ", id, " was recorded at ", agency, " and is on no list");
    }
  }
}

// A copy that its holder said was gone, and that nobody read again since.
void CheckRemoved(Judge& judge, const Request& confirmed) {
  for (const Request& request : judge.clients.book().requests) {
    if (request.path == kReadShare && request.agency == confirmed.agency &&
        request.about == confirmed.about &&
        (!request.settled() || request.answered > confirmed.first_asked)) {
      return;
    }
  }
  gateway::v1::ListCopiesRequest all;
  all.set_all(true);
  const auto listed =
      judge.clients.Look<gateway::v1::ListCopiesResponse>(confirmed.agency, kListCopies, all);
  if (!listed.ok()) return judge.Say(confirmed.agency, " cannot list copies");
  for (const gateway::v1::CopyStatus& copy : listed->taken()) {
    if (copy.share_id() != confirmed.about || copy.copy().has_removed_at() ||
        !absl::StartsWith(copy.copy().holder(), "person/")) {
      continue;
    }
    judge.Say("request ", confirmed.number, " removed the copy of share ", confirmed.about, " at ",
              confirmed.agency, ", and it is still listed");
  }
}

}  // namespace

bool WasErased(const Judge& judge, const Request& published) {
  gateway::v1::PublishIncidentRequest said;
  if (!said.ParseFromString(published.bytes)) return false;
  for (const Request& request : judge.clients.book().requests) {
    if (request.path != kErase || request.agency != published.agency || !request.ok()) continue;
    const std::optional<int> person = PersonIn(judge, request);
    if (person && PartyIn(said.incident(), *person) != nullptr) return true;
  }
  return false;
}

void CheckErasures(Judge& judge) {
  const std::vector<Gone> gone = WhoIsGone(judge);
  for (const Gone& one : gone) CheckShownSince(judge, one);
  for (const Gone& one : gone) CheckAtHome(judge, one);
  CheckAtOthers(judge, gone);
  std::map<std::string, std::set<std::string>> erased;
  for (const Request& request : judge.clients.book().requests) {
    gateway::v1::ErasePersonResponse told;
    if (request.path == kErase && request.ok() && told.ParseFromString(**request.answer)) {
      erased[request.agency].insert(told.erasure().person_id());
    }
  }
  size_t all = 0;
  for (const std::string& agency : judge.partnership.agencies()) {
    CheckErasuresListed(judge, agency);
    CheckKeyFile(judge, judge.partnership.gateway(agency), erased[agency].size());
    all += erased[agency].size();
  }
  CheckKeyFile(judge, judge.partnership.core("intake"), all);
}

void CheckOverridden(Judge& judge, const Exchange& fetch,
                     const gateway::v1::ShareContent& content) {
  const std::string& id = content.basis().override_id();
  if (id.empty()) return;
  const std::string what =
      absl::StrCat("share ", content.share_id(), " of ", fetch.to, " at line ", fetch.arrived);
  const std::map<std::string, Decided> all = Overrides(judge);
  const auto at = all.find(id);
  if (at == all.end() || at->second.asked == nullptr ||
      config::GatewaySource(at->second.asked->agency) != fetch.to) {
    return judge.Say(what, " rests on override ", id, " that nobody decided");
  }
  const Decided& decided = at->second;
  const auto has = [](const auto& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  if (decided.reversed != nullptr && decided.reversed->answered < fetch.arrived) {
    judge.Say(what, " rests on an override whose reversal was answered at line ",
              decided.reversed->answered);
  }
  if (FromProto(content.expires_at()) > FromProto(decided.said.expires_at())) {
    judge.Say(what, " outlives the override it rests on");
  }
  if (!has(decided.said.recipients(), content.recipient()) ||
      !has(decided.said.purposes(), content.basis().purpose())) {
    judge.Say(what, " goes beyond the override: ", content.recipient(), " for ",
              content.basis().purpose());
  }
  for (const auto& [field, value] : content.fields()) {
    if (!has(decided.said.fields(), field))
      judge.Say(what, " holds ", field, " beyond the override");
  }
}

void CheckOverrides(Judge& judge) {
  const std::map<std::string, Decided> decided = Overrides(judge);
  for (const std::string& agency : judge.partnership.agencies()) {
    CheckOverridesOf(judge, agency, decided);
  }
  for (const Request& request : judge.clients.book().requests) {
    if (request.path == kReview && request.ok() && absl::EndsWith(request.role, ":p-1")) {
      judge.Say("request ", request.number, ": somebody reviewed their own override");
    }
    if (request.path == kConfirmRemoval && request.ok()) CheckRemoved(judge, request);
  }
  for (const Received& received : judge.clients.book().received) {
    const auto at = decided.find(received.message.alert().basis().override_id());
    if (at == decided.end() || at->second.reversed == nullptr) continue;
    if (received.at <= at->second.reversed->answered_at + kShownAtMost) continue;
    judge.Say("an alert at line ", received.line, " shows ", received.agency,
              " what rests on an override that was reversed at line ",
              at->second.reversed->answered);
  }
}

}  // namespace waymark::simulation
