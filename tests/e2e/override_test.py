"""Sharing without consent at the command line: decided, reviewed, explained, told to the victim."""

from __future__ import annotations

import datetime
import html.parser
import json
import pathlib
import subprocess
import unittest

from harness import fresh_partnership
from harness.invented import high, incident, now, person
from harness.partnership import eventually

OK, REFUSED, NOT_PERMITTED = 0, 3, 5
REASON = "He said that he would be back tonight, and she is alone."


class Page(html.parser.HTMLParser):
    """Counts what stands open, and keeps what it loads and runs."""

    VOID = ("meta", "link", "br", "hr", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.foreign: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "iframe", "link", "object"):
            self.foreign.append(tag)
        self.foreign += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"


class WithoutConsent(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.victim = person(9100, "Override", "Traveller")
        cls.partnership.gateway("housing").register_stock([cls.victim.address.uprn])
        cls.partnership.gateway("police").publish_one(high(incident("E2E-O1", cls.victim)))

    def verb(self, *arguments: str, who: str) -> subprocess.CompletedProcess[str]:
        return self.partnership.run(*arguments, "--as", who)

    def answer(self, *arguments: str, who: str) -> dict:
        done = self.verb(*arguments, "--json", who=who)
        self.assertEqual(OK, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def decide(self, who: str, *more: str) -> subprocess.CompletedProcess[str]:
        end = (now() + datetime.timedelta(days=7)).isoformat(timespec="seconds")
        return self.verb(
            *("share", "override", "E2E-O1", "--to", "housing", "--json"),
            *("--field", "person.name", "--field", "person.address", "--field", "risk.band"),
            *("--purpose", "prevent_asb", "--lawful-gateway", "public_task"),
            *("--reason", REASON, "--expires-at", end, *more),
            who=who,
        )

    def test_from_the_decision_to_the_statement(self):
        override_id = self.a_manager_decides_and_the_landlord_is_told()
        self.nobody_else_may_decide_and_nobody_reviews_their_own(override_id)
        share_id = self.the_data_protection_lead_reverses_it(override_id)
        self.it_is_explained(share_id, override_id)
        self.the_victim_is_told()

    def a_manager_decides_and_the_landlord_is_told(self) -> str:
        def recorded() -> dict | None:
            # Refused until the partnership has asked the police to share.
            done = self.decide("police:boss-1:manager")
            return json.loads(done.stdout) if done.returncode == OK else None

        told = eventually(recorded, "the override")
        self.assertEqual(1, told["shares_released"])
        listed = self.answer("share", "overrides", who="police:lead-1:data_protection_lead")
        (one,) = [o for o in listed["overrides"] if o["override_id"] == told["override_id"]]
        self.assertEqual("STATE_OPEN", one["state"])
        self.assertEqual("boss-1", one["decided_by"])
        (share,) = one["shares"]
        self.assertEqual("notified", share["state"])
        self.assertGreater(one["review_due_at"], one["decided_at"])
        self.assertNotIn(REASON, json.dumps(listed))
        return told["override_id"]

    def nobody_else_may_decide_and_nobody_reviews_their_own(self, override_id: str) -> None:
        self.assertEqual(NOT_PERMITTED, self.decide("police:o-1:officer").returncode)
        everything = self.verb(
            *("share", "override", "E2E-O1", "--to", "housing", "--purpose", "prevent_asb"),
            *("--lawful-gateway", "public_task", "--reason", REASON),
            *("--expires-at", "2099-01-01T00:00:00Z"),
            who="police:boss-1:manager",
        )
        self.assertEqual(2, everything.returncode, "there is no override of all fields")
        own = self.verb(
            *("share", "review-override", override_id, "--confirm", "--reason", "It was right."),
            who="police:boss-1:data_protection_lead",
        )
        self.assertEqual(NOT_PERMITTED, own.returncode)
        self.assertIn("same_person", own.stderr)

    def the_data_protection_lead_reverses_it(self, override_id: str) -> str:
        reviewed = self.answer(
            *("share", "review-override", override_id, "--reverse"),
            *("--reason", "She had said no, and nothing had changed."),
            who="police:lead-1:data_protection_lead",
        )["override"]
        self.assertEqual("STATE_REVERSED", reviewed["state"])
        shown = self.answer(
            "share", "show-override", override_id, who="police:lead-1:data_protection_lead"
        )
        self.assertEqual(REASON, shown["reason"])

        def withdrawn() -> str | None:
            (share,) = self.answer(
                "share", "show-override", override_id, who="police:lead-1:data_protection_lead"
            )["override"]["shares"]
            return share["share_id"] if share["state"] == "withdrawn" else None

        return eventually(withdrawn, "the share taken back")

    def it_is_explained(self, share_id: str, override_id: str) -> None:
        (past,) = self.answer("share", "explain", "--share", share_id, who="police:o-1")["shares"]
        decided = [s for s in past["steps"] if s["what"] == "share_decided"]
        told = next(s for s in decided if s["state"] == "notified")
        self.assertEqual(override_id, told["override_id"])
        self.assertEqual("fenland-isa 1", told["agreement"])
        self.assertTrue(told["agreement_stands"])
        self.assertEqual("withdrawn", decided[-1]["state"])
        self.assertEqual("override_reversed", decided[-1]["code"])
        self.assertEqual("refuse", past["now"]["effect"])
        people = self.verb("share", "explain", "--share", share_id, who="police:o-1")
        self.assertIn("Then\n", people.stdout)
        self.assertIn("REFUSE to housing", people.stdout)

    def the_victim_is_told(self) -> None:
        who = "police:lead-1:data_protection_lead"
        text = self.verb("share", "statement", "E2E-O1", who=who).stdout
        for words in ("Who was told", "Crime and Disorder Act 1998", "Reversed by a second person"):
            self.assertIn(words, " ".join(text.split()))
        self.assertNotIn(REASON, text)
        file = pathlib.Path(self.partnership.data) / "statement.html"
        done = self.verb("share", "statement", "E2E-O1", "--html", str(file), who=who)
        self.assertEqual(OK, done.returncode, done.stderr)
        self.assertEqual(0o600, file.stat().st_mode & 0o777)
        page = Page(file.read_text())
        self.assertEqual([], page.open)
        self.assertEqual([], page.foreign)
        self.assertEqual("h1", page.headings[0])
        refused = self.verb("share", "statement", "E2E-O1", who="police:o-1:officer")
        self.assertEqual(NOT_PERMITTED, refused.returncode)


if __name__ == "__main__":
    unittest.main()
