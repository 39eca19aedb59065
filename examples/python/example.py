#!/usr/bin/env python3
"""An agency's system at work: publishes, looks up, follows and acknowledges alerts.

Run it against `./dev run`; README.md has commands to copy.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
from collections.abc import Iterator

from google.protobuf import json_format

from waymark.common.v1 import terms_pb2
from waymark.gateway.v1 import incident_pb2
from waymark_client import (
    Alert,
    Gateway,
    Refused,
    SystemCertificate,
    Unavailable,
    Withdrawn,
    open_channel,
)

EXIT_OK, EXIT_AWAY, EXIT_USAGE, EXIT_REFUSED = 0, 1, 2, 3


def read_incidents(path: pathlib.Path) -> Iterator[incident_pb2.Incident]:
    """One incident a line, as JSON with the names of `incident.proto`."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json_format.Parse(line, incident_pb2.Incident())
            except json_format.ParseError as error:
                raise SystemExit(f"{path}, line {number}: {error}") from error


def publish(gateway: Gateway, arguments: argparse.Namespace) -> int:
    refused = 0
    for answer in gateway.publish(read_incidents(arguments.file)):
        if answer.receipt is not None:
            outcome = incident_pb2.IncidentReceipt.Outcome.Name(answer.receipt.outcome)
            print(f"{answer.source_reference}: {outcome.removeprefix('OUTCOME_').lower()}")
            continue
        refused += 1
        for problem in answer.problems:
            print(f"{answer.source_reference}: refused: {problem}")
    return EXIT_REFUSED if refused else EXIT_OK


def look_up(gateway: Gateway, arguments: argparse.Namespace) -> int:
    identity = incident_pb2.Identity(
        telephone=arguments.telephone or "",
        given_name=arguments.given_name or "",
        family_name=arguments.family_name or "",
        date_of_birth=arguments.date_of_birth or "",
    )
    answer = gateway.look_up(identity, reason=arguments.reason)
    print("repeat caller or victim" if answer.repeat else "no repeat")
    for rule in answer.rules:
        print(f"  {rule.rule}: {rule.count} since {rule.since.ToJsonString()}")
    print(f"own incidents: {len(answer.incidents)}; held by partners: {answer.partners.reports}")
    if answer.band:
        band = terms_pb2.Band.Name(answer.band).removeprefix("BAND_")
        print(f"band {band} by {', '.join(answer.band_by)}")
    if answer.contact_agency:
        print(f"contact: {answer.contact_agency} {answer.contact}")
    return EXIT_OK


def follow(gateway: Gateway, arguments: argparse.Namespace) -> int:
    left = arguments.count
    with gateway.subscribe(arguments.subscription) as subscription:
        for message in subscription:
            if isinstance(message, Alert):
                show_alert(message)
            elif isinstance(message, Withdrawn):
                print(f"{message.alert_id}: withdrawn ({message.reason}): remove what was shown")
            else:
                continue
            # Here a real system would store the message first.
            subscription.confirm(message)
            left -= 1
            if left == 0:
                return EXIT_OK
    return EXIT_OK


def show_alert(alert: Alert) -> None:
    what = alert.message
    band = terms_pb2.Band.Name(what.band).removeprefix("BAND_")
    area = what.area.outward_postcode or what.area.lsoa
    print(f"{what.alert_id} version {what.version}: {band} in {area}, ring {what.lead_contact}")
    for name, value in sorted(what.fields.items()):
        print(f"  {name}: {value}")
    for name, reason in sorted(what.withheld.items()):
        print(f"  {name} withheld: {reason}")


def acknowledge(gateway: Gateway, arguments: argparse.Namespace) -> int:
    print(f"acknowledged at {gateway.acknowledge(arguments.alert).isoformat()}")
    return EXIT_OK


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gateway", default="127.0.0.1:7503", help="host:port of your gateway")
    parser.add_argument("--partnership", default="fenland")
    parser.add_argument(
        "--tls", type=pathlib.Path, required=True, help="folder with cert.pem, key.pem and ca.pem"
    )
    parser.add_argument(
        "--token", type=pathlib.Path, help="file with the token of the person at work"
    )
    verbs = parser.add_subparsers(dest="verb", required=True)

    verb = verbs.add_parser("publish", help="publish incidents from a file of JSON lines")
    verb.add_argument("file", type=pathlib.Path)
    verb.set_defaults(run=publish)

    verb = verbs.add_parser("look-up", help="what is known of the caller")
    for option in ("--telephone", "--given-name", "--family-name", "--date-of-birth"):
        verb.add_argument(option)
    verb.add_argument("--reason", required=True, help="why the record is read")
    verb.set_defaults(run=look_up)

    verb = verbs.add_parser("follow", help="print alerts as they come")
    verb.add_argument("--subscription", default="example", help="where to go on is kept under it")
    verb.add_argument("--count", type=int, default=-1, help="end after so many")
    verb.set_defaults(run=follow)

    verb = verbs.add_parser("acknowledge", help="say that a person has seen an alert")
    verb.add_argument("alert")
    verb.set_defaults(run=acknowledge)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    person_token = None
    if options.token is not None:
        person_token = lambda: options.token.read_text(encoding="utf-8").strip()  # noqa: E731
    certificate = SystemCertificate.from_folder(options.tls)
    with open_channel(options.gateway, certificate) as channel:
        gateway = Gateway(channel, options.partnership, person_token)
        try:
            return options.run(gateway, options)
        except Refused as refusal:
            for problem in refusal.problems or (refusal,):
                print(problem, file=sys.stderr)
            return EXIT_REFUSED
        except Unavailable as failure:
            print(f"{failure}; try again", file=sys.stderr)
            return EXIT_AWAY
        except ValueError as mistake:
            print(mistake, file=sys.stderr)
            return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main())
