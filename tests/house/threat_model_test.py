"""Every test that docs/threat-model.md names exists, and every row says what holds it."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GTEST = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
PYTEST = re.compile(r"def (test_\w+)\(")
NAMED = re.compile(r"`((?:\w+\.[\w*]+)|(?:test_\w+))`")


def existing() -> set[str]:
    names = set()
    for folder in ("libs", "services", "cli", "tests"):
        for source in (ROOT / folder).rglob("*_test.cc"):
            names.update(f"{suite}.{case}" for suite, case in GTEST.findall(source.read_text()))
    for source in (ROOT / "libs").rglob("contract.*"):
        names.update(f"{suite}.{case}" for suite, case in GTEST.findall(source.read_text()))
    for source in (*(ROOT / "tests").rglob("*.py"), *(ROOT / "examples").rglob("*.py")):
        names.update(PYTEST.findall(source.read_text()))
    names.update(f"fuzz.{target.stem}" for target in (ROOT / "tests/fuzz/targets").glob("*.cc"))
    return names


def rows() -> list[tuple[int, list[str]]]:
    """(line, cells) of each row of the tables of ways in."""
    found = []
    text = (ROOT / "docs/threat-model.md").read_text()
    ways = text[text.index("## Ways in") :]
    first = text[: text.index("## Ways in")].count("\n") + 1
    for number, line in enumerate(ways.split("\n"), first):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] != "actor" and not set(cells[0]) <= {"-"}:
            found.append((number, cells))
    return found


class ThreatModel(unittest.TestCase):
    def test_every_row_names_its_test_or_says_that_nothing_holds_it(self):
        for line, cells in rows():
            with self.subTest(line=line):
                self.assertEqual(len(cells), 4)
                self.assertTrue(NAMED.search(cells[-1]) or "**nothing**" in cells[-1], cells[-1])

    def test_every_named_test_exists(self):
        names = existing()
        for line, cells in rows():
            for named in NAMED.findall(cells[-1]):
                with self.subTest(line=line, test=named):
                    wanted = re.compile(re.escape(named).replace(r"\*", r"\w+"))
                    self.assertTrue(any(wanted.fullmatch(name) for name in names), named)

    def test_the_tables_are_read(self):
        self.assertGreater(len(rows()), 30)


if __name__ == "__main__":
    unittest.main()
