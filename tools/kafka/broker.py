#!/usr/bin/env python3
"""One Kafka node (KRaft, broker and controller in one) for development and tests.

    broker.py start --home DIR --jars DIR --tls DIR [--port N] [--controller-port N] [--host H]
                    [--operator NAME]...
    broker.py stop  --home DIR        SIGTERM, and wait until it has gone
    broker.py kill  --home DIR        SIGKILL: as if the machine had lost power, but for its disk cache
    broker.py status --home DIR

It listens with mutual TLS only, authorises by ACL and denies what no ACL allows. `--tls` holds
cert.pem, key.pem and ca.pem, as `waymark certificates` makes them. The certificate's own name and
those given by `--operator` may do everything. `start` returns once the node answers with itself as
a live broker; on the same home it comes back with the same ports and data. Production settings are
in docs/operate.md; what matters for safety (listeners, authoriser, no automatic topics) is the same.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import uuid
import base64

START_SECONDS = 150
STOP_SECONDS = 30
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss512k", "-Xms64m"]

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={host}:{controller_port}
listeners=MEMBERS://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=MEMBERS://{host}:{port},CONTROLLER://{host}:{controller_port}
listener.security.protocol.map=MEMBERS:SSL,CONTROLLER:SSL
inter.broker.listener.name=MEMBERS
controller.listener.names=CONTROLLER
ssl.client.auth=required
ssl.keystore.type=PEM
ssl.keystore.location={home}/tls/keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location={home}/tls/truststore.pem
ssl.enabled.protocols=TLSv1.3,TLSv1.2
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users={super_users}
auto.create.topics.enable=false
log.dirs={home}/data
log.segment.bytes=16777216
log.index.size.max.bytes=1048576
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=4194304
log.retention.check.interval.ms=60000
message.max.bytes=1048588
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
background.threads=2
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
controlled.shutdown.enable=true
"""

LOG4J = """\
Configuration:
  Appenders:
    File:
      name: file
      fileName: "{home}/broker.log"
      append: true
      PatternLayout:
        pattern: "%d{{ISO8601}} %p %m (%c)%n"
  Loggers:
    Root:
      level: {level}
      AppenderRef:
        ref: file
"""


class BrokerError(Exception):
    """What went wrong and what to do; for people."""


def free_ports(count: int, host: str) -> list[int]:
    holders = [socket.create_server((host, 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def certificate_name(path: pathlib.Path) -> str:
    """The subject as Kafka shows it: "CN=broker@fenland.waymark"."""
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in", str(path)],
        capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        raise BrokerError(f"{path} is no certificate: {shown.stderr.strip()}")
    return shown.stdout.strip().removeprefix("subject=").strip()


class Broker:
    """A node whose files are below `home`; the process outlives this object."""

    def __init__(self, home: str | os.PathLike):
        self.home = pathlib.Path(home).absolute()
        self.state_file = self.home / "broker.json"
        self.state = json.loads(self.state_file.read_text()) if self.state_file.exists() else {}

    @property
    def bootstrap(self) -> str:
        return f"{self.state['host']}:{self.state['port']}"

    def pid(self) -> int | None:
        """Of the running node; None when it does not run."""
        pid = self.state.get("pid")
        try:
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return None
        return pid if str(self.home).encode() in command else None

    def start(self, jars: str | os.PathLike, tls: str | os.PathLike, host: str = "127.0.0.1",
              port: int = 0, controller_port: int = 0, operators: tuple[str, ...] = (),
              heap_mb: int = 256, level: str = "warn") -> None:
        if self.pid() is not None:
            raise BrokerError(f"{self.home} has a broker that runs already, as {self.pid()}")
        jars = pathlib.Path(jars).absolute()
        if not list(jars.glob("kafka_2.13-*.jar")):
            raise BrokerError(f"no Kafka jars in {jars}: fetch them with './dev kafka_jars'")
        self._prepare(pathlib.Path(tls), host, port, controller_port, operators, level)
        java = JAVA + [f"-Xmx{heap_mb}m", "-cp", f"{jars}/*",
                       f"-Dlog4j2.configurationFile={self.home}/log4j2.yaml"]
        if not (self.home / "data" / "meta.properties").exists():
            self._format(java)
        with open(self.home / "console.log", "ab") as console:
            process = subprocess.Popen(
                java + ["kafka.Kafka", str(self.home / "server.properties")], stdout=console,
                stderr=console, stdin=subprocess.DEVNULL, start_new_session=True)
        self.state["pid"] = process.pid
        self._save()
        self._wait_until_it_answers(process)

    def _prepare(self, tls: pathlib.Path, host: str, port: int, controller_port: int,
                 operators: tuple[str, ...], level: str) -> None:
        own = self.home / "tls"
        own.mkdir(parents=True, exist_ok=True)
        own.chmod(0o700)
        try:
            (own / "keystore.pem").write_text(
                (tls / "key.pem").read_text() + (tls / "cert.pem").read_text())
            (own / "truststore.pem").write_text((tls / "ca.pem").read_text())
        except OSError as error:
            raise BrokerError(f"{error.filename}: {error.strerror}; make certificates with "
                              "'waymark certificates make'") from error
        (own / "keystore.pem").chmod(0o600)
        free = free_ports(2, host)
        port = port or self.state.get("port") or free[0]
        controller_port = controller_port or self.state.get("controller_port") or free[1]
        for wanted in (port, controller_port):
            try:
                socket.create_server((host, wanted)).close()
            except OSError as error:
                raise BrokerError(f"{host}:{wanted} cannot be listened on ({error.strerror}): stop "
                                  "what holds it, or give another port") from error
        self.state.update(host=host, port=port, controller_port=controller_port)
        names = [certificate_name(tls / "cert.pem"), *operators]
        self.state["super_users"] = names
        (self.home / "server.properties").write_text(PROPERTIES.format(
            home=self.home, host=host, port=port, controller_port=controller_port,
            super_users=";".join(f"User:{name}" for name in dict.fromkeys(names))))
        (self.home / "log4j2.yaml").write_text(LOG4J.format(home=self.home, level=level))

    def _format(self, java: list[str]) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").lstrip("-")
        done = subprocess.run(
            java + ["kafka.tools.StorageTool", "format", "--standalone", "--cluster-id",
                    cluster.ljust(22, "A"), "--config", str(self.home / "server.properties")],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BrokerError(f"{self.home}/data cannot be formatted: "
                              f"{(done.stdout + done.stderr).strip()[-500:]}")

    def _wait_until_it_answers(self, process: subprocess.Popen) -> None:
        end = time.monotonic() + START_SECONDS
        latest = "nothing yet"
        while time.monotonic() < end:
            if process.poll() is not None:
                raise BrokerError(f"the broker has ended by itself ({process.returncode}):\n"
                                  + self.log_tail())
            try:
                if self.answers():
                    return
                latest = "it does not count itself as alive yet"
            except (OSError, ssl.SSLError, struct.error) as error:
                latest = str(error)
            time.sleep(0.1)
        self.kill()
        raise BrokerError(f"no answer within {START_SECONDS} s: {latest}\n" + self.log_tail())

    def answers(self) -> bool:
        """Whether it says, over TLS, that there is a live broker. Raises OSError if it is away."""
        tls = ssl.create_default_context(cafile=str(self.home / "tls" / "truststore.pem"))
        tls.load_cert_chain(self.home / "tls" / "keystore.pem")
        with socket.create_connection((self.state["host"], self.state["port"]), timeout=5) as plain:
            with tls.wrap_socket(plain, server_hostname=self.state["host"]) as connection:
                # Metadata, version 1, of no topics: the answer lists the live brokers.
                request = struct.pack(">hhih", 3, 1, 7, 2) + b"up" + struct.pack(">i", 0)
                connection.sendall(struct.pack(">i", len(request)) + request)
                with connection.makefile("rb") as answer:
                    size, _, brokers = struct.unpack(">iii", answer.read(12))
                    return size > 8 and brokers > 0

    def log_tail(self) -> str:
        text = ""
        for name in ("broker.log", "console.log"):
            file = self.home / name
            if file.exists():
                text += re.sub(r"(?m)^\s+at .*\n", "", file.read_text(errors="replace"))[-1500:]
        return text

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, how)
        end = time.monotonic() + STOP_SECONDS
        while self.pid() is not None:
            try:
                os.waitpid(pid, os.WNOHANG)  # when it is our own child
            except ChildProcessError:
                pass
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                end += STOP_SECONDS
            time.sleep(0.02)

    def _save(self) -> None:
        self.state_file.write_text(json.dumps(self.state, indent=1) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("start", "stop", "kill", "status"):
        sub = verbs.add_parser(verb)
        sub.add_argument("--home", required=True)
        if verb == "start":
            sub.add_argument("--jars", required=True)
            sub.add_argument("--tls", required=True)
            sub.add_argument("--host", default="127.0.0.1")
            sub.add_argument("--port", type=int, default=0)
            sub.add_argument("--controller-port", type=int, default=0)
            sub.add_argument("--operator", action="append", default=[], metavar="CN=...")
            sub.add_argument("--log-level", default="warn")
    options = parser.parse_args()
    broker = Broker(options.home)
    try:
        if options.verb == "start":
            broker.start(options.jars, options.tls, options.host, options.port,
                         options.controller_port, tuple(options.operator), level=options.log_level)
            print(broker.bootstrap)
        elif options.verb == "status":
            print(f"runs as {broker.pid()} on {broker.bootstrap}" if broker.pid() else "does not run")
            return 0 if broker.pid() else 1
        else:
            getattr(broker, options.verb)()
    except BrokerError as error:
        print(f"broker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
