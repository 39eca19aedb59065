"""No figure is a constant in code: each scalar of each pack is changed in turn, and an answer changes.

Where `waymark rules` works with a part of the pack, one of its answers has to change. The rest is
worked with by the services: `elsewhere.py` names the test that shows it, and what is for people to
read alone.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import battery
import elsewhere
import mutate

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("WAYMARK_BUILD", ROOT / "build")) / "bin" / "waymark"
PACKS = ROOT / "packs"
FOLDERS = [PACKS / "parts", PACKS]
TRIES_MAX = 8

# What another value in a scalar's place does. Where every other value is refused the pack language
# holds it, as with the name of a question that a trigger looks at.
CHANGED, SAME, REFUSED = "changed", "same", "refused"


def answers(lines: list[str]) -> list[dict]:
    run = subprocess.run([PROGRAM, "rules"], cwd=ROOT, check=False, stdout=subprocess.PIPE,
                         input="".join(line + "\n" for line in lines).encode())
    found = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(found) == len(lines), run.returncode
    return found


def with_pack(line: str, pack: pathlib.Path) -> str:
    return line[:-1] + f', "pack": "{pack}"}}'


def substance(answer: dict) -> object:
    """The answer without what changes with any byte of the pack, and without words."""
    result = dict(answer.get("result") or answer["error"])
    result.pop("why", None), result.pop("message", None)
    return result


class FiguresTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.made = 0
        self.addCleanup(self.folder.cleanup)

    def place(self, name: str, text: str, via: str | None) -> pathlib.Path:
        """A changed file where a pack that includes it finds it first; the path of that pack."""
        self.made += 1
        folder = pathlib.Path(self.folder.name) / str(self.made)
        folder.mkdir()
        (folder / name).write_text(text)
        if via is None:
            return folder / name
        (folder / f"{via}.yaml").write_text((PACKS / f"{via}.yaml").read_text())
        return folder / f"{via}.yaml"

    def unchanged(self, path: pathlib.Path, via: str | None) -> list[mutate.Leaf]:
        """The scalars of a file that no answer depends on."""
        text = path.read_text()
        pack = battery.whole(PACKS / f"{via}.yaml" if via else path, FOLDERS)
        found = mutate.leaves(text)
        questions = battery.Battery(pack)
        usual = PACKS / f"{via}.yaml" if via else path
        known: dict[tuple[str, ...], tuple[list[str], list[object]]] = {}
        left = []
        for leaf in found:
            if elsewhere.only_words(leaf) or elsewhere.named(leaf):
                continue
            if leaf.path[0] not in battery.ABOUT:
                left.append(leaf)
                continue
            if leaf.path[:2] not in known:
                lines = questions.about(leaf.path)
                asked = answers([with_pack(line, usual) for line in lines])
                known[leaf.path[:2]] = lines, [substance(answer) for answer in asked]
            lines, before = known[leaf.path[:2]]
            same = [other for other in found if other.path[-1] == leaf.path[-1]]
            values = mutate.others(leaf, same)[:TRIES_MAX]
            effects = []
            for value in values:
                effects.append(self.effect(leaf, value, path.name, text, via, lines, before))
                if effects[-1] == CHANGED:
                    break
            if SAME in effects and CHANGED not in effects:
                left.append(leaf)
        return left

    def effect(self, leaf: mutate.Leaf, value: str, name: str, text: str, via: str | None,
               lines: list[str], before: list[object]) -> str:
        pack = self.place(name, mutate.with_value(text, leaf, value), via)
        after = answers([with_pack(line, pack) for line in lines])
        if after and after[0].get("error", {}).get("field") == "pack":
            return REFUSED
        return SAME if [substance(answer) for answer in after] == before else CHANGED

    def test_what_is_shown_elsewhere_is_shown(self) -> None:
        tests = set()
        for folder in ("libs", "services"):
            for source in (ROOT / folder).rglob("*_test.cc"):
                tests |= set(re.findall(r"TEST(?:_F|_P)?\((\w+), (\w+)\)", source.read_text()))
        for name in elsewhere.SHOWN_BY.values():
            self.assertIn(tuple(name.split(".")), tests)


def add_tests() -> None:
    packs = sorted(PACKS.glob("*.yaml"))
    files = [(path, None) for path in packs]
    for part in sorted((PACKS / "parts").glob("*.yaml")):
        via = next(pack.stem for pack in packs if part.stem in pack.read_text())
        files.append((part, via))
    for path, via in files:
        def test(self: FiguresTest, path: pathlib.Path = path, via: str | None = via) -> None:
            left = [leaf.name() + " = " + leaf.value for leaf in self.unchanged(path, via)]
            self.assertEqual(left, [])

        setattr(FiguresTest, "test_" + re.sub(r"\W", "_", path.stem), test)


add_tests()

if __name__ == "__main__":
    unittest.main()
