#!/usr/bin/env python3
"""A partnership as separate processes on this machine: what `./dev up` and `./dev down` do.

    processes.py up   --data DIR --build DIR [--port N]   start what does not run, wait until all is ready
    processes.py down --data DIR --build DIR              stop all, the broker last
    processes.py list --data DIR --build DIR              what runs where

One Kafka broker, intake, risk, casemgr and a gateway for each agency, each a process with its own
configuration (`process.yaml` in its home), data, keys and certificate, as different organisations
would run them. The first start tells the invented fortnight in one process on a virtual clock
(`waymark run --exit`) and copies its event log to the broker (`waymark log copy`); from then on
every service goes on in a process of its own, in real time. Tests use the same class.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
CORE = ("intake", "risk", "casemgr")
OPERATOR_OFFSET = 30  # from a process's port for calls to its operator port
BROKER_OFFSET = 21  # from the first port of the partnership
READY_SECONDS = 60.0
STOP_SECONDS = 30.0


class Trouble(Exception):
    """What went wrong and what to do; for people."""


def started_at(pid: int) -> str | None:
    """Tells a process from a later one of the same number; None when it is gone."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else fields[19]


class Process:
    """One service: its configuration, its output, the process that runs now if any."""

    def __init__(self, name: str, program: pathlib.Path, home: pathlib.Path, port: int) -> None:
        self.name = name  # "intake", or the agency
        self.program = program
        self.home = home
        self.port = port
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> pathlib.Path:
        return self.home / "process.yaml"

    @property
    def log(self) -> pathlib.Path:
        return self.home / "process.log"

    @property
    def _pid_file(self) -> pathlib.Path:
        return self.home / "process.pid"

    def operator_url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port + OPERATOR_OFFSET}{path}"

    def pid(self) -> int | None:
        """Of the process that runs, whoever started it."""
        try:
            number, began = self._pid_file.read_text("ascii").split()
        except (OSError, ValueError):
            return None
        return int(number) if started_at(int(number)) == began else None

    def start(self, *arguments: str) -> None:
        if self.pid() is not None:
            return
        with self.log.open("ab") as sink:
            self.child = subprocess.Popen(
                [self.program, "--config", self.config, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                cwd=ROOT,
                start_new_session=True,
            )
        self._pid_file.write_text(f"{self.child.pid} {started_at(self.child.pid)}", "ascii")

    def signal(self, which: signal.Signals) -> None:
        pid = self.pid()
        if pid is not None:
            os.kill(pid, which)

    def wait(self, seconds: float = STOP_SECONDS) -> int | None:
        """Until it has ended; its exit code when this object started it."""
        if self.child is not None:
            try:
                return self.child.wait(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise Trouble(f"{self.name} does not end; see {self.log}") from error
        deadline = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > deadline:
                raise Trouble(f"{self.name} does not end; see {self.log}")
            time.sleep(0.05)
        return None

    def stop(self) -> int | None:
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait()

    def readiness(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        try:
            with urllib.request.urlopen(self.operator_url("/readyz"), timeout=2) as answer:
                return json.load(answer)["reasons"]
        except urllib.error.HTTPError as error:
            return json.load(error)["reasons"]
        except OSError as error:
            return [f"silent: {error}"]

    def metrics(self) -> str:
        with urllib.request.urlopen(self.operator_url("/metrics"), timeout=5) as answer:
            return answer.read().decode("utf-8")

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while reasons := self.readiness():
            if self.pid() is None:
                raise Trouble(f"{self.name} has ended:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise Trouble(f"{self.name} is not ready: {'; '.join(reasons)}; see {self.log}")
            time.sleep(0.05)

    def last_words(self) -> str:
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-5:])

    def resident_mib(self) -> float:
        match = re.search(r"^waymark_process_resident_bytes (\d+)", self.metrics(), re.MULTILINE)
        return int(match.group(1)) / 2**20 if match else 0.0


class Processes:
    """Everything of the partnership in `data`. Nothing is started by making this object."""

    def __init__(self, data: pathlib.Path, build: pathlib.Path) -> None:
        self.data = data.absolute()
        self.build = build.absolute()

    # ---- What there is ----

    @property
    def directory(self) -> pathlib.Path:
        return self.data / "partnership.yaml"

    def endpoints(self) -> dict[str, int]:
        """Ports for calls, core services first."""
        text = self.directory.read_text("utf-8")
        found = {}
        for service in CORE:
            match = re.search(service + r":\s*\{?\s*endpoint:\s*\"?127\.0\.0\.1:(\d+)", text)
            if match is None:
                raise Trouble(f"{self.directory} names no {service} on 127.0.0.1")
            found[service] = int(match.group(1))
        for agency, port in re.findall(
            r"agency:\s*([\w-]+)\s+endpoint:\s*\"?127\.0\.0\.1:(\d+)", text
        ):
            found[agency] = int(port)
        return found

    def parts(self) -> dict[str, Process]:
        parts = {}
        for name, port in self.endpoints().items():
            core = name in CORE
            home = self.data / ("core" if core else "agencies") / name
            home = home if core else home / "gateway"
            program = self.build / "bin" / f"waymark-{name if core else 'gateway'}"
            parts[name] = Process(name, program, home, port)
        return parts

    @property
    def broker_port(self) -> int:
        return min(self.endpoints().values()) - 1 + BROKER_OFFSET

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.broker_port}"

    def waymark(self, *arguments: str | pathlib.Path, seconds: float = 300.0) -> str:
        """Runs a verb of the command line; its output."""
        done = subprocess.run(
            [self.build / "bin" / "waymark", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            raise Trouble(f"waymark {arguments[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    # ---- Setting up ----

    def write_configs(self, ack: str = "local") -> None:
        for name, part in self.parts().items():
            core = name in CORE
            (part.home / "keys").mkdir(exist_ok=True)
            lines = [
                f"service: {name if core else 'gateway'}",
                *([] if core else [f"agency: {name}"]),
                f'directory: "{os.path.relpath(self.directory, part.home)}"',
                "data: .",
                "keys: keys",
                "tls: tls",
                f'listen: "127.0.0.1:{part.port}"',
                f'operator: "127.0.0.1:{part.port + OPERATOR_OFFSET}"',
                "log:",
                f'  bootstrap: ["{self.bootstrap}"]',
                f"ack: {ack}",
            ]
            part.config.write_text("\n".join(lines) + "\n", "utf-8")

    def move_to_broker(self) -> None:
        """Topics, access lists, and what the embedded log holds; again and again does no harm."""
        operator = self.data / "operators" / "local" / "tls"
        self.waymark(
            *("topics", "apply", "--directory", self.directory),
            *("--bootstrap", self.bootstrap, "--tls", operator),
        )
        moved = self.data / "log-is-on-kafka"
        if not moved.exists() and (self.data / "log").exists():
            self.waymark(
                *("log", "copy", "--data", self.data),
                *("--bootstrap", self.bootstrap, "--tls", operator),
            )
        moved.touch()

    # ---- The broker ----

    def _broker(
        self, verb: str, *arguments: str | pathlib.Path
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(sys.executable, "-B", ROOT / "tools" / "kafka" / "broker.py"),
                *(verb, "--home", self.data / "kafka", *arguments),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def broker(self, verb: str, *arguments: str | pathlib.Path) -> None:
        done = self._broker(verb, *arguments)
        if done.returncode != 0:
            raise Trouble(f"the broker: {done.stderr.strip() or done.stdout.strip()}")

    def broker_runs(self) -> bool:
        return (self.data / "kafka").exists() and self._broker("status").returncode == 0

    def start_broker(self) -> None:
        if self.broker_runs():
            return
        self.broker(
            "start",
            *("--jars", self.build / "tools" / "kafka" / "jars", "--tls", self.data / "broker" / "tls"),
            *("--port", str(self.broker_port), "--controller-port", str(self.broker_port + 1)),
            *("--operator", "CN=operator.local@" + self._trust_domain()),
        )

    def _trust_domain(self) -> str:
        match = re.search(r"^trust_domain: (\S+)", self.directory.read_text("utf-8"), re.MULTILINE)
        if match is None:
            raise Trouble(f"{self.directory} names no trust_domain")
        return match.group(1)

    # ---- All of it ----

    def start_all(self) -> None:
        for part in self.parts().values():
            part.start()

    def wait_until_ready(self) -> None:
        for part in self.parts().values():
            part.wait_until_ready()

    def stop_all(self) -> None:
        """Gateways first, then the core, as a partnership would."""
        running = [part for part in reversed(self.parts().values()) if part.pid() is not None]
        for part in running:
            part.signal(signal.SIGTERM)
        for part in running:
            part.wait()


def say(words: str) -> None:
    print(words, flush=True)


def up(data: pathlib.Path, build: pathlib.Path, port: int) -> None:
    began = time.monotonic()
    processes = Processes(data, build)
    if not processes.directory.exists():
        say("Telling the invented fortnight in one process, on a virtual clock ...")
        processes.waymark("run", "--data", data, "--port", str(port), "--exit")
    processes.write_configs()
    say(f"Starting a Kafka broker on {processes.bootstrap} ...")
    processes.start_broker()
    processes.move_to_broker()
    say("Starting intake, risk, casemgr and a gateway for each agency ...")
    processes.start_all()
    processes.wait_until_ready()
    show(processes)
    say(f"Ready after {time.monotonic() - began:.0f} s. To try, for instance:")
    endpoints = processes.endpoints()
    waymark = build / "bin" / "waymark"
    say(f"  {waymark} alerts list --data {data} --as housing:bo:officer")
    say(f"  curl {processes.parts()['police'].operator_url('/readyz')}")
    say(f"  kill -9 $(cut -d' ' -f1 {processes.parts()['risk'].home}/process.pid); ./dev up")
    say(f"  ./dev python examples/python/waymark_client --help   (police: 127.0.0.1:{endpoints['police']})")
    say("  ./dev down")


def show(processes: Processes) -> None:
    for name, part in processes.parts().items():
        pid = part.pid()
        if pid is None:
            say(f"  {name:10} does not run")
            continue
        reasons = part.readiness()
        state = "ready" if not reasons else "; ".join(reasons)
        memory = f"{part.resident_mib():.0f} MiB" if not reasons else ""
        say(f"  {name:10} 127.0.0.1:{part.port}  pid {pid}  {memory}  {state}")


def down(data: pathlib.Path, build: pathlib.Path) -> None:
    processes = Processes(data, build)
    if not processes.directory.exists():
        raise Trouble(f"{data} holds no partnership; nothing of it runs")
    processes.stop_all()
    if processes.broker_runs():
        processes.broker("stop")
    say("Stopped; the data stays in " + str(data))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("verb", choices=("up", "down", "list"))
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "var" / "partnership")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--port", type=int, default=7500, help="first of the ports on 127.0.0.1")
    options = parser.parse_args()
    try:
        if options.verb == "up":
            up(options.data, options.build, options.port)
        elif options.verb == "down":
            down(options.data, options.build)
        else:
            show(Processes(options.data, options.build))
    except Trouble as trouble:
        print(f"./dev {options.verb}: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
