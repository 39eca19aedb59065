"""A partnership in its own data folder, run by the real binary as a child process."""

from __future__ import annotations

import contextlib
import pathlib
import re
import signal
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.binary import BINARY, ENVIRONMENT, ROOT, run_waymark
from harness.identity import Authority, person_token
from waymark_client import Gateway, SystemCertificate, Waiting, open_channel

T = TypeVar("T")

SERVING = health_pb2.HealthCheckResponse.SERVING
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 30.0

# The system of each agency that publishes and subscribes.
SYSTEMS = {"police": "cad", "council": "crm", "housing": "housing", "fire": "fire"}


class StartRefused(Exception):
    """The process ended instead of serving; the text is what it said."""

    def __init__(self, exit_code: int, output: str) -> None:
        super().__init__(f"exit code {exit_code}: {output}")
        self.exit_code = exit_code
        self.output = output


def eventually(ask: Callable[[], T | None], what: str, seconds_max: float = 30.0) -> T:
    """The first answer that is not None or False, asked for until the deadline.

    `ask` waits by itself (a call, an event); nothing is gained by asking faster.
    """
    deadline = time.monotonic() + seconds_max
    while True:
        answer = ask()
        if answer is not None and answer is not False:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds_max} s: {what}")
        time.sleep(0.02)


class Partnership:
    """What lies in `data`, a folder that holds a partnership already.

    Use it as a context manager: the process is killed and the channels closed at the end.
    """

    def __init__(self, data: pathlib.Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None
        self._outputs: list[pathlib.Path] = []
        self._channels: list[grpc.Channel] = []

    def __enter__(self) -> Partnership:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for channel in self._channels:
            channel.close()

    # ---- The process ----

    def start(self, *arguments: str) -> Partnership:
        """Starts it and waits until every part serves. Raises StartRefused when it ends instead."""
        self.launch(*arguments)
        self.wait_until_serving()
        return self

    def launch(self, *arguments: str) -> None:
        assert self.process is None, "it runs already"
        output = self.data.parent / f"output-{len(self._outputs)}.txt"
        self._outputs.append(output)
        with output.open("wb") as sink:
            self.process = subprocess.Popen(
                [BINARY, "run", "--data", self.data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=ENVIRONMENT,
            )

    def wait_until_serving(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        for endpoint in self.endpoints().values():
            with open_channel(endpoint, self.operator_certificate()) as channel:
                self._wait_for_health(endpoint, channel, deadline)

    def _wait_for_health(self, endpoint: str, channel: grpc.Channel, deadline: float) -> None:
        stub = health_pb2_grpc.HealthStub(channel)
        while True:
            assert self.process is not None
            exit_code = self.process.poll()
            if exit_code is not None:
                self.process = None
                raise StartRefused(exit_code, self.output())
            try:
                answer = stub.Check(
                    health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=0.5
                )
                if answer.status == SERVING:
                    return
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.UNAVAILABLE:
                    # Reset while it listens or dies; whether it died is asked above.
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(timeout=0.1)
                elif error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"{endpoint} does not serve; so far:\n{self.output()}")

    def wait_for_end(self, seconds_max: float = STOP_SECONDS_MAX) -> int:
        """The exit code of a process that ends by itself."""
        assert self.process is not None
        exit_code = self.process.wait(timeout=seconds_max)
        self.process = None
        return exit_code

    def stop(self) -> int:
        """Asks it to end, as Ctrl-C or a service manager does, and returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.wait_for_end()

    def kill(self) -> None:
        """SIGKILL, if it runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def output(self) -> str:
        """All that its processes have said so far."""
        return "".join(path.read_text("utf-8", errors="replace") for path in self._outputs)

    def run(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """`waymark ARGUMENTS --data ...` beside the running process."""
        return run_waymark(*arguments, "--data", self.data, given=given)

    # ---- What the directory says ----

    @property
    def directory(self) -> pathlib.Path:
        return self.data / "partnership.yaml"

    def rewrite(self, pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> None:
        """Changes the directory by a regular expression that must match."""
        text, count = re.subn(pattern, replacement, self.directory.read_text("utf-8"))
        assert count, f"{pattern} is not in {self.directory}"
        self.directory.write_text(text, "utf-8")

    def move_to_ports_from(self, first: int) -> None:
        before = min(int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", self._text())) - 1
        self.rewrite(
            r"127\.0\.0\.1:(\d+)", lambda m: f"127.0.0.1:{int(m.group(1)) - before + first}"
        )

    def _text(self) -> str:
        return self.directory.read_text("utf-8")

    def endpoints(self) -> dict[str, str]:
        """Of every part, by agency or by the name of the core service."""
        found = re.findall(r"agency:\s*(\w+)\s+endpoint:\s*\"?([\d.:]+)", self._text())
        for service in ("intake", "risk", "casemgr"):
            match = re.search(service + r":\s*\{?\s*endpoint:\s*\"?([\d.:]+)", self._text())
            assert match, f"no {service} in {self.directory}"
            found.append((service, match.group(1)))
        return dict(found)

    def operator_endpoint(self) -> str:
        ports = [int(endpoint.rsplit(":", 1)[1]) for endpoint in self.endpoints().values()]
        return f"127.0.0.1:{min(ports) - 1 + 20}"

    # ---- Clients ----

    def authority_pem(self) -> bytes:
        return (self.data / "authority" / "ca.pem").read_bytes()

    def operator_certificate(self) -> SystemCertificate:
        return SystemCertificate.from_folder(self.data / "operators" / "local" / "tls")

    def system_certificate(self, agency: str, role: str | None = None) -> SystemCertificate:
        role = role or SYSTEMS[agency]
        return SystemCertificate.from_folder(
            self.data / "agencies" / agency / "systems" / role / "tls"
        )

    def gateway_certificate(self, agency: str) -> SystemCertificate:
        return SystemCertificate.from_folder(self.data / "agencies" / agency / "gateway" / "tls")

    def core_certificate(self, service: str) -> SystemCertificate:
        return SystemCertificate.from_folder(self.data / "core" / service / "tls")

    def invented_certificate(
        self, path: str, authority: Authority | None = None, trust_domain: str = "fenland.waymark"
    ) -> SystemCertificate:
        """One for "agency/police/system/kitchen", from the partnership's authority or another."""
        issuer = authority or Authority.of(self.data)
        return issuer.system_certificate(f"spiffe://{trust_domain}/{path}", self.authority_pem())

    def channel(self, part: str, certificate: SystemCertificate) -> grpc.Channel:
        """To a part by name, or to "operator"; closed at the end."""
        target = self.operator_endpoint() if part == "operator" else self.endpoints()[part]
        channel = open_channel(target, certificate)
        self._channels.append(channel)
        return channel

    def token(self, agency: str, role: str = "manager", **claims: object) -> str:
        return person_token(self.data, agency, role=role, **claims)

    def gateway(
        self, agency: str, role: str = "manager", waiting: Waiting = Waiting()
    ) -> Gateway:
        """The agency's publishing system at its own gateway, with a person of that role."""
        channel = self.channel(agency, self.system_certificate(agency))
        return Gateway(channel, "fenland", lambda: self.token(agency, role), waiting)
