"""A small client of a Waymark gateway, made to be copied into an agency's own system.

Each agency has its own gateway and talks to no other. A system is named by its certificate, a
person by a short-lived token of the agency's identity provider; see `connection`.

    from waymark_client import Gateway, SystemCertificate, open_channel

    channel = open_channel("127.0.0.1:7503", SystemCertificate.from_folder("tls"))
    gateway = Gateway(channel, partnership="fenland", person_token=read_token)
    for answer in gateway.publish(incidents):
        ...

The messages themselves (`Incident`, `Alert` and so on) are generated from `proto/` into the package
`waymark`; README.md says how.
"""

from waymark_client.alerts import Alert, Heartbeat, Subscription, Withdrawn
from waymark_client.connection import SystemCertificate, open_channel
from waymark_client.errors import Problem, Refused, Unavailable
from waymark_client.gateway import Gateway
from waymark_client.publishing import Answer
from waymark_client.waiting import Waiting

__all__ = [
    "Alert",
    "Answer",
    "Gateway",
    "Heartbeat",
    "Problem",
    "Refused",
    "Subscription",
    "SystemCertificate",
    "Unavailable",
    "Waiting",
    "Withdrawn",
    "open_channel",
]
