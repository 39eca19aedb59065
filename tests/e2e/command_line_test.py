"""The command line beside a running partnership, for programs: `--json` and exit codes."""

from __future__ import annotations

import json
import unittest

from harness import fresh_partnership, run_waymark
from harness.invented import incident, person


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

    def test_a_person_is_erased_by_the_data_protection_lead_alone(self):
        gateway = self.partnership.gateway("police")
        gateway.publish_one(incident("E2E-ERASE", person(9100, "Erasure", "Asked")))
        erase = ("person", "erase", "E2E-ERASE", "--ground", "objection", "--json")
        refused = self.partnership.run(*erase, "--as", "police:p-1:manager")
        self.assertNotEqual(0, refused.returncode, refused.stdout)
        lead = ("--as", "police:p-1:data_protection_lead")
        done = self.partnership.run(*erase, *lead)
        self.assertEqual(0, done.returncode, done.stderr)
        erased = json.loads(done.stdout)["erasure"]
        listed = self.partnership.run("person", "erasures", "--json", *lead)
        self.assertEqual(0, listed.returncode, listed.stderr)
        self.assertEqual(
            [erased["person_id"]],
            [one["person_id"] for one in json.loads(listed.stdout)["erasures"]],
        )
        again = gateway.publish([incident("E2E-ERASE", person(9100, "Erasure", "Asked"))])
        self.assertEqual("erased", list(again)[0].problems[0].code)

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
