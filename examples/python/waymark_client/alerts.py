"""Hears of high risk: a subscription that goes on where it stopped, whatever happened in between.

Alerts come at least once and in order. Each message must be confirmed when it is safe in the
subscriber's own system; a person's acknowledgement is another thing (`Gateway.acknowledge`).
"""

from __future__ import annotations

import dataclasses
import datetime
import queue
import threading
from collections.abc import Iterator

import grpc

from waymark.gateway.v1 import alert_pb2, alert_pb2_grpc
from waymark_client.errors import Unavailable, failure_of
from waymark_client.waiting import Waiting

# How long a subscription that is closed may take to hand over the receipts that wait.
FAREWELL_SECONDS_MAX = 5.0

Request = alert_pb2.SubscribeAlertsRequest
Response = alert_pb2.SubscribeAlertsResponse


@dataclasses.dataclass(frozen=True)
class Alert:
    """Somebody this agency has an interest in is at high risk.

    The same alert comes again with a higher version when more of it may be seen, or less. Replace
    what was kept of it by what comes: a field that is missing now must not be shown any more.
    """

    resume_token: str
    message: alert_pb2.Alert

    @property
    def depersonalised(self) -> bool:
        return not any(name.startswith("person.") for name in self.message.fields)


@dataclasses.dataclass(frozen=True)
class Withdrawn:
    """What an alert said about a person must not be shown any more: remove it."""

    resume_token: str
    alert_id: str
    version: int
    reason: str  # "consent_withdrawn", "erased", "expired"


@dataclasses.dataclass(frozen=True)
class Heartbeat:
    """Nothing happened, and the gateway is there."""

    at: datetime.datetime


Message = Alert | Withdrawn | Heartbeat


def message_of(response: Response) -> Message | None:
    """None for a kind of message that this client does not know."""
    match response.WhichOneof("message"):
        case "alert":
            return Alert(response.resume_token, response.alert)
        case "tombstone":
            stone = response.tombstone
            return Withdrawn(response.resume_token, stone.alert_id, stone.version, stone.reason)
        case "heartbeat":
            return Heartbeat(response.heartbeat.at.ToDatetime(tzinfo=datetime.timezone.utc))
    return None


class Subscription:
    """One named subscription. Iterate over it; call `confirm` for what is safely stored.

    Without `resume_token` the gateway goes on after the last message confirmed under this name.
    A broken connection, or silence longer than `silence_seconds_max`, is followed by another one.
    Leave it by `close`, or receipts may be lost. Not thread-safe but for `close`.
    """

    def __init__(
        self,
        stub: alert_pb2_grpc.AlertServiceStub,
        start: Request.Start,
        silence_seconds_max: float,
        waiting: Waiting,
    ) -> None:
        self._stub = stub
        self._start = start
        self._silence_seconds_max = silence_seconds_max
        self._waiting = waiting
        self._outgoing: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._call: grpc.Call | None = None
        self._reader: int | None = None  # the thread that iterates, while it waits for a message
        self._closed = threading.Event()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hands over the receipts that wait and ends the iteration; from any thread."""
        self._closed.set()
        if self._call is None:
            return
        if self._reader not in (None, threading.get_ident()):
            self._ask_for_end(self._call)  # the thread that iterates sees it
        else:
            self._say_farewell(self._call)

    def _ask_for_end(self, call: grpc.Call) -> threading.Timer:
        self._outgoing.put(None)
        watchdog = threading.Timer(FAREWELL_SECONDS_MAX, call.cancel)
        watchdog.daemon = True
        watchdog.start()
        return watchdog

    def _say_farewell(self, call: grpc.Call) -> None:
        """The gateway ends the stream when it has taken every receipt."""
        watchdog = self._ask_for_end(call)
        try:
            for _ in call:  # was not confirmed, so it comes again
                pass
        except grpc.RpcError:
            pass
        finally:
            watchdog.cancel()

    def confirm(self, message: Alert | Withdrawn) -> None:
        """Tells the gateway that `message` is safe here; it will not come again."""
        self._start.resume_token = message.resume_token
        receipt = Request.Receipt(resume_token=message.resume_token)
        self._outgoing.put(Request(receipt=receipt))

    def __iter__(self) -> Iterator[Message]:
        pauses = self._waiting.pauses()
        while not self._closed.is_set():
            try:
                for message in self._one_stream():
                    pauses = self._waiting.pauses()
                    yield message
                failure = Unavailable(grpc.StatusCode.UNAVAILABLE, "the gateway ended the stream")
            except grpc.RpcError as error:
                if self._closed.is_set():
                    return
                if error.code() is grpc.StatusCode.CANCELLED:
                    failure = Unavailable(grpc.StatusCode.DEADLINE_EXCEEDED, "no sign of life")
                else:
                    failure = failure_of(error)
                if not isinstance(failure, Unavailable):
                    raise failure from error
            pause = next(pauses, None)
            if pause is None:
                raise failure
            self._waiting.sleep(pause)

    def _one_stream(self) -> Iterator[Message]:
        outgoing: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        outgoing.put(Request(start=self._start))
        self._outgoing = outgoing
        call = self._stub.SubscribeAlerts(iter(outgoing.get, None))
        self._call = call
        try:
            while not self._closed.is_set():
                watchdog = threading.Timer(self._silence_seconds_max, call.cancel)
                watchdog.daemon = True
                watchdog.start()
                self._reader = threading.get_ident()
                try:
                    response = next(call, None)
                finally:
                    self._reader = None
                    watchdog.cancel()
                if response is None:
                    return
                message = message_of(response)
                if message is not None:
                    yield message
        finally:
            self._say_farewell(call)
