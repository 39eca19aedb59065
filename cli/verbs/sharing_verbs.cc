// waymark consent and share: what a person agreed to, and what may therefore be shared.
#include <fstream>
#include <ostream>

#include "absl/strings/str_join.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/verbs.h"
#include "libs/base/bytes.h"
#include "libs/crypto/hash.h"
#include "waymark/gateway/v1/consent.pb.h"
#include "waymark/gateway/v1/share.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::ShareDecision;

void Take(const std::vector<std::string>& from,
          google::protobuf::RepeatedPtrField<std::string>* to) {
  to->Assign(from.begin(), from.end());
}

struct Consent {
  ConnectionOptions connection;
  gateway::v1::RecordConsentRequest request;
  std::vector<std::string> agencies, categories, purposes, sources;
  std::string scan, given_at, expires_at;
};

// Hexadecimal; "" when the file cannot be read.
std::string DigestOfFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  crypto::Sha256Hasher hasher;
  std::string piece(1 << 16, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    hasher.Update({piece.data(), static_cast<size_t>(in.gcount())});
  }
  return in.eof() ? ToHex(hasher.Finish()) : "";
}

int Record(Workshop& workshop, Consent& consent) {
  const auto usage = [&](const std::string& message) {
    return SayUsage(workshop, consent.connection.json, "consent record", message);
  };
  Take(consent.agencies, consent.request.mutable_scope()->mutable_agencies());
  Take(consent.categories, consent.request.mutable_scope()->mutable_categories());
  Take(consent.purposes, consent.request.mutable_scope()->mutable_purposes());
  Take(consent.sources, consent.request.mutable_scope()->mutable_sources());
  if (!consent.scan.empty()) {
    const std::string digest = DigestOfFile(consent.scan);
    if (digest.empty()) return usage("--scan: " + consent.scan + " cannot be read");
    consent.request.set_scan_sha256(digest);
  }
  if (consent.given_at.empty()) {
    *consent.request.mutable_given_at() = TimestampOf(workshop.clock.Now());
  }
  std::string wrong = SetWhen("--given-at", consent.given_at, consent.request.mutable_given_at());
  if (wrong.empty()) {
    wrong = SetWhen("--expires-at", consent.expires_at, consent.request.mutable_expires_at());
  }
  if (!wrong.empty()) return usage(wrong);
  gateway::v1::RecordConsentResponse response;
  return Ask(workshop, consent.connection,
             {"consent record", "/waymark.gateway.v1.ConsentService/RecordConsent"},
             consent.request, response, [&](std::ostream& out) {
               out << "Consent " << response.consent_id() << " recorded; "
                   << response.shares_released() << " share(s) went out because of it\n"
                   << "To withdraw it: waymark consent withdraw " << response.consent_id()
                   << " --reason \"...\" --as " << consent.connection.as << "\n";
             });
}

void AddRecord(const Verb& consents, Workshop& workshop) {
  const Verb verb = consents.Sub("record", "Record a written consent");
  const auto consent = std::make_shared<Consent>();
  verb.Text("reference", consent->request.mutable_source_reference(),
            "your reference of an incident in which the person is victim or caller",
            Need::kRequired);
  verb.Texts("--agency", &consent->agencies, "agency that may receive; may be repeated",
             Need::kRequired);
  verb.Texts("--category", &consent->categories, "data category of the agreement; may be repeated",
             Need::kRequired);
  verb.Texts("--purpose", &consent->purposes, "purpose of the agreement; may be repeated",
             Need::kRequired);
  verb.Texts("--source", &consent->sources,
             "agency whose own data the form covers too; may be repeated");
  verb.Text("--form", consent->request.mutable_form_version(), "version of the signed form",
            Need::kRequired);
  verb.Text("--scan", &consent->scan, "file with the scanned form; only its digest is sent");
  verb.Text("--scan-sha256", consent->request.mutable_scan_sha256(),
            "the digest itself, 64 digits");
  verb.Text("--given-at", &consent->given_at, "when it was given [now]");
  verb.Text("--expires-at", &consent->expires_at, "after which it no longer holds",
            Need::kRequired);
  AddConnectionOptions(verb, workshop, &consent->connection);
  verb.Does([&workshop, consent] { return Record(workshop, *consent); });
}

void AddWithdraw(const Verb& consents, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::WithdrawConsentRequest request;
  };
  const Verb verb = consents.Sub("withdraw", "Withdraw it; nothing new rests on it from then on");
  const auto options = std::make_shared<Options>();
  verb.Text("consent", options->request.mutable_consent_id(), "consent id", Need::kRequired);
  verb.Text("--reason", options->request.mutable_reason(), "as the person put it, or \"not given\"",
            Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::WithdrawConsentResponse response;
    return Ask(workshop, options->connection,
               {"consent withdraw", "/waymark.gateway.v1.ConsentService/WithdrawConsent"},
               options->request, response, [&](std::ostream& out) {
                 out << "Withdrawn " << London(response.withdrawn_at()) << "\n";
                 if (response.copies_outstanding_size() == 0) return;
                 out << "Still to confirm that they removed their copies: "
                     << absl::StrJoin(response.copies_outstanding(), ", ") << "\n";
               });
  });
}

void AddListShares(const Verb& shares, Workshop& workshop) {
  const Verb verb = shares.Sub("list", "Shares your gateway decided, newest first");
  const auto connection = std::make_shared<ConnectionOptions>();
  AddConnectionOptions(verb, workshop, connection.get());
  verb.Does([&workshop, connection] {
    gateway::v1::ListSharesRequest request;
    gateway::v1::ListSharesResponse response;
    return Ask(
        workshop, *connection, {"share list", "/waymark.gateway.v1.ShareService/ListShares"},
        request, response, [&](std::ostream& out) {
          Table table({"DECIDED", "SHARE", "TO", "EFFECT", "STATE", "BY", "CASE"});
          for (const ShareDecision& one : response.shares()) {
            table.Add({London(one.decided_at()), one.share_id(), one.recipient(), one.effect(),
                       one.state(), one.clause().empty() ? one.lawful_gateway() : one.clause(),
                       one.case_id()});
          }
          table.Print(out);
          if (table.empty()) out << "No shares.\n";
        });
  });
}

}  // namespace

void AddConsent(Verb root, Workshop& workshop) {
  const Verb consents = root.Sub("consent", "Consent of a person your agency knows");
  AddRecord(consents, workshop);
  AddWithdraw(consents, workshop);
}

void AddShares(Verb root, Workshop& workshop) {
  const Verb shares = root.Sub("share", "What may be shared, and was");
  AddStatements(shares, workshop);
  AddListShares(shares, workshop);
  AddOverrides(shares, workshop);
}

}  // namespace waymark::cli
