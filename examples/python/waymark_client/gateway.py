"""Everything a system can ask of its own agency's gateway."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import grpc

from waymark.gateway.v1 import alert_pb2, alert_pb2_grpc
from waymark.gateway.v1 import consent_pb2, consent_pb2_grpc
from waymark.gateway.v1 import incident_pb2, incident_pb2_grpc
from waymark.gateway.v1 import look_up_pb2, look_up_pb2_grpc
from waymark.gateway.v1 import stock_pb2, stock_pb2_grpc
from waymark_client.alerts import Subscription
from waymark_client.errors import failure_of
from waymark_client.publishing import Answer, Publisher
from waymark_client.waiting import Waiting

# A call that is not answered within this many seconds is given up as Unavailable.
CALL_SECONDS_MAX = 10.0


class Gateway:
    """One agency's gateway in one partnership.

    `person_token` is asked for the bearer token of the person at work whenever a call needs one;
    tokens live for minutes, so it should fetch a fresh one when the last is about to expire.

    Methods raise `Refused` with every problem found, or `Unavailable` when nothing was decided.
    Thread-safe.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        partnership: str,
        person_token: Callable[[], str] | None = None,
        waiting: Waiting = Waiting(),
    ) -> None:
        self._partnership = partnership
        self._person_token = person_token
        self._waiting = waiting
        self._incidents = incident_pb2_grpc.IncidentServiceStub(channel)
        self._look_ups = look_up_pb2_grpc.LookUpServiceStub(channel)
        self._alerts = alert_pb2_grpc.AlertServiceStub(channel)
        self._consents = consent_pb2_grpc.ConsentServiceStub(channel)
        self._stock = stock_pb2_grpc.StockServiceStub(channel)

    def publish(
        self, incidents: Iterable[incident_pb2.Incident], in_flight: int = 64
    ) -> Iterator[Answer]:
        """Publishes all `incidents` and yields one answer for each, in the order they come.

        A refused incident costs the others nothing. Survives broken connections and a gateway that
        restarts; what is interrupted can be run again from the beginning.
        """
        publisher = Publisher(
            self._incidents, self._partnership, incidents, in_flight, self._waiting
        )
        return publisher.run()

    def publish_one(self, incident: incident_pb2.Incident) -> incident_pb2.IncidentReceipt:
        request = incident_pb2.PublishIncidentRequest(
            partnership=self._partnership, incident=incident
        )
        return self._call(self._incidents.PublishIncident, request).receipt

    def look_up(
        self, identity: incident_pb2.Identity, reason: str, purpose: str = "prevent_asb"
    ) -> look_up_pb2.LookUpResponse:
        """What is known of the person on the line. Needs a person; the read is logged."""
        request = look_up_pb2.LookUpRequest(
            partnership=self._partnership, identity=identity, purpose=purpose, reason=reason
        )
        return self._call(self._look_ups.LookUp, request, person=True)

    def register_stock(self, uprns: Iterable[str] = (), lsoas: Iterable[str] = ()) -> int:
        """Says which homes and neighbourhoods concern this agency; how many were new."""
        request = stock_pb2.RegisterStockRequest(
            partnership=self._partnership, uprns=uprns, lsoas=lsoas
        )
        return self._call(self._stock.RegisterStock, request).added

    def subscribe(
        self,
        subscription: str,
        purpose: str = "prevent_asb",
        resume_token: str = "",
        silence_seconds_max: float = 90.0,
    ) -> Subscription:
        """The alerts for this agency, under a name the gateway keeps the position of."""
        start = alert_pb2.SubscribeAlertsRequest.Start(
            partnership=self._partnership,
            subscription=subscription,
            resume_token=resume_token,
            purpose=purpose,
        )
        return Subscription(self._alerts, start, silence_seconds_max, self._waiting)

    def acknowledge(self, alert_id: str) -> datetime.datetime:
        """A person has seen the alert; stops the clock that would escalate it. When that was."""
        request = alert_pb2.AcknowledgeAlertRequest(
            partnership=self._partnership, alert_id=alert_id
        )
        answer = self._call(self._alerts.AcknowledgeAlert, request, person=True)
        return answer.acknowledged_at.ToDatetime(tzinfo=datetime.timezone.utc)

    def alerts(self) -> list[alert_pb2.AlertStatus]:
        """How far each alert has come, newest first."""
        request = alert_pb2.ListAlertsRequest(partnership=self._partnership)
        return list(self._call(self._alerts.ListAlerts, request, person=True).alerts)

    def record_consent(
        self,
        source_reference: str,
        scope: consent_pb2.ConsentScope,
        form_version: str,
        scan_sha256: str,
        given_at: datetime.datetime,
        expires_at: datetime.datetime,
    ) -> consent_pb2.RecordConsentResponse:
        """Records a signed form; what waited for it is shared by itself. Needs a person."""
        request = consent_pb2.RecordConsentRequest(
            partnership=self._partnership,
            source_reference=source_reference,
            scope=scope,
            form_version=form_version,
            scan_sha256=scan_sha256,
            given_at=given_at,
            expires_at=expires_at,
        )
        return self._call(self._consents.RecordConsent, request, person=True)

    def withdraw_consent(
        self, consent_id: str, reason: str
    ) -> consent_pb2.WithdrawConsentResponse:
        """From the instant this returns nothing new rests on the consent here. Needs a person."""
        request = consent_pb2.WithdrawConsentRequest(
            partnership=self._partnership, consent_id=consent_id, reason=reason
        )
        return self._call(self._consents.WithdrawConsent, request, person=True)

    def _call(self, method: Any, request: Any, person: bool = False) -> Any:
        """One unary call. The key makes a change happen once although gRPC may repeat the call."""
        metadata = [("idempotency-key", str(uuid.uuid4()))]
        if person:
            if self._person_token is None:
                raise ValueError("this call is a person's: give the gateway a person_token")
            metadata.append(("authorization", f"Bearer {self._person_token()}"))
        try:
            return method(request, metadata=metadata, timeout=CALL_SECONDS_MAX)
        except grpc.RpcError as error:
            raise failure_of(error) from error
