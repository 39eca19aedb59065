"""docs/operate.md: its commands are executed where they need nothing but the program, and what it names exists."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WAYMARK_BUILD", ROOT / "build"))
PAGES = [ROOT / "docs/operate.md", *sorted((ROOT / "docs/runbooks").glob("*.md"))]
TEXT = (ROOT / "docs/operate.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def waymark(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([BUILD / "bin/waymark", *words], capture_output=True, text=True,
                          timeout=60, check=False)


class OperateTest(unittest.TestCase):
    def test_what_needs_only_the_program_is_executed(self):
        script = "set -euo pipefail\n" + "\n".join(blocks("sh test"))
        self.assertGreater(script.count("waymark "), 3)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=100,
                env={"PATH": f"{BUILD}/bin:{os.environ['PATH']}", "WAYMARK_SHARE": str(ROOT)})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            # What was swapped in by hand is what is in force, and whole.
            tls = pathlib.Path(folder) / "demo/agencies/police/gateway/tls"
            self.assertEqual(os.readlink(tls), "tls-new")
            self.assertEqual({"cert.pem", "key.pem", "ca.pem"} - set(os.listdir(tls)), set())
            self.assertIn("police/systems/records", done.stdout)

    def test_every_verb_named_exists(self):
        named = set()
        for page in PAGES:
            for verbs in re.findall(r"(?:^|`|desk-\w+ )waymark ((?:[a-z-]+ ?)+)", page.read_text(), re.MULTILINE):
                words = verbs.split()
                named.add((page.name, tuple(words)))
        self.assertGreater(len(named), 8)
        for page, words in sorted(named):
            with self.subTest(f"{page}: {' '.join(words)}"):
                tried = [words[:n] for n in range(min(2, len(words)), 0, -1)]
                self.assertTrue(any(waymark(*w, "--help").returncode == 0 for w in tried))
                self.assertEqual(waymark(words[0], "--help").returncode, 0)

    def test_every_file_named_exists(self):
        for page in PAGES:
            for path in re.findall(r"`((?:deploy|docs|libs|proto|tests)/[\w./-]+)`", page.read_text()):
                with self.subTest(f"{page.name}: {path}"):
                    self.assertTrue((ROOT / path).exists())

    def test_the_doctor_looks_at_a_process_that_does_not_run_yet(self):
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                [BUILD / "bin/waymark", "certificates", "make", "--data", f"{folder}/p"],
                capture_output=True, text=True, check=False,
                env={**os.environ, "WAYMARK_SHARE": str(ROOT)})
            self.assertEqual(made.returncode, 0, made.stderr)
            home = f"{folder}/p/agencies/fire/gateway"
            config = pathlib.Path(folder) / "fire.yaml"
            config.write_text(
                f"service: gateway\nagency: fire\ndirectory: {folder}/p/partnership.yaml\n"
                f"data: {home}/data\nkeys: {home}/keys\ntls: {home}/tls\nlisten: '127.0.0.1:0'\n"
                "operator: '127.0.0.1:0'\nlog: {bootstrap: ['127.0.0.1:9']}\n")
            plain = waymark("doctor", "--config", str(config))
            self.assertEqual(plain.returncode, 1, plain.stdout + plain.stderr)
            self.assertIn("ok  certificate's identity", plain.stdout)
            self.assertRegex(plain.stdout, r"BROKEN  peer intake[^\n]+refused\n +do: start it")
            self.assertRegex(plain.stdout, r"BROKEN  event log at 127.0.0.1:9")
            os.remove(f"{home}/tls")
            gone = waymark("doctor", "--config", str(config), "--json")
            self.assertIn('"what":"certificate","result":"BROKEN"', gone.stdout)
            config.write_text("service: gateway\nkeyz: 1\n")
            self.assertEqual(waymark("doctor", "--config", str(config)).returncode, 2)


if __name__ == "__main__":
    unittest.main()
