// The methods that clients and checks of a run call or look for.
#pragma once

namespace waymark::simulation {

inline constexpr char kPublish[] = "/waymark.gateway.v1.IncidentService/PublishIncident";
inline constexpr char kLookUp[] = "/waymark.gateway.v1.LookUpService/LookUp";
inline constexpr char kAssess[] = "/waymark.gateway.v1.AssessmentService/AssessVictim";
inline constexpr char kStock[] = "/waymark.gateway.v1.StockService/RegisterStock";
inline constexpr char kRecordConsent[] = "/waymark.gateway.v1.ConsentService/RecordConsent";
inline constexpr char kWithdraw[] = "/waymark.gateway.v1.ConsentService/WithdrawConsent";
inline constexpr char kExplain[] = "/waymark.gateway.v1.ShareService/ExplainShare";
inline constexpr char kListShares[] = "/waymark.gateway.v1.ShareService/ListShares";
inline constexpr char kFetchShare[] = "/waymark.gateway.v1.PeerService/FetchShare";
inline constexpr char kListReceived[] =
    "/waymark.gateway.v1.ReceivedShareService/ListReceivedShares";
inline constexpr char kReadShare[] = "/waymark.gateway.v1.ReceivedShareService/ReadShare";
inline constexpr char kListCopies[] = "/waymark.gateway.v1.CopyService/ListCopies";
inline constexpr char kConfirmRemoval[] = "/waymark.gateway.v1.CopyService/ConfirmRemoval";
inline constexpr char kAcknowledge[] = "/waymark.gateway.v1.AlertService/AcknowledgeAlert";
inline constexpr char kListAlerts[] = "/waymark.gateway.v1.AlertService/ListAlerts";
inline constexpr char kCreateProfile[] = "/waymark.gateway.v1.CaseService/CreateProfile";
inline constexpr char kCallConference[] = "/waymark.gateway.v1.CaseService/CallConference";
inline constexpr char kHoldConference[] = "/waymark.gateway.v1.CaseService/HoldConference";
inline constexpr char kShowCase[] = "/waymark.gateway.v1.CaseService/ShowCase";
inline constexpr char kListCases[] = "/waymark.gateway.v1.CaseService/ListCases";
inline constexpr char kCloseCase[] = "/waymark.gateway.v1.CaseService/CloseCase";
inline constexpr char kListClocks[] = "/waymark.gateway.v1.CaseService/ListClocks";
inline constexpr char kListReminders[] = "/waymark.gateway.v1.CaseService/ListReminders";
inline constexpr char kErase[] = "/waymark.gateway.v1.PersonService/ErasePerson";
inline constexpr char kListErasures[] = "/waymark.gateway.v1.PersonService/ListErasures";
inline constexpr char kOverride[] = "/waymark.gateway.v1.OverrideService/RecordOverride";
inline constexpr char kReview[] = "/waymark.gateway.v1.OverrideService/ReviewOverride";
inline constexpr char kListOverrides[] = "/waymark.gateway.v1.OverrideService/ListOverrides";
inline constexpr char kShowOverride[] = "/waymark.gateway.v1.OverrideService/ShowOverride";
inline constexpr char kStatement[] = "/waymark.gateway.v1.StatementService/MakeStatement";
inline constexpr char kExplainPast[] = "/waymark.gateway.v1.StatementService/ExplainPast";
inline constexpr char kShowLog[] = "/waymark.gateway.v1.WitnessService/ShowLog";

}  // namespace waymark::simulation
