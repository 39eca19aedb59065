#include "services/sharing/duties/adapters/duties_room.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status.h"
#include "services/sharing/adapters/methods.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/duties/adapters/ask_register.h"
#include "services/sharing/duties/adapters/codec.h"
#include "services/sharing/duties/adapters/decisions.h"
#include "services/sharing/duties/adapters/duties_view.h"
#include "services/sharing/duties/adapters/keys.h"
#include "services/sharing/vault/adapters/erase.h"
#include "waymark/gateway/v1/case.pb.h"

namespace waymark::sharing::duties {
namespace {

std::string_view KindOf(const Timer& timer) {
  switch (timer.kind) {
    case Timer::Kind::kDueSoon:
      return kDueSoonTimer;
    case Timer::Kind::kBreach:
      return kBreachTimer;
    case Timer::Kind::kOpening:
      return kOpeningTimer;
  }
  return "";
}

std::string IdOf(const Case& one, const Timer& timer) {
  const std::string& about = timer.obligation_id.empty() ? one.id : timer.obligation_id;
  return absl::StrCat(std::string(KindOf(timer)), "/", about);
}

void Cancel(const Case& one, const Membership& membership, runtime::Changes& changes) {
  for (const Timer& timer : TimersOf(one, membership.agency)) {
    changes.CancelTimer(IdOf(one, timer));
  }
}

// Only what differs: a timer that fired and changed nothing stays fired.
void Rearm(const std::optional<Case>& before, const Case& after, const Membership& membership,
           runtime::Changes& changes) {
  std::map<std::string, absl::Time> armed;
  if (before) {
    for (const Timer& timer : TimersOf(*before, membership.agency)) {
      armed[IdOf(*before, timer)] = timer.due;
    }
  }
  for (const Timer& timer : TimersOf(after, membership.agency)) {
    const std::string id = IdOf(after, timer);
    const auto same = armed.find(id);
    const bool unchanged = same != armed.end() && same->second == timer.due;
    if (same != armed.end()) armed.erase(same);
    if (unchanged) continue;
    gateway::v1::DutyTimer payload;
    payload.set_case_id(after.id);
    payload.set_obligation_id(timer.obligation_id);
    changes.ArmTimer(id, timer.due, KindOf(timer), payload.SerializeAsString());
  }
  for (const auto& [id, due] : armed) changes.CancelTimer(id);
}

// Each person is in one case; a closed one takes nobody out of an open one.
void IndexPersons(const std::optional<Case>& before, const Case& after, const DutiesView& kept,
                  runtime::Changes& changes) {
  const auto leaves = [&](const std::string& person) {
    return !std::binary_search(after.persons.begin(), after.persons.end(), person);
  };
  if (before) {
    for (const std::string& person : before->persons) {
      if (leaves(person) && kept.CaseOf(person) == after.id) {
        changes.Delete(kPersons, IdKey(person));
      }
    }
  }
  for (const std::string& person : after.persons) {
    const std::string present = kept.CaseOf(person);
    if (present == after.id) continue;
    const std::optional<Case> other = present.empty() ? std::nullopt : kept.FindCase(present);
    if (!after.open && other && other->open) continue;
    changes.Put(kPersons, IdKey(person), after.id);
  }
}

absl::Status Unreadable(const runtime::Event& event) {
  return absl::InternalError(absl::StrCat("duties cannot read an event of type ", event.type));
}

absl::Status EvolveKept(const Membership& membership, const runtime::View& view,
                        const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::DutyCaseKept kept;
  if (!kept.ParseFromString(event.payload)) return Unreadable(event);
  const DutiesView duties(view);
  const Case after = FromProto(kept.case_());
  const std::optional<Case> before = duties.FindCase(after.id);
  changes.Put(kCases, IdKey(after.id), kept.case_().SerializeAsString());
  IndexPersons(before, after, duties, changes);
  Rearm(before, after, membership, changes);
  return absl::OkStatus();
}

absl::Status EvolveJoined(const Membership& membership, const runtime::View& view,
                          const runtime::Event& event, runtime::Changes& changes) {
  gateway::v1::DutyCaseJoined joined;
  if (!joined.ParseFromString(event.payload)) return Unreadable(event);
  const DutiesView duties(view);
  const std::optional<Case> gone = duties.FindCase(joined.case_id());
  if (gone) {
    Cancel(*gone, membership, changes);
    for (const std::string& person : gone->persons) {
      if (duties.CaseOf(person) == gone->id) changes.Delete(kPersons, IdKey(person));
    }
    changes.Delete(kCases, IdKey(gone->id));
  }
  changes.Put(kAliases, IdKey(joined.case_id()), joined.into_case_id());
  return absl::OkStatus();
}

absl::Status EvolveReminded(const runtime::View& view, const runtime::Event& event,
                            runtime::Changes& changes) {
  gateway::v1::DutyReminded reminded;
  if (!reminded.ParseFromString(event.payload)) return Unreadable(event);
  const gateway::v1::Reminder& reminder = reminded.reminder();
  const absl::Time at =
      absl::FromUnixSeconds(reminder.at().seconds()) + absl::Nanoseconds(reminder.at().nanos());
  changes.Put(kReminders, ReminderKey(at, reminder.reminder_id()), reminder.SerializeAsString());
  uint64_t raised = 0;
  if (const std::optional<std::string> count = view.Get(kCounts, IdKey(reminder.kind()))) {
    WM_ASSIGN_OR_RETURN(raised, KeyReader(*count).Number());
  }
  changes.Put(kCounts, IdKey(reminder.kind()), BigEndian64(raised + 1));
  return absl::OkStatus();
}

// The case stays the register's; this agency knows nobody in it any more. No clock is stopped: the
// register decides what becomes of it.
absl::Status EvolveErasing(const runtime::View& view, const runtime::Event& event,
                           runtime::Changes& changes) {
  gateway::v1::PersonErasing erasing;
  if (!erasing.ParseFromString(event.payload)) return Unreadable(event);
  const std::string& person_id = erasing.stored().erasure().person_id();
  for (Case& one : DutiesView(view).Cases()) {
    const auto person = std::find(one.persons.begin(), one.persons.end(), person_id);
    if (person == one.persons.end()) continue;
    one.persons.erase(person);
    changes.Put(kCases, IdKey(one.id), ToProto(one).SerializeAsString());
  }
  changes.Delete(kPersons, IdKey(person_id));
  return absl::OkStatus();
}

bool IsOneOf(std::string_view type, const std::vector<std::string>& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::vector<std::string> Records() {
  return {std::string(kCaseNotice), std::string(kObligationNotice), std::string(kCoverAsked),
          std::string(kActedForMember), std::string(kRegisterReminder)};
}
std::vector<std::string> Timers() {
  return {std::string(door::kHighAssessed), std::string(kDueSoonTimer), std::string(kBreachTimer),
          std::string(kOpeningTimer)};
}
std::vector<std::string> Reads() {
  return {std::string(kShowCase), std::string(kListCases), std::string(kListClocks),
          std::string(kListReminders)};
}
std::vector<std::string> Work() {
  return {std::string(kCreateProfile), std::string(kCallConference), std::string(kHoldConference),
          std::string(kCloseCase)};
}

class DutiesRoom : public Room {
 public:
  explicit DutiesRoom(const std::map<std::string, CoreChannels>& core) : core_(core) {}

  std::string_view name() const override { return "duties"; }

  std::vector<std::string> DomainColumnFamilies() const override {
    return {std::string(kCases), std::string(kAliases), std::string(kPersons),
            std::string(kReminders), std::string(kCounts)};
  }

  std::vector<std::string> Inputs() const override {
    std::vector<std::string> all;
    for (const auto& some : {Records(), Timers(), Reads(), Work()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  std::vector<std::string> Events() const override {
    return {std::string(kCaseKept), std::string(kCaseJoined), std::string(kReminded),
            std::string(kTold), std::string(vault::kPersonErasing)};
  }

  absl::StatusOr<runtime::Decision> Decide(const Membership& membership, const runtime::View& view,
                                           const runtime::Input& input,
                                           runtime::Context& context) override {
    if (IsOneOf(input.type, records_)) return DecideRecord(membership, view, input, context);
    if (IsOneOf(input.type, timers_)) return DecideTimer(membership, view, input, context);
    if (IsOneOf(input.type, reads_)) return DecideRead(membership, view, input, context);
    return DecideWork(membership, view, input, context);
  }

  absl::Status Evolve(const Membership& membership, const runtime::View& view,
                      const runtime::Event& event, const runtime::EventContext&,
                      runtime::Changes& changes) override {
    if (event.type == vault::kPersonErasing) return EvolveErasing(view, event, changes);
    if (event.type == kCaseKept) return EvolveKept(membership, view, event, changes);
    if (event.type == kCaseJoined) return EvolveJoined(membership, view, event, changes);
    if (event.type == kReminded) return EvolveReminded(view, event, changes);
    gateway::v1::DutyTold told;
    if (!told.ParseFromString(event.payload)) return Unreadable(event);
    changes.Send(membership.Out(), told.type(), told.record());
    return absl::OkStatus();
  }

  void AddMethods(const MethodContext& context, rpc::MethodTable& table) override {
    using namespace gateway::v1;  // NOLINT: the messages of eight methods
    const rpc::Rule people = OwnSystems(context.memberships).WithPerson(CaseWorkers());
    AddCommand<CreateProfileRequest, CreateProfileResponse>(table, std::string(kCreateProfile),
                                                            people, context);
    AddCommand<CallConferenceRequest, CallConferenceResponse>(table, std::string(kCallConference),
                                                              people, context);
    AddCommand<HoldConferenceRequest, HoldConferenceResponse>(table, std::string(kHoldConference),
                                                              people, context);
    AddCommand<ListRemindersRequest, ListRemindersResponse>(
        table, std::string(kListReminders), people, context, runtime_rpc::Repeat::kRead);
    AddAsking<ShowCaseRequest, ShowCaseResponse>(table, kShowCase, people, context, ServeShowCase);
    AddAsking<ListCasesRequest, ListCasesResponse>(table, kListCases, people, context,
                                                   ServeListCases);
    AddAsking<ListClocksRequest, ListClocksResponse>(table, kListClocks, people, context,
                                                     ServeListClocks);
    AddAsking<CloseCaseRequest, CloseCaseResponse>(table, kCloseCase, people, context,
                                                   ServeCloseCase);
  }

 private:
  // A method that asks the register too.
  template <class Req, class Resp>
  void AddAsking(rpc::MethodTable& table, std::string_view path, const rpc::Rule& rule,
                 const MethodContext& context,
                 void (*serve)(const MethodContext&, RegisterChannel, const rpc::CallContext&,
                               const Req&, rpc::Reply<Resp>)) {
    table.Unary<Req, Resp>(
        std::string(path), rule,
        [this, context, serve](const rpc::CallContext& call, Req request, rpc::Reply<Resp> reply) {
          const auto core = core_.find(request.partnership());
          serve(context, core == core_.end() ? nullptr : core->second.casemgr, call, request,
                std::move(reply));
        });
  }

  const std::map<std::string, CoreChannels>& core_;
  const std::vector<std::string> records_ = Records();
  const std::vector<std::string> timers_ = Timers();
  const std::vector<std::string> reads_ = Reads();
};

}  // namespace

std::unique_ptr<Room> MakeDutiesRoom(const std::map<std::string, CoreChannels>& core) {
  return std::make_unique<DutiesRoom>(core);
}

}  // namespace waymark::sharing::duties
