// waymark share override, overrides, show-override and review-override: sharing against or without
// consent, and the second person's review.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/override.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::ListOverridesRequest;
using gateway::v1::Override;
using gateway::v1::ReviewOverrideRequest;

constexpr char kService[] = "/waymark.gateway.v1.OverrideService/";

void Take(const std::vector<std::string>& from,
          google::protobuf::RepeatedPtrField<std::string>* to) {
  to->Assign(from.begin(), from.end());
}

std::string StateOf(const Override& one) {
  std::string state = LowerWord(Override::State_Name(one.state()), "STATE_");
  if (one.review_overdue()) absl::StrAppend(&state, ", review late");
  if (one.expired()) absl::StrAppend(&state, ", ended");
  return state;
}

std::string Late(const Override& one) {
  if (one.late_seconds() == 0) return "";
  return absl::StrCat(" (", Plain(absl::Seconds(one.late_seconds())), " late)");
}

void PrintOverride(const Override& one, std::ostream& out) {
  out << "Override " << one.override_id() << ": " << StateOf(one) << "\n"
      << "Decided " << London(one.decided_at()) << " by " << one.decided_by() << " as "
      << one.decided_by_role() << "\n"
      << "Relies on " << one.lawful_gateway() << ", " << absl::StrJoin(one.clauses(), ", ") << "\n"
      << "Tells " << absl::StrJoin(one.recipients(), ", ") << ": "
      << absl::StrJoin(one.fields(), ", ") << "\n"
      << "For " << absl::StrJoin(one.purposes(), ", ") << ", until " << London(one.expires_at())
      << "\n"
      << "Review due " << London(one.review_due_at()) << Late(one) << "\n";
  if (one.has_reviewed_at()) {
    out << "Reviewed " << London(one.reviewed_at()) << " by " << one.reviewed_by() << " as "
        << one.reviewed_by_role() << "\n";
  }
  Table shares({"SHARE", "TO", "STATE", "COPY"});
  for (const gateway::v1::OverriddenShare& share : one.shares()) {
    shares.Add({share.share_id(), share.recipient(), share.state(),
                share.copy_outstanding() ? "outstanding" : "-"});
  }
  shares.Print(out);
}

void AddOverride(const Verb& shares, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::RecordOverrideRequest request;
    std::vector<std::string> recipients, fields, purposes;
    std::string expires_at;
    int64_t party = 0;
  };
  const Verb verb =
      shares.Sub("override", "Decide to share against or without consent; a second person reviews");
  const auto options = std::make_shared<Options>();
  verb.Text("reference", options->request.mutable_source_reference(),
            "your reference of an incident in which the person is victim or caller",
            Need::kRequired);
  verb.Number("--party", &options->party, 0, 1000, "place among the incident's parties, from 1");
  verb.Texts("--to", &options->recipients, "agency that is told; may be repeated", Need::kRequired);
  verb.Texts("--field", &options->fields, "catalogue name; may be repeated; there is no \"all\"",
             Need::kRequired);
  verb.Texts("--purpose", &options->purposes, "purpose of the agreement; may be repeated",
             Need::kRequired);
  verb.Text("--lawful-gateway", options->request.mutable_lawful_gateway(),
            "relied on instead of consent: public_task, vital_interests, ...", Need::kRequired);
  verb.Text("--reason", options->request.mutable_reason(),
            "why it cannot wait for consent; kept under the person's key", Need::kRequired);
  verb.Text("--expires-at", &options->expires_at, "after which it no longer holds",
            Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    Take(options->recipients, options->request.mutable_recipients());
    Take(options->fields, options->request.mutable_fields());
    Take(options->purposes, options->request.mutable_purposes());
    options->request.set_party(static_cast<uint32_t>(options->party));
    const std::string wrong =
        SetWhen("--expires-at", options->expires_at, options->request.mutable_expires_at());
    if (!wrong.empty())
      return SayUsage(workshop, options->connection.json, "share override", wrong);
    gateway::v1::RecordOverrideResponse response;
    return Ask(workshop, options->connection,
               {"share override", absl::StrCat(kService, "RecordOverride")}, options->request,
               response, [&](std::ostream& out) {
                 out << "Override " << response.override_id() << " stands; "
                     << response.shares_released() << " share(s) went out because of it\n"
                     << "A second person must review it by " << London(response.review_due_at())
                     << ": waymark share review-override " << response.override_id()
                     << " --confirm --reason \"...\" --as AGENCY:PERSON:data_protection_lead\n";
               });
  });
}

void AddList(const Verb& shares, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    std::string which = "all";
  };
  const Verb verb =
      shares.Sub("overrides", "Decisions without consent: open ones first, the soonest due first");
  const auto options = std::make_shared<Options>();
  verb.Choice("--which", &options->which, {"all", "open", "overdue", "confirmed", "reversed"},
              "only these");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    ListOverridesRequest request;
    const std::map<std::string, ListOverridesRequest::Which> words = {
        {"open", ListOverridesRequest::WHICH_OPEN},
        {"overdue", ListOverridesRequest::WHICH_OVERDUE},
        {"confirmed", ListOverridesRequest::WHICH_CONFIRMED},
        {"reversed", ListOverridesRequest::WHICH_REVERSED}};
    const auto which = words.find(options->which);
    if (which != words.end()) request.set_which(which->second);
    gateway::v1::ListOverridesResponse response;
    return Ask(
        workshop, options->connection, {"share overrides", absl::StrCat(kService, "ListOverrides")},
        request, response, [&](std::ostream& out) {
          out << response.open() << " open, " << response.overdue() << " overdue, "
              << response.confirmed() << " confirmed, " << response.reversed() << " reversed\n";
          Table table({"DECIDED", "OVERRIDE", "BY", "TO", "RELIES ON", "STATE", "REVIEW DUE"});
          for (const Override& one : response.overrides()) {
            table.Add({London(one.decided_at()), one.override_id(),
                       absl::StrCat(one.decided_by(), " (", one.decided_by_role(), ")"),
                       absl::StrJoin(one.recipients(), ","), one.lawful_gateway(), StateOf(one),
                       London(one.review_due_at())});
          }
          table.Print(out);
        });
  });
}

void AddShow(const Verb& shares, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::ShowOverrideRequest request;
  };
  const Verb verb = shares.Sub("show-override", "One decision with its reasons; reading is logged");
  const auto options = std::make_shared<Options>();
  verb.Text("override", options->request.mutable_override_id(), "override id", Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::ShowOverrideResponse response;
    return Ask(workshop, options->connection,
               {"share show-override", absl::StrCat(kService, "ShowOverride")}, options->request,
               response, [&](std::ostream& out) {
                 PrintOverride(response.override(), out);
                 out << "Reason: "
                     << (response.reason().empty() ? "erased with the person" : response.reason())
                     << "\n";
                 if (!response.review_reason().empty()) {
                   out << "Review: " << response.review_reason() << "\n";
                 }
               });
  });
}

void AddReview(const Verb& shares, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    ReviewOverrideRequest request;
    bool confirm = false;
    bool reverse = false;
  };
  const Verb verb = shares.Sub("review-override", "Confirm or reverse somebody else's decision");
  const auto options = std::make_shared<Options>();
  verb.Text("override", options->request.mutable_override_id(), "override id", Need::kRequired);
  verb.Flag("--confirm", &options->confirm, "it was right");
  verb.Flag("--reverse", &options->reverse, "it was not: what rests on it is taken back at once");
  verb.Text("--reason", options->request.mutable_reason(), "why", Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    if (options->confirm == options->reverse) {
      return SayUsage(workshop, options->connection.json, "share review-override",
                      "wanted either --confirm or --reverse");
    }
    options->request.set_verdict(options->confirm ? ReviewOverrideRequest::VERDICT_CONFIRMED
                                                  : ReviewOverrideRequest::VERDICT_REVERSED);
    gateway::v1::ReviewOverrideResponse response;
    return Ask(workshop, options->connection,
               {"share review-override", absl::StrCat(kService, "ReviewOverride")},
               options->request, response,
               [&](std::ostream& out) { PrintOverride(response.override(), out); });
  });
}

}  // namespace

void AddOverrides(const Verb& shares, Workshop& workshop) {
  AddOverride(shares, workshop);
  AddList(shares, workshop);
  AddShow(shares, workshop);
  AddReview(shares, workshop);
}

}  // namespace waymark::cli
