"""What people ask about a person's rights: overriding consent and reviewing that, erasing, copies.

One half of the clients; the other, and what both share, is `clients.Clients`.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import random
import threading
import time
import uuid
from collections.abc import Callable

import grpc

from faults.book import Book, micros
from harness.invented import now
from waymark.gateway.v1 import override_pb2, override_pb2_grpc, person_pb2, person_pb2_grpc
from waymark.gateway.v1 import received_pb2, received_pb2_grpc

SUBSCRIBERS = ("housing", "council")
# Whose managers may override consent, and for whom, by the agreement.
OVERRIDERS = ("police", "council", "fire")
OVERRIDDEN_FOR = ("police", "council", "housing")
LEAD = "data_protection_lead"
CALL_SECONDS_MAX = 15.0


@dataclasses.dataclass
class Load:
    """How much is asked in one round, and of how many people."""

    incidents: int = 250  # by each agency
    people: int = 60
    consents: int = 20
    look_ups: int = 40
    stock: int = 10  # homes, each in a call of its own, by each landlord
    overrides: int = 12  # half of those that stand are reversed
    erasures: int = 2
    high_every: int = 10
    bad_every: int = 25
    amended_every: int = 40


class Rights:
    """Calls that are kept until they are answered, like all calls of people."""

    _book: Book
    _lock: threading.Lock
    _number: collections.Counter[str]
    _random: random.Random
    _high: list[tuple[str, str]]
    _overrides: list[tuple[str, str]]
    _ask: Callable[[Callable[[], bool]], bool]
    _answered: Callable[..., object]
    _as_person: Callable[[str, str, str], list[tuple[str, str]]]
    _channel: Callable[[str], grpc.Channel]
    _some_reference: Callable[[], tuple[str, str] | None]

    def _overrides_and_erasures(self, load: Load) -> None:
        """Stops when nobody answers any more."""
        for number in range(load.overrides):
            high = self._some_high()
            if high is None or not self._ask(self._override_call(*high)):
                return
            with self._lock:
                reviewed = self._overrides.pop(0) if number % 2 and self._overrides else None
            if reviewed is not None and not self._ask(self._review_call(*reviewed)):
                return
            erased = self._some_reference() if number % 4 == 3 else None
            if number // 4 >= load.erasures or erased is None:
                continue
            if not self._ask(self._erase_call(*erased)):
                return

    def _some_high(self) -> tuple[str, str] | None:
        """Waits for the first."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with self._lock:
                some = [one for one in self._high[-60:] if one[0] in OVERRIDERS]
            if some:
                return self._random.choice(some)
            time.sleep(0.05)
        return None

    def _override_call(self, agency: str, reference: str) -> Callable[[], bool]:
        request = override_pb2.RecordOverrideRequest(
            partnership="fenland",
            source_reference=reference,
            recipients=[self._random.choice([a for a in OVERRIDDEN_FOR if a != agency])],
            fields=["person.name", "person.address", "risk.band"],
            purposes=["prevent_asb"],
            lawful_gateway="public_task",
            reason="the snickersnee would be back tonight",
            expires_at=now() + datetime.timedelta(days=20),
        )
        key = f"override-{uuid.UUID(int=self._random.getrandbits(128))}"
        told = {"agency": agency, "key": key, "reference": reference}

        def call() -> bool:
            stub = override_pb2_grpc.OverrideServiceStub(self._channel(agency))
            reply = self._answered(stub.RecordOverride, request, agency, key, "override", told)
            if isinstance(reply, override_pb2.RecordOverrideResponse):
                self._book.write("override", answer="done", override=reply.override_id, **told)
                with self._lock:
                    self._overrides.append((agency, reply.override_id))
            return reply is not None

        return call

    def _review_call(self, agency: str, override: str) -> Callable[[], bool]:
        # The first is, and two of three.
        self._number["reviews"] += 1
        reversed_ = self._number["reviews"] % 3 != 0
        verdicts = override_pb2.ReviewOverrideRequest
        request = verdicts(
            partnership="fenland",
            override_id=override,
            verdict=verdicts.VERDICT_REVERSED if reversed_ else verdicts.VERDICT_CONFIRMED,
            reason="looked at the snickersnee with the officer",
        )
        told = {
            "agency": agency,
            "override": override,
            "verdict": "reversed" if reversed_ else "confirmed",
        }

        def call() -> bool:
            stub = override_pb2_grpc.OverrideServiceStub(self._channel(agency))
            key = f"review-{override}"
            reply = self._answered(
                stub.ReviewOverride, request, agency, key, "review", told, LEAD
            )
            if isinstance(reply, override_pb2.ReviewOverrideResponse):
                self._book.write("review", answer="done", **told)
            return reply is not None

        return call

    def _erase_call(self, agency: str, reference: str) -> Callable[[], bool]:
        request = person_pb2.ErasePersonRequest(
            partnership="fenland", source_reference=reference, ground="objection"
        )
        told = {"agency": agency, "reference": reference}

        def call() -> bool:
            stub = person_pb2_grpc.PersonServiceStub(self._channel(agency))
            key = f"erase-{reference}"
            reply = self._answered(stub.ErasePerson, request, agency, key, "erase", told, LEAD)
            if isinstance(reply, person_pb2.ErasePersonResponse):
                person = reply.erasure.person_id
                self._book.write("erase", answer="done", person=person, answered=micros(), **told)
            return reply is not None

        return call

    def _save_copies(self) -> None:
        """Officers save some of what was shared with them. Nothing is booked: both ends list it."""
        for agency in SUBSCRIBERS:
            stub = received_pb2_grpc.ReceivedShareServiceStub(self._channel(agency))
            # A read has no key.
            metadata = self._as_person(agency, "", "officer")[1:]
            with contextlib.suppress(grpc.RpcError):
                listed = stub.ListReceivedShares(
                    received_pb2.ListReceivedSharesRequest(partnership="fenland"),
                    metadata=metadata,
                    timeout=CALL_SECONDS_MAX,
                )
                for share in listed.shares[:3]:
                    stub.ReadShare(
                        received_pb2.ReadShareRequest(
                            partnership="fenland",
                            share_id=share.share_id,
                            purpose="prevent_asb",
                            save=True,
                        ),
                        metadata=metadata,
                        timeout=CALL_SECONDS_MAX,
                    )
