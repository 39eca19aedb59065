// What the register tells this member through its inbox: proto/waymark/casemgr/v1/inbox.proto as
// plain values, and what each does to the own copy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/sharing/duties/domain/docket.h"

namespace waymark::sharing::duties {

struct CaseNotice {
  std::string case_id;
  std::optional<pack::Band> band;
  std::vector<std::string> band_by;
  std::string lead_agency;  // "" when this member has no part in the case any more
  bool open = true;
  int category = 0;
  std::string outward_postcode;
  std::string lsoa;
  absl::Time opened_at;
  std::vector<std::string> interested;
  std::vector<std::string> person_ids;  // own
  std::vector<std::string> incident_ids;
  std::string profile;  // "none", "skeleton", "created"
  std::optional<absl::Time> conference_for;
  std::vector<std::string> invited;
};

// Keeps the case as told. Provisional cases of its persons are joined into it, and what they had to
// tell the core is told under the case's id.
void DecideCaseNotice(Docket& docket, const CaseNotice& notice);

struct ObligationNotice {
  std::string case_id;
  std::string person_id;  // own; "" when the clock is about nobody this member holds
  Obligation obligation;  // as the register has it; nothing told, nothing enforced
};

// Keeps the clock as told. It replaces the provisional one of the same name, and what already
// happened to that one stands: a discharge, a breach, an enforcement.
void DecideObligationNotice(Docket& docket, const ObligationNotice& notice);

struct CoverAsked {
  std::string case_id;
  std::string closed_agency;
  std::optional<absl::Time> opens_at;
  bool opening = false;  // this agency has opened; otherwise: this agency covers a closed one
};

// Tells the people: the cover's at once, the own at opening unless they were told already.
void DecideCoverAsked(Docket& docket, const CoverAsked& asked);

struct ActedForMember {
  std::string case_id;
  std::string obligation_id;
  bool conference = false;  // called the conference; otherwise made the skeleton profile
  absl::Time at;
  std::optional<absl::Time> scheduled_for;
};

// The register acted in this gateway's place: it will not act again, and the supervisor is told.
void DecideActed(Docket& docket, const ActedForMember& acted);

struct RegisterReminder {
  std::string case_id;
  std::string obligation_id;
  std::string kind;
  absl::Time at;
  std::string role;
};

// Told to the role, unless this gateway has told it the same by itself.
void DecideRegisterReminder(Docket& docket, const RegisterReminder& reminder);

}  // namespace waymark::sharing::duties
