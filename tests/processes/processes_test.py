"""A partnership as separate processes on a real broker: the same scenarios as in one process, then
whatever is killed, frozen or taken away. One deployment for the whole module; each test leaves it
ready."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import sys
import threading
import unittest

from harness import temporary_folder
from harness.binary import ROOT
from harness.invented import high, incident, person
from harness.partnership import eventually
from harness.processes import SeparatePartnership, separate_partnership, why_not
from harness.template import use_instead
from processes import OPERATOR_OFFSET, Process
from waymark.gateway.v1 import incident_pb2, incident_pb2_grpc
from waymark_client import Waiting

sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from alerts_test import *  # noqa: E402,F401,F403  the end-to-end scenarios, run again over processes
from example_test import *  # noqa: E402,F401,F403
from override_test import *  # noqa: E402,F401,F403

ACCEPTED = incident_pb2.IncidentReceipt.OUTCOME_ACCEPTED
ALREADY_HELD = incident_pb2.IncidentReceipt.OUTCOME_ALREADY_HELD
# A publisher goes on through a restart.
PATIENT = Waiting(attempts=200)

deployment: SeparatePartnership


def setUpModule() -> None:
    global deployment
    if reason := why_not():
        raise unittest.SkipTest(reason)
    context = separate_partnership()
    deployment = context.__enter__()
    unittest.addModuleCleanup(context.__exit__, None, None, None)
    deployment.start()
    use_instead(deployment)
    unittest.addModuleCleanup(use_instead, None)


def metric(part: Process, name: str) -> float:
    """The sum over all labels; 0 when it is not there."""
    found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", part.metrics(), re.MULTILINE)
    return sum(map(float, found))


class Faults(unittest.TestCase):
    def setUp(self) -> None:
        deployment.launch()
        deployment.wait_until_serving()
        self.police = deployment.gateway("police", waiting=PATIENT)
        self.housing = deployment.gateway("housing")

    def alerted(self) -> int:
        return len(self.housing.alerts())

    def dead_letters(self) -> dict[str, float]:
        return {
            name: metric(part, "waymark_dead_letters") for name, part in deployment.parts.items()
        }

    def publish_many(self, prefix: str, first: int, count: int) -> threading.Thread:
        """HIGH incidents, each of another person in housing's stock; begins at once."""
        people = [person(number, "Fault", "Tested") for number in range(first, first + count)]
        # Nothing orders two agencies' topics: intake has to know the stock before the incidents.
        intake = deployment.parts["intake"]
        taken = metric(intake, "waymark_runtime_records_total")
        self.housing.register_stock([who.address.uprn for who in people])
        eventually(
            lambda: metric(intake, "waymark_runtime_records_total") > taken, "intake has the stock"
        )
        incidents = [high(incident(f"{prefix}-{n}", who)) for n, who in enumerate(people)]
        self.answers: list = []
        self.begun = threading.Event()

        def run() -> None:
            for answer in self.police.publish(incidents, in_flight=8):
                self.answers.append(answer)
                if len(self.answers) >= 3:
                    self.begun.set()

        publisher = threading.Thread(target=run)
        publisher.start()
        return publisher

    def test_nothing_is_lost_or_doubled_whatever_is_killed(self):
        count = 40
        before = self.alerted()
        parked = self.dead_letters()
        publisher = self.publish_many("KILL", 1000, count)
        self.assertTrue(self.begun.wait(30))
        for name in ("risk", "casemgr", "intake", "police", "housing"):
            deployment.parts[name].kill()
            deployment.parts[name].start()
        deployment.processes.broker("kill")
        deployment.processes.start_broker()
        publisher.join(180)
        self.assertFalse(publisher.is_alive(), "the publisher goes on")
        deployment.wait_until_serving()
        self.housing = deployment.gateway("housing")  # the connection died with the process
        for answer in self.answers:
            self.assertIn(answer.receipt.outcome, (ACCEPTED, ALREADY_HELD), answer)
        self.assertEqual(count, len(self.answers))
        eventually(lambda: self.alerted() >= before + count, f"{count} alerts", 120)
        cases = [alert.case_id for alert in self.housing.alerts()]
        self.assertEqual(before + count, len(cases), "no alert more than that")
        self.assertEqual(len(cases), len(set(cases)), "one for each case")
        self.assertEqual(parked, self.dead_letters())

    def test_what_waits_for_the_broker_says_so_and_takes_incidents(self):
        deployment.processes.broker("stop")
        police = deployment.parts["police"]
        reasons = eventually(lambda: police.readiness() or None, "not ready")
        self.assertRegex(reasons[0], "^log_unreachable: ")
        # A gateway that starts without the broker takes incidents all the same.
        police.kill()
        police.start()
        (answer,) = self.police.publish([incident("NOLOG-1", person(1100))], in_flight=1)
        self.assertEqual(ACCEPTED, answer.receipt.outcome)
        deployment.processes.start_broker()
        deployment.wait_until_serving()
        eventually(
            lambda: metric(police, "waymark_runtime_unacknowledged") == 0, "all is published"
        )

    def test_a_zombie_that_wakes_after_its_successor_is_refused(self):
        zombie = deployment.parts["risk"]
        zombie.signal(signal.SIGSTOP)
        with temporary_folder() as folder:
            successor = self.successor_of(zombie, folder)
            try:
                successor.start("--rebuild")
                successor.wait_until_ready()
                before = self.alerted()
                publisher = self.publish_many("ZOMBIE", 1200, 4)
                publisher.join(180)
                eventually(lambda: self.alerted() == before + 4, "alerts by the successor", 120)
                casemgr = deployment.parts["casemgr"]
                parked = metric(casemgr, "waymark_dead_letters")
                zombie.signal(signal.SIGCONT)
                eventually(
                    lambda: metric(casemgr, "waymark_dead_letters") > parked,
                    "what the zombie writes is parked",
                )
                self.assertEqual(before + 4, self.alerted(), "and changes nothing")
            finally:
                zombie.kill()
                successor.stop()
                # The successor's store is the true one from now on.
                shutil.rmtree(zombie.home / "store")
                shutil.copytree(folder / "store", zombie.home / "store")

    def successor_of(self, part: Process, folder: pathlib.Path) -> Process:
        """The same service with an empty data folder, on ports of its own."""
        port = part.port + 5
        text = part.config.read_text("utf-8")
        text = text.replace("data: .", f'data: "{folder}"')
        for name in ("keys", "tls"):
            text = text.replace(f"{name}: {name}", f'{name}: "{part.home / name}"')
        text = re.sub(r'directory: ".*"', f'directory: "{deployment.directory}"', text)
        text = text.replace(str(part.port + OPERATOR_OFFSET), str(port + OPERATOR_OFFSET))
        text = text.replace(str(part.port), str(port))
        (folder / "process.yaml").write_text(text, "utf-8")
        return Process(part.name, part.program, folder, port)


class Watching(unittest.TestCase):
    def test_the_operators_port_answers(self):
        documented = set(
            re.findall(r"`(waymark_\w+)", (ROOT / "libs/process/README.md").read_text("utf-8"))
        )
        for name, part in deployment.parts.items():
            self.assertEqual([], part.readiness(), name)
            names = set(re.findall(r"^# TYPE (waymark_\w+) ", part.metrics(), re.MULTILINE))
            self.assertLessEqual(names, documented, f"{name} tells what no page names")
            self.assertGreaterEqual(len(names), 12, name)

    def test_one_trace_from_publish_to_alert(self):
        trace = os.urandom(16).hex()
        parent = f"00-{trace}-{os.urandom(8).hex()}-01"
        who = person(1300, "Trace", "Followed")
        deployment.gateway("housing").register_stock([who.address.uprn])
        channel = deployment.channel("police", deployment.system_certificate("police"))
        stub = incident_pb2_grpc.IncidentServiceStub(channel)
        request = incident_pb2.PublishIncidentRequest(
            partnership="fenland", incident=high(incident("TRACE-1", who))
        )
        stub.PublishIncident(request, metadata=[("traceparent", parent)], timeout=10)
        logs = {name: part.log for name, part in deployment.parts.items()}
        eventually(lambda: trace in logs["police"].read_text(), "the call in the gateway's log")
        data = pathlib.Path(deployment.processes.data) / "kafka"
        for topic in ("member.fenland.police.out", "intake", "risk", "member.fenland.housing.inbox"):
            folders = list(data.rglob(f"waymark.{topic}.v1-*"))
            eventually(
                lambda folders=folders: any(
                    trace.encode() in segment.read_bytes()
                    for folder in folders
                    for segment in folder.glob("*.log")
                ),
                f"the trace on {topic}",
            )

    def test_no_name_is_told(self):
        for name, part in deployment.parts.items():
            said = part.metrics() + part.log.read_text("utf-8", errors="replace")
            for word in ("Invented", "Tested", "Imagined", "496 0"):
                self.assertNotIn(word, said, name)

    def test_a_core_dump_is_forbidden(self):
        for name, part in deployment.parts.items():
            limits = pathlib.Path(f"/proc/{part.pid()}/limits").read_text("ascii")
            self.assertRegex(limits, r"Max core file size\s+0\s+0", name)


if __name__ == "__main__":
    unittest.main()
