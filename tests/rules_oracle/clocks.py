"""The clock operation, worked out a second time from its specification."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from answers import Field, Reader, plus_months, refuse
from tables import AGENCIES, CLOCKS
from times import LONDON, Instant, format_time, to_wall

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
                     r"(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_MEMBERS = {"elapsed": "length", "civil": "length", "working": "length", "agency": "length",
            "review": "length", "end_of_working_day": "", "reminders": "days then"}
_DAY = 86400
_SEARCH = 400 * _DAY
# Filled in by the test from the specification of the law, not from the command.
BUNDLED: dict[str, Any] = {"dates": set(), "horizon": dt.date.max}


class Length:
    """Years and months as months, weeks and days as days, the rest as seconds."""

    def __init__(self, months: int, days: int, seconds: int, weeks: int):
        self.months, self.days, self.seconds, self.weeks = months, days, seconds, weeks

    def allowed(self, calendar: str) -> bool:
        if not (self.months or self.days or self.seconds):
            return False
        if calendar == "elapsed":
            return not self.months
        if calendar == "working":
            return not (self.months or self.seconds or self.weeks)
        if calendar == "agency":
            return not (self.months or self.days)
        return not self.seconds

    def after(self, day: dt.date) -> dt.date:
        return plus_months(day, self.months) + dt.timedelta(days=self.days)


def parse_length(text: str) -> Length | None:
    found = _LENGTH.fullmatch(text)
    if not found or text[-1] in "PT":
        return None
    years, months, weeks, days, _, hours, minutes, seconds = (
        int(part) if part and part[0] != "T" else 0 for part in found.groups())
    return Length(years * 12 + months, weeks * 7 + days,
                  hours * 3600 + minutes * 60 + seconds, weeks)


class Owner:
    """Who owns the clock, and when they are open."""

    def __init__(self, agency: dict, holidays: dict):
        self.name, self.cover = agency["name"], agency.get("cover")
        self.hours, self.works = agency["hours"], agency.get("works_holidays") or False
        self.holidays = holidays
        self.known: dict[dt.date, list] = {}

    def bank_holiday(self, day: dt.date) -> bool:
        return day in self.holidays["dates"] and day <= self.holidays["horizon"]

    def open_on(self, day: dt.date) -> list[tuple[Instant, Instant]]:
        if day not in self.known:
            self.known[day] = self.work_out(day)
        return self.known[day]

    def work_out(self, day: dt.date) -> list[tuple[Instant, Instant]]:
        fixed = (day.month, day.day) in ((12, 25), (12, 26), (1, 1))
        if not self.works and (fixed or self.bank_holiday(day)):
            return []
        stretches = []
        for period in sorted(self.hours.get(_DAYS[day.weekday()]) or []):
            begin, end = (self.at(day, text) for text in period)
            if begin < end:
                stretches.append((begin, end))
        return stretches

    @staticmethod
    def at(day: dt.date, text: str) -> Instant:
        if text == "24:00":
            return LONDON.instant(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        return LONDON.instant(dt.datetime.combine(day, dt.time.fromisoformat(text)))

    def stretches(self, begin: Instant, end: Instant):
        day, last = to_wall(begin)[0].date(), to_wall(end)[0].date()
        while day <= last:
            for opened, closed in self.open_on(day):
                if max(opened, begin) < min(closed, end):
                    yield max(opened, begin), min(closed, end)
            day += dt.timedelta(days=1)

    def has_open_time(self, begin: Instant, end: Instant) -> bool:
        return any(True for _ in self.stretches(begin, end))


def read_spec(line: Reader, pack: str) -> dict | None:
    reports = line.reports
    value = line.value.get("clock")
    if "clock" not in line.value:
        line.report("missing_field", "clock")
    elif isinstance(value, str):
        if value in CLOCKS.get(pack, CLOCKS["statutory"]):
            return CLOCKS.get(pack, CLOCKS["statutory"])[value]
        line.report("not_in_pack", "clock")
    elif not isinstance(value, dict):
        line.report("out_of_range", "clock")
    else:
        read = Reader(value, "clock.", "calendar length days then due_soon", reports)
        kind = read.word("calendar", _MEMBERS)
        if kind is None:
            return None
        for name in ("length", "days", "then"):
            if name in _MEMBERS[kind].split():
                check_part(read, kind, name)
            elif value.get(name) is not None:
                read.report("unknown_field", name)
        check_fraction(read)
        return value
    return None


def check_part(read: Reader, kind: str, name: str) -> None:
    if name == "days":
        before = 0
        for index, day in enumerate(read.need("days", list) or []):
            if type(day) is not int or day <= before:
                read.report("out_of_range", f"days[{index}]")
            else:
                before = day
        return
    text = read.need(name, str)
    length = parse_length(text) if text is not None else None
    if text is not None and (length is None or not length.allowed(kind)):
        read.report("out_of_range", name)


def check_fraction(read: Reader) -> None:
    value = read.value.get("due_soon")
    if value is not None and not (isinstance(value, (int, Number)) and not isinstance(value, bool)
                                  and 0 < number_of(value) <= 1):
        read.report("out_of_range", "due_soon")


class Number:
    """A number with a fraction or an exponent, as it was written."""

    def __init__(self, text: str):
        self.text = text


def number_of(value: int | Number) -> Instant:
    return Instant(value.text if isinstance(value, Number) else value)


def read_owner(line: Reader, pack: str) -> dict | None:
    value = line.value.get("owner")
    if "owner" not in line.value:
        line.report("missing_field", "owner")
        return None
    if isinstance(value, str):
        if value not in AGENCIES.get(pack, {}):
            line.report("not_in_pack", "owner")
        return AGENCIES.get(pack, {}).get(value)
    if not isinstance(value, dict):
        line.report("out_of_range", "owner")
        return None
    read = Reader(value, "owner.", "name hours works_holidays cover", line.reports)
    read.need("name", str), read.may("works_holidays", bool), read.may("cover", str)
    hours = read.need("hours", dict)
    for day, periods in (hours or {}).items():
        path = f"owner.hours.{day}"
        if day not in _DAYS:
            line.reports.append(("unknown_field", path))
        elif periods is not None:
            check_periods(periods, path, line.reports)
    return value


def check_periods(periods: Any, path: str, reports: list[Field]) -> None:
    if not isinstance(periods, list):
        reports.append(("out_of_range", path))
        return
    good = []
    for index, period in enumerate(periods):
        at = f"{path}[{index}]"
        if not isinstance(period, list) or len(period) != 2:
            reports.append(("out_of_range", at))
            continue
        wrong = [end for end in (0, 1) if not isinstance(period[end], str) or not re.fullmatch(
            r"(?:[01]\d|2[0-3]):[0-5]\d|24:00", period[end], re.ASCII)]
        reports.extend(("out_of_range", f"{at}[{end}]") for end in wrong)
        if not wrong and period[0] >= period[1]:
            reports.append(("out_of_range", at))
        elif not wrong:
            good.append(period)
    good.sort()
    if any(after[0] < before[1] for before, after in zip(good, good[1:])):
        reports.append(("out_of_range", path))


def read_date(text: Any) -> dt.date | None:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def read_holidays(line: Reader) -> dict:
    value = line.may("holidays", dict)
    if value is None:
        return BUNDLED
    read = Reader(value, "holidays.", "dates horizon", line.reports)
    dates = []
    for index, text in enumerate(read.need("dates", list) or []):
        dates.append(read_date(text))
        if dates[-1] is None:
            read.report("out_of_range", f"dates[{index}]")
    text = read.need("horizon", str)
    horizon = read_date(text)
    if text is not None and horizon is None:
        read.report("out_of_range", "horizon")
    return {"dates": set(dates), "horizon": horizon}


class Due:
    """Each calendar's due instant; `since` is where the fraction for due soon begins."""

    def __init__(self, spec: dict, owner: Owner, start: Instant, now: Instant | None):
        self.spec, self.owner, self.start, self.now = spec, owner, start, now
        self.since = start
        self.wall, self.rest = to_wall(start)
        self.day = self.wall.date()
        self.length = parse_length(spec["length"]) if "length" in spec else None

    def on(self, day: dt.date) -> Instant:
        return LONDON.instant(dt.datetime.combine(day, self.wall.time()), self.rest)

    def elapsed(self) -> Instant:
        return self.start + self.length.days * _DAY + self.length.seconds

    def civil(self) -> Instant:
        return self.on(self.length.after(self.day))

    def working(self) -> Instant:
        day, left = self.day, self.length.days
        while left:
            day += dt.timedelta(days=1)
            left -= day.weekday() < 5 and not self.owner.bank_holiday(day)
        last = day
        while last > self.day:
            if self.owner.open_on(last):
                return self.owner.open_on(last)[-1][1]
            last -= dt.timedelta(days=1)
        return LONDON.instant(dt.datetime.combine(day, dt.time(17)))

    def agency(self) -> Instant | None:
        left = self.length.seconds
        for begin, end in self.owner.stretches(self.start, self.start + _SEARCH):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    def end_of_working_day(self) -> Instant | None:
        for begin, _ in self.owner.stretches(self.start, self.start + _SEARCH):
            return self.owner.open_on(to_wall(begin)[0].date())[-1][1]
        return None

    def review(self) -> Instant:
        planned = day = self.length.after(self.day)
        while day > self.day:
            if self.owner.open_on(day):
                return self.on(day)
            day -= dt.timedelta(days=1)
        return self.on(planned)

    def nth(self, count: int) -> list[Instant]:
        days, found = list(self.spec["days"]), [self.day]
        for index in range(count):
            if index < len(days):
                found.append(self.day + dt.timedelta(days=days[index]))
            else:
                found.append(parse_length(self.spec["then"]).after(found[-1]))
        return [self.on(day) for day in found[1:]]

    def reminders(self) -> Instant:
        after = self.start if self.now is None else self.now
        count = 8
        while True:
            instants = self.nth(count)
            for before, at in zip([self.start, *instants], instants):
                if at > after:
                    self.since = before
                    return at
            count *= 2


def clock(line: dict, pack: str) -> dict:
    reports: list[Field] = []
    read = Reader(line, "", "op id pack clock start owner now stopped_at count holidays", reports)
    spec, agency = read_spec(read, pack), read_owner(read, pack)
    start, now = read.time("start"), read.time("now", False)
    stopped, holidays = read.time("stopped_at", False), read_holidays(read)
    count = read.may("count", int)
    if count is not None and not 0 <= count <= 10_000:
        read.report("out_of_range", "count")
    refuse(reports)
    owner = Owner(agency, holidays)
    work = Due(spec, owner, start, now)
    due = getattr(work, spec["calendar"])()
    if due is None:
        refuse([("out_of_range", "owner")])
    fraction = number_of(spec.get("due_soon") or Number("0.75"))
    soon = work.since + fraction * (due - work.since)
    soon = Instant(soon.numerator // soon.denominator)
    state, late = "running", None
    if stopped is not None:
        state, late = "discharged", max(Instant(0), stopped - due)
    elif now is not None and now >= soon:
        state = "due_soon" if now <= due else "breached"
        late = now - due if now > due else None
    handed = owner.cover if not owner.has_open_time(start, due) else None
    result = {"due": format_time(due), "due_soon": format_time(soon), "owner": owner.name,
              "handed_to": handed, "state": state,
              "late_seconds": None if late is None else late.numerator // late.denominator,
              "beyond_horizon": to_wall(due)[0].date() > holidays["horizon"]}
    if spec["calendar"] == "reminders":
        result["reminders"] = [format_time(at) for at in work.nth(6 if count is None else count)]
    return result
