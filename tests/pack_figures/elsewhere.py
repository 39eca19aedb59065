"""Scalars that no answer of `waymark rules` shows, and what shows them.

What is not named here has to change an answer. A part of the pack language that is new fails the
test until it is named here or `battery.ABOUT` asks about it.
"""

from __future__ import annotations

import re

import mutate

# The last part of the path: what people read, and where a figure comes from.
WORDS = {"text", "name", "reason", "number", "local", "group", "version", "source", "kind"}

# Parts that are lists of words, or the file's own head.
ONLY_WORDS = {"pack", "version", "text", "includes", "roles", "categories", "channels", "gateways",
              "notes"}

# Path of a scalar -> the test that shows how a service works with it.
SHOWN_BY = {
    r"agencies\..*\.roles\..*": "Timers.DueSoonIsToldOnceToTheOwnersRole",
    r"clocks\..*\.(starts|stops)\..*": "Clocks.HighStartsTwoAndTheProfileTheThird",
    r"clocks\..*\.owner": "Cover.AClosedAgencysDutyPassesOverAWeekend",
    r"clocks\..*\.(owner_role|escalation_role|steering_group|party_roles.*)":
        "NoticesTest.TheSupervisorIsToldOfOneBreachOnce",
    r"question_sets\..*\.use": "AnswerFromOwn.FindsARepeatCallerUnderItsRule",
    r"medium_towards_high\..*": "AssessLocally.SaysWhereAgenciesShouldTalkByThePacksFigures",
    r"instruments\..*": "AssessLocally.ReadsAnInstrumentOfTheAgencysOwnAsThePackSays",
    r"supervision\.(assessor_may_sign|role)":
        "CheckSupervision.LetsOnlyAnotherPersonSignALowerBandWhereThePackSaysSo",
    r"any_agency\..*": "Effective.APackMayWidenTheRule",
    r"case_opening\..*": "Cases.ThePackSaysWhatElseOpensOne",
    r"closure\..*": "Closing.SaysEveryConditionThatIsNotMetThenCloses",
    r"enforcement\.core_takes_over_after\..*":
        "Clocks.AHighToldADayLateIsBreachedAtOnceAndTheRegisterActs",
    r"enforcement\.conference_notice\..*":
        "AutomaticConference.IsCalledForTheFirstFullHourTheLeadIsOpen",
    r"alerting\.marker_review\..*": "AnswerFromOwn.MarksALiveHighUntilItsReview",
    r"alerting\.(acknowledgement_clock|bands\..*)": "WaitTest.RunsInsideTheAgencysHours",
    r"linking\..*": "LinkingTest.TelephoneAndHomeTogetherConfirm",
}

# Path of a scalar -> why nothing works with it: it is read by people, in the handbook of the pack.
READ_BY_PEOPLE = {
    r"grade\.duties\..*": "what the call taker is told to do, in order",
    r"duties\..*": "what people have to do",
    r"meeting\..*": "who sits in a meeting",
    r"standards\..*": "standards towards victims",
    r"targets\..*": "what the partnership aims at",
    r"repeat_callers\..*": "the weekly list of callers, which no service makes",
    r"classifications\..*": "who may confirm a classification, which no service records",
    r"compulsory\..*": "the compulsory answers, whose chase no service starts",
    r"clocks\..*\.(pausable|as_agreed)": "a length agreed with the victim; clocks are not paused",
    r"repeat_rules\..*\.(grades|confirmed_by)": "what a firing means for people",
    r"question_sets\..*\.not_for_types\..*": "for whom a set is not meant",
    r"supervision\.required": "whether every assessment is signed, which the door does not hold up",
    r"bank_holidays": "one division's data are bundled",
}


def only_words(leaf: mutate.Leaf) -> bool:
    return leaf.path[-1] in WORDS or leaf.path[0] in ONLY_WORDS


def named(leaf: mutate.Leaf) -> bool:
    return any(re.fullmatch(pattern, leaf.name()) for pattern in (*SHOWN_BY, *READ_BY_PEOPLE))
