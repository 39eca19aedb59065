// An incident as an agency's system published it, before anything about it is believed. Plain
// values; numbers of enums are those of the proto messages.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace waymark::sharing::door {

// An instant as it came: absent, impossible (nullopt inside), or one.
struct GivenTime {
  bool given = false;
  std::optional<absl::Time> at;  // nullopt although given: no such instant
};

struct GivenAddress {
  std::string house, street, postcode, uprn;
  bool empty() const { return house.empty() && street.empty() && postcode.empty() && uprn.empty(); }
};

struct GivenIdentity {
  std::string given_name = {};
  std::string family_name = {};
  std::string date_of_birth = {};
  std::string telephone = {};
  std::string email = {};
  GivenAddress address = {};
  std::string safe_contact = {};
};

struct GivenParty {
  std::vector<int> roles;
  GivenIdentity identity;
};

struct GivenGrading {
  std::string harm, pattern;
};

struct GivenJudgement {
  int band = 0;
  std::string reason;
};

// What an instrument of the agency's own came to, by the pack's words.
struct GivenInstrument {
  std::string id;
  std::string result;
};

using Answers = std::map<std::string, std::string>;

struct GivenIncident {
  std::string source_reference;
  uint32_t revision = 0;
  GivenTime occurred_at, reported_at;
  int category = 0;
  std::string type, channel;
  std::vector<GivenParty> parties;
  GivenAddress location;
  std::string lsoa, summary;
  std::optional<GivenGrading> grading;
  Answers answers;
  std::optional<GivenJudgement> officer;
  std::string action_taken;
};

}  // namespace waymark::sharing::door
