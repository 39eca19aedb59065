"""Default deny, held over every method of every service that the protos define."""

from __future__ import annotations

import importlib
import pathlib
import unittest
from collections.abc import Iterator
from typing import NamedTuple

import grpc
from google.protobuf import descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

import waymark
from harness import fresh_partnership
from harness.identity import Authority
from harness.partnership import SYSTEMS, Partnership
from waymark_client import SystemCertificate

UNAUTHENTICATED = grpc.StatusCode.UNAUTHENTICATED
PERMISSION_DENIED = grpc.StatusCode.PERMISSION_DENIED
UNIMPLEMENTED = grpc.StatusCode.UNIMPLEMENTED
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
REFUSED = {UNAUTHENTICATED, PERMISSION_DENIED}

CALL_SECONDS_MAX = 5.0

# Where each part of the protos is served. A service that is in none of them fails the test.
CORE_SERVERS = {
    "waymark.intake.v1.IntakeService": "intake",
    "waymark.intake.v1.SealingKeyService": "intake",
    "waymark.casemgr.v1.CaseRegisterService": "casemgr",
    "waymark.ops.v1.OperatorService": "operator",
}
GATEWAY_PACKAGE = "waymark.gateway.v1."
# Served by every process that publishes.
EVERYWHERE = "waymark.lanes.v1.LaneService"

# Methods that a person must stand behind, whatever the system.
A_PERSONS = {
    "LookUpService/LookUp",
    "AssessmentService/AssessVictim",
    "ConsentService/RecordConsent",
    "ConsentService/WithdrawConsent",
    "AlertService/AcknowledgeAlert",
    "CaseService/CreateProfile",
    "CaseService/CallConference",
    "CaseService/HoldConference",
    "CaseService/ShowCase",
    "CaseService/CloseCase",
    "ShareService/ExplainShare",
    "OverrideService/RecordOverride",
    "OverrideService/ReviewOverride",
    "OverrideService/ListOverrides",
    "OverrideService/ShowOverride",
    "StatementService/MakeStatement",
    "StatementService/ExplainPast",
}


class Method(NamedTuple):
    service: str
    name: str
    streams_in: bool
    streams_out: bool

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"

    @property
    def short(self) -> str:
        return f"{self.service.rsplit('.', 1)[1]}/{self.name}"

    def servers(self) -> list[str]:
        if self.service.startswith(GATEWAY_PACKAGE):
            return sorted(SYSTEMS)
        if self.service == EVERYWHERE:
            return [*sorted(SYSTEMS), "intake", "risk", "casemgr"]
        return [CORE_SERVERS[self.service]]


def proto_files() -> Iterator[str]:
    """Loads every generated module; yields the proto files they were made from."""
    for root in map(pathlib.Path, waymark.__path__):
        for path in sorted(root.rglob("*_pb2.py")):
            module = path.relative_to(root.parent).with_suffix("").as_posix().replace("/", ".")
            yield importlib.import_module(module).DESCRIPTOR.name


def all_methods() -> list[Method]:
    pool = descriptor_pool.Default()
    return [
        Method(service.full_name, m.name, m.client_streaming, m.server_streaming)
        for name in proto_files()
        for service in pool.FindFileByName(name).services_by_name.values()
        for m in service.methods
    ]


def call(channel: grpc.Channel, method: Method, token: str = "") -> grpc.StatusCode:
    """The status of one call with an empty message."""
    metadata = [("authorization", f"Bearer {token}")] if token else []
    kind = (
        f"{'stream' if method.streams_in else 'unary'}_"
        f"{'stream' if method.streams_out else 'unary'}"
    )
    callable_ = getattr(channel, kind)(method.path)
    request = iter([b""]) if method.streams_in else b""
    try:
        answer = callable_(request, metadata=metadata, timeout=CALL_SECONDS_MAX)
        if method.streams_out:
            next(answer, None)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


class TheDoors(unittest.TestCase):
    partnership: Partnership

    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.methods = all_methods()
        cls.doors = [*sorted(SYSTEMS), "intake", "risk", "casemgr", "operator"]

    def tearDown(self) -> None:
        # A door that is shut because the process is gone would pass every test here.
        self.partnership.wait_until_serving()

    def every_call(self) -> Iterator[tuple[Method, str]]:
        for method in self.methods:
            for server in method.servers():
                yield method, server

    def assert_all_refuse(
        self, what: str, certificate: SystemCertificate, wanted: set[grpc.StatusCode], token=""
    ) -> None:
        """At every server that has the method."""
        channels = {door: self.partnership.channel(door, certificate) for door in self.doors}
        let_in = [
            f"{method.short} at {server}: {code.name}"
            for method, server in self.every_call()
            if (code := call(channels[server], method, token)) not in wanted
        ]
        self.assertEqual([], let_in, what)

    def test_the_walk_covers_what_the_protos_define(self):
        services = {method.service for method in self.methods}
        self.assertLessEqual(set(CORE_SERVERS), services)
        for service in services - {*CORE_SERVERS, EVERYWHERE}:
            self.assertTrue(service.startswith(GATEWAY_PACKAGE), f"{service} is served nowhere")
        self.assertLessEqual(A_PERSONS, {method.short for method in self.methods})
        self.assertGreater(len(self.methods), 25)

    def test_every_method_is_served_where_it_belongs(self):
        operator = self.partnership.operator_certificate()
        channels = {door: self.partnership.channel(door, operator) for door in self.doors}
        missing = [
            f"{method.short} at {server}"
            for method, server in self.every_call()
            if call(channels[server], method) is UNIMPLEMENTED
        ]
        self.assertEqual([], missing)

    def test_no_certificate_gets_no_handshake(self):
        for server in self.doors:
            target = (
                self.partnership.operator_endpoint()
                if server == "operator"
                else self.partnership.endpoints()[server]
            )
            authority_only = grpc.ssl_channel_credentials(self.partnership.authority_pem())
            for channel in (
                grpc.secure_channel(target, authority_only),
                grpc.insecure_channel(target),
            ):
                with channel:
                    for method, at in self.every_call():
                        if at == server:
                            self.assertIs(UNAVAILABLE, call(channel, method), method)

    def test_a_strangers_certificate_gets_no_handshake(self):
        stranger = self.partnership.invented_certificate(
            "agency/police/system/cad", authority=Authority.stranger()
        )
        self.assert_all_refuse("a stranger's authority", stranger, {UNAVAILABLE})

    def test_another_trust_domain_is_refused(self):
        for path in ("agency/police/system/cad", "agency/police/gateway", "operator/local"):
            other = self.partnership.invented_certificate(path, trust_domain="wisbech.waymark")
            self.assert_all_refuse(f"{path} of another partnership", other, REFUSED)

    def test_another_agencys_system_is_refused(self):
        for agency in SYSTEMS:
            certificate = self.partnership.system_certificate(agency)
            token = self.partnership.token(agency)
            for server in set(self.doors) - {agency}:
                channel = self.partnership.channel(server, certificate)
                for method, at in self.every_call():
                    if at == server:
                        code = call(channel, method, token)
                        self.assertIn(code, REFUSED, f"{agency}'s system: {method.short} at {at}")

    def test_a_wrong_role_is_refused(self):
        for agency in SYSTEMS:
            kitchen = self.partnership.invented_certificate(f"agency/{agency}/system/kitchen")
            self.assert_all_refuse(
                f"role kitchen of {agency}", kitchen, REFUSED, self.partnership.token(agency)
            )

    def test_an_operator_is_let_in_by_no_gateway(self):
        certificate = self.partnership.operator_certificate()
        for method, server in self.every_call():
            if server != "operator":
                code = call(self.partnership.channel(server, certificate), method)
                self.assertIn(code, REFUSED, f"{method.short} at {server}")

    def test_an_expired_or_foreign_token_is_refused(self):
        for agency in SYSTEMS:
            other = next(name for name in SYSTEMS if name != agency)
            certificate = self.partnership.system_certificate(agency, "console")
            channel = self.partnership.channel(agency, certificate)
            tokens = {
                "expired": self.partnership.token(agency, issued_seconds_ago=1200),
                "not yet valid": self.partnership.token(agency, issued_seconds_ago=-600),
                "for days": self.partnership.token(agency, lifetime_seconds=10 * 86400),
                "another agency's": self.partnership.token(other),
                "for another gateway": self.partnership.token(
                    agency, aud=f"waymark-gateway/{other}"
                ),
                "of another issuer": self.partnership.token(agency, iss="https://idp.x.invalid"),
                "that is none": "x.y.z",
            }
            for method, server in self.every_call():
                if server != agency:
                    continue
                for what, token in tokens.items():
                    code = call(channel, method, token)
                    self.assertIn(code, REFUSED, f"a token {what}: {method.short} at {agency}")

    def test_a_persons_method_needs_a_person_of_the_right_role(self):
        for agency in SYSTEMS:
            certificate = self.partnership.system_certificate(agency, "console")
            channel = self.partnership.channel(agency, certificate)
            for method in self.methods:
                if method.short not in A_PERSONS:
                    continue
                nobody = call(channel, method)
                self.assertIs(UNAUTHENTICATED, nobody, f"{method.short} without a person")
                cleaner = call(channel, method, self.partnership.token(agency, role="cleaner"))
                self.assertIs(PERMISSION_DENIED, cleaner, f"{method.short} with a cleaner")

    def test_reflection_is_on_the_operators_port_only(self):
        certificate = self.partnership.operator_certificate()
        names = self.services_by_reflection("operator", certificate)
        self.assertIn("waymark.ops.v1.OperatorService", names)
        for server in self.doors:
            if server == "operator":
                continue
            with self.assertRaises(grpc.RpcError) as caught:
                self.services_by_reflection(server, certificate)
            self.assertIn(caught.exception.code(), REFUSED | {UNIMPLEMENTED}, server)
        with self.assertRaises(grpc.RpcError) as caught:
            self.services_by_reflection("operator", self.partnership.system_certificate("police"))
        self.assertIn(caught.exception.code(), REFUSED)

    def services_by_reflection(self, door: str, certificate: SystemCertificate) -> set[str]:
        stub = reflection_pb2_grpc.ServerReflectionStub(
            self.partnership.channel(door, certificate)
        )
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        (answer,) = stub.ServerReflectionInfo(iter([request]), timeout=CALL_SECONDS_MAX)
        return {service.name for service in answer.list_services_response.service}

    def test_health_needs_a_certificate_and_no_more(self):
        for server in self.doors:
            channel = self.partnership.channel(
                server, self.partnership.system_certificate("fire")
            )
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS_MAX
            )
            self.assertEqual(health_pb2.HealthCheckResponse.SERVING, answer.status, server)

    def test_secrets_lie_in_files_of_their_owner_alone(self):
        for path in pathlib.Path(self.partnership.data).rglob("*"):
            if path.is_file() and (path.parent.name == "keys" or path.name.endswith("key.pem")):
                self.assertEqual(0, path.stat().st_mode & 0o077, path)


if __name__ == "__main__":
    unittest.main()
