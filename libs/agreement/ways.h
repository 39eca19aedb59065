// One request against one pair of agencies: which clauses and gateways cover it, and what each
// lacks. Internal to this library; an Evaluation lives for one call on one thread.
#pragma once

#include <array>
#include <bit>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"
#include "libs/agreement/compiled.h"
#include "libs/agreement/decision.h"

namespace waymark::agreement {

// A set of `Missing`.
using Lacks = uint64_t;
constexpr Lacks Lack(Missing reason) { return Lacks{1} << static_cast<int>(reason); }
inline Missing First(Lacks lacks) { return static_cast<Missing>(std::countr_zero(lacks)); }

// A pair of a permit clause and one of its gateways that covers the request; with nothing lacking
// it is a way to permit, otherwise it says what stands in the way.
struct Way {
  const CompiledClause* clause = nullptr;
  Gateway gateway = Gateway::kNotPersonal;
  FieldSet fields = 0;   // asked for and listed by the clause
  FieldSet release = 0;  // of those, neither forbidden nor outside the consent
  Lacks lacks = 0;
  int tier = 0;  // 0 live agreement, 1 lapsed agreement, 2 baseline
  const CompiledClause* forbid = nullptr;
};
using Ways = absl::InlinedVector<Way, 24>;

// How far the closest clause got before a part of the request fell outside it.
enum class Reach { kNothing, kPurpose, kSubject, kRole, kAsk };

class Evaluation {
 public:
  // Keeps references to everything given.
  Evaluation(const CompiledAgreements& all, const Partnership& partnership, const Pair& pair,
             const Request& request, FieldSet requested, absl::Time now);

  // Finds the ways for one kind of ask.
  void Walk(std::optional<Ask> ask);
  const Ways& ways() const { return ways_; }

  // Null when no way permits anything.
  const Way* Best() const;

  // The reason when no clause of an ordinary agreement came near: no agreement, a lapsed one, or
  // the part of the request that no clause covers. Sets `agreement` where one is to blame.
  Missing NoClause(int* agreement) const;

 private:
  Missing Lapse(int agreement) const;
  bool IsBaseline(int agreement) const;
  void ReadGateways();
  Lacks ReadConsent();
  bool Covers(const CompiledClause& clause, bool live);
  void Consider(const CompiledClause& clause);
  void CloseGateway(Way& way, bool baseline);
  void ApplyConsent(Way& way) const;
  bool Applies(const CompiledClause& forbid, Gateway gateway) const;
  Missing OutOfReach() const;

  const CompiledAgreements& all_;
  const Pair& pair_;
  const Request& request_;
  const absl::Time now_;
  const FieldSet requested_;
  const uint64_t role_;
  const uint64_t purpose_;
  const uint32_t subject_;
  std::array<Lacks, kAllGateways.size()> closed_{};  // what keeps each gateway shut
  Lacks override_ = 0;
  FieldSet consented_ = 0;
  std::optional<Ask> ask_;
  Ways ways_;
  Reach reach_ = Reach::kNothing;
};

}  // namespace waymark::agreement
