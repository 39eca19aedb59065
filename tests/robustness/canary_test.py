"""Planted personal data occurs in no file of the partnership and in nothing its process says."""

from __future__ import annotations

import base64
import datetime
import pathlib
import unittest
from collections.abc import Iterator

from harness import fresh_partnership
from harness.invented import high, incident, now, person
from harness.partnership import eventually
from waymark.gateway.v1 import consent_pb2, incident_pb2
from waymark_client import Alert, Refused

# Words that nothing else in the world contains.
GIVEN, FAMILY = "Xylophrena", "Quibblethwaite"
STREET, SUMMARY = "Zanzigrove Parade", "the brimbleflax hooligan wave"
SAFE, REASON = "only via wrenspittle", "because of the vortigaunt call"
WITHDRAWN = "she said flumberknot"
EMAIL = "xylo.quibble@frabjous.example"
NUMBER = "0131 496 0873"
BIRTHDAY = "1947-11-23"

CANARIES = [GIVEN, FAMILY, "Zanzigrove", "brimbleflax", "wrenspittle", "vortigaunt", "flumberknot"]
CANARIES += ["frabjous", "1314960873", "131 496 0873", BIRTHDAY, "19471123"]

# A coded word that is no personal data and is kept as it is: proves that the search finds things.
MARKER = "marker_word_kept_plain"


def forms(word: str) -> Iterator[bytes]:
    """The ways a word might lie in a file."""
    for text in {word, word.lower(), word.upper()}:
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode().hex().encode()
        for shift in range(3):
            # The middle of its base64, which does not depend on its neighbours.
            encoded = base64.b64encode(b"\0" * shift + text.encode())
            yield encoded[4:-4]


def found_in(data: bytes, words: list[str]) -> list[str]:
    return [word for word in words if any(form in data for form in forms(word) if len(form) > 5)]


class Canaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.victim = incident_pb2.Identity(
            given_name=GIVEN,
            family_name=FAMILY,
            date_of_birth=BIRTHDAY,
            telephone=NUMBER,
            email=EMAIL,
            safe_contact=SAFE,
        )
        cls.victim.address.CopyFrom(person(9100).address)
        cls.victim.address.street = STREET

    def test_they_occur_nowhere(self):
        self.live_through_everything()
        self.partnership.kill()
        leaks = {}
        marked = False
        for path in sorted(self.files()):
            data = path.read_bytes()
            marked = marked or MARKER.encode() in data
            if words := found_in(data, CANARIES):
                leaks[str(path.relative_to(self.partnership.data))] = words
        self.assertEqual({}, leaks)
        self.assertTrue(marked, "the search does not find what is known to be there")
        self.assertEqual([], found_in(self.partnership.output().encode(), CANARIES))

    def files(self) -> Iterator[pathlib.Path]:
        return (path for path in self.partnership.data.rglob("*") if path.is_file())

    def report(self, reference: str) -> incident_pb2.Incident:
        report = incident(reference, self.victim)
        report.lsoa = "E01099778"
        report.summary = SUMMARY
        report.action_taken = MARKER
        report.officer.band = 3
        report.officer.reason = REASON
        return report

    def live_through_everything(self) -> None:
        """Every way by which personal data comes in, crosses over and is taken back."""
        police = self.partnership.gateway("police")
        housing = self.partnership.gateway("housing")
        housing.register_stock([self.victim.address.uprn])
        answers = list(police.publish([self.report("CANARY-1"), high(self.report("CANARY-2"))]))
        self.assertTrue(all(answer.accepted for answer in answers), answers)
        amended = self.report("CANARY-1")
        amended.revision = 1
        police.publish_one(amended)
        self.refused_rows(police)
        police.look_up(self.victim, reason=REASON)
        housing.look_up(self.victim, reason=REASON)
        scope = consent_pb2.ConsentScope(
            agencies=["housing"],
            categories=["identity", "contact", "incident", "risk"],
            purposes=["prevent_asb", "support_victim"],
        )
        consent = police.record_consent(
            "CANARY-2",
            scope,
            form_version="fenland-consent-1",
            scan_sha256="cd" * 32,
            given_at=now() - datetime.timedelta(minutes=1),
            expires_at=now() + datetime.timedelta(days=30),
        )
        with housing.subscribe("canary") as subscription:
            messages = iter(subscription)

            def told_who() -> bool:
                message = next(messages)
                return isinstance(message, Alert) and FAMILY in str(message.message)

            eventually(told_who, "the alert that says who it is")
        police.withdraw_consent(consent.consent_id, WITHDRAWN)

    def refused_rows(self, police) -> None:
        """Personal data in places where it does not belong must not come back in what is said."""
        for field in ("type", "channel", "lsoa", "action_taken"):
            row = self.report(f"CANARY-BAD-{field}")
            setattr(row, field, f"{GIVEN} {FAMILY}")
            with self.assertRaises(Refused) as caught:
                police.publish_one(row)
            said = f"{caught.exception} {caught.exception.problems}"
            self.assertEqual([], found_in(said.encode(), CANARIES))
        row = self.report("CANARY-BAD-telephone")
        row.parties[0].identity.telephone = FAMILY
        row.parties[0].identity.date_of_birth = GIVEN
        with self.assertRaises(Refused) as caught:
            police.publish_one(row)
        self.assertNotIn(FAMILY, str(caught.exception))
        self.assertNotIn(GIVEN, str(caught.exception))


class TheSearch(unittest.TestCase):
    def test_finds_a_word_in_every_form(self):
        for data in (
            b"..Quibblethwaite..",
            b"..quibblethwaite..",
            "QUIBBLETHWAITE".encode("utf-16-le"),
            b"Quibblethwaite".hex().encode(),
            base64.b64encode(b"a name: Quibblethwaite, and more"),
            base64.b64encode(b"a name:: Quibblethwaite, and more"),
            base64.b64encode(b"a name::: Quibblethwaite, and more"),
        ):
            self.assertEqual([FAMILY], found_in(data, CANARIES), data)
        self.assertEqual([], found_in(b"nothing here", CANARIES))


if __name__ == "__main__":
    unittest.main()
