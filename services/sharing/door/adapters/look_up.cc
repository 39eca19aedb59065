#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/crypto/aead.h"
#include "libs/runtime_rpc/submit.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/adapters/times.h"
#include "services/sharing/door/adapters/codec.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/vault/adapters/intake_key.h"
#include "services/sharing/vault/adapters/person_index.h"
#include "services/sharing/vault/adapters/person_keys.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "waymark/gateway/v1/journal.pb.h"
#include "waymark/gateway/v1/look_up.pb.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::LookUpRequest;
using gateway::v1::LookUpResponse;

std::vector<std::string> PurposesOf(const Membership& membership, absl::Time now) {
  std::vector<std::string> purposes;
  for (const agreement::Agreement& agreement : membership.agreements->agreements()) {
    if (agreement.valid_from > now || (agreement.expires && *agreement.expires <= now)) continue;
    for (const agreement::Purpose& purpose : agreement.purposes) purposes.push_back(purpose.id);
  }
  return purposes;
}

void AddAnswers(const std::vector<pack::AnswerIs>& from,
                google::protobuf::RepeatedPtrField<gateway::v1::AnswerIs>& to) {
  for (const pack::AnswerIs& answer : from) {
    gateway::v1::AnswerIs& added = *to.Add();
    added.set_question(answer.question);
    added.set_answer(answer.answer);
  }
}

gateway::v1::Question::AnswerType TypeOf(pack::AnswerType type) {
  switch (type) {
    case pack::AnswerType::kYesNoUnknown:
      return gateway::v1::Question::ANSWER_TYPE_YES_NO_UNKNOWN;
    case pack::AnswerType::kChoice:
      return gateway::v1::Question::ANSWER_TYPE_CHOICE;
    case pack::AnswerType::kCount:
      return gateway::v1::Question::ANSWER_TYPE_COUNT;
    case pack::AnswerType::kText:
      return gateway::v1::Question::ANSWER_TYPE_TEXT;
  }
  return gateway::v1::Question::ANSWER_TYPE_UNSPECIFIED;
}

void AddQuestions(const pack::QuestionSet& set, LookUpResponse& response) {
  response.set_question_set(set.name);
  for (const std::string& type : set.not_for_types) response.add_not_for_types(type);
  for (const pack::Question& from : set.questions) {
    gateway::v1::Question& question = *response.add_questions();
    question.set_id(from.id);
    question.set_text(from.text);
    question.set_number(from.number);
    question.set_answer_type(TypeOf(from.type));
    for (const pack::Label& choice : from.choices) {
      gateway::v1::Choice& added = *question.add_choices();
      added.set_id(choice.id);
      added.set_text(choice.text);
    }
    AddAnswers(from.show_when, *question.mutable_show_when());
    question.set_compulsory(from.compulsory);
    question.set_yes_needs(from.yes_needs);
  }
  for (const pack::Trigger& from : set.triggers) {
    gateway::v1::Trigger& trigger = *response.add_triggers();
    trigger.set_id(from.id);
    trigger.set_text(from.text);
    AddAnswers(from.all, *trigger.mutable_all());
    AddAnswers(from.any, *trigger.mutable_any());
  }
}

LookUpResponse ResponseOf(const OwnAnswer& own, const Membership& membership) {
  LookUpResponse response;
  response.set_repeat(own.repeat);
  for (const rules::Firing& firing : own.rules) {
    gateway::v1::RepeatFinding& finding = *response.add_rules();
    finding.set_rule(firing.rule);
    finding.set_count(static_cast<uint32_t>(firing.count));
    *finding.mutable_since() = sharing::ToProto(firing.since);
  }
  for (const OwnIncident& incident : own.incidents) {
    gateway::v1::KnownIncident& known = *response.add_incidents();
    *known.mutable_occurred_at() = sharing::ToProto(incident.occurred_at);
    known.set_category(static_cast<common::v1::Category>(incident.category));
    known.set_type(incident.type);
    known.set_agency(membership.agency);
    known.set_action_taken(incident.action_taken);
  }
  if (own.band) response.set_band(static_cast<common::v1::Band>(NumberOf(*own.band)));
  for (const std::string& agency : own.band_by) response.add_band_by(agency);
  for (const OwnMarker& from : own.markers) {
    gateway::v1::Marker& marker = *response.add_markers();
    marker.set_kind(from.kind);
    marker.set_source(membership.agency);
    *marker.mutable_expires_at() = sharing::ToProto(from.expires_at);
  }
  if (own.questions != nullptr) AddQuestions(*own.questions, response);
  response.set_contact_agency(membership.agency);
  response.set_contact(membership.DeskOf(membership.agency));
  return response;
}

// The reason is sealed under the key of a person who was read, so that it goes with them; when
// nobody was found, under the membership's own.
absl::Status SealReason(const Membership& membership, const vault::VaultView& vault,
                        const OwnAnswer& own, const std::string& reason, const std::string& read_id,
                        AuditNote& note) {
  note.facts["read"] = read_id;
  if (own.persons.empty()) {
    note.sealed_reason = crypto::AeadSeal(vault::LocalKey(membership, "reasons"),
                                          LengthPrefixed({"waymark-read-reason-v1", read_id}),
                                          reason, *membership.random);
    return absl::OkStatus();
  }
  const std::string& owner = own.persons.front();
  WM_ASSIGN_OR_RETURN(gateway::v1::Sealed sealed,
                      vault::Seal(membership, {owner, vault::SealedField::kReasons, read_id, 1},
                                  vault.Person(owner)->key_slot(), reason));
  note.sealed_reason = std::move(*sealed.mutable_sealed());
  note.reason_key_of = owner;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<runtime::Decision> DecideLookUp(const Membership& membership,
                                               const runtime::View& view,
                                               const runtime::Input& input,
                                               runtime_rpc::TokenSealer& sealer,
                                               runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<LookUpRequest>(input));
  const LookUpRequest& request = command.request;
  if (absl::Status wrong = CheckCaller(membership, request.partnership(), command.caller);
      !wrong.ok()) {
    return runtime::Decision::Refuse(std::move(wrong));
  }
  IdentifierLibrary identifiers(calendar::LondonDate(context.now()));
  const std::vector<Problem> problems = CheckLookUp(
      {GivenOf(request.identity()), request.purpose(), request.reason(), request.type()},
      PurposesOf(membership, context.now()), {*membership.pack, context.now(), identifiers});
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));

  const vault::VaultView vault(membership, view);
  vault::Tokeniser tokeniser(membership);
  const std::vector<identifiers::TokenInput> inputs = identifiers.Tokens(request.identity());
  WM_ASSIGN_OR_RETURN(const vault::PersonIndex index, vault::PersonIndex::Load(membership, view));
  const OwnAnswer own =
      AnswerFromOwn(*membership.pack, context.now(), membership.agency,
                    vault::RankPersons(tokeniser.Local(inputs), index, membership.pack->linking),
                    VaultHistory(vault), request.type());

  gateway::v1::LookUpDecided decided;
  *decided.mutable_own() = ResponseOf(own, membership);
  gateway::v1::TokenSheet sheet;
  for (gateway::v1::BlindToken& token : tokeniser.Blind(inputs)) {
    if (sheet.parties().empty()) sheet.add_parties();
    *sheet.mutable_parties(0)->add_tokens() = std::move(token);
  }
  WM_ASSIGN_OR_RETURN(
      *decided.mutable_tokens(),
      sealer.Seal(sheet, membership.partnership, membership.agency,
                  vault::IntakeSealingKey(membership, view), context.now(), *membership.random));
  AuditNote note{"look_up", command.caller, own.persons, request.purpose(), "", "", {}};
  WM_RETURN_IF_ERROR(
      SealReason(membership, vault, own, request.reason(), context.NewId("read"), note));
  runtime::Decision decision;
  decision.reply = decided.SerializeAsString();
  decision.events.push_back(NoteAudit(membership, note, context.now()));
  return decision;
}

}  // namespace waymark::sharing::door
