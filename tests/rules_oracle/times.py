"""Instants as exact fractions of a second since 1970, and the London wall clock."""

from __future__ import annotations

import datetime as dt
import fractions
import re
import zoneinfo

Instant = fractions.Fraction

_FORM = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
                   re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1)
_UTC = dt.timezone.utc


def parse_time(text: str) -> Instant | None:
    """RFC 3339 with an offset; None for anything else, and for a time that cannot be."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    try:
        wall = dt.datetime(*(int(part) for part in found.groups()[:6]))
    except ValueError:
        return None
    seconds = Instant((wall - _EPOCH) // dt.timedelta(seconds=1))
    if found[7]:
        seconds += Instant("0" + found[7])
    if found[8] in "Zz":
        return seconds
    hours, minutes = int(found[8][1:3]), int(found[8][4:6])
    if hours > 23 or minutes > 59:
        return None
    return seconds - (1 if found[8][0] == "+" else -1) * (hours * 3600 + minutes * 60)


def format_time(at: Instant) -> str:
    whole = at.numerator // at.denominator
    text = (_EPOCH + dt.timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    rest = at - whole
    if rest:
        text += "." + str(int(rest * 10**9)).rjust(9, "0").rstrip("0")
    return text + "Z"


class _London:
    """Europe/London. A time in a gap is the first instant after it, a double one its first."""

    def __init__(self) -> None:
        self.zone = zoneinfo.ZoneInfo("Europe/London")

    def wall(self, whole: int) -> dt.datetime:
        at = (_EPOCH + dt.timedelta(seconds=whole)).replace(tzinfo=_UTC)
        return at.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, wall: dt.datetime, fraction: Instant = Instant(0)) -> Instant:
        aware = wall.replace(tzinfo=self.zone, fold=0)
        at = int((aware.astimezone(_UTC).replace(tzinfo=None) - _EPOCH).total_seconds())
        if self.wall(at) == wall:
            return at + fraction
        # In a gap: look for the change of the clock around it.
        low, high = at - 86400, at + 86400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.wall(middle) < wall else (low, middle)
        return Instant(high)


LONDON = _London()


def to_wall(at: Instant) -> tuple[dt.datetime, Instant]:
    """The London wall clock in whole seconds, and what is left of the second."""
    whole = at.numerator // at.denominator
    return LONDON.wall(whole), at - whole
