// waymark received and copy: what other agencies shared with yours, and the copies in anybody's own
// records.
#include <map>
#include <ostream>

#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/copy.pb.h"
#include "waymark/gateway/v1/received.pb.h"

namespace waymark::cli {
namespace {

void AddListReceived(const Verb& received, Workshop& workshop) {
  const Verb verb = received.Sub("list", "Shares your agency was told of, newest first");
  const auto connection = std::make_shared<ConnectionOptions>();
  AddConnectionOptions(verb, workshop, connection.get());
  verb.Does([&workshop, connection] {
    gateway::v1::ListReceivedSharesRequest request;
    gateway::v1::ListReceivedSharesResponse response;
    return Ask(workshop, *connection,
               {"received list", "/waymark.gateway.v1.ReceivedShareService/ListReceivedShares"},
               request, response, [&](std::ostream& out) {
                 Table table({"RECEIVED", "SHARE", "FROM", "STATE", "BY", "CASE", "BECAUSE"});
                 for (const auto& one : response.shares()) {
                   table.Add({London(one.received_at()), one.share_id(), one.origin(), one.state(),
                              one.basis().lawful_gateway(), one.case_id(), one.reason()});
                 }
                 table.Print(out);
                 if (table.empty()) out << "No shares.\n";
               });
  });
}

void PrintRead(const gateway::v1::ReadShareResponse& response, std::ostream& out) {
  Table table({"FIELD", "VALUE"});
  const std::map<std::string, std::string> fields(response.fields().begin(),
                                                  response.fields().end());
  for (const auto& [field, value] : fields) table.Add({field, value});
  table.Print(out);
  Table withheld({"WITHHELD", "BECAUSE"});
  const std::map<std::string, std::string> reasons(response.withheld().begin(),
                                                   response.withheld().end());
  for (const auto& [field, reason] : reasons) withheld.Add({field, reason});
  withheld.Print(out);
  out << "From " << response.origin() << " by " << response.basis().lawful_gateway() << ", "
      << response.basis().clause() << "\n";
  if (response.has_show_until()) {
    out << "Not to be shown after " << London(response.show_until()) << " without asking again\n";
  }
}

void AddRead(const Verb& received, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::ReadShareRequest request;
    bool save = false;
  };
  const Verb verb =
      received.Sub("read", "Open one: fetched from its origin now, in your name, on record");
  const auto options = std::make_shared<Options>();
  verb.Text("share", options->request.mutable_share_id(), "id of the share", Need::kRequired);
  verb.Text("--purpose", options->request.mutable_purpose(), "purpose from the agreement",
            Need::kRequired);
  verb.Flag("--save", &options->save,
            "you take it into your own records: listed as a copy to be removed when it falls away");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    options->request.set_save(options->save);
    gateway::v1::ReadShareResponse response;
    return Ask(workshop, options->connection,
               {"received read", "/waymark.gateway.v1.ReceivedShareService/ReadShare"},
               options->request, response, [&](std::ostream& out) { PrintRead(response, out); });
  });
}

void PrintCopies(const char* title,
                 const google::protobuf::RepeatedPtrField<gateway::v1::CopyStatus>& copies,
                 std::ostream& out) {
  if (copies.empty()) return;
  out << title << "\n";
  Table table({"AT", "HOLDER", "OF", "SHARE", "TAKEN", "SHARE IS", "COPY IS"});
  for (const auto& one : copies) {
    std::string state = one.share_state();
    if (!one.reason().empty()) state += ": " + one.reason();
    std::string copy = one.outstanding() ? "OUTSTANDING" : "there";
    if (one.copy().has_removed_at()) copy = "removed " + London(one.copy().removed_at());
    table.Add({one.held_by(), one.copy().holder(), one.origin(), one.share_id(),
               London(one.copy().taken_at()), state, copy});
  }
  table.Print(out);
}

void AddListCopies(const Verb& copies, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    bool all = false;
  };
  const Verb verb = copies.Sub("list", "Copies that have to be removed, here and elsewhere");
  const auto options = std::make_shared<Options>();
  verb.Flag("--all", &options->all, "also those of shares that stand, and the removed ones");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::ListCopiesRequest request;
    request.set_all(options->all);
    gateway::v1::ListCopiesResponse response;
    return Ask(workshop, options->connection,
               {"copy list", "/waymark.gateway.v1.CopyService/ListCopies"}, request, response,
               [&](std::ostream& out) {
                 PrintCopies("Taken by your agency:", response.taken(), out);
                 PrintCopies("Taken by others of what your agency gave:", response.given(), out);
                 if (response.taken().empty() && response.given().empty()) out << "No copies.\n";
               });
  });
}

void AddConfirmRemoved(const Verb& copies, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::ConfirmRemovalRequest request;
  };
  const Verb verb = copies.Sub("confirm-removed",
                               "Say that nothing of a share is left in your agency's own records");
  const auto options = std::make_shared<Options>();
  verb.Text("share", options->request.mutable_share_id(), "id of the share", Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::ConfirmRemovalResponse response;
    return Ask(workshop, options->connection,
               {"copy confirm-removed", "/waymark.gateway.v1.CopyService/ConfirmRemoval"},
               options->request, response, [&](std::ostream& out) {
                 out << "Confirmed " << London(response.confirmed_at()) << ": " << response.copies()
                     << " copies; the origin is told\n";
               });
  });
}

}  // namespace

void AddReceived(Verb root, Workshop& workshop) {
  const Verb received = root.Sub("received", "What other agencies shared with yours");
  AddListReceived(received, workshop);
  AddRead(received, workshop);
}

void AddCopies(Verb root, Workshop& workshop) {
  const Verb copies = root.Sub("copy", "Copies of shares in anybody's own records");
  AddListCopies(copies, workshop);
  AddConfirmRemoved(copies, workshop);
}

}  // namespace waymark::cli
