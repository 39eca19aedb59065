#include "cli/story/invent.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "cli/story/people.h"
#include "libs/calendar/civil.h"

namespace waymark::cli::story {
namespace {

using common::v1::Category;
using common::v1::Role;
using gateway::v1::Identity;
using gateway::v1::Incident;

constexpr int kIncidents = 500;
constexpr int kFirstStranger = 200;  // residents from here on are nobody the telling follows
constexpr int kStrangers = 320;
constexpr uint64_t kSeed = 20110131;

struct Kind {
  const char* type;
  Category category;
};
const std::vector<Kind>& Kinds() {
  static const std::vector<Kind>* const kinds =
      new std::vector<Kind>{{"noise", Category::CATEGORY_NUISANCE},
                            {"rowdy_neighbours", Category::CATEGORY_PERSONAL},
                            {"rowdy", Category::CATEGORY_NUISANCE},
                            {"vehicle_nuisance", Category::CATEGORY_NUISANCE},
                            {"littering", Category::CATEGORY_ENVIRONMENTAL},
                            {"abandoned_vehicle", Category::CATEGORY_ENVIRONMENTAL},
                            {"nuisance_communications", Category::CATEGORY_PERSONAL},
                            {"street_drinking", Category::CATEGORY_NUISANCE},
                            {"fireworks", Category::CATEGORY_NUISANCE},
                            {"animal_problems", Category::CATEGORY_NUISANCE}};
  return *kinds;
}

google::protobuf::Timestamp ToProto(absl::Time at) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(at));
  return out;
}

class Inventor {
 public:
  explicit Inventor(absl::Time start) : first_day_(calendar::LondonDate(start)), dice_(kSeed) {
    for (int day = 0; day < kDays; ++day) {
      const absl::Weekday weekday = absl::GetWeekday(first_day_ + day);
      const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
      if (!weekend) working_days_.push_back(day);
      if (weekday == absl::Weekday::friday && day + 4 < kDays && friday_ < 0) friday_ = day;
    }
  }

  Fortnight Tell() {
    fortnight_.lsoas["council"] = Lsoas();
    for (int home = 0; home < kHousingHomes; ++home) {
      fortnight_.uprns["housing"].push_back(PlaceOf(home).address.uprn());
    }
    SixCallsEachHandledAlone();
    FridayAfternoon();
    SaturdayMorning();
    AChildAtRisk();
    AMatrixFilledIn();
    NobodyAskedForConsent();
    Acknowledgements();
    EverybodyElse();
    std::stable_sort(fortnight_.happenings.begin(), fortnight_.happenings.end(),
                     [](const Happening& a, const Happening& b) { return a.at < b.at; });
    return std::move(fortnight_);
  }

 private:
  absl::Time At(int day, int hour, int minute) const {
    return calendar::FromLondon(absl::CivilSecond(first_day_ + day) + (hour * 60 + minute) * 60);
  }
  absl::Time AtWork(int nth_working_day, int hour, int minute) const {
    return At(working_days_[static_cast<size_t>(nth_working_day)], hour, minute);
  }

  void Do(absl::Time at, Deed deed) { fortnight_.happenings.push_back({at, std::move(deed)}); }

  // A report a few minutes after it happened; returns its reference for what comes after.
  IncidentName Happened(absl::Time reported, const std::string& agency, int resident,
                        const Kind& kind, const char* harm, const char* pattern,
                        const char* words) {
    Incident incident;
    const std::string reference =
        absl::StrFormat("%c-%05d", absl::ascii_toupper(agency[0]), ++references_);
    incident.set_source_reference(reference);
    *incident.mutable_reported_at() = ToProto(reported);
    *incident.mutable_occurred_at() =
        ToProto(reported - absl::Minutes(5 + static_cast<int64_t>(dice_.Roll(40))));
    incident.set_category(kind.category);
    incident.set_type(kind.type);
    incident.set_channel(ChannelOf(agency));
    incident.set_summary(words);
    incident.set_action_taken(dice_.Roll(3) == 0 ? "attended" : "advice");
    incident.mutable_grading()->set_harm(harm);
    incident.mutable_grading()->set_pattern(pattern);
    const Place place = PlaceOf(resident);
    *incident.mutable_location() = place.address;
    incident.set_lsoa(place.lsoa);
    gateway::v1::Party& party = *incident.add_parties();
    party.add_roles(Role::ROLE_CALLER);
    party.add_roles(Role::ROLE_VICTIM);
    *party.mutable_identity() = Resident(resident);
    Do(reported, Report{agency, std::move(incident)});
    return {agency, reference};
  }

  Incident& Last() { return std::get<Report>(fortnight_.happenings.back().deed).incident; }

  static const char* ChannelOf(const std::string& agency) {
    if (agency == "police") return "call_101";
    if (agency == "council") return "online";
    if (agency == "housing") return "partner_line";
    return "patrol";
  }

  std::string NameOf(int resident) const {
    const Identity identity = Resident(resident);
    return identity.given_name() + " " + identity.family_name();
  }

  void SixCallsEachHandledAlone();
  void FridayAfternoon();
  void SaturdayMorning();
  void AChildAtRisk();
  void AMatrixFilledIn();
  void NobodyAskedForConsent();
  void Acknowledgements();
  void EverybodyElse();

  const absl::CivilDay first_day_;
  Dice dice_;
  std::vector<int> working_days_;
  int friday_ = -1;
  int references_ = 0;
  Fortnight fortnight_;
};

// The story that Waymark exists for: three agencies, six calls, none of which says much by itself.
void Inventor::SixCallsEachHandledAlone() {
  constexpr int kWho = 11;
  const Kind neighbours = {"rowdy_neighbours", Category::CATEGORY_PERSONAL};
  const Kind noise = {"noise", Category::CATEGORY_NUISANCE};
  fortnight_.cast.push_back(
      {NameOf(kWho), "six calls to three agencies, each handled alone until the sixth"});
  Happened(AtWork(0, 20, 10), "police", kWho, noise, "low", "isolated",
           "Music through the wall until late, third night.");
  Happened(AtWork(1, 11, 0), "council", kWho, neighbours, "low", "regular",
           "Shouting on the landing whenever the caller goes out.");
  Happened(AtWork(2, 21, 30), "police", kWho, neighbours, "low", "regular",
           "Banging on the door, nobody there when it is opened.");
  Happened(AtWork(3, 14, 0), "housing", kWho, noise, "low", "isolated",
           "Tenant asks what can be done about the flat above.");
  Happened(AtWork(4, 22, 40), "police", kWho, neighbours, "moderate", "regular",
           "Rubbish pushed through the letter box, caller upset.");
  Do(AtWork(5, 10, 5), LookUp{"police", Resident(kWho), NameOf(kWho)});
  const IncidentName high =
      Happened(AtWork(5, 10, 10), "police", kWho, neighbours, "significant", "regular",
               "Threatened on the stairs; does not leave the flat any more.");
  Do(AtWork(5, 15, 0), EnterProfile{"police", high});
  Do(AtWork(5, 16, 0), Consent{"police", high.reference, {"housing", "council"}});
  Do(AtWork(5, 16, 30), CallConference{"police", high, absl::Hours(21)});
  Do(AtWork(6, 14, 0), HoldConference{"police", high, {"fire"}});
  Do(AtWork(8, 11, 0), Withdraw{"police", high.reference});
}

// A HIGH ten minutes before the weekend. Nobody acts.
void Inventor::FridayAfternoon() {
  constexpr int kWho = 47;
  fortnight_.cast.push_back(
      {NameOf(kWho), "rated HIGH by housing on a Friday at ten to five; nobody acted"});
  Happened(At(friday_, 16, 50), "housing", kWho, {"rowdy_neighbours", Category::CATEGORY_PERSONAL},
           "significant", "escalating", "Third time this week, now with a knife shown.");
}

// A HIGH while the office is closed until Monday: the duty passes to the police as cover.
void Inventor::SaturdayMorning() {
  constexpr int kWho = 60;
  fortnight_.cast.push_back(
      {NameOf(kWho), "rated HIGH by housing on a Saturday; the duty passed to the police"});
  const IncidentName high =
      Happened(At(friday_ + 1, 10, 0), "housing", kWho, {"rowdy", Category::CATEGORY_PERSONAL},
               "significant", "regular", "Group outside the door every night, calls by name.");
  Do(At(friday_ + 1, 19, 0), EnterProfile{"police", high});
  Do(At(friday_ + 1, 19, 30), CallConference{"police", high, absl::Hours(40)});
}

void Inventor::AChildAtRisk() {
  constexpr int kWho = 85;
  fortnight_.cast.push_back(
      {NameOf(kWho), "a child at risk: shared at once, with no consent asked or needed"});
  Happened(AtWork(3, 13, 20), "fire", kWho, {"fireworks", Category::CATEGORY_PERSONAL},
           "significant", "regular",
           "Home visit after fireworks at the door; a child lives there.");
  Last().mutable_safeguarding()->set_child_at_risk(true);
}

void Inventor::AMatrixFilledIn() {
  constexpr int kWho = 30;
  fortnight_.cast.push_back(
      {NameOf(kWho), "graded MEDIUM on the telephone; the matrix, filled in later, says HIGH"});
  const IncidentName visit = Happened(AtWork(4, 9, 30), "council", kWho,
                                      {"nuisance_communications", Category::CATEGORY_PERSONAL},
                                      "moderate", "regular", "Messages every day, some at night.");
  Do(AtWork(4, 15, 0), Assess{"council",
                              visit.reference,
                              {{"frequency", "frequently"},
                               {"escalation", "yes"},
                               {"offender_known", "well"},
                               {"targeted", "family"},
                               {"hate", "yes"},
                               {"intimidation", "current"},
                               {"effect", "health"},
                               {"support", "few"},
                               {"personal_risk", "yes"}},
                              ""});
  Do(AtWork(5, 9, 45), EnterProfile{"council", visit});
  Do(AtWork(5, 10, 15), Consent{"council", visit.reference, {"housing", "police"}});
  Do(AtWork(5, 10, 30), CallConference{"council", visit, absl::Hours(26)});
  Do(AtWork(6, 12, 45), HoldConference{"council", visit, {}});
}

void Inventor::NobodyAskedForConsent() {
  constexpr int kWho = 100;
  fortnight_.cast.push_back(
      {NameOf(kWho), "HIGH, but consent was never asked: partners see that, not who"});
  const IncidentName high =
      Happened(AtWork(7, 18, 15), "police", kWho, {"rowdy_neighbours", Category::CATEGORY_PERSONAL},
               "significant", "regular", "Followed home twice this week.");
  Do(AtWork(8, 9, 0), EnterProfile{"police", high});
}

void Inventor::Acknowledgements() {
  for (size_t day = 0; day < working_days_.size(); ++day) {
    for (const char* agency : {"council", "housing"}) {
      for (const int hour : {9, 11, 13, 15}) {
        Do(AtWork(static_cast<int>(day), hour, 40), AcknowledgeAlerts{agency});
      }
    }
  }
}

// Most reports are about nothing that goes on; some people report two or three times.
void Inventor::EverybodyElse() {
  const std::vector<std::string> agencies = {"police",  "police",  "police", "council",
                                             "council", "housing", "fire"};
  const std::vector<const char*> words = {"Noise late at night.",
                                          "Youths outside the shop again.",
                                          "Car left on the verge for weeks.",
                                          "Rubbish dumped behind the garages.",
                                          "Dogs barking all day.",
                                          "Motorbikes on the drove."};
  while (references_ < kIncidents) {
    const int day = static_cast<int>(dice_.Roll(kDays));
    const std::string& agency = dice_.Pick(agencies);
    const bool office = agency == "council" || agency == "housing";
    const int hour =
        office ? 9 + static_cast<int>(dice_.Roll(8)) : static_cast<int>(dice_.Roll(24));
    const absl::Time at = At(day, hour, static_cast<int>(dice_.Roll(60)));
    const int who = kFirstStranger + static_cast<int>(dice_.Roll(kStrangers));
    const char* pattern = dice_.Roll(4) == 0 ? "regular" : "isolated";
    const char* harm = dice_.Roll(6) == 0 ? "moderate" : "low";
    Happened(at, agency, who, dice_.Pick(Kinds()), harm, pattern, dice_.Pick(words));
  }
}

}  // namespace

Fortnight Invent(absl::Time start) { return Inventor(start).Tell(); }

}  // namespace waymark::cli::story
