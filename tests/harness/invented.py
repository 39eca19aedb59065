"""Incidents that never happened to people who do not exist.

Telephone numbers are from the ranges Ofcom keeps for fiction, of other cities than those of the
invented fortnight; UPRNs are outside the range in use.
"""

from __future__ import annotations

import datetime

from waymark.common.v1 import terms_pb2
from waymark.gateway.v1 import incident_pb2

# A thousand numbers each: 0114 496 0000 and so on.
CITIES = ("0114", "0115", "0116", "0117", "0118", "0121", "0131", "0141", "0151", "0161")

CALLER_AND_VICTIM = (terms_pb2.ROLE_CALLER, terms_pb2.ROLE_VICTIM)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def person(number: int, given: str = "Test", family: str = "Invented") -> incident_pb2.Identity:
    """The person of that number, always the same; up to 10,000 of them."""
    born = datetime.date(1950, 1, 1) + datetime.timedelta(days=number)
    return incident_pb2.Identity(
        given_name=f"{given}{_letters(number)}",
        family_name=f"{family}{_letters(number // 26)}",
        date_of_birth=born.isoformat(),
        telephone=f"{CITIES[number // 1000]} 496 {number % 1000:04d}",
        address=incident_pb2.Address(
            house=str(number + 1),
            street="Imagined Lane",
            postcode="PE13 1AA",
            uprn=f"99{500_000_0000 + number:010d}",
        ),
    )


def _letters(number: int) -> str:
    text = ""
    while True:
        text = chr(ord("a") + number % 26) + text
        number //= 26
        if number == 0:
            return text


def incident(reference: str, who: incident_pb2.Identity | None = None) -> incident_pb2.Incident:
    """A noise complaint of ten minutes ago, ungraded."""
    happened = now() - datetime.timedelta(minutes=10)
    result = incident_pb2.Incident(
        source_reference=reference,
        occurred_at=happened,
        reported_at=happened + datetime.timedelta(minutes=5),
        category=terms_pb2.CATEGORY_PERSONAL,
        type="noise",
        channel="call_101",
        lsoa="E01099000",
        summary="Loud music through the wall again.",
    )
    if who is not None:
        party = result.parties.add(roles=CALLER_AND_VICTIM)
        party.identity.CopyFrom(who)
        result.location.CopyFrom(who.address)
    return result


def high(incident: incident_pb2.Incident) -> incident_pb2.Incident:
    """The same, graded HIGH by the call-taker."""
    incident.grading.harm = "significant"
    incident.grading.pattern = "escalating"
    return incident


def many(prefix: str, count: int, people: int = 400) -> list[incident_pb2.Incident]:
    """`count` incidents, each of one of `people` persons."""
    return [incident(f"{prefix}-{n:06d}", person(n % people)) for n in range(count)]
