"""examples/python/example.py, run as its README says."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import unittest

from google.protobuf import json_format

from harness import ROOT, fresh_partnership, temporary_folder
from harness.invented import incident, person

EXAMPLE = ROOT / "examples" / "python" / "example.py"


class TheExample(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.folder: pathlib.Path = cls.enterClassContext(temporary_folder())
        cls.token = cls.folder / "token"
        cls.token.write_text(cls.partnership.token("housing") + "\n")

    def run_example(self, *arguments: str | pathlib.Path, token: bool = True):
        tls = self.partnership.data / "agencies" / "housing" / "systems" / "housing" / "tls"
        gateway = self.partnership.endpoints()["housing"]
        options = ["--gateway", gateway, "--tls", tls]
        if token:
            options += ["--token", self.token]
        return subprocess.run(
            [sys.executable, "-B", EXAMPLE, *options, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_publishes_and_says_what_became_of_each(self):
        rows = [incident(f"EXAMPLE-{number}", person(9200 + number)) for number in range(3)]
        rows[1].type = "dragons"
        lines = self.folder / "incidents.jsonl"
        lines.write_text(
            "".join(json_format.MessageToJson(row, indent=None) + "\n" for row in rows)
        )
        first = self.run_example("publish", lines, token=False)
        self.assertEqual(3, first.returncode, first.stderr)
        said = set(first.stdout.splitlines())
        self.assertLessEqual({"EXAMPLE-0: accepted", "EXAMPLE-2: accepted"}, said)
        self.assertIn("EXAMPLE-1: refused: unknown_type at type: wanted", first.stdout)
        again = self.run_example("publish", lines, token=False)
        self.assertIn("EXAMPLE-0: already_held", again.stdout)

    def test_looks_a_caller_up(self):
        arguments = ("look-up", "--telephone", "0113 496 0011", "--reason", "on the line")
        done = self.run_example(*arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("own incidents:", done.stdout)
        nobody = self.run_example(*arguments, token=False)
        self.assertEqual(2, nobody.returncode)
        self.assertIn("person_token", nobody.stderr)

    def test_follows_alerts_goes_on_after_them_and_acknowledges(self):
        first = self.run_example("follow", "--subscription", "example", "--count", "1")
        self.assertEqual(0, first.returncode, first.stderr)
        self.assertRegex(first.stdout, r"(version \d+: HIGH in|withdrawn)")
        second = self.run_example("follow", "--subscription", "example", "--count", "1")
        self.assertEqual(0, second.returncode, second.stderr)
        self.assertNotEqual(first.stdout, second.stdout)
        alert = first.stdout.split()[0].rstrip(":")
        done = self.run_example("acknowledge", alert)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("acknowledged at", done.stdout)
        unknown = self.run_example("acknowledge", "no-such-alert")
        self.assertEqual(3, unknown.returncode, unknown.stdout)
        self.assertTrue(unknown.stderr.strip())

    def test_says_when_nobody_answers(self):
        tls = self.partnership.data / "agencies" / "housing" / "systems" / "housing" / "tls"
        done = subprocess.run(
            [
                *(sys.executable, "-B", EXAMPLE, "--gateway", "127.0.0.1:1", "--tls", tls),
                *("--token", self.token, "acknowledge", "x"),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(1, done.returncode)
        self.assertIn("try again", done.stderr)


if __name__ == "__main__":
    unittest.main()
