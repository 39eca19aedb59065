"""The checker is checked: a partnership with a fault put in must not pass."""

from __future__ import annotations

import unittest

from faults.clients import FAMILY, Load
from faults.run import Death, Outcome, live_through

SMALL = Load(incidents=80, people=20, consents=10, look_ups=6, stock=25)


class TheChecker(unittest.TestCase):
    """Each fault has the finding that names it."""

    def finds(self, codes: set[str], outcome: Outcome) -> None:
        self.assertTrue(codes & outcome.verdict.codes(), f"none of {codes}\n{outcome}")

    def lived(self, *deaths: Death, healed_with: tuple[str, ...] = ()) -> Outcome:
        return live_through(
            list(deaths), SMALL, seed=3, rebuild=False, healed_with=healed_with
        )

    def test_finds_deduplication_off(self):
        outcome = self.lived(
            Death(("--fault", "no_deduplication:", "--crash", "housing:relay.appended:6")),
            Death(("--fault", "no_deduplication:"), kill_after_seconds=3.0),
        )
        self.finds({"decided_twice", "applied_twice"}, outcome)

    def test_finds_a_position_committed_before_the_state(self):
        crash = ("--crash", "intake:fault.split:5")
        outcome = self.lived(Death(("--fault", "position_before_state:intake", *crash)))
        self.finds({"input_lost"}, outcome)

    def test_finds_answers_before_the_sync(self):
        outcome = self.lived(
            Death(("--fault", "answer_before_sync:police"), kill_after_seconds=2.0)
        )
        self.finds({"acknowledged_lost"}, outcome)

    def test_finds_a_nonce_used_twice_a_leaf_left_out_and_a_name_in_a_topic(self):
        faults = ("nonce_reused:", "leaf_left_out:police", "name_in_topic:intake")
        arguments = [word for fault in faults for word in ("--fault", fault)]
        outcome = self.lived(Death((*arguments, "--word", FAMILY), kill_after_seconds=3.0))
        for code in ("nonce_reused", "leaf_missing", "personal_data_in_clear"):
            self.finds({code}, outcome)

    def test_finds_a_key_kept_a_leaf_forgotten_and_a_reversal_forgotten(self):
        faults = ("key_kept:", "leaf_forgotten:council", "reversal_forgotten:*")
        arguments = [word for fault in faults for word in ("--fault", fault)]
        # A start finishes what was interrupted, so the key has to be kept to the end.
        outcome = self.lived(
            Death(tuple(arguments), kill_after_seconds=6.0), healed_with=("--fault", "key_kept:")
        )
        for code in ("erased_key_kept", "checkpoint_not_of_the_log", "acknowledged_lost"):
            self.finds({code}, outcome)


if __name__ == "__main__":
    unittest.main()
