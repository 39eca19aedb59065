"""A partnership run by `waymark_faulty`, and what the checker says of it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import grpc

from harness.binary import BINARY, BUILD, ENVIRONMENT, ROOT
from harness.partnership import START_SECONDS_MAX, Partnership
from harness.ports import claimed_ports
from harness.template import temporary_folder
from waymark.ops.v1 import ops_pb2, ops_pb2_grpc

FAULTY = BUILD / "bin" / "waymark_faulty"
CHECKER = BUILD / "bin" / "checker"

QUIET_SECONDS_MAX = 60.0
CORE_SERVICES = ("intake", "risk", "casemgr")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the checker found and how much it looked at."""

    findings: list[dict]
    checked: dict[str, int]

    def codes(self) -> set[str]:
        return {finding["code"] for finding in self.findings}

    def __str__(self) -> str:
        lines = [
            f"  {f['invariant']} {f['code']}  {f['subject']}: {f['evidence']}"
            for f in self.findings[:40]
        ]
        if len(self.findings) > 40:
            lines.append(f"  ... and {len(self.findings) - 40} more")
        return "\n".join([f"{len(self.findings)} findings", *lines])


class FaultyPartnership(Partnership):
    """The same clients and the same folder as of the real binary, with faults put in."""

    def __init__(self, data: pathlib.Path, port: int) -> None:
        super().__init__(data)
        self.port = port

    def _ahead(self) -> int:
        """How far ahead the clock is that services decide by: it moves forward with every start.

        Each ends ten minutes of the hour, so that checkpoints are published under load; in the
        course of a run an hour ends too, and a round of erasures begins.
        """
        said = "".join(path.read_text("utf-8", errors="replace") for path in self._outputs)
        found = re.findall(r"^AHEAD (\d+)$", said, re.MULTILINE)
        return int(found[-1]) if found else 0

    def launch(self, *arguments: str) -> None:
        assert self.process is None, "it runs already"
        command = [FAULTY, "--data", self.data, "--port", str(self.port), "--source", ROOT]
        command += ["--ahead", str(self._ahead())]
        output = self.data.parent / f"output-{len(self._outputs)}.txt"
        self._outputs.append(output)
        with output.open("wb") as sink:
            self.process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=ENVIRONMENT,
            )
        # The first start makes the folder that everything else is read from.
        deadline = time.monotonic() + START_SECONDS_MAX
        while b"SERVING" not in output.read_bytes() and self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not serve: {self.output()}"
            time.sleep(0.02)

    def ended(self, seconds_max: float) -> int | None:
        """The exit code when it ends within the time (-9: killed), otherwise None."""
        assert self.process is not None
        try:
            return self.process.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            return None

    def forget(self) -> None:
        """The process has ended by itself."""
        assert self.process is not None and self.process.poll() is not None
        self.process = None

    def reached(self) -> str:
        """The crash point at which the latest process killed itself; "" when at none."""
        said = self._outputs[-1].read_text("utf-8", errors="replace")
        return said.rpartition("REACHED ")[2].strip() if "REACHED " in said else ""

    def terminate(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.wait_for_end()

    # ---- Quiet ----

    def status(self) -> ops_pb2.GetStatusResponse:
        channel = self.channel("operator", self.operator_certificate())
        stub = ops_pb2_grpc.OperatorServiceStub(channel)
        return stub.GetStatus(ops_pb2.GetStatusRequest(), timeout=10)

    def wait_until_quiet(self) -> bool:
        """Until nothing waits and no state has changed for a while; False when it never is."""
        deadline = time.monotonic() + QUIET_SECONDS_MAX
        before, same = "", 0
        while same < 4:
            if time.monotonic() > deadline:
                return False
            try:
                status = self.status()
            except grpc.RpcError:
                time.sleep(0.2)
                continue
            said = self._outputs[-1].read_text("utf-8", errors="replace")
            busy = said.rfind("QUIET") <= said.rfind("BUSY")
            now = " ".join(shard.digest for part in status.parts for shard in part.shards)
            same = 0 if busy or now != before else same + 1
            before = now
            time.sleep(0.3)
        return True

    # ---- The checker ----

    def check(self, book: pathlib.Path) -> Verdict:
        return _verdict([CHECKER, self.data, book, "--json"])

    def compare_with_rebuilt(self) -> Verdict:
        """Each core service rebuilt from its topic, in a copy, against the store as it is."""
        copy = self.data.parent / "rebuilt"
        shutil.copytree(self.data, copy, symlinks=True)
        findings: list[dict] = []
        checked: dict[str, int] = {}
        for service in CORE_SERVICES:
            rebuilt = subprocess.run(
                [BINARY, "rebuild", service, "--data", copy],
                capture_output=True,
                text=True,
                cwd=ROOT,
                env=ENVIRONMENT,
                timeout=120,
                check=False,
            )
            if rebuilt.returncode != 0:
                evidence = rebuilt.stdout + rebuilt.stderr
                finding = {"invariant": 3, "code": "no_rebuild", "subject": service}
                findings.append({**finding, "evidence": evidence})
                continue
            stores = (root / "core" / service / "store" for root in (self.data, copy))
            verdict = _verdict([CHECKER, "--compare", *stores, "--json"])
            findings += verdict.findings
            for what, count in verdict.checked.items():
                checked[what] = checked.get(what, 0) + count
        shutil.rmtree(copy)
        return Verdict(findings, checked)


def _verdict(command: list[object]) -> Verdict:
    told = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=300, check=False
    )
    if told.returncode not in (0, 1):
        raise AssertionError(f"the checker could not check: {told.stderr}")
    read = json.loads(told.stdout)
    return Verdict(read["findings"], read["checked"])


@contextlib.contextmanager
def faulty_partnership() -> Iterator[FaultyPartnership]:
    """A new one with its own ports, not started; removed at the end."""
    with temporary_folder() as folder, claimed_ports() as first:
        with FaultyPartnership(folder / "data", first) as partnership:
            yield partnership
