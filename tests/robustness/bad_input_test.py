"""Bad rows in a stream: each refused by itself with what to do, nothing of it stored."""

from __future__ import annotations

import datetime
import unittest
from collections.abc import Callable, Iterator

import grpc

from harness import fresh_partnership
from harness.invented import incident, now, person
from waymark.common.v1 import terms_pb2
from waymark.gateway.v1 import incident_pb2
from waymark_client import Gateway, Refused, Waiting

Incident = incident_pb2.Incident
ACCEPTED = incident_pb2.IncidentReceipt.OUTCOME_ACCEPTED
ALREADY_HELD = incident_pb2.IncidentReceipt.OUTCOME_ALREADY_HELD
AMENDED = incident_pb2.IncidentReceipt.OUTCOME_AMENDED


def put(path: str, value: object) -> Callable[[Incident], None]:
    """Sets a field, "parties.0.identity.telephone"."""

    def change(row: Incident) -> None:
        *parents, last = path.split(".")
        holder = row
        for parent in parents:
            holder = holder[int(parent)] if parent.isdigit() else getattr(holder, parent)
        setattr(holder, last, value)

    return change


def in_the_future(row: Incident) -> None:
    row.occurred_at.FromDatetime(now() + datetime.timedelta(hours=1))


def without_report_time(row: Incident) -> None:
    row.ClearField("reported_at")


def with_a_crowd(row: Incident) -> None:
    for number in range(21):
        row.parties.add(roles=[terms_pb2.ROLE_WITNESS], identity=person(8000 + number))


# What is wrong; the code and the field of the refusal; how a good row is made so.
WHO = "parties.0.identity"
WRONG: dict[str, tuple[str, str, Callable[[Incident], None]]] = {
    "future-dated": ("future_dated", "occurred_at", in_the_future),
    "impossible instant": ("impossible_date", "occurred_at", put("occurred_at.seconds", 1 << 50)),
    "before 2000": ("too_old", "reported_at", put("reported_at.seconds", 0)),
    "no report time": ("missing_field", "reported_at", without_report_time),
    "no category": ("unknown_category", "category", put("category", 0)),
    "unknown category": ("unknown_category", "category", put("category", 9)),
    "unknown type": ("unknown_type", "type", put("type", "dragons")),
    "unknown channel": ("unknown_channel", "channel", put("channel", "pigeon")),
    "control character": (
        "invalid_reference", "source_reference", put("source_reference", "A\nB"),
    ),
    "long reference": (
        "invalid_reference", "source_reference", put("source_reference", "R" * 65),
    ),
    "invalid telephone": (
        "invalid_telephone", "parties[0].identity.telephone", put(f"{WHO}.telephone", "12"),
    ),
    "impossible birthday": (
        "invalid_date_of_birth",
        "parties[0].identity.date_of_birth",
        put(f"{WHO}.date_of_birth", "1961-02-30"),
    ),
    "invalid postcode": (
        "invalid_postcode",
        "parties[0].identity.address.postcode",
        put(f"{WHO}.address.postcode", "NOWHERE"),
    ),
    "invalid UPRN": ("invalid_uprn", "location.uprn", put("location.uprn", "12x")),
    "invalid LSOA": ("invalid_lsoa", "lsoa", put("lsoa", "Fenland 003")),
    "crowd": ("too_many_parties", "parties", with_a_crowd),
    "long summary": ("oversized_text", "summary", put("summary", "x" * 8_001)),
    "unknown grade": ("unknown_harm", "grading.harm", put("grading.harm", "dreadful")),
}


def good(number: int) -> Incident:
    return incident(f"BAD-{number}", person(7000 + number))


class BadRows(unittest.TestCase):
    gateway: Gateway

    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.gateway = cls.partnership.gateway("police", waiting=Waiting(attempts=1))

    def assert_explained(self, problems, code: str, field: str) -> None:
        self.assertIn((code, field), {(problem.code, problem.field) for problem in problems})
        for problem in problems:
            self.assertTrue(problem.wanted and problem.remedy, problem)

    def test_each_is_refused_by_itself_and_the_rest_goes_on(self):
        rows = []
        for number, (_, _, change) in enumerate(WRONG.values()):
            rows += [good(2 * number), good(2 * number + 1)]
            change(rows[-1])
        answers = {answer.item: answer for answer in self.gateway.publish(rows)}
        self.assertEqual(len(rows), len(answers))
        for number, (what, (code, field, _)) in enumerate(WRONG.items()):
            with self.subTest(what):
                self.assertEqual(ACCEPTED, answers[2 * number].receipt.outcome)
                refused = answers[2 * number + 1]
                self.assertFalse(refused.accepted)
                self.assert_explained(refused.problems, code, field)
        # Nothing of a refused row is stored: corrected, its reference is new.
        corrected = [good(2 * number + 1) for number in range(len(WRONG))]
        for answer in self.gateway.publish(corrected):
            self.assertEqual(ACCEPTED, answer.receipt.outcome, answer.source_reference)

    def test_every_problem_of_a_row_is_told_at_once(self):
        row = incident("", person(7900))
        in_the_future(row)
        row.type = "dragons"
        row.parties[0].identity.telephone = "12"
        with self.assertRaises(Refused) as caught:
            self.gateway.publish_one(row)
        self.assertIs(grpc.StatusCode.INVALID_ARGUMENT, caught.exception.code)
        for code, field in (
            ("missing_reference", "source_reference"),
            ("future_dated", "occurred_at"),
            ("unknown_type", "type"),
            ("invalid_telephone", "parties[0].identity.telephone"),
        ):
            self.assert_explained(caught.exception.problems, code, field)

    def test_the_same_reference_with_other_content(self):
        first = incident("BAD-REUSED", person(7901))
        again = Incident.FromString(first.SerializeToString())
        other = Incident.FromString(first.SerializeToString())
        other.summary = "Something else altogether."
        higher = Incident.FromString(other.SerializeToString())
        higher.revision = 1
        rows = [first, again, other, higher, first]
        outcomes = []
        for row in rows:
            (answer,) = self.gateway.publish([row])
            outcomes.append(answer)
        self.assertEqual(ACCEPTED, outcomes[0].receipt.outcome)
        self.assertEqual(ALREADY_HELD, outcomes[1].receipt.outcome)
        self.assert_explained(outcomes[2].problems, "reference_reused", "revision")
        self.assertEqual(AMENDED, outcomes[3].receipt.outcome)
        self.assert_explained(outcomes[4].problems, "revision_superseded", "revision")
        known = {o.receipt.incident_id for o in outcomes if o.accepted}
        self.assertEqual(1, len(known))

    def test_bytes_that_are_no_message_cost_the_others_nothing(self):
        def items() -> Iterator[bytes]:
            for number in (1, 2, 3):
                request = incident_pb2.PublishIncidentsRequest(
                    partnership="fenland", item=number, incident=good(500 + number)
                )
                yield request.SerializeToString() if number != 2 else b"\xff\xff not a message"

        channel = self.partnership.channel("police", self.partnership.system_certificate("police"))
        stream = channel.stream_stream(
            "/waymark.gateway.v1.IncidentService/PublishIncidents",
            response_deserializer=incident_pb2.PublishIncidentsResponse.FromString,
        )
        answers = {answer.item: answer for answer in stream(items(), timeout=20)}
        self.assertEqual({0, 1, 3}, set(answers))
        self.assertTrue(answers[1].HasField("receipt") and answers[3].HasField("receipt"))
        (problem,) = answers[0].refused.problems
        self.assertTrue(problem.code and problem.wanted and problem.remedy)

    def test_a_message_over_the_limit_is_refused_whole(self):
        row = good(600)
        row.summary = "x" * (1 << 20)
        small, huge = self.gateway.publish([good(601), row])
        self.assertEqual(ACCEPTED, small.receipt.outcome)
        self.assertEqual("oversized_message", huge.problems[0].code)
        # The client kept it back; the gateway itself takes none either.
        with self.assertRaises(Exception) as caught:
            self.gateway.publish_one(row)
        self.assertIs(grpc.StatusCode.RESOURCE_EXHAUSTED, caught.exception.code)
        self.assertEqual(ACCEPTED, self.gateway.publish_one(good(600)).outcome)

    def test_another_agencys_system_and_partnership(self):
        channel = self.partnership.channel("police", self.partnership.system_certificate("fire"))
        with self.assertRaises(Refused) as caught:
            list(Gateway(channel, "fenland").publish([good(700)]))
        self.assertIs(grpc.StatusCode.PERMISSION_DENIED, caught.exception.code)
        self.assertTrue(caught.exception.problems)
        channel = self.partnership.channel("police", self.partnership.system_certificate("police"))
        (answer,) = Gateway(channel, "wisbech").publish([good(700)])
        self.assert_explained(answer.problems, "wrong_partnership", "partnership")
        self.assertEqual(ACCEPTED, self.gateway.publish_one(good(700)).outcome)


if __name__ == "__main__":
    unittest.main()
