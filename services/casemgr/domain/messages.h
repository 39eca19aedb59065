// What each member is to be told about a case: derived from the case and its incidents alone, so
// that it is the same whatever order brought them. Plain values; the domain's side of
// proto/waymark/casemgr/v1/inbox.proto. Each says only what its member needs to know.
//
// A message has a slot, which names what it is about. One of a slot is sent when it differs from
// the last of that slot, or once only, as `once` says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/casemgr/domain/work.h"

namespace waymark::casemgr {

struct CaseNotice {
  std::string case_id;
  std::optional<Band> band;
  std::vector<std::string> band_by;
  std::string lead_agency;
  bool open = false;
  Category category = Category::kUnknown;
  Area area;
  absl::Time opened_at;
  std::vector<std::string> interested;
  std::vector<std::string> own_person_ids;
  std::vector<std::string> own_incident_ids;
  std::string profile;
  std::optional<absl::Time> conference_for;
  std::vector<std::string> invited;
};

struct ObligationNotice {
  std::string case_id;
  Obligation obligation;
  std::string own_person_id;
};

struct HighRiskAlert {
  std::string alert_id;
  std::string case_id;
  absl::Time raised_at;
  std::optional<Band> band;
  std::vector<std::string> band_by;
  Category category = Category::kUnknown;
  Area area;
  std::string lead_agency;
  std::string interest;
  std::vector<std::string> holders;
};

struct ShareAsked {
  std::string case_id;
  std::vector<std::string> person_ids;
  std::vector<std::string> incident_ids;
  std::vector<std::string> recipients;
  std::optional<Band> band;
  Safeguarding safeguarding;
};

struct CoverAsked {
  std::string case_id;
  std::string closed_agency;
  std::optional<absl::Time> opens_at;
  std::string kind;  // "raise", "opening"
};

struct ActedForMember {
  std::string case_id;
  std::string obligation_id;
  std::string what;  // "skeleton_profile", "conference_called"
  absl::Time at;
  std::optional<absl::Time> scheduled_for;
};

struct Reminder {
  std::string case_id;
  std::string obligation_id;
  std::string kind;  // "breach_told_supervisor", "absence_reported"
  absl::Time at;
  std::string role;
};

struct Message {
  std::string agency;
  std::string slot;
  std::variant<CaseNotice, ObligationNotice, HighRiskAlert, ShareAsked, CoverAsked, ActedForMember,
               Reminder>
      body;
  bool once = false;
};

inline constexpr char kCaseSlot[] = "case";

// Sorted by agency. `incidents` are those in which the case's subject counts; `told` are the
// members that were told of the case before: one that has no part any more is told that it is over.
std::vector<Message> MessagesFor(const Case& one, const std::vector<Incident>& incidents,
                                 const std::vector<std::string>& told, const Setting& setting);

}  // namespace waymark::casemgr
