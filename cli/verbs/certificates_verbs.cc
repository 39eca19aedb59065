// waymark certificates: credentials of a local partnership, for trying out.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cli/partnership/set_up.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "libs/base/rfc3339.h"

namespace waymark::cli {
namespace {

constexpr int kDaysMax = 825;

struct Options {
  ConnectionOptions connection;
  std::string partnership = "fenland", source = ShippedFolder(), agency, role, hosts = "one";
  int64_t days = 90, port = 7500;
};

int Say(Workshop& workshop, const Options& options, const std::string& doing,
        const absl::Status& status, const std::string& done) {
  if (!status.ok()) {
    SayStatus(workshop.terminal, options.connection.json, doing, status);
    return kExitUsage;
  }
  if (options.connection.json) {
    workshop.terminal.out << nlohmann::json({{"done", done}}).dump() << "\n";
  } else {
    workshop.terminal.out << done << "\n";
  }
  return kExitOk;
}

void AddMake(const Verb& certificates, Workshop& workshop) {
  const Verb verb =
      certificates.Sub("make", "Keys, certificates and signed agreements of a new partnership");
  const auto options = std::make_shared<Options>();
  AddDataOptions(verb, workshop, &options->connection);
  verb.Text("--partnership", &options->partnership, "pack to begin with [fenland]");
  verb.Number("--port", &options->port, 1024, 65000, "first port [7500]");
  verb.Choice("--hosts", &options->hosts, {"one", "named"},
              "one: all on 127.0.0.1; named: gateway-police, intake, ... as in containers [one]");
  verb.Text("--source", &options->source, "folder with packs/ and agreements/");
  verb.Does([&workshop, options] {
    SetUpOptions set_up;
    set_up.partnership = options->partnership;
    set_up.source_folder = options->source;
    set_up.first_port = static_cast<int>(options->port);
    set_up.named_hosts = options->hosts == "named";
    const std::string& data = options->connection.data;
    return Say(workshop, *options, "certificates make",
               SetUpPartnership({data}, set_up, workshop.clock.Now(), workshop.random),
               absl::StrCat("Made partnership ", options->partnership, " in ", data));
  });
}

void AddRenew(const Verb& certificates, Workshop& workshop) {
  const Verb verb = certificates.Sub("renew", "New certificates for everyone, while they run");
  const auto options = std::make_shared<Options>();
  AddDataOptions(verb, workshop, &options->connection);
  verb.Number("--days", &options->days, 1, kDaysMax, "days of validity [90]");
  verb.Does([&workshop, options] {
    return Say(workshop, *options, "certificates renew",
               RenewCertificates({options->connection.data}, static_cast<int>(options->days),
                                 workshop.clock.Now(), workshop.random),
               absl::StrCat("Renewed for ", options->days, " days"));
  });
}

void AddIssue(const Verb& certificates, Workshop& workshop) {
  const Verb verb = certificates.Sub("issue", "A certificate for one system of an agency");
  const auto options = std::make_shared<Options>();
  verb.Text("agency", &options->agency, "agency", Need::kRequired);
  verb.Text("role", &options->role, "role of the system, such as records", Need::kRequired);
  AddDataOptions(verb, workshop, &options->connection);
  verb.Number("--days", &options->days, 1, kDaysMax, "days of validity [90]");
  verb.Does([&workshop, options] {
    const Layout layout{options->connection.data};
    return Say(workshop, *options, "certificates issue",
               IssueSystem(layout, options->agency, options->role, static_cast<int>(options->days),
                           workshop.clock.Now(), workshop.random),
               absl::StrCat("Issued: ", layout.System(options->agency, options->role).Tls()));
  });
}

void AddRevoke(const Verb& certificates, Workshop& workshop) {
  const Verb verb =
      certificates.Sub("revoke", "Refuse certificates from now on; a fresh list for everyone");
  struct RevokeOptions : Options {
    std::vector<std::string> files;
  };
  const auto options = std::make_shared<RevokeOptions>();
  options->days = 30;
  verb.Words("file", &options->files, "cert.pem of what is revoked; none: only a fresh list");
  AddDataOptions(verb, workshop, &options->connection);
  verb.Number("--days", &options->days, 2, kDaysMax, "days for which the list is good [30]");
  verb.Does([&workshop, options] {
    return Say(workshop, *options, "certificates revoke",
               RevokeCertificates({options->connection.data}, options->files,
                                  static_cast<int>(options->days), workshop.clock.Now()),
               absl::StrCat("Revoked: ", options->files.size(),
                            "; everyone has a list that is good for ", options->days, " days"));
  });
}

void AddListCertificates(const Verb& certificates, Workshop& workshop) {
  const Verb verb = certificates.Sub("list", "Every certificate, the soonest to expire first");
  const auto options = std::make_shared<Options>();
  AddDataOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    const auto all = ListCertificates({options->connection.data});
    if (!all.ok()) return Say(workshop, *options, "certificates list", all.status(), "");
    auto list = nlohmann::ordered_json::array();
    Table table({"EXPIRES", "WHO", "FILE"});
    for (const CertificateStatus& one : *all) {
      list.push_back(
          {{"not_after", FormatRfc3339(one.not_after)}, {"uri", one.uri}, {"path", one.path}});
      const bool over = one.not_after <= workshop.clock.Now();
      table.Add({London(one.not_after) + (over ? " EXPIRED" : ""), one.uri, one.path});
    }
    if (options->connection.json) {
      workshop.terminal.out << nlohmann::ordered_json({{"certificates", list}}).dump() << "\n";
    } else {
      table.Print(workshop.terminal.out);
    }
    return static_cast<int>(kExitOk);
  });
}

}  // namespace

void AddCertificates(Verb root, Workshop& workshop) {
  const Verb certificates =
      root.Sub("certificates", "Certificates of a partnership on this machine");
  AddMake(certificates, workshop);
  AddRenew(certificates, workshop);
  AddListCertificates(certificates, workshop);
  AddIssue(certificates, workshop);
  AddRevoke(certificates, workshop);
}

}  // namespace waymark::cli
