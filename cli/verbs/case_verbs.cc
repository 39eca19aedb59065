// waymark profile, conference, case and clock: work on a case by a named person.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::Clock;

constexpr char kService[] = "/waymark.gateway.v1.CaseService/";

// A request with what every one of these verbs has beside it.
template <class Request, class Response>
struct Asking {
  ConnectionOptions connection;
  Request request;
  Response response;
  std::string when;
  std::vector<std::string> first, second, third;
  int64_t number = 0;

  int Go(Workshop& workshop, const std::string& doing, const std::string& method,
         const std::function<void(const Response&, std::ostream&)>& print) {
    return Ask(workshop, connection, {doing, kService + method}, request, response,
               [&](std::ostream& out) { print(response, out); });
  }
};

void Take(const std::vector<std::string>& from,
          google::protobuf::RepeatedPtrField<std::string>* to) {
  to->Assign(from.begin(), from.end());
}

std::string StateOf(const Clock& clock) {
  std::string state = LowerWord(Clock::State_Name(clock.state()), "STATE_");
  for (char& c : state) c = c == '_' ? ' ' : c;
  if (clock.late_seconds() > 0) {
    absl::StrAppend(&state, ", ", Plain(absl::Seconds(clock.late_seconds())), " late");
  }
  return state;
}

void PrintClocks(const google::protobuf::RepeatedPtrField<Clock>& clocks, std::ostream& out) {
  Table table({"DUE", "CLOCK", "OWNER", "STATE", "CASE"});
  for (const Clock& clock : clocks) {
    const std::string from =
        clock.handed_from().empty() ? "" : " (for " + clock.handed_from() + ")";
    table.Add({London(clock.due_at()), clock.clock(), clock.owner() + from, StateOf(clock),
               clock.case_id()});
  }
  table.Print(out);
}

void PrintDischarged(const Clock& clock, std::ostream& out) {
  if (clock.obligation_id().empty()) return;
  out << "Stopped the clock " << clock.clock() << " of " << clock.owner() << ", due "
      << London(clock.due_at())
      << (clock.late_seconds() > 0 ? ", " + Plain(absl::Seconds(clock.late_seconds())) + " late"
                                   : std::string(", in time"))
      << "\n";
}

std::string BandOf(const gateway::v1::ShowCaseResponse& one) {
  const std::string by =
      one.band_by_size() > 0 ? " by " + absl::StrJoin(one.band_by(), ", ") : std::string();
  return Word(common::v1::Band_Name(one.band()), "BAND_") + by;
}

void PrintCase(const gateway::v1::ShowCaseResponse& one, std::ostream& out) {
  out << "Case " << one.case_id() << ": " << one.state() << ", " << BandOf(one) << ", led by "
      << one.lead_agency() << ", " << one.incidents() << " incident(s)\n"
      << "Profile: " << one.profile() << "\nConference: " << London(one.conference_for());
  if (one.invited_size() > 0) out << ", invited " << absl::StrJoin(one.invited(), ", ");
  out << "\nWith an interest: " << absl::StrJoin(one.interested(), ", ") << "\n";
  PrintClocks(one.clocks(), out);
  Table history({"WHEN", "WHAT", "BY", "DETAIL"});
  for (const auto& event : one.history()) {
    history.Add({London(event.at()), event.what(), event.by(), event.detail()});
  }
  history.Print(out);
}

void AddProfile(const Verb& root, Workshop& workshop) {
  using gateway::v1::CreateProfileRequest;
  using gateway::v1::CreateProfileResponse;
  const Verb verb = root.Sub("profile", "The victim's profile")
                        .Sub("create", "Enter it; stops the 24-hour clock");
  const auto asking = std::make_shared<Asking<CreateProfileRequest, CreateProfileResponse>>();
  verb.Text("case", asking->request.mutable_case_id(), "case id", Need::kRequired);
  verb.Texts("--risk", &asking->first, "a risk, as a coded word; may be repeated");
  verb.Texts("--support", &asking->second, "support in place; may be repeated");
  verb.Number("--update-every", &asking->number, 0, 365, "days between updates to the victim");
  verb.Texts("--contact", &asking->third,
             "telephone, text, email, letter or in_person; may be repeated");
  AddConnectionOptions(verb, workshop, &asking->connection);
  verb.Does([&workshop, asking] {
    Take(asking->first, asking->request.mutable_risks());
    Take(asking->second, asking->request.mutable_support());
    Take(asking->third, asking->request.mutable_contact_preferences());
    asking->request.set_update_interval_days(static_cast<uint32_t>(asking->number));
    return asking->Go(
        workshop, "profile create", "CreateProfile",
        [](const CreateProfileResponse& created, std::ostream& out) {
          out << "Profile created " << London(created.created_at()) << "\n";
          PrintDischarged(created.discharged(), out);
          if (created.identity_entered()) {
            out << "Partners may be shown who the victim is.\n";
          } else {
            out << "Without the victim's identity: " << created.identity_withheld_because() << "\n";
          }
        });
  });
}

void AddCall(const Verb& conference, Workshop& workshop) {
  using gateway::v1::CallConferenceRequest;
  using gateway::v1::CallConferenceResponse;
  const Verb verb = conference.Sub("call", "Set the date and invite");
  const auto asking = std::make_shared<Asking<CallConferenceRequest, CallConferenceResponse>>();
  verb.Text("case", asking->request.mutable_case_id(), "case id", Need::kRequired);
  verb.Text("--for", &asking->when, "when: 2026-03-06T14:00:00Z or \"2026-03-06 14:00\" in London",
            Need::kRequired);
  verb.Texts("--invite", &asking->first, "agency; may be repeated; without: all with an interest");
  AddConnectionOptions(verb, workshop, &asking->connection);
  verb.Does([&workshop, asking] {
    Take(asking->first, asking->request.mutable_invited());
    const std::string wrong =
        SetWhen("--for", asking->when, asking->request.mutable_scheduled_for());
    if (!wrong.empty()) {
      return SayUsage(workshop, asking->connection.json, "conference call", wrong);
    }
    return asking->Go(workshop, "conference call", "CallConference",
                      [](const CallConferenceResponse& called, std::ostream& out) {
                        out << "Conference called for " << London(called.scheduled_for())
                            << "; invited: " << absl::StrJoin(called.invited(), ", ") << "\n";
                        PrintDischarged(called.discharged(), out);
                      });
  });
}

void AddHold(const Verb& conference, Workshop& workshop) {
  using gateway::v1::HoldConferenceRequest;
  using gateway::v1::HoldConferenceResponse;
  const Verb verb = conference.Sub("hold", "Record that it was held; stops the 72-hour clock");
  const auto asking = std::make_shared<Asking<HoldConferenceRequest, HoldConferenceResponse>>();
  verb.Text("case", asking->request.mutable_case_id(), "case id", Need::kRequired);
  verb.Text("--at", &asking->when, "when it was held", Need::kRequired);
  verb.Texts("--attended", &asking->first, "agency that came; may be repeated", Need::kRequired);
  verb.Text("--chair", asking->request.mutable_chair_role(), "role that chaired", Need::kRequired);
  AddConnectionOptions(verb, workshop, &asking->connection);
  verb.Does([&workshop, asking] {
    Take(asking->first, asking->request.mutable_attended());
    const std::string wrong = SetWhen("--at", asking->when, asking->request.mutable_held_at());
    if (!wrong.empty()) {
      return SayUsage(workshop, asking->connection.json, "conference hold", wrong);
    }
    return asking->Go(workshop, "conference hold", "HoldConference",
                      [](const HoldConferenceResponse& held, std::ostream& out) {
                        out << "Recorded.\n";
                        PrintDischarged(held.discharged(), out);
                        if (held.absent_size() > 0) {
                          out << "Absent: " << absl::StrJoin(held.absent(), ", ") << "\n";
                        }
                      });
  });
}

void AddShowAndList(const Verb& cases, Workshop& workshop) {
  using gateway::v1::ListCasesRequest;
  using gateway::v1::ListCasesResponse;
  using gateway::v1::ShowCaseRequest;
  using gateway::v1::ShowCaseResponse;
  const Verb show = cases.Sub("show", "One case on one screen; reading it is logged");
  const auto showing = std::make_shared<Asking<ShowCaseRequest, ShowCaseResponse>>();
  show.Text("case", showing->request.mutable_case_id(), "case id", Need::kRequired);
  show.Text("--reason", showing->request.mutable_reason(), "why you read it; kept in the audit log",
            Need::kRequired);
  AddConnectionOptions(show, workshop, &showing->connection);
  show.Does(
      [&workshop, showing] { return showing->Go(workshop, "case show", "ShowCase", PrintCase); });

  const Verb list = cases.Sub("list", "Cases your agency has a part in");
  const auto listing = std::make_shared<Asking<ListCasesRequest, ListCasesResponse>>();
  AddConnectionOptions(list, workshop, &listing->connection);
  list.Does([&workshop, listing] {
    return listing->Go(
        workshop, "case list", "ListCases", [](const ListCasesResponse& found, std::ostream& out) {
          Table table({"CASE", "STATE", "BAND", "LEAD", "PROFILE", "CONFERENCE", "INCIDENTS"});
          for (const auto& one : found.cases()) {
            table.Add({one.case_id(), one.state(), BandOf(one), one.lead_agency(), one.profile(),
                       London(one.conference_for()), absl::StrCat(one.incidents())});
          }
          table.Print(out);
          if (table.empty()) out << "No cases.\n";
        });
  });
}

void AddClose(const Verb& cases, Workshop& workshop) {
  using gateway::v1::CloseCaseRequest;
  using gateway::v1::CloseCaseResponse;
  const Verb verb = cases.Sub("close", "Close it, or learn every condition that is not met");
  const auto asking = std::make_shared<Asking<CloseCaseRequest, CloseCaseResponse>>();
  verb.Text("case", asking->request.mutable_case_id(), "case id", Need::kRequired);
  verb.Text("--reason", asking->request.mutable_reason(), "why it can be closed", Need::kRequired);
  verb.Text("--victim-told-at", &asking->when, "when the victim was told");
  verb.Text("--supervisor", asking->request.mutable_supervisor(), "who supervises; not yourself");
  AddConnectionOptions(verb, workshop, &asking->connection);
  verb.Does([&workshop, asking] {
    const std::string wrong =
        SetWhen("--victim-told-at", asking->when, asking->request.mutable_victim_told_at());
    if (!wrong.empty()) return SayUsage(workshop, asking->connection.json, "case close", wrong);
    if (asking->when.empty()) asking->request.clear_victim_told_at();
    return asking->Go(workshop, "case close", "CloseCase",
                      [](const CloseCaseResponse& closed, std::ostream& out) {
                        out << "Closed " << London(closed.closed_at()) << "\n";
                      });
  });
}

void AddClock(const Verb& root, Workshop& workshop) {
  using gateway::v1::ListClocksRequest;
  using gateway::v1::ListClocksResponse;
  const Verb verb = root.Sub("clock", "Promises with a due time")
                        .Sub("list", "Every clock your agency can see, the most urgent first");
  const auto asking = std::make_shared<Asking<ListClocksRequest, ListClocksResponse>>();
  const auto ended = std::make_shared<bool>(false);
  verb.Flag("--ended", ended.get(), "ended ones too");
  AddConnectionOptions(verb, workshop, &asking->connection);
  verb.Does([&workshop, asking, ended] {
    asking->request.set_ended(*ended);
    return asking->Go(workshop, "clock list", "ListClocks",
                      [](const ListClocksResponse& found, std::ostream& out) {
                        PrintClocks(found.clocks(), out);
                        if (found.clocks().empty()) out << "No clocks.\n";
                      });
  });
}

}  // namespace

void AddCases(Verb root, Workshop& workshop) {
  AddProfile(root, workshop);
  const Verb conference = root.Sub("conference", "The joint conference on a case");
  AddCall(conference, workshop);
  AddHold(conference, workshop);
  const Verb cases = root.Sub("case", "Cases");
  AddShowAndList(cases, workshop);
  AddClose(cases, workshop);
  AddClock(root, workshop);
}

}  // namespace waymark::cli
