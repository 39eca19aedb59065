"""Questions for `waymark rules` by seed: good ones near every edge, and spoilt ones."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from typing import Any

from tables import AGENCIES, BANDS, CLOCKS, RAM, SETS, TYPES

_UTC = dt.timezone.utc
# Around these something changes: summer time, month ends, leap days, holidays, years, codes.
_EDGES = [dt.datetime.fromisoformat(text).replace(tzinfo=_UTC) for text in (
    "2011-08-06T23:00:00", "2024-02-29T10:00:00", "2025-12-24T17:00:00", "2026-01-31T09:30:00",
    "2026-02-28T23:59:59", "2026-03-29T01:00:00", "2026-04-02T16:00:00", "2026-05-04T08:00:00",
    "2026-08-31T12:00:00", "2026-10-25T00:00:00", "2026-10-25T01:00:00", "2026-12-25T09:00:00",
    "2026-12-31T23:30:00", "2027-03-28T01:30:00", "2023-03-26T01:00:00", "2013-10-27T01:00:00")]
_STEPS = [0, 1, -1, 59, 1800, -1800, 3600, -3600, 14400, 14401, -14400, 86400, -86400, 2592000,
          -2592000, 31536000]
_TEXTS = ["", " ", "a", "Ä", "zz", "é\u0000", "\u2028", "\U0001F600", "\\\"", "a/b", "\x7f", "0"]


class Generator:
    """One stream of lines; the same seed gives the same lines."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def pick(self, options: Any) -> Any:
        return self.random.choice(list(options))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    # ---- Times ----

    def moment(self, near: dt.datetime | None = None, spread: int = 40 * 86400) -> dt.datetime:
        base = near or self.pick(_EDGES)
        if self.chance(0.4):
            return base + dt.timedelta(seconds=self.pick(_STEPS))
        return base + dt.timedelta(seconds=self.random.randint(-spread, spread))

    def write(self, at: dt.datetime) -> str:
        minutes = self.pick([0, 0, 0, 60, -300, 345, 1439, -1439])
        text = (at + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
        if self.chance(0.15):
            text += "." + self.pick(["5", "000", "999999999", "25", "1", "000000001"])
        if minutes == 0 and self.chance(0.8):
            return text + self.pick(["Z", "Z", "Z", "z"])
        sign = "-" if minutes < 0 else "+"
        return f"{text}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    # ---- Questions ----

    def grade(self) -> dict:
        return {"harm": self.pick(["low", "moderate", "significant"]),
                "pattern": self.pick(["isolated", "regular", "escalating"])}

    def judgement(self) -> dict:
        given: dict = {"band": self.pick(BANDS)}
        if self.chance(0.85):
            given["reason"] = self.pick(["known", "seen by a doctor", " ", "", "\u00a0", None])
        return given

    def assess(self) -> dict:
        answers = {}
        for name, item in RAM["items"].items():
            if item["scored"] or self.chance(0.5):
                unknown = self.chance(self.pick([0, 0.1, 0.6]))
                answers[name] = "unknown" if unknown else self.pick(item["options"])
        question: dict = {"subject": "victim", "answers": answers}
        for name in ("officer", "supervisor"):
            if self.chance(0.5):
                question[name] = self.judgement() if self.chance(0.9) else None
        if self.chance(0.3):
            question["repeat_fired"] = self.random.sample(
                ["response_30d", "case_review_6m", "explain_second_report"], 2)
        return question

    def effective(self) -> dict:
        now = self.moment()
        found = []
        for _ in range(self.random.randint(0, 5)):
            one = {"agency": self.pick(["police", "housing", "council", "Ä", "a", "B"]),
                   "overall": self.pick([*BANDS, "HIGH", None]),
                   "at": self.write(self.moment(now, 3600))}
            for name in ("superseded_at", "expires_at"):
                if self.chance(0.3):
                    one[name] = self.write(self.moment(now, 3600)) if self.chance(0.8) else None
            found.append(one)
        return {"now": self.write(now), "assessments": found}

    def ask(self) -> tuple[str, dict]:
        pack, name = self.pick(SETS)
        table = SETS[(pack, name)]
        answers: dict = {}
        for question in table["questions"]:
            if self.chance(0.75):
                if question in table["yes_no"]:
                    answers[question] = self.pick(["yes", "yes", "no", "unknown", None])
                else:
                    answers[question] = self.pick([*_TEXTS, "yes", None])
        return pack, {"set": name, "answers": answers}

    def repeat(self) -> dict:
        now = self.moment()
        months = self.pick([[0, 0, 1], [0, 1, 2, 3], [0, 3, 5, 6, 7, 11, 12, 13]])
        found = []
        for index in range(self.random.randint(0, 8)):
            month = self.pick(months)
            occurred = self.moment(now - dt.timedelta(days=30.4 * month), 5 * 86400)
            reported = self.moment(occurred, self.pick([3600, 86400, 40 * 86400]))
            if found and self.chance(0.3):  # told again, perhaps within the same incident
                occurred = self.last + dt.timedelta(seconds=self.pick([0, 14400, 14401, -14400, 60]))
            self.last = occurred
            found.append({"id": self.pick([f"i{index}", f"I{index}", f"Ä{index}"]),
                          "occurred_at": self.write(occurred),
                          "reported_at": self.write(reported),
                          "type": self.pick(["noise", "rowdy_neighbours", "noise", "hoax_calls",
                                             self.pick(TYPES)]),
                          "subject": self.pick(["s1", "s1", "s1", "S", "é"]),
                          "location": "l", "agency": self.pick(["police", "housing"])})
        return {"now": self.write(now), "incidents": found}

    # ---- Clocks ----

    def spec(self) -> dict:
        kind = self.pick(["elapsed", "civil", "working", "agency", "end_of_working_day", "review",
                          "reminders"])
        spec: dict = {"calendar": kind}
        if kind == "reminders":
            spec["days"] = self.pick([[4, 7, 10, 14], [], [1], [30, 31]])
            spec["then"] = self.pick(["P7D", "P1M", "P1Y2M3W4D", "P1D"])
        elif kind != "end_of_working_day":
            spec["length"] = self.pick({
                "elapsed": ["PT24H", "P3D", "PT1S", "P1W", "P1DT1H1M1S", "PT72H"],
                "civil": ["P1M", "P1Y", "P7D", "P1Y1M1W1D", "P12M", "P6M"],
                "working": ["P1D", "P3D", "P5D", "P20D"],
                "agency": ["PT60M", "PT1S", "PT8H", "PT100H", "PT9600H", "PT9601H"],
                "review": ["P7D", "P1M", "P1D", "P2W"]}[kind])
        if self.chance(0.4):
            spec["due_soon"] = self.pick([1, 0.5, 0.1, 0.333333333333333333, 1e-9, 0.999, 0.75])
        return spec

    def hours(self) -> dict:
        periods = [[["09:00", "17:00"]], [["00:00", "24:00"]], [], [["01:00", "01:30"]], None,
                   [["22:00", "24:00"], ["00:00", "06:00"]], [["08:00", "12:00"], ["12:00", "20:00"]],
                   [["00:30", "01:15"], ["01:45", "02:30"]]]
        days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        if self.chance(0.3):
            return {day: [["09:00", "17:00"]] for day in days[:5]}
        return {day: self.pick(periods) for day in days if self.chance(0.6)}

    def owner(self, pack: str) -> Any:
        if pack in AGENCIES and self.chance(0.4):
            return self.pick(AGENCIES[pack])
        owner: dict = {"name": self.pick(["Roddons", "ASB unit"]), "hours": self.hours()}
        if self.chance(0.6):
            owner["works_holidays"] = self.pick([True, False, None])
        if self.chance(0.6):
            owner["cover"] = self.pick(["Police service centre", None])
        return owner

    def clock(self) -> tuple[str, dict]:
        pack = self.pick(CLOCKS)
        start = self.moment()
        question: dict = {"clock": self.pick(CLOCKS[pack]) if self.chance(0.35) else self.spec(),
                          "start": self.write(start), "owner": self.owner(pack)}
        for name in ("now", "stopped_at"):
            if self.chance(0.45):
                question[name] = self.write(self.moment(start, 20 * 86400))
        if self.chance(0.2):
            question["count"] = self.pick([0, 1, 3, 12, None])
        if self.chance(0.5):
            dates = [(start + dt.timedelta(days=self.random.randint(-3, 20))).strftime("%Y-%m-%d")
                     for _ in range(self.random.randint(0, 6))]
            horizon = start + dt.timedelta(days=self.pick([-5, 0, 3, 10, 400]))
            question["holidays"] = {"dates": dates, "horizon": horizon.strftime("%Y-%m-%d")}
        return pack, question

    # ---- Lines ----

    def line(self) -> dict:
        op = self.pick(["grade", "assess", "assess", "effective", "ask", "repeat", "repeat", "clock",
                        "clock", "clock"])
        made = getattr(self, op)()
        if op == "repeat":
            made = (self.pick(["fenland", "south-wales", "kent-and-medway", "statutory", "sussex"]),
                    made)
        pack, question = made if isinstance(made, tuple) else ("fenland", made)
        line: dict = {"op": op, **question}
        if pack != "fenland" or self.chance(0.1):
            line["pack"] = pack
        if self.chance(0.7):
            line["id"] = self.pick([1, "x", None, [1, {"a": None}], 0.5, True, {"é": "\ud800"}])
        return line

    def spoilt(self) -> dict:
        line = copy.deepcopy(self.line())
        for _ in range(self.pick([1, 1, 1, 2])):
            self.spoil(line)
        return line

    def spoil(self, line: dict) -> None:
        place: Any = line
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                if isinstance(place, dict):
                    place["colour"] = "red"
                else:
                    place.append(self.odd())
                return
            key = self.pick(keys)
            inner = place[key]
            if isinstance(inner, (dict, list)) and inner and self.chance(0.75):
                place = inner
                continue
            what = self.pick(["odd", "odd", "odd", "drop", "extra"])
            if what == "drop":
                del place[key]
            elif what == "extra" and isinstance(place, dict):
                place[self.pick(["colour", "", "É", "reason"])] = self.odd()
            else:
                place[key] = self.odd()
            return

    def odd(self) -> Any:
        return self.pick([None, 0, -1, 1.5, 1e300, True, False, "", " ", "yes", "unknown", "HIGH",
                          "2026-02-30T00:00:00Z", "2026-03-01T09:00:00", "2026-03-01", [], {}, [1],
                          {"a": 1}, "P0D", "P1M", "PT1H", "mon", "25:00", "17:00", 7, "noise",
                          "no_such_thing", ["09:00", "17:00"], [["17:00", "09:00"]],
                          [["09:00", "12:00"], ["11:00", "13:00"]], "working", "reminders",
                          10**30, "2026-03-01T24:00:00Z", "2026-03-01T10:00:00+24:00"])


def dump(line: dict) -> str:
    return json.dumps(line)
