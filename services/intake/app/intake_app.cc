#include "services/intake/app/intake_app.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/config/topics.h"
#include "libs/rpc/errors.h"
#include "libs/runtime_rpc/submit.h"
#include "services/intake/adapters/codec.h"
#include "services/intake/adapters/forget.h"
#include "services/intake/adapters/index.h"
#include "services/intake/adapters/keys.h"
#include "services/intake/adapters/sealing.h"
#include "waymark/intake/v1/intake.pb.h"

namespace waymark::intake {
namespace {

using gateway::v1::IncidentReported;
using gateway::v1::PersonErased;
using gateway::v1::SealingKeyAdopted;
using gateway::v1::StockRegistered;
using gateway::v1::VictimAssessed;
using intake::v1::AssessmentLinked;
using intake::v1::IncidentLinked;
using intake::v1::IndexRekeyed;
using intake::v1::PersonForgotten;
using intake::v1::SealingKeyMade;
using intake::v1::SealingKeyTaken;
using intake::v1::StockRecorded;
using intake::v1::SubjectsMerged;
using intake::v1::SubjectSplit;
using runtime::Decision;
using runtime::Event;

constexpr char kResolve[] = "/waymark.intake.v1.IntakeService/Resolve";
constexpr char kMerge[] = "/waymark.intake.v1.IntakeService/MergeSubjects";
constexpr char kSplit[] = "/waymark.intake.v1.IntakeService/SplitSubject";

template <class Message>
absl::StatusOr<Message> Parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) {
    return absl::InvalidArgumentError(absl::StrCat("not a ", message.GetTypeName()));
  }
  return message;
}

template <class Message>
Event MakeEvent(const Message& message) {
  return {message.GetTypeName(), message.SerializeAsString()};
}

Decision Nothing() { return {}; }

Decision NoSuchSubject(const std::string& field) {
  return Decision::Refuse(
      rpc::ProblemStatus(absl::StatusCode::kNotFound,
                         {{"unknown_subject", field, "the id of a subject of this partnership",
                           "look the person up again; a merge may have replaced the id"}}));
}

}  // namespace

IntakeApp::IntakeApp(IntakeConfig config, IntakeKeys keys)
    : config_(std::move(config)), tokens_(std::move(keys)) {}

std::vector<std::string> IntakeApp::DomainColumnFamilies() const { return ColumnFamilies(); }

absl::StatusOr<const pack::Pack*> IntakeApp::PackOf(const std::string& partnership) const {
  const auto pack = config_.packs.find(partnership);
  if (pack == config_.packs.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("partnership ", partnership, " is not served by this intake"));
  }
  return pack->second.get();
}

absl::StatusOr<std::string> IntakeApp::Reporter(const runtime::Input& input,
                                                const std::string& partnership) const {
  absl::string_view agency = input.source;
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(partnership));
  if (!absl::ConsumePrefix(&agency, "gateway/") ||
      pack->FindAgency(std::string(agency)) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.source, " is no member of partnership ", partnership));
  }
  return std::string(agency);
}

absl::StatusOr<Decision> IntakeApp::Decide(const runtime::View& view, const runtime::Input& input,
                                           runtime::Context& context) {
  if (input.type == IncidentReported::descriptor()->full_name()) {
    return DecideReport(view, input, context);
  }
  if (input.type == VictimAssessed::descriptor()->full_name()) {
    return DecideAssessment(view, input);
  }
  if (input.type == StockRegistered::descriptor()->full_name()) return DecideStock(view, input);
  if (input.type == SealingKeyAdopted::descriptor()->full_name()) {
    return DecideAdopted(view, input);
  }
  if (input.type == kCurrentKey) return DecideCurrentKey(view, input);
  if (input.type == PersonErased::descriptor()->full_name()) {
    return DecideErased(view, input, context);
  }
  if (input.type == kRound || input.type == kRekey) {
    return DecideRekey(view, tokens_, input.payload, input.type == kRound, context.now());
  }
  if (input.type.starts_with(kDestroyKeys)) return Nothing();  // it is done, or there is an alarm
  if (input.type == kResolve) return DecideResolve(view, input);
  if (input.type == kMerge) return DecideMerge(view, input, context.now());
  if (input.type == kSplit) return DecideSplit(view, input, context);
  const bool is_record = std::holds_alternative<runtime::RecordCause>(input.cause);
  if (is_record) return Nothing();  // a member's record for casemgr
  return absl::InvalidArgumentError(absl::StrCat("intake does not know ", input.type));
}

absl::StatusOr<Decision> IntakeApp::DecideReport(const runtime::View& view,
                                                 const runtime::Input& input,
                                                 runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const IncidentReported report, Parse<IncidentReported>(input.payload));
  WM_ASSIGN_OR_RETURN(const std::string agency, Reporter(input, report.partnership()));
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(report.partnership()));
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens_, report.partnership()));
  const auto known = index.RevisionOf(report.incident_id());
  if (known && *known >= report.revision()) return Nothing();  // told before
  WM_ASSIGN_OR_RETURN(OpenedSheet sheet, tokens_.Open(report.tokens(), report.partnership(), agency,
                                                      SealingOf(view, report.partnership())));

  std::vector<PartyReport> parties;
  for (const gateway::v1::ReportedParty& party : report.parties()) {
    parties.push_back({party.person_id(), sheet.parties[party.person_id()]});
  }
  const std::vector<PartyLink> links =
      LinkParties(agency, parties, index, pack->linking, [&] { return context.NewId("subject"); });

  WM_RETURN_IF_ERROR(index.status());
  IncidentLinked event = CopyFacts(report, agency);
  for (size_t i = 0; i < links.size(); ++i) {
    WM_ASSIGN_OR_RETURN(
        const intake::v1::KeptPerson kept,
        Learn(index, report.partnership(), {agency, links[i].person_id}, parties[i].tokens));
    AddParty(report.parties(static_cast<int>(i)), links[i], kept, event);
  }
  if (!links.empty() && !index.indexed()) {
    WM_ASSIGN_OR_RETURN(const uint64_t slot, tokens_.TakeSlot());
    event.set_index_slot(slot);
  }
  if (const std::string place = PlaceToken(sheet.location); !place.empty()) {
    event.set_location_id(tokens_.PlaceId(place));
  }
  AddInterests(FindInterests(QuestionOf(event, sheet), index, index), event);
  return Decision{{MakeEvent(event)}, "", absl::OkStatus()};
}

// What is known of a member person with what this report brought, sealed. The bytes stay as they
// are when it brought nothing new.
absl::StatusOr<intake::v1::KeptPerson> IntakeApp::Learn(const IndexView& index,
                                                        const std::string& partnership,
                                                        const MemberPerson& person,
                                                        const std::vector<Token>& brought) const {
  intake::v1::KeptPerson kept;
  WM_ASSIGN_OR_RETURN(const std::vector<Token> known, index.TokensOfPerson(person));
  std::set<Token> all(known.begin(), known.end());
  all.insert(brought.begin(), brought.end());
  if (const auto before = index.Person(person)) {
    kept = *before;
    if (all.size() == known.size()) return kept;
  } else {
    WM_ASSIGN_OR_RETURN(const uint64_t slot, tokens_.TakeSlot());
    kept.set_key_slot(slot);
  }
  WM_ASSIGN_OR_RETURN(*kept.mutable_sealed_tokens(),
                      tokens_.Seal({all.begin(), all.end()}, partnership, person, kept.key_slot()));
  return kept;
}

absl::StatusOr<Decision> IntakeApp::DecideAssessment(const runtime::View& view,
                                                     const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const VictimAssessed assessed, Parse<VictimAssessed>(input.payload));
  WM_ASSIGN_OR_RETURN(const std::string agency, Reporter(input, assessed.partnership()));
  WM_ASSIGN_OR_RETURN(const IndexView index,
                      IndexView::Load(view, tokens_, assessed.partnership()));
  const std::string subject = index.SubjectOf({agency, assessed.person_id()});
  if (subject.empty()) {
    return absl::InvalidArgumentError("an assessment of a person that was never reported");
  }
  return Decision{{MakeEvent(LinkAssessment(assessed, agency, subject))}, "", absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideErased(const runtime::View& view,
                                                 const runtime::Input& input,
                                                 runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const PersonErased erased, Parse<PersonErased>(input.payload));
  WM_ASSIGN_OR_RETURN(const std::string agency, Reporter(input, erased.partnership()));
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens_, erased.partnership()));
  const MemberPerson person{agency, erased.person_id()};
  const auto kept = index.Person(person);
  if (!kept) return Nothing();  // never reported, or told before
  PersonForgotten event;
  event.set_partnership(erased.partnership());
  event.set_subject_id(kept->subject_id());
  event.set_agency(agency);
  event.set_person_id(person.person_id);
  event.set_key_slot(kept->key_slot());
  event.set_last(index.PersonsOf(kept->subject_id()).size() == 1);
  event.set_nobody_subject_id(context.NewId("nobody"));
  SetTime(context.now(), *event.mutable_at());
  return Decision{{MakeEvent(event)}, "", absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideAdopted(const runtime::View& view,
                                                  const runtime::Input& input) const {
  WM_ASSIGN_OR_RETURN(const auto adopted, Parse<SealingKeyAdopted>(input.payload));
  WM_ASSIGN_OR_RETURN(const std::string agency, Reporter(input, adopted.partnership()));
  WM_ASSIGN_OR_RETURN(const auto taken, TakeUp(view, tokens_, agency, adopted));
  if (!taken) return Nothing();
  return Decision{{MakeEvent(*taken)}, "", absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideCurrentKey(const runtime::View& view,
                                                     const runtime::Input& input) const {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<intake::v1::CurrentKeyRequest>(input));
  WM_RETURN_IF_ERROR(PackOf(command.partnership).status());
  WM_ASSIGN_OR_RETURN(const auto response, CurrentKey(view, tokens_, command.partnership));
  return Decision{{}, response.SerializeAsString(), absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideStock(const runtime::View& view,
                                                const runtime::Input& input) {
  WM_ASSIGN_OR_RETURN(const StockRegistered stock, Parse<StockRegistered>(input.payload));
  WM_ASSIGN_OR_RETURN(const std::string agency, Reporter(input, stock.partnership()));
  StockRecorded event;
  event.set_partnership(stock.partnership());
  event.set_agency(agency);
  if (stock.has_uprns()) {
    WM_ASSIGN_OR_RETURN(const OpenedSheet sheet,
                        tokens_.Open(stock.uprns(), stock.partnership(), agency,
                                     SealingOf(view, stock.partnership())));
    for (const Token& token : sheet.location) event.add_places(token.keyed);
  }
  *event.mutable_lsoas() = stock.lsoas();
  return Decision{{MakeEvent(event)}, "", absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideResolve(const runtime::View& view,
                                                  const runtime::Input& input) const {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<intake::v1::ResolveRequest>(input));
  WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(command.partnership));
  WM_ASSIGN_OR_RETURN(OpenedSheet sheet,
                      tokens_.Open(command.request.tokens(), command.partnership,
                                   command.caller.agency(), SealingOf(view, command.partnership)));
  std::vector<Token> asked = std::move(sheet.location);
  for (auto& [person, tokens] : sheet.parties) {
    asked.insert(asked.end(), tokens.begin(), tokens.end());
  }
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens_, command.partnership));
  const std::vector<Candidate> candidates = FindCandidates(asked, index, pack->linking);
  WM_RETURN_IF_ERROR(index.status());
  intake::v1::ResolveResponse response;
  for (const Candidate& candidate : candidates) {
    intake::v1::Match& match = *response.add_matches();
    match.set_subject_id(candidate.subject_id);
    *match.mutable_evidence() = ToProto(candidate.evidence);
  }
  return Decision{{}, response.SerializeAsString(), absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideMerge(const runtime::View& view,
                                                const runtime::Input& input, absl::Time now) const {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<intake::v1::MergeSubjectsRequest>(input));
  const auto& request = command.request;
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens_, command.partnership));
  if (index.PersonsOf(request.kept_subject_id()).empty()) return NoSuchSubject("kept_subject_id");
  if (index.PersonsOf(request.merged_subject_id()).empty() ||
      request.merged_subject_id() == request.kept_subject_id()) {
    return NoSuchSubject("merged_subject_id");
  }
  SubjectsMerged event;
  event.set_partnership(command.partnership);
  event.set_kept_subject_id(request.kept_subject_id());
  event.set_merged_subject_id(request.merged_subject_id());
  event.set_decided_by(command.caller.agency());
  SetTime(now, *event.mutable_at());
  return Decision{{MakeEvent(event)},
                  intake::v1::MergeSubjectsResponse().SerializeAsString(),
                  absl::OkStatus()};
}

absl::StatusOr<Decision> IntakeApp::DecideSplit(const runtime::View& view,
                                                const runtime::Input& input,
                                                runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command,
                      runtime_rpc::DecodeCommand<intake::v1::SplitSubjectRequest>(input));
  WM_ASSIGN_OR_RETURN(const IndexView index, IndexView::Load(view, tokens_, command.partnership));
  SubjectSplit event;
  event.set_partnership(command.partnership);
  event.set_subject_id(command.request.subject_id());
  event.set_decided_by(command.caller.agency());
  SetTime(context.now(), *event.mutable_at());
  for (const intake::v1::MemberPerson& person : command.request.move()) {
    if (index.SubjectOf({person.agency(), person.person_id()}) != command.request.subject_id()) {
      return NoSuchSubject("move");
    }
    *event.add_moved() = person;
  }
  const size_t persons = index.PersonsOf(command.request.subject_id()).size();
  if (event.moved().empty() || static_cast<size_t>(event.moved_size()) >= persons) {
    return Decision::Refuse(rpc::ProblemStatus(
        {"nothing_to_split", "move", "at least one of the subject's persons, but not all of them",
         "name the persons whose records belong to somebody else"}));
  }
  event.set_new_subject_id(context.NewId("subject"));
  intake::v1::SplitSubjectResponse response;
  response.set_new_subject_id(event.new_subject_id());
  return Decision{{MakeEvent(event)}, response.SerializeAsString(), absl::OkStatus()};
}

absl::Status IntakeApp::EvolveLinked(const runtime::View& view, const IncidentLinked& event,
                                     runtime::Changes& changes) {
  IndexWriter index(view, changes, tokens_, event.partnership());
  index.NoteIncident(event.incident_id(), event.revision());
  if (event.has_index_slot()) index.UseIndexKey(event.index_slot());
  for (const intake::v1::LinkedParty& party : event.parties()) {
    intake::v1::KeptPerson kept;
    kept.set_subject_id(party.subject_id());
    kept.set_key_slot(party.key_slot());
    kept.set_sealed_tokens(party.sealed_tokens());
    WM_RETURN_IF_ERROR(index.Link({event.agency(), party.person_id()}, kept));
  }
  return absl::OkStatus();
}

absl::Status IntakeApp::Evolve(const runtime::View& view, const Event& event,
                               const runtime::EventContext& context, runtime::Changes& changes) {
  if (event.type == IncidentLinked::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto linked, Parse<IncidentLinked>(event.payload));
    return EvolveLinked(view, linked, changes);
  }
  if (event.type == AssessmentLinked::descriptor()->full_name()) return absl::OkStatus();
  if (event.type == StockRecorded::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto stock, Parse<StockRecorded>(event.payload));
    IndexWriter index(view, changes, tokens_, stock.partnership());
    for (const std::string& place : stock.places()) index.AddStock(stock.agency(), place);
    for (const std::string& lsoa : stock.lsoas()) index.AddWard(stock.agency(), lsoa);
    return absl::OkStatus();
  }
  if (event.type == SubjectsMerged::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto merged, Parse<SubjectsMerged>(event.payload));
    WM_ASSIGN_OR_RETURN(const IndexView known,
                        IndexView::Load(view, tokens_, merged.partnership()));
    IndexWriter index(view, changes, tokens_, merged.partnership());
    for (const MemberPerson& person : known.PersonsOf(merged.merged_subject_id())) {
      index.Move(person, merged.merged_subject_id(), merged.kept_subject_id());
    }
    return absl::OkStatus();
  }
  if (event.type == SubjectSplit::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto split, Parse<SubjectSplit>(event.payload));
    IndexWriter index(view, changes, tokens_, split.partnership());
    for (const intake::v1::MemberPerson& person : split.moved()) {
      index.Move({person.agency(), person.person_id()}, split.subject_id(), split.new_subject_id());
    }
    return absl::OkStatus();
  }
  if (event.type == PersonForgotten::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto forgotten, Parse<PersonForgotten>(event.payload));
    return EvolveForgotten(view, tokens_, forgotten, context.at, changes);
  }
  if (event.type == IndexRekeyed::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto step, Parse<IndexRekeyed>(event.payload));
    return EvolveRekeyed(view, tokens_, step, context.at, changes);
  }
  if (event.type == SealingKeyMade::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto made, Parse<SealingKeyMade>(event.payload));
    EvolveMade(view, made, changes);
    return absl::OkStatus();
  }
  if (event.type == SealingKeyTaken::descriptor()->full_name()) {
    WM_ASSIGN_OR_RETURN(const auto taken, Parse<SealingKeyTaken>(event.payload));
    WM_ASSIGN_OR_RETURN(const pack::Pack* pack, PackOf(taken.partnership()));
    std::vector<std::string> members;
    for (const pack::Agency& agency : pack->agencies) members.push_back(agency.id);
    EvolveTaken(view, taken, members, changes);
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("intake's journal holds an unknown ", event.type));
}

void IntakeApp::AddMethods(runtime::Runtime& runtime, rpc::MethodTable& table) const {
  using rpc::Reply;
  using rpc::Rule;
  const int partitions = config_.core_partitions;
  const auto shard = [partitions](const auto& request) {
    return config::CoreShard(request.partnership(), partitions);
  };
  table.Unary<intake::v1::ResolveRequest, intake::v1::ResolveResponse>(
      kResolve, Rule::Gateways(),
      [&runtime, shard](const rpc::CallContext& call, intake::v1::ResolveRequest request,
                        Reply<intake::v1::ResolveResponse> reply) {
        runtime_rpc::SubmitCommand(runtime, shard(request), call, request, std::move(reply),
                                   runtime_rpc::Repeat::kRead);
      });
  table.Unary<intake::v1::CurrentKeyRequest, intake::v1::CurrentKeyResponse>(
      std::string(kCurrentKey), Rule::Gateways(),
      [&runtime, shard](const rpc::CallContext& call, intake::v1::CurrentKeyRequest request,
                        Reply<intake::v1::CurrentKeyResponse> reply) {
        runtime_rpc::SubmitCommand(runtime, shard(request), call, request, std::move(reply),
                                   runtime_rpc::Repeat::kRead);
      });
  table.Unary<intake::v1::MergeSubjectsRequest, intake::v1::MergeSubjectsResponse>(
      kMerge, Rule::Gateways(),
      [&runtime, shard](const rpc::CallContext& call, intake::v1::MergeSubjectsRequest request,
                        Reply<intake::v1::MergeSubjectsResponse> reply) {
        runtime_rpc::SubmitCommand(runtime, shard(request), call, request, std::move(reply));
      });
  table.Unary<intake::v1::SplitSubjectRequest, intake::v1::SplitSubjectResponse>(
      kSplit, Rule::Gateways(),
      [&runtime, shard](const rpc::CallContext& call, intake::v1::SplitSubjectRequest request,
                        Reply<intake::v1::SplitSubjectResponse> reply) {
        runtime_rpc::SubmitCommand(runtime, shard(request), call, request, std::move(reply));
      });
}

}  // namespace waymark::intake
