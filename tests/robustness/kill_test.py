"""SIGKILL while incidents are being published: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import unittest

from harness import fresh_partnership
from harness.invented import many, person
from harness.partnership import Partnership, eventually
from waymark.gateway.v1 import incident_pb2, look_up_pb2
from waymark_client import Answer, Unavailable, Waiting

ACCEPTED = incident_pb2.IncidentReceipt.OUTCOME_ACCEPTED
ALREADY_HELD = incident_pb2.IncidentReceipt.OUTCOME_ALREADY_HELD

INCIDENTS = 2_000  # of one round
PEOPLE = 200
BAD_EVERY = 100
# How many answers there are when the process is killed, round by round.
MOMENTS = (1, 150, 800, 1_500)
ONE_ATTEMPT = Waiting(attempts=1)


def a_round(number: int) -> list[incident_pb2.Incident]:
    incidents = many(f"KILL-{number}", INCIDENTS, PEOPLE)
    for bad in incidents[::BAD_EVERY]:
        bad.type = "no_such_type"
    return incidents


def is_bad(item: int) -> bool:
    return item % BAD_EVERY == 0


class Killed(unittest.TestCase):
    def setUp(self) -> None:
        self.partnership: Partnership = self.enterContext(fresh_partnership()).start()

    def publish(self, incidents: list[incident_pb2.Incident]) -> dict[int, Answer]:
        gateway = self.partnership.gateway("police", waiting=ONE_ATTEMPT)
        return {answer.item: answer for answer in gateway.publish(incidents)}

    def publish_and_kill(
        self, incidents: list[incident_pb2.Incident], moment: int
    ) -> dict[int, Answer]:
        """The answers that came, some of them after the kill: they were on their way."""
        answers: dict[int, Answer] = {}
        gateway = self.partnership.gateway("police", waiting=ONE_ATTEMPT)
        try:
            for answer in gateway.publish(incidents):
                answers[answer.item] = answer
                if len(answers) == moment:
                    self.partnership.kill()
        except Unavailable:
            pass
        self.assertLess(len(answers), len(incidents), "it was meant to be killed in mid-stream")
        return answers

    def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(self):
        for number, moment in enumerate(MOMENTS):
            with self.subTest(killed_after=moment):
                incidents = a_round(number)
                before = self.publish_and_kill(incidents, moment)
                self.partnership.start()
                self.check_answers(incidents, before)
        self.check_each_is_there_once()

    def check_answers(
        self, incidents: list[incident_pb2.Incident], before: dict[int, Answer]
    ) -> None:
        after = self.publish(incidents)
        self.assertEqual(set(range(len(incidents))), set(after))
        for item, answer in after.items():
            self.assertEqual(is_bad(item), not answer.accepted, answer)
            if is_bad(item):
                self.assertEqual("unknown_type", answer.problems[0].code)
            elif item in before:
                self.assertEqual(ALREADY_HELD, answer.receipt.outcome, answer.source_reference)
                self.assertEqual(before[item].receipt.incident_id, answer.receipt.incident_id)
            else:
                self.assertIn(answer.receipt.outcome, (ACCEPTED, ALREADY_HELD))
        # Nothing of what was refused is there: corrected, it is new.
        corrected = [incident for item, incident in enumerate(incidents) if is_bad(item)]
        for incident in corrected:
            incident.type = "noise"
        for answer in self.publish(corrected).values():
            self.assertEqual(ACCEPTED, answer.receipt.outcome, answer.source_reference)
        ids = set()
        for answer in self.publish(incidents).values():
            self.assertEqual(ALREADY_HELD, answer.receipt.outcome, answer.source_reference)
            ids.add(answer.receipt.incident_id)
        self.assertEqual(len(incidents), len(ids))

    def check_each_is_there_once(self) -> None:
        """In the police's own vault and, across every lane, in what its partners are told."""
        wanted = len(MOMENTS) * INCIDENTS // PEOPLE
        police = self.partnership.gateway("police")
        council = self.partnership.gateway("council")
        for number in range(0, PEOPLE, 10):
            who = incident_pb2.Identity(
                telephone=person(number).telephone,
                given_name=person(number).given_name,
                family_name=person(number).family_name,
                date_of_birth=person(number).date_of_birth,
            )
            own = police.look_up(who, reason="counting").incidents
            self.assertEqual(wanted, len(own), f"person {number} at the police")

            def all_known() -> look_up_pb2.LookUpResponse | None:
                answer = council.look_up(who, reason="counting")
                return answer if answer.partners.reports >= wanted else None

            known = eventually(all_known, f"{wanted} reports of person {number} at the council")
            self.assertEqual(wanted, known.partners.reports)


if __name__ == "__main__":
    unittest.main()
