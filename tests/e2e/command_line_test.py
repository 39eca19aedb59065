"""The command line beside a running partnership, for programs: `--json` and exit codes."""

from __future__ import annotations

import json
import unittest

from harness import fresh_partnership, run_waymark


class BesideAPartnership(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()

    def test_status_says_what_runs_where_and_how_it_is(self):
        done = self.partnership.run("status", "--json")
        self.assertEqual(0, done.returncode, done.stderr)
        status = json.loads(done.stdout)
        parts = {part.get("agency") or part["program"]: part for part in status["parts"]}
        self.assertEqual(
            {"waymark-intake", "waymark-risk", "waymark-casemgr"}
            | {"police", "council", "housing", "fire"},
            set(parts),
        )
        endpoints = self.partnership.endpoints()
        for name, part in parts.items():
            self.assertTrue(part["serving"], part)
            self.assertEqual(endpoints[name.removeprefix("waymark-")], part["endpoint"])

    def test_status_of_nothing_fails_and_says_so(self):
        done = run_waymark("status", "--data", self.partnership.data / "nowhere", "--json")
        self.assertNotEqual(0, done.returncode)
        self.assertTrue((done.stdout + done.stderr).strip())


class ByItself(unittest.TestCase):
    def test_rules_answers_line_by_line(self):
        questions = [
            {"op": "grade", "harm": "significant", "pattern": "regular", "id": 1},
            {"op": "grade", "harm": "awful", "pattern": "regular", "id": 2},
            {
                "op": "clock",
                "clock": "profile_entry",
                "start": "2026-03-02T09:00:00Z",
                "owner": "police",
            },
        ]
        given = "".join(json.dumps(question) + "\n" for question in questions)
        done = run_waymark("rules", "--pack", "fenland", given=given)
        self.assertEqual(3, done.returncode, done.stderr)
        high, refused, clock = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual("HIGH", high["result"]["band"])
        self.assertEqual(
            (2, "out_of_range", "harm"),
            (refused["id"], refused["error"]["code"], refused["error"]["field"]),
        )
        self.assertEqual("2026-03-03T09:00:00Z", clock["result"]["due"])

    def test_version_and_wrong_usage(self):
        self.assertRegex(run_waymark("version").stdout, r"\d+\.\d+\.\d+")
        self.assertEqual(2, run_waymark("no-such-verb").returncode)


if __name__ == "__main__":
    unittest.main()
