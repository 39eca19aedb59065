"""Nothing is lost and nothing is doubled by any death: clients' books against what is on the disk.

Every test lives through a few deaths under load and has the checker look. `./dev faults` goes on
for as long as it is told.
"""

from __future__ import annotations

import collections
import unittest

from faults.clients import Load
from faults.run import CRASH_POINTS, Death, Outcome, live_through, surely_crash

SMALL = Load(incidents=120, people=40, consents=16, look_ups=10)

# What has to be looked at for a finding to be possible at all.
LOOKED_AT = (
    "audit leaves opened",
    "bytes searched",
    "checkpoints",
    "ciphertexts",
    "consents answered",
    "decisions in journals",
    "cosignatures",
    "effects with their leaf",
    "incidents answered",
    "incidents to casemgr",
    "lanes read",
    "overrides answered",
    "withdrawals answered",
)

# A client asks for few erasures, and a death may come before the answer: in some test of all.
LOOKED_AT_ONCE = ("erased leaves tried", "erasures answered", "persons forgotten")


class Faults(unittest.TestCase):
    looked_at: collections.Counter[str] = collections.Counter()

    @classmethod
    def tearDownClass(cls) -> None:
        never = [what for what in LOOKED_AT_ONCE if cls.looked_at[what] == 0]
        if never:
            raise AssertionError(f"no test had the checker look at {never}")

    def check(self, outcome: Outcome) -> None:
        self.assertEqual([], outcome.verdict.findings, str(outcome))
        self.assertEqual([], outcome.errors, str(outcome))
        self.assertTrue(outcome.quiet, f"it does not become quiet\n{outcome}")
        self.looked_at.update(outcome.verdict.checked)
        for what in LOOKED_AT:
            self.assertGreater(outcome.verdict.checked.get(what, 0), 0, what)

    def test_killed_at_every_named_point_with_its_power_cut(self):
        parts = ("police", "intake", "council", "casemgr", "risk", "housing")
        deaths = [
            surely_crash(part, point, 4, "--lose-unsynced")
            for part, point in zip(parts, CRASH_POINTS)
        ]
        outcome = live_through(deaths, SMALL, seed=1)
        self.check(outcome)
        never = {death.point for death in deaths} - set(outcome.reached)
        self.assertEqual(set(), never, f"points that were never reached\n{outcome}")

    def test_disks_that_fill_up_and_break(self):
        deaths = [
            Death(("--fail", "police:write:full:8")),
            Death(("--fail", "log:sync:io:8")),
            Death(("--fail", "intake:sync:io:2")),
        ]
        # Then a whole load with sound disks, on what the broken ones left.
        outcome = live_through([*deaths, Death()], SMALL, seed=2, rebuild=False)
        self.check(outcome)
        # It stops serving by itself rather than go on acknowledging.
        stopped = [death for death in outcome.deaths if "exit code 1" in death]
        self.assertEqual(len(deaths), len(stopped), str(outcome))


if __name__ == "__main__":
    unittest.main()
