#include "services/sharing/duties/domain/work_on_case.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/civil.h"
#include "services/sharing/duties/domain/clocks.h"

namespace waymark::sharing::duties {
namespace {

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::string> Sorted(const std::vector<std::string>& agencies) {
  const std::set<std::string> sorted(agencies.begin(), agencies.end());
  return {sorted.begin(), sorted.end()};
}

// The open case; null with a problem otherwise.
Case* OpenCase(Docket& docket, const std::string& case_id, std::vector<Problem>& problems) {
  Case* one = docket.Find(case_id);
  if (one == nullptr) {
    problems.push_back({"unknown_case", "case_id", "a case that this agency has a part in",
                        "look it up in the list of cases"});
  } else if (!one->open) {
    problems.push_back(
        {"case_closed", "case_id", "an open case", "a new report of the victim opens it again"});
    return nullptr;
  }
  return one;
}

bool IsCoded(std::string_view word) {
  return !word.empty() && word.size() <= kCodedWordLengthMax &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
         });
}

void CheckCoded(const std::vector<std::string>& words, const std::string& field,
                std::vector<Problem>& problems) {
  if (words.size() > kCodedWordsMax) {
    problems.push_back({"too_many", field, absl::StrCat("at most ", kCodedWordsMax, " words"),
                        "name those that matter for the case"});
    return;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsCoded(words[i])) continue;
    problems.push_back({"not_coded", absl::StrCat(field, "[", i, "]"),
                        "a coded word: a-z, 0-9, '_', '-', '.'",
                        "keep words about a person in the agency's own records"});
  }
}

void CheckProfile(const Profile& profile, std::vector<Problem>& problems) {
  CheckCoded(profile.risks, "risks", problems);
  CheckCoded(profile.support, "support", problems);
  if (profile.update_interval_days > kUpdateIntervalMax) {
    problems.push_back({"out_of_range", "update_interval_days",
                        absl::StrCat("at most ", kUpdateIntervalMax, " days"),
                        "agree a shorter interval with the victim"});
  }
  for (size_t i = 0; i < profile.contact_preferences.size(); ++i) {
    const auto& known = kContactPreferences;
    if (std::find(std::begin(known), std::end(known), profile.contact_preferences[i]) !=
        std::end(known)) {
      continue;
    }
    problems.push_back({"unknown_preference", absl::StrCat("contact_preferences[", i, "]"),
                        absl::StrJoin(known, ", "), "choose from these"});
  }
}

std::optional<Obligation> Copy(const Obligation* obligation) {
  if (obligation == nullptr) return std::nullopt;
  return *obligation;
}

void CheckAgencies(const Setting& setting, const std::vector<std::string>& agencies,
                   const std::string& field, std::vector<Problem>& problems) {
  for (size_t i = 0; i < agencies.size(); ++i) {
    if (setting.pack.FindAgency(agencies[i]) != nullptr) continue;
    problems.push_back({"unknown_agency", absl::StrCat(field, "[", i, "]"),
                        "an agency of the partnership", "use the agency's id"});
  }
}

// The conference is its lead's, or its whose clock runs for it.
void CheckLeads(const Setting& setting, const Case& one, std::string_view word,
                std::vector<Problem>& problems) {
  if (one.lead_agency.empty() || one.lead_agency == setting.self) return;
  const bool owns = std::any_of(
      one.obligations.begin(), one.obligations.end(), [&](const Obligation& obligation) {
        return obligation.RunBy(setting.self) && StopsAt(setting, obligation.clock, word);
      });
  if (owns || one.conference) return;
  problems.push_back({"not_lead_agency", "case_id",
                      absl::StrCat("a request of the lead agency, ", one.lead_agency),
                      "ask the lead agency"});
}

// The lead's list in its order, then those of the others that came.
std::vector<std::string> ChairsOf(const Setting& setting, const Case& one,
                                  const std::vector<std::string>& attended) {
  std::vector<std::string> agencies = {one.lead_agency.empty() ? setting.self : one.lead_agency};
  agencies.insert(agencies.end(), attended.begin(), attended.end());
  std::vector<std::string> chairs;
  for (const std::string& id : agencies) {
    const pack::Agency* agency = setting.pack.FindAgency(id);
    if (agency == nullptr) continue;
    for (const std::string& role : agency->chair_roles) {
      if (!Has(chairs, role)) chairs.push_back(role);
    }
  }
  return chairs;
}

void CheckHeld(const Setting& setting, const Case& one, const HeldAsked& asked,
               std::vector<Problem>& problems) {
  if (!one.ConferenceCalled()) {
    problems.push_back({"not_called", "case_id", "a case whose conference was called",
                        "call it, with the parties that are asked to attend, then record it"});
  }
  if (one.held) {
    problems.push_back({"already_held", "case_id", "a case whose conference is still to be held",
                        "nothing is left to do"});
  }
  if (!asked.held_at) {
    problems.push_back({"missing_field", "held_at", "when it was held", "say when it was held"});
  } else if (*asked.held_at > setting.now) {
    problems.push_back(
        {"future_dated", "held_at", "an instant that has passed", "record it when it was held"});
  }
  CheckAgencies(setting, asked.attended, "attended", problems);
  if (asked.attended.empty()) {
    problems.push_back(
        {"nobody_came", "attended", "at least one agency that came", "call the conference again"});
  }
  const std::vector<std::string> chairs = ChairsOf(setting, one, asked.attended);
  if (!Has(chairs, asked.chair_role)) {
    problems.push_back({"not_a_chair", "chair_role", absl::StrJoin(chairs, ", else "),
                        "name the role that took the chair"});
  }
}

}  // namespace

Done DecideCreateProfile(Docket& docket, const std::string& case_id, Profile profile) {
  const Setting& setting = docket.setting;
  Done done;
  Case* one = OpenCase(docket, case_id, done.problems);
  if (one != nullptr && one->ProfileState() == "created") {
    done.problems.push_back({"profile_exists", "case_id", "a case without a profile",
                             "nothing is left to do: the clock has stopped"});
  }
  CheckProfile(profile, done.problems);
  if (!done.problems.empty()) return done;
  profile.created_at = setting.now;
  profile.skeleton = false;
  one->profile = profile;
  one->Note(setting.now, std::string(kProfileCreated), setting.self);
  docket.Tell(*one, std::move(profile));
  done.case_id = one->id;
  done.discharged = Copy(StopClocks(setting, *one, kProfileCreated, setting.now));
  StartClocks(setting, *one, {kProfileCreated}, setting.now);
  return done;
}

Done DecideCallConference(Docket& docket, const CallAsked& asked) {
  const Setting& setting = docket.setting;
  Done done;
  Case* one = OpenCase(docket, asked.case_id, done.problems);
  if (one != nullptr) CheckLeads(setting, *one, kConferenceCalled, done.problems);
  if (!asked.scheduled_for || *asked.scheduled_for <= setting.now) {
    done.problems.push_back({"not_ahead", "scheduled_for", "an instant that lies ahead",
                             "give the parties time to come"});
  }
  CheckAgencies(setting, asked.invited, "invited", done.problems);
  if (!done.problems.empty()) return done;
  Conference conference;
  conference.called_at = setting.now;
  conference.scheduled_for = *asked.scheduled_for;
  conference.invited = asked.invited.empty() ? one->interested : Sorted(asked.invited);
  one->conference = conference;
  one->conference_for = conference.scheduled_for;
  one->invited = conference.invited;
  one->Note(setting.now, std::string(kConferenceCalled), setting.self,
            absl::StrCat("for ", calendar::FormatLondon(conference.scheduled_for)));
  done.case_id = one->id;
  done.agencies = conference.invited;
  docket.Tell(*one, std::move(conference));
  done.discharged = Copy(StopClocks(setting, *one, kConferenceCalled, setting.now));
  return done;
}

Done DecideHoldConference(Docket& docket, const HeldAsked& asked) {
  const Setting& setting = docket.setting;
  Done done;
  Case* one = OpenCase(docket, asked.case_id, done.problems);
  if (one == nullptr) return done;
  CheckLeads(setting, *one, kConferenceHeld, done.problems);
  CheckHeld(setting, *one, asked, done.problems);
  if (!done.problems.empty()) return done;
  Held held;
  held.held_at = *asked.held_at;
  held.attended = Sorted(asked.attended);
  for (const std::string& agency : one->invited) {
    if (!Has(held.attended, agency)) held.absent.push_back(agency);
  }
  held.chair_role = asked.chair_role;
  one->held = held;
  one->Note(held.held_at, std::string(kConferenceHeld), setting.self);
  for (const std::string& agency : held.absent) one->Note(held.held_at, "absent", agency);
  done.case_id = one->id;
  done.agencies = held.absent;
  const absl::Time held_at = held.held_at;
  docket.Tell(*one, std::move(held));
  done.discharged = Copy(StopClocks(setting, *one, kConferenceHeld, held_at));
  return done;
}

Done CheckClose(Docket& docket, const CloseAsked& asked) {
  Done done;
  const Case* one = docket.Find(asked.case_id);
  if (one == nullptr) {
    done.problems.push_back({"unknown_case", "case_id", "a case that this agency has a part in",
                             "look it up in the list of cases"});
  } else {
    done.case_id = one->id;
  }
  if (!asked.has_reason) {
    done.problems.push_back(
        {"missing_field", "reason", "why it can be closed", "say why it can be closed"});
  }
  if (asked.supervisor.empty()) {
    done.problems.push_back({"missing_field", "supervisor", "the person who supervises",
                             "have a supervisor sign the closure"});
  } else if (asked.supervisor == asked.asker) {
    done.problems.push_back({"supervisor_is_asker", "supervisor",
                             "another person than the one who asks",
                             "have somebody else sign the closure"});
  }
  return done;
}

}  // namespace waymark::sharing::duties
