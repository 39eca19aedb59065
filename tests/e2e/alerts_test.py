"""One incident from the call to the partner's screen, and back when consent is withdrawn."""

from __future__ import annotations

import datetime
import json
import unittest

import grpc

from harness import fresh_partnership
from harness.invented import high, incident, now, person
from harness.partnership import eventually
from waymark.common.v1 import terms_pb2
from waymark.gateway.v1 import consent_pb2, incident_pb2, look_up_pb2, share_pb2, share_pb2_grpc
from waymark_client import Alert, Gateway, Subscription, Withdrawn
from waymark_client.alerts import Message
from waymark_client.errors import failure_of

# A neighbourhood that the fortnight does not use: what is about it is this test's.
LSOA = "E01099777"
ACCEPTED = incident_pb2.IncidentReceipt.OUTCOME_ACCEPTED

CONSENTED = {"person.name", "person.address", "person.safe_contact"}
NOT_CONSENTED = {"person.date_of_birth", "person.telephone", "person.email", "incident.summary"}


def anywhere(message: Message) -> bool:
    return isinstance(message, Alert) and message.message.area.lsoa == LSOA


class TheRoad(unittest.TestCase):
    """The steps of one story; each rests on those before it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.police: Gateway = cls.partnership.gateway("police")
        cls.council: Gateway = cls.partnership.gateway("council")
        cls.housing: Gateway = cls.partnership.gateway("housing")
        cls.victim = person(9001, "Roadtest", "Traveller")
        cls.victim.safe_contact = "By text, after six."

    def test_from_the_call_to_the_screen_and_back(self):
        self.the_landlord_says_which_homes_are_its_own()
        self.reports_to_two_agencies_are_taken()
        self.a_call_handler_sees_the_repeat_across_agencies()
        first = self.a_high_gives_the_landlord_a_depersonalised_alert()
        consent_id = self.the_victim_consents()
        full = self.it_is_upgraded_to_exactly_what_was_consented(first, consent_id)
        self.a_person_acknowledges_it(full)
        share_id = self.only_the_gateway_it_is_for_can_fetch_the_share(full, consent_id)
        self.an_officer_opens_it_in_their_own_name_and_saves_it(share_id)
        self.a_withdrawal_takes_it_back_and_ends_fetching(full, consent_id, share_id)
        self.the_copies_are_outstanding_until_their_holder_confirms(share_id)
        self.a_new_subscriber_is_told_nothing_personal_any_more()

    # ---- Helpers ----

    def about_the_victim(self, reference: str) -> incident_pb2.Incident:
        report = incident(reference, self.victim)
        report.lsoa = LSOA
        return report

    def next_of_this_road(self, subscription: Subscription, wanted=anywhere) -> Message:
        """Takes in what comes until it is the wanted message."""
        messages = iter(subscription)

        def next_one() -> Message | None:
            message = next(messages)
            if isinstance(message, (Alert, Withdrawn)):
                subscription.confirm(message)
            return message if wanted(message) else None

        return eventually(next_one, "the awaited alert")

    def fetch(self, agency: str, share_id: str) -> share_pb2.ShareContent:
        """What the police's gateway hands to that agency's gateway."""
        certificate = self.partnership.gateway_certificate(agency)
        stub = share_pb2_grpc.PeerServiceStub(self.partnership.channel("police", certificate))
        request = share_pb2.FetchShareRequest(
            partnership="fenland",
            share_id=share_id,
            reader="test-person",
            reader_role="officer",
            purpose="prevent_asb",
        )
        return share_pb2.ShareContent.FromString(stub.FetchShare(request).content)

    # ---- The road ----

    def the_landlord_says_which_homes_are_its_own(self):
        self.assertEqual(1, self.housing.register_stock([self.victim.address.uprn]))
        self.assertEqual(0, self.housing.register_stock([self.victim.address.uprn]))

    def reports_to_two_agencies_are_taken(self):
        council = [self.about_the_victim("E2E-C1"), self.about_the_victim("E2E-C2")]
        # Two evenings, so that nobody takes them for one incident.
        council[0].occurred_at.FromDatetime(now() - datetime.timedelta(days=3))
        council[1].occurred_at.FromDatetime(now() - datetime.timedelta(days=2))
        for answer in self.council.publish(council):
            self.assertEqual(ACCEPTED, answer.receipt.outcome, answer)
        receipt = self.police.publish_one(self.about_the_victim("E2E-P1"))
        self.assertEqual(ACCEPTED, receipt.outcome)

    def a_call_handler_sees_the_repeat_across_agencies(self):
        asked = incident_pb2.Identity(
            telephone=self.victim.telephone,
            given_name=self.victim.given_name,
            family_name=self.victim.family_name,
            date_of_birth=self.victim.date_of_birth,
        )

        def repeat() -> look_up_pb2.LookUpResponse | None:
            answer = self.police.look_up(asked, reason="the caller is on the line")
            fired = {rule.rule: rule.count for rule in answer.rules}
            whole = fired.get("response_30d") == 3 and answer.partners.reports == 2
            return answer if whole else None

        answer = eventually(repeat, "a repeat over three reports of two agencies")
        self.assertTrue(answer.repeat)
        self.assertEqual(1, len(answer.incidents))
        self.assertTrue(answer.partners.clause)
        self.assertTrue(answer.questions)

    def a_high_gives_the_landlord_a_depersonalised_alert(self) -> Alert:
        receipt = self.police.publish_one(high(self.about_the_victim("E2E-P2")))
        self.assertEqual(terms_pb2.BAND_HIGH, receipt.assessment.overall)
        self.assertTrue(receipt.duties)
        with self.housing.subscribe("e2e-road") as subscription:
            alert = self.next_of_this_road(subscription)
        self.assertIsInstance(alert, Alert)
        told = alert.message
        self.assertEqual(terms_pb2.BAND_HIGH, told.band)
        self.assertEqual(["police"], list(told.band_by))
        self.assertEqual("police", told.lead_agency)
        self.assertTrue(told.lead_contact)
        self.assertTrue(alert.depersonalised)
        self.assertFalse({name for name in told.fields if name.startswith("person.")})
        self.assertEqual("", told.basis.consent_id)
        self.assertGreater(told.acknowledge_by.ToDatetime(), told.raised_at.ToDatetime())
        text = str(told)
        for secret in (self.victim.given_name, self.victim.family_name, self.victim.telephone):
            self.assertNotIn(secret, text)
        return alert

    def the_victim_consents(self) -> str:
        scope = consent_pb2.ConsentScope(
            agencies=["housing"],
            categories=["identity", "contact"],
            purposes=["prevent_asb", "support_victim"],
        )
        recorded = self.police.record_consent(
            "E2E-P2",
            scope,
            form_version="fenland-consent-1",
            scan_sha256="ab" * 32,
            given_at=now() - datetime.timedelta(minutes=5),
            expires_at=now() + datetime.timedelta(days=90),
        )
        return recorded.consent_id

    def it_is_upgraded_to_exactly_what_was_consented(self, first: Alert, consent_id: str) -> Alert:
        with self.housing.subscribe("e2e-road") as subscription:
            alert = self.next_of_this_road(
                subscription, lambda m: anywhere(m) and bool(m.message.fields)
            )
        told = alert.message
        self.assertEqual(first.message.alert_id, told.alert_id)
        self.assertGreater(told.version, first.message.version)
        personal = {name for name in told.fields if name.split(".")[0] in ("person", "incident")}
        self.assertLessEqual(CONSENTED, personal)
        self.assertFalse(NOT_CONSENTED & personal)
        self.assertEqual(
            f"{self.victim.given_name} {self.victim.family_name}", told.fields["person.name"]
        )
        self.assertIn(self.victim.address.postcode, told.fields["person.address"])
        self.assertEqual(self.victim.safe_contact, told.fields["person.safe_contact"])
        self.assertEqual("consent", told.basis.lawful_gateway)
        self.assertEqual(consent_id, told.basis.consent_id)
        self.assertIn("fenland-isa", told.basis.clause)
        return alert

    def a_person_acknowledges_it(self, full: Alert) -> None:
        alert_id = full.message.alert_id
        at = self.housing.acknowledge(alert_id)
        self.assertLess(abs(now() - at), datetime.timedelta(minutes=1))
        (status,) = [alert for alert in self.housing.alerts() if alert.alert_id == alert_id]
        self.assertTrue(status.HasField("acknowledged_at"))
        self.assertTrue(status.HasField("delivered_at"))
        self.assertFalse(status.escalated)
        self.assertFalse(status.depersonalised)

    def only_the_gateway_it_is_for_can_fetch_the_share(self, full: Alert, consent_id: str) -> str:
        certificate = self.partnership.system_certificate("police", "console")
        stub = share_pb2_grpc.ShareServiceStub(self.partnership.channel("police", certificate))
        metadata = [("authorization", f"Bearer {self.partnership.token('police')}")]
        shares = stub.ListShares(
            share_pb2.ListSharesRequest(partnership="fenland"), metadata=metadata
        ).shares
        (share,) = [
            share
            for share in shares
            if share.case_id == full.message.case_id
            and share.recipient == "housing"
            and share.state == "notified"
        ]
        content = self.fetch("housing", share.share_id)
        self.assertEqual("housing", content.recipient)
        self.assertEqual(consent_id, content.consent_id)
        self.assertEqual(set(share.released), set(content.fields))
        with self.assertRaises(grpc.RpcError) as caught:
            self.fetch("fire", share.share_id)
        self.assertIn(
            caught.exception.code(), (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND)
        )
        return share.share_id

    def command(self, *words: str) -> dict:
        done = self.partnership.run(*words, "--json")
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def an_officer_opens_it_in_their_own_name_and_saves_it(self, share_id: str) -> None:
        reading = ("received", "read", share_id, "--purpose", "prevent_asb")
        read = self.command(*reading, "--save", "--as", "housing:bo:officer")
        self.assertIn(self.victim.family_name, read["fields"]["person.name"])
        self.assertIn("show_until", read)
        done = self.partnership.run(*reading, "--as", "fire:cy:officer", "--json")
        self.assertNotEqual(0, done.returncode)
        self.assertIn("unknown_share", done.stdout + done.stderr)

    def the_copies_are_outstanding_until_their_holder_confirms(self, share_id: str) -> None:
        lead = "police:ann:data_protection_lead"
        for asked, side in ((lead, "given"), ("housing:bo:manager", "taken")):
            copies = self.command("copy", "list", "--as", asked)[side]
            holders = {copy["copy"]["holder"] for copy in copies if copy["share_id"] == share_id}
            self.assertEqual({"system/housing/e2e-road", "person/bo"}, holders)
        self.command("copy", "confirm-removed", share_id, "--as", "housing:bo:manager")

        def gone(asked: str, side: str) -> bool:
            listed = self.command("copy", "list", "--as", asked)[side]
            return share_id not in {copy["share_id"] for copy in listed}

        self.assertTrue(gone("housing:bo:manager", "taken"))
        eventually(lambda: gone(lead, "given"), "the origin to hear of the removal")

    def a_withdrawal_takes_it_back_and_ends_fetching(
        self, full: Alert, consent_id: str, share_id: str
    ) -> None:
        withdrawn = self.police.withdraw_consent(consent_id, "not given")
        self.assertEqual(["housing"], list(withdrawn.copies_outstanding))
        with self.assertRaises(grpc.RpcError) as caught:
            self.fetch("housing", share_id)
        self.assertIn(
            caught.exception.code(),
            (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.FAILED_PRECONDITION),
        )
        self.assertTrue(failure_of(caught.exception).problems)
        with self.housing.subscribe("e2e-road") as subscription:
            # What was confirmed before does not come again: the first thing is what takes it back.
            stone = self.next_of_this_road(
                subscription, lambda m: isinstance(m, Withdrawn) or anywhere(m)
            )
        self.assertIsInstance(stone, Withdrawn)
        self.assertEqual(full.message.alert_id, stone.alert_id)
        self.assertGreater(stone.version, full.message.version)
        self.assertEqual("consent_withdrawn", stone.reason)

    def a_new_subscriber_is_told_nothing_personal_any_more(self):
        with self.housing.subscribe("e2e-second") as subscription:
            alert = self.next_of_this_road(subscription)
        self.assertTrue(alert.depersonalised, alert.message)


if __name__ == "__main__":
    unittest.main()
