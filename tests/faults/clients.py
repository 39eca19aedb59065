"""Clients of a partnership that may die under them: each books what it was answered.

What was not answered is kept and asked again, under the same key, until it is.
"""

from __future__ import annotations

import collections
import datetime
import random
import threading
import time
import uuid
from collections.abc import Callable

import grpc

from faults.book import Book, micros
from faults.rights import CALL_SECONDS_MAX, SUBSCRIBERS, Load, Rights
from faults.world import FaultyPartnership
from harness.invented import high, incident, now, person
from google.protobuf import message as protobuf
from waymark.gateway.v1 import consent_pb2, consent_pb2_grpc, incident_pb2, journal_pb2
from waymark.gateway.v1 import look_up_pb2, look_up_pb2_grpc, stock_pb2, stock_pb2_grpc
from waymark_client import Alert, Gateway, Unavailable, Waiting, Withdrawn
from waymark_client.errors import TRY_AGAIN

AGENCIES = ("police", "council", "housing", "fire")
LANDLORDS = ("housing", "council")
# Words that nothing else in the world contains.
GIVEN, FAMILY = "Quillobraxa", "Zanzifurtle"
CANARIES = [GIVEN, FAMILY, "Vorpalwick Parade", "grimblethorpe", "frabjous.example", "snickersnee"]

ONE_ATTEMPT = Waiting(attempts=1)
PATIENT = Waiting(first_seconds=0.1, most_seconds=0.5, attempts=10_000)


def _proven(alert: protobuf.Message) -> dict[str, list[str]]:
    """The shares whose proofs an alert carries, and the checkpoints in all its proofs."""
    logs = [share.log for share in alert.proof.origins]
    shares = [journal_pb2.AuditEntry.FromString(log.entry).facts.get("share", "") for log in logs]
    logs.append(alert.proof.sent)
    notes = [note for log in logs for note in (log.checkpoint, log.witnessed) if note]
    return {"shares": [share for share in shares if share], "checkpoints": notes}


class Clients(Rights):
    """All agencies' systems and people. Rounds run one after the other."""

    def __init__(self, partnership: FaultyPartnership, book: Book, seed: int) -> None:
        self._partnership = partnership
        self._book = book
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._number = collections.Counter[str]()
        # What was asked and never answered, to be asked again.
        self._unanswered: dict[str, list[incident_pb2.Incident]] = {a: [] for a in AGENCIES}
        self._calls: list[Callable[[], bool]] = []
        self._taken: dict[str, list[str]] = {a: [] for a in AGENCIES}  # references
        self._high: list[tuple[str, str]] = []  # (agency, reference) that was graded HIGH
        self._consents: list[tuple[str, str]] = []  # (agency, consent id) that stand
        self._overrides: list[tuple[str, str]] = []  # (agency, override id) that stand
        self._subscriptions: list[tuple[object, threading.Thread]] = []
        self._channels: dict[str, grpc.Channel] = {}
        self.errors: list[str] = []
        for word in CANARIES:
            book.write("canary", word=word)

    # ---- Rounds ----

    def run(self, load: Load) -> None:
        """One round: all at once, each until it is done or the process has died."""
        self._connect()
        jobs: list[Callable[[], None]] = []
        for agency in AGENCIES:
            incidents = self._unanswered[agency] + self._new_incidents(agency, load)
            self._unanswered[agency] = []
            jobs.append(lambda a=agency, i=incidents: self._publish(a, i))
            calls = [self._look_up_call(agency, load) for _ in range(load.look_ups)]
            jobs.append(lambda c=calls: self._ask_all(c))
        for agency in LANDLORDS:
            homes = [self._stock_call(agency, load) for _ in range(load.stock)]
            jobs.append(lambda c=homes: self._ask_all(c))
        again, self._calls = self._calls, []
        jobs.append(lambda: self._ask_all(again))
        jobs.append(lambda: self._consents_and_withdrawals(load.consents))
        jobs.append(lambda: self._overrides_and_erasures(load))
        jobs.append(self._save_copies)
        self._together(jobs)

    def finish(self) -> None:
        """Asks again what was never answered, until everything has an answer."""
        self._connect()
        for _ in range(5):
            again, self._calls = self._calls, []
            jobs: list[Callable[[], None]] = [lambda: self._ask_all(again)]
            for agency in AGENCIES:
                incidents, self._unanswered[agency] = self._unanswered[agency], []
                jobs.append(lambda a=agency, i=incidents: self._publish(a, i))
            self._together(jobs)
            if not self._calls and not any(self._unanswered.values()):
                return
        raise AssertionError("some calls are never answered")

    def _together(self, jobs: list[Callable[[], None]]) -> None:
        def guarded(job: Callable[[], None]) -> None:
            try:
                job()
            except Exception as error:  # told by the test
                self.errors.append(f"{type(error).__name__}: {error}")

        threads = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # ---- Incidents ----

    def _who(self, number: int) -> incident_pb2.Identity:
        who = person(number, given=GIVEN, family=FAMILY)
        who.address.street = "Vorpalwick Parade"
        who.email = f"p{number}@frabjous.example"
        return who

    def _new_incidents(self, agency: str, load: Load) -> list[incident_pb2.Incident]:
        made = []
        for _ in range(load.incidents):
            self._number[agency] += 1
            number = self._number[agency]
            report = incident(f"F-{agency}-{number:06d}", self._who(number % load.people))
            report.summary = "the grimblethorpe affair"
            if number % load.high_every == 0:
                high(report)
            if number % load.bad_every == 0:
                report.type = "no_such_type"
            made.append(report)
            if number % load.amended_every == 1:
                amended = incident_pb2.Incident()
                amended.CopyFrom(report)
                amended.revision = 1
                made.append(amended)
        return made

    def _publish(self, agency: str, incidents: list[incident_pb2.Incident]) -> None:
        gateway = self._partnership.gateway(agency, waiting=ONE_ATTEMPT)
        answered = set()
        try:
            for answer in gateway.publish(incidents):
                answered.add(answer.item)
                asked = incidents[answer.item]
                self._book_publish(agency, asked, answer)
        except Unavailable:
            pass
        for item, asked in enumerate(incidents):
            if item in answered:
                continue
            self._unanswered[agency].append(asked)
            told = {"reference": asked.source_reference, "revision": asked.revision}
            self._book.write("publish", agency=agency, answer="unknown", **told)

    def _book_publish(self, agency: str, asked: incident_pb2.Incident, answer) -> None:
        told = {"reference": asked.source_reference, "revision": asked.revision}
        # A revision that overtook its first version is refused for good: an answer like any other.
        if not answer.accepted:
            self._book.write("publish", agency=agency, answer="refused", **told)
            return
        self._book.write(
            "publish", agency=agency, answer="done", incident=answer.receipt.incident_id, **told
        )
        with self._lock:
            self._taken[agency].append(asked.source_reference)
            if asked.grading.harm == "significant" and asked.revision == 0:
                self._high.append((agency, asked.source_reference))

    # ---- Calls of people ----

    def _ask(self, call: Callable[[], bool]) -> bool:
        """False when it was not answered; then it is kept."""
        if call():
            return True
        with self._lock:
            self._calls.append(call)
        return False

    def _ask_all(self, calls: list[Callable[[], bool]]) -> None:
        for call in calls:
            self._ask(call)

    def _as_person(self, agency: str, key: str, role: str) -> list[tuple[str, str]]:
        token = self._partnership.token(agency, role, person=f"the-{role}")
        return [("idempotency-key", key), ("authorization", f"Bearer {token}")]

    def _consents_and_withdrawals(self, count: int) -> None:
        """Half of what is given is taken back; stops when nobody answers any more."""
        for number in range(count):
            reference = self._some_reference()
            if reference is None or not self._ask(self._consent_call(*reference)):
                return
            given = self._some_consent() if number % 2 else None
            if given is not None and not self._ask(self._withdraw_call(*given)):
                return

    def _some_reference(self) -> tuple[str, str] | None:
        """(agency, reference) of an incident that was acknowledged; waits for the first."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with self._lock:
                agencies = [agency for agency in AGENCIES if self._taken[agency]]
                if agencies:
                    agency = self._random.choice(agencies)
                    return agency, self._random.choice(self._taken[agency][-50:])
            time.sleep(0.05)
        return None

    def _some_consent(self) -> tuple[str, str] | None:
        with self._lock:
            if not self._consents:
                return None
            return self._consents.pop(self._random.randrange(len(self._consents)))

    def _consent_call(self, agency: str, reference: str) -> Callable[[], bool]:
        scope = consent_pb2.ConsentScope(
            agencies=[other for other in AGENCIES if other != agency],
            categories=["identity", "contact", "incident", "risk"],
            purposes=["prevent_asb", "support_victim"],
        )
        request = consent_pb2.RecordConsentRequest(
            partnership="fenland",
            source_reference=reference,
            scope=scope,
            form_version="fenland-consent-1",
            scan_sha256=uuid.UUID(int=self._random.getrandbits(128)).hex * 2,
            given_at=now() - datetime.timedelta(minutes=1),
            expires_at=now() + datetime.timedelta(days=30),
        )
        key = f"consent-{uuid.UUID(int=self._random.getrandbits(128))}"
        told = {"agency": agency, "key": key, "reference": reference}

        def call() -> bool:
            stub = consent_pb2_grpc.ConsentServiceStub(self._channel(agency))
            reply = self._answered(stub.RecordConsent, request, agency, key, "consent", told)
            if isinstance(reply, consent_pb2.RecordConsentResponse):
                self._book.write("consent", answer="done", consent=reply.consent_id, **told)
                with self._lock:
                    self._consents.append((agency, reply.consent_id))
            return reply is not None

        return call

    def _withdraw_call(self, agency: str, consent: str) -> Callable[[], bool]:
        request = consent_pb2.WithdrawConsentRequest(
            partnership="fenland", consent_id=consent, reason="for the snickersnee of it"
        )
        told = {"agency": agency, "consent": consent}

        def call() -> bool:
            stub = consent_pb2_grpc.ConsentServiceStub(self._channel(agency))
            key = f"withdraw-{consent}"
            reply = self._answered(stub.WithdrawConsent, request, agency, key, "withdraw", told)
            if isinstance(reply, consent_pb2.WithdrawConsentResponse):
                self._book.write("withdraw", answer="done", answered=micros(), **told)
            return reply is not None

        return call

    def _stock_call(self, agency: str, load: Load) -> Callable[[], bool]:
        """A home that was never registered: first those that people of the load live in."""
        self._number[f"{agency} homes"] += 1
        number = self._number[f"{agency} homes"] - 1
        uprn = f"99{7_000_000_000 + number:010d}"
        if number < load.people:
            uprn = person(number).address.uprn
        request = stock_pb2.RegisterStockRequest(partnership="fenland", uprns=[uprn])
        key = f"home-{number}"
        told = {"agency": agency, "key": key}

        def call() -> bool:
            stub = stock_pb2_grpc.StockServiceStub(self._channel(agency))
            reply = self._answered(stub.RegisterStock, request, agency, key, "stock", told)
            if isinstance(reply, stock_pb2.RegisterStockResponse):
                self._book.write("stock", answer="done", added=reply.added, **told)
            return reply is not None

        return call

    def _look_up_call(self, agency: str, load: Load) -> Callable[[], bool]:
        who = self._who(self._random.randrange(load.people))
        who.address.ClearField("street")
        who.address.ClearField("house")
        request = look_up_pb2.LookUpRequest(
            partnership="fenland",
            identity=who,
            purpose="prevent_asb",
            reason="a snickersnee on the line",
        )

        def call() -> bool:
            stub = look_up_pb2_grpc.LookUpServiceStub(self._channel(agency))
            # A read is not repeated under its key: what was not answered may have been read.
            reply = self._answered(
                stub.LookUp, request, agency, str(uuid.uuid4()), "look_up", {"agency": agency}
            )
            if isinstance(reply, look_up_pb2.LookUpResponse):
                self._book.write("look_up", answer="done", agency=agency)
            return True

        return call

    def _answered(
        self, method, request, agency: str, key: str, op: str, told: dict, role: str = "manager"
    ):
        """The reply; False when it was refused; None when nobody answered. Both are booked."""
        try:
            metadata = self._as_person(agency, key, role)
            return method(request, metadata=metadata, timeout=CALL_SECONDS_MAX)
        except grpc.RpcError as error:
            if error.code() in TRY_AGAIN or error.code() is grpc.StatusCode.CANCELLED:
                self._book.write(op, answer="unknown", **told)
                return None
            self._book.write(op, answer="refused", **told)
            return False

    def _connect(self) -> None:
        """Anew after each start: a channel that failed waits longer and longer."""
        for agency in AGENCIES:
            certificate = self._partnership.system_certificate(agency)
            self._channels[agency] = self._partnership.channel(agency, certificate)

    def _channel(self, agency: str) -> grpc.Channel:
        return self._channels[agency]

    # ---- Subscribers ----

    def subscribe(self) -> None:
        """Once something serves; from then on they are there to the end."""
        if self._subscriptions:
            return
        for agency in SUBSCRIBERS:
            gateway: Gateway = self._partnership.gateway(agency, waiting=PATIENT)
            subscription = gateway.subscribe("faults", silence_seconds_max=5.0)
            reader = threading.Thread(
                target=self._read, args=(agency, subscription), daemon=True
            )
            reader.start()
            self._subscriptions.append((subscription, reader))

    def _read(self, agency: str, subscription) -> None:
        for message in subscription:
            if isinstance(message, Alert):
                told = message.message
                self._book.write(
                    "alert",
                    agency=agency,
                    subscription="faults",
                    alert=told.alert_id,
                    version=told.version,
                    fields=sorted(told.fields),
                    consent=told.basis.consent_id,
                    lawful_gateway=told.basis.lawful_gateway,
                    **_proven(told),
                    received=micros(),
                )
            elif isinstance(message, Withdrawn):
                told = {"alert": message.alert_id, "version": message.version}
                self._book.write("tombstone", agency=agency, received=micros(), **told)
            else:
                continue
            subscription.confirm(message)

    def leave(self) -> None:
        """Closes the subscriptions, which were there to the end."""
        for subscription, reader in self._subscriptions:
            subscription.close()
            reader.join(timeout=10)
        for agency in SUBSCRIBERS:
            self._book.write("subscribe", agency=agency)
