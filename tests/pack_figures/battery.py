"""Questions to a pack that between them touch every figure `waymark rules` works with."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import random
from typing import Any

import yaml

_NOW = dt.datetime(2026, 10, 20, 9, 0, tzinfo=dt.timezone.utc)
# Friday evening, a Saturday, Christmas Eve, New Year, Easter, the nights the clocks change, a working
# morning, a leap day.
_STARTS = ("2026-03-06T18:00:00Z", "2026-03-07T08:00:00Z", "2026-12-24T16:30:00Z",
           "2025-12-31T22:00:00Z", "2026-12-25T10:00:00Z", "2026-12-31T22:00:00Z", "2026-04-02T16:30:00Z", "2026-03-28T08:30:00Z",
           "2026-10-24T23:30:00Z", "2026-06-09T08:15:00Z", "2028-02-29T09:45:00Z")
_YES_NO = ("yes", "no", "unknown")
_OWNER = {"name": "somebody", "works_holidays": False,
          "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}


def whole(pack: pathlib.Path, folders: list[pathlib.Path]) -> dict:
    """The pack with what it includes, as far as the questions need it: later files win."""
    given = yaml.safe_load(pack.read_text())
    merged: dict = {}
    for include in given.get("includes", []):
        name = include if isinstance(include, str) else include["pack"]
        found = next(path for folder in folders if (path := folder / f"{name}.yaml").exists())
        for key, value in whole(found, folders).items():
            merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
    for key, value in given.items():
        merged[key] = {**merged.get(key, {}), **value} if isinstance(value, dict) else value
    return merged


def _grades(pack: dict) -> list[dict]:
    return [{"op": "grade", "harm": harm, "pattern": pattern}
            for harm in ("low", "moderate", "significant")
            for pattern in ("isolated", "regular", "escalating")] if "grade" in pack else []


def _assessments(pack: dict) -> list[dict]:
    chosen = random.Random(1)
    lines = []
    for subject, matrix in pack.get("matrices", {}).items():
        items = {item["id"]: [word(option) for option in item["options"]]
                 for item in matrix["items"]}
        sets = [{item: options[0] for item, options in items.items()},
                {item: options[-1] for item, options in items.items()},
                {item: "unknown" for item in items}]
        for item, options in items.items():
            sets += [{**sets[0], item: option} for option in [*options, "unknown"]]
        # Rising totals, so that some lie on each side of every threshold.
        rising = dict(sets[0])
        for item in chosen.sample(sorted(items), len(items)):
            for option in items[item]:
                rising = {**rising, item: option}
                sets.append(rising)
        sets += [{item: chosen.choice(options) for item, options in items.items()}
                 for _ in range(60)]
        rules = sorted(pack.get("repeat_rules", {}))
        for answers in sets:
            lines.append({"op": "assess", "subject": subject, "answers": answers})
            lines.append({"op": "assess", "subject": subject, "answers": answers,
                          "repeat_fired": rules})
    return lines


def word(value: Any) -> str:
    """YAML reads a bare yes as a boolean; packs quote what may be read so, or not."""
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else str(value)


def _asks(pack: dict) -> list[dict]:
    chosen = random.Random(2)
    lines = []
    for name, questions in pack.get("question_sets", {}).items():
        ids = [question["id"] for question in questions["questions"]]
        sets: list[dict] = [{}]
        for value in ("yes", "no", "unknown", "some text"):
            sets.append({question: value for question in ids})
            sets += [{question: value} for question in ids]
        sets += [{question: chosen.choice(("yes", "no", "unknown")) for question in ids}
                 for _ in range(40)]
        texts = [question["id"] for question in questions["questions"]
                 if question.get("answer") == "text"]
        sets += [{question: "yes", text: "words"} for question in ids for text in texts]
        typed = {question["id"]: question.get("answer") for question in questions["questions"]}
        for answers in sets:
            lines.append({"op": "ask", "set": name, "answers": answers})
            lines.append({"op": "ask", "set": name, "answers": {
                question: value if typed[question] == "yes_no_unknown" and value in _YES_NO
                else "no" if typed[question] == "yes_no_unknown" else "text"
                for question, value in answers.items()}})
    return lines


def _repeats(pack: dict) -> list[dict]:
    lines = []
    for days in (0, 1, 6, 7, 8, 13, 14, 15, 27, 28, 29, 30, 31, 32, 58, 59, 60, 61, 62, 63, 88, 89, 90,
                 91, 92, 93, 119, 120, 121, 122, 123, 150, 151, 152, 153, 180, 181, 182, 183, 184, 185,
                 212, 213, 214, 240, 273, 330, 334, 335, 336, 364, 365, 366, 390, 396, 397, 730):
        for late in (0, 20, 29, 31, 45, 70):
            for count, apart in ((2, 26), (3, 26), (4, 26), (6, 26), (2, 3.5), (3, 4.5), (4, 5.5),
                                 (8, 8.5), (4, 1)):
                incidents = []
                for index in range(count):
                    reported = _NOW - dt.timedelta(days=days, hours=apart * index)
                    occurred = reported - dt.timedelta(days=late)
                    incidents.append({
                        "id": f"i{index}", "occurred_at": occurred.isoformat(),
                        "reported_at": reported.isoformat(), "subject": "s", "location": "l",
                        "agency": "police",
                        "type": ("noise", "rowdy_neighbours", "littering")[index % (1 + count % 3)]})
                if days < 70 or late in (0, 29):
                    lines.append({"op": "repeat", "now": _NOW.isoformat(), "incidents": incidents})
    for kind in pack.get("types", {}):
        for day in ("2011-08-04", "2011-08-05", "2011-08-06", "2011-08-07", "2011-08-08"):
            lines.append({"op": "repeat", "now": "2011-08-09T12:00:00Z", "incidents": [
                {"id": f"i{index}", "occurred_at": f"{day}T{index * 6 + 1:02}:00:00+01:00",
                 "reported_at": f"{day}T23:00:00+01:00", "type": kind, "subject": "s",
                 "location": "l", "agency": "police"} for index in range(4)]})
    return lines


def _clocks(pack: dict) -> list[dict]:
    lines = []
    for name in pack.get("clocks", {}):
        for owner in [*pack.get("agencies", {}), _OWNER]:
            lines += [{"op": "clock", "clock": name, "owner": owner, "start": start, "count": 8}
                      for start in _STARTS]
    eowd = {"calendar": "end_of_working_day"}
    for owner in pack.get("agencies", {}):
        for day in range(1, 8):
            start = f"2026-06-{day:02}T05:00:00+01:00"
            lines.append({"op": "clock", "clock": eowd, "owner": owner, "start": start})
            lines.append({"op": "clock", "clock": {"calendar": "agency", "length": "PT1M"},
                          "owner": owner, "start": start})
            lines.append({"op": "clock", "clock": {"calendar": "elapsed", "length": "PT1H"},
                          "owner": owner, "start": start})
    return lines


# Which questions a change in a part of the pack may show in, and the member that names the entry
# of that part, where only its own questions may.
ABOUT = {"grade": (["grade"], None), "matrices": (["matrices"], "subject"),
         "question_sets": (["question_sets"], "set"),
         "repeat_rules": (["repeat_rules", "matrices"], None), "types": (["repeat_rules"], None),
         "type_groups": (["repeat_rules"], None), "same_incident_window": (["repeat_rules"], None),
         "agencies": (["clocks"], "owner"), "clocks": (["clocks"], "clock"),
         "due_soon": (["clocks"], None), "bank_holidays": (["clocks"], None)}


class Battery:
    """The questions to one pack, each list made once."""

    def __init__(self, pack: dict):
        self.found = {"grade": _grades(pack), "matrices": _assessments(pack),
                      "question_sets": _asks(pack), "repeat_rules": _repeats(pack),
                      "clocks": _clocks(pack)}

    def about(self, path: tuple[str, ...]) -> list[str]:
        parts, member = ABOUT[path[0]]
        lines = [line for part in parts for line in self.found[part]
                 if member is None or line.get(member) == path[1]]
        if path[0] == "types":
            lines = [line for line in lines if line["now"].startswith("2011")
                     and line["incidents"][0]["type"] == path[1]]
        return [json.dumps(line) for line in lines]
