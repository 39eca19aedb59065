"""Holds `waymark rules` against the second working-out of its specification.

    python3 tests/rules_oracle/compare.py --seed 7 --lines 50000
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import pathlib
import random
import subprocess
import sys
from typing import Any

import answers
import clocks
from generate import Generator, dump

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("WAYMARK_BUILD", ROOT / "build")) / "bin" / "waymark"
PACKS = ("fenland avon-and-somerset leicestershire lincolnshire metropolitan south-wales sussex "
         "west-mercia kent-and-medway statutory").split()
OPS = {"grade": answers.grade, "assess": answers.assess, "effective": answers.effective,
       "ask": answers.ask, "repeat": answers.repeat, "clock": clocks.clock}


class NotJson(ValueError):
    pass


def no_constant(word: str) -> None:
    raise NotJson(word)


def unique(pairs: list[tuple[str, Any]]) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise NotJson("a member twice")
    return dict(pairs)


def parse(line: bytes) -> Any:
    return json.loads(line.decode(), parse_constant=no_constant, object_pairs_hook=unique,
                      parse_float=clocks.Number)


def expected(line: Any) -> tuple[dict | None, set[answers.Field]]:
    """The result, or every report that may stand for it."""
    if not isinstance(line, dict):
        return None, {("malformed", None)}
    reports = set()
    op, pack = line.get("op"), line.get("pack")
    if not isinstance(op, str):
        reports.add(("missing_field" if "op" not in line else "out_of_range", "op"))
    elif op not in OPS:
        reports.add(("unknown_op", "op"))
    if pack is not None and not isinstance(pack, str):
        reports.add(("out_of_range", "pack"))
    elif pack is not None and pack not in PACKS:
        reports.add(("not_in_pack", "pack"))
    if reports:
        return None, reports
    try:
        return OPS[op](line, pack or "fenland"), set()
    except answers.Wrong as wrong:
        return None, wrong.reports


def beyond_the_tables(line: Any) -> bool:
    """Whether the answer rests on what only a pack says."""
    if not isinstance(line, dict):
        return False
    pack = line.get("pack") or "fenland"
    if line.get("op") == "assess":
        return pack not in ("fenland", "statutory") or line.get("subject") in (
            "perpetrator", "location")
    if line.get("op") == "clock" and isinstance(line.get("owner"), str):
        return pack != "fenland"
    return line.get("op") == "clock" and pack not in list(clocks.CLOCKS)


def difference(number: int, raw: bytes, answer: dict) -> str | None:
    """What is wrong with the answer to one line; None when nothing is."""
    try:
        line = parse(raw)
    except ValueError:
        line = None
    if beyond_the_tables(line):
        return None
    result, reports = expected(line)
    has_id = isinstance(line, dict) and "id" in line
    if has_id and str(answer["id"]) != str(json.loads(raw)["id"]) or not has_id and answer["id"]:
        return "another id"
    if result is None:
        error = answer.get("error", {})
        if (error.get("code"), error.get("field")) not in reports or not error.get("message"):
            return f"wanted one of {sorted(map(str, reports))}"
        if error["code"] == "malformed" and f"line {number}" not in error["message"]:
            return "no line number"
        return None
    given = dict(answer.get("result") or {})
    if line["op"] == "clock":
        if not given.pop("why", None):
            return "no why"
        if line.get("holidays") is None:  # how far the bundled data reaches is its own affair
            del given["beyond_horizon"], result["beyond_horizon"]
    if line["op"] == "grade" and not given.pop("duties", None):
        return "no duties"
    if given != result or answer.get("pack") != (line.get("pack") or "fenland"):
        return f"wanted {json.dumps(result)}"
    return None


def easter(year: int) -> dt.date:
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return dt.date(year, f // 31, f % 31 + 1)


# Bank holidays out of the ordinary: those added, and those whose day was moved.
_PROCLAIMED = {dt.date.fromisoformat(text) for text in (
    "2011-04-29", "2012-05-28", "2012-06-04", "2012-06-05", "2020-05-04", "2020-05-08", "2022-05-30",
    "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08")}


def bank_holidays(year: int) -> set[dt.date]:
    """The ordinary ones of England and Wales."""
    def monday(month: int, last: bool) -> dt.date:
        day = dt.date(year, month + 1, 1) - dt.timedelta(days=1) if last else dt.date(year, month, 1)
        step = dt.timedelta(days=-1 if last else 1)
        while day.weekday():
            day += step
        return day

    found = {easter(year) - dt.timedelta(days=2), easter(year) + dt.timedelta(days=1),
             monday(5, False), monday(5, True), monday(8, True)}
    for month, date in ((1, 1), (12, 25), (12, 26)):
        day = dt.date(year, month, date)
        while day.weekday() > 4 or day in found:
            day += dt.timedelta(days=1)
        found.add(day)
    return found


def hostile(generator: Generator) -> bytes:
    """A line that is hardly JSON, or JSON at its limits."""
    good = dump(generator.line()).encode()
    deep = generator.pick([2, 63, 64, 65, 700])
    return generator.pick([
        b"", b"  \t ", b"null", b"7", b'"op"', b"[]", good[:-1], good + b"x", good + b" \t\r",
        b" " + good, good.replace(b":", b" : "), good[:-1] + b",}", good[:-1] + b',"op":"ask"}',
        good[:-1] + b',"id":NaN}', good[:-1] + b',"id":01}', good[:-1] + b',"id":"\xff"}',
        good[:-1] + b',"id":"\xed\xa0\x80"}', good[:-1] + b',"id":"\x01"}', b"{'op':'ask'}",
        b'{"op":"grade","harm":"low","pattern":"regular","id":1e999}',
        b'{"op":"grade","harm":"low","pattern":"regular","id":' + b"9" * 400 + b"}",
        b'{"op":"grade","harm":"low","pattern":"regular","id":' + b"[" * deep + b"]" * deep + b"}",
        b'{"op":"grade","harm":"\\u006cow","pattern":"regular","id":"\\ud83d\\ude00\\/"}',
        b'{"\\u006fp":"grade","harm":"low","pattern":"regular"}', b'{"op":"grade"} {}', b"\x00"])


def lines_of(seed: int, count: int) -> list[bytes]:
    generator = Generator(seed)
    lines = []
    for _ in range(count):
        kind = generator.random.random()
        if kind < 0.6:
            lines.append(dump(generator.line()).encode())
        elif kind < 0.95:
            lines.append(dump(generator.spoilt()).encode())
        else:
            lines.append(hostile(generator))
    return lines


def differences(seed: int, count: int) -> tuple[list[str], int]:
    """Every line whose answer is another than the specification's, and the exit status."""
    clocks.BUNDLED["dates"] = set().union(*(bank_holidays(year) for year in range(2011, 2029)))
    clocks.BUNDLED["dates"] ^= _PROCLAIMED
    lines = lines_of(seed, count)
    run = subprocess.run([PROGRAM, "rules", "--pack", "fenland"], cwd=ROOT, check=False,
                         input=b"\n".join(lines) + b"\n", stdout=subprocess.PIPE)
    given = run.stdout.split(b"\n")[:-1]
    if len(given) != len(lines):
        return [f"{len(lines)} lines, {len(given)} answers"], run.returncode
    found = []
    for number, (line, answer) in enumerate(zip(lines, given), 1):
        wrong = difference(number, line, json.loads(answer))
        if wrong:
            found.append(f"line {number}: {line!r}\n  answered {answer.decode()}\n  {wrong}")
    return found, run.returncode


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options.add_argument("--lines", type=int, default=20_000)
    options.add_argument("--show", type=int, default=5)
    chosen = options.parse_args()
    found, _ = differences(chosen.seed, chosen.lines)
    print(f"seed {chosen.seed}: {chosen.lines} lines, {len(found)} differences")
    for text in found[:chosen.show]:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
