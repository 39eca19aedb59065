"""The tables of the specification, as far as they say what a pack holds."""

from __future__ import annotations

from typing import Any

BANDS = ("STANDARD", "MEDIUM", "HIGH")

# pattern -> bands of low, moderate and significant harm
GRADES = {
    "isolated": ("STANDARD", "STANDARD", "MEDIUM"),
    "regular": ("STANDARD", "MEDIUM", "HIGH"),
    "escalating": ("MEDIUM", "MEDIUM", "HIGH"),
}


def _item(text: str, scored: bool = True) -> dict:
    words = text.split()
    options = {words[i]: int(words[i + 1]) for i in range(0, len(words), 2)}
    return {"scored": scored, "options": options}


RAM = {
    "medium": 12,
    "high": 24,
    "items": {
        "frequency": _item("none 0 occasionally 3 frequently 5"),
        "escalation": _item("no 0 yes 2"),
        "offender_known": _item("no 0 yes 1 well 2"),
        "targeted": _item("no 0 several 1 family 2"),
        "hate": _item("no 0 yes 3"),
        "intimidation": _item("no 0 reputation 2 past 3 current 5"),
        "effect": _item("none 0 routine 2 distressed 4 health 6"),
        "support": _item("close 0 few 1 isolated 3"),
        "personal_risk": _item("no 0 yes 3"),
        "other_agencies": _item("no 0 yes 0", False),
        "others_affected": _item("no 0 yes 0", False),
    },
}
TYPES = ("abandoned_vehicle vehicle_nuisance rowdy rowdy_neighbours littering animal_problems "
         "trespass nuisance_communications street_drinking prostitution noise begging fireworks "
         "hoax_calls").split()
TYPE_GROUPS = {"noise": "noise", "rowdy_neighbours": "noise"}

# pack -> (rule, counted time, days or months back, fires at, same incident once, by type group)
INSTANT_RULES = {
    "fenland": [("response_30d", "occurred_at", 30, 3, True, False)],
    "south-wales": [("repeat_3m", "reported_at", 3, 3, False, False)],
    "kent-and-medway": [("repeat_12m", "occurred_at", 12, 2, True, True)],
}
# rule, fires at, whether the report must be in time; under every pack
PERIOD_RULES = [("case_review_6m", 3, True), ("explain_second_report", 2, False)]


def _no_triggers(answers: dict) -> set[str]:
    return set()


def _when(question: str, *triggers: str) -> Any:
    return lambda answers: set(triggers) if answers.get(question) == "yes" else set()


def _leicestershire(answers: dict) -> set[str]:
    asked = [answers.get(question) for question in ("repeat_victim", "vulnerable", "safeguarding")]
    fired = {"safeguarding_referral"} if asked[2] == "yes" else set()
    return fired | ({"unknown_chase"} if "unknown" in asked else set())


_VICTOR = ("harassment_alarm_distress vulnerable impact combined_approach targeted ongoing risk "
           "hate").split()


def _victor(answers: dict) -> set[str]:
    others = any(answers.get(question) == "yes" for question in _VICTOR[1:])
    return {"case_manage"} if answers.get(_VICTOR[0]) == "yes" and others else set()


def _set(questions: str, yes_no: str, show: dict | None = None, triggers: Any = _no_triggers,
         needs: dict | None = None) -> dict:
    return {"questions": questions.split(), "yes_no": yes_no.split(), "show": show or {},
            "triggers": triggers, "needs": needs or {}}


_NUMBERED = " ".join(f"q{n}" for n in range(1, 19))
SETS = {
    ("avon-and-somerset", "avon-and-somerset"): _set(
        _NUMBERED, "q2 q7 q10 q11 q12 q13 q15 q17 q18",
        {"q3": "q2", "q4": "q2", "q14": "q13", "q15": "q13", "q16": "q15", "q18": "q17"},
        _when("q13", "vulnerable_victim")),
    ("west-mercia", "west-mercia"): _set(
        " ".join(f"q{n}" for n in range(1, 11)), "q2 q5 q8 q10", {"q6": "q5"},
        _when("q8", "mandatory_attendance", "possible_hate_incident")),
    ("fenland", "fenland"): _set(
        "q1 q2_keep_safe_victim q2_economic q2_equality q2_personal q2_sickness q2_support q2_family "
        "q2_environment q3_is_asb q4_vulnerable", "q1 q3_is_asb q4_vulnerable"),
    ("metropolitan", "metropolitan"): _set("vulnerable", "vulnerable"),
    ("lincolnshire", "lincolnshire"): _set(
        "vulnerable repeat hate harm", "vulnerable repeat hate harm", None,
        _when("hate", "possible_hate_incident")),
    ("leicestershire", "leicestershire"): _set(
        "repeat_victim repeat_victim_text vulnerable vulnerable_text safeguarding safeguarding_text",
        "repeat_victim vulnerable safeguarding", None, _leicestershire,
        {"repeat_victim": "repeat_victim_text", "vulnerable": "vulnerable_text",
         "safeguarding": "safeguarding_text"}),
    ("leicestershire", "victor-e"): _set(" ".join(_VICTOR), " ".join(_VICTOR), None, _victor),
}

_OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
_ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def _agency(name: str, hours: dict, works: bool, cover: str | None) -> dict:
    return {"name": name, "hours": hours, "works_holidays": works, "cover": cover}


AGENCIES = {"fenland": {
    "police": _agency("police", _ALWAYS, True, None),
    "housing": _agency("housing", _OFFICE, False, "police"),
    "council": _agency("council", _OFFICE, False, "police"),
    "fire": _agency("fire", _ALWAYS, True, None),
}}


def _clock(calendar: str, length: str | None = None) -> dict:
    return {"calendar": calendar} if length is None else {"calendar": calendar, "length": length}


_SHARED = {"override_review": _clock("working", "P1D"),
           "alert_acknowledgement": _clock("agency", "PT60M")}
CLOCKS = {
    "fenland": {"profile_entry": _clock("elapsed", "PT24H"),
                "conference_called": _clock("elapsed", "PT24H"),
                "conference": _clock("elapsed", "PT72H"),
                "update": _clock("end_of_working_day"), **_SHARED},
    "avon-and-somerset": {"call_back": _clock("elapsed", "PT24H"), **_SHARED},
    "south-wales": {"referral_response": _clock("working", "P3D"),
                    "recontact": _clock("working", "P3D"),
                    "pass_on_referral": _clock("elapsed", "PT48H"),
                    "assessment_form": _clock("working", "P5D"),
                    "review": _clock("review", "P7D"), "flag_to_all": _clock("civil", "P1M"),
                    "legal_advice": _clock("working", "P5D"), "forum": _clock("civil", "P1M"),
                    "emergency_forum": _clock("elapsed", "PT24H"), **_SHARED},
    "leicestershire": {"unknown_answer": {"calendar": "reminders", "days": [4, 7, 10, 14],
                                          "then": "P7D"}, **_SHARED},
    "statutory": _SHARED,
}
