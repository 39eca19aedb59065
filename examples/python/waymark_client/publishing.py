"""Publishes many incidents over one stream, each acknowledged or refused by itself.

Sending an incident again is always safe: its source reference is permanent, and one that the
gateway holds already answers as the first time. So whatever was not answered when a stream broke is
sent again over the next one.
"""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Iterable, Iterator

import grpc

from waymark.gateway.v1 import incident_pb2, incident_pb2_grpc
from waymark_client.errors import Problem, Unavailable, failure_of, problems_of
from waymark_client.waiting import Waiting


# A gateway ends a stream on which a longer message comes, so such an item is refused here.
MESSAGE_BYTES_MAX = 1 << 20

OVERSIZED = Problem(
    code="oversized_message",
    field="",
    wanted=f"at most {MESSAGE_BYTES_MAX} bytes",
    remedy="shorten the texts, and keep the whole of it in your own system",
)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What became of one incident: either a receipt or the reasons for refusing it."""

    item: int  # its place among the incidents given, from 0
    source_reference: str
    receipt: incident_pb2.IncidentReceipt | None
    problems: tuple[Problem, ...]

    @property
    def accepted(self) -> bool:
        return self.receipt is not None


class _Round:
    """One stream: what it sends again first, and whether it has ended."""

    def __init__(self, again: list[tuple[int, incident_pb2.Incident]]) -> None:
        self.again = collections.deque(again)
        self.ended = False


class Publisher:
    """One run over `incidents`. Use it once, from one thread."""

    def __init__(
        self,
        stub: incident_pb2_grpc.IncidentServiceStub,
        partnership: str,
        incidents: Iterable[incident_pb2.Incident],
        in_flight: int,
        waiting: Waiting,
    ) -> None:
        self._stub = stub
        self._partnership = partnership
        self._fresh = enumerate(incidents)
        self._in_flight = in_flight
        self._waiting = waiting
        # Guards everything below, which gRPC's sending thread uses too.
        self._changed = threading.Condition()
        self._again: list[tuple[int, incident_pb2.Incident]] = []  # waits for the next stream
        self._open: dict[int, incident_pb2.Incident] = {}  # sent on this stream, not answered
        self._oversized: list[Answer] = []
        self._exhausted = False
        self._source_error: BaseException | None = None

    def run(self) -> Iterator[Answer]:
        """Yields answers as they come. Raises Unavailable after too many attempts in a row."""
        pauses = self._waiting.pauses()
        while not self._done():
            failure = Unavailable(grpc.StatusCode.UNAVAILABLE, "the gateway stays busy")
            try:
                for answer in self._one_stream():
                    pauses = self._waiting.pauses()
                    yield answer
            except grpc.RpcError as error:
                failure = failure_of(error)
                if not isinstance(failure, Unavailable):
                    raise failure from error
            if self._source_error is not None:
                raise self._source_error
            if self._done():
                return
            pause = next(pauses, None)
            if pause is None:
                raise failure
            self._waiting.sleep(pause)

    def _done(self) -> bool:
        return self._exhausted and not self._again

    def _one_stream(self) -> Iterator[Answer]:
        this_round = _Round(self._again)
        self._again = []
        call = self._stub.PublishIncidents(self._requests(this_round))
        try:
            for response in call:
                answer = self._take(response)
                if answer is not None:
                    yield answer
            yield from self._oversized
            self._oversized = []
        finally:
            call.cancel()
            with self._changed:
                this_round.ended = True
                self._again += [*self._open.items(), *this_round.again]
                self._again.sort(key=lambda pair: pair[0])
                self._open.clear()
                self._changed.notify_all()

    def _requests(self, this_round: _Round) -> Iterator[incident_pb2.PublishIncidentsRequest]:
        """Runs on gRPC's thread: at most `in_flight` items without an answer at any time."""
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: this_round.ended or len(self._open) < self._in_flight
                )
                if this_round.ended:
                    return
                following = this_round.again.popleft() if this_round.again else self._next_fresh()
                if following is None:
                    return
                item, incident = following
                request = incident_pb2.PublishIncidentsRequest(
                    partnership=self._partnership, item=item, incident=incident
                )
                if request.ByteSize() > MESSAGE_BYTES_MAX:
                    reference = incident.source_reference
                    self._oversized.append(Answer(item, reference, None, (OVERSIZED,)))
                    continue
                self._open[item] = incident
            yield request

    def _next_fresh(self) -> tuple[int, incident_pb2.Incident] | None:
        if self._exhausted:
            return None
        try:
            return next(self._fresh)
        except StopIteration:
            pass
        except BaseException as error:  # raised again on the caller's thread
            self._source_error = error
        self._exhausted = True
        return None

    def _take(self, response: incident_pb2.PublishIncidentsResponse) -> Answer | None:
        with self._changed:
            incident = self._open.pop(response.item, None)
            kind = response.WhichOneof("outcome")
            if incident is not None and kind == "try_again":
                self._again.append((response.item, incident))
            self._changed.notify_all()
        if incident is None:
            return None
        if kind == "receipt":
            return Answer(response.item, incident.source_reference, response.receipt, ())
        if kind == "refused":
            problems = problems_of(response.refused)
            return Answer(response.item, incident.source_reference, None, problems)
        return None
