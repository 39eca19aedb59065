#include "tests/simulation/node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/crypto/aead.h"

namespace waymark::simulation {
namespace {

constexpr const char* kTrustDomain = "fenland.waymark";

class NoEffects : public runtime::EffectPerformer {
 public:
  void Perform(const runtime::Effect&, std::function<void(runtime::EffectOutcome)> done) override {
    done(runtime::EffectOutcome::GaveUp("this node performs no effects"));
  }
};

}  // namespace

absl::StatusOr<uint64_t> SlotFile::Take() {
  while (erased_.count(next_) != 0) ++next_;
  if (keys_.count(next_) == 0) keys_[next_] = random_.Bytes(crypto::kAeadKeySize);
  return next_++;
}

absl::StatusOr<std::string> SlotFile::Key(uint64_t slot) const {
  const auto key = keys_.find(slot);
  if (key == keys_.end()) return absl::NotFoundError("the key of this slot is gone");
  return key->second;
}

absl::Status SlotFile::Change(const std::function<void()>& change) {
  switch (std::exchange(next_change_, Disk::Next::kWrite)) {
    case Disk::Next::kCrashBefore:
      throw CrashNow();
    case Disk::Next::kCrashAfter:
      change();
      throw CrashNow();
    case Disk::Next::kFail:
      return absl::UnavailableError("the key file failed");
    case Disk::Next::kFailButWritten:
      change();
      return absl::UnavailableError("the key file failed");
    case Disk::Next::kWrite:
      break;
  }
  change();
  return absl::OkStatus();
}

absl::Status SlotFile::Erase(uint64_t slot) {
  return Change([&] {
    if (fault_ != SeededFault::kKeyKept) keys_.erase(slot);
    erased_.emplace(slot, master_);
  });
}

absl::Status SlotFile::RewriteUnderNewMaster() {
  return Change([&] { ++master_; });
}

bool SlotFile::OldCopiesOpen(uint64_t slot) const {
  const auto erased = erased_.find(slot);
  return erased == erased_.end() || erased->second == master_ || keys_.count(slot) != 0;
}

std::vector<uint64_t> SlotFile::ErasedSlots() const {
  std::vector<uint64_t> slots;
  for (const auto& [slot, master] : erased_) slots.push_back(slot);
  return slots;
}

void NodeAlarms::Raise(std::string_view code, std::string_view subject, std::string_view detail) {
  ever_.insert(std::string(code));
  if (raised_.insert(absl::StrCat(std::string(code), " ", std::string(subject))).second) {
    trace_.Say(who_, absl::StrCat("alarm ", std::string(code), " (", std::string(subject),
                                  "): ", std::string(detail)));
  }
  AlarmList::Raise(code, subject, detail);
}

void NodeAlarms::Clear(std::string_view code, std::string_view subject) {
  if (raised_.erase(absl::StrCat(std::string(code), " ", std::string(subject))) > 0) {
    trace_.Say(who_, absl::StrCat("clears ", std::string(code)));
  }
  AlarmList::Clear(code, subject);
}

// Asks the source's node straight away: it answers while it is up and within reach.
class Node::Repair : public runtime::LaneRepair {
 public:
  Repair(World& world, const std::string& asker) : world_(world), asker_(asker) {}
  void Ask(const runtime::LaneGap& gap, std::function<void(absl::Status)> done) override {
    const auto source = world_.by_source.find(gap.source);
    if (source == world_.by_source.end() || !source->second->up() ||
        world_.network.IsCut(asker_, gap.source)) {
      return done(absl::UnavailableError("the source cannot be reached"));
    }
    world_.trace.Say(asker_, absl::StrCat("asks for ", gap.lane, " from ", gap.from_seq));
    done(source->second->runtime().Republish(gap.lane, gap.from_seq));
  }

 private:
  World& world_;
  const std::string& asker_;
};

Node::Node(World& world, std::string source)
    : world_(world),
      source_(std::move(source)),
      clock_(world.clock),
      log_(world.log, world.fault, "Kanarekia Zqvogelsang"),
      alarms_(std::make_unique<NodeAlarms>(world.clock, world.trace, source_)),
      repair_(std::make_unique<Repair>(world, source_)),
      no_effects_(std::make_unique<NoEffects>()) {
  world_.by_source[source_] = this;
}

Node::~Node() = default;

runtime::EffectPerformer& Node::effects() { return *no_effects_; }

std::vector<std::string> Node::Families() {
  const std::unique_ptr<runtime::Service> service = MakeService();
  std::vector<std::string> families = service->DomainColumnFamilies();
  for (std::string& family : runtime::RuntimeColumnFamilies()) {
    families.push_back(std::move(family));
  }
  return families;
}

absl::Status Node::Start(How how) {
  WM_CHECK(!up(), "a node was started twice");
  if (disk_ == nullptr) disk_ = std::make_unique<Disk>(Families(), world_.fault);
  clock_.Restart();
  ++incarnation_;
  points_left_ = -1;
  WM_RETURN_IF_ERROR(BeforeOpen(how));
  service_ = MakeService();
  auto runtime = std::make_unique<runtime::Runtime>(
      Config(), runtime::RuntimeDeps{.store = *disk_,
                                     .log = log_,
                                     .service = *service_,
                                     .effects = effects(),
                                     .signer = signer(),
                                     .verifier = *world_.verifier,
                                     .repair = *repair_,
                                     .clock = clock_,
                                     .alarms = *alarms_,
                                     .crash_point = [this](std::string_view p) { Reached(p); }});
  WM_RETURN_IF_ERROR(how == How::kOpen ? runtime->Open() : runtime->Rebuild());
  runtime_ = std::move(runtime);
  rebuild_next_ = false;
  WM_RETURN_IF_ERROR(AfterOpen());
  rpc::EndpointConfig edge;
  edge.trust_domain = kTrustDomain;
  edge.own_agency = agency();
  edge.limits.calls_per_second = 1e6;
  edge.limits.calls_burst = 1e6;
  endpoint_ = rpc::Endpoint::Create(edge, Methods(), persons(), clock_);
  endpoint_->SetAllServing(true);
  next_due_ = world_.clock.Now();
  world_.trace.Say(source_, how == How::kOpen ? "starts" : "is rebuilt from its journal");
  return absl::OkStatus();
}

void Node::Die(const std::string& where) {
  if (!up()) return;
  world_.trace.Say(source_, absl::StrCat("dies at ", where));
  ++world_.crashes[where];
  ++incarnation_;
  Stopped();
  runtime_.reset();
  endpoint_.reset();
  service_.reset();
  disk_->PowerLoss(world_.dice);
  if (slots() != nullptr) slots()->Arm(Disk::Next::kWrite);
  for (const telemetry::Alarm& alarm : alarms_->Raised()) alarms_->Clear(alarm.code, alarm.subject);
}

void Node::LoseDisk() {
  Die("loss of its disk");
  disk_.reset();
  epochs_.clear();  // what led to no event is not in the journal, epochs included
}

void Node::Reached(std::string_view point) {
  if (points_left_ < 0 || points_left_-- > 0) return;
  last_point_ = std::string(point);
  throw CrashNow();
}

bool Node::Step() {
  if (!up() || paused_) return false;
  last_point_ = "commit";
  try {
    const absl::StatusOr<runtime::StepReport> report = runtime_->Step();
    if (!report.ok()) {
      world_.trace.Say(source_, absl::StrCat("fails: ", report.status().ToString()));
      Die("failed commit");
      return true;
    }
    next_due_ = report->next_due;
    return !report->idle();
  } catch (const CrashNow&) {
    Die(last_point_);
    return true;
  }
}

void Node::Tick() {}

std::string Node::CheckEpochs() {
  if (!up()) return "";
  const auto lanes = runtime_->Lanes();
  if (!lanes.ok()) return absl::StrCat(source_, ": ", lanes.status().ToString());
  for (const runtime::LaneStatus& lane : *lanes) {
    uint64_t& seen = epochs_[absl::StrCat(lane.source, " ", lane.lane)];
    if (lane.epoch < seen) {
      return absl::StrCat(source_, " went back from epoch ", seen, " to ", lane.epoch, " of lane ",
                          lane.lane);
    }
    seen = lane.epoch;
  }
  return "";
}

}  // namespace waymark::simulation
