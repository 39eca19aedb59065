"""The client against a gateway of its own making, in this process, with each kind of trouble."""

from __future__ import annotations

import concurrent.futures
import threading
import unittest
from collections.abc import Callable, Iterator

import grpc

from waymark.common.v1 import problem_pb2
from waymark.gateway.v1 import alert_pb2, alert_pb2_grpc
from waymark.gateway.v1 import incident_pb2, incident_pb2_grpc
from waymark.gateway.v1 import look_up_pb2, look_up_pb2_grpc
from waymark_client import Alert, Gateway, Heartbeat, Refused, Unavailable, Waiting, Withdrawn

Request = incident_pb2.PublishIncidentsRequest
Response = incident_pb2.PublishIncidentsResponse
AlertsResponse = alert_pb2.SubscribeAlertsResponse

PROBLEM = problem_pb2.Problem(
    code="future_dated", field="occurred_at", wanted="not later than now", remedy="check the clock"
)


def incidents(count: int) -> Iterator[incident_pb2.Incident]:
    for number in range(count):
        yield incident_pb2.Incident(source_reference=f"REF-{number}")


def receipt(item: int) -> Response:
    outcome = incident_pb2.IncidentReceipt.OUTCOME_ACCEPTED
    return Response(item=item, receipt=incident_pb2.IncidentReceipt(outcome=outcome))


class FakeGateway(
    incident_pb2_grpc.IncidentServiceServicer,
    look_up_pb2_grpc.LookUpServiceServicer,
    alert_pb2_grpc.AlertServiceServicer,
):
    """Answers as the test says: `streams` holds one behaviour for each stream that is opened."""

    def __init__(self) -> None:
        self.streams: list[Callable] = []
        self.metadata: dict[str, str] = {}
        self.starts: list[alert_pb2.SubscribeAlertsRequest.Start] = []
        self.receipts: list[str] = []
        self.receipt_came = threading.Event()
        self.receipts_ended = threading.Event()

    def PublishIncidents(self, requests, context):
        yield from self.streams.pop(0)(requests, context)

    def LookUp(self, request, context):
        self.metadata = dict(context.invocation_metadata())
        if not request.reason:
            problems = problem_pb2.Problems(problems=[PROBLEM])
            trailer = (("waymark-problem-bin", problems.SerializeToString()),)
            context.set_trailing_metadata(trailer)
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "refused")
        return look_up_pb2.LookUpResponse(repeat=True)

    def SubscribeAlerts(self, requests, context):
        self.starts.append(next(requests).start)
        threading.Thread(target=self._take_receipts, args=(requests,), daemon=True).start()
        yield from self.streams.pop(0)(requests, context)

    def _take_receipts(self, requests) -> None:
        try:
            for request in requests:
                self.receipts.append(request.receipt.resume_token)
                self.receipt_came.set()
        except grpc.RpcError:
            return
        self.receipts_ended.set()


class ClientTest(unittest.TestCase):
    def setUp(self) -> None:
        self.fake = FakeGateway()
        pool = concurrent.futures.ThreadPoolExecutor(max_workers=4)
        server = grpc.server(pool)
        incident_pb2_grpc.add_IncidentServiceServicer_to_server(self.fake, server)
        look_up_pb2_grpc.add_LookUpServiceServicer_to_server(self.fake, server)
        alert_pb2_grpc.add_AlertServiceServicer_to_server(self.fake, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(lambda: server.stop(grace=None).wait())
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.addCleanup(channel.close)
        self.pauses: list[float] = []
        waiting = Waiting(attempts=3, sleep=self.pauses.append)
        self.gateway = Gateway(channel, "fenland", lambda: "a-token", waiting)


class Publishing(ClientTest):
    def test_gives_each_incident_its_own_answer(self):
        def behaviour(requests, context):
            for request in requests:
                if request.item == 1:
                    problems = problem_pb2.Problems(problems=[PROBLEM])
                    yield Response(item=1, refused=problems)
                else:
                    yield receipt(request.item)

        self.fake.streams = [behaviour]
        answers = {answer.item: answer for answer in self.gateway.publish(incidents(3))}
        self.assertEqual([True, False, True], [answers[item].accepted for item in range(3)])
        self.assertEqual("REF-1", answers[1].source_reference)
        self.assertEqual("future_dated", answers[1].problems[0].code)
        self.assertEqual("occurred_at", answers[1].problems[0].field)

    def test_sends_again_what_a_broken_stream_left_unanswered(self):
        def breaks(requests, context):
            yield receipt(next(requests).item)
            next(requests)
            context.abort(grpc.StatusCode.UNAVAILABLE, "going away")

        def works(requests, context):
            for request in requests:
                yield receipt(request.item)

        self.fake.streams = [breaks, works]
        answers = [answer.item for answer in self.gateway.publish(incidents(10), in_flight=4)]
        self.assertEqual(list(range(10)), sorted(answers))
        self.assertEqual(1, len(self.pauses))

    def test_sends_again_what_the_gateway_was_too_busy_for(self):
        def busy(requests, context):
            for request in requests:
                if request.item % 2:
                    yield Response(item=request.item, try_again="busy")
                else:
                    yield receipt(request.item)

        def works(requests, context):
            for request in requests:
                yield receipt(request.item)

        self.fake.streams = [busy, works]
        answers = [answer.item for answer in self.gateway.publish(incidents(6))]
        self.assertEqual(list(range(6)), sorted(answers))

    def test_never_has_more_in_flight_than_asked(self):
        most = 0

        def counts(requests, context):
            nonlocal most
            waiting = []
            for request in requests:
                waiting.append(request.item)
                most = max(most, len(waiting))
                if len(waiting) == 3:
                    yield from (receipt(item) for item in waiting)
                    waiting.clear()

        self.fake.streams = [counts]
        self.assertEqual(9, len(list(self.gateway.publish(incidents(9), in_flight=3))))
        self.assertEqual(3, most)

    def test_refuses_by_itself_what_would_end_the_stream(self):
        def works(requests, context):
            for request in requests:
                yield receipt(request.item)

        def with_a_long_one():
            for one in incidents(3):
                if one.source_reference == "REF-1":
                    one.summary = "x" * (1 << 20)
                yield one

        self.fake.streams = [works]
        answers = {answer.item: answer for answer in self.gateway.publish(with_a_long_one())}
        self.assertEqual([True, False, True], [answers[item].accepted for item in range(3)])
        self.assertEqual("oversized_message", answers[1].problems[0].code)

    def test_gives_up_when_nobody_answers(self):
        def away(requests, context):
            context.abort(grpc.StatusCode.UNAVAILABLE, "away")
            yield

        self.fake.streams = [away, away, away]
        with self.assertRaises(Unavailable):
            list(self.gateway.publish(incidents(1)))
        self.assertEqual(2, len(self.pauses))

    def test_does_not_repeat_what_is_refused_as_a_whole(self):
        def forbids(requests, context):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "another agency")
            yield

        self.fake.streams = [forbids]
        with self.assertRaises(Refused) as caught:
            list(self.gateway.publish(incidents(1)))
        self.assertIs(grpc.StatusCode.PERMISSION_DENIED, caught.exception.code)

    def test_a_source_that_fails_fails_the_run(self):
        def works(requests, context):
            for request in requests:
                yield receipt(request.item)

        def source():
            yield from incidents(2)
            raise OSError("the disk is gone")

        self.fake.streams = [works]
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            list(self.gateway.publish(source()))


class Calling(ClientTest):
    def test_a_persons_call_carries_the_token(self):
        answer = self.gateway.look_up(incident_pb2.Identity(telephone="0"), reason="on the line")
        self.assertTrue(answer.repeat)
        self.assertEqual("Bearer a-token", self.fake.metadata["authorization"])
        self.assertIn("idempotency-key", self.fake.metadata)

    def test_problems_are_read_from_the_trailer(self):
        with self.assertRaises(Refused) as caught:
            self.gateway.look_up(incident_pb2.Identity(), reason="")
        (problem,) = caught.exception.problems
        self.assertEqual(
            "future_dated at occurred_at: wanted not later than now; check the clock", str(problem)
        )


def alert(token: str, version: int = 1, **fields: str) -> AlertsResponse:
    named = {name.replace("_", ".", 1): value for name, value in fields.items()}
    message = alert_pb2.Alert(alert_id="alert-1", version=version, fields=named)
    return AlertsResponse(resume_token=token, alert=message)


class Following(ClientTest):
    def test_alerts_heartbeats_and_withdrawals_come_as_such(self):
        def behaviour(requests, context):
            yield alert("t1")
            yield alert("t2", 2, person_name="Ann Example")
            yield AlertsResponse(heartbeat=AlertsResponse.Heartbeat())
            stone = AlertsResponse.Tombstone(
                alert_id="alert-1", version=3, reason="consent_withdrawn"
            )
            yield AlertsResponse(resume_token="t3", tombstone=stone)

        self.fake.streams = [behaviour]
        with self.gateway.subscribe("crm") as subscription:
            messages = iter(subscription)
            first, second, third, fourth = (next(messages) for _ in range(4))
        self.assertIsInstance(first, Alert)
        self.assertTrue(first.depersonalised)
        self.assertFalse(second.depersonalised)
        self.assertIsInstance(third, Heartbeat)
        self.assertEqual(Withdrawn("t3", "alert-1", 3, "consent_withdrawn"), fourth)

    def test_what_is_confirmed_is_told_and_does_not_come_again(self):
        def breaks(requests, context):
            yield alert("t1")
            self.assertTrue(self.fake.receipt_came.wait(timeout=10))
            context.abort(grpc.StatusCode.UNAVAILABLE, "going away")

        def goes_on(requests, context):
            yield alert("t2")

        self.fake.streams = [breaks, goes_on]
        with self.gateway.subscribe("crm") as subscription:
            messages = iter(subscription)
            subscription.confirm(next(messages))
            self.assertEqual("t2", next(messages).resume_token)
        self.assertEqual(["t1"], self.fake.receipts)
        self.assertEqual(["", "t1"], [start.resume_token for start in self.fake.starts])
        self.assertEqual("crm", self.fake.starts[0].subscription)

    def test_leaving_hands_over_the_receipts_that_wait(self):
        def behaviour(requests, context):
            yield alert("t1")
            self.assertTrue(self.fake.receipts_ended.wait(timeout=10))

        self.fake.streams = [behaviour]
        with self.gateway.subscribe("crm") as subscription:
            for message in subscription:
                subscription.confirm(message)
                break
        self.assertEqual(["t1"], self.fake.receipts)

    def test_silence_is_followed_by_another_connection(self):
        gone = threading.Event()
        self.addCleanup(gone.set)

        def silent(requests, context):
            context.add_callback(gone.set)
            gone.wait(timeout=10)
            return
            yield

        def speaks(requests, context):
            yield alert("t1")

        self.fake.streams = [silent, speaks]
        with self.gateway.subscribe("crm", silence_seconds_max=0.2) as subscription:
            self.assertEqual("t1", next(iter(subscription)).resume_token)

    def test_a_refusal_ends_it(self):
        def forbids(requests, context):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "no agreement names you")
            yield

        self.fake.streams = [forbids]
        with self.gateway.subscribe("crm") as subscription:
            with self.assertRaises(Refused):
                next(iter(subscription))


if __name__ == "__main__":
    unittest.main()
