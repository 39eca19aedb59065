#include "services/casemgr/domain/messages.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace waymark::casemgr {
namespace {

struct Own {
  std::set<std::string> persons;
  std::set<std::string> incidents;
};

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::string> List(const std::set<std::string>& all) { return {all.begin(), all.end()}; }

// The order of strength of the reasons of an interest.
int StrengthOf(const std::string& reason) {
  constexpr std::string_view kOrder[] = {"reporter", "stock", "ward", "holds_record"};
  return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), reason) -
                          std::begin(kOrder));
}

// Everything MessagesFor works with, gathered once.
struct Picture {
  const Case& one;
  const Setting& setting;
  std::map<std::string, Own> own;              // by agency that holds the victim
  std::map<std::string, std::string> reasons;  // of each interest, the strongest
  Safeguarding safeguarding;
  const Incident* cause = nullptr;   // what opened the case; null while it is not known
  const Incident* newest = nullptr;  // null when there is none

  // "" for a member that does not hold the victim.
  std::string OwnPerson(const std::string& agency) const {
    const auto found = own.find(agency);
    return found == own.end() || found->second.persons.empty() ? ""
                                                               : *found->second.persons.begin();
  }
};

Picture Gather(const Case& one, const std::vector<Incident>& incidents, const Setting& setting) {
  Picture picture{one, setting, {}, {}, {}, nullptr, nullptr};
  for (const Incident& incident : incidents) {
    for (const Party& party : incident.parties) {
      if (!party.Counts() || party.subject_id != one.subject_id) continue;
      Own& own = picture.own[incident.agency];
      own.persons.insert(party.person_id);
      own.incidents.insert(incident.id);
    }
    std::map<std::string, std::string> interests = incident.interests;
    interests.insert_or_assign(incident.agency, "reporter");
    for (const auto& [agency, reason] : interests) {
      auto [held, added] = picture.reasons.emplace(agency, reason);
      if (!added && StrengthOf(reason) < StrengthOf(held->second)) held->second = reason;
    }
    picture.safeguarding.child_at_risk |= incident.safeguarding.child_at_risk;
    picture.safeguarding.adult_at_risk |= incident.safeguarding.adult_at_risk;
    picture.safeguarding.vital_interests |= incident.safeguarding.vital_interests;
    if (incident.id == one.incident_id) picture.cause = &incident;
    if (picture.newest == nullptr ||
        std::tie(incident.reported_at, incident.id) >
            std::tie(picture.newest->reported_at, picture.newest->id)) {
      picture.newest = &incident;
    }
  }
  return picture;
}

CaseNotice NoticeFor(const Picture& picture, const std::string& agency) {
  const Case& one = picture.one;
  CaseNotice notice;
  notice.case_id = one.id;
  notice.band = one.band;
  notice.band_by = one.band_by;
  notice.lead_agency = one.lead_agency;
  notice.open = one.open;
  const Incident* shown = picture.cause != nullptr ? picture.cause : picture.newest;
  if (shown != nullptr) {
    notice.category = shown->category;
    notice.area = shown->area;
  }
  notice.opened_at = one.opened_at;
  notice.interested = one.interested;
  const auto own = picture.own.find(agency);
  if (own != picture.own.end()) {
    notice.own_person_ids = List(own->second.persons);
    notice.own_incident_ids = List(own->second.incidents);
  }
  notice.profile = std::string(one.ProfileState());
  if (one.conference) {
    notice.conference_for = one.conference->scheduled_for;
    notice.invited = one.conference->invited;
  }
  return notice;
}

// To a member that has no part any more: nothing but that it is over.
CaseNotice Farewell(const Case& one) {
  CaseNotice notice;
  notice.case_id = one.id;
  notice.opened_at = one.opened_at;
  return notice;
}

std::string BreachRole(const Picture& picture, const Obligation& obligation) {
  const pack::ClockRule* rule = picture.setting.pack.FindClock(obligation.clock);
  if (rule != nullptr && !rule->escalation_role.empty()) return rule->escalation_role;
  const pack::Agency* owner = picture.setting.pack.FindAgency(obligation.owner);
  return owner == nullptr ? "" : owner->breach_role;
}

class Teller {
 public:
  Teller(const Picture& picture, std::vector<Message>& messages)
      : picture_(picture), one_(picture.one), messages_(messages) {}

  void Notices(const std::string& agency) {
    Add(agency, kCaseSlot, NoticeFor(picture_, agency));
    for (const Obligation& obligation : one_.obligations) {
      Add(agency, absl::StrCat("obligation/", obligation.id),
          ObligationNotice{one_.id, obligation, picture_.OwnPerson(agency)});
      if (agency == obligation.owner && obligation.breached_at) {
        Once(agency, absl::StrCat("breach/", obligation.id),
             Reminder{one_.id, obligation.id, "breach_told_supervisor", *obligation.breached_at,
                      BreachRole(picture_, obligation)});
      }
    }
  }

  void Acted(const std::string& agency) {
    const auto acted = [&](const std::string& by, const std::string& obligation_id,
                           ActedForMember what) {
      if (agency != by || obligation_id.empty()) return;
      what.case_id = one_.id;
      what.obligation_id = obligation_id;
      Once(agency, absl::StrCat("acted/", obligation_id), std::move(what));
    };
    if (one_.skeleton) {
      acted(one_.skeleton->agency, one_.skeleton->obligation_id,
            {"", "", "skeleton_profile", one_.skeleton->created_at, std::nullopt});
    }
    if (one_.conference) {
      acted(one_.conference->agency, one_.conference->obligation_id,
            {"", "", "conference_called", one_.conference->called_at,
             one_.conference->scheduled_for});
    }
  }

  void Absence(const std::string& agency) {
    if (!one_.held || !Has(one_.held->absent, agency)) return;
    const pack::Agency* known = picture_.setting.pack.FindAgency(agency);
    Once(agency, absl::StrCat("absence/", one_.opening),
         Reminder{one_.id, "", "absence_reported", one_.held->held_at,
                  known == nullptr ? "" : known->breach_role});
  }

  void Alert(const std::string& agency) {
    if (!one_.open || !one_.High() || !Has(one_.interested, agency)) return;
    if (Has(one_.band_by, agency)) return;  // it reported the HIGH itself
    const std::string slot = absl::StrCat("alert/", one_.opening, ".", one_.highs);
    HighRiskAlert alert;
    alert.alert_id = picture_.setting.make_id({"alert", one_.id, agency, slot});
    alert.case_id = one_.id;
    alert.raised_at = one_.high_since.value_or(one_.since);
    alert.band = one_.band;
    alert.band_by = one_.band_by;
    // Never an older incident's place in the place of the one that made it HIGH.
    const Incident* shown = one_.incident_id.empty() ? picture_.newest : picture_.cause;
    if (shown != nullptr) {
      alert.category = shown->category;
      alert.area = shown->area;
    }
    alert.lead_agency = one_.lead_agency;
    const auto reason = picture_.reasons.find(agency);
    if (reason != picture_.reasons.end()) alert.interest = reason->second;
    for (const auto& [holder, own] : picture_.own) {
      if (holder != agency && picture_.setting.IsMember(holder)) alert.holders.push_back(holder);
    }
    Once(agency, slot, std::move(alert));
  }

  void Share(const std::string& agency) {
    const auto own = picture_.own.find(agency);
    if (!one_.open || own == picture_.own.end()) return;
    ShareAsked asked;
    for (const std::string& other : one_.interested) {
      if (other != agency && picture_.setting.IsMember(other)) asked.recipients.push_back(other);
    }
    if (asked.recipients.empty()) return;
    asked.case_id = one_.id;
    asked.person_ids = List(own->second.persons);
    asked.incident_ids = List(own->second.incidents);
    asked.band = one_.band;
    asked.safeguarding = picture_.safeguarding;
    Add(agency, absl::StrCat("share/", one_.opening), std::move(asked));
  }

  void Cover(const std::string& agency) {
    if (!one_.cover) return;
    const auto& cover = *one_.cover;
    if (agency == cover.cover) {
      Once(agency, absl::StrCat("cover_raise/", one_.opening, ".", absl::ToUnixSeconds(cover.at)),
           CoverAsked{one_.id, cover.closed_agency, cover.opens_at, "raise"});
    }
    if (agency == cover.closed_agency && cover.ended) {
      Once(agency, absl::StrCat("cover_opening/", one_.opening, ".", absl::ToUnixSeconds(cover.at)),
           CoverAsked{one_.id, cover.closed_agency, cover.opens_at, "opening"});
    }
  }

 private:
  template <class Body>
  void Add(const std::string& agency, std::string slot, Body body) {
    messages_.push_back({agency, std::move(slot), std::move(body), false});
  }
  template <class Body>
  void Once(const std::string& agency, std::string slot, Body body) {
    messages_.push_back({agency, std::move(slot), std::move(body), true});
  }

  const Picture& picture_;
  const Case& one_;
  std::vector<Message>& messages_;
};

}  // namespace

std::vector<Message> MessagesFor(const Case& one, const std::vector<Incident>& incidents,
                                 const std::vector<std::string>& told, const Setting& setting) {
  const Picture picture = Gather(one, incidents, setting);
  std::vector<Message> messages;
  Teller teller(picture, messages);
  const std::vector<std::string> parts = one.Parts();
  for (const std::string& agency : setting.members) {
    if (!std::binary_search(parts.begin(), parts.end(), agency)) {
      if (Has(told, agency)) messages.push_back({agency, kCaseSlot, Farewell(one), false});
      continue;
    }
    teller.Notices(agency);
    teller.Acted(agency);
    teller.Absence(agency);
    teller.Share(agency);
    teller.Alert(agency);
    teller.Cover(agency);
  }
  return messages;
}

}  // namespace waymark::casemgr
