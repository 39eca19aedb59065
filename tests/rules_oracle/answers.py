"""What `waymark rules` has to answer, worked out a second time from its specification.

Shares nothing with the command: the tables are typed in from the specification, times are Python's,
fractions are Python's. Every function returns the result; what is wrong with a question is raised as
`Wrong`, with every (code, field) that may be reported where several things are wrong at once.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from typing import Any

from tables import BANDS, GRADES, INSTANT_RULES, PERIOD_RULES, RAM, SETS, TYPES, TYPE_GROUPS
from times import LONDON, Instant, format_time, parse_time, to_wall

Field = tuple[str, str | None]


class Wrong(Exception):
    """The question is refused; any of `reports` is right."""

    def __init__(self, *reports: Field):
        super().__init__(reports)
        self.reports = set(reports)


class Reader:
    """Members of an object; gathers what is wrong instead of stopping at the first."""

    def __init__(self, value: dict, path: str, known: str, reports: list[Field]):
        self.value, self.path, self.reports = value, path, reports
        for name in value:
            if name not in known.split():
                self.report("unknown_field", name)

    def report(self, code: str, name: str) -> None:
        self.reports.append((code, self.path + name))

    def need(self, name: str, kind: type) -> Any:
        if name not in self.value:
            self.report("missing_field", name)
            return None
        return self.typed(name, kind)

    def may(self, name: str, kind: type) -> Any:
        return None if self.value.get(name) is None else self.typed(name, kind)

    def typed(self, name: str, kind: type) -> Any:
        value = self.value[name]
        if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            self.report("out_of_range", name)
            return None
        return value

    def word(self, name: str, options: Any) -> Any:
        value = self.need(name, str)
        if value is not None and value not in options:
            self.report("out_of_range", name)
            return None
        return value

    def time(self, name: str, needed: bool = True) -> Instant | None:
        value = self.need(name, str) if needed else self.may(name, str)
        if value is None:
            return None
        at = parse_time(value)
        if at is None:
            self.report("out_of_range", name)
        return at


def refuse(reports: list[Field]) -> None:
    if reports:
        raise Wrong(*reports)


def blank(text: str | None) -> bool:
    return text is None or not text.strip()


def grade(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack harm pattern", reports)
    harm = read.word("harm", ("low", "moderate", "significant"))
    pattern = read.word("pattern", GRADES)
    if pack != "fenland":
        reports.append(("not_in_pack", "op"))
    refuse(reports)
    return {"band": GRADES[pattern][("low", "moderate", "significant").index(harm)]}


# ---- assess -------------------------------------------------------------------------------------


def judgement(line: Reader, name: str) -> tuple[str, str | None] | None:
    value = line.may(name, dict)
    if value is None:
        return None
    read = Reader(value, name + ".", "band reason", line.reports)
    return read.word("band", BANDS), read.may("reason", str)


def read_answers(given: dict | None, matrix: dict, reports: list[Field]) -> dict:
    answers = {}
    for name, answer in (given or {}).items():
        if name not in matrix["items"]:
            reports.append(("unknown_field", "answers." + name))
        elif answer is None and not matrix["items"][name]["scored"]:
            continue
        elif answer == "unknown" or answer in list(matrix["items"][name]["options"]):
            answers[name] = answer
        else:
            reports.append(("out_of_range", "answers." + name))
    for name, item in matrix["items"].items():
        if given is not None and item["scored"] and name not in given:
            reports.append(("missing_field", "answers." + name))
    return answers


def score_range(matrix: dict, answers: dict) -> tuple[int, int]:
    low = high = 0
    for name, item in matrix["items"].items():
        if item["scored"]:
            scores = item["options"].values()
            if answers[name] != "unknown":
                scores = [item["options"][answers[name]]]
            low, high = low + min(scores), high + max(scores)
    return low, high


def bands_of(matrix: dict, answers: dict) -> tuple[str, str]:
    def band(score: int) -> str:
        return BANDS[(score >= matrix["medium"]) + (score >= matrix["high"])]

    low, high = score_range(matrix, answers)
    return band(low), band(high)


def would_change(matrix: dict, answers: dict) -> list[dict]:
    found = []
    before = bands_of(matrix, answers)
    for name, item in matrix["items"].items():
        for option in item["options"]:
            if option == answers.get(name):
                continue
            after = bands_of(matrix, {**answers, name: option})
            if after != before:
                found.append({"item": name, "answer": option, "band_min": after[0],
                              "band_max": after[1]})
    return found


def contributions(matrix: dict, answers: dict) -> list[dict]:
    found = []
    for name, item in matrix["items"].items():
        if not item["scored"]:
            continue
        entry: dict = {"item": name, "answer": answers[name]}
        if answers[name] == "unknown":
            entry["score_min"] = min(item["options"].values())
            entry["score_max"] = max(item["options"].values())
        else:
            entry["score"] = item["options"][answers[name]]
        found.append(entry)
    return found


def assess(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack subject answers officer supervisor repeat_fired", reports)
    subject = read.word("subject", ("victim", "perpetrator", "location"))
    officer, supervisor = judgement(read, "officer"), judgement(read, "supervisor")
    known = {rule[0] for rule in INSTANT_RULES.get(pack, ())} | {rule[0] for rule in PERIOD_RULES}
    for index, rule in enumerate(read.may("repeat_fired", list) or []):
        if not isinstance(rule, str):
            reports.append(("out_of_range", f"repeat_fired[{index}]"))
        elif rule not in known:
            reports.append(("not_in_pack", f"repeat_fired[{index}]"))
    given = read.need("answers", dict)
    matrix = RAM if (pack, subject) == ("fenland", "victim") else None
    if subject and matrix is None:
        raise Wrong(("not_in_pack", "subject"), *reports)
    answers = read_answers(given, matrix, reports) if matrix else {}
    refuse(reports)

    low, high = score_range(matrix, answers)
    band_min, band_max = bands_of(matrix, answers)
    band = band_min if band_min == band_max else None
    base = BANDS.index(band or band_min)
    if officer:
        if officer[0] != band and blank(officer[1]):
            reports.append(("missing_field", "officer.reason"))
        base = max(base, BANDS.index(officer[0]))
    if supervisor and BANDS.index(supervisor[0]) < base and blank(supervisor[1]):
        reports.append(("missing_field", "supervisor.reason"))
    refuse(reports)
    overall = supervisor[0] if supervisor else BANDS[base] if officer else band
    return {"score_min": low, "score_max": high, "score": low if low == high else None,
            "band_min": band_min, "band_max": band_max, "band": band, "fired": [],
            "overall": overall, "needs": [] if overall else ["officer.band"],
            "contributions": contributions(matrix, answers),
            "would_change": would_change(matrix, answers)}


# ---- effective and ask --------------------------------------------------------------------------


def effective(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack now assessments", reports)
    now = read.time("now")
    holders = set()
    for index, one in enumerate(read.need("assessments", list) or []):
        path = f"assessments[{index}]"
        if not isinstance(one, dict):
            reports.append(("out_of_range", path))
            continue
        item = Reader(one, path + ".", "agency overall at superseded_at expires_at", reports)
        agency, at = item.need("agency", str), item.time("at")
        overall = None
        if one.get("overall") is not None or "overall" not in one:
            overall = item.word("overall", BANDS)
        ends = [item.time(name, False) for name in ("superseded_at", "expires_at")]
        if reports or overall != "HIGH" or at > now:
            continue
        if all(end is None or end > now for end in ends):
            holders.add(agency)
    refuse(reports)
    return {"band": "HIGH" if holders else None, "by": sorted(holders, key=str.encode)}


def ask(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack set answers", reports)
    name, given = read.need("set", str), read.need("answers", dict)
    if name is not None and (pack, name) not in SETS:
        raise Wrong(("not_in_pack", "set"), *reports)
    table = SETS.get((pack, name), {"questions": [], "yes_no": [], "show": {}, "needs": {}})
    answers = {}
    for question, answer in (given or {}).items():
        if question not in table["questions"]:
            reports.append(("unknown_field", "answers." + question))
        elif answer is None:
            continue
        elif not isinstance(answer, str) or (
                question in table["yes_no"] and answer not in ("yes", "no", "unknown")):
            reports.append(("out_of_range", "answers." + question))
        else:
            answers[question] = answer
    refuse(reports)
    show: list[str] = []
    for question in table["questions"]:
        needed = table["show"].get(question)
        if needed is None or (needed in show and answers.get(needed) == "yes"):
            show.append(question)
    missing = [question for question in show if question in table["needs"] and (
        question not in answers
        or (answers[question] == "yes" and not answers.get(table["needs"][question])))]
    seen = {question: answers[question] for question in show if question in answers}
    return {"show": show, "missing": missing, "triggers": sorted(table["triggers"](seen))}


# ---- repeat -------------------------------------------------------------------------------------


def plus_months(day: dt.date, count: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    last = months.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def in_period(day: dt.date, first: dt.date, count: int) -> bool:
    month = first.year * 12 + first.month - 1 + count
    year, month = divmod(month, 12)
    last = months.monthrange(year, month + 1)[1]
    # "the day before the day of the same number, or the last day of that month without one"
    if first.day > last:
        end = dt.date(year, month + 1, last)
    else:
        end = dt.date(year, month + 1, first.day) - dt.timedelta(days=1)
    return first <= day <= end


def same_incident_groups(incidents: list[dict]) -> list[list[dict]]:
    groups: list[list[dict]] = []
    heads: dict = {}
    for one in sorted(incidents, key=lambda i: (i["occurred_at"], i["id"].encode())):
        key = (one["subject"], one["type"])
        head = heads.get(key)
        if head and one["occurred_at"] - head[0]["occurred_at"] <= 4 * 3600:
            head.append(one)
        else:
            heads[key] = [one]
            groups.append(heads[key])
    return groups


def firings(rule: str, time: str, counts: Any, fires_at: int, groups: list[list[dict]],
            by_group: bool) -> list[dict]:
    counted: dict = {}
    for group in groups:
        members = [one for one in group if counts(one) and (
            one["type"] != "hoax_calls" or london_date(one["occurred_at"]) < dt.date(2011, 8, 7))]
        if members:
            first = min(members, key=lambda i: (i[time], i["id"].encode()))
            kind = TYPE_GROUPS.get(first["type"], first["type"]) if by_group else ""
            counted.setdefault((first["subject"], kind), []).append(first)
    fired = []
    for (subject, kind), found in counted.items():
        if len(found) < fires_at:
            continue
        found.sort(key=lambda i: (i[time], i["id"].encode()))
        entry = {"rule": rule, "subject": subject, "count": len(found),
                 "since": format_time(found[0][time]), "incidents": [i["id"] for i in found]}
        if by_group:
            entry["type_group"] = kind
        fired.append(entry)
    return fired


def london_date(at: Instant) -> dt.date:
    return to_wall(at)[0].date()


def months_before(at: Instant, count: int) -> Instant:
    wall, fraction = to_wall(at)
    day = plus_months(wall.date(), -count)
    return LONDON.instant(dt.datetime.combine(day, wall.time()), fraction)


def read_incidents(read: Reader) -> list[dict]:
    incidents = []
    for index, one in enumerate(read.need("incidents", list) or []):
        path = f"incidents[{index}]"
        if not isinstance(one, dict):
            read.reports.append(("out_of_range", path))
            continue
        item = Reader(one, path + ".", "id occurred_at reported_at type subject location agency",
                      read.reports)
        incident = {name: item.need(name, str) for name in ("id", "subject", "location", "agency")}
        incident["type"] = item.word("type", TYPES)
        for name in ("occurred_at", "reported_at"):
            incident[name] = item.time(name)
        incidents.append(incident)
    return incidents


def repeat(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack now incidents", reports)
    now = read.time("now")
    incidents = read_incidents(read)
    refuse(reports)
    incidents = [one for one in incidents if one["reported_at"] <= now]
    groups, alone = same_incident_groups(incidents), [[one] for one in incidents]
    fired = []
    for name, time, back, fires_at, once, by_group in INSTANT_RULES.get(pack, ()):
        after = now - back * 86400 if time == "occurred_at" and not by_group else None
        after = months_before(now, back) if after is None else after
        fired += firings(name, time, lambda i: after < i[time] <= now, fires_at,
                         groups if once else alone, by_group)
    today = london_date(now)
    for name, fires_at, in_time in PERIOD_RULES:
        def counts(one: dict, in_time: bool = in_time) -> bool:
            reported, occurred = london_date(one["reported_at"]), london_date(one["occurred_at"])
            return in_period(today, reported, 6) and (not in_time
                                                      or in_period(reported, occurred, 1))
        fired += firings(name, "reported_at", counts, fires_at, groups, False)
    fired.sort(key=lambda f: (f["rule"].encode(), f["subject"].encode(),
                              f.get("type_group", "").encode()))
    return {"fired": fired}
