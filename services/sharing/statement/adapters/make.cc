// MakeStatement.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/crypto/hash.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/rows.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/consent/adapters/consent_view.h"
#include "services/sharing/consent/adapters/person_in.h"
#include "services/sharing/disclosure/adapters/disclosure_view.h"
#include "services/sharing/override/adapters/overrides_view.h"
#include "services/sharing/statement/adapters/decisions.h"
#include "services/sharing/statement/adapters/leaves.h"
#include "services/sharing/statement/domain/rights.h"
#include "services/sharing/statement/domain/words.h"
#include "services/sharing/vault/adapters/vault_view.h"
#include "waymark/gateway/v1/statement.pb.h"

namespace waymark::sharing::statement {
namespace {

using gateway::v1::MakeStatementRequest;
using gateway::v1::MakeStatementResponse;
using gateway::v1::Override;

constexpr char kPurpose[] = "sharing_statement";

Law LawOfName(const std::string& lawful_gateway) {
  const auto gateway = agreement::ParseTerm<agreement::Gateway>(lawful_gateway);
  return gateway ? LawOf(*gateway) : Law{};
}

template <class List, class InWords>
std::vector<std::string> Worded(const List& list, InWords in_words) {
  std::vector<std::string> worded;
  for (const auto& word : list) worded.push_back(in_words(word));
  return worded;
}

// One person's statement in the making.
class Compiler {
 public:
  Compiler(const Membership& membership, const runtime::View& view, absl::Time now)
      : membership_(membership), view_(view), now_(now) {}

  void Tell(const ShareStory& story) {
    size_t at = 0;
    while (at < story.chapters.size()) {
      const Chapter& chapter = story.chapters[at];
      if (chapter.state == "waiting") {
        Refuse(story.recipient, chapter.at, chapter.because);
      }
      if (chapter.state != "notified" && chapter.state != "pushed") {
        ++at;
        continue;
      }
      const size_t end = EndOfPart(story, at);
      out_.shared.push_back(PartOf(story, at, end));
      at = end;
    }
    for (const Reading& reading : story.readings) {
      if (!reading.refused.empty()) Refuse(story.recipient, reading.at, reading.refused);
    }
  }

  void TellConsents(const std::string& person_id) {
    for (const gateway::v1::StoredConsent& stored : consent::ConsentView(view_).Of(person_id)) {
      ConsentGiven given;
      given.given = FromProto(stored.given_at());
      given.expires = FromProto(stored.expires_at());
      if (stored.has_withdrawn_at()) given.withdrawn = FromProto(stored.withdrawn_at());
      given.agencies = Agencies(stored.scope().agencies());
      given.categories = Worded(stored.scope().categories(), RoleWords);
      given.purposes = Worded(stored.scope().purposes(), [&](const std::string& purpose) {
        return PurposeWords(*membership_.agreements, purpose);
      });
      out_.consents.push_back(std::move(given));
    }
  }

  void TellOverrides(const std::string& person_id) {
    for (const auto& stored : overrides::OverridesView(view_).Of(person_id)) {
      WithoutConsent decided;
      decided.at = FromProto(stored.decided_at());
      decided.expires = FromProto(stored.expires_at());
      decided.role = absl::StrCat("a ", RoleWords(stored.decided_by_role()));
      const Law law = LawOfName(stored.lawful_gateway());
      decided.law = std::string(law.why);
      decided.statute = std::string(law.statute);
      decided.recipients = Agencies(stored.recipients());
      decided.fields = Worded(stored.fields(), FieldWords);
      decided.review = ReviewOf(stored);
      out_.overrides.push_back(std::move(decided));
    }
  }

  Statement Take() {
    std::stable_sort(out_.not_shared.begin(), out_.not_shared.end(),
                     [](const NotShared& a, const NotShared& b) { return a.at < b.at; });
    std::stable_sort(out_.shared.begin(), out_.shared.end(),
                     [](const SharedPart& a, const SharedPart& b) { return a.since < b.since; });
    return std::move(out_);
  }

 private:
  template <class List>
  std::vector<std::string> Agencies(const List& agencies) const {
    return Worded(agencies, [&](const std::string& agency) {
      return AgencyName(*membership_.agreements, agency);
    });
  }

  // A later chapter of the same share tells the same when only its consent or agreement changed.
  static size_t EndOfPart(const ShareStory& story, size_t from) {
    const Chapter& first = story.chapters[from];
    size_t end = from + 1;
    while (end < story.chapters.size()) {
      const Chapter& next = story.chapters[end];
      if (next.state != first.state || next.fields != first.fields ||
          next.lawful_gateway != first.lawful_gateway || next.clause != first.clause) {
        break;
      }
      ++end;
    }
    return end;
  }

  SharedPart PartOf(const ShareStory& story, size_t from, size_t end) const {
    const Chapter& chapter = story.chapters[from];
    SharedPart part;
    part.recipient = AgencyName(*membership_.agreements, story.recipient);
    part.fields = Worded(chapter.fields, FieldWords);
    part.since = chapter.at;
    part.why = PurposeWords(*membership_.agreements, chapter.purpose);
    const Law law = LawOfName(chapter.lawful_gateway);
    part.law = std::string(law.why);
    part.statute = std::string(law.statute);
    part.clause = chapter.clause;
    part.clause_words = ClauseWords(*membership_.agreements, chapter.clause);
    part.without_consent = !chapter.override_id.empty();
    part.pushed = chapter.state == "pushed";
    if (end < story.chapters.size()) {
      part.until = story.chapters[end].at;
      const std::string& because = story.chapters[end].because;
      part.ended_because = ReasonWords(because.empty() ? "replaced" : because);
    }
    for (const Reading& reading : story.readings) {
      if (!reading.refused.empty() || reading.at < part.since) continue;
      if (part.until && reading.at >= *part.until) continue;
      part.opened.push_back(OpenedBy(reading));
    }
    const auto share = disclosure::DisclosureView(membership_, view_).Share(story.share_id);
    part.copy_outstanding = share && share->copy_outstanding();
    return part;
  }

  Opened OpenedBy(const Reading& reading) const {
    const bool system = absl::StartsWith(reading.reader, "system/");
    return {reading.at,
            system ? absl::StrCat("its system \"", RoleWords(reading.role), "\"")
                   : absl::StrCat("somebody acting as ", RoleWords(reading.role)),
            PurposeWords(*membership_.agreements, reading.purpose), reading.copy};
  }

  // The same refusal told once, at its first time.
  void Refuse(const std::string& recipient, absl::Time at, const std::string& code) {
    if (!refused_.insert({recipient, code}).second) return;
    out_.not_shared.push_back(
        {AgencyName(*membership_.agreements, recipient), at, ReasonWords(code)});
  }

  std::string ReviewOf(const gateway::v1::StoredOverride& stored) const {
    if (!stored.has_reviewed_at()) {
      const absl::Time due = FromProto(stored.review_due_at());
      return absl::StrCat(now_ > due ? "A second person has not reviewed it in time; due "
                                     : "A second person reviews it by ",
                          When(due), ".");
    }
    const bool reversed = stored.state() == Override::STATE_REVERSED;
    return absl::StrCat(reversed ? "Reversed" : "Confirmed", " by a second person on ",
                        When(FromProto(stored.reviewed_at())), ".");
  }

  const Membership& membership_;
  const runtime::View& view_;
  const absl::Time now_;
  Statement out_;
  std::set<std::pair<std::string, std::string>> refused_;
};

absl::StatusOr<std::string> NameOf(const vault::VaultView& vault, const std::string& person_id) {
  WM_ASSIGN_OR_RETURN(const gateway::v1::Identity who, vault.OpenIdentity(person_id));
  std::vector<std::string> names;
  for (const std::string& name : {who.given_name(), who.family_name()}) {
    if (!name.empty()) names.push_back(name);
  }
  return absl::StrJoin(names, " ");
}

runtime::Decision Made(const Membership& membership, const Statement& statement,
                       const common::v1::Caller& caller, const std::string& person_id,
                       const std::string& incident_id, const std::string& root, absl::Time now) {
  MakeStatementResponse response;
  *response.mutable_made_at() = ToProto(now);
  response.set_text(AsText(statement));
  response.set_html(AsHtml(statement));
  response.set_log_size(statement.log_size);
  response.set_log_root(root);
  response.set_text_sha256(crypto::Sha256(response.text()));
  response.set_html_sha256(crypto::Sha256(response.html()));
  AuditNote note;
  note.what = "statement_made";
  note.caller = caller;
  note.about = {person_id, incident_id};
  note.purpose = kPurpose;
  note.facts = {{"text_sha256", ToHex(response.text_sha256())},
                {"html_sha256", ToHex(response.html_sha256())},
                {"log_size", absl::StrCat(statement.log_size)}};
  runtime::Decision decision;
  decision.events = {NoteAudit(membership, note, now)};
  decision.reply = response.SerializeAsString();
  return decision;
}

}  // namespace

absl::StatusOr<Statement> Compile(const Membership& membership, const runtime::View& view,
                                  const std::string& person_id, absl::Time now) {
  WM_ASSIGN_OR_RETURN(const std::string name,
                      NameOf(vault::VaultView(membership, view), person_id));
  Compiler compiler(membership, view, now);
  for (const ShareStory& story : StoriesOf(LeavesAbout(membership, view, person_id))) {
    compiler.Tell(story);
  }
  compiler.TellConsents(person_id);
  compiler.TellOverrides(person_id);
  Statement statement = compiler.Take();
  statement.agency = AgencyName(*membership.agreements, membership.agency);
  statement.person = name;
  statement.made_at = now;
  statement.desk = membership.DeskOf(membership.agency);
  statement.data_protection =
      ContactOf(*membership.agreements, membership.agency, "data protection lead");
  statement.log_size = AuditSize(view);
  WM_ASSIGN_OR_RETURN(const std::string root, AuditRoot(view));
  statement.log_root = ToHex(root);
  return statement;
}

absl::StatusOr<runtime::Decision> DecideMake(const Membership& membership,
                                             const runtime::View& view, const runtime::Input& input,
                                             runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<MakeStatementRequest>(input));
  const auto incident =
      vault::VaultView(membership, view).IncidentByReference(command.request.source_reference());
  if (!incident) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus({"unknown_reference", "source_reference",
                            "an incident that this agency has published", "check the reference"}));
  }
  const Result<std::string> person = consent::PersonIn(*incident, command.request.party());
  if (!person.ok()) return runtime::Decision::Refuse(rpc::ProblemStatus(person.problem()));
  const absl::StatusOr<Statement> statement = Compile(membership, view, *person, context.now());
  if (absl::IsNotFound(statement.status())) {
    return runtime::Decision::Refuse(
        rpc::ProblemStatus(absl::StatusCode::kNotFound,
                           {{"erased", "source_reference", "a person whose data is still held",
                             "nothing is left to tell of"}}));
  }
  WM_RETURN_IF_ERROR(statement.status());
  WM_ASSIGN_OR_RETURN(const std::string root, AuditRoot(view));
  return Made(membership, *statement, command.caller, *person, incident->incident_id(), root,
              context.now());
}

}  // namespace waymark::sharing::statement
