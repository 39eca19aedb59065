"""Starts of single processes, with no broker there: what must not run ends with a line that says
what was wrong and what to do, and damages nothing; what only has to wait waits and says so."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import unittest

from harness import run_waymark, temporary_folder
from harness.binary import BUILD
from harness.identity import Authority
from harness.partnership import eventually
from harness.ports import claimed_ports
from processes import OPERATOR_OFFSET, Process, Processes

USAGE, REFUSED, PORT = 2, 3, 4

# Words of a remedy, one of which every message must have.
TO_DO = re.compile(
    r"\b(restore|use|set|remove|correct|stop|put|make|name|wanted|start|have)\b", re.IGNORECASE
)


class Starting(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.data = cls.enterClassContext(temporary_folder()) / "data"
        first = cls.enterClassContext(claimed_ports())
        made = run_waymark("certificates", "make", "--data", cls.data, "--port", str(first))
        assert made.returncode == 0, made.stderr
        cls.processes = Processes(cls.data, BUILD)
        cls.processes.write_configs()
        cls.parts = cls.processes.parts()

    def tearDown(self) -> None:
        for part in self.parts.values():
            part.kill()

    def changed(self, part: Process, pattern: str, replacement: str) -> pathlib.Path:
        """A configuration of that part with something changed."""
        text, count = re.subn(pattern, replacement, part.config.read_text("utf-8"), count=1)
        self.assertEqual(1, count, f"{pattern} is not in {part.config}")
        changed = part.home / "changed.yaml"
        changed.write_text(text, "utf-8")
        self.addCleanup(changed.unlink)
        return changed

    def run_to_its_end(self, part: Process, *arguments) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [part.program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def assert_refused(self, code: int, part: Process, config: pathlib.Path, *words: str) -> None:
        done = self.run_to_its_end(part, "--config", config)
        self.assertEqual(code, done.returncode, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertRegex(done.stderr, TO_DO)
        if code != USAGE:
            events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
            self.assertIn("refused_to_start", events)

    # ---- Command line and configuration ----

    def test_a_command_line_that_makes_no_sense(self):
        risk = self.parts["risk"]
        self.assertEqual(USAGE, self.run_to_its_end(risk).returncode)
        self.assertEqual(USAGE, self.run_to_its_end(risk, "--nonsense").returncode)
        version = self.run_to_its_end(risk, "--version")
        self.assertEqual(0, version.returncode)
        self.assertRegex(version.stdout, r"^waymark-risk \d+\.\d+")
        self.assert_refused(USAGE, risk, self.data / "nowhere.yaml", "nowhere.yaml", "--config")

    def test_every_problem_of_the_file_at_once(self):
        risk = self.parts["risk"]
        config = self.changed(risk, r'listen: .*\n', 'listen: "7"\nnonsense: 1\n')
        self.assert_refused(USAGE, risk, config, "changed.yaml", "host:port", "nonsense")

    def test_the_configuration_of_another_program(self):
        risk, police = self.parts["risk"], self.parts["police"]
        self.assert_refused(USAGE, risk, police.config, "is for waymark-gateway")
        done = self.run_to_its_end(police, "--config", police.config, "--rebuild")
        self.assertEqual(USAGE, done.returncode)
        self.assertIn("restore its backup", done.stderr)

    def test_a_check_reads_all_and_touches_nothing(self):
        for part in self.parts.values():
            done = self.run_to_its_end(part, "--config", part.config, "--check")
            self.assertEqual(0, done.returncode, done.stderr)
        fire = self.parts["fire"]
        config = self.changed(fire, r"agency: fire", "agency: kitchen")
        self.assertEqual(
            REFUSED, self.run_to_its_end(fire, "--config", config, "--check").returncode
        )

    # ---- Identity ----

    def test_an_agency_that_is_no_member(self):
        police = self.parts["police"]
        config = self.changed(police, r"agency: police", "agency: kitchen")
        self.assert_refused(REFUSED, police, config, "kitchen", "no member of partnership fenland")

    def test_somebody_elses_certificate(self):
        police, council = self.parts["police"], self.parts["council"]
        config = self.changed(police, r"tls: tls", f'tls: "{council.home / "tls"}"')
        self.assert_refused(REFUSED, police, config, "agency/council/gateway", "put its own there")

    def test_a_certificate_of_another_partnership(self):
        risk = self.parts["risk"]
        folder = self.certificate("spiffe://marsh.waymark/core/risk", Authority.stranger())
        config = self.changed(risk, r"tls: tls", f'tls: "{folder}"')
        self.assert_refused(REFUSED, risk, config, "spiffe://marsh.waymark", "fenland.waymark")

    def certificate(self, uri: str, authority: Authority) -> pathlib.Path:
        folder = self.enterContext(temporary_folder())
        certificate, key = authority.issue(uri)
        (folder / "cert.pem").write_bytes(certificate)
        (folder / "key.pem").write_bytes(key)
        shutil.copy(self.data / "authority" / "ca.pem", folder / "ca.pem")
        return folder

    def test_somebody_elses_keys(self):
        police, council = self.parts["police"], self.parts["council"]
        config = self.changed(police, r"keys: keys", f'keys: "{council.home / "keys"}"')
        self.assert_refused(REFUSED, police, config, "does not match the directory", "backup")

    # ---- Data and ports ----

    def test_the_data_of_another_service(self):
        risk, casemgr = self.parts["risk"], self.parts["casemgr"]
        self.serve(risk)
        self.assertEqual(0, risk.stop())
        config = self.changed(casemgr, r"data: \.", f'data: "{risk.home}"')
        self.assert_refused(REFUSED, casemgr, config, str(risk.home / "store"))
        self.serve(risk)

    def test_a_second_process_on_the_same_data(self):
        risk = self.parts["risk"]
        self.serve(risk)
        port = risk.port + OPERATOR_OFFSET
        config = self.changed(risk, f'operator: "127.0.0.1:{port}"', 'operator: "127.0.0.1:0"')
        self.assert_refused(REFUSED, risk, config, str(risk.home / "store"))
        self.assertIsNotNone(risk.pid(), "the first is not disturbed")

    def test_a_port_that_is_taken(self):
        risk = self.parts["risk"]
        for offset in (0, OPERATOR_OFFSET):
            with socket.create_server(("127.0.0.1", risk.port + offset)):
                self.assert_refused(PORT, risk, risk.config, str(risk.port + offset), "another")

    # ---- Waiting ----

    def serve(self, part: Process) -> None:
        """Started, with the broker away; returns once it serves."""
        part.start()

        def serves() -> bool:
            self.assertIsNotNone(part.pid(), part.last_words())
            return "log_unreachable" in part.readiness()[0]

        eventually(serves, f"{part.name} serves")

    def test_without_the_broker_everyone_serves_and_says_it_is_away(self):
        for name in ("intake", "casemgr", "police"):
            part = self.parts[name]
            self.serve(part)
            with socket.create_connection(("127.0.0.1", part.port), timeout=5):
                pass
            self.assertIn("waymark_log_reachable 0", part.metrics())
            self.assertEqual(0, part.stop(), part.last_words())
            self.assertEqual("stopped", json.loads(part.last_words().splitlines()[-1])["event"])

    def test_a_rebuild_waits_for_the_broker_with_a_word(self):
        risk = self.parts["risk"]
        shutil.rmtree(risk.home / "store", ignore_errors=True)
        risk.start("--rebuild")
        eventually(lambda: risk.readiness()[0].startswith("starting: waiting: "), "it waits")
        self.assertIn('"event":"waiting"', risk.log.read_text("utf-8"))
        risk.signal(signal.SIGTERM)
        self.assertEqual(0, risk.wait())


if __name__ == "__main__":
    unittest.main()
