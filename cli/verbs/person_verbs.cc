// waymark person: erasing a person of an agency's vault; tokens of people who work there.
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_join.h"
#include "cli/partnership/set_up.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "waymark/gateway/v1/person.pb.h"

namespace waymark::cli {
namespace {

constexpr char kService[] = "/waymark.gateway.v1.PersonService/";

std::string ProgressOf(const gateway::v1::Erasure& erasure) {
  if (erasure.has_completed_at()) return "complete " + London(erasure.completed_at());
  const std::string by = ", old copies by " + London(erasure.complete_by());
  if (erasure.has_keys_destroyed_at()) {
    return "keys destroyed " + London(erasure.keys_destroyed_at()) + by;
  }
  return "ordered, keys are being destroyed" + by;
}

void AddErase(const Verb& people, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::ErasePersonRequest request;
    int64_t party = 0;
  };
  const Verb verb = people.Sub("erase", "Erase a person for ever, here and at every partner");
  const auto options = std::make_shared<Options>();
  verb.Text("reference", options->request.mutable_source_reference(),
            "your reference of an incident that names the person");
  verb.Number("--party", &options->party, 0, 999, "the person's place in its parties, from 0 [0]");
  verb.Text("--person", options->request.mutable_person_id(),
            "in place of a reference: the gateway's id of the person");
  verb.Choice(
      "--ground", options->request.mutable_ground(),
      {"no_longer_needed", "consent_withdrawn", "objection", "unlawful", "legal_obligation"},
      "ground of Article 17(1) UK GDPR", Need::kRequired);
  verb.Footer(
      "It cannot be undone. --as names the data protection lead, for example "
      "police:p.lead:data_protection_lead");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    options->request.set_party(static_cast<uint32_t>(options->party));
    gateway::v1::ErasePersonResponse response;
    return Ask(workshop, options->connection,
               {"person erase", std::string(kService) + "ErasePerson"}, options->request, response,
               [&](std::ostream& out) {
                 out << "Erased " << response.erasure().person_id() << " as of "
                     << London(response.erasure().ordered_at()) << ": "
                     << ProgressOf(response.erasure()) << "\n";
                 if (response.copies_outstanding_size() == 0) return;
                 out << "Still to confirm that they removed their copies: "
                     << absl::StrJoin(response.copies_outstanding(), ", ") << "\n";
               });
  });
}

void AddErasures(const Verb& people, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::ListErasuresRequest request;
  };
  const Verb verb = people.Sub("erasures", "What was erased, and how far each erasure is");
  const auto options = std::make_shared<Options>();
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::ListErasuresResponse response;
    return Ask(
        workshop, options->connection, {"person erasures", std::string(kService) + "ListErasures"},
        options->request, response, [&](std::ostream& out) {
          Table table({"ORDERED", "PERSON", "GROUND", "STATE"});
          for (const gateway::v1::Erasure& one : response.erasures()) {
            table.Add({London(one.ordered_at()), one.person_id(), one.ground(), ProgressOf(one)});
          }
          table.Print(out);
        });
  });
}

void AddToken(const Verb& people, Workshop& workshop) {
  struct Person {
    ConnectionOptions connection;
    std::string role;
    int64_t minutes = 10;
  };
  const Verb verb = people.Sub(
      "token", "Print a short-lived token of somebody who works there; for other clients");
  const auto person = std::make_shared<Person>();
  verb.Text("--as", &person->connection.as, "AGENCY:PERSON", Need::kRequired);
  verb.Text("--role", &person->role, "role [officer]");
  verb.Number("--minutes", &person->minutes, 1, 720, "how long it holds [10]");
  AddDataOptions(verb, workshop, &person->connection);
  verb.Does([&workshop, person] {
    const bool json = person->connection.json;
    const absl::StatusOr<Identity> identity = ParseIdentity(person->connection.as);
    if (!identity.ok() || identity->person.empty()) {
      return SayUsage(workshop, json, "person token", "--as: wanted AGENCY:PERSON");
    }
    const std::string role = person->role.empty() ? identity->role : person->role;
    const absl::StatusOr<std::string> token =
        MakePersonToken(person->connection.data,
                        {identity->agency, identity->person, role, absl::Minutes(person->minutes)},
                        workshop.clock.Now(), workshop.random);
    if (!token.ok()) {
      SayStatus(workshop.terminal, json, "person token", token.status());
      return static_cast<int>(kExitUsage);
    }
    workshop.terminal.out << (json ? nlohmann::json({{"token", *token}}).dump() : *token) << "\n";
    return static_cast<int>(kExitOk);
  });
}

}  // namespace

void AddPerson(Verb root, Workshop& workshop) {
  const Verb people = root.Sub("person", "Erase a person; tokens of people of an agency");
  AddErase(people, workshop);
  AddErasures(people, workshop);
  AddToken(people, workshop);
}

}  // namespace waymark::cli
