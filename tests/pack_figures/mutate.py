"""Every scalar of a pack's file, and other values it could as well have had."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

TYPES = ("littering", "trespass")
BANDS = ("STANDARD", "MEDIUM", "HIGH")
# Words that a member may have besides those its siblings in the file have.
WORDS = {"counts": ("occurred", "reported"), "window": ("elapsed", "civil", "period"),
         "calendar": ("elapsed", "agency", "civil", "working", "end_of_working_day"),
         "cover": ("police", "fire", "council"),
         "answer": ("yes_no_unknown", "text"),
         "bank_holidays": ("england-and-wales", "scotland", "northern-ireland")}


class Leaf(NamedTuple):
    path: tuple[str, ...]
    value: str
    begin: int  # where it stands in the text
    end: int

    def name(self) -> str:
        return ".".join(self.path)

    def kind(self) -> str:
        """The path without what is named by the pack: indexes and ids."""
        return ".".join("*" if part.isdigit() else part for part in self.path)


def leaves(text: str) -> list[Leaf]:
    def walk(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Leaf]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield from walk(value, (*path, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                yield from walk(value, (*path, named(value) or str(index)))
        else:
            yield Leaf(path, node.value, node.start_mark.index, node.end_mark.index)

    def named(node: yaml.Node) -> str | None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == "id":
                    return value.value
        return None

    return list(walk(yaml.compose(text), ()))


def with_value(text: str, leaf: Leaf, value: str) -> str:
    quoted = text[leaf.begin] if text[leaf.begin] in "\"'" else ""
    return text[:leaf.begin] + quoted + value + quoted + text[leaf.end:]


def _stepped(value: str) -> list[str]:
    """The last number in the value one up, one down, and doubled."""
    found = re.search(r"\d+(?=\D*$)", value)
    number = int(found[0])
    steps = [number + 1, number - 1, 2 * number, number + 3]
    return [value[:found.start()] + str(step) + value[found.end():]
            for step in steps if step >= 0 and step != number]


def others(leaf: Leaf, siblings: list[Leaf]) -> list[str]:
    """Values to try in the leaf's place, the smallest step first."""
    value = leaf.value
    if re.fullmatch(r"P[0-9YMWDTHS]+", value) or re.fullmatch(r"\d+", value):
        return _stepped(value)
    if re.fullmatch(r"0?\.\d+|1\.0", value):
        return ["0.5", "0.25", "0.9"]
    if re.fullmatch(r"\d\d:\d\d", value):
        hour = int(value[:2])
        return [f"{step:02}:{value[3:]}" for step in (hour - 1, hour + 1) if 0 <= step <= 24]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = dt.date.fromisoformat(value)
        return [(day + dt.timedelta(days=step)).isoformat() for step in (-1, 1)]
    if value in ("true", "false"):
        return ["false" if value == "true" else "true"]
    if value in BANDS:
        at = BANDS.index(value)
        return [BANDS[step] for step in (at + 1, at - 1, at + 2, at - 2) if 0 <= step < 3]
    if value in ("yes", "no", "unknown"):
        return [word for word in ("no", "yes", "unknown") if word != value]
    if leaf.path[-1] == "id":
        return [value + "_other"]
    if leaf.path[-1] == "hours":
        return ['{mon: [["10:00", "12:00"]]}']
    known = list(WORDS.get(leaf.path[-1], TYPES if leaf.path[0] == "type_groups" else ()))
    parents = [part for part in leaf.path if not part.isdigit()]
    for other in siblings:
        same = [part for part in other.path if not part.isdigit()]
        if same[-1] == parents[-1] and same[0] == parents[0] and other.value not in known:
            known.append(other.value)
    found = [word for word in known if word != value]
    return [*found[:12], value + "-other", value + "_other"]
